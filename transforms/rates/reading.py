"""Reads rate files, and refuses what breaks the rules of the folder."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import Any

import yaml

from transforms.rates.units import UNITS, number
from transforms.rates.values import DAY, Confidence, Parameter, Value

# libyaml reads the folder ten times as fast; both loaders build the same objects.
_SAFE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class RateFileError(ValueError):
    """A rate file breaks the rules of its folder."""


def read_topic(content: bytes, name: str) -> tuple[Parameter, ...]:
    """The parameters of one rate file; ``RateFileError`` says which rule it breaks."""
    record = read_yaml(content, name)
    with_keys(record, {"topic", "title", "parameters"}, name)
    topic = record["topic"]
    if name != f"{topic}.yaml":
        raise RateFileError(f"{name}: the file is named after its topic")
    text(record["title"], "title", name)
    entries = mapping(record["parameters"], "parameters", name)
    return tuple(_parameter(key, entry, topic, name) for key, entry in entries.items())


def _parameter(key: Any, entry: Any, topic: str, name: str) -> Parameter:
    if not isinstance(key, str) or not key.isidentifier():
        raise RateFileError(f"{name}: {key!r} is no name of a parameter")
    where = f"{name}: {key}"
    record = mapping(entry, "a parameter", where)
    with_keys(record, {"title", "unit", "values"}, where)
    title, unit = text(record["title"], "title", where), record["unit"]
    if unit not in UNITS:
        raise RateFileError(f"{where}: unit {unit!r} is none of {', '.join(UNITS)}")
    return Parameter(key, topic, title, unit, read_values(record["values"], unit, where))


def read_values(
    entries: Any, unit: str, where: str, mark: Confidence | None = None
) -> tuple[Value, ...]:
    """Dated values in order of time; ``mark`` is the confidence of those that give none."""
    if not isinstance(entries, list) or not entries:
        raise RateFileError(f"{where}: values is a list of at least one")
    values = [_value(mapping(e, "a value", where), unit, where, mark) for e in entries]
    return tuple(_closed(values, where))


def _value(entry: Mapping[str, Any], unit: str, where: str, mark: Confidence | None) -> Value:
    unknown = set(entry) - {"from", "until", "value", "confidence", "reference"}
    if unknown:
        raise RateFileError(f"{where}: unknown keys {', '.join(sorted(map(str, unknown)))}")
    first = _day(entry.get("from"), "from", where)
    where = f"{where} from {first}"
    last = _day(entry["until"], "until", where) if "until" in entry else None
    if last is not None and last < first:
        raise RateFileError(f"{where}: 'from' and 'until' are not in order of time")
    if not isinstance(entry.get("value"), str):
        raise RateFileError(f"{where}: a value is written as a string, so that no float creeps in")
    try:
        value = number(entry["value"], unit)
    except ValueError as error:
        raise RateFileError(f"{where}: {error}") from error
    confidence = _mark(entry["confidence"], where) if "confidence" in entry else mark
    if confidence is None:
        raise RateFileError(f"{where}: every value needs a confidence")
    return Value(first, last, value, confidence, text(entry.get("reference"), "reference", where))


def _mark(name: Any, where: str) -> Confidence:
    marks = {mark.name: mark for mark in Confidence}
    if not isinstance(name, str) or name not in marks:
        raise RateFileError(f"{where}: confidence {name!r} is none of {', '.join(marks)}")
    return marks[name]


def _day(day: Any, key: str, where: str) -> date:
    if type(day) is not date:  # a moment is a date too, to Python
        raise RateFileError(f"{where}: {key!r} is a date, written 2023-01-31")
    return day


def _closed(values: list[Value], where: str) -> Iterator[Value]:
    """Closes every open value on the eve of the next; refuses overlaps and disorder."""
    for value, following in pairwise(values):
        overlap = value.last is not None and value.last >= following.first
        if value.first >= following.first or overlap:
            raise RateFileError(
                f"{where}: values from {value.first} and {following.first} overlap or are not in"
                " order of time"
            )
        yield replace(value, last=value.last or following.first - DAY)
    yield values[-1]


def with_keys(record: Mapping[str, Any], keys: set[str], where: str) -> None:
    """Refuses a record that lacks one of the keys or has others."""
    if set(record) != keys:
        raise RateFileError(f"{where}: needs exactly {', '.join(sorted(keys))}")


def mapping(value: Any, what: str, where: str) -> dict[str, Any]:
    if not isinstance(value, dict) or not value:
        raise RateFileError(f"{where}: {what}: a mapping is expected")
    return value


def text(value: Any, what: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise RateFileError(f"{where}: {what} is missing, or no text")
    return value


def read_yaml(content: bytes, name: str) -> dict[str, Any]:
    """A mapping without duplicate keys."""
    try:
        record = yaml.load(content, Loader=_StrictLoader)  # noqa: S506 (a safe loader)
    except (yaml.YAMLError, ValueError) as error:
        raise RateFileError(f"{name}: {error}") from error
    if not isinstance(record, dict):
        raise RateFileError(f"{name}: a mapping is expected")
    return record


class _StrictLoader(_SAFE):  # type: ignore[misc]
    """YAML that refuses a key given twice (plain YAML keeps the last one silently)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {str(key) for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"given twice: {', '.join(sorted(twice))}")
        mapped: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return mapped
