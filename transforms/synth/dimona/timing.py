"""When files are received: some times of each day, the same for every sender.

A slot is one of these times, counted from the year 1, so that slots sort as moments do. All of them
fall on one day in Belgium and in UTC.
"""

from datetime import UTC, date, datetime
from functools import lru_cache

from transforms.dimona.working_days import BRUSSELS

_HOURS = (5, 10, 14, 18)
"""Hours in UTC: before work, twice in the day, in the evening."""
WAVES = len(_HOURS)
_SENDERS = 3_599
"""Seconds after the hour at which a sender delivers; the last ones share theirs."""


def slot_of(day: int, wave: int) -> int:
    """The slot at a time of a day (ordinal)."""
    return day * WAVES + wave


def day_of(slot: int) -> int:
    return slot // WAVES


def moment(slot: int, sender: int) -> int:
    """When a sender's files of a slot are received: seconds since 1970, UTC."""
    return _hour(slot) + min(sender, _SENDERS)


@lru_cache(maxsize=1 << 12)
def _hour(slot: int) -> int:
    day, wave = divmod(slot, WAVES)
    at = date.fromordinal(day)
    return int(datetime(at.year, at.month, at.day, _HOURS[wave], tzinfo=UTC).timestamp())


@lru_cache(maxsize=1 << 16)
def created(slot: int, minutes: int) -> tuple[str, str]:
    """Day and hour, as a clock in Belgium shows them, some ``minutes`` before the hour of a slot:
    what a form of that slot says of its creation."""
    at = datetime.fromtimestamp(_hour(slot) - 60 * minutes, BRUSSELS)
    return at.date().isoformat(), f"{at:%H:%M}:00.000"
