"""What can be wrong on purpose: how a Dimona disagrees with the DmfA, and what rules refuse.

A worker of a job gets one defect at most. Shares are of the jobs that a defect can spoil, in the
order of the table; those that had one already are out of what the next ones can spoil.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from transforms.synth.dimona.clerk import Clerk
from transforms.synth.dimona.jobs import AGENCIES, Job

MORE_WORKERS, FEWER_WORKERS = "90007-262", "90007-263"
"""The DmfA has more, or fewer, workers than the Dimona: told of each employer where it is so."""
FLEXI_NOT_COVERED, CASUAL_WITHOUT = "90015-485", "90015-456"
HOURS_DIFFER, NO_HOURS = "90017-502", "90017-504"
NO_DIMONA, NO_DMFA = "kwartaal:no_dimona", "kwartaal:no_dmfa"
DATES_DIFFER, DAYS_WITHOUT = "kwartaal:dates_differ", "kwartaal:days_without_dmfa"
LATE, BEYOND, OVERLAP = "90373-460", "90017-369", "90373-334"

_ROOM = 12
"""Days that a stretch needs for its dates to be moved."""


@dataclass(frozen=True, slots=True)
class Defect:
    """``stage``: what finds it, ``confrontation`` with the DmfA or rules of the ``declaration``.

    ``code``: the official one, where there is one. ``fits``: which jobs it can spoil.
    """

    name: str
    stage: str
    code: str | None
    meaning: str
    fits: Callable[[Clerk, Job], bool]


def _starts(clerk: Clerk, job: Job) -> bool:
    return _steady(job) and job.first >= clerk.begins


def _starts_well_inside(clerk: Clerk, job: Job) -> bool:
    ends = clerk.ends if job.last is None else job.last
    return _starts(clerk, job) and clerk.begins < job.first <= ends - _ROOM


def _ends(clerk: Clerk, job: Job) -> bool:
    """The period can be named and ended: it is known, and its end is not in its start."""
    return _steady(job) and job.last is not None and _known(clerk, job)


def _ends_well_inside(clerk: Clerk, job: Job) -> bool:
    begins = max(job.first, clerk.begins)
    return job.last is not None and _ends(clerk, job) and job.last - begins >= _ROOM


def _known(clerk: Clerk, job: Job) -> bool:
    ways = clerk.ways
    if job.first >= clerk.begins or ways.stock:
        return True
    return ways.follows is not None and bool(ways.follows[job.number])


def _steady(job: Job) -> bool:
    """A job that has one period from its start to its end."""
    return job.kind in ("ordinary", "public", "statutory", "apprentice") and not _agency(job)


def _agency(job: Job) -> bool:
    return job.committee == AGENCIES


def _undeclared(clerk: Clerk, job: Job) -> bool:
    return job.due and (job.first >= clerk.begins or clerk.ways.stock or not _steady(job))


def _of(kind: str) -> Callable[[Clerk, Job], bool]:
    return lambda clerk, job: job.kind == kind


def _flexi_stretch(clerk: Clerk, job: Job) -> bool:
    last = clerk.ends if job.last is None else job.last
    return job.kind == "flexi" and last - max(job.first, clerk.begins) >= _ROOM


def _any(clerk: Clerk, job: Job) -> bool:
    return job.due


def _planned(clerk: Clerk, job: Job) -> bool:
    return job.kind == "student" and job.hours >= _ROOM


def _with_neighbour(clerk: Clerk, job: Job) -> bool:
    return clerk.neighbour is not None and _planned(clerk, job)


_FOUND, _REFUSED = "confrontation", "declaration"

DEFECTS = (
    Defect("no-dimona", _FOUND, NO_DIMONA, "a relation without any Dimona", _undeclared),
    Defect("no-dmfa", _FOUND, NO_DMFA, "a worker with a Dimona who is not in the DmfA", _any),
    Defect(
        "start-differs",
        _FOUND,
        DATES_DIFFER,
        "a period starts on another day",
        _starts_well_inside,
    ),
    Defect("end-differs", _FOUND, DATES_DIFFER, "a period ends on another day", _ends_well_inside),
    Defect(
        "casual-without-ext",
        _FOUND,
        CASUAL_WITHOUT,
        "casual work is declared as ordinary work",
        _of("casual"),
    ),
    Defect(
        "flexi-not-covered",
        _FOUND,
        FLEXI_NOT_COVERED,
        "the period of a flexi-job starts after it or ends before it",
        _flexi_stretch,
    ),
    Defect(
        "student-hours-differ",
        _FOUND,
        HOURS_DIFFER,
        "other hours are planned than the student declares",
        _planned,
    ),
    Defect(
        "student-without-hours",
        _FOUND,
        NO_HOURS,
        "a student is declared as an ordinary worker, so without hours",
        _of("student"),
    ),
    Defect(
        "student-over-quota",
        _FOUND,
        HOURS_DIFFER,
        "hours at another employer before leave half of these within the quota of the year",
        _with_neighbour,
    ),
    Defect(
        "wrong-inss", _REFUSED, "00024-003", "a start with wrong check digits of the INSS", _starts
    ),
    Defect("end-before-start", _REFUSED, "00911-014", "a start that ends the day before", _starts),
    Defect("hours-not-due", _REFUSED, "01135-005", "planned hours of an ordinary worker", _starts),
    Defect(
        "student-without-end",
        _REFUSED,
        "00911-001",
        "a student's start without end",
        _of("student"),
    ),
    Defect("duplicate-start", _REFUSED, "90373-333", "the same start once more", _starts),
    Defect("unknown-period", _REFUSED, "00913-354", "an end of a period that is not there", _ends),
    Defect("second-end", _REFUSED, "00913-356", "the end of a period once more", _ends),
)
"""In the order in which they are drawn."""

BY_NAME = {defect.name: defect for defect in DEFECTS}
REFUSED = tuple(defect for defect in DEFECTS if defect.stage == _REFUSED)
AGAINST_DMFA = tuple(defect for defect in DEFECTS if defect.stage == _FOUND)


def drawn(clerk: Clerk, job: Job) -> str | None:
    """The name of the defect of a job, if it gets one."""
    for name, share in clerk.ways.defects.items():
        if BY_NAME[name].fits(clerk, job) and clerk.rng.random() < share:
            return name
    return None


def in_order(shares: Mapping[str, float]) -> dict[str, float]:
    """The shares in the order of the table. ``ValueError`` for an unknown name or a wrong share."""
    for name, share in shares.items():
        if name not in BY_NAME:
            raise ValueError(f"{name!r} is none of {', '.join(BY_NAME)}")
        if not 0 <= share <= 1:
            raise ValueError(f"the share of {name} is not between 0 and 1")
    return {defect.name: shares[defect.name] for defect in DEFECTS if shares.get(defect.name)}
