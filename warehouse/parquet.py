"""From the types between stages to the types at rest, and on to Parquet."""

from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import Column, Table
from warehouse.errors import LayoutError

ROWS_IN_GROUP = 122_880
"""Rows of a row group: the number that DuckDB gives to one thread."""

_REPEATED = ("file_id", "quarter", "employer")
"""Text columns with long runs: two fifths of what rows take that wait for their row group."""

_WIDE = pa.decimal128(19, 0)
"""Holds any int64 exactly, in the buffers that any other 128-bit decimal has."""

_LONGEST = 18
"""Digits of a decimal that Parquet keeps in 64 bits."""


def at_rest(table: pa.Table, layout: Table) -> pa.Table:
    """``table`` (inside types, any order) with the columns and rest types of ``layout``.

    Missing columns become nulls. Raises ``LayoutError`` for a column that the layout does not
    have or has with another type, and for a number with more digits than its column keeps.
    """
    return _shaped(table, layout, layout.rest)


def _shaped(table: pa.Table, layout: Table, schema: pa.Schema) -> pa.Table:
    """``table`` (inside types) in ``schema``: the columns of ``layout``."""
    unknown = set(table.column_names) - {column.name for column in layout.columns}
    if unknown:
        raise LayoutError(f"{layout.full_name} has no column {', '.join(sorted(unknown))}")
    pairs = zip(layout.columns, schema.types, strict=True)
    return pa.table([_column(table, layout, column, kind) for column, kind in pairs], schema=schema)


def _kept(layout: Table) -> pa.Schema:
    """The rest types with decimals in 64 bits where they fit: for Parquet it is the same, and the
    whole numbers inside need not be converted."""
    return pa.schema([field.with_type(_narrow(field.type)) for field in layout.rest])


