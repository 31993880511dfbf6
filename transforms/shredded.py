"""What shredding yields: the block tables of some forms, with the rows' parents."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.layout import Layout

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Shredded:
    """Block tables of one release, by table name, rows in document order.

    ``parents[name][i]`` is the row of the parent block's table in which row ``i`` stands.
    """

    layout: Layout
    tables: Mapping[str, pa.Table]
    parents: Mapping[str, Rows]

    def column(self, table: str, column: str) -> pa.Array:
        """A column as one array."""
        return self.tables[table].column(column).combine_chunks()

    def numbers(self, table: str, column: str) -> Rows:
        """A whole-number column as int64, absent values as 0."""
        return np.asarray(self.column(table, column).fill_null(0), dtype=np.int64)

    def owners(self, table: str, ancestor: str) -> Rows:
        """The row of an ancestor block's table for every row of ``table``."""
        names = {block.path: block.table.name for block in self.layout}
        path = next(block.path for block in self.layout if block.table.name == table)
        owner = np.arange(self.tables[table].num_rows)
        while names[path] != ancestor:
            owner = self.parents[names[path]][owner]
            path = path[:-1]
        return owner

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether the release has this table (and column) at all."""
        found = self.tables.get(table)
        return found is not None and (column is None or column in found.column_names)
