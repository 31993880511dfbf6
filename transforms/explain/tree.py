"""What an explanation says, as data. Amounts are euro; steps are exact fractions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from transforms.rates.book import Confidence


@dataclass(frozen=True, slots=True)
class Place:
    """Where a block stands in what was received. ``file``: its name where it is known."""

    file: str | None
    file_id: str
    form_no: int
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """A declared line behind an input: what it is, how much it says, its line in the file.

    ``occupation``: its number, where there are several. ``left_out``: why it does not count;
    ``None`` where it does. ``confidence``: how sure that is.
    """

    what: str
    value: Decimal
    unit: str
    line: int
    occupation: int | None = None
    left_out: str | None = None
    confidence: Confidence | None = None


@dataclass(frozen=True, slots=True)
class Input:
    """A number taken from the declaration, and the declared lines behind it."""

    name: str
    title: str
    unit: str
    value: Fraction
    sources: tuple[Source, ...] = ()
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number of the law, as the formula holds it."""

    name: str
    parameter: str
    value: Decimal
    unit: str
    first: date
    last: date | None
    confidence: Confidence
    reference: str


@dataclass(frozen=True, slots=True)
class Rounded:
    """A rounding point, and the value before it."""

    before: Fraction
    to: Decimal
    mode: str
    confidence: Confidence
    reference: str


@dataclass(frozen=True, slots=True)
class Step:
    """``name = expression = numbers = value``.

    ``numbers``: the expression with its numbers, of the cases that apply; ``since``: the
    conditions that decided which. ``decimals``: how many its value is shown with, at least.
    """

    name: str
    expression: str
    numbers: str
    since: tuple[str, ...]
    rounded: Rounded | None
    value: Fraction
    decimals: int


@dataclass(frozen=True, slots=True)
class Item:
    """The inputs and steps of a line, or of one of its items (a car)."""

    title: str | None
    inputs: tuple[Input, ...]
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Derivation:
    """The rule that was applied, what it holds, and each step. ``rule``: mark of the rule alone."""

    formula: str
    family: str
    case: str
    reference: str
    rule: Confidence | None
    parameters: tuple[Parameter, ...]
    items: tuple[Item, ...]
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the net amount: declared beside computed, and how it came about.

    ``derivation`` is ``None`` where nothing was computed: then ``reason`` says why. ``weakest``:
    what the mark ``confidence`` comes from. ``replays``: whether the derivation gives the stored
    amount.
    """

    block: str
    code: str | None
    type: str | None
    title: str
    sign: int
    employer_class: str | None
    worker_code: str | None
    place: Place
    outcome: str
    anomaly: str | None
    reason: str | None
    declared_base: Decimal | None
    declared_amount: Decimal | None
    computed_base: Decimal | None
    computed_amount: Decimal | None
    difference: Decimal | None
    confidence: Confidence | None
    weakest: tuple[str, ...]
    derivation: Derivation | None
    replays: bool | None


@dataclass(frozen=True, slots=True)
class Tally:
    """Lines counted by outcome, with amounts that carry their sign in the net amount.

    ``computed``: of the lines that were computed; ``left``: declared by those that were not.
    """

    equal: int
    different: int
    not_computed: int
    declared: Decimal
    computed: Decimal | None
    left: Decimal

    @property
    def difference(self) -> Decimal | None:
        """Declared minus computed, of the lines that were computed."""
        return None if self.computed is None else self.declared - self.left - self.computed


@dataclass(frozen=True, slots=True)
class Person:
    """One relation in one line; ``lines`` where the whole derivation is asked for."""

    inss: str
    tally: Tally
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Balance:
    """An employer class of a declaration; ``None``: compensations, which belong to no class."""

    employer_class: str | None
    contributions: Decimal
    deductions: Decimal
    tally: Tally


@dataclass(frozen=True, slots=True)
class Declaration:
    """An accepted declaration: its net amount and the subtotals that make it up."""

    place: Place
    trusteeship: str | None
    net_declared: Decimal
    tally: Tally
    balances: tuple[Balance, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Explanation:
    """What was asked, and the answer. ``people`` is gone through once, so that many may come.

    ``inss``: the person that was asked about, if one was; ``code``: only the lines of this code.
    """

    quarter: str
    employer: str
    inss: str | None
    code: str | None
    as_of: str | None
    declarations: tuple[Declaration, ...] = ()
    people: Iterator[Person] = field(default_factory=lambda: iter(()))
