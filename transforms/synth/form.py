"""A form whose amounts are still to be known: text around the places where they go."""

from collections.abc import Mapping
from dataclasses import dataclass

from transforms.synth.kept import MARK, Slot


@dataclass(frozen=True, slots=True)
class Form:
    """``pieces`` stand around the net amount, which comes first, and around the slots."""

    pieces: list[str]
    slots: list[Slot]

    @property
    def net(self) -> int:
        """Zone 00015: every contribution added, every deduction taken off; in cents."""
        return sum([slot.line.sign * slot.amount for slot in self.slots])

    @property
    def contributions(self) -> int:
        """Sum of the zones ContributionAmount, in cents."""
        return sum([slot.amount for slot in self.slots if slot.line.counted])

    @property
    def by_class(self) -> Mapping[str, int]:
        """The balance of each employer class, in cents."""
        balances: dict[str, int] = {}
        for slot in self.slots:
            if slot.employer_class is not None:
                sums = balances.get(slot.employer_class, 0)
                balances[slot.employer_class] = sums + slot.line.sign * slot.amount
        return balances

    def text(self) -> str:
        """Put together once: a declaration may have 80 million characters."""
        parts = [""] * (2 * len(self.pieces) - 1)
        parts[::2] = self.pieces
        parts[1] = str(self.net)
        parts[3::2] = [slot.text() for slot in self.slots]
        return "".join(parts)

    def changed(self, number: int, slot: Slot) -> "Form":
        """The form with another slot in place of one."""
        return Form(self.pieces, [*self.slots[:number], slot, *self.slots[number + 1 :]])


def marked(text: str, slots: list[Slot]) -> Form:
    """A form from its text with marks for the net amount and for each slot."""
    pieces = text.split(MARK)
    assert len(pieces) == len(slots) + 2, "every amount stands in the text once"
    return Form(pieces, slots)
