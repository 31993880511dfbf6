"""Target-group reductions: first hires, older workers by region, horeca; after the 3000."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction

import pytest
from computed import Row, amounts, cents, employer, half_up, of, one_record, rows
from declared import deduction, document, form, occupation, person, record, remun, service
from hypothesis import given
from hypothesis import strategies as st
from law import MANUAL, WHITE, Job, beta, employer_contributions, jobs
from lxml import etree
from payslips import job
from reduced import LIMITS, Known, granted, obstacles, uplift, without_wage

from schemas.quarter import Quarter
from transforms.contribute.first_hires import NO_NEW_RIGHT, NOT_YET, OLD_RIGHT, USED_UP
from transforms.contribute.horeca import OTHER_COMMITTEE
from transforms.contribute.older_workers import OTHER_CATEGORY
from transforms.contribute.reductions import BEFORE, NO_AGE, NO_START, SECOND_TARGET_GROUP
from transforms.contribute.rules import family
from transforms.identifiers import make_inss
from transforms.rates.book import rate_book

Q1, Q3, Q4 = Quarter(2023, 1), Quarter(2023, 3), Quarter(2023, 4)
FORFAIT = {
    "3315": 4000, "3324": 1550, "3325": 1050, "3326": 450, "3333": 1050, "3334": 450,
    "3342": 1050, "3343": 450, "3352": 1050, "3353": 450, "3360": 1050, "3361": 450,
}  # fmt: skip
ABOLISHED = ("3342", "3343", "3352", "3353", "3360", "3361")
OLDER = ("6320", "6321", "7320", "8320", "9300")
NOT_FOUND = "not found"
"""In the words of a rule of which something was not found."""
ONE = Fraction(1)


def lump_sum(job_: Job, g: Fraction) -> Fraction:
    """G x mu x beta."""
    return half_up(g * job_.mu * beta(job_.record.mu_glob, ONE, ONE))


def age_on(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


# --- what each code gives, before the ceiling: an amount, or why not ------------------------------

Answer = Fraction | str
"""An amount, or why there is none."""
People = dict[str, date | None]
"""Date of birth by INSS; ``None``: not in the number."""


def first_hire(code: str, job_: Job, line: etree._Element, quarter: Quarter) -> Answer:
    start = line.findtext("DeductionRightStartingDate")
    if code != "3315" and start is None:
        return NO_START
    if code != "3315" and str(start) < "2017-01-01":
        return OLD_RIGHT
    if code in ABOLISHED and str(start) >= "2024-01-01":
        return NO_NEW_RIGHT
    if code != "3315":
        begun = date.fromisoformat(str(start))
        nth = (quarter.year - begun.year) * 4 + quarter.number - (begun.month + 2) // 3 + 1
        if not 1 <= nth <= 20:
            return NOT_YET if nth < 1 else USED_UP
    g = 3100 if code == "3315" and quarter.year >= 2024 else FORFAIT[code]
    return lump_sum(job_, Fraction(g))


def older(code: str, job_: Job, birth: date, quarter: Quarter, known: Known) -> Answer:
    age = age_on(birth, quarter.last_day)
    raised = quarter.number == 4 or (quarter.number == 1 and job_.committee == "322")
    g: int | str
    if code == "6320":
        if job_.record.category(known.category) != "category_1":
            return OTHER_CATEGORY
        g, limit = flanders(birth, age, quarter), Fraction(18_545 if raised else 13_945)
    elif code == "7320":
        if raised and quarter < Quarter(2024, 3):
            return NOT_FOUND
        first, last = (57, 64) if quarter < Quarter(2024, 3) else (61, 66)
        g = 1000 if first <= age <= last else 0
        limit = Fraction((RAISED_BRUSSELS if raised else BRUSSELS)[year_of_limits(quarter)])
    elif code == "8320":
        g, limit = wallonia(age, quarter), Fraction(WALLONIA[year_of_limits(quarter)])
    else:
        return NOT_FOUND
    if isinstance(g, str):
        return g
    s = job_.full_quarter_wage(uplift(job_, quarter, known))
    return Fraction(0) if s > limit else lump_sum(job_, Fraction(g))


def flanders(birth: date, age: int, quarter: Quarter) -> int | str:
    """600 from 59/60/61 and 1,500 from 61/62/62; from July 2024 who was 62 at its eve."""
    if quarter >= Quarter(2024, 3):
        return 1500 if age_on(birth, date(2024, 6, 30)) >= 62 else 0
    low, high = {2022: (59, 61), 2023: (60, 62), 2024: (61, 62)}[quarter.year]
    if quarter.year == 2024 and 59 <= age < 61:
        return "is not told apart"
    return 1500 if age >= high else 600 if age >= low else 0


def wallonia(age: int, quarter: Quarter) -> int | str:
    """Federal steps and nothing from 65; since July 2023 the last step goes to the pension."""
    if quarter < Q3:
        return 400 * (55 <= age < 58) + 1000 * (58 <= age < 62) + 1500 * (62 <= age < 65)
    if 55 <= age < 60:
        return "only hired jobseekers"
    return NOT_FOUND if age >= 66 else 1000 * (60 <= age < 65) + 1500 * (age == 65)


BRUSSELS = {"20222": "11592.84", "20223": "11824.70", "2023": "12548.46", "2024": "12799.43",
            "20243": "8000.00", "20252": "8160.00"}  # fmt: skip
RAISED_BRUSSELS = {"20243": "10666.67", "20252": "10880.00"}
WALLONIA = {"20222": "15393.63", "20223": "15701.50", "2023": "16662.56", "2024": "16995.81",
            "20243": "17335.73", "20252": "17682.44"}  # fmt: skip


def year_of_limits(quarter: Quarter) -> str:
    """Limits move with the index, not with the year."""
    if quarter >= Quarter(2024, 3):
        return "20243" if quarter < Quarter(2025, 2) else "20252"
    return quarter.wire if quarter.year == 2022 else str(quarter.year)


def answer(
    code: str, job_: Job, line: etree._Element, quarter: Quarter, known: Known, birth: date | None
) -> Answer:
    if code in FORFAIT:
        return first_hire(code, job_, line, quarter)
    if code == "3900" and job_.committee != "302":
        return OTHER_COMMITTEE
    if birth is None:
        return NO_AGE
    if code == "3900":
        return lump_sum(job_, Fraction(800 if age_on(birth, quarter.last_day) < 26 else 500))
    return older(code, job_, birth, quarter, known)


# --- many occupations ----------------------------------------------------------------------------

BIRTHS = [date(y, m, d) for y in (1956, 1958, 1961, 1962, 1963, 1964, 1968, 1996, 1997, 1998)
          for m, d in ((3, 31), (4, 1), (6, 30), (7, 1), (12, 31))]  # fmt: skip
CODES = (*FORFAIT, "6320", "6320", "7320", "8320", "8320", "9300", "3900", "3900")
STARTS = (None, "2016-12-31", "2018-05-01", "2020-09-30", "2022-05-03", "2023-12-31", "2024-01-01")


def random_document(rng: random.Random) -> tuple[bytes, People]:
    people: list[str] = []
    births: People = {}
    for number in range(1, rng.randint(10, 25)):
        birth = rng.choice(BIRTHS)
        inss = make_inss(birth, number)
        births[inss] = birth
        if rng.random() < 0.1:
            inss = unknown_birth(number)
            births[inss] = None
        home = rng.choice(("200", "200", "302", "302", "322", "330", "327"))
        worked = [
            job(rng, at, home, list(random_deductions(rng)), part=rng.choice((1, 1, 0.9, None)))
            for at in range(1, rng.choice((2, 2, 3)))
        ]
        held = record(*worked, code=rng.choice((*MANUAL, *WHITE, "495", "495", "015")))
        people.append(person(held, number=number, inss=inss))
    return document(form(*people)), births


def unknown_birth(serial: int) -> str:
    """A number without month and day of birth, as the register gives to persons of whom none is
    known."""
    body = 640_000_000 + serial
    return f"{body:09}{97 - body % 97:02}"


def random_deductions(rng: random.Random) -> Iterator[str]:
    if rng.random() < 0.6:
        yield deduction(rng.randrange(100_000), "OccupationDeduction", "3000")
    for _ in range(rng.choice((1, 1, 2))):
        yield deduction(1, "OccupationDeduction", rng.choice(CODES), rng.choice(STARTS))


QUARTERS = [Quarter.parse(text) for text in sorted(LIMITS)]


@pytest.mark.parametrize("seed", range(24))
def test_random_declarations(seed: int) -> None:
    """Line by line in the order in which the families take what is left."""
    rng = random.Random(f"target groups {seed}")
    quarter = QUARTERS[seed % len(QUARTERS)]
    known = Known(rng.choice((None, None, None, "1")), rng.choice((None, 0, 1)))
    data, births = random_document(rng)
    table = employer(structural_category=known.category, third_party_premium=known.premium)
    found = rows(data, quarter, table)
    lines = {(row["line"], row["code"]): row for row in found if row["code"] in FORFAIT | REGIONS}
    checked = 0
    for job_ in jobs(data):
        left: Fraction | None = None
        unknown = False
        for code, line in in_turn(job_):
            amount = taken(job_, line, code, quarter, known, births)
            spent = Fraction(0)
            if unknown and not isinstance(amount, str):
                amount = BEFORE
            if isinstance(amount, str) or any(obstacles(job_, known, False)):
                if code != "3000":
                    check_refused(lines[line.sourceline or 0, code], job_, known, amount)
                unknown = unknown or amount != SECOND_TARGET_GROUP
            else:
                category = job_.record.category(known.category)
                assert category is not None
                left = employer_contributions(job_, category) if left is None else left
                spent = min(amount, max(left, Fraction(0)))
                if code != "3000":
                    assert lines[line.sourceline or 0, code]["computed_amount"] == cents(spent)
                    checked += 1
            category = job_.record.category(known.category)
            if category is not None:
                left = employer_contributions(job_, category) if left is None else left
                left -= spent
    assert checked > 0


REGIONS = dict.fromkeys((*OLDER, "3900"), 0)
TURN = ("3000", *FORFAIT, *OLDER, "3900")


def code_of(line: etree._Element) -> str:
    return str(line.findtext("DeductionCode"))


def in_turn(job_: Job) -> list[tuple[str, etree._Element]]:
    """The deductions of an occupation, those repeated left out, in the order of the families."""
    first: dict[str, etree._Element] = {}
    for line in job_.node.iterfind("OccupationDeduction"):
        first.setdefault(code_of(line), line)
    return sorted(first.items(), key=lambda pair: TURN.index(pair[0]))


def taken(
    job_: Job, line: etree._Element, code: str, quarter: Quarter, known: Known, births: People
) -> Answer:
    """What a deduction would take without a ceiling."""
    needs_wage = code in ("3000", *OLDER)
    missing = [*obstacles(job_, known, False)]
    groups = [n for n in job_.node.iterfind("OccupationDeduction") if code_of(n) != "3000"]
    if code != "3000" and groups[0] is not line:
        missing.append(SECOND_TARGET_GROUP)
    if needs_wage:
        missing += without_wage(job_, quarter, known)
    if missing:
        return missing[0]
    if code == "3000":
        return granted(job_, quarter, known)
    person_ = job_.record.node.getparent()
    assert person_ is not None
    return answer(code, job_, line, quarter, known, births[str(person_.findtext("INSS"))])


def check_refused(row: Row, job_: Job, known: Known, why: Answer) -> None:
    """One of the reasons is told; which of several is left open."""
    assert row["outcome"] == "not computed", row
    possible = [*obstacles(job_, known, False), str(why), *ALWAYS]
    assert any(reason in row["reason"] for reason in possible), row


ALWAYS = (BEFORE, NO_AGE, NO_START, OTHER_CATEGORY, OTHER_COMMITTEE, SECOND_TARGET_GROUP)


# --- one occupation ------------------------------------------------------------------------------


def of_one(
    code: str,
    quarter: Quarter = Q1,
    gross: int = 900_000,
    start: str | None = None,
    birth: date = date(1985, 1, 1),
    committee: str = "200",
    days: int = 6500,
    more: str = "",
    premium: int | None = 0,
) -> Row:
    line = deduction(1, "OccupationDeduction", code, start)
    worked = occupation(service(days), remun(gross), more, line, committee=committee)
    held = person(record(worked), inss=make_inss(birth, 7))
    found = of(rows(document(form(held)), quarter, employer(third_party_premium=premium)), code)
    return found[0]


@pytest.mark.parametrize("code", FORFAIT)
def test_a_full_quarter_gets_the_lump_sum_or_what_is_due(code: str) -> None:
    lump, start = FORFAIT[code] * 100, "2021-05-01"
    assert of_one(code, start=start, gross=2_000_000)["computed_amount"] == lump
    assert of_one(code, start=start, gross=100_000)["computed_amount"] == min(lump, 25_000)


def test_the_first_worker_is_worth_less_from_2024() -> None:
    assert of_one("3315", Q4, 2_000_000)["computed_amount"] == 400_000
    assert of_one("3315", Quarter(2024, 1), 2_000_000)["computed_amount"] == 310_000


@pytest.mark.parametrize("code", ABOLISHED)
def test_running_rights_of_the_fourth_worker_go_on(code: str) -> None:
    quarter = Quarter(2024, 2)
    assert of_one(code, quarter, start="2023-12-31")["computed_amount"] == FORFAIT[code] * 100
    assert of_one(code, quarter, start="2024-01-01")["reason"] == NO_NEW_RIGHT


@pytest.mark.parametrize(
    ("birth", "amount"),
    [
        (date(1963, 4, 1), 0),
        (date(1963, 3, 31), 60_000),
        (date(1961, 4, 1), 60_000),
        (date(1961, 3, 31), 150_000),
        (date(1950, 1, 1), 150_000),
    ],
)
def test_a_birthday_on_the_last_day_of_the_quarter_counts(birth: date, amount: int) -> None:
    """Flanders 2023: 600 euro from 60, 1,500 from 62."""
    assert of_one("6320", birth=birth)["computed_amount"] == amount


@pytest.mark.parametrize(
    ("birth", "amount"), [(date(1997, 3, 31), 50_000), (date(1997, 4, 1), 80_000)]
)
def test_horeca_is_worth_more_below_26(birth: date, amount: int) -> None:
    assert of_one("3900", birth=birth, committee="302.01")["computed_amount"] == amount


@pytest.mark.parametrize(
    ("quarter", "gross", "amount"),
    [
        (Q1, 1_394_500, 150_000),
        (Q1, 1_394_501, 0),
        (Q4, 1_854_500, 150_000),
        (Q4, 1_854_501, 0),
    ],
)
def test_above_the_wage_limit_nothing_is_left(quarter: Quarter, gross: int, amount: int) -> None:
    birth = date(1950, 1, 1)
    assert of_one("6320", quarter, gross, birth=birth)["computed_amount"] == amount


@pytest.mark.parametrize(
    ("quarter", "gross", "amount"),
    [
        (Quarter(2025, 2), 816_000, 100_000),
        (Quarter(2025, 2), 816_001, 0),
        (Quarter(2025, 4), 1_088_000, 100_000),
        (Quarter(2025, 4), 1_088_001, 0),
    ],
)
def test_the_limits_of_brussels_in_2025(quarter: Quarter, gross: int, amount: int) -> None:
    birth = date(1962, 1, 1)
    assert of_one("7320", quarter, gross, birth=birth)["computed_amount"] == amount


@pytest.mark.parametrize(
    ("start", "expected"),
    [("2023-01-01", 225_000), ("2021-02-01", 0), ("2021-04-01", 225_000), (None, NO_START)],
)
def test_a_newly_hired_older_worker_is_free_for_eight_quarters(
    start: str | None, expected: int | str
) -> None:
    row = of_one("6321", start=start)
    assert (row["reason"] or row["computed_amount"]) == expected


def test_no_right_opens_for_newly_hired_older_workers_from_july_2024() -> None:
    quarter = Quarter(2024, 4)
    assert of_one("6321", quarter, start="2024-06-30")["computed_amount"] == 225_000
    assert "opens in Flanders" in str(of_one("6321", quarter, start="2024-07-01")["reason"])


def test_all_that_is_left_does_not_depend_on_the_part_that_is_worked() -> None:
    """Two jobs of 0.2 and 0.8 of a quarter: each is free of what it owes."""
    line = deduction(1, "OccupationDeduction", "6321", "2023-01-01")
    small = occupation(service(1300), remun(180_000), line)
    large = occupation(service(5200), remun(720_000), line, number=2)
    found = of(rows(one_record(small, large)), "6321")
    assert amounts(found) == [45_000, 180_000]


def test_service_vouchers_are_no_agency() -> None:
    """In the first quarter agencies (322) have a limit of their own; 322.01 has that of all."""
    birth = date(1962, 1, 1)
    assert NOT_FOUND in str(of_one("7320", gross=600_000, birth=birth, committee="322")["reason"])
    row = of_one("7320", gross=600_000, birth=birth, committee="322.01")
    assert row["computed_amount"] == 100_000


@pytest.mark.parametrize("declared", [0, 5_000])
def test_the_structural_reduction_goes_first(declared: int) -> None:
    """3000 as recomputed lowers what is left, whatever was declared for it."""
    first = deduction(declared, "OccupationDeduction", "3000")
    row = of_one("3315", gross=660_000, more=first)
    due, structural = 165_000, 55_803
    assert row["computed_amount"] == due - structural


def test_after_a_reduction_that_is_not_computed_what_is_left_is_not_known() -> None:
    first = deduction(40_000, "OccupationDeduction", "3000")
    row = of_one("3315", Q4, gross=660_000, more=first, premium=None)
    assert (row["computed_amount"], row["reason"]) == (None, BEFORE)


def test_a_repeated_reduction_leaves_the_rest_known() -> None:
    first = deduction(40_000, "OccupationDeduction", "3000")
    assert of_one("3315", gross=660_000, more=first + first)["computed_amount"] == 165_000 - 55_803


def test_a_right_lasts_twenty_quarters() -> None:
    """From the quarter in which it begins: 2018Q2 to 2023Q1."""
    assert of_one("3324", Q1, start="2018-04-01")["computed_amount"] is not None
    assert of_one("3324", Q1, start="2018-03-31")["reason"] == USED_UP
    assert of_one("3324", Q1, start="2023-03-31")["computed_amount"] is not None
    assert of_one("3324", Q1, start="2023-04-01")["reason"] == NOT_YET


# --- laws, on the formulas -----------------------------------------------------------------------


@given(
    st.sampled_from(["first_hires/3324", "horeca/3900", "older_workers/6320"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.integers(0, 8000),
    st.integers(0, 200),
)
def test_never_more_than_is_left(
    rule: str, basis: int, granted_: int, counted: int, mu_glob: int
) -> None:
    name, code = rule.split("/")
    law = family(name).apply(f"{code}+category_1", Q1, rate_book())
    stored = {"basis": basis, "granted": granted_, "counted": counted, "mu_glob": mu_glob,
              "week": 500, "worked": 6500, "pay": basis, "age": 61}  # fmt: skip
    (steps,) = law.replay([stored.get(one.name, 0) for one in law.inputs])
    left = max(steps["due"] - Fraction(granted_, 100), Fraction(0))
    assert 0 <= steps["amount"] <= left
    if mu_glob < 28:
        assert steps["amount"] == 0


@pytest.mark.parametrize(
    ("mu_glob", "factor"),
    [(27, "0"), (28, "1"), (54, "1"), (55, "1"), (56, "1.01"), (79, "1.24"), (80, "1.25"),
     (100, "1"), (200, "0.5")],
)  # fmt: skip
def test_beta_of_target_groups(mu_glob: int, factor: str) -> None:
    """It jumps at 0.275 only."""
    law = family("first_hires").apply("3324+category_1", Q1, rate_book())
    (steps,) = law.replay([10**8, 0, 6500, 500, mu_glob])
    assert steps["beta"] == Fraction(factor) == beta(Fraction(mu_glob, 100), ONE, ONE)


@pytest.mark.parametrize("offset", range(-2, 3))
@pytest.mark.parametrize("year", [1958, 1996, 2000, 2004])
def test_ages_around_the_end_of_a_quarter(year: int, offset: int) -> None:
    """Born in another century too: the check digits of the number tell which."""
    birth = date(year, 3, 31) + timedelta(days=offset)
    row = of_one("3900", birth=birth, committee="302")
    assert row["inputs"][5] == age_on(birth, Q1.last_day)
