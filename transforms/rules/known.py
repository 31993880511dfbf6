"""Rows of a table that come and go while others are judged against them, one by one."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar, cast

import numpy as np
import pyarrow as pa

from transforms.rules.columns import Whole

Row = Mapping[str, Any]
Key = tuple[Any, ...]

_FOREVER = 1 << 33
"""As in ``groups``: minutes since 1970 that no date reaches."""

_ROOM = 8
"""Times of a group for which there is room at first."""


def number(value: Any) -> int | None:
    """A number, a day since 1970, or a text of digits as a number."""
    if isinstance(value, str):
        return int(value) if value.isascii() and value.isdigit() and len(value) <= 18 else None
    return None if value is None else int(value)


def minutes(day: object, hour: object, missing: int) -> int:
    """Minutes since 1970 of a day and its hour; ``missing``: the minute where no hour stands."""
    clock = number(hour)
    of_day = missing if clock is None else clock // 100 * 60 + clock % 100
    return (number(day) or 0) * 1440 + of_day


def span(row: Row, names: Sequence[str | None]) -> tuple[int, int]:
    """Minutes at which a time starts and ends; ``names``: of start, hour, end, hour."""
    start, start_hour, end, end_hour = names
    assert start is not None
    assert end is not None
    first = minutes(row[start], row[start_hour] if start_hour else None, 0)
    if number(row[end]) is None:
        return first, _FOREVER
    return first, minutes(row[end], row[end_hour] if end_hour else None, 1440)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """The rows of a table, days as numbers since 1970."""
    arrays = [
        column.cast(pa.int32()) if column.type == pa.date32() else column
        for column in table.columns
    ]
    columns = [array.to_pylist() for array in arrays]
    return [dict(zip(table.column_names, row, strict=True)) for row in zip(*columns, strict=True)]


class _Index(Protocol):
    def add(self, row: Row, sign: int) -> None:
        """Adds a row (1) or takes it away (-1)."""


Index = TypeVar("Index", bound=_Index)


class Known:
    """``key``: the column that a row is known by. What mechanisms ask for is made when it is asked
    for first, and kept up to date."""

    def __init__(self, key: str) -> None:
        self.key = key
        self._rows: dict[Any, Row] = {}
        self._indexes: dict[Key, _Index] = {}

    def put(self, row: Row) -> None:
        """Adds a row, in the place of the one that was known by the same."""
        self.drop(row[self.key])
        self._rows[row[self.key]] = row
        self._tell(row, 1)

    def drop(self, key: object) -> None:
        """Takes a row away, if it is there."""
        row = self._rows.pop(key, None)
        if row is not None:
            self._tell(row, -1)

    def about(self, row: Row, itself: str | None) -> Row | None:
        """The row here that another one is about; ``itself``: the column of both that says so."""
        if itself is None or row[itself] is None:
            return None
        if itself != self.key:
            raise ValueError(f"{itself} is not what rows are known by")
        return self._rows.get(row[itself])

    def index(self, kind: Callable[..., Index], *names: Any) -> Index:
        """Rows by values (``Alike``), times (``Times``) or days (``Days``) of their columns."""
        found = self._indexes.get((kind, *names))
        if found is None:
            found = self._indexes[(kind, *names)] = kind(*names)
            for row in self._rows.values():
                found.add(row, 1)
        return cast(Index, found)

    def _tell(self, row: Row, sign: int) -> None:
        for index in self._indexes.values():
            index.add(row, sign)


class Alike:
    """How many rows have some values of columns."""

    def __init__(self, by: tuple[str, ...]) -> None:
        self._by = by
        self._counts: Counter[Key] = Counter()

    def add(self, row: Row, sign: int) -> None:
        self._counts[tuple([row[name] for name in self._by])] += sign

    def count(self, key: Key) -> int:
        return self._counts[key]


class Times:
    """Times of each group, of which those that meet another one are counted."""

    def __init__(self, by: tuple[str, ...], names: tuple[str | None, ...]) -> None:
        self._by, self._names = by, names
        self._groups: dict[Key, _Spans] = {}

    def add(self, row: Row, sign: int) -> None:
        first, last = span(row, self._names)
        if last > first:
            group = self._groups.setdefault(tuple([row[name] for name in self._by]), _Spans())
            group.change(first, last, sign)

    def meeting(self, key: Key, first: int, last: int) -> int:
        """How many times of a group run while one does."""
        group = self._groups.get(key)
        return 0 if group is None else group.meeting(first, last)


class Days:
    """The days of each group that are taken, from the first to the last of each row; rows without
    one of these take none."""

    def __init__(self, by: tuple[str, ...], start: str, end: str) -> None:
        self._by, self._start, self._end = by, start, end
        self._groups: dict[Key, _Spans] = {}

    def of(self, row: Row) -> range:
        """The days that a row takes."""
        first, last = number(row[self._start]), number(row[self._end])
        return range(0) if first is None or last is None else range(first, last + 1)

    def add(self, row: Row, sign: int) -> None:
        days = self.of(row)
        if days:
            group = self._groups.setdefault(tuple([row[name] for name in self._by]), _Spans())
            group.change(days.start, days.stop, sign)

    def taken(self, key: Key, day: int, own: range) -> bool:
        """Whether a day is, by another row than the one with its ``own`` days."""
        group = self._groups.get(key)
        return group is not None and group.meeting(day, day + 1) > (day in own)


class _Spans:
    """Starts and ends, in no order, in arrays that grow: thousands are looked at in microseconds,
    however long they are and however much they overlap."""

    def __init__(self) -> None:
        self._spans = np.zeros((2, _ROOM), dtype=np.int64)
        self._count = 0

    def _there(self) -> Whole:
        found: Whole = self._spans[:, : self._count]
        return found

    def change(self, first: int, last: int, sign: int) -> None:
        """Adds one (1), or takes one of these away (-1): the last one gets its place."""
        if sign > 0:
            if self._count == self._spans.shape[1]:
                self._spans = np.concatenate([self._spans, np.zeros_like(self._spans)], axis=1)
            self._spans[:, self._count] = first, last
            self._count += 1
            return
        starts, ends = self._there()
        at = np.flatnonzero((starts == first) & (ends == last))[0]
        self._count -= 1
        self._spans[:, at] = self._spans[:, self._count]

    def meeting(self, first: int, last: int) -> int:
        starts, ends = self._there()
        return int(np.count_nonzero((starts < last) & (ends > first)))
