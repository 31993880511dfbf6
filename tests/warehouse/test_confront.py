"""Every code has cases that break it and cases that keep it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from confronted import DUE, EARLY, EMPLOYER, FIRST, LAST, WORKER, Quarterly

from schemas.dimona.confrontation import CONFRONTATION, basis
from schemas.quarter import Quarter

OTHER = "000000292"
SECOND, THIRD = "00010100125", "64020100181"
MORE, FEWER = "90007-262", "90007-263"
CASUAL, FLEXI = "90015-456", "90015-485"
DAYS, HOURS, NO_HOURS = "90017-429", "90017-502", "90017-504"
NO_DIMONA, NO_DMFA = "kwartaal:no_dimona", "kwartaal:no_dmfa"
DATES, ALONE = "kwartaal:dates_differ", "kwartaal:days_without_dmfa"
OVER = "kwartaal:student_over_quota"


@pytest.fixture
def told() -> Quarterly:
    """A quarter in which one worker is in both, all of it."""
    made = Quarterly()
    made.works()
    made.period()
    return made


def the(told: Quarterly, code: str) -> dict[str, Any]:
    (row,) = (row for row in told.found() if row["code"] == code)
    return row


def test_what_agrees_is_not_told(told: Quarterly) -> None:
    assert told.found() == []


def test_every_code_is_broken_and_kept_somewhere_here() -> None:
    here = {MORE, FEWER, CASUAL, FLEXI, DAYS, HOURS, NO_HOURS, NO_DIMONA, NO_DMFA, DATES, ALONE}
    assert {code.code for code in basis().codes} == here | {OVER}


def test_without_a_register_nothing_is_confronted() -> None:
    made = Quarterly()
    made.works()
    assert made.confronted().rows is None


def test_a_worker_without_a_dimona_is_told_with_the_place_and_the_counts(told: Quarterly) -> None:
    told.works(inss=SECOND)
    assert told.codes() == {MORE: 1, NO_DIMONA: 1}
    count, missing = the(told, MORE), the(told, NO_DIMONA)
    assert (count["dmfa_number"], count["dimona_number"], count["measure"]) == (2, 1, "workers")
    assert (count["inss"], count["line"], count["run_id"]) == (None, 1000, "r1")
    assert (missing["inss"], missing["line"], missing["element"]) == (SECOND, 1002, "NaturalPerson")
    assert (missing["class"], missing["certainty"], missing["period_ids"]) == ("NP", "derived", [])
    assert list(missing) == CONFRONTATION.rest.names


def test_workers_missing_in_the_dmfa_are_told_after_the_deadline_only(told: Quarterly) -> None:
    period = told.period(inss=SECOND)
    assert told.codes(on=EARLY) == {}
    assert EARLY + timedelta(days=1) == DUE
    assert told.codes(on=DUE) == {FEWER: 1, NO_DMFA: 1}
    missing = the(told, NO_DMFA)
    assert (missing["employer"], missing["inss"]) == (EMPLOYER, SECOND)
    assert (missing["period_ids"], missing["line"]) == ([period], 1000)
    assert "2023-04-30" in told.confronted(on=EARLY).not_told[NO_DMFA]


def test_an_employer_without_any_declaration_has_no_place(told: Quarterly) -> None:
    told.period(employer=OTHER)
    assert told.codes() == {NO_DMFA: 1}
    missing = the(told, NO_DMFA)
    assert (missing["employer"], missing["file_id"], missing["run_id"]) == (OTHER, None, None)


@pytest.mark.parametrize(
    "facts",
    [
        {"kind": "DWD"},
        {"kind": "STG"},
        {"state": "CANCELLED"},
        {"state": "PENDING", "inss": None},
        {"last": FIRST - timedelta(days=1), "first": date(2020, 1, 1)},
        {"first": LAST + timedelta(days=1)},
    ],
)
def test_periods_that_need_no_dmfa(told: Quarterly, facts: dict[str, Any]) -> None:
    told.period(**({"inss": SECOND} | facts))
    assert told.found() == []


@pytest.mark.parametrize("facts", [{"kind": "DWD"}, {"state": "CANCELLED"}, {"state": "PENDING"}])
def test_periods_that_are_no_dimona_of_a_declared_worker(facts: dict[str, Any]) -> None:
    made = Quarterly()
    made.works()
    made.period(**facts)
    assert made.codes() == {MORE: 1, NO_DIMONA: 1}


def test_a_trainee_who_is_declared_has_a_dimona() -> None:
    made = Quarterly()
    made.works()
    made.period(kind="STG")
    assert made.found() == []


def test_who_is_paid_and_does_not_work_needs_no_dimona(told: Quarterly) -> None:
    told.paid(inss=SECOND)
    told.works(first=date(2019, 1, 1), last=date(2022, 12, 31), inss=THIRD)
    told.works(inss="90060464008", employer_class="027")
    assert told.found() == []


def test_a_period_left_open_after_the_end_is_told_by_its_days(told: Quarterly) -> None:
    told.works(first=date(2019, 1, 1), last=date(2022, 12, 31), inss=SECOND)
    told.period(first=date(2019, 1, 1), inss=SECOND)
    assert told.codes() == {ALONE: 1}
    assert (the(told, ALONE)["dimona_first"], the(told, ALONE)["dmfa_first"]) == (FIRST, None)
    assert told.codes(on=EARLY) == {}


def test_relations_of_one_worker_count_once(told: Quarterly) -> None:
    told.works(code="015")
    told.period(kind="EXT", last=FIRST)
    assert told.found() == []


JANUARY, FEBRUARY = date(2023, 1, 31), date(2023, 2, 1)
MARCH = date(2023, 3, 1)


@pytest.mark.parametrize(
    ("occupations", "periods", "same"),
    [
        ([(FIRST, JANUARY)], [(FIRST, JANUARY)], True),
        ([(date(2020, 5, 1), None)], [(date(2018, 1, 1), date(2030, 1, 1))], True),
        ([(FIRST, JANUARY), (FEBRUARY, None)], [(date(2020, 1, 1), None)], True),
        ([(date(2020, 1, 1), None)], [(FIRST, JANUARY), (FEBRUARY, None)], True),
        ([(FIRST, None)], [(FIRST, FIRST), (MARCH, LAST)], True),
        ([(None, None)], [(FIRST, None)], True),
        ([(FEBRUARY, None)], [(FIRST, None)], False),
        ([(FIRST, None)], [(FEBRUARY, None)], False),
        ([(FIRST, None)], [(FIRST, JANUARY)], False),
        ([(FIRST, JANUARY)], [(FIRST, None)], False),
        ([(FIRST, JANUARY), (MARCH, None)], [(FIRST, None)], False),
        ([(FIRST, JANUARY)], [(MARCH, None)], False),
    ],
)
def test_starts_and_ends_within_the_quarter(
    occupations: list[tuple[date | None, date | None]],
    periods: list[tuple[date, date | None]],
    same: bool,
) -> None:
    made = Quarterly()
    for first, last in occupations:
        made.works(first, last)
    for start, end in periods:
        made.period(start, end)
    assert (DATES not in made.codes()) == same
    assert MORE not in made.codes()


def test_days_of_severance_pay_are_behind_the_employment() -> None:
    made = Quarterly()
    made.works(FIRST, JANUARY, pay=("001", "002"))
    made.works(FEBRUARY, None, pay=("003",))
    made.period(FIRST, JANUARY)
    assert made.codes() == {}
    made.works(FEBRUARY, None, pay=("003", "001"))
    assert made.codes() == {DATES: 1}


def test_who_is_paid_nothing_but_severance_is_not_at_work() -> None:
    made = Quarterly()
    made.works(FIRST, None, pay=("003",))
    made.period(FIRST, LAST, inss="00010100125")
    assert made.codes()[FEWER] == 1


def test_dates_are_told_on_both_sides_with_the_periods() -> None:
    made = Quarterly()
    made.works(FIRST, JANUARY)
    numbers = [made.period(FEBRUARY, MARCH), made.period(date(2022, 1, 1), date(2023, 1, 10))]
    assert made.codes() == {DATES: 1, ALONE: 1}
    row = the(made, DATES)
    assert (row["dmfa_first"], row["dmfa_last"]) == (FIRST, JANUARY)
    assert (row["dimona_first"], row["dimona_last"]) == (FIRST, date(2023, 1, 10))
    assert row["period_ids"] == sorted(numbers)
    assert (the(made, ALONE)["dimona_first"], the(made, ALONE)["dmfa_last"]) == (FEBRUARY, None)


def casual(made: Quarterly) -> None:
    made.works(JANUARY, JANUARY, extra=True, code="011", employer_class="217")


def casual_by_code(made: Quarterly) -> None:
    made.works(JANUARY, JANUARY, code="010", employer_class="194")


@pytest.mark.parametrize("work", [casual, casual_by_code])
def test_casual_work(work: Callable[[Quarterly], None]) -> None:
    made = Quarterly()
    work(made)
    made.period(JANUARY, JANUARY)
    assert made.codes() == {CASUAL: 1}
    assert the(made, CASUAL)["line"] == 501
    made.period(JANUARY, JANUARY, kind="EXT", employer=OTHER)
    assert the(made, CASUAL)["worker_code"] in ("010", "011")
    made.period(JANUARY, JANUARY, kind="EXT")
    assert CASUAL not in made.codes()


def test_ordinary_work_in_a_class_with_casual_work_is_not_casual() -> None:
    made = Quarterly()
    made.works(code="015", employer_class="194")
    made.works(code="010", employer_class="010")
    made.period()
    assert made.found() == []


@pytest.mark.parametrize(
    ("periods", "covered"),
    [
        ([{}], True),
        ([{"last": JANUARY}, {"first": FEBRUARY}], True),
        ([{"last": JANUARY}, {"first": FEBRUARY + timedelta(days=1)}], False),
        ([{"is_late": True}], False),
        ([{"anomalies": ["90374-510"]}], False),
        ([{"anomalies": ["00046-349"]}], True),
        ([{"kind": "OTH"}], False),
        ([{"employer": OTHER}, {"kind": "OTH"}], False),
    ],
)
def test_flexi_jobs(periods: list[dict[str, Any]], covered: bool) -> None:
    made = Quarterly()
    made.works(code="450")
    for facts in periods:
        made.period(**({"kind": "FLX"} | facts))
    assert (FLEXI not in made.codes()) == covered
    assert MORE not in made.codes()


def test_a_flexi_job_tells_which_days_there_are() -> None:
    made = Quarterly()
    made.works(date(2023, 1, 10), code="050")
    number = made.period(FIRST, JANUARY, kind="FLX")
    row = the(made, FLEXI)
    assert (row["dmfa_first"], row["dmfa_last"]) == (date(2023, 1, 10), LAST)
    assert (row["dimona_first"], row["dimona_last"]) == (FIRST, JANUARY)
    assert row["period_ids"] == [number]


def test_hours_of_students_agree_over_several_periods() -> None:
    made = Quarterly()
    made.studies(80)
    made.period(FIRST, JANUARY, "STU", hours=50)
    made.period(FEBRUARY, LAST, "STU", hours=30)
    made.period(date(2023, 4, 1), date(2023, 4, 30), "STU", hours=99)
    assert made.found() == []


def test_hours_of_students_that_differ() -> None:
    made = Quarterly()
    made.studies(80)
    made.period(FIRST, JANUARY, "STU", hours=50)
    assert made.codes() == {HOURS: 1}
    row = the(made, HOURS)
    assert (row["measure"], row["dmfa_number"], row["dimona_number"]) == ("hours", 80, 50)


def test_hours_beyond_the_quota_are_not_granted_to_who_comes_later() -> None:
    made = Quarterly()
    made.studies(100)
    made.studies(100, employer=OTHER)
    made.period(FIRST, LAST, "STU", hours=100)
    made.period(FIRST, LAST, "STU", hours=100, employer=OTHER)
    assert made.codes() == {}
    assert made.codes(student_hours=150) == {HOURS: 1, OVER: 2}
    rows = made.found(student_hours=150)
    assert [(r["employer"], r["dimona_number"]) for r in rows if r["code"] == HOURS] == [
        (OTHER, 50)
    ]
    over = [(r["dmfa_number"], r["dimona_number"], r["quota"]) for r in rows if r["code"] == OVER]
    assert over == [(200, 200, 150)] * 2


def test_hours_that_were_taken_back_are_free_again() -> None:
    made = Quarterly()
    made.studies(100, employer=OTHER)
    number = made.period(FIRST, LAST, "STU", hours=100, state="CANCELLED")
    made.uses(number, -100)
    made.period(FIRST, LAST, "STU", hours=100, employer=OTHER)
    assert made.codes(student_hours=150) == {}


def test_a_student_without_hours_within_the_quota() -> None:
    made = Quarterly()
    made.studies(20)
    made.period(FIRST, LAST, "STU", hours=0, is_late=True)
    assert made.codes() == {NO_HOURS: 1}


def test_hours_that_are_not_known_are_not_compared() -> None:
    made = Quarterly()
    made.studies(None)
    made.studies(20, inss=SECOND)
    made.period(FIRST, LAST, "STU", hours=10)
    made.period(FIRST, LAST, "STU", hours=20, inss=SECOND)
    assert made.codes() == {}


@pytest.mark.parametrize("lacking", ["quota", "use"])
def test_without_a_quota_or_its_use_hours_are_not_confronted_and_that_is_said(lacking: str) -> None:
    made = Quarterly()
    made.studies(20)
    made.period(FIRST, LAST, "STU", hours=None if lacking == "use" else 10)
    done = made.confronted(student_hours=None if lacking == "quota" else 600)
    assert done.rows is not None
    assert done.rows.num_rows == 0
    assert {HOURS, NO_HOURS} <= set(done.not_told)


def test_days_of_students_up_to_2016() -> None:
    made = Quarterly(Quarter(2016, 4))
    made.studies(days=12)
    made.period(date(2016, 10, 1), date(2016, 10, 31), "STU", planned_days=7)
    assert made.codes() == {DAYS: 1}
    made.period(date(2016, 11, 1), date(2016, 11, 30), "STU", planned_days=5)
    assert made.codes() == {}


def test_a_replaced_number_is_the_same_worker_on_either_side() -> None:
    made = Quarterly()
    made.works(inss=SECOND)
    number = made.period(inss=THIRD)
    made.renames(SECOND, WORKER)
    made.renames(WORKER, THIRD)
    assert made.found() == []
    made.works(inss=THIRD)
    assert made.found() == []
    made.works(MARCH, inss=SECOND, code="015", extra=True)
    row = the(made, CASUAL)
    assert (row["inss"], row["period_ids"]) == (SECOND, [])
    assert number not in row["period_ids"]


def test_numbers_that_replace_each_other_are_one() -> None:
    made = Quarterly()
    made.works(inss=SECOND)
    made.period(inss=THIRD)
    made.renames(SECOND, THIRD)
    made.renames(THIRD, SECOND)
    assert made.found() == []


def test_the_last_of_several_replacements_goes() -> None:
    made = Quarterly()
    made.works(inss=SECOND)
    made.period(inss=THIRD)
    made.renames(SECOND, THIRD)
    made.renames(SECOND, WORKER)
    assert NO_DIMONA in made.codes()


def test_a_replaced_employer_is_the_same_employer() -> None:
    made = Quarterly()
    made.works()
    made.period(employer=OTHER)
    made.renames(EMPLOYER, OTHER, "employer")
    assert made.found() == []
