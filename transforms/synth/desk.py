"""What is at hand while one declaration is written."""

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from schemas.quarter import Quarter
from transforms.synth.blocks import Blocks
from transforms.synth.days import Span
from transforms.synth.employers import Employer
from transforms.synth.figures import Figures
from transforms.synth.law import Law

if TYPE_CHECKING:
    from transforms.synth.people import Holder
    from transforms.synth.terms import Terms


@dataclass(slots=True)
class Ledger:
    """Running totals of a declaration, in cents and counts; amounts due are known later.

    ``held``: the jobs that are declared, with who holds them on what terms. ``casual``: the days
    (ordinals) of each casual worker among them.
    """

    remuneration: int = 0
    persons: int = 0
    records: int = 0
    manual: bool = False
    casual: list[list[int]] = field(default_factory=list)
    held: "list[tuple[Holder, Terms]]" = field(default_factory=list)


@dataclass(slots=True)
class Desk:
    """The declaration in the making.

    ``rng`` draws what belongs to this quarter only. ``wage_level`` and ``wage_floor``: median and
    lowest full-time pay a month, in cents. ``agency_users`` and ``compensations``: the release
    has the blocks UsingEmployer and EmployerCompensation. ``first_day`` and ``last_day`` are
    those of the quarter, as text.
    """

    figures: Figures
    blocks: Blocks
    law: Law
    seed: int
    quarter: Quarter
    index: int
    span: Span
    first_day: str
    last_day: str
    wage_level: float
    wage_floor: int
    agency_users: bool
    compensations: bool
    employer: Employer
    rng: Random
    ledger: Ledger = field(default_factory=Ledger)

    def hit(self, name: str) -> bool:
        """Whether something of this share happens now."""
        return self.rng.random() < self.figures.number[name]

    def pick(self, table: str) -> str:
        """A draw from a weighted table."""
        return self.figures.table[table].pick(self.rng.random())

    def between(self, low: float, high: float) -> int:
        """A whole number from ``low`` up to ``high``."""
        return int(low + self.rng.random() * (high - low))

    def ratio(self, name: str) -> float:
        """A draw from a range."""
        low, high = self.figures.ranges[name]
        return low + self.rng.random() * (high - low)

    def within(self, name: str) -> int:
        """A whole number from a range; its upper end is never reached."""
        return int(self.ratio(name))

    def by_quarter(self, name: str) -> float:
        """The value of a list with one entry for each quarter of the year."""
        return self.figures.values[name][self.quarter.number - 1]
