"""Declarations that rules refuse, beside the sound ones; they change nothing."""

from transforms.identifiers import inss_valid
from transforms.synth.dimona.clerk import Clerk, no_earlier
from transforms.synth.dimona.defects import BY_NAME, OVERLAP
from transforms.synth.dimona.jobs import Job
from transforms.synth.dimona.message import OUT, Message
from transforms.synth.dimona.timing import WAVES, slot_of

_NOWHERE = 9_999_999_999
"""A receipt that nothing has."""
_HOURS = 20


def refused_start(clerk: Clerk, job: Job, defect: str | None) -> int:
    """A start that is refused, for the defects that are about that; the slot from which on the
    sound one is sent, 0 where there is none."""
    first, last = max(job.first, clerk.begins), clerk.ends if job.last is None else job.last
    slot = clerk.any_time(first, first)
    match defect:
        case "wrong-inss":
            made = clerk.start(job, slot, first, None, inss=_wrong(job.inss))
        case "end-before-start":
            made = clerk.start(job, slot, first, first - 1)
        case "hours-not-due":
            made = clerk.start(job, slot, first, None, planned=_HOURS)
        case "student-without-end":
            slot = slot_of(clerk.begins, 0)
            made = clerk.start(job, slot, first, None, planned=min(job.hours, last - first + 1))
        case _:
            return 0
    _tell(clerk, job, defect, made)
    return slot


def repeated_start(clerk: Clerk, job: Job, defect: str | None, start: Message) -> None:
    """The same start once more, on its first day at the latest."""
    if defect == "duplicate-start":
        slot = no_earlier(slot_of(job.first, WAVES - 1), start)
        made = clerk.start(job, slot, job.first, start.last, user=start.user)
        _tell(clerk, job, defect, made)
        clerk.tell(defect, OVERLAP, job.inss, "at the same time", made, stage="declaration")


def refused_end(clerk: Clerk, job: Job, defect: str | None, period: Message | int) -> None:
    """An end of a period that does not exist, or has an end; after the sound one."""
    if defect not in ("unknown-period", "second-end") or job.last is None:
        return
    named = period if defect == "second-end" else _NOWHERE
    slot = no_earlier(slot_of(job.last, WAVES - 1), period)
    made = clerk.send(OUT, slot, names=named, last=job.last)
    _tell(clerk, job, defect, made)


def _wrong(inss: str) -> str:
    """Other check digits than those of a birth in either century."""
    digits = (f"{inss[:-2]}{(int(inss[-2:]) + n) % 100:02}" for n in range(1, 4))
    return next(number for number in digits if not inss_valid(number))


def _tell(clerk: Clerk, job: Job, defect: str, made: Message) -> None:
    known = BY_NAME[defect]
    clerk.tell(defect, known.code, job.inss, known.meaning, made, stage=known.stage)
