"""How elements cross a runner: as JSON, built from the annotations of their classes.

A dataclass is the list of its values, in the order of its fields, down to text and numbers. That
is the same on every worker, says nothing about modules, and survives paths that are no UTF-8.
"""

import json
from collections.abc import Callable, Hashable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Any, Generic, TypeVar, cast, get_args, get_origin, get_type_hints

from apache_beam.coders import Coder, registry
from apache_beam.coders.coder_impl import CallbackCoderImpl

from pipelines.work import Batch, Receipt, SurveyedFiles

_Convert = Callable[[Any], Any]
_Element = TypeVar("_Element")

ELEMENTS = (SurveyedFiles, Batch, Receipt)
"""What travels between the steps of a run, beside numbers and paths."""

_ROUGHLY = 256
"""Bytes of a record; runners only want to know how much there is to send."""


class RecordCoder(Coder, Generic[_Element]):  # type: ignore[misc]
    """Encodes the instances of one dataclass."""

    def __init__(self, kind: type[_Element]) -> None:
        self._kind = kind

    def encode(self, value: _Element) -> bytes:
        return json.dumps(
            _writer(cast(Hashable, self._kind))(value), separators=(",", ":")
        ).encode()

    def decode(self, encoded: bytes) -> _Element:
        element: _Element = _reader(cast(Hashable, self._kind))(json.loads(encoded))
        return element

    def estimate_size(self, value: _Element) -> int:
        """Roughly, and without encoding the element for it."""
        return _ROUGHLY * (1 + sum(len(v) for v in vars(value).values() if isinstance(v, tuple)))

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


def _same(value: Any) -> Any:
    return value


@cache
def _writer(hint: Any) -> _Convert:
    """Turns a value of this annotation into what JSON has."""
    return _converter(hint, _writer, lambda data: data.decode("latin-1"), _list_of_values)


@cache
def _reader(hint: Any) -> _Convert:
    """The other way round."""
    return _converter(hint, _reader, lambda text: text.encode("latin-1"), _instance)


def _converter(
    hint: Any,
    inner: Callable[[Any], _Convert],
    of_bytes: _Convert,
    of_record: Callable[[type, list[tuple[str, _Convert]]], _Convert],
) -> _Convert:
    if hint in (str, int, float, bool, NoneType):
        return _same
    if hint is bytes:
        return of_bytes
    if isinstance(hint, type) and is_dataclass(hint):
        hints = get_type_hints(hint)
        return of_record(hint, [(f.name, inner(hints[f.name])) for f in fields(hint)])
    origin, given = get_origin(hint), get_args(hint)
    if origin is UnionType and len(given) == 2 and given[1] is NoneType:
        some = inner(given[0])
        return lambda value: None if value is None else some(value)
    if origin is tuple and len(given) == 2 and given[1] is ...:
        item = inner(given[0])
        return lambda values: tuple(map(item, values))
    if origin is tuple and all(one in (str, int) for one in given):
        return tuple
    if origin is Mapping and given[0] is str:
        value_of = inner(given[1])
        return lambda values: {name: value_of(value) for name, value in values.items()}
    raise TypeError(f"no element has a field of {hint}")


def _list_of_values(_kind: type, inside: list[tuple[str, _Convert]]) -> _Convert:
    return lambda record: [convert(getattr(record, name)) for name, convert in inside]


def _instance(kind: type, inside: list[tuple[str, _Convert]]) -> _Convert:
    converts = [convert for _, convert in inside]
    return lambda values: kind(
        *(convert(value) for convert, value in zip(converts, values, strict=True))
    )


def register() -> None:
    """Makes these the coders of what travels between the steps of a run."""
    for kind in ELEMENTS:
        registry.register_coder(kind, RecordCoder)
