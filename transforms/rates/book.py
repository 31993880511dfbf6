"""Reads the rate files and answers what holds in a quarter."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from enum import IntEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from schemas.quarter import Quarter

UNITS = ("fraction", "factor")


class Confidence(IntEnum):
    """How sure a number is; the weakest of several is their ``min``."""

    unverified = 0
    derived = 1
    sourced = 2


class NoRate(LookupError):
    """Nothing is known for this parameter in this quarter."""


class RateFileError(ValueError):
    """A rate file breaks the rules of its folder."""


@dataclass(frozen=True, slots=True)
class Value:
    """A dated value: first and last day (``None``: open), exact value, mark, reference."""

    first: date
    last: date | None
    value: Decimal
    confidence: Confidence
    reference: str

    def covers(self, quarter: Quarter) -> bool:
        return self.first <= quarter.first_day and (
            self.last is None or quarter.last_day <= self.last
        )


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    title: str
    unit: str
    values: tuple[Value, ...]

    def at(self, quarter: Quarter) -> Value:
        """The value that holds the whole quarter; ``NoRate`` when there is none."""
        for value in self.values:
            if value.covers(quarter):
                return value
        raise NoRate(f"no value of {self.name} for {quarter}")


@dataclass(frozen=True, slots=True)
class RateBook:
    parameters: Mapping[str, Parameter]
    fingerprint: str

    def at(self, name: str, quarter: Quarter) -> Value:
        return self.parameters[name].at(quarter)


@cache
def rate_book() -> RateBook:
    """The rates that kwartaal ships."""
    folder = files("transforms.rates")
    return read_book(f for f in folder.iterdir() if f.name.endswith(".yaml"))


def read_book(sources: Iterable[Traversable]) -> RateBook:
    parameters: dict[str, Parameter] = {}
    digest = hashlib.sha256()
    for source in sorted(sources, key=lambda f: f.name):
        content = source.read_bytes()
        digest.update(content)
        parameter = read_parameter(content, source.name)
        parameters[parameter.name] = parameter
    return RateBook(parameters, digest.hexdigest()[:16])


def read_parameter(content: bytes, name: str) -> Parameter:
    """One rate file; ``RateFileError`` says which rule of the folder it breaks."""
    record = read_yaml(content, name)
    if set(record) != {"parameter", "title", "unit", "values"}:
        raise RateFileError(f"{name}: needs exactly parameter, title, unit, values")
    if name != f"{record['parameter']}.yaml":
        raise RateFileError(f"{name}: the file is named after its parameter")
    if record["unit"] not in UNITS:
        raise RateFileError(f"{name}: unit {record['unit']!r} is none of {', '.join(UNITS)}")
    values = [_value(entry, name) for entry in record["values"]]
    return Parameter(record["parameter"], record["title"], record["unit"], _in_order(values, name))


def read_yaml(content: bytes, name: str) -> dict[str, Any]:
    """A mapping without duplicate keys."""
    try:
        record = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 (a SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise RateFileError(f"{name}: {error}") from error
    if not isinstance(record, dict):
        raise RateFileError(f"{name}: a mapping is expected")
    return record


def _value(entry: dict[str, Any], name: str) -> Value:
    unknown = set(entry) - {"from", "until", "value", "confidence", "reference"}
    if unknown:
        raise RateFileError(f"{name}: unknown keys {sorted(unknown)}")
    if not isinstance(entry.get("value"), str):
        raise RateFileError(f"{name}: a value is written as a string, so that no float creeps in")
    first, last = entry.get("from"), entry.get("until")
    if not isinstance(first, date):
        raise RateFileError(f"{name}: every value needs a date in 'from'")
    if last is not None and not isinstance(last, date):
        raise RateFileError(f"{name}: 'until' is a date")
    if last is not None and last < first:
        raise RateFileError(f"{name}: 'from' and 'until' are not in order of time")
    if not entry.get("reference"):
        raise RateFileError(f"{name}: every value needs a reference")
    try:
        value = Decimal(entry["value"])
        confidence = Confidence[entry["confidence"]]
    except (InvalidOperation, KeyError) as error:
        raise RateFileError(f"{name}: value or confidence not understood: {error}") from error
    if not value.is_finite():
        raise RateFileError(f"{name}: {value} is not a number to compute with")
    return Value(first, last, value, confidence, entry["reference"])


def _in_order(values: list[Value], name: str) -> tuple[Value, ...]:
    """Closes every open value the day before the next; refuses overlaps and disorder."""
    closed: list[Value] = []
    for value, following in zip(values, [*values[1:], None], strict=True):
        last = value.last
        if following is not None:
            eve = following.first - timedelta(days=1)
            if value.first > eve or (last is not None and last > eve):
                raise RateFileError(f"{name}: values overlap or are not in order of time")
            last = last or eve
        closed.append(Value(value.first, last, value.value, value.confidence, value.reference))
    return tuple(closed)


class _StrictLoader(yaml.SafeLoader):
    """YAML that refuses a key given twice (plain YAML keeps the last one silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"given twice: {', '.join(sorted(twice))}")
        return super().construct_mapping(node, deep=deep)
