"""Periods that entries of a list are valid in, and what of them was lost or gained."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})(?:/|-?Q)([1-4])", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """First and last day; ``date.min`` and ``date.max`` for no bound."""

    first: date = date.min
    last: date = date.max

    def __str__(self) -> str:
        first = "" if self.first == date.min else self.first.isoformat()
        last = "" if self.last == date.max else self.last.isoformat()
        return f"{first}..{last}" if first or last else "always"

    @property
    def is_open(self) -> bool:
        return self.last == date.max

    def overlap(self, other: "Period") -> "Period | None":
        found = Period(max(self.first, other.first), min(self.last, other.last))
        return found if found.first <= found.last else None


ALWAYS = Period()


def period(first: str, last: str) -> Period:
    """The period between two texts: a day ``2023-01-31``, a month ``2023-01``, a quarter ``2023/1``
    or ``2023Q1``, a year; nothing, or any day of the year 9999, is no bound.

    Raises ``ValueError``.
    """
    found = Period(_first(first), _last(last))
    if found.first > found.last:
        raise ValueError(f"it ends ({last}) before it begins ({first})")
    return found


def _first(text: str) -> date:
    return _days(text)[0] if text else date.min


def _last(text: str) -> date:
    # Lists write an open end as any day of the year 9999.
    return _days(text)[1] if text and not text.startswith("9999") else date.max


def _days(text: str) -> tuple[date, date]:
    """First and last day of what a text names."""
    if month := _MONTH.fullmatch(text):
        return _months(int(month[1]), int(month[2]), 1)
    if quarter := _QUARTER.fullmatch(text):
        return _months(int(quarter[1]), 3 * int(quarter[2]) - 2, 3)
    if year := _YEAR.fullmatch(text):
        return _months(int(year[1]), 1, 12)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is no day, month, quarter or year: write it as 2023-01-31 or 2023/1"
        raise ValueError(message) from None
    return day, day


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    first = date(year, month, 1)
    behind = year * 12 + month - 1 + count
    return first, date(behind // 12, behind % 12 + 1, 1) - _DAY


def merged(periods: Iterable[Period]) -> tuple[Period, ...]:
    """The same days in as few periods as possible, in order."""
    found: list[Period] = []
    for one in sorted(periods):
        if found and (found[-1].is_open or one.first <= found[-1].last + _DAY):
            found[-1] = Period(found[-1].first, max(found[-1].last, one.last))
        else:
            found.append(one)
    return tuple(found)


def without(periods: Iterable[Period], taken: Iterable[Period]) -> tuple[Period, ...]:
    """The days of some periods that are in none of others."""
    left = list(merged(periods))
    for one in merged(taken):
        left = [part for period_ in left for part in _minus(period_, one)]
    return tuple(left)


def _minus(whole: Period, taken: Period) -> Iterable[Period]:
    if whole.overlap(taken) is None:
        return (whole,)
    parts = []
    if whole.first < taken.first:
        parts.append(Period(whole.first, taken.first - _DAY))
    if taken.last < whole.last:
        parts.append(Period(taken.last + _DAY, whole.last))
    return parts
