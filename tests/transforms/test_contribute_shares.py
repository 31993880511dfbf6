"""Lines that are a share of a base: of employers, students, flexi-jobs, and of no person."""

import random
from collections.abc import Mapping
from fractions import Fraction

import pytest
from computed import Row, amounts, cents, employer, of, one_record, rows, the_row
from declared import (
    INSS,
    contribution,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    student,
    unrelated,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from law import MANUAL, WHITE, Record, records
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.compare import NO_FAMILY
from transforms.contribute.employer_lines import REPEATED
from transforms.contribute.payroll import NOT_COVERED, OPEN_CATEGORY
from transforms.contribute.unrelated import NO_BASIS

Q1, Q4 = Quarter(2023, 1), Quarter(2023, 4)
FUND = {"809/0": "0.0007", "809/5": "0.0013", "809/2": "0.0007", "809/4": "0.0012",
        "810/0": "0.0010", "810/2": "0.0009", "811/0": "0.0002", "811/2": "0.0002"}  # fmt: skip
"""Sections 2.3 and 2.4: 0.12 becomes 0.13 with wage moderation, 0.07 stays; known to 2023."""
ALWAYS = {"855/0": "0.0169", "857/0": "0.0160", "859/0": "0.0010", "852/0": "0.0010"}
UNKNOWN = ("809/6", "809/8", "809/1", "811/8", "855/8", "859/8", "852/1", "857/2")
UNRELATED = {"861": "0.1307", "864": "0.0886", "865": "0.0886", "866": "0.0886", "870": "0.1307"}
ACTIVATION = {"260/0": ("0.20", "0.20"), "260/1": ("0.18", "0.20"), "260/2": ("0.16", "0.20")}
"""Section 7.7: until 2022, and since."""


def paid(amount: int, code: str = "001", committee: str = "200") -> str:
    return occupation(remun(amount, code), committee=committee)


def employer_rate(case: str, quarter: Quarter) -> str | None:
    assert quarter.year in (2022, 2023) or case not in FUND
    return ALWAYS.get(case) or FUND.get(case)


# --- lines of the employer -----------------------------------------------------------------------


def lines_of(cases: list[str]) -> list[str]:
    return [contribution(1, 1, *case.split("/")) for case in cases]


@pytest.mark.parametrize("quarter", [Quarter(2022, 1), Q1, Q4])
@pytest.mark.parametrize("code", ["495", "015", "012"])
def test_every_case_of_an_employer_line(code: str, quarter: Quarter) -> None:
    cases = [*FUND, *ALWAYS, *UNKNOWN]
    committee = "327" if code == "012" else "330"
    data = one_record(paid(1_234_567, committee=committee), *lines_of(cases), code=code)
    found = {f"{r['code']}/{r['type']}": r for r in rows(data, quarter) if r["code"] != code}
    base = cents(Fraction(12345_67, 100) * (Fraction("1.08") if code in MANUAL else 1))
    assert set(found) == set(cases)
    for case, row in found.items():
        rate = employer_rate(case, quarter)
        if rate is None:
            assert (row["outcome"], row["reason"] != NO_FAMILY) == ("not computed", True), case
        else:
            assert row["computed_base"] == base
            assert Fraction(row["rate"], 10**8) == Fraction(rate), case
            assert row["computed_amount"] == cents(Fraction(base, 100) * Fraction(rate)), case


@pytest.mark.parametrize(
    ("headcount", "right"),
    [
        (9, {"809/0", "809/2", "855/0", "857/0"}),
        (10, {"809/0", "809/2", "855/0", "857/0"}),
        (19, {"809/0", "809/2", "855/0", "857/0"}),
        (20, {"809/5", "809/4", "855/0", "857/0"}),
        (None, {"809/0", "809/2", "809/5", "809/4", "855/0", "857/0"}),
    ],
)
def test_a_type_that_contradicts_the_head_count_is_not_computed(
    headcount: int | None, right: set[str]
) -> None:
    cases = ["809/0", "809/2", "809/5", "809/4", "855/0", "857/0"]
    data = one_record(paid(1000), *lines_of(cases))
    found = of_kind(rows(data, reference=employer(headcount=headcount)))
    del found["495/0"]
    assert {case for case, row in found.items() if row["outcome"] != "not computed"} == right


@pytest.mark.parametrize("case", FUND)
def test_a_year_whose_rate_is_not_known(case: str) -> None:
    code, kind = case.split("/")
    data = one_record(paid(1000), contribution(1, 1000, code, kind))
    assert "is not known for 2019Q4" in of(rows(data, Quarter(2019, 4)), code)[0]["reason"]


def of_kind(found: list[Row]) -> dict[str, Row]:
    return {f"{row['code']}/{row['type']}": row for row in found}


def test_the_same_line_twice_is_answered_once() -> None:
    same = contribution(1, 1000, "859")
    found = of(rows(one_record(paid(1000), same, same)), "859")
    assert [row["reason"] for row in found] == [None, REPEATED]


def test_two_spellings_of_one_type_are_one_type() -> None:
    people = [
        person(record(paid(1000), contribution(1, 1000, "859", kind)), number=n, inss=INSS[n])
        for n, kind in enumerate(("0", "00"))
        if n or kind
    ]
    data = document(form(*[p.replace("SequenceNbr>0<", "SequenceNbr>3<") for p in people]))
    assert amounts(of(rows(data), "859")) == [1, 1]


@pytest.mark.parametrize(
    ("code", "group", "committee", "reason"),
    [
        ("011", "000", "200", NOT_COVERED),
        ("495", "352", "200", NOT_COVERED),
        ("495", "000", "337", OPEN_CATEGORY),
    ],
)
def test_records_that_no_ordinary_rule_reaches(
    code: str, group: str, committee: str, reason: str
) -> None:
    line = contribution(1, 1000, "859")
    data = one_record(paid(1000, committee=committee), line, code=code, employer_class=group)
    assert of(rows(data), "859")[0]["reason"] == reason


# --- students and flexi-jobs ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "quarter", "amount"),
    [
        ("840", Q1, 81_400),
        ("841", Q1, 81_400),
        ("841", Q4, 81_300),
        ("840", Quarter(2020, 4), None),
    ],
)
def test_students(code: str, quarter: Quarter, amount: int | None) -> None:
    """8.13 %, with the asbestos fund 8.14 %, on 100 % of pay."""
    row = the_row(
        document(form(person(record(student(1_000_000, 1, hours=9), code=code)))), quarter
    )
    assert (row["computed_amount"], row["family"]) == (amount, "students")


