"""Arithmetic on cents, against Decimal and against Python's own integers."""

from decimal import ROUND_HALF_UP, Decimal, localcontext

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transforms.money import Cents, Ratio, multiply, sum_by

INT64 = st.integers(-(2**63), 2**63 - 1)
AMOUNTS = st.one_of(st.integers(-(10**13), 10**13), st.integers(-1000, 1000), INT64)
FACTORS = st.one_of(
    st.decimals("-2", "2", places=4),
    st.decimals("-1", "1", places=8),
    st.sampled_from([Decimal(t) for t in ("0", "1", "0.5", "-0.5", "0.005", "1.08", "0.3810")]),
)


def rounded(amount: int, factor: Decimal) -> int:
    """Decimal's half up is away from zero on both sides."""
    with localcontext(prec=80):
        return int((amount * factor).quantize(Decimal(1), ROUND_HALF_UP))


def cents(amounts: list[int]) -> Cents:
    return np.array(amounts, dtype=np.int64)


@given(st.lists(AMOUNTS, max_size=6), FACTORS)
@example([-(2**63)], Decimal("0.5"))
@example([2**63 - 1, -(2**63) + 1], Decimal("1"))
@example([-(2**63), 1], Decimal("1"))
def test_multiply_is_decimal_arithmetic(amounts: list[int], factor: Decimal) -> None:
    wanted = [rounded(amount, factor) for amount in amounts]
    if all(-(2**63) <= result < 2**63 for result in wanted):
        found = multiply(cents(amounts), Ratio.of(factor))
        assert found.dtype == np.int64
        assert found.tolist() == wanted
    else:
        with pytest.raises(OverflowError):
            multiply(cents(amounts), Ratio.of(factor))


@given(st.integers(-(10**12), 10**12), st.integers(1, 5000))
def test_half_a_cent_is_away_from_zero(whole: int, half_denominator: int) -> None:
    """(2k + 1) / 2 cents on purpose: an odd multiple of d times 1/2d."""
    odd = 2 * whole + 1
    factor = Ratio(1, 2 * half_denominator)
    (found,) = multiply(cents([odd * half_denominator]), factor).tolist()
    assert found == (whole + 1 if odd > 0 else whole)


@pytest.mark.parametrize(
    ("amount", "factor", "result"),
    [
        (500, "0.3810", 191),
        (-500, "0.3810", -191),
        (1, "0.5", 1),
        (-1, "0.5", -1),
        (1, "-0.5", -1),
        (3, "0.5", 2),
        (1, "0.4999", 0),
        (0, "0.3810", 0),
        (678_913, "1.08", 733_226),
    ],
)
def test_known_amounts(amount: int, factor: str, result: int) -> None:
    assert multiply(cents([amount]), Ratio.of(factor)).tolist() == [result]


def test_products_beyond_int64_stay_exact() -> None:
    amount = 9_000_000_000_000_000_001
    assert multiply(cents([amount, 3]), Ratio.of("0.50000000")).tolist() == [
        4_500_000_000_000_000_001,
        2,
    ]


def test_no_amounts() -> None:
    assert multiply(cents([]), Ratio.of("0.3810")).tolist() == []


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-9, max_value=9))
def test_a_ratio_is_exact(value: Decimal) -> None:
    ratio = Ratio.of(value)
    assert ratio.denominator > 0
    with localcontext(prec=60):
        assert Decimal(ratio.numerator) == value * ratio.denominator
    assert Ratio.of(str(value)) == ratio


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(-(10**15), 10**15)), max_size=30))
def test_sum_by_is_a_dictionary_of_sums(pairs: list[tuple[int, int]]) -> None:
    wanted = dict.fromkeys(range(10), 0)
    for owner, amount in pairs:
        wanted[owner] += amount
    owners, amounts = cents([owner for owner, _ in pairs]), cents([a for _, a in pairs])
    found = sum_by(owners, amounts, 10)
    assert dict(enumerate(found.tolist())) == wanted
