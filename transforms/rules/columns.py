"""The columns of a table as numpy arrays, each made once."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

_DIGITS = r"^[0-9]{1,18}$"


class Columns:
    """Views of one table. Absent is null, and for a flag also false."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.names = frozenset(table.column_names)
        self._made: dict[tuple[str, str], Any] = {}

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def array(self, name: str) -> pa.Array:
        return self._once("array", name, lambda: self.table.column(name).combine_chunks())

    def present(self, name: str) -> Mask:
        """Where a value stands, and for flags: where it is true."""
        found: Mask = self._once("present", name, lambda: self._present(self.array(name)))
        return found

    def codes(self, name: str) -> tuple[Whole, list[Any]]:
        """A number for each distinct value, -1 for null, and the values."""
        found: tuple[Whole, list[Any]] = self._once("codes", name, lambda: self._codes(name))
        return found

    def numbers(self, name: str) -> Whole:
        """Numbers, days since 1970, or texts of digits as int64; 0 where there is none, see
        ``numeric``."""
        return self._numbers(name)[0]

    def numeric(self, name: str) -> Mask:
        """Where ``numbers`` are of values."""
        return self._numbers(name)[1]

    def minutes(self, date: str, hour: str | None, missing: int) -> Whole:
        """Minutes since 1970 of a day and its hour (HHMM); ``missing``: the minute of the day
        where no hour stands."""
        days = self.numbers(date) * 1440
        if hour is None:
            return days + missing
        clock = self.numbers(hour)
        return days + np.where(self.numeric(hour), clock // 100 * 60 + clock % 100, missing)

    def texts(self, name: str, rows: Whole) -> pa.Array:
        """Some values as text, to be shown."""
        return pc.cast(self.array(name).take(pa.array(rows)), pa.string())

    def once(self, name: str, make: Callable[[], Mask]) -> Mask:
        """A mask that others may ask for again, by a name of it."""
        found: Mask = self._once("mask", name, make)
        return found

    def _once(self, what: str, name: str, make: Callable[[], Any]) -> Any:
        key = what, name
        if key not in self._made:
            self._made[key] = make()
        return self._made[key]

    @staticmethod
    def _present(array: pa.Array) -> Mask:
        if array.type == pa.bool_():
            return np.asarray(pc.fill_null(array, False))
        return np.asarray(pc.is_valid(array))

    def _codes(self, name: str) -> tuple[Whole, list[Any]]:
        coded = pc.dictionary_encode(self.array(name))
        codes = np.asarray(pc.fill_null(coded.indices, -1), dtype=np.int64)
        return codes, coded.dictionary.to_pylist()

    def _numbers(self, name: str) -> tuple[Whole, Mask]:
        found: tuple[Whole, Mask] = self._once("numbers", name, lambda: _whole(self.array(name)))
        return found


def _whole(array: pa.Array) -> tuple[Whole, Mask]:
    if array.type == pa.string():
        digits = pc.match_substring_regex(array, _DIGITS)
        array = pc.cast(pc.if_else(digits, array, None), pa.int64())
    elif array.type == pa.date32():
        array = array.cast(pa.int32()).cast(pa.int64())
    else:
        array = array.cast(pa.int64())
    return np.asarray(pc.fill_null(array, 0)), np.asarray(pc.is_valid(array))
