"""DmfA against Dimona for a quarter, in the lake: joins and sums by DuckDB, kept as one table.

Who is the same worker or employer: numbers that were replaced (``core.alias``) are one with those
that replace them, on either side. Which periods count: open or closed ones of a known worker that
share a day with the quarter; those that are cancelled, wait for identification, or are of a type
that never has a DmfA do not. What each finding means is said where it is found
(``statements/confront_check_*.sql``) and in ``schemas/dimona/confrontation.yaml``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import pyarrow as pa

from schemas.dimona.confrontation import Basis, Code, basis
from schemas.dimona.register import LOG, PERIOD, QUOTA_USE
from schemas.quarter import Quarter
from schemas.tables import Table
from warehouse.statements import statement
from warehouse.views import view

_REGISTERED = """
    SELECT employer, inss, first_day, last_day, expected
    FROM registered
    WHERE
        worker_type IS DISTINCT FROM 'FLX'
        AND NOT (
            worker_type IS NOT DISTINCT FROM 'STU'
            AND (employer, inss) IN (SELECT (employer, inss) FROM students)
        )
"""
_GRANTED = """
    SELECT employer, inss, first_day, last_day, expected
    FROM registered
    WHERE worker_type = 'FLX' AND granted
"""

_PREPARED = ("severed", "students", "declared", "employers", "registered", "known")
_SPANS = {
    "occupied_spans": "SELECT *, true AS expected FROM occupied",
    "registered_spans": _REGISTERED,
    "flexi_spans": _GRANTED,
}
_CHECKS = ("workers", "presence", "dates", "casual", "flexi", "student_days")
_OF_STUDENTS = ("check_student_quota",)
_OF_QUOTA_USE = ("granted_hours", "check_student_hours")

_MADE = (
    *(
        "renamed",
        "severed",
        "students",
        "declared",
        "declaring",
        "registered",
        "known",
        "occupied",
        "special",
    ),
    *_SPANS,
    *("granted_hours", "found"),
)
"""Temporary tables, in use until the findings are told."""


class Tables(Protocol):
    """What answers SQL: a lake (``warehouse.lake.Lake``)."""

    def ask(self, sql: str, asked: Any = None) -> pa.Table:
        """The answer, with the values of its parameters."""

    def has(self, *tables: Table) -> bool:
        """Whether all of these are there."""


@dataclass(frozen=True)
class Question:
    """``on``: the day on which it is asked. ``student_hours``: of the quota of the year, None where
    it is not known."""

    quarter: Quarter
    on: date
    student_hours: int | None

    @property
    def deadline(self) -> date:
        """Last day on which the quarter may be declared: of the month after it."""
        return self.quarter.next().months[0][1]

    @property
    def is_due(self) -> bool:
        return self.on > self.deadline


@dataclass(frozen=True)
class Confrontation:
    """``rows``: of ``core.confrontation``, at rest; None where there is no register. ``not_told``:
    why a code says nothing, by code."""

    rows: pa.Table | None
    not_told: Mapping[str, str]


def confront(lake: Tables, question: Question) -> Confrontation:
    """What differs in a quarter. The lake has all tables of the DmfA and of the register."""
    if not has_register(lake):
        return Confrontation(None, {})
    known = basis()
    lacking = dict(_lacking(lake, question))
    not_told = dict(_not_told(known, question, lacking))
    codes = [code for code in known.codes if code.code not in not_told]
    try:
        for _, sql in steps(lacking):
            _ask(lake, sql, _values(question, known))
        values = {**_values(question, known), "codes": [_told(code) for code in codes]}
        return Confrontation(_ask(lake, statement("confront_told"), values), not_told)
    finally:
        for name in _MADE:
            lake.ask(f"DROP TABLE IF EXISTS temp.{name}")


def has_register(lake: Tables) -> bool:
    """Whether any Dimona was received: without one, nothing can be missing."""
    return any(
        lake.has(table) and lake.ask(f"SELECT 1 AS one FROM {table.full_name} LIMIT 1").num_rows
        for table in (PERIOD, LOG)
    )


def steps(lacking: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The statements that find what differs, in order and by name, but for those that need what is
    lacking."""
    yield "renamed", f"CREATE OR REPLACE TEMP TABLE renamed AS {view('core.valid_number').text}"
    for name in _PREPARED:
        yield name, statement(f"confront_{name}")
    occupations = statement("confront_occupations")
    for name in ("occupied", "special"):
        yield name, statement(f"confront_{name}").format(occupations=occupations)
    for made, rows in _SPANS.items():
        yield made, statement("confront_spans").format(made=made, rows=rows)
    # A row for every occupation, and of no use any more.
    yield "occupied", "DROP TABLE temp.occupied"
    names = ["found", *(f"check_{name}" for name in _CHECKS)]
    if "student_hours_quota" not in lacking:
        names += _OF_STUDENTS
        names += _OF_QUOTA_USE if "quota_use" not in lacking else ()
    for name in names:
        yield name, statement(f"confront_{name}")


def _lacking(lake: Tables, question: Question) -> Iterator[tuple[str, str]]:
    """What is not there, and the reason to give."""
    if question.student_hours is None:
        year = question.quarter.year
        yield "student_hours_quota", f"the hours that students may work in {year} are not known"
    if not lake.ask(f"SELECT 1 AS one FROM {QUOTA_USE.full_name} LIMIT 1").num_rows:
        yield "quota_use", "the register says nothing of the use of quotas"


def _not_told(
    known: Basis, question: Question, lacking: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    for code in known.codes:
        reasons = [lacking[need] for need in code.needs if need in lacking]
        if not code.holds_in(question.quarter):
            yield code.code, f"it is of other quarters than {question.quarter}"
        elif reasons:
            yield code.code, reasons[0]
        elif code.after_deadline and not question.is_due:
            yield code.code, f"the quarter may be declared until {question.deadline}"


def _told(code: Code) -> dict[str, str | None]:
    return {
        "check": code.check,
        "code": code.code,
        "class": code.anomaly_class,
        "certainty": code.certainty,
        "element": code.element,
        "worker_type": code.worker_type,
    }


def _values(question: Question, known: Basis) -> dict[str, Any]:
    """Values of the parameters of all statements, by name."""
    quarter = question.quarter
    return {
        "quarter": str(quarter),
        "first_quarter": f"{quarter.year}Q1",
        "year": quarter.year,
        "first_day": quarter.first_day,
        "last_day": quarter.last_day,
        "never": list(known.never),
        "not_expected": list(known.not_expected),
        "not_granted": list(known.not_granted),
        "classes": list(known.classes_without_work),
        "severance": list(known.severance),
        "flexi": list(known.flexi_codes),
        "casual": [
            code + group
            for casual in known.casual
            for code in casual.worker_codes
            for group in casual.classes or ("*",)
        ],
        "quota": question.student_hours,
    }


def _ask(lake: Tables, sql: str, values: Mapping[str, Any]) -> pa.Table:
    """With those of the values that the statement names: DuckDB refuses others."""
    code = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    named = set(re.findall(r"\$(\w+)", code))
    return lake.ask(sql, {name: value for name, value in values.items() if name in named})
