"""Contribution lines counted by outcome: by each batch as it makes them, added up at the end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.files import place
from warehouse.parts import is_of

_KEYS = ["family", "outcome", "reason", "confidence"]
_AMOUNTS = ["declared_amount", "computed_amount"]
_CENTS = 100


@dataclass(frozen=True, slots=True)
class ContributionCount:
    """Lines of one outcome and reason: number, cents declared and computed; deductions count
    below zero, so that the lines of a sound declaration add up to its net amount."""

    family: str | None
    outcome: str
    reason: str | None
    confidence: str | None
    lines: int
    declared: int
    computed: int | None

    def __add__(self, other: "ContributionCount") -> "ContributionCount":
        computed = [one.computed for one in (self, other) if one.computed is not None]
        return ContributionCount(
            *_key(self),
            self.lines + other.lines,
            self.declared + other.declared,
            sum(computed) if computed else None,
        )


def counted(contributions: pa.Table) -> tuple[ContributionCount, ...]:
    """Rows of ``core.contribution`` by outcome; amounts are cents, or euro as they are at rest."""
    grouped = contributions.group_by([*_KEYS, "sign"]).aggregate(
        [("outcome", "count"), *((name, "sum") for name in _AMOUNTS)]
    )
    return added(_count(row) for row in grouped.to_pylist())


def counted_in(parts: Sequence[str], withdrawn: pa.Table) -> tuple[ContributionCount, ...]:
    """The same of part files, without the forms ``withdrawn`` (file_id, form_no)."""
    names = [*_KEYS, "sign", *_AMOUNTS, *withdrawn.column_names]
    counts: list[ContributionCount] = []
    for part in parts:
        table = pq.ParquetFile(place(part).source()).read(names)
        counts += counted(table.filter(pc.invert(is_of(table, withdrawn))))
    return added(counts)


def added(counts: Iterable[ContributionCount]) -> tuple[ContributionCount, ...]:
    """One for every outcome and reason, those of a family first."""
    sums: dict[tuple[object, ...], ContributionCount] = {}
    for one in counts:
        key = _key(one)
        sums[key] = sums[key] + one if key in sums else one
    return tuple(sorted(sums.values(), key=_order))


def _count(row: dict[str, Any]) -> ContributionCount:
    declared, computed = (_cents(row[f"{name}_sum"]) for name in _AMOUNTS)
    return ContributionCount(
        row["family"],
        row["outcome"],
        row["reason"],
        row["confidence"],
        row["outcome_count"],
        row["sign"] * (declared or 0),
        None if computed is None else row["sign"] * computed,
    )


def _cents(amount: Decimal | int | None) -> int | None:
    return int(amount * _CENTS) if isinstance(amount, Decimal) else amount


def _key(count: ContributionCount) -> tuple[str | None, str, str | None, str | None]:
    return count.family, count.outcome, count.reason, count.confidence


def _order(count: ContributionCount) -> tuple[object, ...]:
    family, outcome, reason, confidence = _key(count)
    return family is None, outcome, reason or "", confidence or "", family or ""
