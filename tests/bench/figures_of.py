"""Medians with their spread, and how figures are written."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """The median of several measurements, the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """``ValueError`` for no values."""
        if not values:
            raise ValueError("no measurements")
        return cls(statistics.median(values), min(values), max(values))

    def shown(self, unit: str, digits: int = 1) -> str:
        """``9.1 s (8.8 to 9.7)``."""
        text = f"{self.median:,.{digits}f} {unit}"
        if self.low == self.high:
            return text
        return f"{text} ({self.low:,.{digits}f} to {self.high:,.{digits}f})"


def megabytes(size: float) -> str:
    return f"{size / 1e6:,.0f} MB"


def percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least ``share`` of all values do not exceed (nearest rank)."""
    if not values or not 0 < share <= 1:
        raise ValueError("needs values and a share above 0, up to 1")
    ordered = sorted(values)
    rank = -(-len(ordered) * round(share * 1_000_000) // 1_000_000)
    return ordered[int(rank) - 1]
