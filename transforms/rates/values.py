"""Dated values of a parameter: which one holds, and what holds when others are laid over them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import IntEnum

from schemas.quarter import Quarter

DAY = timedelta(days=1)


class Confidence(IntEnum):
    """How sure a number is; the weakest of several is their ``min``."""

    unverified = 0
    derived = 1
    sourced = 2


class NoRate(LookupError):
    """Nothing is known for this parameter in this time."""


@dataclass(frozen=True, slots=True)
class Value:
    """A dated value: first and last day (``None``: open), exact value, mark, reference."""

    first: date
    last: date | None
    value: Decimal
    confidence: Confidence
    reference: str

    @property
    def end(self) -> date:
        """The last day, ``date.max`` when open."""
        return self.last or date.max

    def covers(self, first: date, last: date) -> bool:
        """Whether it holds on every day from ``first`` to ``last``."""
        return self.first <= first and last <= self.end


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law; ``values`` are in order of time and do not overlap."""

    name: str
    topic: str
    title: str
    unit: str
    values: tuple[Value, ...]

    def at(self, quarter: Quarter) -> Value:
        """The value that holds the whole quarter; ``NoRate`` when there is none."""
        return self._holding(quarter.first_day, quarter.last_day, str(quarter))

    def during(self, first: date, last: date) -> Value:
        """The value that holds from ``first`` to ``last``; ``NoRate`` when there is none."""
        return self._holding(first, last, f"{first} to {last}")

    def _holding(self, first: date, last: date, time: str) -> Value:
        for value in self.values:
            if value.covers(first, last):
                return value
        raise NoRate(f"no value of {self.name} for {time}")

    def spans(self, first: date, last: date) -> Iterator[tuple[date, date, Value | None]]:
        """The days from ``first`` to ``last``, cut by what holds; ``None`` for a gap."""
        for value in self.values:
            if value.end < first or last < value.first:
                continue
            if first < value.first:
                yield first, value.first - DAY, None
            end = min(value.end, last)
            yield max(first, value.first), end, value
            if end == last:
                return
            first = end + DAY
        yield first, last, None

    def overlaid(self, over: Sequence[Value]) -> "Parameter":
        """With other values (in order of time) in place of its own on the days they cover."""
        kept = [piece for value in self.values for piece in _outside(value, over)]
        return replace(self, values=tuple(sorted([*kept, *over], key=lambda v: v.first)))


def _outside(value: Value, over: Sequence[Value]) -> Iterator[Value]:
    """The pieces of a value on the days that none of ``over`` covers."""
    first = value.first
    for cover in over:
        if cover.end < first or value.end < cover.first:
            continue
        if first < cover.first:
            yield replace(value, first=first, last=cover.first - DAY)
        if value.end <= cover.end:
            return
        first = cover.end + DAY
    yield replace(value, first=first)
