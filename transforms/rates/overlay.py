"""Overlays: values that an analyst lays over the book to ask what if.

The file names parameters of the book, each with dated values as in a rate file. A value without
``confidence`` is ``unverified``, so that results say on what they rest.
"""

from collections.abc import Iterator
from typing import Any

from transforms.rates.book import Overlay, RateBook, fingerprint
from transforms.rates.reading import (
    RateFileError,
    mapping,
    read_values,
    read_yaml,
    text,
    with_keys,
)
from transforms.rates.values import Confidence, Value


def read_overlay(content: bytes, name: str, book: RateBook) -> Overlay:
    """An overlay for a book; ``RateFileError`` says which rule the file ``name`` breaks."""
    record = read_yaml(content, name)
    with_keys(record, {"title", "parameters"}, name)
    title = text(record["title"], "title", name)
    entries = mapping(record["parameters"], "parameters", name)
    return Overlay(title, dict(_values(entries, name, book)), fingerprint(content))


def _values(
    entries: dict[str, Any], name: str, book: RateBook
) -> Iterator[tuple[str, tuple[Value, ...]]]:
    for key, values in entries.items():
        if key not in book.parameters:
            raise RateFileError(f"{name}: no parameter {key!r} is in the book")
        unit = book.parameters[key].unit
        yield key, read_values(values, unit, f"{name}: {key}", Confidence.unverified)
