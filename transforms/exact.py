"""Exact arithmetic on columns: whole numerators over a denominator, no float in between.

A ``Ratio`` of ``transforms.money`` multiplies one column by one number; here columns are added,
multiplied and divided by each other, and nothing is rounded until ``rounded`` says so. Where a
product would leave int64 the arithmetic goes on with Python integers: slower, never wrong.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import numpy.typing as npt

_INT64_MAX = 2**63 - 1

Integers = npt.NDArray[Any]
"""int64, or Python integers (dtype object) where int64 is too narrow."""
Truth = npt.NDArray[np.bool_]
Whole = int | Integers


@dataclass(frozen=True, slots=True, eq=False)
class Exact:
    """``numerator / denominator`` for every row; the denominator is positive.

    Both are arrays with one entry a row, or one number for all rows.
    """

    numerator: Whole
    denominator: Whole = 1

    def __add__(self, other: "Exact | Fraction | int") -> "Exact":
        one, two, denominator = _alike(self, _exact(other))
        return Exact(_plus(one, two), denominator)

    __radd__ = __add__

    def __neg__(self) -> "Exact":
        return Exact(_negated(self.numerator), self.denominator)

    def __sub__(self, other: "Exact | Fraction | int") -> "Exact":
        return self + -_exact(other)

    def __rsub__(self, other: "Exact | Fraction | int") -> "Exact":
        return -self + other

    def __mul__(self, other: "Exact | Fraction | int") -> "Exact":
        factor = _exact(other)
        return Exact(
            _times(self.numerator, factor.numerator),
            _times(self.denominator, factor.denominator),
        )

    __rmul__ = __mul__

    def __truediv__(self, other: "Exact | Fraction | int") -> "Exact":
        """``ZeroDivisionError`` when a row would be divided by zero."""
        return self * _inverse(_exact(other))

    def __rtruediv__(self, other: "Exact | Fraction | int") -> "Exact":
        return _inverse(self) * other

    def less(self, other: "Exact | Fraction | int") -> Truth:
        """Row by row, whether it is below ``other``."""
        one, two, _ = _alike(self, _exact(other))
        return np.asarray(one < two, dtype=np.bool_)

    def rounded(self, unit: Fraction, half_up: bool = True) -> "Exact":
        """In whole multiples of ``unit``: half away from zero, or towards zero."""
        numerator = _times(self.numerator, unit.denominator)
        denominator = _times(self.denominator, unit.numerator)
        size: Whole = np.maximum(numerator, _negated(numerator))
        if half_up:
            size = _plus(_times(size, 2), denominator)
            denominator = _times(denominator, 2)
        whole = np.sign(numerator) * (size // denominator)
        return Exact(_times(whole, unit.numerator), unit.denominator)

    def whole(self, scale: int) -> npt.NDArray[np.int64]:
        """``value * scale`` as int64; ``ValueError`` where that is not a whole number."""
        scaled = _times(self.numerator, scale)
        if np.any(scaled % self.denominator):
            raise ValueError(f"not a whole number of 1/{scale}")
        return np.asarray(scaled // self.denominator, dtype=np.int64)


def chosen(condition: Truth, yes: Exact | Fraction | int, no: Exact | Fraction | int) -> Exact:
    """``yes`` where the condition holds, else ``no``."""
    one, two, denominator = _alike(_exact(yes), _exact(no))
    return Exact(np.where(condition, one, two), denominator)


def _exact(value: "Exact | Fraction | int") -> Exact:
    if isinstance(value, Exact):
        return value
    if isinstance(value, int):
        return Exact(_number(value))
    return Exact(_number(value.numerator), _number(value.denominator))


def _number(value: int) -> Whole:
    """A number that numpy takes for what it is: too large ones would become floats."""
    return value if abs(value) <= _INT64_MAX else np.array(value, dtype=object)


def _inverse(value: Exact) -> Exact:
    if np.any(value.numerator == 0):
        raise ZeroDivisionError("a row is divided by zero")
    positive = value.numerator > 0
    sign = (1 if positive else -1) if isinstance(positive, bool) else np.where(positive, 1, -1)
    return Exact(_times(sign, value.denominator), _times(value.numerator, sign))


def _alike(one: Exact, two: Exact) -> tuple[Whole, Whole, Whole]:
    """Both numerators over one denominator."""
    if isinstance(one.denominator, int) and isinstance(two.denominator, int):
        shared = lcm(one.denominator, two.denominator)
        return (
            _times(one.numerator, shared // one.denominator),
            _times(two.numerator, shared // two.denominator),
            shared,
        )
    return (
        _times(one.numerator, two.denominator),
        _times(two.numerator, one.denominator),
        _times(one.denominator, two.denominator),
    )


def _times(one: Whole, two: Whole) -> Whole:
    if isinstance(two, int) and two == 1:
        return one
    if isinstance(one, int) and isinstance(two, int):
        return _number(one * two)
    if _largest(one) * _largest(two) > _INT64_MAX:
        return np.asarray(_wide(one) * _wide(two), dtype=object)
    return one * two


def _plus(one: Whole, two: Whole) -> Whole:
    if _largest(one) + _largest(two) > _INT64_MAX:
        return _wide(one) + _wide(two)
    return one + two


def _negated(value: Whole) -> Whole:
    """Without the wrap of the lowest int64."""
    return -_wide(value) if _largest(value) > _INT64_MAX else -value


def _wide(value: Whole) -> Integers:
    return np.asarray(value, dtype=object)


def _largest(value: Whole) -> int:
    """The largest magnitude, at least 1."""
    if isinstance(value, int):
        return max(abs(value), 1)
    if value.size == 0:
        return 1
    return max(-int(np.minimum.reduce(value)), int(np.maximum.reduce(value)), 1)
