"""Hides figures about a few persons, also from those who subtract."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """How many a figure is about, and how many of them have a change."""

    units: int
    changed: int


def hidden(cells: Sequence[Cell], minimum: int) -> list[bool]:
    """Which cells of one breakdown must not be shown.

    Those about fewer than ``minimum`` persons, and those where fewer than that have a change: the
    change of the cell would be theirs. When there are any, the smallest of the others goes with
    them, so that the total less what is shown is about enough persons too; one with changes, if
    theirs are to be hidden and there is one. An empty cell tells nothing about anyone.
    """
    few = [_few(cell, minimum) for cell in cells]
    changes = any(cell.changed for cell, is_few in zip(cells, few, strict=True) if is_few)
    shown = [at for at, cell in enumerate(cells) if cell.units and not few[at]]
    if any(few) and shown:
        wanted = [at for at in shown if cells[at].changed] if changes else []
        few[min(wanted or shown, key=lambda at: (cells[at].units, at))] = True
    return few


def _few(cell: Cell, minimum: int) -> bool:
    return 0 < cell.units < minimum or 0 < cell.changed < minimum
