"""The latest moment at which a declaration is in time, and whether it came later.

========================  =======================================  ============================
Declaration               Latest moment                            Source
========================  =======================================  ============================
start                     when work starts                         portal
end                       first working day after the end          portal
change: earlier start     when work starts                         portal
change: earlier end       first working day after the new end      portal
change: later end         first working day after the end so far   portal
cancellation              the day of the start that was declared   portal
other starting hour       when work starts                         orbiss (casual work)
later ending hour         8 hours after the one declared           orbiss (casual work)
earlier ending hour       the day of the end                       orbiss (casual work)
========================  =======================================  ============================

Portal: "When must the declaration be filed", https://www.socialsecurity.be/site_nl/employer/\
applics/dimona/general/when.htm. orbiss: "Laattijdige Dimona-aangiften", https://orbiss.be/nieuws/\
waarschuwing-laattijdige-dimona-aangiften-kunnen-leiden-tot-zeer-hoge-geldboeten.

Derived by us: a day that is given without an hour lasts until its end, since when on that day work
starts is not known; of an hour that moves, work starts at the earlier of both; of several things
that a change changes, the first deadline counts; a removed end is a later one. A start that moves
to a later day, planned hours and daily registrations have no deadline that we know: null, and
never late.

Days and hours are those of Belgium; moments are UTC.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.dimona.working_days import MINUTES, instants, local_days, next_working_days
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.conditions import holding, parse

_NEVER = np.iinfo(np.int64).max
_CASUAL_END = 8 * 60
"""Minutes after the declared end of casual work within which a later end may be told."""

_START = parse({"action": "IN", "starting_date": {"is": "present"}})
_OUT = parse({"action": "OUT", "ending_date": {"is": "present"}})
_CHANGE = parse({"action": "UPDATE", "period_known": True})
_CANCEL = parse({"action": "CANCEL", "period_starting_date": {"is": "present"}})
_CASUAL = parse({"action": "UPDATE", "period_worker_type": "EXT"})


def with_lateness(messages: pa.Table) -> pa.Table:
    """Declarations with the columns ``deadline`` and ``late``.

    Needs ``received_at``, and of a change or a cancellation the stored period (``stored``).
    """
    latest = deadlines(messages)
    received = messages.column("received_at").combine_chunks()
    late = pc.greater(received, latest)
    return messages.append_column("deadline", latest).append_column("late", late)


def with_reception_day(messages: pa.Table) -> pa.Table:
    """Declarations with ``received_on``, the day in Belgium of ``received_at``."""
    columns = Columns(messages)
    days = local_days(columns.numbers("received_at")).astype(np.int32)
    known = pa.array(days, pa.int32(), mask=~columns.numeric("received_at"))
    return messages.append_column("received_on", known.cast(pa.date32()))


def deadlines(messages: pa.Table) -> pa.Array:
    """The latest moment (UTC) of each declaration, null where none is known.

    Without the columns of a stored period only starts and ends have one.
    """
    columns = Columns(messages)
    latest = np.full(len(columns), _NEVER, dtype=np.int64)
    start = holding(columns, _START)
    _earliest(latest, start, _begins(columns, "starting_date", "starting_hour"))
    out = holding(columns, _OUT)
    _earliest(latest, out, _working_day_after(columns, "ending_date", out))
    if "period_known" in columns:
        _cancelled(columns, latest)
        _changed(columns, latest)
    known = latest != _NEVER
    found = instants(np.where(known, latest, 0))
    return pa.array(found, pa.timestamp("us", "UTC"), mask=~known)


def _cancelled(columns: Columns, latest: Whole) -> None:
    rows = holding(columns, _CANCEL)
    _earliest(latest, rows, columns.minutes("period_starting_date", None, MINUTES))


@dataclass(frozen=True, slots=True)
class _Moved:
    """Where a time becomes earlier or later, and where it moves from one hour to another."""

    earlier: Mask
    later: Mask
    hour: Mask


def _changed(columns: Columns, latest: Whole) -> None:
    change, casual = holding(columns, _CHANGE), holding(columns, _CASUAL)
    start = _moved(columns, "starting", change)
    new = _begins(columns, "after_starting_date", "after_starting_hour")
    old = _begins(columns, "period_starting_date", "period_starting_hour")
    _earliest(latest, start.earlier & ~start.hour, new)
    _earliest(latest, start.hour, np.minimum(new, old))
    end = _moved(columns, "ending", change)
    days = ~(end.hour & casual)
    for rows, day in ((end.earlier, "after_ending_date"), (end.later, "period_ending_date")):
        asked = rows & days
        _earliest(latest, asked, _working_day_after(columns, day, asked))
    hours = end.hour & casual
    _earliest(latest, hours & end.earlier, columns.minutes("after_ending_date", None, MINUTES))
    declared = columns.minutes("period_ending_date", "period_ending_hour", MINUTES)
    _earliest(latest, hours & end.later, declared + _CASUAL_END)


def _moved(columns: Columns, which: str, change: Mask) -> _Moved:
    """What a change does to the start or the end. Without an end it is later than any."""
    day, hour = f"{which}_date", f"{which}_hour"
    had = columns.numeric(f"period_{day}")
    open_ = np.where(columns.numeric(f"after_{day}"), 0, _NEVER >> 1)
    old = columns.minutes(f"period_{day}", f"period_{hour}", 0)
    new = columns.minutes(f"after_{day}", f"after_{hour}", 0) + open_
    both = columns.numeric(f"period_{hour}") & columns.numeric(f"after_{hour}")
    same_day = columns.numbers(f"period_{day}") == columns.numbers(f"after_{day}")
    hours = both & (old != new) & change & had
    differs = np.where(both, old != new, ~same_day) & change & had
    return _Moved(differs & (new < old), differs & (new > old), hours)


def _begins(columns: Columns, day: str, hour: str) -> Whole:
    """When work starts at the latest: at its hour, else at the end of its day."""
    return columns.minutes(day, hour, MINUTES)


def _working_day_after(columns: Columns, day: str, rows: Mask) -> Whole:
    """The end of the first working day after a day."""
    found = np.zeros(len(columns), dtype=np.int64)
    found[rows] = (next_working_days(columns.numbers(day)[rows]) + 1) * MINUTES
    return found


def _earliest(latest: Whole, rows: Mask, minutes: Whole) -> None:
    """Puts a deadline where none comes before it."""
    latest[rows] = np.minimum(latest[rows], minutes[rows])
