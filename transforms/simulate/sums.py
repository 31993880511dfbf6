"""One piece of a quarter, summed by group, person and employer: small, and all that is kept."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.simulation import BOTH, BREAKDOWNS
from transforms.exact import Truth

ALL, APART = "all", "apart"
GROUPINGS = (ALL, *BREAKDOWNS, APART)
"""Every way that lines are grouped; ``apart`` are those that not both books compute."""
SEPARATOR = "\x1f"
AMOUNTS = ("declared", "base", "variant")


@dataclass(frozen=True)
class Sums:
    """One piece: lines by grouping, each a table of (group, person, employer, lines, declared,
    base, variant). Persons and employers are numbers into their texts, -1 without one; amounts
    are cents, deductions below zero."""

    persons: pa.Array
    employers: pa.Array
    grouped: dict[str, pa.Table]
    total: "Total"


@dataclass(frozen=True)
class Total:
    """Plain sums over lines, next to which everything else is checked: lines and cents of both
    books where both compute, and of the base alone wherever it does."""

    lines: int = 0
    base: int = 0
    variant: int = 0
    base_lines: int = 0
    base_everywhere: int = 0

    def __add__(self, other: "Total") -> "Total":
        return Total(
            self.lines + other.lines,
            self.base + other.base,
            self.variant + other.variant,
            self.base_lines + other.base_lines,
            self.base_everywhere + other.base_everywhere,
        )


def summed(lines: pa.Table) -> Sums:
    """The sums of some rows of ``simulation.lines``."""
    both = np.asarray(pc.equal(lines.column("computed"), BOTH))
    persons, person = _encoded(lines.column("inss"))
    employers, employer = _encoded(lines.column("employer"))
    table = pa.table(
        {"person": person, "employer": employer, **_signed(lines)}
        | {name: lines.column(name) for name in BREAKDOWNS}
        | {ALL: pa.repeat(ALL, lines.num_rows), APART: _apart(lines)}
    )
    grouped = {
        name: _grouped(table.filter(pa.array(~both if name == APART else both)), name)
        for name in GROUPINGS
    }
    return Sums(persons, employers, grouped, _total(lines, both))


def _signed(lines: pa.Table) -> dict[str, pa.ChunkedArray]:
    columns = ("declared_amount", "base_amount", "variant_amount")
    sign = lines.column("sign")
    return {
        name: pc.fill_null(pc.multiply(sign, lines.column(column)), 0)
        for name, column in zip(AMOUNTS, columns, strict=True)
    }


def _apart(lines: pa.Table) -> pa.ChunkedArray:
    """Family, in which run, and why not in the other or in both."""
    reasons = pc.coalesce(lines.column("base_reason"), lines.column("variant_reason"), "")
    family = pc.fill_null(lines.column("family"), "")
    return pc.binary_join_element_wise(family, lines.column("computed"), reasons, SEPARATOR)


def _encoded(column: pa.ChunkedArray) -> tuple[pa.Array, pa.Array]:
    encoded = column.combine_chunks().dictionary_encode()
    return encoded.dictionary, pc.fill_null(encoded.indices, -1)


def _grouped(table: pa.Table, name: str) -> pa.Table:
    keyed = table.select([name, "person", "employer", *AMOUNTS])
    sums = keyed.group_by([name, "person", "employer"], use_threads=False).aggregate(
        [(name, "count"), *((amount, "sum") for amount in AMOUNTS)]
    )
    return sums.rename_columns(["group", "person", "employer", "lines", *AMOUNTS])


def _total(lines: pa.Table, both: Truth) -> Total:
    sign = np.asarray(lines.column("sign"))
    base, variant = (
        np.asarray(pc.fill_null(lines.column(f"{side}_amount"), 0)) * sign
        for side in ("base", "variant")
    )
    return Total(
        int(both.sum()),
        int(base[both].sum()),
        int(variant[both].sum()),
        lines.num_rows - lines.column("base_amount").null_count,
        int(base.sum()),
    )
