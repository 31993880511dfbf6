"""Who declares for one employer in one quarter, and what was declared so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.synth.desk import Desk
from transforms.synth.dimona.jobs import AGENCIES, CONSTRUCTION, Job
from transforms.synth.dimona.message import IN, OUT, Message, Sender, Told, User
from transforms.synth.dimona.timing import WAVES, slot_of
from transforms.synth.employers import Employer, company_number
from transforms.synth.occupations import NO_COMMITTEE
from transforms.synth.people import extra_inss

Receipts = npt.NDArray[np.int64]
"""Receipt of the period that is open in each job, 0 for none; by the number of the job."""

_OWN_COMMITTEES = frozenset(("124", "140", "149", "320", "322"))
"""Joint committees that a Dimona names for workers of any type; XXX stands for others."""
_ALTERNATING = date(2023, 9, 1).toordinal()
_LOCAL_SINCE = date(2022, 1, 1).toordinal()
"""From then on provincial and local authorities give a joint committee."""


@dataclass(frozen=True, slots=True)
class Ways:
    """How a quarter is declared: ``defects`` are shares of what each can spoil, ``late`` of starts.

    ``follows``: what is open from the quarter before; ``alternating``: the release has type ALT.
    """

    stock: bool
    late: float
    defects: Mapping[str, float]
    follows: Receipts | None
    alternating: bool


def sender_of(employer: Employer) -> Sender:
    company = None if employer.company == "0" else employer.company
    return Sender(employer.index, employer.nsso, company)


class Clerk:
    """``messages`` in the order in which they were thought of; ``told``: the truth about them.

    ``open``: the period of each job that goes on. ``workers``: who has a period that counts against
    the DmfA (of another type than DWD, overlapping the quarter, not cancelled); ``elsewhere``: the
    same at other employers, by their index. ``neighbour``: another employer, if there is one.
    """

    def __init__(self, desk: Desk, ways: Ways, neighbour: Sender | None) -> None:
        employer = desk.employer
        self.desk, self.ways = desk, ways
        self.rng = Random(f"{desk.seed}/{desk.quarter}/{employer.index}/dimona")
        self.sender = sender_of(employer)
        self.begins, self.ends = desk.span.first, desk.span.last
        self.messages: list[Message] = []
        self.told: list[Told] = []
        self.open: dict[int, Message | int] = {}
        self.workers: set[str] = set()
        self.neighbour = neighbour
        self.elsewhere: dict[int, set[str]] = {}
        self._extra = 0

    def hit(self, name: str) -> bool:
        """Whether something of this share happens."""
        return self.rng.random() < self.desk.figures.number[name]

    def upto(self, high: int) -> int:
        """A whole number from 0 to ``high``, which is part of it."""
        return int(self.rng.random() * (high + 1))

    def any_time(self, first: int, last: int) -> int:
        """A slot from the morning of one day to the evening of another; both in the quarter."""
        first, last = max(first, self.begins), min(last, self.ends)
        return slot_of(first + self.upto(max(last - first, 0)), self.upto(WAVES - 1))

    def send(self, action: str, slot: int, **said: Any) -> Message:
        """A declaration more; it is about what was declared before it in the same slot."""
        message = Message(action, slot, len(self.messages) + 1, self.sender, **said)
        self.messages.append(message)
        return message

    def start(self, job: Job, slot: int, first: int, last: int | None, **said: Any) -> Message:
        """A start of the right type for a job, unless something else is ``said``."""
        said.setdefault("worker_type", self.worker_type(job, first))
        said.setdefault("inss", job.inss)
        committee = self.committee(job, said["worker_type"], first)
        if committee == AGENCIES and "user" not in said:
            said["user"] = self.user()
        return self.send(
            IN,
            slot,
            first=first,
            last=last,
            committee=committee,
            cards=committee == CONSTRUCTION,
            **said,
        )

    def end(self, job: Job, period: Message | int, slot: int, last: int) -> Message:
        """An end; some name the worker too."""
        inss = job.inss if self.hit("dimona_names_worker") else None
        return self.send(OUT, slot, names=period, last=last, inss=inss)

    def extra_worker(self) -> str:
        """The number of somebody who is not in the DmfA of the employer."""
        employer = self.desk.employer
        self._extra += 1
        number = employer.first_job * 2 + self._extra
        return extra_inss(self.desk.figures, self.desk.seed, number)

    def tell(
        self,
        defect: str,
        code: str | None,
        inss: str | None,
        changed: str,
        *about: "Message | int",
        stage: str = "confrontation",
        of: Sender | None = None,
        **more: Any,
    ) -> None:
        """A line of the truth, about this employer unless it is ``of`` another one."""
        self.told.append(Told(defect, stage, code, of or self.sender, inss, changed, about, more))

    def worker_type(self, job: Job, first: int) -> str:
        match job.kind:
            case "student":
                return "STU"
            case "flexi":
                return "FLX"
            case "casual":
                return "EXT"
            case "apprentice" if job.construction:
                return "RTA"
            case "apprentice" if first >= _ALTERNATING and self.ways.alternating:
                return "ALT"
            case "ordinary" if job.construction:
                return "BCW"
        return "OTH"

    def committee(self, job: Job, worker_type: str, first: int) -> str | None:
        """The joint committee as the Dimona knows it (zone 00046)."""
        if job.committee == NO_COMMITTEE and first < _LOCAL_SINCE:
            return None
        committee = job.committee.split(".")[0]
        if committee == "302" and worker_type in ("EXT", "FLX"):
            return committee
        if committee == CONSTRUCTION and not job.manual:
            return "XXX"
        return committee if committee in _OWN_COMMITTEES else "XXX"

    def user(self) -> User:
        """The user of an agency worker, mostly an employer nearby."""
        desk, committee = self.desk, self.pick("dimona_user_committee")
        if self.hit("using_employer_named"):
            return User(committee, None, f"Gebruiker {1 + self.upto(299)} bv", self.pick("city"))
        distance = 1 + self.upto(desk.figures.whole("user_distance") - 1)
        return User(committee, company_number(desk.seed, desk.employer.index + distance))

    def pick(self, table: str) -> str:
        return self.desk.figures.table[table].pick(self.rng.random())


def no_earlier(slot: int, than: Message | int) -> int:
    """A slot in which a declaration can be about another one, which stands before it."""
    return slot if isinstance(than, int) else max(slot, than.touched)
