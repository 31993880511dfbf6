"""For which rows something holds, said by values of columns.

In a rule file a condition maps columns to what must hold of all of them::

    worker_type: EXT                        this value
    worker_type: [STU, O17]                 one of these
    worker_type: {not: [STU, O17]}          a value, and none of these
    ending_hour: {is: absent}               no value (or: is: present)
    starting_date: {from: 2017-01-01}       on or after it (and: until); numbers too
    ending_date: {same_as: starting_date}   the value of another column

A list of such mappings holds where one of them does. Null is no value: of all the above, only
``is: absent`` holds for it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.rules.columns import Columns, Mask

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Predicate:
    """What must hold of a column; of the fields that are given, all."""

    values: tuple[object, ...] | None = None
    none_of: tuple[object, ...] | None = None
    present: bool | None = None
    first: int | None = None
    last: int | None = None
    same_as: str | None = None


Condition = tuple[tuple[tuple[str, Predicate], ...], ...]
"""Alternatives, each of which is predicates that hold together."""

EVERYWHERE: Condition = ((),)


def parse(said: Any) -> Condition:
    """A condition as written; ``ValueError`` says what does not belong there."""
    alternatives = said if isinstance(said, list) and said else [said]
    return tuple(tuple(_alternative(one)) for one in alternatives)


def _alternative(said: Any) -> Iterator[tuple[str, Predicate]]:
    if not isinstance(said, dict) or not said:
        raise ValueError("a condition maps columns to what must hold of them")
    for column, what in said.items():
        yield str(column), _predicate(what, f"{column}: {what}")


def _predicate(said: Any, where: str) -> Predicate:
    if not isinstance(said, dict):
        return Predicate(values=_values(said, where))
    match said:
        case {"not": values, **rest} if not rest:
            return Predicate(none_of=_values(values, where))
        case {"is": "present" | "absent" as word, **rest} if not rest:
            return Predicate(present=word == "present")
        case {"same_as": str(other), **rest} if not rest:
            return Predicate(same_as=other)
        case _ if said and set(said) <= {"from", "until"}:
            return Predicate(first=_bound(said.get("from")), last=_bound(said.get("until")))
    raise ValueError(f"{where}: says not, is, same_as, from or until")


def _values(said: Any, where: str) -> tuple[object, ...]:
    values = tuple(said) if isinstance(said, list) else (said,)
    if not values or not all(isinstance(v, str | bool) for v in values):
        raise ValueError(f"{where}: values are texts (in quotes) or true and false")
    return values


def _bound(said: Any) -> int | None:
    if type(said) is date:
        return said.toordinal() - _EPOCH
    if said is None or type(said) is int:
        return said
    raise ValueError(f"{said!r} is neither a date nor a whole number")


def columns_of(condition: Condition) -> set[str]:
    """Every column that a condition looks at."""
    found = {column for alternative in condition for column, _ in alternative}
    others = {p.same_as for alternative in condition for _, p in alternative if p.same_as}
    return found | others


def holding(columns: Columns, condition: Condition) -> Mask:
    """The rows for which a condition holds."""
    found = np.zeros(len(columns), dtype=np.bool_)
    for alternative in condition:
        every = np.ones(len(columns), dtype=np.bool_)
        for column, predicate in alternative:
            named = f"{column} {predicate}"
            every &= columns.once(named, partial(_of, columns, column, predicate))
        found |= every
    return found


def _of(columns: Columns, column: str, predicate: Predicate) -> Mask:
    if predicate.present is not None:
        present = columns.present(column)
        return present if predicate.present else ~present
    if predicate.values is not None:
        return _among(columns, column, predicate.values)
    if predicate.none_of is not None:
        return columns.present(column) & ~_among(columns, column, predicate.none_of)
    if predicate.same_as is not None:
        return same(columns, column, predicate.same_as)
    numbers, found = columns.numbers(column), columns.numeric(column).copy()
    if predicate.first is not None:
        found &= numbers >= predicate.first
    if predicate.last is not None:
        found &= numbers <= predicate.last
    return found


def _among(columns: Columns, column: str, values: tuple[object, ...]) -> Mask:
    codes, distinct = columns.codes(column)
    return np.array([value in values for value in distinct] + [False], dtype=np.bool_)[codes]


def same(columns: Columns, one: str, other: str) -> Mask:
    """Where two columns both have a value, and the same."""
    both = columns.present(one) & columns.present(other)
    if columns.array(one).type == pa.string():
        equal = pc.equal(columns.array(one), columns.array(other))
        alike: Mask = np.asarray(pc.fill_null(equal, False))
    else:
        alike = columns.numbers(one) == columns.numbers(other)
    found: Mask = both & alike
    return found
