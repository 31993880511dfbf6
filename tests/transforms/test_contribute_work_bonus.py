"""Work bonus (0001), against section 6 of the dossier: three shapes, month by month."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
from computed import Row, amounts, cents, half_up, of, one_record, rows
from declared import INSS, deduction, document, form, occupation, person, record, remun, service
from hypothesis import given, settings
from hypothesis import strategies as st
from law import MANUAL, PAID, UPLIFT, WHITE, Record, records
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.payroll import NOT_COVERED
from transforms.contribute.rules import family
from transforms.contribute.standing import REPEATED
from transforms.contribute.work_bonus import MONTHS, NO_TIME, PREMIUM
from transforms.formula import Formula
from transforms.rates.book import rate_book

Q1 = Quarter(2023, 1)
WHITE_SIDE, MANUAL_SIDE = 0, 1
Table = Mapping[str, tuple[str, ...]]

ONE_FALL: Mapping[str, Table] = {
    "2022-04": {"S": ("1860.34", "2847.98"), "max": ("228.48", "246.76")},
    "2022-05": {"S": ("1897.55", "2904.93"), "max": ("233.05", "251.69")},
    "2022-12": {"S": ("2013.64", "3082.66"), "max": ("247.31", "267.09")},
}
TWO_FALLS: Mapping[str, Table] = {
    "2023-07": {
        "S": ("2013.64", "2571.45", "3082.66"),
        "max": ("262.16", "283.13"),
        "upper": ("247.31", "267.09"),
    },
    "2023-11": {
        "S": ("2054.01", "2623.00", "3144.45"),
        "max": ("267.42", "288.81"),
        "upper": ("252.26", "272.44"),
    },
}
TWO_PARTS: Mapping[str, Table] = {
    "2025-02": {
        "A": ("2777.83", "3271.48"), "A max": ("120.59", "130.24"), "A slope": ("0.2443", "0.2638"),
        "B": ("2175.25", "2777.83"), "B max": ("162.62", "175.63"), "B slope": ("0.2699", "0.2915"),
    },
}  # fmt: skip
SLOPE, STEEP = ("0.2313", "0.2498"), ("0.2579", "0.2786")
MONTHS_OF = {
    Quarter(2022, 2): ("2022-04", "2022-05", "2022-05"),
    Quarter(2023, 1): ("2022-12",) * 3,
    Quarter(2023, 2): ("2022-12",) * 3,
    Quarter(2023, 3): ("2023-07",) * 3,
    Quarter(2023, 4): ("2023-07", "2023-11", "2023-11"),
    Quarter(2024, 1): ("2023-11",) * 3,
    Quarter(2025, 2): ("2025-02",) * 3,
}
"""The amounts in force in each month; other quarters have months of which none were found."""
QUARTERS = list(MONTHS_OF)


def fall(s: Fraction, most: str, slope: str, low: str) -> Fraction:
    return max(Fraction(most) - Fraction(slope) * (s - Fraction(low)), Fraction(0))


def full_month(s: Fraction, since: str, side: int) -> Fraction:
    """R: the bonus of who works all of the month."""
    if since in ONE_FALL:
        low, high = ONE_FALL[since]["S"]
        most = ONE_FALL[since]["max"][side]
        if s <= Fraction(low):
            return Fraction(most)
        return half_up(fall(s, most, SLOPE[side], low)) if s <= Fraction(high) else Fraction(0)
    if since in TWO_FALLS:
        table = TWO_FALLS[since]
        low, mid, high = table["S"]
        if s <= Fraction(low):
            return Fraction(table["max"][side])
        if s <= Fraction(mid):
            return half_up(fall(s, table["max"][side], STEEP[side], low))
        if s <= Fraction(high):
            return half_up(fall(s, table["upper"][side], SLOPE[side], low))
        return Fraction(0)
    total = Fraction(0)
    for part in "AB":
        table = TWO_PARTS[since]
        low, high = table[part]
        if s <= Fraction(low):
            total += Fraction(table[f"{part} max"][side])
        elif s <= Fraction(high):
            total += half_up(fall(s, table[f"{part} max"][side], table[f"{part} slope"][side], low))
    return total


def bonus(
    pay: Fraction, subject: Fraction, worked: int, possible: int, quarter: Quarter, side: int
) -> int:
    """Cents of a quarter of three equal months."""
    share = min(half_up(Fraction(worked, possible)), Fraction(1))
    month = pay / 3
    s = half_up(month * possible / worked if worked < possible else month)
    personal = half_up(subject / 3 * (UPLIFT if side else 1) * Fraction("0.1307"))
    return sum(
        cents(min(half_up(share * full_month(s, since, side)), personal))
        for since in MONTHS_OF[quarter]
    )


def weekdays(quarter: Quarter) -> int:
    days = (quarter.last_day - quarter.first_day).days + 1
    return sum((quarter.first_day + timedelta(n)).weekday() < 5 for n in range(days))


# --- lines ---------------------------------------------------------------------------------------

BONUS = deduction(1, "WorkerDeduction", "0001")


def of_one(*jobs: str, quarter: Quarter = Q1, code: str = "495") -> Row:
    return of(rows(one_record(*jobs, BONUS, code=code), quarter), "0001")[-1]


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
@pytest.mark.parametrize("code", ["495", "015"])
def test_the_lowest_wages_get_the_most(code: str, quarter: Quarter) -> None:
    """1,800 euro a month, below every lower limit; a full quarter."""
    job = occupation(service(13 * 500), remun(540_000))
    side = int(code in MANUAL)
    expected = sum(cents(full_month(Fraction(1800), since, side)) for since in MONTHS_OF[quarter])
    capped = 3 * cents(Fraction(1800) * (UPLIFT if side else 1) * Fraction("0.1307"))
    row = of_one(job, quarter=quarter, code=code)
    assert row["computed_amount"] == min(expected, capped) > 60_000


@pytest.mark.parametrize("quarter", [Quarter(2022, 1), Quarter(2022, 3), Quarter(2022, 4)], ids=str)
def test_a_quarter_with_a_month_that_is_not_known_is_not_computed(quarter: Quarter) -> None:
    """January to March, and August to November 2022."""
    known = rate_book().parameters["work_bonus_S_low"].spans(quarter.first_day, quarter.last_day)
    row = of_one(occupation(service(6500), remun(540_000)), quarter=quarter)
    assert row["outcome"] == ("not computed" if None in [v for *_, v in known] else "different")


def test_what_is_not_computed() -> None:
    whole = occupation(service(6500), remun(540_000))
    second = occupation(service(100), remun(1), number=2)
    assert of_one(whole, second)["reason"] == MONTHS
    assert of_one(occupation(service(100), remun(1), start="2023-01-02"))["reason"] == MONTHS
    assert of_one(occupation(service(100), remun(1), end="2023-03-30"))["reason"] == MONTHS
    assert of_one(occupation(service(100), remun(1), end="2023-03-31"))["reason"] is None
    assert of_one(occupation(service(100), remun(1), remun(1, "002", 2)))["reason"] == PREMIUM
    assert of_one(occupation(service(100, code="050"), remun(1)))["reason"] == NO_TIME
    assert of_one(occupation(service(100), remun(1), week=0))["reason"] == NO_TIME
    twice = of(rows(one_record(whole, second, BONUS, BONUS)), "0001")
    assert [row["reason"] for row in twice] == [MONTHS, REPEATED]
    assert of_one(whole, code="011")["reason"] == NOT_COVERED


def test_an_open_structural_category_does_not_matter() -> None:
    job = occupation(service(6500), remun(540_000), committee="337")
    assert of_one(job)["computed_amount"] == 3 * 23_526  # all of the personal contribution


@pytest.mark.parametrize("seed", range(14))
def test_random_declarations(seed: int) -> None:
    rng = random.Random(f"work bonus {seed}")
    quarter = QUARTERS[seed % len(QUARTERS)]
    people = []
    for number in range(1, 25):
        code = rng.choice((*MANUAL, *WHITE))
        held = record(random_job(rng), BONUS, code=code)
        people.append(person(held, number=number, inss=rng.choice(INSS)))
    data = document(form(*people))
    found = of(rows(data, quarter), "0001")
    expected = [of_record(one, quarter) for one in records(etree.fromstring(data))]
    assert amounts(found) == expected
    assert len({amount for amount in expected if amount}) > 3


def random_job(rng: random.Random) -> str:
    week, full = rng.choice((500, 500, 600)), rng.choice((3800, 4000))
    hours = rng.choice((None, full, full // 2, full * 4 // 5))
    share = rng.choice((1, 1, 0.8, 0.5, 0.01))
    days = max(1, int(13 * week * share))
    worked = None if hours is None else max(1, int(13 * hours * share))
    gross = rng.randrange(450_000, 1_050_000) * (1 if hours is None else hours / full)
    return occupation(
        service(days, worked, rng.choice(("001", "001", "001", "003"))),
        service(100, None if worked is None else 700, "050", 2),
        remun(int(gross * share), rng.choice(("001", "001", "004"))),
        *([remun(rng.randrange(1000), "006", 2)] if rng.random() < 0.3 else []),
        week=week,
        full_time=full,
        hours=hours,
    )


def of_record(one: Record, quarter: Quarter) -> int:
    (job,) = one.jobs
    pay = Fraction(job.pay({1, 4, 5, 12}), 100)
    possible = job.week * weekdays(quarter) // 5
    return bonus(pay, one.subject(), job.time(PAID), possible, quarter, int(one.manual))


# --- laws, on the formulas -----------------------------------------------------------------------


def law(quarter: Quarter, side: int) -> Formula:
    return family("work_bonus").apply("manual" if side else "white", quarter, rate_book())


def month_of(formula: Formula, s: Fraction) -> int:
    """Cents of the first month at a monthly wage of whole cents, whatever is withheld."""
    quarter = int(3 * s * 100)
    (steps,) = formula.replay([quarter, 10**9, 65, 65])
    assert steps["S_1"] == s
    return int(steps["month_1"] * 100)


SIDES = st.sampled_from((WHITE_SIDE, MANUAL_SIDE))
CASES = st.tuples(st.sampled_from(QUARTERS), SIDES)


@settings(max_examples=50)
@given(CASES, st.lists(st.integers(0, 400_000), min_size=2, max_size=15))
def test_a_higher_wage_never_has_a_higher_bonus(
    case: tuple[Quarter, int], wages: list[int]
) -> None:
    formula = law(*case)
    found = [month_of(formula, Fraction(wage, 100)) for wage in sorted(wages)]
    assert found == sorted(found, reverse=True)
    first = MONTHS_OF[case[0]][0]
    assert max(found) <= cents(full_month(Fraction(0), first, case[1]))


@pytest.mark.parametrize("side", [WHITE_SIDE, MANUAL_SIDE])
@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_the_limits_of_the_bonus(quarter: Quarter, side: int) -> None:
    """Within 6 cents everywhere: the published slopes do not end at exactly 0."""
    first = MONTHS_OF[quarter][0]
    table = {**ONE_FALL, **TWO_FALLS, **TWO_PARTS}[first]
    limits = [Fraction(text) for name in ("S", "A", "B") for text in table.get(name, ())]
    formula, cent = law(quarter, side), Fraction(1, 100)
    for limit in limits:
        below, at, above = (month_of(formula, limit + cent * n) for n in (-1, 0, 1))
        assert below - at <= 1
        assert at - above <= 6
    assert month_of(formula, max(limits) + cent) == 0
    assert month_of(formula, min(limits)) == cents(full_month(Fraction(0), first, side))


@settings(max_examples=50)
@given(CASES, st.integers(1, 1_200_000), st.integers(1, 8000), st.integers(1, 8000))
def test_never_more_than_the_personal_contribution(
    case: tuple[Quarter, int], pay: int, worked: int, possible: int
) -> None:
    quarter, side = case
    found = law(quarter, side).amount([pay, pay, worked, possible]) * 100
    personal = half_up(Fraction(pay, 300) * (UPLIFT if side else 1) * Fraction("0.1307"))
    assert 0 <= found <= 3 * personal * 100
    assert found == bonus(Fraction(pay, 100), Fraction(pay, 100), worked, possible, quarter, side)


@settings(max_examples=50)
@given(
    CASES, st.integers(0, 1_200_000), st.integers(1, 8000), st.integers(1, 8000), st.integers(2, 4)
)
def test_twice_the_hours_of_twice_the_hours_is_the_same(
    case: tuple[Quarter, int], pay: int, worked: int, possible: int, times: int
) -> None:
    formula = law(*case)
    same = formula.amount([pay, pay, worked, possible])
    assert formula.amount([pay, pay, worked * times, possible * times]) == same


def test_weekdays_of_a_quarter() -> None:
    assert weekdays(Q1) == 65
    assert weekdays(Quarter(2024, 1)) == 65
    assert date(2023, 1, 1).weekday() == 6
