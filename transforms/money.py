"""Exact arithmetic on amounts: whole cents in, whole cents out, no float in between."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

Cents = npt.NDArray[np.int64]

_INT64_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact factor, ``numerator / denominator``, denominator positive."""

    numerator: int
    denominator: int

    @classmethod
    def of(cls, value: Decimal | str) -> "Ratio":
        """The exact value of a decimal: ``Ratio.of("0.3810")``."""
        fraction = Fraction(Decimal(value))
        return cls(fraction.numerator, fraction.denominator)


def multiply(amounts: Cents, factor: Ratio) -> Cents:
    """``amounts * factor`` in whole cents, half a cent away from zero.

    ``amounts``: int64, any sign. The result is exact: where the product would leave int64 the
    arithmetic is done on Python integers; a result that does not fit raises ``OverflowError``.
    """
    largest = max(-int(amounts.min(initial=0)), int(amounts.max(initial=0)))
    if largest * abs(factor.numerator) * 2 + factor.denominator <= _INT64_MAX:
        return _rounded(amounts * factor.numerator, factor.denominator)
    exact = [_rounded_one(int(a) * factor.numerator, factor.denominator) for a in amounts]
    return np.array(exact, dtype=np.int64)


def sum_by(owner: npt.NDArray[np.int64], amounts: Cents, owners: int) -> Cents:
    """Sum of ``amounts`` per owner: ``owner[i]`` in ``0..owners-1`` has ``amounts[i]``."""
    sums = np.zeros(owners, dtype=np.int64)
    np.add.at(sums, owner, amounts)
    return sums


def _rounded(numerators: Cents, denominator: int) -> Cents:
    magnitude = (2 * np.abs(numerators) + denominator) // (2 * denominator)
    return np.asarray(np.sign(numerators) * magnitude, dtype=np.int64)


def _rounded_one(numerator: int, denominator: int) -> int:
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude
