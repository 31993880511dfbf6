"""Tables that note which of their columns are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import pyarrow as pa

from transforms.shredded import Shredded

Column = tuple[str, str]
"""Name of a block table and of a column of it."""


@dataclass
class Notes:
    """Columns that were asked for since the last time."""

    columns: set[Column] = field(default_factory=set)

    def taken(self) -> frozenset[Column]:
        """What was noted; notes begin anew."""
        found = frozenset(self.columns)
        self.columns.clear()
        return found


class SpiedTable:
    """A table that can be asked for what block tables are asked for, and for nothing else: another
    question is an ``AttributeError``, so that no column is read unnoted."""

    def __init__(self, name: str, table: pa.Table, notes: Notes) -> None:
        self._name, self._table, self._notes = name, table, notes
        self.num_rows = table.num_rows
        self.column_names = table.column_names

    def column(self, name: str) -> pa.ChunkedArray:
        self._note([name])
        return self._table.column(name)

    def select(self, names: Sequence[str]) -> pa.Table:
        self._note(names)
        return self._table.select(list(names))

    def take(self, rows: Any) -> "SpiedTable":
        return SpiedTable(self._name, self._table.take(rows), self._notes)

    def _note(self, names: Sequence[str]) -> None:
        self._notes.columns.update((self._name, name) for name in names)


def spied(shredded: Shredded, notes: Notes) -> Shredded:
    """The same tables, each noting what it is asked for."""
    tables = {name: SpiedTable(name, table, notes) for name, table in shredded.tables.items()}
    return replace(shredded, tables=cast("dict[str, pa.Table]", tables))
