"""What a declaration says before it is text, and what is known about it."""

from dataclasses import dataclass, field
from typing import Any

IN, OUT, UPDATE, CANCEL, DAILY = ("IN", "OUT", "UPDATE", "CANCEL", "DAILY")
NO_END = "9999-12-31"


@dataclass(slots=True, eq=False)
class Message:
    """One declaration. Days are ordinals, hours HHMM.

    ``slot``: when it is received. ``number``: among those of its employer. ``names``: the start of
    the period that it is about, or its receipt where that was in an earlier quarter.
    ``registration``: what made the daily registration that it is about. ``receipt`` is known once
    all are counted. ``touched``: the last slot of what is about it.
    """

    action: str
    slot: int
    number: int
    employer: "Sender"
    inss: str | None = None
    first: int | None = None
    first_hour: str | None = None
    last: int | None = None
    last_hour: str | None = None
    no_end: bool = False
    planned: int | None = None
    worker_type: str = ""
    committee: str | None = None
    user: "User | None" = None
    cards: bool = False
    place: str | None = None
    status: int = 0
    names: "Message | int | None" = None
    registration: "Message | None" = None
    receipt: int = 0
    touched: int = field(init=False)

    def __post_init__(self) -> None:
        self.touched = self.slot
        if isinstance(self.names, Message):
            self.names.touched = max(self.names.touched, self.slot)


@dataclass(frozen=True, slots=True)
class Sender:
    """An employer as its declarations name it; ``company``: where the number is known."""

    index: int
    nsso: str
    company: str | None


@dataclass(frozen=True, slots=True)
class User:
    """The user of an agency worker: an enterprise number, or a name with an address."""

    committee: str
    company: str | None
    name: str | None = None
    city: str | None = None


@dataclass(slots=True)
class Told:
    """A line of the truth; ``about``: the declarations concerned, of which receipts are told.

    ``code``: the code to expect, official or of kwartaal, where there is one; ``stage``: whether
    rules of the ``declaration`` or the ``confrontation`` with the DmfA find it.
    """

    defect: str
    stage: str
    code: str | None
    employer: Sender
    inss: str | None
    changed: str
    about: tuple["Message | int", ...] = ()
    more: dict[str, Any] = field(default_factory=dict)