def test_a_student_block_under_another_code_is_not_computed() -> None:
    row = the_row(document(form(person(record(student(1000, 81, hours=9), code="495")))))
    assert row["reason"] == "not a worker code of students"


@pytest.mark.parametrize("code", ["050", "450"])
@pytest.mark.parametrize(("quarter", "amount"), [(Q1, 30_001), (Quarter(2024, 3), 33_601)])
def test_flexi_jobs(code: str, quarter: Quarter, amount: int) -> None:
    """25 % until 2023, 28 % from 2024, on flexi pay and flexi premiums."""
    pay = occupation(remun(100_000, "022"), remun(20_002, "023", 2), remun(7, "010", 3))
    row = the_row(one_record(pay, contribution(amount, 120_002, code), code=code), quarter)
    assert (row["outcome"], row["computed_base"]) == ("equal", 120_002)
    missing = the_row(one_record(pay, code=code), quarter)
    assert (missing["reason"], missing["computed_amount"]) == ("not declared", amount)
    assert missing["type"] == "0"


# --- per worker, and not tied to a person --------------------------------------------------------


@pytest.mark.parametrize("case", ACTIVATION)
@pytest.mark.parametrize("quarter", [Quarter(2022, 4), Q1])
def test_activation_contributions_have_a_minimum(case: str, quarter: Quarter) -> None:
    rate = Fraction(ACTIVATION[case][quarter.year > 2022])
    for base in (1, 150_000, 166_667, 187_500, 187_501, 500_000):
        line = contribution(1, base, *case.split("/"))
        row = of(rows(one_record(occupation(), line), quarter), "260")[0]
        assert row["computed_amount"] == max(cents(Fraction(base, 100) * rate), 30_000)


@pytest.mark.parametrize(
    ("kind", "base", "quarter", "amount", "reason"),
    [
        (0, 394_800, Q1, 181_884, None),
        (0, 394_801, Q1, None, "above the ceiling"),
        (0, 100_000, Quarter(2019, 1), None, "result_bonus_ceiling"),
        (1, 100_000, Q1, None, "the rate of 888/1 was not found"),
        (0, None, Q1, None, NO_BASIS),
    ],
)
def test_bonuses_for_results(
    kind: int, base: int | None, quarter: Quarter, amount: int | None, reason: str | None
) -> None:
    data = one_record(occupation(), contribution(1, base, "888", kind))
    (row,) = of(rows(data, quarter), "888")
    assert row["computed_amount"] == amount
    assert (reason is None) == (row["reason"] is None)
    assert (reason or "") in (row["reason"] or "")


