"""Declarations that a real quarter has: on time or late, and put right where they were wrong.

Whatever is wrong here is put right before it is late, so that the register ends in what is true.
Jobs with a defect have none of it.
"""

from dataclasses import dataclass

from transforms.synth.dimona.clerk import Clerk, no_earlier
from transforms.synth.dimona.defects import DATES_DIFFER, FLEXI_NOT_COVERED, LATE
from transforms.synth.dimona.jobs import AGENCIES, Job
from transforms.synth.dimona.message import CANCEL, DAILY, UPDATE, Message
from transforms.synth.dimona.timing import WAVES, day_of, slot_of
from transforms.synth.mixing import fraction, mixed

_ROOM = 8
"""Days that a correction needs."""
_CLEANING = "cleaning"
_CREATED, _CHANGED, _CANCELLED = 0, 1, 3
"""Status of a daily registration."""
_FROM, _UNTIL, _UNTIL_SOONER = "0800", "1600", "1500"
_OPENS, _CLOSES, _CLOSES_LATER = "1700", "2200", "2330"
"""Of the evening that a casual worker works; the last time of reception lies within it."""
_SALT = 0xD1
"""Sets what is drawn for an employer apart from other draws."""


@dataclass(slots=True)
class Begun:
    """A period as it was declared; ``closed``: with its end, ``late``: after its start."""

    start: Message
    closed: bool = False
    late: bool = False


def begun(clerk: Clerk, job: Job, defect: str | None, after: int) -> Begun:
    """The start of a job that begins in the quarter; with a defect it is sent ``after`` a slot."""
    if defect == "start-differs":
        return _moved_start(clerk, job)
    if defect is not None:
        slot = max(after, _ahead(clerk, job.first))
        return Begun(clerk.start(job, slot, job.first, None))
    late = _late(clerk, job.first, clerk.ends if job.last is None else job.last)
    if late is not None:
        made = clerk.start(job, late, job.first, None)
        _tell_late(clerk, job, made)
        return Begun(made, late=True)
    for name, write in _CHANGES:
        if clerk.hit(name):
            found = write(clerk, job)
            if found is not None:
                return found
    closed = job.last is not None and clerk.hit("dimona_fixed_term")
    last = job.last if closed else None
    return Begun(clerk.start(job, _ahead(clerk, job.first), job.first, last), closed)


def _wrong_start(clerk: Clerk, job: Job) -> Begun | None:
    """Another first day, put right until work starts."""
    days = clerk.desk.within("dimona_moved")
    if clerk.rng.random() < 0.5:
        days = -days
    said = job.first + days
    if not clerk.begins <= said <= clerk.ends:
        return None
    made = clerk.start(job, _ahead(clerk, min(said, job.first)), said, None)
    _change(clerk, job, made, clerk.any_time(min(said, job.first), job.first), first=job.first)
    return Begun(made)


def _wrong_worker(clerk: Clerk, job: Job) -> Begun | None:
    """Somebody else, whose period is cancelled before work starts."""
    if job.first - clerk.begins < 2:
        return None
    slot = _ahead(clerk, job.first - 1)
    wrong = clerk.start(job, slot, job.first, None, inss=clerk.extra_worker())
    slot = no_earlier(clerk.any_time(job.first - 1, job.first), wrong)
    clerk.send(CANCEL, slot, names=wrong)
    return Begun(clerk.start(job, no_earlier(slot, wrong), job.first, None))


def _prolonged(clerk: Clerk, job: Job) -> Begun | None:
    """A contract with an end that is moved, or taken away, before it comes."""
    said = job.first + _ROOM + clerk.upto(2 * _ROOM)
    if said >= (clerk.ends if job.last is None else job.last):
        return None
    made = clerk.start(job, _ahead(clerk, job.first), job.first, said)
    slot = clerk.any_time(job.first, said)
    _change(clerk, job, made, slot, last=job.last, no_end=job.last is None)
    return Begun(made, closed=job.last is not None)


_CHANGES = (
    ("dimona_wrong_start", _wrong_start),
    ("dimona_wrong_worker", _wrong_worker),
    ("dimona_prolonged", _prolonged),
)
"""What can happen to a start, one of them at most."""


def _moved_start(clerk: Clerk, job: Job) -> Begun:
    days = clerk.desk.within("dimona_moved")
    if job.first - days >= clerk.begins and clerk.rng.random() < 0.5:
        days = -days
    first = job.first + days
    made = clerk.start(job, _ahead(clerk, first), first, None)
    clerk.tell(
        "start-differs",
        DATES_DIFFER,
        job.inss,
        "the period starts on another day",
        made,
        days=days,
    )
    return Begun(made)


def ended(clerk: Clerk, job: Job, period: Message | int, defect: str | None) -> None:
    """The end of a job that ends in the quarter."""
    assert job.last is not None
    if defect == "end-differs":
        days = clerk.desk.within("dimona_moved")
        if job.last + days > clerk.ends or clerk.rng.random() < 0.5:
            days = -days
        _out(clerk, job, period, job.last + days)
        clerk.tell(
            "end-differs",
            DATES_DIFFER,
            job.inss,
            "the period ends on another day",
            period,
            days=days,
        )
        return
    begins = max(job.first, clerk.begins)
    if defect is None and job.last - begins > 2 * _ROOM and clerk.hit("dimona_wrong_end"):
        touched = None if isinstance(period, int) else day_of(period.touched)
        if touched is None or touched < job.last - _ROOM:
            _wrong_end(clerk, job, period, job.last)
            return
    _out(clerk, job, period, job.last)


def _out(clerk: Clerk, job: Job, period: Message | int, last: int) -> Message:
    """On the last day or the next one, which is in time whatever day of the week it is."""
    day = last + (1 if last < clerk.ends and clerk.hit("dimona_next_day") else 0)
    return clerk.end(job, period, no_earlier(clerk.any_time(day, day), period), last)


