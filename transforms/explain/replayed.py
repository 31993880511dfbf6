"""The stored derivations of a lake run again, in two ways: over columns, and one by one.

What runs is the formula as it was stored, over the inputs as they were stored: with integers over
columns as a run does, and with fractions line by line. Equal derivations are run once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from zlib import crc32

import numpy as np
import pyarrow as pa

from transforms.exact import Exact
from transforms.formula import Column, Formula
from transforms.money import sum_by

_CENTS = 100
_HASHES = 2**32
_MOST_KNOWN = 1_000_000
"""Derivations that are remembered; then it is forgotten and begun anew."""
_BROKEN = (ArithmeticError, LookupError, ValueError)
"""What a derivation that is not in order raises."""

Inputs = tuple[int, ...]
Found = tuple[Fraction | None, Fraction | None]
"""Cents over columns and one by one: ``None`` where it fails."""


@dataclass
class Count:
    """Rows of one formula: how many there are, how many were also run in fractions, and how many
    do not give the stored amount."""

    rows: int = 0
    in_fractions: int = 0
    wrong: int = 0


@dataclass
class Replay:
    """Adds up batches of rows. ``formulas`` by name; ``share``: of the distinct derivations that
    are run one by one in fractions too, chosen by what they are."""

    formulas: Mapping[str, Formula]
    share: float = 1.0
    counts: dict[str | None, Count] = field(default_factory=dict)
    _known: dict[tuple[str, Inputs], Found] = field(default_factory=dict)

    def add(self, batch: pa.RecordBatch) -> None:
        """``formula``, ``inputs`` and ``computed_amount`` (euro, exact) of computed lines."""
        names = batch.column("formula").to_pylist()
        inputs = [tuple(one or ()) for one in batch.column("inputs").to_pylist()]
        amounts = _cents(batch.column("computed_amount"))
        rows: dict[str | None, list[int]] = {}
        for at, name in enumerate(names):
            rows.setdefault(name, []).append(at)
        for name, some in rows.items():
            self._count(name, [inputs[at] for at in some], [amounts[at] for at in some])

    def _count(self, name: str | None, inputs: Sequence[Inputs], amounts: Sequence[int]) -> None:
        count = self.counts.setdefault(name, Count())
        count.rows += len(inputs)
        formula = self.formulas.get(name or "")
        if name is None or formula is None:
            count.wrong += len(inputs)
            return
        self._learn(name, formula, inputs)
        for one, amount in zip(inputs, amounts, strict=True):
            over_columns, in_fractions = self._known[name, one]
            sampled = self._sampled(one)
            count.in_fractions += sampled
            count.wrong += over_columns != amount or (sampled and in_fractions != amount)

    def _learn(self, name: str, formula: Formula, inputs: Sequence[Inputs]) -> None:
        """Runs the derivations that were not met yet."""
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        fresh = [one for one in dict.fromkeys(inputs) if (name, one) not in self._known]
        for one, cents in zip(fresh, _over_columns(formula, fresh), strict=True):
            alone = _in_fractions(formula, one) if self._sampled(one) else None
            self._known[name, one] = cents, alone

    def _sampled(self, inputs: Inputs) -> bool:
        return crc32(repr(inputs).encode()) < self.share * _HASHES


def _cents(amounts: pa.Array) -> list[int]:
    """Exact: the digits of a decimal with two decimals."""
    return [int(amount.scaleb(2)) for amount in amounts.to_pylist()]


def _in_fractions(formula: Formula, inputs: Inputs) -> Fraction | None:
    try:
        return formula.amount(inputs) * _CENTS
    except _BROKEN:
        return None


def _over_columns(formula: Formula, inputs: Sequence[Inputs]) -> list[Fraction | None]:
    """All at once; one after the other where something is wrong with one of them."""
    if not inputs:
        return []
    try:
        return [Fraction(int(cents)) for cents in _amounts(formula, inputs)]
    except _BROKEN:
        if len(inputs) == 1:
            return [None]
        return [_over_columns(formula, [one])[0] for one in inputs]


def _amounts(formula: Formula, inputs: Sequence[Inputs]) -> Column:
    """Cents of each; the items of one are added up."""
    width = len(formula.inputs)
    items = np.array([len(one) // width for one in inputs])
    if any(len(one) % width for one in inputs) or (not formula.items and (items != 1).any()):
        raise ValueError("not the inputs of this formula")
    matrix = np.array([value for one in inputs for value in one], dtype=np.int64)
    columns = matrix.reshape(-1, width)
    steps = formula.columns({one.name: columns[:, at] for at, one in enumerate(formula.inputs)})
    if not formula.items:
        return _whole(steps["amount"], len(inputs))
    owner = np.repeat(np.arange(len(inputs)), items)
    return sum_by(owner, _whole(steps["item"], len(columns)), len(inputs))


def _whole(value: Exact | Fraction, rows: int) -> Column:
    if isinstance(value, Fraction):
        value = Exact(np.full(rows, value.numerator), value.denominator)
    return np.broadcast_to(value.whole(_CENTS), (rows,))
