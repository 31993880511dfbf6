"""A student whose hours of the year are used up at another employer."""

from datetime import date
from functools import lru_cache

from transforms.rates.book import rate_book
from transforms.synth.dimona.clerk import Clerk
from transforms.synth.dimona.defects import BEYOND, HOURS_DIFFER, NO_DMFA
from transforms.synth.dimona.jobs import Job
from transforms.synth.dimona.message import IN, Message
from transforms.synth.dimona.timing import slot_of


def used_before(clerk: Clerk, job: Job) -> None:
    """Hours at another employer on the first morning of the quarter, so that half of those that the
    student declares are within the quota: no DmfA of that employer has the student."""
    elsewhere = clerk.neighbour
    assert elsewhere is not None
    made = Message(
        IN,
        slot_of(clerk.begins, 0),
        len(clerk.messages) + 1,
        elsewhere,
        inss=job.inss,
        first=clerk.begins,
        last=clerk.ends,
        planned=_quota(clerk.begins) - job.hours // 2,
        worker_type="STU",
        committee="XXX",
    )
    clerk.messages.append(made)
    clerk.elsewhere.setdefault(elsewhere.index, set()).add(job.inss)
    clerk.tell(
        "student-over-quota",
        NO_DMFA,
        job.inss,
        "a worker who is not in the DmfA",
        made,
        of=elsewhere,
    )


def tell_beyond(clerk: Clerk, job: Job, made: list[Message]) -> None:
    """What the hours of ``made`` beyond the quota lead to."""
    within, about = job.hours // 2, list[Message]()
    for message in sorted(made, key=lambda one: one.slot):
        within -= message.planned or 0
        if within < 0:
            about.append(message)
    name, said = "student-over-quota", "hours beyond the quota of the year"
    for message in about:
        clerk.tell(name, BEYOND, job.inss, said, message, stage="declaration")
    clerk.tell(name, HOURS_DIFFER, job.inss, said, *made, hours=job.hours, planned=job.hours // 2)


@lru_cache(maxsize=64)
def _quota(day: int) -> int:
    """Hours that a student has in the year of a day."""
    at = date.fromordinal(day)
    return int(rate_book().parameters["student_hours_quota"].during(at, at).value)
