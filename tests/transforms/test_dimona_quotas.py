"""What counts for which quota, and what is beyond it."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dimona.declaration import DECLARATION
from schemas.dimona.register import MUTABLE, QUOTA_USE
from transforms.dimona import uses
from transforms.dimona.numbers import numbers
from transforms.dimona.quotas import NOT_COMPUTED, QUOTAS
from transforms.dimona.store import NULL, numbers_of
from transforms.dimona.uses import Moves
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
    """Of each row, all of them starts: what it adds, what is beyond the quota, whether that is
    known. ``used``: hours or days that each owner used in the year before."""
    table = pa.Table.from_pylist(list(rows), schema=DECLARATION.inside)
    count = len(rows)
    every = np.flatnonzero(np.asarray(pc.is_valid(table.column("inss"))))
    nothing = np.full(count, NULL, dtype=np.int64)
    moves = Moves(
        every,
        every + RECEIPT,
        every,
        dict.fromkeys(MUTABLE, nothing[every]),
        {name: numbers_of(table.column(name))[every] for name in MUTABLE},
        np.ones(len(every), dtype=np.bool_),
        np.isin(every, list(late or ())),
    )
    ids = numbers(np.arange(count, dtype=np.int64) + RECEIPT)
    periods = table.set_column(table.column_names.index("period_id"), "period_id", ids)
    periods = periods.drop_columns(["action"])
    found = uses.counted(moves, periods, before(quota, rows, used), rate_book().parameters)
    answers = {
        row["receipt"]: row for row in found.answers.to_pylist() if row["quota"] == quota.name
    }
    told = []
    for number in range(count):
        answer = answers.get(number + RECEIPT, {"added": 0, "beyond": 0})
        told.append((answer["added"], answer["beyond"] or 0, answer["beyond"] is not None))
    return told


RECEIPT = 1_000
"""Of the first row; what was used before has earlier ones."""


def before(quota: Any, rows: tuple[Row, ...], used: int) -> pa.Table:
    """Rows of ``QUOTA_USE``: what each owner used in each year."""
    owners = {(row[quota.by[0]], row["starting_date"].year) for row in rows if row[quota.by[0]]}
    said = []
    for owner, year in owners if used else ():
        base = {"quota": quota.name, "owner": owner, "year": year, "receipt": 1}
        if quota.adds is None:
            days = (date(year, 2, 1) + timedelta(number) for number in range(used))
            said += [base | {"counted": "z", "day": day, "amount": 1} for day in days]
        else:
            said.append(base | {"amount": used})
    return pa.Table.from_pylist(said, schema=QUOTA_USE.inside)


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 400)), max_size=12),
    st.integers(0, 700),
)
@settings(max_examples=40)
def test_hours_run_in_order_of_reception_each_worker_by_himself(
    starts: list[tuple[str, int]], used: int
) -> None:
    so_far, expected = dict.fromkeys("abc", used), []
    for worker, hours in starts:
        expected.append((hours, max(0, min(hours, so_far[worker] + hours - 600)), True))
        so_far[worker] += hours
    assert counted(STUDENT, *(student(h, inss=w) for w, h in starts), used=used) == expected


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


def test_quotas_of_article_17_are_not_computed() -> None:
    assert {quota.name for quota in QUOTAS}.isdisjoint(NOT_COMPUTED)
