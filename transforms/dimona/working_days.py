"""Belgian days and hours: working days, and the moment that a local time is."""

from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import numpy.typing as npt

from transforms.rules.columns import Whole

BRUSSELS = ZoneInfo("Europe/Brussels")
MINUTES = 1440
"""Minutes of a day by the clock, whatever happens to summer time in it."""

_EPOCH = date(1970, 1, 1).toordinal()
_UTC = ZoneInfo("UTC")
_LAST_YEAR = 2099
"""Beyond it no holiday is looked up: 9999 is written where an end is not known."""


def next_working_days(days: Whole) -> Whole:
    """The first working day after each day (days since 1970): neither a Saturday, a Sunday nor a
    legal holiday."""
    if not len(days):
        return days
    at = days.astype("datetime64[D]")
    free = _holidays(*_years(days))
    after = np.busday_offset(at, 1, roll="backward", holidays=free)
    found: Whole = after.astype(np.int64)
    return found


def _years(days: Whole) -> tuple[int, int]:
    first, last = (
        date.fromordinal(min(int(day) + _EPOCH, date.max.toordinal())).year
        for day in (days.min(), days.max())
    )
    return min(first, _LAST_YEAR), min(last + 1, _LAST_YEAR)


@cache
def _holidays(first: int, last: int) -> npt.NDArray[np.datetime64]:
    """Legal holidays of Belgium in some years, in order."""
    found = holidays.country_holidays("BE", years=range(first, last + 1))
    return np.array(sorted(found), dtype="datetime64[D]")


def instants(minutes: Whole) -> Whole:
    """Minutes since 1970 by a clock in Belgium as microseconds since 1970, UTC.

    Of an hour that a clock shows twice it is the first; one that it skips is read by the offset
    before the change.
    """
    days, where = np.unique(np.floor_divide(minutes, MINUTES), return_inverse=True)
    begins = np.array([_offset(int(day), 0) for day in days], dtype=np.int64)
    ends = np.array([_offset(int(day) + 1, 0) for day in days], dtype=np.int64)
    offset = begins[where]
    # In a day that the clock changes in, each time has its own offset.
    for i in np.flatnonzero((begins != ends)[where]):
        offset[i] = _offset(*divmod(int(minutes[i]), MINUTES))
    return (minutes - offset) * 60_000_000


def _offset(day: int, minute: int) -> int:
    """Minutes that Belgium is ahead of UTC at a time of its own clock."""
    if day + _EPOCH >= date.max.toordinal():
        return 60
    midnight = datetime.fromordinal(day + _EPOCH).replace(tzinfo=BRUSSELS)
    ahead = (midnight + timedelta(minutes=minute)).utcoffset()
    assert ahead is not None
    return int(ahead.total_seconds() // 60)


def local_day(moment: datetime) -> date:
    """The day in Belgium of a moment, which needs a time zone."""
    return moment.astimezone(BRUSSELS).date()


def local_days(moments: Whole) -> Whole:
    """Days in Belgium (since 1970) of microseconds since 1970, UTC."""
    hours, where = np.unique(np.floor_divide(moments, 3_600_000_000), return_inverse=True)
    begun = (datetime.fromtimestamp(int(hour) * 3600, _UTC) for hour in hours)
    days = np.array([local_day(moment).toordinal() - _EPOCH for moment in begun], dtype=np.int64)
    found: Whole = days[where]
    return found
