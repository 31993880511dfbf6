"""Recomputed amounts that differ, told as findings with their official codes."""

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ops import FINDING
from transforms.contribute.compare import BASE_DIFFERS, NOT_DECLARED
from transforms.rates.book import Confidence

_UNCOUNTED = "00089-044"
"""Deduction amount: its class is NP, that of the other recomputed amounts is P (annex 30)."""
_ZONE_DIGITS = 5


def anomalies(contributions: pa.Table) -> pa.Table:
    """Rows of ``ops.finding`` without a run, one for each row of ``core.contribution`` (inside
    types) with an anomaly, in its order.

    ``value`` is what is declared, in cents: the calculation basis where that is what differs.
    Certain is what rests on sourced numbers alone.
    """
    rows = contributions.filter(pc.is_valid(contributions.column("anomaly")))
    code, base = rows.column("anomaly"), rows.column("declared_base")
    about_base = pc.equal(code, BASE_DIFFERS)
    declared = pc.if_else(about_base, base, rows.column("declared_amount"))
    sourced = pc.fill_null(pc.equal(rows.column("confidence"), Confidence.sourced.name), False)
    columns = {
        "file_id": rows.column("file_id"),
        "form_no": rows.column("form_no"),
        "code": code,
        "suffix": pc.utf8_slice_codeunits(code, _ZONE_DIGITS + 1),
        "severity": pc.if_else(pc.equal(code, _UNCOUNTED), "NP", "P"),
        "certainty": pc.if_else(sourced, "documented", "derived"),
        "line": rows.column("line"),
        "zone": pc.utf8_slice_codeunits(code, 0, _ZONE_DIGITS),
        "value": pc.cast(declared, pa.string()),
        "message": _messages(rows, about_base),
    }
    schema = FINDING.inside
    return pa.table(
        [columns.get(f.name, pa.nulls(rows.num_rows, f.type)) for f in schema], schema=schema
    )


def _messages(rows: pa.Table, about_base: pa.ChunkedArray) -> pa.ChunkedArray:
    """What it is by the rules, in cents."""
    computed = pc.if_else(about_base, rows.column("computed_base"), rows.column("computed_amount"))
    missing = pc.fill_null(pc.equal(rows.column("reason"), NOT_DECLARED), False)
    said = pc.if_else(
        missing,
        "due by the rules but not declared: ",
        pc.if_else(about_base, "by the rules the basis is ", "by the rules the amount is "),
    )
    return pc.binary_join_element_wise(said, pc.cast(computed, pa.string()), " (cents)", "")
