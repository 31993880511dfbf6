"""How elements cross a runner: as JSON, built from the annotations of their classes.

Records are written by columns: one for each field, down to text and numbers, and a column that has
the same value everywhere is that value. A batch names thousands of files that have codec, root tag
and release in common, and reading columns takes a third of the time of reading records. The same
on every worker; says nothing about modules, and survives paths that are no UTF-8.
"""

import json
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from itertools import accumulate, chain, pairwise
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

from apache_beam.coders import Coder, registry
from apache_beam.coders.coder_impl import CallbackCoderImpl

_Element = TypeVar("_Element")

_ROUGHLY = 128
"""Bytes of a record; runners only want to know how much there is to send."""

_PLAIN = (str, int, float, bool, NoneType)


class RecordCoder(Coder, Generic[_Element]):  # type: ignore[misc]
    """Encodes the instances of one dataclass."""

    def __init__(self, kind: type[_Element]) -> None:
        self._kind = kind

    def encode(self, value: _Element) -> bytes:
        return json.dumps(
            _columns(cast(Hashable, self._kind)).write([value]), separators=(",", ":")
        ).encode()

    def decode(self, encoded: bytes) -> _Element:
        element: _Element
        (element,) = _columns(cast(Hashable, self._kind)).read(json.loads(encoded), 1)
        return element

    def estimate_size(self, value: _Element) -> int:
        """Roughly, and without encoding the element for it."""
        values = (getattr(value, f.name) for f in fields(value))  # type: ignore[arg-type]
        return _ROUGHLY * (1 + sum(len(v) for v in values if isinstance(v, tuple)))

    def is_deterministic(self) -> bool:
        return True

    def to_type_hint(self) -> type[_Element]:
        return self._kind

    @classmethod
    def from_type_hint(cls, kind: type[_Element], _registry: object) -> "RecordCoder[_Element]":
        return cls(kind)

    def _create_impl(self) -> CallbackCoderImpl:
        return CallbackCoderImpl(self.encode, self.decode, self.estimate_size)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecordCoder) and self._kind is other._kind

    def __hash__(self) -> int:
        return hash(self._kind)


@dataclass(frozen=True)
class _Column:
    """How the values of an annotation become JSON, and come back; ``read`` is told their number.

    A column of the same value is ``{"all": value}``, which no column else looks like.
    """

    write: Callable[[Sequence[Any]], Any]
    read: Callable[[Any, int], Sequence[Any]]


@cache
def _columns(hint: Any) -> _Column:
    origin, given = get_origin(hint), get_args(hint)
    if hint in _PLAIN or (origin is UnionType and set(given) <= set(_PLAIN)):
        return _plain(list, list)
    if hint is bytes:
        return _plain(
            lambda values: [data.decode("latin-1") for data in values],
            lambda texts: [text.encode("latin-1") for text in texts],
        )
    if isinstance(hint, type) and is_dataclass(hint):
        return _records(hint)
    if origin is UnionType and len(given) == 2 and given[1] is NoneType:
        return _optional(_columns(given[0]))
    if origin is tuple and len(given) == 2 and given[1] is ...:
        return _tuples(_columns(given[0]))
    if origin is tuple and all(one in (str, int) for one in given):
        return _plain(list, lambda values: [*map(tuple, values)])
    if origin is Mapping and given[0] is str:
        return _mappings(_columns(given[1]))
    raise TypeError(f"no element has a field of {hint}")


def _plain(
    write: Callable[[Sequence[Any]], list[Any]], read: Callable[[Sequence[Any]], list[Any]]
) -> _Column:
    """Values that JSON has, but for a small change."""

    def written(values: Sequence[Any]) -> Any:
        if len(values) > 1 and values.count(values[0]) == len(values):
            return {"all": write(values[:1])[0]}
        return write(values)

    def found(column: Any, number: int) -> Sequence[Any]:
        return read([column["all"]]) * number if isinstance(column, dict) else read(column)

    return _Column(written, found)


def _records(kind: type[Any]) -> _Column:
    """A column for each field. Records that are all the same are one."""
    hints = get_type_hints(kind)
    inner = [(attrgetter(f.name), _columns(hints[f.name])) for f in fields(kind)]

    def written(records: Sequence[Any]) -> Any:
        return [column.write([*map(value, records)]) for value, column in inner]

    def found(columns: Any, number: int) -> Sequence[Any]:
        same = number > 1 and all(isinstance(one, dict) and "all" in one for one in columns)
        some = 1 if same else number
        values = (of.read(one, some) for (_, of), one in zip(inner, columns, strict=True))
        return [*map(kind, *values)] * (number if same else 1)

    return _Column(written, found)


def _optional(column: _Column) -> _Column:
    """The values that are there, with their places when not all are."""

    def written(values: Sequence[Any]) -> Any:
        places = [place for place, value in enumerate(values) if value is not None]
        if not places:
            return {"all": None}
        some = column.write([values[place] for place in places])
        return {"some": some} if len(places) == len(values) else {"some": some, "at": places}

    def found(some: Any, number: int) -> Sequence[Any]:
        if "all" in some:
            return [None] * number
        if "at" not in some:
            return column.read(some["some"], number)
        values: list[Any] = [None] * number
        for place, value in zip(
            some["at"], column.read(some["some"], len(some["at"])), strict=True
        ):
            values[place] = value
        return values

    return _Column(written, found)


def _tuples(column: _Column) -> _Column:
    """Lengths, and what is in all of them."""
    lengths = _columns(int)

    def written(values: Sequence[Any]) -> Any:
        return [lengths.write([*map(len, values)]), column.write([*chain(*values)])]

    def found(both: Any, number: int) -> Sequence[Any]:
        ends = [*accumulate(lengths.read(both[0], number), initial=0)]
        inside = column.read(both[1], ends[-1])
        return [tuple(inside[start:end]) for start, end in pairwise(ends)]

    return _Column(written, found)


def _mappings(column: _Column) -> _Column:
    """Keys, and what is in all of them."""
    names = _tuples(_columns(str))

    def written(values: Sequence[Any]) -> Any:
        inside = [*chain(*(value.values() for value in values))]
        return [names.write([tuple(value) for value in values]), column.write(inside)]

    def found(both: Any, number: int) -> Sequence[Any]:
        keys = names.read(both[0], number)
        inside = iter(column.read(both[1], sum(map(len, keys))))
        return [dict(zip(some, inside, strict=False)) for some in keys]

    return _Column(written, found)


def register(*elements: type[Any]) -> None:
    """Makes these elements travel between the steps of a run, beside numbers and paths."""
    for kind in elements:
        registry.register_coder(kind, RecordCoder)
