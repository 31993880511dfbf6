"""Periods (or daily registrations) by slot: what changes of them as numbers in numpy arrays.

Everything that may come to be has its slot from the start: what is stored, and what each message
that may start something would start. So a message knows its slot before anything is judged.
"""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.rules.columns import Mask, Whole

NULL = np.iinfo(np.int64).min
"""Where there is no value."""

_HOURS = pa.array([f"{hour:04}" for hour in range(10_000)])


def numbers_of(column: pa.Array | pa.ChunkedArray) -> Whole:
    """Days since 1970, hours HHMM, or whole numbers; ``NULL`` where there is none."""
    array = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if array.type == pa.date32():
        array = array.cast(pa.int32())
    found: Whole = np.asarray(pc.fill_null(array.cast(pa.int64()), NULL))
    return found


def column_of(numbers: Whole, kind: pa.DataType) -> pa.Array:
    """The column that ``numbers_of`` reads."""
    none = numbers == NULL
    if kind == pa.string():
        return _HOURS.take(pa.array(numbers, mask=none))
    if kind == pa.date32():
        days = np.where(none, 0, numbers).astype(np.int32)
        return pa.array(days, pa.int32(), mask=none).cast(pa.date32())
    return pa.array(numbers, kind, mask=none)


class Store:
    """``ids``: the number of each slot; ``fixed``: columns that stay. ``changing``: those that do
    not. ``stored`` is how many slots, the first ones, are there from the start."""

    def __init__(
        self, key: str, fixed: pa.Table, times: pa.Table, changing: Sequence[str], stored: int
    ) -> None:
        self.key = key
        self.fixed = fixed
        self.ids = fixed.column(key).combine_chunks()
        self.types = {name: times.schema.field(name).type for name in changing}
        self.values = {name: numbers_of(times.column(name)).copy() for name in changing}
        self.stored = stored
        self.exists = np.arange(len(self.ids)) < stored
        self.cancelled = np.zeros(len(self.ids), dtype=np.bool_)

    def __len__(self) -> int:
        return len(self.ids)

    def find(self, ids: pa.Array) -> Whole:
        """The slot of each number, -1 where there is none."""
        found = pc.index_in(ids, value_set=self.ids, skip_nulls=True)
        return np.asarray(pc.fill_null(found, -1), dtype=np.int64)

    def known(self, slots: Whole) -> Mask:
        """Which of some slots (-1: none) are of something that is there."""
        return self._of(self.exists, slots)

    def gone(self, slots: Whole) -> Mask:
        """Which of some slots (-1: none) are of something that was cancelled."""
        return self._of(self.cancelled, slots)

    @staticmethod
    def _of(flags: Mask, slots: Whole) -> Mask:
        found = np.zeros(len(slots), dtype=np.bool_)
        named = slots >= 0
        found[named] = flags[slots[named]]
        return found

    def table(self, slots: Whole, schema: pa.Schema) -> pa.Table:
        """Some slots as they are now, with the columns of ``schema`` (null where it has more)."""
        rows = pa.array(slots)
        made: dict[str, pa.Array] = {"is_cancelled": pa.array(self.cancelled[slots])}
        for name, kind in self.types.items():
            made[name] = column_of(self.values[name][slots], kind)
        for name in schema.names:
            if name not in made and name in self.fixed.column_names:
                made[name] = self.fixed.column(name).take(rows)
        return pa.table([made[name] for name in schema.names], schema=schema)

    def at(self, name: str, slots: Whole, there: Mask) -> Whole:
        """A changing column of some slots, ``NULL`` where nothing is there."""
        found = np.full(len(slots), NULL, dtype=np.int64)
        found[there] = self.values[name][slots[there]]
        return found
