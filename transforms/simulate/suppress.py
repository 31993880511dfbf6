"""Hides figures about a few persons or employers, also from those who subtract."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fewest:
    """Of how many persons, and of how many employers, a figure has to be."""

    persons: int = 1
    employers: int = 1

    @property
    def anything(self) -> bool:
        """Whether nothing is hidden at all."""
        return self.persons <= 1 and self.employers <= 1


@dataclass(frozen=True, slots=True)
class Cell:
    """How many a figure is about, and how many of them have a change: ``units`` are persons, or
    employers where no line has a person; ``employers`` are those behind them."""

    units: int
    changed: int
    employers: int
    changed_employers: int


def hidden(cells: Sequence[Cell], fewest: Fewest) -> list[bool]:
    """Which cells of one breakdown must not be shown.

    Those about fewer persons or employers than ``fewest``, and those where fewer have a change: the
    change of the cell would be theirs. When there are any, the smallest of the others goes with
    them, so that the total less what is shown is about enough of both too; one with changes, if
    theirs are to be hidden and there is one. An empty cell tells nothing about anyone.
    """
    few = [_few(cell, fewest) for cell in cells]
    changes = any(cell.changed for cell, is_few in zip(cells, few, strict=True) if is_few)
    shown = [at for at, cell in enumerate(cells) if cell.units and not few[at]]
    if any(few) and shown:
        wanted = [at for at in shown if cells[at].changed] if changes else []
        few[min(wanted or shown, key=lambda at: (cells[at].units, at))] = True
    return few


def _few(cell: Cell, fewest: Fewest) -> bool:
    return any(
        0 < counted < least
        for counted, least in (
            (cell.units, fewest.persons),
            (cell.changed, fewest.persons),
            (cell.employers, fewest.employers),
            (cell.changed_employers, fewest.employers),
        )
    )
