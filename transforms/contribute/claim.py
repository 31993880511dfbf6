"""What a contribution family claims: these lines are due, by this formula, from these inputs."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.exact import Truth
from transforms.formula import Column, Formula
from transforms.shredded import Rows

Reasons = npt.NDArray[np.int16]


@dataclass(slots=True)
class Doubts:
    """Why some of ``rows`` things cannot be computed; the first reason given counts."""

    texts: list[str]
    number: Reasons

    @classmethod
    def none(cls, rows: int) -> "Doubts":
        return cls([], np.full(rows, -1, dtype=np.int16))

    def add(self, where: Truth | bool, reason: str) -> None:
        open_rows = (self.number < 0) & where
        if open_rows.any():
            self.texts.append(reason)
            self.number[open_rows] = len(self.texts) - 1

    @property
    def clear(self) -> Truth:
        """Rows without a doubt."""
        return self.number < 0

    def told(self, *reasons: str) -> Truth:
        """Rows with one of these reasons."""
        numbers = [number for number, text in enumerate(self.texts) if text in reasons]
        return np.isin(self.number, numbers)

    def of(self, rows: Rows) -> "Doubts":
        """The doubts about some of the rows, in the order of ``rows``."""
        return Doubts(list(self.texts), self.number[rows])


@dataclass(frozen=True, slots=True)
class Claim:
    """Lines that a family answers for, one entry each.

    ``line``: row of the declared line, -1 where none is declared; ``record``: row of the worker
    record, -1 for lines without one; ``occupation``: row of the occupation whose employer
    contributions the line lowers, where it does. ``inputs`` have a number for every entry, or for
    every item of an entry: then ``owner`` is the entry of each item. Where ``doubts`` has a reason
    nothing is computed, nor without a ``formula``; where ``weak`` the inputs rest on something
    unverified. ``type`` is that of a line that would be due although none is declared.
    """

    family: str
    line: Rows
    record: Rows
    doubts: Doubts
    formula: Formula | None = None
    inputs: Mapping[str, Column] | None = None
    occupation: Rows | None = None
    owner: Rows | None = None
    weak: Truth | None = None
    type: str | None = None

    @property
    def rows(self) -> int:
        return len(self.line)


def unknown(name: str, line: Rows, record: Rows, reason: str) -> Claim:
    """Lines that a family answers for without being able to compute them."""
    doubts = Doubts.none(len(line))
    doubts.add(True, reason)
    return Claim(name, line, record, doubts)


def picked(inputs: Mapping[str, Column], rows: Rows | Truth) -> dict[str, Column]:
    """The inputs of some rows."""
    return {name: values[rows] for name, values in inputs.items()}
