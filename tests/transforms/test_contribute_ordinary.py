"""Ordinary lines, against a calculation with fractions that reads the XML itself."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import pytest
from computed import amounts, cents, employer, one_record, rows, supposing, the_row
from declared import (
    INSS,
    contribution,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    usual_form,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from law import EMPLOYER_RATE, MANUAL, MARIBEL, OPEN, SHELTERED, WHITE, Record, records
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.compare import NO_FAMILY
from transforms.contribute.ordinary import REPEATED
from transforms.contribute.payroll import OPEN_CATEGORY

Q1, Q3 = Quarter(2023, 1), Quarter(2023, 3)
PRIVATE = ("000", "010", "083", "222")
CATEGORY_OF = {"200": "category_1", "318": "category_1", "330": "category_2", "327": "category_3"}


def rate(category: str, manual: bool, asbestos: bool) -> Fraction:
    """Personal, employer with wage moderation, work accidents, asbestos; holidays of manuals."""
    parts = Fraction("0.1307") + EMPLOYER_RATE[category] + Fraction("0.0002")
    return parts + (Fraction("0.0001") * asbestos) + (Fraction("0.0557") * manual)


def due(record_: Record, category: str, asbestos: bool = True) -> tuple[int, int]:
    """Base and amount in cents."""
    base = record_.basis()
    return int(base * 100), cents(base * rate(category, record_.manual, asbestos))


def paid(*pay: int, committee: str = "200", code: str = "001") -> str:
    return occupation(
        *(remun(a, code=code, number=n) for n, a in enumerate(pay, 1)), committee=committee
    )


# --- rates by category, worker code and quarter --------------------------------------------------


@pytest.mark.parametrize(
    ("code", "committee", "quarter", "rate_of_law"),
    [
        ("495", "200", Q1, "0.3810"),
        ("495", "318.01", Q1, "0.3810"),
        ("015", "200", Q1, "0.4367"),
        ("495", "330", Q1, "0.4550"),
        ("015", "319.02", Q1, "0.5107"),
        ("495", "327.01", Q1, "0.3810"),
        ("492", "327.01", Q1, "0.3298"),
        ("012", "327", Q1, "0.3855"),
        ("495", "200", Q3, "0.3809"),
        ("495", "332", Q3, "0.4549"),
        ("012", "327", Q3, "0.3854"),
        ("495", "200", Quarter(2022, 4), "0.3809"),
    ],
)
def test_the_rate_of_a_line(code: str, committee: str, quarter: Quarter, rate_of_law: str) -> None:
    row = the_row(one_record(paid(1_000_000, committee=committee), code=code), quarter)
    factor = Fraction("1.08") if code in MANUAL else 1
    assert Fraction(row["rate"], 10**8) == Fraction(rate_of_law)
    assert row["computed_base"] == 1_000_000 * factor
    assert row["computed_amount"] == 1_000_000 * factor * Fraction(rate_of_law)


@pytest.mark.parametrize(("gross", "amount"), [(500, 191), (1500, 572), (2500, 953)])
def test_half_a_cent_goes_up(gross: int, amount: int) -> None:
    """5 euro at 0.3810 is 190.5 cents. (108 % of whole cents never ends in half a cent.)"""
    assert gross * rate("category_1", False, True) == amount - Fraction(1, 2)
    assert amounts(rows(one_record(paid(gross)))) == [amount]


@pytest.mark.parametrize("written", ["1", "01"])
def test_a_manual_line_that_is_right(written: str) -> None:
    """108 % of 6,789.13 euro is 7,332.26."""
    line = contribution(320_200, 733_226, code="015", kind=written)
    row = the_row(one_record(paid(678_913), line, code="015"))
    assert (row["outcome"], row["computed_base"]) == ("equal", 733_226)


@pytest.mark.parametrize("committee", [*OPEN, "337.01"])
def test_a_committee_that_leaves_the_category_open(committee: str) -> None:
    line = contribution(342_900, 900_000)
    row = the_row(one_record(paid(900_000, committee=committee), line))
    assert (row["outcome"], row["reason"]) == ("not computed", OPEN_CATEGORY)
    assert row["family"] == "ordinary"
    said = the_row(one_record(paid(900_000, committee=committee), line), reference=employer(
        structural_category="1"))  # fmt: skip
    assert said["outcome"] == "equal"


@pytest.mark.parametrize("other", ["318", "337"])
def test_one_committee_among_the_occupations_is_enough(other: str) -> None:
    """318 is of category 1, 337 is open; 330 beside 200 is two categories."""
    two = paid(1000), occupation(remun(500), number=2, committee=other)
    row = the_row(one_record(*two, contribution(572, 1500)))
    assert row["outcome"] == ("equal" if other == "318" else "not computed")
    mixed = paid(1000), occupation(remun(500), number=2, committee="330")
    row = the_row(one_record(*mixed, contribution(572, 1500)))
    assert row["reason"] == OPEN_CATEGORY
    assert rows(one_record(*mixed)) == []


@pytest.mark.parametrize("code", SHELTERED)
def test_a_recognised_disability_outside_category_3_is_not_decided(code: str) -> None:
    kind = 1 if code in MANUAL else 0
    data = one_record(paid(1000), contribution(1, 1000, code, kind), code=code)
    assert the_row(data)["reason"] == OPEN_CATEGORY
    assert the_row(data, reference=employer(structural_category="3"))["outcome"] == "different"


@pytest.mark.parametrize(("code", "kind"), [("027", 1), ("035", 1), ("439", 0), ("487", 0)])
def test_pupils_and_apprentices_are_not_known(code: str, kind: int) -> None:
    row = the_row(one_record(paid(1000), contribution(1, 1000, code, kind), code=code))
    assert (row["family"], row["outcome"]) == ("ordinary", "not computed")
    assert "personal rate of pupils" in row["reason"]


def test_a_quarter_without_an_asbestos_rate_is_not_computed() -> None:
    quarter = Quarter(2020, 4)
    row = the_row(one_record(paid(1000), contribution(381, 1000)), quarter)
    assert row["outcome"] == "not computed"
    assert "asbestos_fund" in row["reason"]
    assert rows(one_record(paid(1000)), quarter) == []


# --- the ceiling of 2025/3 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "pay", "capped"),
    [
        ("495", 8_500_000, False),
        ("495", 8_500_100, True),
        ("495", 20_000_000, True),
        ("015", 7_870_370, False),
        ("015", 10_000_000, True),
    ],
)
def test_no_employer_contribution_above_the_ceiling(code: str, pay: int, capped: bool) -> None:
    """85,000 euro a quarter; the other parts of the line have no ceiling."""
    book = supposing(date(2025, 7, 1), date(2025, 12, 31), asbestos_fund="0")
    row = the_row(one_record(paid(pay), code=code), Quarter(2025, 3), book=book)
    manual = code in MANUAL
    base = Fraction(row["computed_base"], 100)
    whole = base * rate("category_1", manual, False)
    less = max(base - 85_000, Fraction(0)) * EMPLOYER_RATE["category_1"]
    assert row["computed_amount"] == cents(whole - less)
    assert (less > 0) == capped


# --- what does not count -------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["010", "011", "013", "020", "022", "023", "024", "029", "099"])
def test_pay_that_does_not_count(code: str) -> None:
    data = one_record(occupation(remun(1000), remun(777, code=code)), contribution(381, 1000))
    assert the_row(data)["outcome"] == "equal"


@pytest.mark.parametrize("code", ["006", "012"])
def test_pay_of_which_it_is_not_sure_that_it_counts(code: str) -> None:
    row = the_row(one_record(paid(1000, code=code), contribution(381, 1000)))
    assert (row["outcome"], row["confidence"]) == ("equal", "unverified")


# --- laws ----------------------------------------------------------------------------------------


@settings(max_examples=12)
@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=12), st.sampled_from(MANUAL + WHITE))
def test_more_pay_is_never_a_lower_contribution(pay: list[int], code: str) -> None:
    people = [
        person(record(paid(amount, committee="327"), contribution(0, 0, code, kind), code=code),
               number=number)
        for number, amount in enumerate(sorted(pay), 1)
        for kind in [1 if code in MANUAL else 0]
    ]  # fmt: skip
    found = amounts(rows(document(form(*people))))
    assert found == sorted(found, key=lambda amount: amount or 0)
    assert None not in found


@settings(max_examples=8)
@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=8))
def test_pay_in_parts_is_pay(parts: list[int]) -> None:
    """However it is spread over remuneration lines and occupations."""
    whole = one_record(paid(sum(parts)), contribution(0, 0), code="495")
    each = [occupation(remun(part), number=n) for n, part in enumerate(parts, 1)]
    one = amounts(rows(whole))
    assert one == amounts(rows(one_record(paid(*parts), contribution(0, 0))))
    assert one == amounts(rows(one_record(*each, contribution(0, 0))))


# --- many lines ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An expected row in the words of the test: who, what is declared, what comes out."""

    inss: str
    code: str
    declared: int | None
    computed: int | None
    outcome: str
    told: str | None


