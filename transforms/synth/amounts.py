"""Arithmetic on single amounts."""

from transforms.money import Ratio

MILLION = 1_000_000


def times(amount: int, factor: Ratio) -> int:
    """``amount * factor`` in whole cents, half a cent up; ``amount`` is not negative."""
    denominator = factor.denominator
    return (2 * amount * factor.numerator + denominator) // (2 * denominator)


def part(amount: int, ppm: int) -> int:
    """So many millionths of an amount."""
    return (amount * ppm + MILLION // 2) // MILLION
