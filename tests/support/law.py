"""A declaration as the rules read it, straight from the XML and in fractions.

Written from the calculation dossier (sections 1, 2 and 4), apart from the engine: which pay and
time count, the category of a worker, mu and beta, and the employer contributions that are due.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from computed import half_up
from lxml import etree

Node = etree._Element

SUBJECT, REFERENCE_PAY, EXCLUDING = {1, 2, 3, 4, 5, 6, 7, 9, 12}, {1, 2, 4, 5, 12}, {3, 9, 22}
PAID = {1, 3, 4, 5, 20}
COUNTED = PAID | {2, 12, 72}
MANUAL, WHITE, SHELTERED = ("015", "012"), ("495", "492"), ("012", "492")
MARIBEL = ("319", "329", "330", "331", "332")
OPEN = ("152", "225", "337")
UPLIFT = Fraction("1.08")
EMPLOYER_RATE = {
    "category_1": Fraction("0.25"),
    "category_2": Fraction("0.2492") + Fraction("0.0748"),
    "category_3_moderated": Fraction("0.25"),
    "category_3_unmoderated": Fraction("0.1988"),
}
"""Basic rate and wage moderation of 2018 and later."""


def text(node: Node, name: str) -> str:
    found = node.findtext(name)
    assert found is not None, name
    return found


def number(node: Node, name: str, otherwise: int = 0) -> int:
    found = node.findtext(name)
    return otherwise if found is None else int(found)


@dataclass(frozen=True)
class Job:
    """An occupation."""

    node: Node

    def pay(self, codes: set[int]) -> int:
        """Cents under the remuneration codes."""
        return sum(
            number(pay, "RemunAmount")
            for pay in self.node.iterfind("Remun")
            if number(pay, "RemunCode") in codes
        )

    @cached_property
    def excluded(self) -> bool:
        return any(number(p, "RemunCode") in EXCLUDING for p in self.node.iterfind("Remun"))

    @cached_property
    def part_time(self) -> bool:
        full = number(self.node, "RefMeanWorkingHours")
        return number(self.node, "MeanWorkingHours", full) < full

    @cached_property
    def week(self) -> int:
        zone = "RefMeanWorkingHours" if self.part_time else "WorkingDaysSystem"
        return number(self.node, zone)

    def time(self, codes: set[int]) -> int:
        """Hundredths of days (full time) or hours (part time) under the service codes."""
        zone = "ServiceNbrHours" if self.part_time else "ServiceNbrDays"
        return sum(
            number(service, zone)
            for service in self.node.iterfind("Service")
            if number(service, "ServiceCode") in codes
        )

    @cached_property
    def mu(self) -> Fraction:
        if self.excluded or self.week == 0:
            return Fraction(0)
        return half_up(Fraction(self.time(COUNTED), 13 * self.week))

    def full_quarter_wage(self, uplift: Fraction) -> Fraction:
        """S: W of a full-time worker in a whole quarter."""
        wage = half_up(Fraction(self.pay(REFERENCE_PAY), 100) * uplift)
        return half_up(wage * half_up(Fraction(13 * self.week, self.time(PAID))))

    @property
    def committee(self) -> str:
        return text(self.node, "JointCommissionNbr")[:3]

    @property
    def record(self) -> "Record":
        parent = self.node.getparent()
        assert parent is not None
        return Record(parent)


@dataclass(frozen=True)
class Record:
    """A worker record."""

    node: Node

    @cached_property
    def code(self) -> str:
        return text(self.node, "WorkerCode")

    @cached_property
    def manual(self) -> bool:
        return self.code in MANUAL

    @cached_property
    def jobs(self) -> list[Job]:
        return [Job(node) for node in self.node.iterfind("Occupation")]

    def category(self, said: str | None = None) -> str | None:
        """``None`` where it is open or where no ordinary rule holds; ``said`` by a table."""
        if self.code not in MANUAL + WHITE:
            return None
        found = {"123"[_by_committee(job.committee)] for job in self.jobs if job}
        if any(job.committee in OPEN for job in self.jobs):
            found = set()
        if said is not None:
            found = {said}
        if len(found) != 1:
            return None
        (category,) = found
        if self.code in SHELTERED:
            return "category_3_unmoderated" if category == "3" else None
        return "category_3_moderated" if category == "3" else f"category_{category}"

    def subject(self) -> Fraction:
        return Fraction(sum(job.pay(SUBJECT) for job in self.jobs), 100)

    def basis(self) -> Fraction:
        return basis(self.subject(), self.manual)

    @cached_property
    def mu_glob(self) -> Fraction:
        """Over all records of the person in the form."""
        person = self.node.getparent()
        assert person is not None
        return sum((job.mu for record in records(person) for job in record.jobs), Fraction(0))


def _by_committee(committee: str) -> int:
    return 1 if committee in MARIBEL else 2 if committee == "327" else 0


def records(node: Node) -> Iterator[Record]:
    """Every worker record below a node, in document order."""
    return (Record(found) for found in node.iter("WorkerRecord"))


def jobs(data: bytes) -> Iterator[Job]:
    return (job for record in records(etree.fromstring(data)) for job in record.jobs)


def basis(pay: Fraction, manual: bool) -> Fraction:
    return half_up(pay * UPLIFT) if manual else pay


def employer_contributions(job: Job, category: str) -> Fraction:
    """What reductions of an occupation may take at most."""
    pay = basis(Fraction(job.pay(SUBJECT), 100), job.record.manual)
    return half_up(pay * EMPLOYER_RATE[category])


def beta(mu_glob: Fraction, low: Fraction, slope: Fraction) -> Fraction:
    """1.18 and 0.28 for the structural reduction, 1 and 1 for target groups."""
    if mu_glob < Fraction("0.275"):
        return Fraction(0)
    if mu_glob < Fraction("0.55"):
        return low
    if mu_glob < Fraction("0.80"):
        return low + (mu_glob - Fraction("0.55")) * slope
    return 1 / mu_glob
