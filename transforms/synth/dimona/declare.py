"""How each kind of job is declared, so that periods and DmfA agree.

What an ordinary job needs is one period. Agency work is a chain of contracts without a gap, cut at
quarters; a flexi-job has contracts within each quarter, a student too, with planned hours, and a
casual worker a period a day.
"""

from transforms.synth.dimona import traffic
from transforms.synth.dimona.clerk import Clerk
from transforms.synth.dimona.defects import (
    CASUAL_WITHOUT,
    DAYS_WITHOUT,
    FLEXI_NOT_COVERED,
    HOURS_DIFFER,
    NO_DIMONA,
    NO_DMFA,
    NO_HOURS,
    drawn,
)
from transforms.synth.dimona.jobs import AGENCIES, Job
from transforms.synth.dimona.message import Message
from transforms.synth.dimona.quota import tell_beyond, used_before
from transforms.synth.dimona.refused import refused_end, refused_start, repeated_start
from transforms.synth.dimona.timing import WAVES, slot_of

_WEEK, _FRIDAY = 7, 4
_MONTH = 31
_HOURS_A_CONTRACT = 4
_CONTRACTS = 3


def declare(clerk: Clerk, job: Job) -> None:
    """All declarations about one job that are received in the quarter, and its stock."""
    defect = drawn(clerk, job)
    if defect == "no-dimona" or _never_declared(clerk, job):
        clerk.tell("no-dimona", NO_DIMONA, job.inss, "nothing was declared")
        if job.kind == "student":
            clerk.tell("no-dimona", NO_HOURS, job.inss, "nothing was declared", hours=job.hours)
        return
    if defect == "no-dmfa":
        _without_dmfa(clerk, job)
    match job.kind:
        case "student":
            _student(clerk, job, defect)
        case "flexi":
            _flexi(clerk, job, defect)
        case "casual":
            _casual(clerk, job, defect)
        case _ if job.committee == AGENCIES:
            _agency(clerk, job)
        case _:
            _ordinary(clerk, job, defect)
    clerk.workers.add(job.inss)
    if clerk.hit("dimona_dwd") and job.committee != AGENCIES:
        _without_dmfa(clerk, job, "DWD")


def _never_declared(clerk: Clerk, job: Job) -> bool:
    """It began before the quarter, and there is no period of it in the quarter before."""
    follows = clerk.ways.follows
    chained = job.committee == AGENCIES or job.kind in ("student", "flexi", "casual")
    began = job.first < clerk.begins and not chained
    return began and follows is not None and not follows[job.number]


# --- one period for the whole job -----------------------------------------------------------------


def _ordinary(clerk: Clerk, job: Job, defect: str | None) -> None:
    period: Message | int | None
    closed = False
    if job.first < clerk.begins:
        period = _from_before(clerk, job)
    else:
        begun = traffic.begun(clerk, job, defect, refused_start(clerk, job, defect))
        period, closed = begun.start, begun.closed
        repeated_start(clerk, job, defect, begun.start)
    if period is None:
        return
    if defect is None:
        traffic.registered_days(clerk, job, period)
    if job.last is None:
        clerk.open[job.number] = period
    elif not closed:
        traffic.ended(clerk, job, period, defect)
        refused_end(clerk, job, defect, period)


def _from_before(clerk: Clerk, job: Job) -> Message | int | None:
    """The period of a job that began before the quarter; ``None`` where its number is not known."""
    if clerk.ways.stock:
        slot = slot_of(job.first, clerk.upto(WAVES - 1))
        return clerk.start(job, slot, job.first, None)
    follows = clerk.ways.follows
    return int(follows[job.number]) if follows is not None else None


# --- chains of contracts --------------------------------------------------------------------------


def _agency(clerk: Clerk, job: Job) -> None:
    """Contracts of a week or a day, one behind the other; before the quarter there was one."""
    if job.first < clerk.begins and clerk.ways.stock:
        slot = slot_of(job.first, clerk.upto(WAVES - 1))
        clerk.start(job, slot, job.first, clerk.begins - 1)
    first, last = _in_quarter(clerk, job)
    by_the_day, user = clerk.hit("dimona_by_the_day"), clerk.user()
    while first <= last:
        weekday = (first - 1) % _WEEK
        ends = first + (0 if by_the_day and weekday < _FRIDAY else _WEEK - 1 - weekday)
        slot = clerk.any_time(first - clerk.upto(1), first)
        clerk.start(job, slot, first, min(ends, last), user=user)
        first = ends + 1


