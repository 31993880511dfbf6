"""A quarter of Dimona files: who declares together, and the files in order of their reception.

Receipts are numbered in the order (moment of the reception, name of the file, number of the form)
over all files. Senders declare for a run of employers each, on their own; a file is of one sender
and one slot. So everything is made twice: once to count what each sender sends in each slot, which
tells the number that each of its slots begins with, and once more to write it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import groupby
from random import Random

import numpy as np

from schemas.dimona import DIMONA
from schemas.quarter import Quarter
from transforms.dimona.numbers import LAST_RECEIPT
from transforms.synth.batch import uncollected
from transforms.synth.blocks import Blocks
from transforms.synth.dimona.clerk import Clerk, Receipts, Ways, sender_of
from transforms.synth.dimona.declare import declare
from transforms.synth.dimona.defects import FEWER_WORKERS, MORE_WORKERS, NO_DMFA, in_order
from transforms.synth.dimona.jobs import declared_jobs, left_out
from transforms.synth.dimona.message import Message, Sender, Told
from transforms.synth.dimona.timing import WAVES, moment
from transforms.synth.dimona.wire import Wire
from transforms.synth.employers import make_employer
from transforms.synth.figures import figures
from transforms.synth.plan import Plan, desk_for, fresh_blocks, jobs_planned, layout
from transforms.synth.xml import epilog, prolog

RELEASES = tuple(sorted({*DIMONA.releases, *DIMONA.aliases}))
"""Releases of the Dimona that can be written."""
_ALTERNATING_SINCE = Quarter(2023, 1)
"""The first release with the type ALT."""

_FEWEST, _MOST, _FORMS = 64, 4096, 32
"""Employers of one sender: so many for each form of a file, within bounds."""


@dataclass(frozen=True, slots=True)
class DimonaPlan:
    """The Dimona of the employers and workers of ``dmfa``, whose defects it does not look at.

    ``defects``: shares of what each of ``defects.DEFECTS`` can spoil. ``late``: share of starts.
    ``second``: share of files that are delivered twice. ``stock``: what began before the quarter is
    declared too, when it began. ``follows``: periods that are open from the quarter before.
    """

    dmfa: Plan
    release: Quarter
    forms_per_file: int = 1
    stock: bool = True
    late: float = 0.0
    second: float = 0.0
    defects: Mapping[str, float] = field(default_factory=dict)
    first_receipt: int = 1

    def __post_init__(self) -> None:
        """``ValueError`` for an unknown release, unknown defects, or shares outside of 0 to 1."""
        if self.release not in RELEASES:
            known = ", ".join(release.slash for release in RELEASES)
            raise ValueError(f"release {self.release.slash} cannot be written; known are {known}")
        in_order(self.defects)
        if not 1 <= self.first_receipt <= LAST_RECEIPT:
            raise ValueError(f"receipts are numbers from 1 to {LAST_RECEIPT}")

    @property
    def quarter(self) -> Quarter:
        return self.dmfa.quarter

    @property
    def employers_a_sender(self) -> int:
        return max(_FEWEST, min(_MOST, _FORMS * self.forms_per_file))

    @property
    def senders(self) -> int:
        return -(-self.dmfa.employers // self.employers_a_sender)


def release_for(quarter: Quarter) -> Quarter:
    """The last release that came out by a quarter; the first one for older quarters."""
    return max((release for release in RELEASES if release <= quarter), default=RELEASES[0])


def usual_late() -> float:
    """The share of starts that come late."""
    return figures().number["dimona_late"]


def usual_second() -> float:
    """The share of files that are delivered twice."""
    return figures().number["dimona_second_delivery"]


@dataclass(slots=True)
class Delivery:
    """A file to be: ``modified`` is the moment of its reception, in seconds since 1970.

    ``again``: its messages were delivered before. ``first_receipt``: of its forms, once known.
    """

    name: str
    slot: int
    modified: int
    messages: Sequence[Message]
    again: bool
    first_receipt: int = 0


@dataclass(slots=True)
class Sent:
    """What one sender sends: its files in order, the truth, the periods that stay open."""

    deliveries: list[Delivery]
    told: list[Told]
    open: dict[int, Message | int]

    def counts(self) -> dict[int, int]:
        """Forms by slot, in order of the slots."""
        by_slot: dict[int, int] = {}
        for delivery in self.deliveries:
            by_slot[delivery.slot] = by_slot.get(delivery.slot, 0) + len(delivery.messages)
        return by_slot

    def number(self, first: Mapping[int, int]) -> None:
        """Gives receipts: the ``first`` one of each slot is known."""
        following = dict(first)
        for delivery in self.deliveries:
            receipt = delivery.first_receipt = following[delivery.slot]
            if not delivery.again:
                for place, message in enumerate(delivery.messages):
                    message.receipt = receipt + place
            following[delivery.slot] = receipt + len(delivery.messages)


def sent(plan: DimonaPlan, sender: int, follows: Receipts | None = None) -> Sent:
    """What a sender sends in the quarter, without receipts."""
    size = plan.employers_a_sender
    first, last = sender * size, min((sender + 1) * size, plan.dmfa.employers)
    ways = Ways(
        plan.stock and follows is None,
        plan.late,
        in_order(plan.defects),
        follows,
        plan.release >= _ALTERNATING_SINCE,
    )
    messages: list[Message] = []
    made = Sent([], [], {})
    counts: dict[int, tuple[Sender, set[str], set[str]]] = {}
    elsewhere: dict[int, set[str]] = {}
    with uncollected():
        blocks = fresh_blocks(plan.dmfa)
        for index in range(first, last):
            clerk, declared = _declared(plan, blocks, ways, index, first, last)
            messages += clerk.messages
            made.told += clerk.told
            made.open |= clerk.open
            counts[index] = clerk.sender, declared, clerk.workers
            for other, workers in clerk.elsewhere.items():
                elsewhere.setdefault(other, set()).update(workers)
    for index, workers in elsewhere.items():
        counts[index][2].update(workers)
    made.told += _head_counts(counts.values())
    made.deliveries = list(_deliveries(plan, sender, messages))
    return made


def _declared(
    plan: DimonaPlan, blocks: Blocks, ways: Ways, index: int, first: int, last: int
) -> tuple[Clerk, set[str]]:
    """All declarations of an employer, and the workers in its DmfA for whom a Dimona is due."""
    neighbour = index + 1 if index + 1 < last else index - 1
    desk = desk_for(plan.dmfa, blocks, index)
    jobs = declared_jobs(desk)
    clerk = Clerk(desk, ways, _sender(plan.dmfa, neighbour) if neighbour >= first else None)
    for job in jobs:
        if job.due:
            declare(clerk, job)
        else:
            clerk.tell("not-due", None, job.inss, f"no Dimona is due: {job.kind}")
    for job in left_out(desk):
        clerk.tell("no-persons", NO_DMFA, job.inss, "the DmfA of the employer has nobody")
        declare(clerk, job)
    return clerk, {job.inss for job in jobs if job.due}


@lru_cache(maxsize=4)
def _known_sender(seed: int, index: int, jobs: int, first_job: int) -> Sender:
    return sender_of(make_employer(figures(), seed, index, jobs, first_job))


def _sender(plan: Plan, index: int) -> Sender:
    return _known_sender(plan.seed, index, *jobs_planned(plan, index))


def _head_counts(counts: Iterable[tuple[Sender, set[str], set[str]]]) -> Iterator[Told]:
    """Employers whose DmfA has more, or fewer, workers than the Dimona."""
    for sender, dmfa, dimona in counts:
        if len(dmfa) != len(dimona):
            code = MORE_WORKERS if len(dmfa) > len(dimona) else FEWER_WORKERS
            numbers = {"dmfa_workers": len(dmfa), "dimona_workers": len(dimona)}
            said = "numbers of workers differ"
            yield Told("head-count", "confrontation", code, sender, None, said, (), numbers)


def _deliveries(plan: DimonaPlan, sender: int, messages: list[Message]) -> Iterator[Delivery]:
    """The files of a sender in order; some are delivered again at its next time."""
    messages.sort(key=lambda message: message.slot)
    end = (plan.quarter.last_day.toordinal() + 1) * WAVES
    rng = Random(f"{plan.dmfa.seed}/{plan.quarter}/{sender}/second")
    files = [
        (slot, batch) for slot, inside in groupby(messages, lambda message: message.slot)
        for batch in _cut(list(inside), plan.forms_per_file)
    ]  # fmt: skip
    every = [(slot, False, batch) for slot, batch in files]
    if plan.second:
        again = [(slot, batch) for slot, batch in files if rng.random() < plan.second]
        every += [(slot + 1, True, batch) for slot, batch in again if slot + 1 < end]
        every.sort(key=lambda one: one[:2])
    day, number = -1, 0
    for slot, is_again, batch in every:
        day, number = slot // WAVES, number + 1 if day == slot // WAVES else 1
        at = moment(slot, sender)
        name = f"FI.DIMN.{_FIRST_SENDER + sender:06}.{_stamp(day)}.{number:06}.T.1.1"
        yield Delivery(name, slot, at, batch, is_again)


_FIRST_SENDER = 100_000


def _cut(messages: list[Message], size: int) -> Iterator[list[Message]]:
    for first in range(0, len(messages), size):
        yield messages[first : first + size]


@lru_cache(maxsize=1 << 14)
def _stamp(day: int) -> str:
    return f"{date.fromordinal(day):%Y%m%d}"


def begins(plan: DimonaPlan, counts: Iterable[Mapping[int, int]]) -> list[dict[int, int]]:
    """The first receipt of each sender's slots, from what each of them sends."""
    every = list(counts)
    total: dict[int, int] = {}
    for by_slot in every:
        for slot, count in by_slot.items():
            total[slot] = total.get(slot, 0) + count
    following, receipt = {}, plan.first_receipt
    for slot in sorted(total):
        following[slot] = receipt
        receipt += total[slot]
    if receipt - 1 > LAST_RECEIPT:
        raise ValueError(f"receipts end at {LAST_RECEIPT}")
    found = []
    for by_slot in every:
        found.append({slot: following[slot] for slot in by_slot})
        for slot, count in by_slot.items():
            following[slot] += count
    return found


def content(plan: DimonaPlan, wire: Wire, delivery: Delivery) -> bytes:
    """The bytes of a file whose messages have their receipts."""
    shape = layout(plan.dmfa)
    label = DIMONA.file_name(plan.release).removesuffix(".xsd")
    forms = "".join([wire.form(message) for message in delivery.messages])
    return f"{prolog(label, DIMONA.root, shape)}{forms}{epilog(DIMONA.root)}".encode()


def wire_of(plan: DimonaPlan) -> Wire:
    return Wire(layout(plan.dmfa), plan.quarter.wire)


def still_open(plan: DimonaPlan) -> Receipts:
    """Receipts of open periods by job, before anything is known: none."""
    employers = plan.dmfa.employers
    jobs, before = jobs_planned(plan.dmfa, employers - 1)
    return np.zeros(before + jobs, dtype=np.int64)
