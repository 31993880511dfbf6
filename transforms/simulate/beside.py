"""The lines of two runs over the same forms, side by side."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.simulation import BASE_ONLY, BOTH, LINES, NEITHER, VARIANT_ONLY
from transforms.shredded import Rows

NOT_DUE = "not declared, and not due or not computed"
"""Why one run has no such line where the other finds one due that is not declared."""

_SAME = ("quarter", "employer", "inss", "employer_class", "worker_code", "source_block", "code",
         "type", "sign", "declared_amount", "file_id", "form_no", "line", "seq")  # fmt: skip
"""Columns that say which line it is; alike in both runs."""
_KEY = ("file_id", "form_no", "line", "inss", "employer_class", "worker_code", "code", "type")
"""What tells lines apart that are due but not declared."""


def beside(base: pa.Table, variant: pa.Table) -> pa.Table:
    """Pairs two tables of ``core.contribution`` made of the same forms, without their groups.

    Declared lines stand in the same order in both. Lines that are due but not declared may be in
    one only: they are paired by record, code and type. ``ValueError`` when the forms differ.
    """
    at_base, at_variant = _pairs(base, variant)
    one, other = _taken(base, at_base), _taken(variant, at_variant)
    columns = {name: pc.coalesce(one.column(name), other.column(name)) for name in _SAME}
    columns["family"] = pc.coalesce(one.column("family"), other.column("family"))
    for side, table, at in (("base", one, at_base), ("variant", other, at_variant)):
        columns |= {
            f"{side}_amount": table.column("computed_amount"),
            f"{side}_reason": _reason(table, at),
            f"{side}_confidence": table.column("confidence"),
            f"{side}_formula": table.column("formula"),
            f"{side}_inputs": table.column("inputs"),
        }
    columns["computed"] = _computed(columns["base_amount"], columns["variant_amount"])
    change = pc.subtract(columns["variant_amount"], columns["base_amount"])
    columns["change"] = pc.multiply(columns["sign"], change)
    return pa.table({f.name: columns[f.name] for f in LINES.inside if f.name in columns})


def _taken(table: pa.Table, rows: Rows) -> pa.Table:
    """Some rows, nulls where there is none (-1)."""
    return table.take(pa.array(rows, mask=rows < 0))


def _reason(table: pa.Table, at: Rows) -> pa.ChunkedArray:
    """Why a run has no amount for a line; null where it has one."""
    told = pc.if_else(pa.array(at < 0), pa.scalar(NOT_DUE), table.column("reason"))
    computed = pc.is_valid(table.column("computed_amount"))
    return pc.if_else(computed, pa.scalar(None, pa.string()), told)


def _computed(base: pa.ChunkedArray, variant: pa.ChunkedArray) -> pa.Array:
    names = pa.array([NEITHER, BASE_ONLY, VARIANT_ONLY, BOTH])
    one, other = (np.asarray(pc.is_valid(amount)) for amount in (base, variant))
    return names.take(pa.array(one + 2 * other))


def _pairs(base: pa.Table, variant: pa.Table) -> tuple[Rows, Rows]:
    """Rows of both that are the same line, -1 where one has none."""
    declared = _declared(base)
    if declared != _declared(variant):
        raise ValueError("the lines are not of the same forms")
    one, other = _numbered(base.slice(declared), variant.slice(declared))
    order = np.argsort(other, kind="stable")
    at = np.searchsorted(other[order], one)
    found = np.append(order, -1)[at]
    found[np.append(other, -1)[found] != one] = -1
    alone = np.setdiff1d(np.arange(len(other)), found)
    rows = np.arange(base.num_rows)
    nobody = np.full(len(alone), -1)
    matched = np.where(found < 0, -1, found + declared)
    return (
        np.concatenate([rows, nobody]),
        np.concatenate([rows[:declared], matched, alone + declared]),
    )


def _declared(table: pa.Table) -> int:
    """Declared lines come first, and only they have a number."""
    return int(table.num_rows - table.column("seq").null_count)


def _numbered(one: pa.Table, other: pa.Table) -> tuple[Rows, Rows]:
    """A number for each row, the same in both tables for the same line."""
    keys = keys_of(pa.concat_tables([table.select(_KEY) for table in (one, other)]), _KEY)
    number = np.asarray(keys.combine_chunks().dictionary_encode().indices, dtype=np.int64)
    times = np.concatenate([_times(number[: one.num_rows]), _times(number[one.num_rows :])])
    number = number * (len(number) + 1) + times
    return number[: one.num_rows], number[one.num_rows :]


def _times(number: Rows) -> Rows:
    """How often the same number stood before."""
    order = np.argsort(number, kind="stable")
    ranked = number[order]
    times = np.empty_like(number)
    times[order] = np.arange(len(number)) - np.searchsorted(ranked, ranked)
    return times


def keys_of(table: pa.Table, columns: tuple[str, ...]) -> pa.ChunkedArray:
    """Some columns as one text a row."""
    texts = [pc.cast(table.column(name), pa.string()) for name in columns]
    return pc.binary_join_element_wise(
        *texts, "\x1f", null_handling="replace", null_replacement="\x1e"
    )
