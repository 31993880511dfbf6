"""From claims to amounts: runs the formula of each claim and keeps what it was given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.contribute.claim import Claim, picked
from transforms.contribute.lines import ABSENT
from transforms.exact import Exact, Truth
from transforms.formula import Column, Formula
from transforms.money import sum_by

RATE_SCALE = 10**8
_CENTS = 100


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A claim with what it gives, one entry a line: cents, and rates of 1/``RATE_SCALE``.

    Numbers are ``ABSENT`` where nothing was computed; ``inputs`` is null there.
    """

    claim: Claim
    base: Column
    amount: Column
    rate: Column
    inputs: pa.ListArray


def evaluated(claim: Claim) -> Evaluated:
    """Runs the formula over the entries that nothing stands in the way of."""
    nothing = np.full(claim.rows, ABSENT)
    formula, inputs = claim.formula, claim.inputs
    if formula is None or inputs is None:
        return Evaluated(claim, nothing, nothing, nothing, _no_inputs(claim.rows))
    _add_gaps(claim, formula, inputs)
    clear = claim.doubts.clear
    if not clear.any():
        return Evaluated(claim, nothing, nothing, nothing, _no_inputs(claim.rows))
    kept = clear if claim.owner is None else clear[claim.owner]
    used = picked(inputs, kept)
    steps = formula.columns(used)
    lists = _lists(formula, used, _widths(claim, clear))
    if claim.owner is None:
        found = {name: steps.get(name) for name in ("base", "amount", "rate")}
    else:
        items = _whole(steps["item"], _CENTS, int(kept.sum()))
        sums = sum_by(claim.owner[kept], items, claim.rows)[clear]
        found = {"base": None, "amount": Exact(sums, _CENTS), "rate": None}
    base, amount, rate = (
        _spread(_whole(found[name], scale, int(clear.sum())), clear)
        for name, scale in (("base", _CENTS), ("amount", _CENTS), ("rate", RATE_SCALE))
    )
    return Evaluated(claim, base, amount, rate, lists)


def _add_gaps(claim: Claim, formula: Formula, inputs: Mapping[str, Column]) -> None:
    for gap in formula.gaps:
        claim.doubts.add(formula.gap(gap, inputs), gap.reason)


def _whole(value: Any, scale: int, rows: int) -> Column:
    """A step as whole numbers of 1/``scale``; a step that a formula does not have is absent."""
    if value is None:
        return np.full(rows, ABSENT)
    if not isinstance(value, Exact):
        value = Exact(np.full(rows, value.numerator), value.denominator)
    return np.broadcast_to(value.whole(scale), (rows,))


def _spread(values: Column, where: Truth) -> Column:
    spread = np.full(len(where), ABSENT)
    spread[where] = values
    return spread


def _widths(claim: Claim, clear: Truth) -> npt.NDArray[np.int64]:
    """Items of each entry: one, or as many as it owns; none where nothing was computed."""
    if claim.owner is None:
        return clear.astype(np.int64)
    return np.bincount(claim.owner, minlength=claim.rows) * clear


def _lists(
    formula: Formula, inputs: Mapping[str, Column], items: npt.NDArray[np.int64]
) -> pa.ListArray:
    """The inputs of each entry in the order of the formula, item after item."""
    table = np.column_stack([inputs[i.name] for i in formula.inputs])
    offsets = np.zeros(len(items) + 1, dtype=np.int32)
    np.cumsum(items * len(formula.inputs), out=offsets[1:])
    absent = pa.array(np.append(items == 0, False))
    return pa.ListArray.from_arrays(
        pa.array(offsets, mask=np.asarray(absent)), pa.array(table.ravel().astype(np.int64))
    )


def _no_inputs(rows: int) -> pa.ListArray:
    return pa.nulls(rows, pa.list_(pa.int64()))
