"""Control totals of a run, counted in the tables of the lake."""

from collections.abc import Mapping

import duckdb

from schemas.ops import FORM, MEASURES, Measure

FORMS = "forms accepted"
"""The measure of ``ops.form`` itself; the others are ``schemas.ops.MEASURES``."""

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
    totals = dict.fromkeys((FORMS, *(measure.name for measure in MEASURES)), 0)
    if sql := totals_sql(tables):
        asked = {"run_id": run_id, "quarter": quarter}
        for name, total in connection.execute(sql, asked).fetchall():
            totals[name] += int(total)
    return totals


def totals_sql(tables: set[str]) -> str | None:
    """One query for the measures of ``tables``, None when there are none."""
    selects = [
        _TOTAL.format(name=measure.name, total=_total(measure), table=table)
        for measure in MEASURES
        for table in measure.tables
        if table in tables
    ]
    if FORM.full_name in tables:
        forms = "count(*) FILTER (WHERE t.run_id = $run_id)"
        selects.append(_TOTAL.format(name=FORMS, total=forms, table=FORM.full_name))
    return _ACCEPTED + "UNION ALL".join(selects) if selects else None


def _total(measure: Measure) -> str:
    """SQL over ``t``; cents are whole numbers, so that nothing is rounded."""
    if measure.column is None:
        return "count(*)"
    return f"sum(CAST(t.{measure.column} * 100 AS BIGINT))"


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