def _wrong_end(clerk: Clerk, job: Job, period: Message | int, last: int) -> None:
    """Another last day, put right in time: on the earlier of both days, or before."""
    days = clerk.desk.within("dimona_moved")
    if clerk.rng.random() < 0.5:
        days = -days
    sooner = min(last, last + days)
    clerk.end(job, period, no_earlier(clerk.any_time(sooner - 1, sooner - 1), period), last + days)
    _change(clerk, job, period, clerk.any_time(sooner, sooner), last=last)


def _change(
    clerk: Clerk,
    job: Job,
    period: Message | int,
    slot: int,
    first: int | None = None,
    last: int | None = None,
    no_end: bool = False,
    planned: int | None = None,
) -> None:
    clerk.send(
        UPDATE,
        no_earlier(slot, period),
        names=period,
        inss=job.inss if clerk.hit("dimona_names_worker") else None,
        first=first,
        last=last,
        no_end=no_end,
        planned=planned,
    )


# --- contracts ------------------------------------------------------------------------------------


def started(clerk: Clerk, job: Job, first: int, last: int) -> Message:
    """A contract of a flexi-job; one of a day has hours, and is there in the morning."""
    if first == last:
        slot = slot_of(first, 0)
        return clerk.start(job, slot, first, last, first_hour="0900", last_hour="1700")
    late = _late(clerk, first, last)
    made = clerk.start(job, _ahead(clerk, first) if late is None else late, first, last)
    if late is not None:
        _tell_late(clerk, job, made)
        clerk.tell("late", FLEXI_NOT_COVERED, job.inss, "a flexi-job that was declared late", made)
    return made


def casual_day(clerk: Clerk, job: Job, day: int) -> None:
    """A period of a casual worker: by the hour, or by the day without the hour of its end. It is
    there in the morning; after work has begun where it is late."""
    by_the_day = clerk.hit("dimona_casual_day")
    late = clerk.rng.random() < clerk.ways.late
    hours = {"first_hour": _OPENS, "last_hour": None if by_the_day else _CLOSES}
    made = clerk.start(job, slot_of(day, WAVES - 1 if late else 0), day, day, **hours)
    if late:
        _tell_late(clerk, job, made)
    elif not by_the_day and clerk.hit("dimona_wrong_end"):
        clerk.send(UPDATE, slot_of(day, WAVES - 1), names=made, last_hour=_CLOSES_LATER)


def planned(clerk: Clerk, job: Job, first: int, last: int, hours: int, *, plain: bool) -> Begun:
    """A contract of a student; ``plain``: on time, and right at once."""
    town = None
    if job.committee != AGENCIES and clerk.hit("dimona_place_of_work"):
        town = clerk.pick("city")
    late = None if plain else _late(clerk, first, last)
    if late is not None:
        made = clerk.start(job, late, first, last, planned=hours, place=town)
        _tell_late(clerk, job, made)
        return Begun(made, late=True)
    wrong = not plain and clerk.hit("dimona_wrong_hours")
    said = hours + 1 + clerk.upto(hours // 4) if wrong else hours
    made = clerk.start(job, _ahead(clerk, first), first, last, planned=said, place=town)
    if wrong:
        _change(clerk, job, made, clerk.any_time(first, last), planned=hours)
    return Begun(made, closed=True)


def registered_days(clerk: Clerk, job: Job, period: Message | int) -> None:
    """Some days of a worker whose employer chose to register days, one for one."""
    desk = clerk.desk
    chosen = fraction(mixed(desk.seed, desk.employer.index, _SALT))
    if desk.employer.sector.name != _CLEANING or chosen >= _share(clerk):
        return
    day = max(job.first, clerk.begins)
    last = clerk.ends if job.last is None else job.last
    for _ in range(desk.within("dimona_registered_days")):
        day += 1 + clerk.upto(_ROOM)
        if day >= last:
            return
        _registered(clerk, period, day)


def _share(clerk: Clerk) -> float:
    return clerk.desk.figures.number["dimona_registers_days"]


def _registered(clerk: Clerk, period: Message | int, day: int) -> None:
    hours = {"first": day, "first_hour": _FROM, "last": day, "last_hour": _UNTIL}
    slot = no_earlier(slot_of(day, WAVES - 1), period)
    made = clerk.send(DAILY, slot, names=period, status=_CREATED, **hours)
    slot = no_earlier(slot_of(min(day + 1, clerk.ends), clerk.upto(WAVES - 1)), made)
    if clerk.hit("dimona_days_changed"):
        clerk.send(DAILY, slot, status=_CHANGED, registration=made, last_hour=_UNTIL_SOONER)
    elif clerk.hit("dimona_days_cancelled"):
        clerk.send(DAILY, slot, status=_CANCELLED, registration=made)


# --- when -----------------------------------------------------------------------------------------


def _ahead(clerk: Clerk, first: int) -> int:
    """Some time before work starts, or on that day."""
    number = clerk.desk.figures.number
    days = int(number["dimona_lead"] * clerk.rng.random() ** number["dimona_lead_skew"])
    return clerk.any_time(first - days, first)


def _late(clerk: Clerk, first: int, last: int) -> int | None:
    """A time after the day on which work starts, for a share of the starts."""
    if clerk.rng.random() >= clerk.ways.late:
        return None
    day = first + clerk.desk.within("dimona_late_days")
    return None if day > last else clerk.any_time(day, day)


def _tell_late(clerk: Clerk, job: Job, made: Message) -> None:
    days = day_of(made.slot) - (made.first or 0)
    clerk.tell("late", LATE, job.inss, "declared late", made, stage="declaration", days=days)
