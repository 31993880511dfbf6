"""Special contribution for social security (856), against section 3 of the dossier."""

import random
from fractions import Fraction

import pytest
from computed import Row, amounts, cents, half_up, of, one_record, reference, rows
from declared import contribution, document, form, occupation, person, record, remun
from hypothesis import given, settings
from hypothesis import strategies as st
from law import MANUAL, WHITE, Record, records
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.payroll import NOT_COVERED
from transforms.contribute.rules import family
from transforms.contribute.special_contribution import NO_HOUSEHOLD, REPEATED, SEVERAL_RECORDS
from transforms.formula import Formula
from transforms.identifiers import make_inss
from transforms.rates.book import rate_book

BEFORE, SINCE = Quarter(2022, 1), Quarter(2022, 2)
HOUSEHOLDS = ("alone", "two_incomes", "one_income")
FIRST, MIDDLE, TOP = Fraction("3285.29"), Fraction("5836.14"), Fraction("6570.54")
MIDDLE_MONTH, TOP_MONTH = Fraction("1945.38"), Fraction("2190.18")


def withheld_before(quarter: Fraction, household: str) -> Fraction:
    """Until March 2022: every month apart, in cents."""
    month, two = quarter / 3, household == "two_incomes"
    flat = Fraction("9.30") if two else Fraction(0)
    if quarter < FIRST:
        return Fraction(0)
    if quarter < MIDDLE:
        return 3 * flat
    if quarter <= TOP:
        return 3 * half_up(max(Fraction("0.0760") * (month - MIDDLE_MONTH), flat))
    most = Fraction("51.64") if two else Fraction("60.94")
    return 3 * half_up(min(Fraction("18.60") + Fraction("0.0110") * (month - TOP_MONTH), most))


def withheld_since(quarter: Fraction, household: str) -> Fraction:
    """From April 2022: limits by the quarter, shares of the month."""
    month, two = quarter / 3, household == "two_incomes"
    flat = Fraction("15.45") if two else Fraction(0)
    if quarter < FIRST:
        return Fraction(0)
    if quarter < MIDDLE:
        return flat
    share, at_top = ("0.0422", "30.99") if household == "alone" else ("0.0590", "43.32")
    if quarter <= TOP:
        return max(3 * half_up(Fraction(share) * (month - MIDDLE_MONTH)), flat)
    if household == "alone" and quarter > Fraction("11211.00"):
        return alone_above(quarter)
    most = Fraction("154.92") if two else Fraction("182.82")
    return min(Fraction(at_top) + 3 * half_up(Fraction("0.0110") * (month - TOP_MONTH)), most)


def alone_above(quarter: Fraction) -> Fraction:
    """Individual taxation above 11,211.00: steeper to 12,300.00, capped above 18,116.46."""
    month = quarter / 3
    if quarter <= 12_300:
        return Fraction("82.05") + 3 * half_up(Fraction("0.0338") * (month - 3737))
    more = Fraction("118.83") + 3 * half_up(Fraction("0.0110") * (month - 4100))
    capped = quarter > Fraction("18116.46")
    return Fraction("182.82") if capped else min(more, Fraction("182.82"))


def withheld(pay: Fraction, household: str, quarter: Quarter) -> int:
    return cents((withheld_before if quarter < SINCE else withheld_since)(pay, household))


def formula(household: str, quarter: Quarter) -> Formula:
    return family("special_contribution").apply(household, quarter, rate_book())


def computed(law: Formula, pay: int) -> int:
    return int(law.amount([pay, 0]) * 100)


# --- brackets ------------------------------------------------------------------------------------

ALONE_EDGES = (Fraction(11_211), Fraction(12_300), Fraction("18116.46"))
EDGES = sorted(
    int(edge * 100) + cent
    for edge in (Fraction(0), FIRST, MIDDLE, TOP, *ALONE_EDGES)
    for cent in (-1, 0, 1)
)


@pytest.mark.parametrize("quarter", [Quarter(2021, 1), BEFORE, SINCE, Quarter(2025, 4)], ids=str)
@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_the_edges_of_the_brackets(household: str, quarter: Quarter) -> None:
    law = formula(household, quarter)
    for pay in [*EDGES[1:], 1_000_000, 1_700_000, 1_900_000, 10**7]:
        assert computed(law, pay) == withheld(Fraction(pay, 100), household, quarter), pay


