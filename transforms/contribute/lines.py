"""The declared amounts of a declaration as one table: each block that carries one, as a line.

Together they make the net amount (zone 00015): contributions add, deductions and compensations
lower it.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import CONTRIBUTION
from transforms.shredded import Rows, Shredded


@dataclass(frozen=True, slots=True)
class Source:
    """A block that declares an amount: its table and columns, and its sign in the net amount."""

    table: str
    amount: str
    sign: int
    code: str | None = None
    type: str | None = None
    base: str | None = None


SOURCES = (
    Source(
        "worker_contribution",
        "contribution_amount",
        1,
        "contribution_worker_code",
        "contribution_type",
        "contribution_calculation_basis",
    ),
    Source("student_contribution", "student_contribution_amount", 1, base="student_remun_amount"),
    Source(
        "dismissed_statutory_worker_contribution",
        "gross_ref_remun_contribution_amount",
        1,
        base="gross_ref_remun_amount",
    ),
    Source(
        "early_retirement_contribution",
        "early_retirement_contribution_amount",
        1,
        "early_retirement_code",
    ),
    Source(
        "compl_indemnity_contribution",
        "contribution_amount",
        1,
        "contribution_worker_code",
        "contribution_type",
        "compl_indemnity_amount",
    ),
    Source(
        "contribution_unrelated_to_np",
        "unrelated_amount",
        1,
        "unrelated_worker_code",
        base="unrelated_calculation_basis",
    ),
    Source(
        "worker_deduction",
        "deduction_amount",
        -1,
        "deduction_code",
        base="deduction_calculation_basis",
    ),
    Source(
        "occupation_deduction",
        "deduction_amount",
        -1,
        "deduction_code",
        base="deduction_calculation_basis",
    ),
    Source("employer_compensation", "compensation_amount", -1, "compensation_code"),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Declared lines: ``table`` has the columns of ``core.contribution`` that a declaration
    fills; ``record`` is the row of the worker record, -1 for lines without one."""

    table: pa.Table
    record: Rows

    def first(self, records: Rows, code: str, contribution_type: str) -> Rows:
        """For each worker record its first contribution line of this code and type, else -1."""
        kind = pc.and_(
            pc.equal(self.table.column("source_block"), "worker_contribution"),
            pc.and_(
                pc.equal(self.table.column("code"), code),
                pc.equal(_token(self.table.column("type")), contribution_type),
            ),
        )
        rows = np.flatnonzero(np.asarray(pc.fill_null(kind, False)))
        last = max(self.record.max(initial=-1), records.max(initial=-1))
        found = np.full(last + 1, -1)
        found[self.record[rows[::-1]]] = rows[::-1]
        return found[records]


NAMES = tuple(
    c.name
    for c in CONTRIBUTION.columns
    if c.name
    not in {
        "family",
        "computed_base",
        "computed_amount",
        "difference",
        "rate",
        "confidence",
        "outcome",
        "reason",
    }
)


def declared_lines(shredded: Shredded) -> Lines:
    """Every declared amount, block by block, each block in document order."""
    parts = [
        (_part(shredded, source), _record(shredded, source.table))
        for source in SOURCES
        if shredded.has(source.table, source.amount)
    ]
    tables, records = zip(*parts, strict=True)
    return Lines(pa.concat_tables(tables), np.concatenate(records))


def _part(shredded: Shredded, source: Source) -> pa.Table:
    table = shredded.tables[source.table]
    filled = dict(_columns(table, source))
    schema = pa.schema([CONTRIBUTION.inside.field(name) for name in NAMES])
    return pa.table(
        [filled.get(f.name, pa.nulls(table.num_rows, f.type)) for f in schema], schema=schema
    )


def _columns(table: pa.Table, source: Source) -> Iterator[tuple[str, pa.ChunkedArray | pa.Array]]:
    for name in NAMES:
        if name in table.column_names:
            yield name, table.column(name)
    for name, column in (
        ("code", source.code),
        ("type", source.type),
        ("declared_base", source.base),
        ("declared_amount", source.amount),
    ):
        if column is not None and column in table.column_names:
            yield name, table.column(column)
    yield "source_block", pa.array([source.table] * table.num_rows, pa.string())
    yield "sign", pa.array(np.full(table.num_rows, source.sign))
    if source.table == "contribution_unrelated_to_np":
        yield "employer_class", table.column("unrelated_employer_class")


def _record(shredded: Shredded, table: str) -> Rows:
    path = next(block.path for block in shredded.layout if block.table.name == table)
    if "WorkerRecord" not in path:
        return np.full(shredded.tables[table].num_rows, -1)
    return shredded.owners(table, "worker_record")


def _token(types: pa.ChunkedArray) -> pa.ChunkedArray:
    """A contribution type without leading zeros: the schema takes 0 and 00 for the same."""
    trimmed = pc.utf8_ltrim(types, characters="0")
    return pc.if_else(pc.equal(trimmed, ""), "0", trimmed)
