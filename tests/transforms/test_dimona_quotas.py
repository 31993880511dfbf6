"""What counts for which quota, and what is beyond it."""

from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

from schemas.dimona.declaration import DECLARATION
from transforms.dimona.quotas import NOT_COMPUTED, QUOTAS, used_up
from transforms.rates.book import rate_book

Row = dict[str, Any]
STUDENT, WORKER, EMPLOYER = QUOTAS


def student(hours: int, day: date = date(2023, 1, 10), inss: str | None = "a", **said: Any) -> Row:
    base = {"action": "IN", "worker_type": "STU", "inss": inss, "starting_date": day}
    return {**base, "planned_hours": hours, **said}


def casual(day: date, inss: str = "a", employer: str = "E", **said: Any) -> Row:
    base = {"action": "IN", "worker_type": "EXT", "joint_committee": "302", "inss": inss}
    return {**base, "starting_date": day, "employer": employer, **said}


def counted(
    quota: Any, *rows: Row, used: int = 0, late: set[int] | None = None
) -> list[tuple[int, int, bool]]:
    """Of each row: what it adds, what is beyond the quota, whether that is known."""
    table = pa.Table.from_pylist(list(rows), schema=DECLARATION.inside)
    before = np.full(len(rows), used, dtype=np.int64)
    is_late = np.isin(np.arange(len(rows)), list(late or ()))
    found = used_up(table, quota, rate_book().parameters, before, is_late)
    return [tuple(row) for row in zip(*(part.tolist() for part in found), strict=True)]


def test_hours_of_a_student_run_up_to_the_limit_of_the_year() -> None:
    rows = [student(400), student(150), student(100), student(100, inss="b")]
    found = counted(STUDENT, *rows)
    assert found == [(400, 0, True), (150, 0, True), (100, 50, True), (100, 0, True)]


def test_every_year_has_its_limit_and_starts_anew() -> None:
    for year, limit in ((2017, 475), (2022, 475), (2023, 600), (2024, 600), (2025, 650)):
        row = student(999, date(year, 7, 1))
        assert counted(STUDENT, row) == [(999, 999 - limit, True)]
    rows = [student(475, date(2022, 12, 31)), student(600, date(2023, 1, 1))]
    assert counted(STUDENT, *rows) == [(475, 0, True), (600, 0, True)]


def test_hours_declared_late_are_all_beyond_the_quota_and_use_nothing_up() -> None:
    found = counted(STUDENT, student(400), student(500), late={0})
    assert found == [(0, 400, True), (500, 0, True)]


def test_what_was_used_before_counts() -> None:
    assert counted(STUDENT, student(40), used=580) == [(40, 20, True)]


def test_a_year_without_a_limit_is_not_computed_and_others_do_not_count() -> None:
    rows = [student(40, date(2016, 1, 1)), student(40, worker_type="OTH"), student(40, inss=None)]
    assert counted(STUDENT, *rows) == [(40, 0, False), (0, 0, True), (0, 0, True)]


def test_a_casual_worker_counts_each_day_once() -> None:
    monday, tuesday = date(2023, 1, 9), date(2023, 1, 10)
    rows = [casual(monday), casual(monday, starting_hour="1800"), casual(tuesday, employer="F")]
    assert counted(WORKER, *rows, used=49) == [(1, 0, True), (0, 0, True), (1, 1, True)]


def test_an_employer_counts_the_days_of_every_casual_worker() -> None:
    monday = date(2023, 1, 9)
    rows = [casual(monday), casual(monday, inss="b"), casual(monday, inss="b")]
    assert counted(EMPLOYER, *rows, used=199) == [(1, 0, True), (1, 1, True), (0, 0, True)]


def test_days_for_an_agency_count_for_the_worker_alone() -> None:
    row = casual(date(2023, 1, 9), joint_committee="322", user_joint_committee="302")
    assert counted(WORKER, row) == [(1, 0, True)]
    assert counted(EMPLOYER, row) == [(0, 0, True)]
    assert counted(WORKER, row | {"user_joint_committee": "144"}) == [(0, 0, True)]


def test_quotas_only_warn_and_those_of_article_17_are_not_computed() -> None:
    assert not any(quota.refuses for quota in QUOTAS)
    assert {quota.name for quota in QUOTAS}.isdisjoint(NOT_COMPUTED)
