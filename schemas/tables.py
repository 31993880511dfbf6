"""The shape of a table: defined once, used by whoever fills, stores or describes it."""

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    ``inside`` is its Arrow type between stages (cents are int64), ``rest`` its type in Parquet
    and DuckDB (euro are DECIMAL(18,2)): the same digits, only the scale is said by the type.
    ``zone`` is the official zone number where the column is a zone of a message.
    """

    name: str
    inside: pa.DataType
    rest: pa.DataType
    comment: str
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the lake, ``schema.name``; ``block`` is the official block number if any."""

    schema: str
    name: str
    comment: str
    columns: tuple[Column, ...]
    block: str | None = None

    @property
    def inside(self) -> pa.Schema:
        """Arrow schema between stages."""
        return pa.schema([pa.field(c.name, c.inside) for c in self.columns])

    @property
    def rest(self) -> pa.Schema:
        """Arrow schema of the Parquet files."""
        return pa.schema([pa.field(c.name, c.rest) for c in self.columns])

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


def text(name: str, comment: str) -> Column:
    return Column(name, pa.string(), pa.string(), comment)


def whole(name: str, comment: str) -> Column:
    return Column(name, pa.int64(), pa.int64(), comment)


def euro(name: str, comment: str) -> Column:
    """Cents inside, euro at rest."""
    return Column(name, pa.int64(), pa.decimal128(18, 2), f"{comment} (euro)")


def hundredths(name: str, comment: str) -> Column:
    """Hundredths inside, an exact decimal at rest."""
    return Column(name, pa.int64(), pa.decimal128(18, 2), comment)


def day(name: str, comment: str) -> Column:
    return Column(name, pa.date32(), pa.date32(), comment)


def moment(name: str, comment: str) -> Column:
    return Column(name, pa.timestamp("us", "UTC"), pa.timestamp("us", "UTC"), comment)


def texts(name: str, comment: str) -> Column:
    """A sorted list of distinct texts."""
    return Column(name, pa.list_(pa.string()), pa.list_(pa.string()), comment)


def empty(table: Table) -> pa.Table:
    """No rows, inside types."""
    return table.inside.empty_table()


def from_rows(table: Table, rows: Iterable[dict[str, object]]) -> pa.Table:
    """Few rows given as dictionaries (never used for records of a declaration)."""
    return pa.Table.from_pylist(list(rows), schema=table.inside)