def brute_force(data: bytes, said: str | None) -> Iterator[Line]:
    """``told``: the reason, or else the official code. (Why no family answers is told apart from
    ordinary lines.)"""
    for found in records(etree.fromstring(data)):
        node, code = found.node, found.code
        inss = str(node.findtext("../INSS"))
        covered = code in MANUAL + WHITE and node.findtext("EmployerClass") in PRIVATE
        category = found.category(said) if covered else None
        own_type = "1" if code in MANUAL else "0"
        answered = not covered
        for line in node.iterfind("WorkerContribution"):
            amount = int(str(line.findtext("ContributionAmount")))
            own = (line.findtext("ContributionWorkerCode"), line.findtext("ContributionType"))
            if not covered or own != (code, own_type):
                yield Line(inss, str(own[0]), amount, None, "not computed", NO_FAMILY)
                continue
            if answered:
                yield Line(inss, code, amount, None, "not computed", REPEATED)
                continue
            answered = True
            if category is None:
                yield Line(inss, code, amount, None, "not computed", OPEN_CATEGORY)
                continue
            base, computed = due(found, category)
            if line.findtext("ContributionCalculationBasis") != str(base):
                yield Line(inss, code, amount, computed, "different", "00084-044")
            elif amount != computed:
                yield Line(inss, code, amount, computed, "different", "00085-044")
            else:
                yield Line(inss, code, amount, computed, "equal", None)
        if not answered and category is not None:
            _, computed = due(found, category)
            if computed > 0:
                yield Line(inss, code, None, computed, "different", "not declared")