@pytest.mark.parametrize("quarter", [BEFORE, SINCE], ids=str)
@pytest.mark.parametrize("household", HOUSEHOLDS)
def test_only_the_flat_amount_jumps(household: str, quarter: Quarter) -> None:
    """At 3,285.29 for two incomes; everywhere else the brackets join within 3 cents."""
    law = formula(household, quarter)
    for edge in (FIRST, MIDDLE, TOP, *ALONE_EDGES):
        below, at, above = (computed(law, int(edge * 100) + cent) for cent in (-1, 0, 1))
        if edge == FIRST and household == "two_incomes":
            assert (below, at) == (0, 2790 if quarter < SINCE else 1545)
        else:
            assert at - below <= 3
        assert above - at <= 3


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 3_000_000), min_size=2, max_size=20),
    st.sampled_from(HOUSEHOLDS),
    st.sampled_from((BEFORE, SINCE)),
)
def test_more_pay_is_never_a_lower_amount_nor_one_above_the_cap(
    pay: list[int], household: str, quarter: Quarter
) -> None:
    law = formula(household, quarter)
    found = [computed(law, one) for one in sorted(pay)]
    assert found == sorted(found)
    cap = 15_492 if household == "two_incomes" else 18_282
    assert max(found) <= cap == computed(law, 10**9)


@given(st.integers(0, 3_000_000))
def test_households_in_order(pay: int) -> None:
    """Two incomes pay at least what one pays, up to their own cap (since April 2022)."""
    _, two, one = (computed(formula(h, SINCE), pay) for h in HOUSEHOLDS)
    assert two >= min(one, 15_492)


# --- lines ---------------------------------------------------------------------------------------

ALONE = make_inss(Quarter(1980, 1).first_day, 1)


def line_of(pay: int, code: str = "495", **households: str) -> Row:
    worked = record(occupation(remun(pay)), contribution(1, code="856"), code=code)
    data = document(form(person(worked, inss=ALONE)))
    known = reference({ALONE: households["household"]} if households else {})
    return of(rows(data, reference=known), "856")[0]


@pytest.mark.parametrize("pay", [0, 328_528, 10**7])
def test_an_unknown_household_does_not_matter_where_all_agree(pay: int) -> None:
    """Below the first bracket nobody pays; the highest amounts differ."""
    row = line_of(pay)
    if pay < 10**7:
        assert row["computed_amount"] == 0
    else:
        assert row["reason"] == NO_HOUSEHOLD
        assert line_of(pay, household="one_income")["computed_amount"] == 18_282


def test_manual_pay_counts_at_108_per_cent() -> None:
    """6,000 euro is 6,480."""
    expected = withheld(Fraction(6480), "alone", SINCE)
    assert line_of(600_000, "015", household="alone")["computed_amount"] == expected > 0


def test_an_open_structural_category_does_not_matter() -> None:
    worked = record(occupation(remun(600_000), committee="337"), contribution(1, code="856"))
    found = rows(document(form(person(worked, inss=ALONE))), reference=reference({ALONE: "alone"}))
    assert amounts(of(found, "856")) == [withheld(Fraction(6000), "alone", SINCE)]


def test_what_is_not_computed() -> None:
    twice = [contribution(1, code="856")] * 2
    known = reference({ALONE: "alone"})
    two_lines = person(record(occupation(remun(1)), *twice), inss=ALONE)
    found = of(rows(document(form(two_lines)), reference=known), "856")
    assert [row["reason"] for row in found] == [None, REPEATED]
    two_records = person(*[record(occupation(remun(1)), twice[0])] * 2, inss=ALONE)
    found = of(rows(document(form(two_records)), reference=known), "856")
    assert [row["reason"] for row in found] == [SEVERAL_RECORDS] * 2
    other = one_record(occupation(remun(1)), twice[0], code="011")
    assert of(rows(other), "856")[0]["reason"] == NOT_COVERED


@pytest.mark.parametrize("seed", range(8))
def test_random_declarations(seed: int) -> None:
    rng = random.Random(f"856 {seed}")
    quarter = (BEFORE, SINCE, Quarter(2023, 4), Quarter(2025, 3))[seed % 4]
    households: dict[str, str] = {}
    people = []
    for number in range(1, 25):
        inss = make_inss(Quarter(1985, 1).first_day, number)
        if rng.random() < 0.8:
            households[inss] = rng.choice(HOUSEHOLDS)
        pays = [
            remun(rng.randrange(rng.choice((400_000, 700_000, 2_500_000))),
                  rng.choice(("001", "001", "002", "010", "012")), n)
            for n in range(1, rng.randint(2, 3))
        ]  # fmt: skip
        code = rng.choice((*MANUAL, *WHITE))
        home = "327" if code in ("012", "492") else "200"
        worked = record(occupation(*pays, committee=home), contribution(1, code="856"), code=code)
        people.append(person(worked, inss=inss, number=number))
    data = document(form(*people))
    found = of(rows(data, quarter, reference(households)), "856")
    assert amounts(found) == [
        expected(one, households, quarter) for one in records(etree.fromstring(data))
    ]
    assert any(amounts(found))


def expected(one: Record, households: dict[str, str], quarter: Quarter) -> int | None:
    household = households.get(str(one.node.findtext("../INSS")))
    each = {name: withheld(one.basis(), name, quarter) for name in HOUSEHOLDS}
    if household is None:
        return each["alone"] if len(set(each.values())) == 1 else None
    return each[household]
