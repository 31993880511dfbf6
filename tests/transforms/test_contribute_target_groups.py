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
from reduced import LIMITS, Known, counting, granted, obstacles, uplift, without_wage

from schemas.quarter import Quarter
from transforms.contribute.reductions import BEFORE, NO_AGE, NO_START
from transforms.contribute.rules import family
from transforms.contribute.standing import REPEATED, SECOND_TARGET_GROUP
from transforms.identifiers import make_inss
from transforms.rates.book import rate_book

Q1, Q3, Q4 = Quarter(2023, 1), Quarter(2023, 3), Quarter(2023, 4)
FORFAIT = {
    "3315": 4000, "3324": 1550, "3325": 1050, "3326": 450, "3333": 1050, "3334": 450,
    "3342": 1050, "3343": 450, "3352": 1050, "3353": 450, "3360": 1050, "3361": 450,
}  # fmt: skip
LUMPS = {"3500": 400, "3510": 400, "3520": 1000, "3800": 800}
"""Working time and tutors, known since 2021."""
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
    if code != "3315" and line.findtext("DeductionRightStartingDate") is None:
        return NO_START
    g = 3100 if code == "3315" and quarter.year >= 2024 else FORFAIT[code]
    return lump_sum(job_, Fraction(g))


def out(code: str, job_: Job, line: etree._Element, quarter: Quarter, known: Known) -> bool:
    """Whether the rules exclude the reduction for certain."""
    if job_.excluded:
        return True
    if code == "3900":
        return job_.committee != "302" or job_.part_time
    if code == "6320":
        category = job_.record.category(known.category)
        return category is not None and category != "category_1"
    start = line.findtext("DeductionRightStartingDate")
    if code in ("3000", "3315", "7320", "8320", "9300", *LUMPS) or start is None:
        return False
    if code in ABOLISHED and quarter.year >= 2024 and start >= "2024-01-01":
        return True
    begun = date.fromisoformat(start)
    nth = (quarter.year - begun.year) * 4 + quarter.number - (begun.month + 2) // 3 + 1
    return not 1 <= nth <= 20


def older(code: str, job_: Job, birth: date, quarter: Quarter, known: Known) -> Answer:
    age = age_on(birth, quarter.last_day)
    raised = quarter.number == 4 or (quarter.number == 1 and job_.committee == "322")
    g: int | str
    if code == "6320":
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
    if code in LUMPS:
        return lump_sum(job_, Fraction(LUMPS[code]))
    if birth is None:
        return NO_AGE
    if code == "3900":
        return lump_sum(job_, Fraction(800 if age_on(birth, quarter.last_day) < 26 else 500))
    return older(code, job_, birth, quarter, known)


# --- many occupations ----------------------------------------------------------------------------

BIRTHS = [date(y, m, d) for y in (1956, 1958, 1961, 1962, 1963, 1964, 1968, 1996, 1997, 1998)
          for m, d in ((3, 31), (4, 1), (6, 30), (7, 1), (12, 31))]  # fmt: skip
CODES = (*FORFAIT, "6320", "6320", "7320", "8320", "8320", "9300", "3900", "3900", *LUMPS)
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
        amount = rng.choice((0, 1, 1))
        yield deduction(amount, "OccupationDeduction", rng.choice(CODES), rng.choice(STARTS))


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
    lines = {(row["line"], row["code"]): row for row in found if row["sign"] < 0}
    for job_ in jobs(data):
        for line, expected in answers(job_, quarter, known, births):
            row = lines[line.sourceline or 0, code_of(line)]
            if isinstance(expected, str):
                check_refused(row, job_, known, expected)
            else:
                assert row["computed_amount"] == cents(expected), row
    assert any(amount for amount in amounts(lines.values()))


@pytest.mark.parametrize("seed", range(8))
def test_what_is_excluded_takes_nothing(seed: int) -> None:
    """Without the excluded lines everything else is computed as with them."""
    rng = random.Random(f"excluded {seed}")
    quarter = QUARTERS[seed % len(QUARTERS)]
    table = employer(third_party_premium=rng.choice((0, 1)))
    data, _ = random_document(rng)
    tree = etree.fromstring(data)
    for job_ in (Job(node) for node in tree.iter("Occupation")):
        for line in job_.node.findall("OccupationDeduction"):
            if out(code_of(line), job_, line, quarter, Known(None, 0)):
                job_.node.remove(line)
    fewer = rows(etree.tostring(tree, xml_declaration=True, encoding="UTF-8"), quarter, table)
    more = rows(data, quarter, table)
    gone = [row for row in more if row["sign"] < 0 and excluded(row)]
    assert len(more) - len(fewer) == len(gone) > 0
    assert {row["computed_amount"] for row in gone} == {0}
    kept = [row for row in more if row not in gone]
    asked = ("code", "outcome", "computed_amount", "reason", "inputs", "formula")
    assert [[r[n] for n in asked] for r in kept] == [[r[n] for n in asked] for r in fewer]


def excluded(row: Row) -> bool:
    """Whatever stands beside it."""
    return why(row) not in (None, "repeated", "second_target_group")


TURN = ("3000", *FORFAIT, *OLDER, "3900", *LUMPS)


def code_of(line: etree._Element) -> str:
    return str(line.findtext("DeductionCode"))


