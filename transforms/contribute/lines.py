"""The declared amounts of a declaration as one table: each block that carries one, as a line.

Together they make the net amount (zone 00015): contributions add, deductions and compensations
lower it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from schemas.core import CONTRIBUTION, PLACE, RELATION_KEY
from schemas.layout import snake
from transforms.contribute.codes import Coded
from transforms.exact import Truth
from transforms.money import Cents
from transforms.shredded import Rows, Shredded


@dataclass(frozen=True, slots=True)
class Source:
    """A block that declares an amount: its table and columns, its sign in the net amount, and the
    official code of an amount that differs when recomputed, where there is one."""

    table: str
    amount: str
    sign: int
    anomaly: str | None
    code: str | None = None
    type: str | None = None
    base: str | None = None


SOURCES = (
    Source(
        "worker_contribution",
        "contribution_amount",
        1,
        "00085-044",
        "contribution_worker_code",
        "contribution_type",
        "contribution_calculation_basis",
    ),
    Source(
        "student_contribution",
        "student_contribution_amount",
        1,
        "00077-044",
        base="student_remun_amount",
    ),
    Source(
        "dismissed_statutory_worker_contribution",
        "gross_ref_remun_contribution_amount",
        1,
        "00072-044",
        base="gross_ref_remun_amount",
    ),
    Source(
        "early_retirement_contribution",
        "early_retirement_contribution_amount",
        1,
        None,
        "early_retirement_code",
    ),
    Source(
        "compl_indemnity_contribution",
        "contribution_amount",
        1,
        "00085-044",
        "contribution_worker_code",
        "contribution_type",
        "compl_indemnity_amount",
    ),
    Source(
        "contribution_unrelated_to_np",
        "unrelated_amount",
        1,
        "00022-044",
        "unrelated_worker_code",
        base="unrelated_calculation_basis",
    ),
    Source(
        "worker_deduction",
        "deduction_amount",
        -1,
        "00089-044",
        "deduction_code",
        base="deduction_calculation_basis",
    ),
    Source(
        "occupation_deduction",
        "deduction_amount",
        -1,
        "00089-044",
        "deduction_code",
        base="deduction_calculation_basis",
    ),
    Source("employer_compensation", "compensation_amount", -1, None, "compensation_code"),
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Declared lines: ``table`` has the columns of ``core.contribution`` that a declaration
    fills. ``source`` is the index into ``SOURCES`` of each line, in order; ``record`` and
    ``occupation`` are the rows of the worker record and the occupation it stands in, -1 without
    one."""

    table: pa.Table
    source: Rows
    record: Rows
    occupation: Rows
    code: Coded
    type: Coded
    employer_class: Coded

    def of(self, block: str, codes: Iterable[str] | None = None) -> Rows:
        """Lines of a block, those with one of the codes."""
        number = next(n for n, source in enumerate(SOURCES) if source.table == block)
        first, last = np.searchsorted(self.source, [number, number + 1])
        if codes is None:
            return np.arange(first, last)
        found = np.flatnonzero(self.code[first:last].among(set(codes)))
        return np.asarray(first + found, dtype=np.int64)

    def everything(self, column: str) -> Cents:
        """An amount of every line, ``ABSENT`` where it is not declared."""
        values = self.table.column(column).combine_chunks()
        return np.asarray(values.fill_null(ABSENT), dtype=np.int64)

    def cents(self, column: str, rows: Rows) -> Cents:
        """Amounts of some lines, absent ones as 0."""
        values = self.table.column(column).take(pa.array(rows))
        return np.asarray(values.fill_null(0), dtype=np.int64)

    def without(self, column: str, rows: Rows) -> Truth:
        """Where some lines do not declare an amount."""
        return np.asarray(self.table.column(column).take(pa.array(rows)).is_null(), dtype=np.bool_)

    def first(self, records: Rows, lines: Rows) -> Rows:
        """For each worker record the first of these lines that stands in it, else -1."""
        last = max(self.record.max(initial=-1), records.max(initial=-1))
        found = np.full(last + 1, -1)
        found[self.record[lines[::-1]]] = lines[::-1]
        return found[records]


ABSENT = np.iinfo(np.int64).min
"""A number that is not there; no amount of a declaration comes near it."""

FILLED = (
    "source_block",
    "code",
    "type",
    "sign",
    "declared_base",
    "declared_amount",
    "seq",
    *(column.name for column in (*RELATION_KEY, *PLACE)),
)
"""The columns of ``core.contribution`` that a declaration fills."""


def declared_lines(shredded: Shredded) -> Lines:
    """Every declared amount, block by block, each block in document order."""
    present = [
        (number, source)
        for number, source in enumerate(SOURCES)
        if shredded.has(source.table, source.amount)
    ]
    table = pa.concat_tables([_part(shredded, source) for _, source in present])
    rows = [shredded.tables[source.table].num_rows for _, source in present]
    return Lines(
        table,
        np.repeat([number for number, _ in present], rows),
        np.concatenate([_inside(shredded, s.table, "WorkerRecord") for _, s in present]),
        np.concatenate([_inside(shredded, s.table, "Occupation") for _, s in present]),
        Coded(table.column("code")),
        Coded(table.column("type")),
        Coded(table.column("employer_class")),
    )


def _part(shredded: Shredded, source: Source) -> pa.Table:
    table = shredded.tables[source.table]
    filled = dict(_columns(table, source))
    schema = pa.schema([field for field in CONTRIBUTION.inside if field.name in FILLED])
    return pa.table(
        [filled.get(f.name, pa.nulls(table.num_rows, f.type)) for f in schema], schema=schema
    )


def _columns(table: pa.Table, source: Source) -> Iterator[tuple[str, pa.ChunkedArray | pa.Array]]:
    for name in FILLED:
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
    yield "source_block", pa.repeat(source.table, table.num_rows)
    yield "sign", pa.array(np.full(table.num_rows, source.sign))
    if source.table == "contribution_unrelated_to_np":
        yield "employer_class", table.column("unrelated_employer_class")


def _inside(shredded: Shredded, table: str, block: str) -> Rows:
    """The row of the block around each row of a table, -1 where there is none."""
    path = next(block.path for block in shredded.layout if block.table.name == table)
    if block not in path:
        return np.full(shredded.tables[table].num_rows, -1)
    return shredded.owners(table, snake(block))