def _narrow(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_decimal128(kind) and kind.precision <= _LONGEST:
        return pa.decimal64(kind.precision, kind.scale)
    return kind


def inside(found: pa.Table, column: Column) -> pa.ChunkedArray:
    """A column with its inside type: decimals are read as the whole number of their digits. One
    that is not there is null."""
    if column.name not in found.column_names:
        return pa.chunked_array([pa.nulls(found.num_rows, column.inside)])
    values = found.column(column.name)
    if column.inside == column.rest:
        return values.cast(column.inside)
    digits = pa.decimal128(column.rest.precision, 0)
    chunks = [chunk.view(digits).cast(column.inside) for chunk in values.chunks]
    return pa.chunked_array(chunks, type=column.inside)


def write_part(
    sink: str | Path | IO[bytes], table: pa.Table, layout: Table, rows_in_group: int | None = None
) -> None:
    """Write ``table`` (inside types) as one Parquet file: same table, same bytes."""
    write_rest(sink, _shaped(table, layout, _kept(layout)), rows_in_group)


def write_rest(
    sink: str | Path | IO[bytes], table: pa.Table, rows_in_group: int | None = None
) -> None:
    """Write ``table`` (rest types) as one Parquet file."""
    with pq.ParquetWriter(sink, table.schema, **_options(table.schema)) as writer:
        writer.write_table(table.combine_chunks(), row_group_size=rows_in_group or ROWS_IN_GROUP)


class PartWriter:
    """One Parquet file, written as its rows come. The bytes depend on the rows alone.

    Less than a row group waits in memory. Use it in a ``with`` statement; after an error the file
    is not whole.
    """

    def __init__(self, sink: str | Path | IO[bytes], layout: Table) -> None:
        self._layout = layout
        self._schema = _kept(layout)
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._writer = pq.ParquetWriter(sink, self._schema, **_options(self._schema))

    def append(self, table: pa.Table) -> None:
        """Adds ``table`` (inside types); raises as ``at_rest``."""
        rest = _shaped(table, self._layout, self._schema)
        start = 0
        while self._rows + rest.num_rows - start >= ROWS_IN_GROUP:
            wanted = ROWS_IN_GROUP - self._rows
            self._write(rest.slice(start, wanted))
            start += wanted
        if start:  # a slice would keep all of the table
            rest = rest.take(pa.array(np.arange(start, rest.num_rows)))
        if rest.num_rows:
            self._waiting.append(_packed(rest))
            self._rows += rest.num_rows

    def _write(self, last: pa.Table) -> None:
        """What waits and ``last``, as a row group."""
        group = pa.concat_tables([*map(_unpacked, self._waiting), last])
        self._waiting, self._rows = [], 0
        self._writer.write_table(group.combine_chunks(), row_group_size=ROWS_IN_GROUP)

    def __enter__(self) -> "PartWriter":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None and self._rows:
            self._write(self._schema.empty_table())
        self._writer.close()


def _packed(table: pa.Table) -> pa.Table:
    """With what hardly changes from row to row kept once for many rows."""
    return _converted(table, pc.run_end_encode)


def _unpacked(table: pa.Table) -> pa.Table:
    return _converted(table, pc.run_end_decode)


def _converted(table: pa.Table, convert: Callable[[pa.ChunkedArray], pa.ChunkedArray]) -> pa.Table:
    for at, name in enumerate(table.column_names):
        if name in _REPEATED:
            table = table.set_column(at, name, convert(table.column(at)))
    return table


def _options(schema: pa.Schema) -> dict[str, Any]:
    """How Parquet keeps the columns; measured, see the package."""
    numbers = [f.name for f in schema if _is_number(f.type)]
    return {
        "compression": "zstd",
        "compression_level": 1,
        "use_dictionary": [_leaf(f) for f in schema if _is_text(f.type)],
        "column_encoding": dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        "store_decimal_as_integer": True,
        "store_schema": False,  # the types of Parquet say all there is
        "write_statistics": True,
    }


def _column(table: pa.Table, layout: Table, column: Column, kind: pa.DataType) -> pa.ChunkedArray:
    """A column as ``kind``, which has the digits and the scale of its rest type."""
    rest = column.rest
    if column.name not in table.column_names:
        return pa.chunked_array([pa.nulls(table.num_rows, kind)])
    values = table.column(column.name)
    if values.type != column.inside:
        raise LayoutError(
            f"{layout.full_name}.{column.name} is {values.type}, expected {column.inside}"
        )
    if column.inside == column.rest:
        return values
    if not (pa.types.is_int64(column.inside) and pa.types.is_decimal128(rest)):
        raise LayoutError(f"{layout.full_name}.{column.name}: no way to keep {column.inside}")
    if not _fits(values, rest.precision):
        raise LayoutError(f"{layout.full_name}.{column.name}: more digits than {rest} keeps")
    return _scaled(values, kind)


def _fits(values: pa.ChunkedArray, precision: int) -> bool:
    bounds = pc.min_max(values).as_py()
    limit = 10**precision
    return bounds["min"] is None or bool(-limit < bounds["min"] <= bounds["max"] < limit)


def _scaled(values: pa.ChunkedArray, kind: pa.DataType) -> pa.ChunkedArray:
    """The same digits, read with the scale of a decimal type: widened perhaps, never divided."""
    wide = [chunk.cast(_WIDE) for chunk in values.chunks] if pa.types.is_decimal128(kind) else None
    chunks = [chunk.view(kind) for chunk in wide or values.chunks]
    return pa.chunked_array(chunks, type=kind)


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_list(kind))


def _is_number(kind: pa.DataType) -> bool:
    """Whether Parquet keeps it in 32 or 64 bits."""
    if pa.types.is_decimal(kind):
        return bool(kind.precision <= _LONGEST)
    return any(t(kind) for t in (pa.types.is_integer, pa.types.is_date32, pa.types.is_timestamp))


def _leaf(field: pa.Field) -> str:
    """Parquet's path of the column that holds the values."""
    return f"{field.name}.list.element" if pa.types.is_list(field.type) else field.name