def answers(
    job_: Job, quarter: Quarter, known: Known, births: People
) -> Iterator[tuple[etree._Element, Answer]]:
    """Every deduction of an occupation with what it takes, or why that is not known."""
    every = job_.node.findall("OccupationDeduction")
    left_in = [line for line in every if not out(code_of(line), job_, line, quarter, known)]
    yield from ((line, Fraction(0)) for line in every if line not in left_in)
    category = job_.record.category(known.category)
    left = Fraction(0) if category is None else employer_contributions(job_, category)
    unknown = False
    for line in sorted(chosen(left_in), key=lambda one: TURN.index(code_of(one))):
        amount = taken(job_, line, quarter, known, births)
        if unknown and not isinstance(amount, str):
            amount = BEFORE
        if isinstance(amount, str):
            unknown = True
        else:
            amount = min(amount, max(left, Fraction(0)))
            left -= amount
        yield line, amount
        for other in left_in:
            if other is not line and same_kind(other, line):
                same = code_of(other) == code_of(line)
                why = REPEATED if same else SECOND_TARGET_GROUP
                yield other, why if isinstance(amount, str) else Fraction(0)


def same_kind(one: etree._Element, other: etree._Element) -> bool:
    return (code_of(one) == "3000") == (code_of(other) == "3000")


def chosen(lines: list[etree._Element]) -> list[etree._Element]:
    """One structural and one target-group reduction of what is not excluded."""
    structural = [line for line in lines if code_of(line) == "3000"]
    groups = [line for line in lines if code_of(line) != "3000"]
    return [counting(kind) for kind in (structural, groups) if kind]


def taken(
    job_: Job, line: etree._Element, quarter: Quarter, known: Known, births: People
) -> Answer:
    """What a deduction would take without a ceiling."""
    code = code_of(line)
    missing = [*obstacles(job_, known)]
    if code in ("3000", *OLDER):
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
    possible = [*obstacles(job_, known), str(why), BEFORE, NO_AGE, NO_START]
    assert any(reason in row["reason"] for reason in possible), row


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


def why(row: Row) -> str | None:
    """The exclusion that makes a line 0."""
    _, _, case = str(row["formula"]).partition("/excluded/")
    return case.split("/")[0] or None


@pytest.mark.parametrize("code", FORFAIT)
def test_a_full_quarter_gets_the_lump_sum_or_what_is_due(code: str) -> None:
    lump, start = FORFAIT[code] * 100, "2021-05-01"
    assert of_one(code, start=start, gross=2_000_000)["computed_amount"] == lump
    assert of_one(code, start=start, gross=100_000)["computed_amount"] == min(lump, 25_000)


@pytest.mark.parametrize("code", LUMPS)
@pytest.mark.parametrize("quarter", [Quarter(2021, 1), Quarter(2022, 2), Q4, Quarter(2025, 2)])
def test_lump_sums_of_a_full_quarter(code: str, quarter: Quarter) -> None:
    lump = LUMPS[code] * 100
    assert of_one(code, quarter, gross=2_000_000)["computed_amount"] == lump
    assert of_one(code, quarter, gross=100_000)["computed_amount"] == min(lump, 25_000)


@pytest.mark.parametrize(("code", "since"), [("3500", 2021), ("3520", 2021), ("3800", 2013)])
def test_lump_sums_of_years_before_are_not_known(code: str, since: int) -> None:
    row = of_one(code, Quarter(since - 1, 4))
    assert (row["outcome"], "is not known for" in row["reason"]) == ("not computed", True)


def test_lump_sums_follow_mu_and_beta() -> None:
    """Three fifths of the quarter: 800 euro x 0.6 x 1.05. A quarter of it: nothing."""
    assert of_one("3800", days=3900, gross=2_000_000)["computed_amount"] == 50_400
    assert of_one("3800", days=1625, gross=2_000_000)["computed_amount"] == 0


def test_lump_sums_take_what_the_structural_reduction_leaves() -> None:
    first = deduction(1, "OccupationDeduction", "3000")
    row = of_one("3520", gross=300_000, more=first)
    assert row["computed_amount"] == 0  # 750 euro are due, and all of them are gone
    assert of_one("3520", gross=300_000)["computed_amount"] == 75_000


def test_the_first_worker_is_worth_less_from_2024() -> None:
    assert of_one("3315", Q4, 2_000_000)["computed_amount"] == 400_000
    assert of_one("3315", Quarter(2024, 1), 2_000_000)["computed_amount"] == 310_000


@pytest.mark.parametrize("code", ABOLISHED)
def test_running_rights_of_the_fourth_worker_go_on(code: str) -> None:
    quarter = Quarter(2024, 2)
    assert of_one(code, quarter, start="2023-12-31")["computed_amount"] == FORFAIT[code] * 100
    late = of_one(code, quarter, start="2024-01-01")
    assert (late["computed_amount"], why(late)) == (0, "no_fourth_to_sixth")


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
    late = of_one("6321", quarter, start="2024-07-01")
    assert (late["computed_amount"], why(late)) == (0, "no_newly_hired")


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
    assert why(of_one("3324", Q1, start="2018-03-31")) == "used_up"
    assert why(of_one("3324", Q1, start="2018-04-01")) is None
    assert of_one("3324", Q1, start="2023-03-31")["computed_amount"] is not None
    assert why(of_one("3324", Q1, start="2023-04-01")) == "not_yet"


# --- laws, on the formulas -----------------------------------------------------------------------


@given(
    st.sampled_from(["first_hires/3324", "horeca/3900", "older_workers/6320", "lump_sums/3520"]),
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
