"""Days of a quarter as ordinals: counting working days without walking over them."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from schemas.quarter import Quarter

_WEEK = 7
FULL_WEEK = 500
"""Five days a week, in hundredths."""


@dataclass(frozen=True, slots=True)
class Span:
    """A quarter as day ordinals (``date.toordinal``), both ends included."""

    first: int
    last: int


@lru_cache(maxsize=4096)
def quarter_span(index: int) -> Span:
    """The quarter with this ``quarter_index``."""
    quarter = Quarter(index // 4, index % 4 + 1)
    return Span(quarter.first_day.toordinal(), quarter.last_day.toordinal())


def quarter_index(quarter: Quarter) -> int:
    """Quarters counted from the year 0, so that differences are numbers of quarters."""
    return quarter.year * 4 + quarter.number - 1


@lru_cache(maxsize=1 << 16)
def iso(ordinal: int) -> str:
    """``2023-03-31`` of a day ordinal."""
    return date.fromordinal(ordinal).isoformat()


@lru_cache(maxsize=1 << 16)
def working_time(first: int, last: int, days_a_week: int) -> int:
    """Days due from ``first`` to ``last``: hundredths, in half days, as zone 00063 wants them.

    ``days_a_week``: hundredths (zone 00047). Regimes up to five days spread evenly over Monday
    to Friday; a regime of six days works on Saturdays too.
    """
    if days_a_week > FULL_WEEK:
        return (_through(last, 6) - _through(first - 1, 6)) * 100
    hundredths = (_through(last, 5) - _through(first - 1, 5)) * days_a_week // 5
    return hundredths // 50 * 50


def _through(ordinal: int, days_a_week: int) -> int:
    """Working days from day 1 (a Monday) through ``ordinal``."""
    weeks, rest = divmod(ordinal, _WEEK)
    return weeks * days_a_week + min(rest, days_a_week)
