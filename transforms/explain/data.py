"""An explanation as one JSON document; exact numbers are text."""

import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from transforms.explain.tree import Explanation


def data(explanation: Explanation) -> Iterator[str]:
    """Pieces of the document; persons are written one by one, as they come."""
    known = {f.name: getattr(explanation, f.name) for f in fields(explanation)}
    people = known.pop("people")
    head = _written(known).removesuffix("\n}")
    yield head + ',\n "people": ['
    between = "\n"
    for person in people:
        yield between + _written(person)
        between = ",\n"
    yield "\n ]\n}\n"


def _written(thing: Any) -> str:
    return json.dumps(_plain(thing), ensure_ascii=False, indent=1)


def _plain(thing: Any) -> Any:
    """What JSON knows: decimals and dates as text, fractions as text like 65/62 or 0.38."""
    match thing:
        case Enum():
            return thing.name
        case Decimal():
            return f"{thing:f}"
        case Fraction():
            return _fraction(thing)
        case date():
            return thing.isoformat()
        case dict():
            return {name: _plain(value) for name, value in thing.items()}
        case list() | tuple():
            return [_plain(one) for one in thing]
    if is_dataclass(thing):
        return {f.name: _plain(getattr(thing, f.name)) for f in fields(thing)}
    return thing


def _fraction(value: Fraction) -> str:
    """As a decimal where it ends, else as it is."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return str(value)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return f"{exact:f}" if Fraction(exact) == value else str(value)
