"""Computes amounts again from what lines keep: the formulas as they are written, and inputs."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.contribute.written import read, written
from transforms.formula import Formula
from transforms.rates.book import RateBook
from transforms.shredded import Rows

_CENTS = 100


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many amounts were computed again, and how many of them came out otherwise."""

    amounts: int = 0
    wrong: int = 0

    def __add__(self, other: "Replayed") -> "Replayed":
        return Replayed(self.amounts + other.amounts, self.wrong + other.wrong)


def formulas_of(lines: pa.Table, base: RateBook, variant: RateBook) -> pa.Table:
    """Rows of ``core.formula`` for all formulas that computed some lines, by either book."""
    names = [_names(lines, side) for side in ("base", "variant")]
    return pa.concat_tables([written(names[0], base), written(names[1] - names[0], variant)])


def replayed(lines: pa.Table, formulas: pa.Table, rows: Rows) -> Replayed:
    """Replays both amounts of some rows of ``simulation.lines``."""
    by_name = {row["formula"]: read(row) for row in formulas.to_pylist()}
    picked = lines.take(pa.array(rows))
    return sum((_side(picked, side, by_name) for side in ("base", "variant")), Replayed())


def spread(rows: int, wanted: int) -> Rows:
    """So many of the rows, from the first to the last."""
    return np.unique(np.linspace(0, rows - 1, min(wanted, rows)).round().astype(np.int64))


def _names(lines: pa.Table, side: str) -> set[str]:
    return {name for name in pc.unique(lines.column(f"{side}_formula")).to_pylist() if name}


def _side(lines: pa.Table, side: str, formulas: dict[str, Formula]) -> Replayed:
    names = ("formula", "inputs", "amount")
    computed = lines.filter(pc.is_valid(lines.column(f"{side}_amount")))
    columns = [computed.column(f"{side}_{name}").to_pylist() for name in names]
    distinct = {(name, tuple(inputs)) for name, inputs, _ in zip(*columns, strict=True)}
    amounts = dict(_amounts(distinct, formulas))
    wrong = sum(
        amounts[name, tuple(inputs)] != amount
        for name, inputs, amount in zip(*columns, strict=True)
    )
    return Replayed(computed.num_rows, wrong)


def _amounts(
    distinct: Iterable[tuple[str, tuple[int, ...]]], formulas: dict[str, Formula]
) -> Iterable[tuple[tuple[str, tuple[int, ...]], object]]:
    for name, inputs in distinct:
        yield (name, inputs), formulas[name].amount(inputs) * _CENTS
