"""Blocks that keep what they wrote: text for the document, rows for what computes its amounts.

A block is written after all that it holds, so what it holds belongs to the next one of its kind.
An amount is not written at once: a mark stands for its block in the text, and a slot has the rest.
"""

from typing import Any

from schemas.layout import BlockTable
from transforms.contribute.lines import Source
from transforms.synth.xml import Block, Layout, Values

MARK = "\x01"
"""Stands for a block with an amount; XML cannot hold this character."""
_CONTRIBUTION = "ContributionAmount"


class Kept(Block):
    """``place``: its table in the release, if any; ``above``: the items of the block it is in."""

    __slots__ = ("above", "items", "parents", "place")

    def __init__(
        self, tag: str, depth: int, leaves: str, layout: Layout, place: BlockTable | None
    ) -> None:
        super().__init__(tag, depth, leaves, layout)
        self.place = place
        self.items: list[Any] = []
        self.parents: list[int] = []
        self.above: list[Any] = []

    def __call__(self, values: Values, inside: str = "") -> str:
        """The element; ``values``: one for each leaf, in order, not escaped (none needs it)."""
        self.parents.append(len(self.above))
        self.items.append(values)
        return self.written(values, inside)

    def keep(self, values: Values) -> None:
        """Only the row, for a block whose text is written elsewhere."""
        self.parents.append(len(self.above))
        self.items.append(values)

    def rows(self) -> list[Values]:
        """The values of every element."""
        return self.items


class Line(Kept):
    """A block that declares an amount: ``slots`` gets it, the text gets a mark.

    ``base_at`` (-1 without) and ``amount_at`` are places among the values; its items are slots.
    ``counted``: its amounts are zones ContributionAmount.
    """

    __slots__ = ("amount_at", "base_at", "counted", "sign", "slots")

    def __init__(
        self,
        tag: str,
        depth: int,
        leaves: str,
        layout: Layout,
        place: BlockTable,
        source: Source,
        slots: "list[Slot]",
    ) -> None:
        super().__init__(tag, depth, leaves, layout, place)
        zones = {zone.column: zone.zone for zone in place.zones}
        self.amount_at = self.names.index(zones[source.amount])
        self.base_at = -1 if source.base is None else self.names.index(zones[source.base])
        self.counted = zones[source.amount] == _CONTRIBUTION
        self.sign = source.sign
        self.slots = slots

    def __call__(self, values: Values, inside: str = "") -> str:
        slot = Slot(self, values, inside)
        self.slots.append(slot)
        self.items.append(slot)
        self.parents.append(len(self.above))
        return MARK

    def rows(self) -> list[Values]:
        return [slot.values for slot in self.items]


class Slot:
    """An amount of a form, with the block that declares it.

    ``amount``: in cents, 0 where none is declared; ``family``: which rules computed it, ``None``
    where none did; ``out``: nothing is declared; ``times``: how often the block stands there.
    """

    family: str | None = None
    employer_class: str | None = None
    out = False
    times = 1

    def __init__(self, line: Line, values: Values, inside: str) -> None:
        self.line = line
        self.values = values
        self.inside = inside
        self.amount: int = values[line.amount_at] or 0  # type: ignore[assignment]

    @property
    def code(self) -> str:
        """What its first leaf says, mostly the code of the contribution or the deduction."""
        return str(self.values[0])

    @property
    def base(self) -> int | None:
        """The calculation basis in cents, where one is declared."""
        value = self.values[self.line.base_at] if self.line.base_at >= 0 else None
        return None if value is None else int(value)

    def fill(self, base: int | None, amount: int) -> None:
        """Other numbers in place of its own; a block without a basis gets none."""
        line, values = self.line, list(self.values)
        values[line.amount_at] = self.amount = amount
        if base is not None and line.base_at >= 0 and values[line.base_at] is not None:
            values[line.base_at] = base
        self.values = tuple(values)

    def leave_out(self) -> None:
        self.out, self.amount = True, 0

    def repeat(self) -> None:
        """The block twice, and so its amount."""
        self.times, self.amount = 2, 2 * self.amount

    def text(self) -> str:
        return "" if self.out else self.line.written(self.values, self.inside) * self.times