def _flexi(clerk: Clerk, job: Job, defect: str | None) -> None:
    first, last = _in_quarter(clerk, job)
    if defect == "flexi-not-covered":
        days = 1 + clerk.upto(_MOVED)
        late_start = clerk.rng.random() < 0.5
        first, last = (first + days, last) if late_start else (first, last - days)
    made = [
        traffic.started(clerk, job, begins, ends) for begins, ends in _contracts(clerk, first, last)
    ]
    if defect == "flexi-not-covered":
        side = "starts later than" if late_start else "ends before"
        clerk.tell(defect, FLEXI_NOT_COVERED, job.inss, f"{side} the flexi-job", *made, days=days)


_MOVED = 5
"""Days at most by which a flexi-job is not covered, and one more."""


def _contracts(clerk: Clerk, first: int, last: int) -> list[tuple[int, int]]:
    """One contract for all days, or one for each month or so; none but the last has one day."""
    if not clerk.hit("dimona_flexi_contracts"):
        return [(first, last)]
    cuts = [day for day in range(first, last, _MONTH) if day == first or last - day > 1]
    return [(day, ends - 1) for day, ends in zip(cuts, [*cuts[1:], last + 1], strict=True)]


def _casual(clerk: Clerk, job: Job, defect: str | None) -> None:
    if defect == "casual-without-ext":
        first, last = job.days[0], job.days[-1]
        made = clerk.start(job, clerk.any_time(first, first), first, last, worker_type="OTH")
        clerk.tell(defect, CASUAL_WITHOUT, job.inss, "declared as OTH", made, days=len(job.days))
        return
    for day in job.days:
        traffic.casual_day(clerk, job, day)


# --- students -------------------------------------------------------------------------------------


def _student(clerk: Clerk, job: Job, defect: str | None) -> None:
    first, last = _in_quarter(clerk, job)
    if defect == "student-without-hours":
        slot = clerk.any_time(first, first)
        other = clerk.start(job, slot, first, last, worker_type="OTH")
        clerk.tell(defect, NO_HOURS, job.inss, "declared as OTH", other, hours=job.hours)
        clerk.tell(defect, DAYS_WITHOUT, job.inss, "a student has no occupation", other)
        return
    hours = job.hours
    if defect == "student-hours-differ":
        hours += 1 + clerk.upto(hours // 2)
    refused_start(clerk, job, defect)
    if defect == "student-over-quota":
        used_before(clerk, job)
    made = _planned(clerk, job, first, last, hours, plain=defect is not None)
    if defect == "student-over-quota":
        tell_beyond(clerk, job, made)
    if hours != job.hours:
        clerk.tell(
            "student-hours-differ",
            HOURS_DIFFER,
            job.inss,
            "other hours were planned",
            *made,
            hours=job.hours,
            planned=hours,
        )


def _planned(
    clerk: Clerk, job: Job, first: int, last: int, hours: int, *, plain: bool
) -> list[Message]:
    """Contracts with these hours together; ``plain``: on time, and right at once."""
    made, beyond = [], 0
    count = 1 + clerk.upto(_CONTRACTS - 1)
    count = max(1, min(count, hours // _HOURS_A_CONTRACT, (last - first + 1) // 2))
    days = (last - first + 1) // count
    for number in range(count):
        begins = first + number * days
        ends = min(begins + clerk.desk.within("dimona_student_days"), begins + days - 1)
        share = hours // count + (hours % count if number == 0 else 0)
        period = traffic.planned(clerk, job, begins, max(ends, begins), share, plain=plain)
        made.append(period.start)
        beyond += share if period.late else 0
    if beyond:
        code = NO_HOURS if beyond == hours else HOURS_DIFFER
        clerk.tell(
            "late",
            code,
            job.inss,
            "hours beyond the quota: declared late",
            *made,
            hours=job.hours,
            planned=hours - beyond,
        )
    return made


# --- beside the jobs ------------------------------------------------------------------------------


def _without_dmfa(clerk: Clerk, job: Job, worker_type: str = "OTH") -> None:
    """A period of somebody who is not in the DmfA: none is due of type DWD."""
    first, last = _in_quarter(clerk, job)
    inss = clerk.extra_worker()
    slot = clerk.any_time(first, first)
    made = clerk.start(job, slot, first, last, inss=inss, worker_type=worker_type)
    if worker_type != "DWD":
        clerk.workers.add(inss)
        clerk.tell("no-dmfa", NO_DMFA, inss, "a worker who is not in the DmfA", made)


def _in_quarter(clerk: Clerk, job: Job) -> tuple[int, int]:
    """First and last day of a job in the quarter."""
    return max(job.first, clerk.begins), clerk.ends if job.last is None else job.last
