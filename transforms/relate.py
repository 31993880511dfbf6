"""Relations: one row per quarter, employer, worker, employer class and worker code.

Everything of a declaration is at hand in its own forms, so no shuffle is needed. An employer
with several declarations in a quarter (one of them by a trustee) gets one row per declaration
here; the commit merges those few.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import RELATION, RELATION_KEY
from transforms.money import Cents, sum_by
from transforms.shredded import Rows, Shredded

_HOURS_PER_WHOLE_HOUR = 100
_DAYS_PER_WHOLE_DAY = 100
_KEY = tuple(column.name for column in RELATION_KEY)

SUMS: dict[str, tuple[tuple[str, str, int], ...]] = {
    "days": (
        ("service", "service_nbr_days", 1),
        ("student_contribution", "student_nbr_days", _DAYS_PER_WHOLE_DAY),
    ),
    "hours": (
        ("service", "service_nbr_hours", 1),
        ("student_contribution", "student_hours_nbr", _HOURS_PER_WHOLE_HOUR),
    ),
    "gross_remuneration": (
        ("remun", "remun_amount", 1),
        ("student_contribution", "student_remun_amount", 1),
    ),
    "contributions_declared": (
        ("worker_contribution", "contribution_amount", 1),
        ("student_contribution", "student_contribution_amount", 1),
        ("early_retirement_contribution", "early_retirement_contribution_amount", 1),
        ("dismissed_statutory_worker_contribution", "gross_ref_remun_contribution_amount", 1),
        ("compl_indemnity_contribution", "contribution_amount", 1),
    ),
    "deductions_declared": (
        ("worker_deduction", "deduction_amount", 1),
        ("occupation_deduction", "deduction_amount", 1),
    ),
}
"""What a relation sums: measure, then (table, column, factor to the unit of the measure)."""
_COUNTS = {"occupations": "occupation", "services": "service", "remunerations": "remun"}


def relate(shredded: Shredded) -> pa.Table:
    """Rows of ``core.relation`` (inside types), sorted by key."""
    records = shredded.tables["worker_record"]
    per_record = {
        **{name: _sum(shredded, parts) for name, parts in SUMS.items()},
        **{name: _count(shredded, table) for name, table in _COUNTS.items()},
        "worker_records": np.ones(records.num_rows, dtype=np.int64),
    }
    keys, first, owner = _distinct(records.select(_KEY), shredded)
    merged = {name: sum_by(owner, values, len(first)) for name, values in per_record.items()}
    rows = pa.array(first)
    columns = {
        **{name: keys.column(name) for name in _KEY},
        **{name: pa.array(values) for name, values in merged.items()},
        **{name: records.column(name).take(rows) for name in ("file_id", "form_no", "line")},
        **_occupation_facts(shredded, owner, len(first)),
    }
    return pa.table([columns[c.name] for c in RELATION.columns], schema=RELATION.inside)


def _sum(shredded: Shredded, parts: Sequence[tuple[str, str, int]]) -> Cents:
    """Sum per worker record; parts that the release does not have add nothing."""
    records = shredded.tables["worker_record"].num_rows
    total = np.zeros(records, dtype=np.int64)
    for table, column, factor in parts:
        if shredded.has(table, column):
            owner = shredded.owners(table, "worker_record")
            total += sum_by(owner, shredded.numbers(table, column) * factor, records)
    return total


def _count(shredded: Shredded, table: str) -> Rows:
    records = shredded.tables["worker_record"].num_rows
    return np.bincount(shredded.owners(table, "worker_record"), minlength=records).astype(np.int64)


def _distinct(keys: pa.Table, shredded: Shredded) -> tuple[pa.Table, Rows, Rows]:
    """Distinct keys in order, the first record of each, and the key of every record.

    Records of different declarations stay apart even when their keys agree.
    """
    records = shredded.tables["worker_record"]
    declaration = shredded.owners("worker_record", "employer_declaration")
    numbered = keys.append_column("declaration", pa.array(declaration))
    numbered = numbered.append_column("record", pa.array(np.arange(records.num_rows)))
    order = [(name, "ascending") for name in (*_KEY, "declaration", "record")]
    ranked = numbered.take(pc.sort_indices(numbered, sort_keys=order))
    starts = _starts(ranked.select([*_KEY, "declaration"]))
    record = np.asarray(ranked.column("record"))
    owner = np.empty(len(record), dtype=np.int64)
    owner[record] = np.cumsum(starts) - 1
    first = record[starts]
    return ranked.filter(pa.array(starts)).select(_KEY), first, owner


def _starts(ranked: pa.Table) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Where a new key starts in a sorted table."""
    starts = np.zeros(ranked.num_rows, dtype=np.bool_)
    starts[:1] = True
    for column in ranked.columns:
        codes = np.asarray(column.combine_chunks().dictionary_encode().indices)
        starts[1:] |= codes[1:] != codes[:-1]
    return starts


def _occupation_facts(shredded: Shredded, owner: Rows, relations: int) -> dict[str, pa.Array]:
    """Dates and joint committees over the occupations of a relation."""
    occupations = shredded.tables["occupation"]
    relation = owner[shredded.owners("occupation", "worker_record")]
    facts = pa.table(
        {
            "relation": pa.array(relation),
            "start": occupations.column("occupation_starting_date"),
            "end": occupations.column("occupation_ending_date"),
            "committee": occupations.column("joint_commission_nbr"),
        }
    ).group_by("relation", use_threads=False)
    ends = pc.CountOptions(mode="only_null")
    found = facts.aggregate(
        [("start", "min"), ("end", "max"), ("end", "count", ends), ("committee", "distinct")]
    )
    at = np.full(relations, -1)
    at[np.asarray(found.column("relation"))] = np.arange(found.num_rows)
    rows = pa.array(at, mask=at < 0)
    last = pc.if_else(pc.equal(found.column("end_count"), 0), found.column("end_max"), None)
    return {
        "first_date": found.column("start_min").take(rows),
        "last_date": last.take(rows),
        "joint_committees": _sorted_lists(found.column("committee_distinct").take(rows)),
    }


def _sorted_lists(lists: pa.ChunkedArray) -> pa.Array:
    """Lists sorted within; null stays null. Nearly all of them hold one committee."""
    combined = lists.combine_chunks()
    if int(pc.max(pc.list_value_length(combined)).as_py() or 0) <= 1:
        return combined
    return pa.array(
        [None if v is None else sorted(v) for v in combined.to_pylist()], pa.list_(pa.string())
    )
