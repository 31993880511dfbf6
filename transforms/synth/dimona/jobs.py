"""The jobs of an employer in a quarter, as its DmfA declares them."""

from collections.abc import Iterator
from dataclasses import dataclass

from transforms.synth import people
from transforms.synth.declaration import inss_of, written_persons
from transforms.synth.desk import Desk
from transforms.synth.kept import Slot
from transforms.synth.people import Holder
from transforms.synth.terms import Terms, terms_of

CONSTRUCTION, AGENCIES = "124", "322"
NOT_DUE = frozenset(("fedris", "indemnity", "early_retirement", "dismissed"))
"""Kinds of records about people who do not work: no Dimona is due."""
_UNSTEADY = frozenset(("student", "casual"))
_HOURS_AT = 2
"""Where the hours stand among the leaves of a student's contribution."""


@dataclass(slots=True)
class Job:
    """A job and who holds it. Days are ordinals; ``last`` is ``None`` while it goes on.

    ``number``: among the jobs of all employers. ``hours``: those that a student declares.
    ``days``: those on which a casual worker works.
    """

    number: int
    kind: str
    inss: str
    committee: str
    manual: bool
    first: int
    last: int | None
    hours: int
    days: tuple[int, ...]

    @property
    def due(self) -> bool:
        return self.kind not in NOT_DUE

    @property
    def construction(self) -> bool:
        return self.manual and self.committee == CONSTRUCTION


def declared_jobs(desk: Desk) -> list[Job]:
    """The jobs in the DmfA that is made at a desk: the same draws, and so the same people.

    Writes the persons of the form for that, and drops what the blocks of the desk kept.
    """
    written_persons(desk)
    hours, days = _student_hours(desk), iter(desk.ledger.casual)
    found = [_job(desk, person, terms, hours, days) for person, terms in desk.ledger.held]
    desk.blocks.forget()
    return found


def left_out(desk: Desk) -> list[Job]:
    """The steady jobs of an employer whose DmfA, made at this desk, has nobody: they go on."""
    if desk.ledger.held:
        return []
    found = []
    for number in range(desk.employer.jobs):
        person = people.holder(desk.figures, desk.seed, desk.employer, number, desk.index)
        terms = terms_of(desk, person)
        terms.inss = inss_of(desk, person, terms)
        if terms.kind not in NOT_DUE | _UNSTEADY:
            found.append(_job(desk, person, terms, iter(()), iter(())))
    return found


def _job(
    desk: Desk, person: Holder, terms: Terms, hours: Iterator[int], days: Iterator[list[int]]
) -> Job:
    return Job(
        desk.employer.first_job + person.job,
        terms.kind,
        terms.inss,
        terms.committee,
        terms.manual,
        person.first,
        person.last,
        next(hours) if terms.kind == "student" else 0,
        tuple(next(days)) if terms.kind == "casual" else (),
    )


def _student_hours(desk: Desk) -> Iterator[int]:
    """The hours of the students, in their order in the form."""
    for slot in desk.blocks.student.items:
        assert isinstance(slot, Slot)
        yield int(slot.values[_HOURS_AT] or 0)
