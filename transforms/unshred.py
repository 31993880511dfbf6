"""Block tables that were kept, as shredding yielded them: rows with their parents.

Only the tables that are looked at are read, each when it is looked at first.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Generic, TypeVar

import numpy as np
import pyarrow as pa

from schemas.layout import BlockTable, Layout
from transforms.shredded import Rows, Shredded

Read = Callable[[BlockTable], tuple[pa.Table, Rows]]
"""The rows of a block in document order (inside types), and the number of the form of each: the
same numbers in every table, in order."""

_Of = TypeVar("_Of")
_SEQS = 2**32
"""More blocks than a form may have."""


def unshredded(layout: Layout, read: Read) -> Shredded:
    """The block tables of some forms of one release, as ``shred`` would give them.

    ``ValueError`` when a row that is looked at stands in a block that is not there.
    """
    blocks = {block.table.name: block for block in layout}
    found = _Lazy(blocks, lambda name: read(blocks[name]))
    return Shredded(
        layout,
        _Lazy(blocks, lambda name: found[name][0]),
        _Lazy(blocks, lambda name: _parents(layout, blocks[name], found)),
    )


class _Lazy(Mapping[str, _Of], Generic[_Of]):
    """Values made when they are asked for, and kept."""

    def __init__(self, names: Iterable[str], make: Callable[[str], _Of]) -> None:
        self._names = tuple(names)
        self._make = make
        self._made: dict[str, _Of] = {}

    def __getitem__(self, name: str) -> _Of:
        if name not in self._names:
            raise KeyError(name)
        if name not in self._made:
            self._made[name] = self._make(name)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def _parents(layout: Layout, block: BlockTable, found: Mapping[str, tuple[pa.Table, Rows]]) -> Rows:
    table, forms = found[block.table.name]
    if block.parent is None:
        return np.zeros(len(forms), dtype=np.int64)
    above, forms_above = found[layout[block.parent].table.name]
    wanted = _places(table, "parent_seq", forms)
    there = _places(above, "seq", forms_above)
    rows = np.searchsorted(there, wanted)
    if not np.array_equal(there[np.minimum(rows, len(there) - 1)] if len(there) else [], wanted):
        raise ValueError(f"a row of {block.table.full_name} stands in a block that is not there")
    return rows


def _places(table: pa.Table, column: str, forms: Rows) -> Rows:
    """Form and number of a block as one number, in order of the rows."""
    return forms * _SEQS + np.asarray(table.column(column).fill_null(0), dtype=np.int64)
