"""Views that an explanation rests on: balances of classes, quotas of students."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from schemas.core import CONTRIBUTION, PARAMETER, PLACE, RELATION_KEY
from schemas.ops import RUN
from schemas.tables import Table, from_rows, whole
from warehouse.commit import Commit
from warehouse.lake import Lake

MakeCommit = Callable[..., Commit]
Rows = Callable[[Lake, str], list[tuple[Any, ...]]]
STUDENT = Table(
    "dmfa",
    "student_contribution",
    "Students",
    (*RELATION_KEY, *PLACE, whole("student_hours_nbr", "Hours")),
)


def test_a_class_has_its_own_balance_and_compensations_have_none(
    lake: Lake, a_commit: MakeCommit, rows: Rows
) -> None:
    known: dict[str, object] = {"quarter": "2023Q1", "employer": "000000191", "file_id": "f"}
    lines: list[dict[str, object]] = [
        {"source_block": "worker_contribution", "employer_class": "000", "sign": 1, "form_no": 1},
        {"source_block": "worker_deduction", "employer_class": "000", "sign": -1, "form_no": 1},
        {"source_block": "worker_contribution", "employer_class": "000", "sign": 1, "form_no": 2},
        {"source_block": "contribution_unrelated_to_np", "employer_class": "010", "sign": 1},
        {"source_block": "employer_compensation", "sign": -1, "form_no": 1},
    ]
    amounts = (1000, 1500, 70, 30, 5)
    told = [
        {"form_no": 1} | known | line | {"declared_amount": amount}
        for line, amount in zip(lines, amounts, strict=True)
    ]
    due = known | {"source_block": "worker_contribution", "employer_class": "000", "sign": 1}
    table = from_rows(CONTRIBUTION, [*told, due | {"form_no": 1, "computed_amount": 9}])
    commit = a_commit("r1", [])
    lake.commit(replace(commit, rows={**commit.rows, "core.contribution": table}))
    seen = rows(
        lake,
        "SELECT form_no, employer_class, contributions, deductions, balance"
        " FROM core.class_balance ORDER BY ALL",
    )
    cents = Decimal("0.01")
    assert seen == [
        (1, "000", 1000 * cents, 1500 * cents, -500 * cents),
        (1, "010", 30 * cents, 0, 30 * cents),
        (2, "000", 70 * cents, 0, 70 * cents),
    ]


def parameter(rates: str, year: int, hours: int) -> dict[str, object]:
    return {
        "parameter": "student_hours_quota",
        "valid_from": date(year, 1, 1),
        "valid_until": date(year, 12, 31),
        "value": hours * 10**8,
        "confidence": "sourced",
        "rates": rates,
    }


def block(quarter: str, employer: str, inss: str, hours: int | None) -> dict[str, object]:
    return {
        "quarter": quarter,
        "employer": employer,
        "inss": inss,
        "student_hours_nbr": hours,
        "file_id": employer + quarter,
        "form_no": 1,
    }


BUSY, CALM, LATER = "85073003328", "00010100125", "64020100181"


@pytest.fixture
def students(lake: Lake, a_commit: MakeCommit) -> Lake:
    """Two employers and two quarters; a later run that knows another quota."""
    lake.ensure_tables((STUDENT, PARAMETER))
    blocks = [
        block("2023Q1", "000000191", BUSY, 400),
        block("2023Q3", "000000292", BUSY, 230),
        block("2023Q3", "000000292", CALM, 100),
        block("2023Q3", "000000191", CALM, None),
        block("2024Q1", "000000191", LATER, 700),
    ]
    for day, (run_id, hours) in enumerate((("r1", 475), ("r2", 600)), 1):
        commit = a_commit(run_id, [])
        run = commit.rows["ops.run"].to_pylist()[0]
        run |= {"rates": run_id, "committed_at": datetime(2023, 5, day, tzinfo=UTC)}
        told = {
            "ops.run": from_rows(RUN, [run]),
            "core.parameter": from_rows(PARAMETER, [parameter(run_id, 2023, hours)]),
            "dmfa.student_contribution": from_rows(STUDENT, blocks if day == 1 else []),
        }
        lake.commit(replace(commit, rows={**commit.rows, **told}))
    return lake


def test_hours_of_students_add_up_over_employers_and_quarters_of_a_year(
    students: Lake, rows: Rows
) -> None:
    seen = rows(
        students,
        "SELECT inss, year, hours, quota, hours_beyond, employers, quarters, blocks_without_hours"
        " FROM core.student_quota ORDER BY inss DESC",
    )
    assert seen == [
        (BUSY, 2023, 630, 600, 30, 2, ["2023Q1", "2023Q3"], 0),
        (LATER, 2024, 700, None, None, 1, ["2024Q1"], 0),
        (CALM, 2023, 100, 600, 0, 2, ["2023Q3"], 1),
    ]


def test_the_rates_in_a_lake_are_known_by_their_fingerprints(students: Lake) -> None:
    assert students.known_rates() == {"r1", "r2"}