@pytest.mark.parametrize("code", ["861", "870"])
@pytest.mark.parametrize("quarter", [Quarter(2022, 2), Q4, Quarter(2025, 2)])
def test_contributions_on_profits_and_double_holiday_pay(code: str, quarter: Quarter) -> None:
    """13.07 % of the declared basis; half a cent goes up."""
    cases = {10_000: 1_307, 50: 7, 0: 0, 150: 20, 5_000: 654, 15_000: 1_961}
    data = document(form(*[unrelated(0, base, code) for base in cases]))
    found = rows(data, quarter)
    assert [row["computed_amount"] for row in found] == list(cases.values())
    assert {row["anomaly"] for row in found if row["computed_amount"]} == {"00022-044"}
    assert {row["confidence"] for row in found} == {"unverified"}


@pytest.mark.parametrize("base", [1, 50, 100_050, 987_654_321])
def test_contributions_not_tied_to_a_person(base: int) -> None:
    data = document(form(*[unrelated(0, base, code) for code in (*UNRELATED, "867", "805")]))
    found = {row["code"]: row for row in rows(data)}
    for code, rate in UNRELATED.items():
        assert found[code]["computed_amount"] == cents(Fraction(base, 100) * Fraction(rate))
    assert "pension reserves" in found["867"]["reason"]
    assert found["805"]["outcome"] == "not computed"
    none = the_row(document(form(unrelated(7, None, "865"))))
    assert none["reason"] == NO_BASIS


# --- laws and many lines -------------------------------------------------------------------------


@settings(max_examples=8)
@given(st.lists(st.integers(0, 10**8), min_size=2, max_size=20))
def test_a_share_never_falls_when_the_base_rises(bases: list[int]) -> None:
    bases.sort()
    codes = [("861", "unrelated"), ("865", "unrelated"), ("859", "line")]
    data = document(
        form(
            *(person(record(paid(b), contribution(0, b, "859")), number=n)
              for n, b in enumerate(bases, 1)),
            *(unrelated(0, b + 1, code) for code in ("861", "865") for b in bases),
        )
    )  # fmt: skip
    found = rows(data)
    for code, _ in codes:
        shares = amounts(of(found, code))
        assert shares == sorted(shares, key=lambda share: share or 0)
        assert len(shares) == len(bases)


def expected(node: etree._Element, found: Record, quarter: Quarter) -> int | None:
    code, kind = str(node.findtext("ContributionWorkerCode")), node.findtext("ContributionType")
    rate = employer_rate(f"{code}/{kind}", quarter)
    if rate is None or found.code not in MANUAL + WHITE or found.category() is None:
        return None
    return cents(found.basis() * Fraction(rate))


@pytest.mark.parametrize("seed", range(12))
def test_random_lines_of_the_employer(seed: int) -> None:
    rng = random.Random(f"shares {seed}")
    quarter = rng.choice((Quarter(2022, 3), Q1, Q4))
    weights: Mapping[str, int] = {"001": 6, "002": 2, "010": 1, "012": 1}
    people = []
    for number in range(1, 20):
        code = rng.choice((*MANUAL, *WHITE, "495", "015", "011"))
        jobs = [
            occupation(
                *(remun(rng.randrange(10**6), rng.choices([*weights], [*weights.values()])[0], n)
                  for n in range(1, rng.randint(2, 4))),
                number=at,
                committee=rng.choice(("200", "200", "327", "337")),
            )
            for at in range(1, rng.randint(2, 3))
        ]  # fmt: skip
        cases = rng.sample([*FUND, *ALWAYS, *UNKNOWN], rng.randint(1, 6))
        people.append(person(record(*jobs, *lines_of(cases), code=code), number=number))
    data = document(form(*people))
    computed = amounts([r for r in rows(data, quarter) if r["code"][0] == "8"])
    oracle = [
        expected(line, found, quarter)
        for found in records(etree.fromstring(data))
        for line in found.node.iterfind("WorkerContribution")
    ]
    assert computed == oracle
    assert any(oracle)