def random_document(rng: random.Random, said: str | None) -> bytes:
    """Workers of all categories and other classes, with lines right, wrong or not there."""
    people = []
    for number in range(1, rng.randint(2, 25)):
        held = [random_record(rng, said) for _ in range(rng.randint(1, 3))]
        people.append(person(*held, inss=rng.choice(INSS), number=number))
    return document(form(*people), usual_form())


def random_record(rng: random.Random, said: str | None) -> str:
    code = rng.choice((*MANUAL, *WHITE, "495", "015", "011"))
    home = rng.choice(("200", "124", "318", "327.01", "327.02", *MARIBEL, *OPEN))
    worked = [
        occupation(
            *(
                remun(rng.choice((0, 1, 25, rng.randrange(10**6))), f"{rng.randint(1, 15):03}")
                for _ in range(rng.randint(0, 4))
            ),
            number=number,
            committee=rng.choice((home, home, home, home, "200", "329.02")),
        )
        for number in range(1, rng.randint(2, 4))
    ]
    group = rng.choice((*PRIVATE, "000", "010", "352"))
    draft = Record(etree.fromstring(record(*worked, code=code, employer_class=group)))
    category = draft.category(said)
    base, amount = (100, 38) if category is None else due(draft, category)
    kind = "1" if code in MANUAL else "0"
    lines = [
        contribution(
            max(0, amount + rng.choice((0, 0, 0, 1, -1))),
            rng.choice((base, base, base, base + 1, None)),
            rng.choice((code, code, code, "830")),
            rng.choice((kind,) * 4 + ("2",)),
        )
        for _ in range(rng.choice((0, 1, 1, 1, 2)))
    ]
    return record(*worked, *lines, code=code, employer_class=group)


@pytest.mark.parametrize("seed", range(16))
def test_random_declarations(seed: int) -> None:
    rng = random.Random(f"ordinary {seed}")
    said = rng.choice((None, None, None, "1", "2", "3"))
    data = random_document(rng, said)
    known = employer(structural_category=said)
    found = [
        Line(
            row["inss"],
            row["code"],
            row["declared_amount"],
            row["computed_amount"],
            row["outcome"],
            NO_FAMILY if row["family"] is None else row["reason"] or row["anomaly"],
        )
        for row in rows(data, reference=known)
    ]
    expected = list(brute_force(data, said))
    assert sorted(map(str, found)) == sorted(map(str, expected))
    assert len(expected) > 0
