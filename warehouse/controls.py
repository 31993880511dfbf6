"""Control totals of a run, counted in the tables of the lake."""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb


@dataclass(frozen=True, slots=True)
class Measure:
    """What is counted over the rows of ``table`` that belong to the run's accepted forms.

    ``total``: SQL over ``t``; cents are whole numbers, so that nothing is rounded.
    """

    name: str
    table: str
    total: str


def _cents(column: str) -> str:
    return f"sum(CAST(t.{column} * 100 AS BIGINT))"


MEASURES = (
    Measure("forms accepted", "ops.form", "count(*) FILTER (WHERE t.run_id = $run_id)"),
    Measure("persons", "dmfa.natural_person", "count(*)"),
    Measure("worker records", "dmfa.worker_record", "count(*)"),
    Measure("net owed cents", "dmfa.employer_declaration", _cents("net_owed_amount")),
    Measure("remuneration cents", "dmfa.remun", _cents("remun_amount")),
    Measure("contribution cents", "dmfa.worker_contribution", _cents("contribution_amount")),
    Measure(
        "contribution cents", "dmfa.compl_indemnity_contribution", _cents("contribution_amount")
    ),
)
"""Measures of one name are added up."""

_ACCEPTED = """
WITH accepted AS MATERIALIZED (
    SELECT file_id, form_no
    FROM ops.form
    WHERE run_id = $run_id AND disposition = 'accepted'
)
"""

_TOTAL = """
SELECT '{name}' AS measure, coalesce({total}, 0) AS total
FROM {table} AS t
SEMI JOIN accepted ON t.file_id = accepted.file_id AND t.form_no = accepted.form_no
WHERE t.quarter = $quarter
"""


def controls(
    connection: duckdb.DuckDBPyConnection, tables: set[str], run_id: str, quarter: str
) -> dict[str, int]:
    """Totals by measure over the lake in use, of the accepted forms of one run.

    A table that the lake does not have (``tables``: full names that it has) counts for 0.
    """
    totals = {measure.name: 0 for measure in MEASURES}
    if sql := totals_sql(tables):
        asked = {"run_id": run_id, "quarter": quarter}
        for name, total in connection.execute(sql, asked).fetchall():
            totals[name] += int(total)
    return totals


def totals_sql(tables: set[str]) -> str | None:
    """One query for the measures of ``tables``, None when there are none."""
    selects = [
        _TOTAL.format(name=measure.name, total=measure.total, table=measure.table)
        for measure in MEASURES
        if measure.table in tables
    ]
    return _ACCEPTED + "UNION ALL".join(selects) if selects else None


def differences(
    expected: Mapping[str, int], found: Mapping[str, int]
) -> list[tuple[str, int | None, int | None]]:
    """(measure, expected, found) of every measure on which the two do not agree."""
    names = dict.fromkeys([*expected, *found])
    return [
        (name, expected.get(name), found.get(name))
        for name in names
        if expected.get(name) != found.get(name)
    ]
