"""Exact columns against fractions, near and beyond the bounds of int64."""

from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from operator import add, mul, sub, truediv

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.exact import Exact, chosen

MOST = 2**63 - 1
EDGES = (0, 1, -1, 50, -50, 2**31, 2**32 + 1, 2**62, MOST - 1, MOST, -MOST, 1 - MOST)
WHOLE = st.one_of(st.integers(-1000, 1000), st.integers(-MOST, MOST), st.sampled_from(EDGES))
WIDE = st.one_of(WHOLE, st.integers(-(2**90), 2**90))
PARTS = st.one_of(st.sampled_from((1, 2, 100, 10_000, 10**8)), st.integers(1, MOST))
CENT = Fraction(1, 100)
OPERATIONS: dict[str, Callable[[object, object], object]] = {
    "+": add,
    "-": sub,
    "*": mul,
}


@st.composite
def columns(draw: st.DrawFn, rows: int, wide: bool = True) -> Exact:
    """int64 or Python integers, over one denominator or one a row."""
    numbers = draw(st.lists(WIDE if wide else WHOLE, min_size=rows, max_size=rows))
    narrow = all(abs(n) <= MOST for n in numbers)
    numerator = np.array(numbers, dtype=np.int64 if narrow and draw(st.booleans()) else object)
    if draw(st.booleans()):
        return Exact(numerator, draw(PARTS))
    each = draw(st.lists(PARTS, min_size=rows, max_size=rows))
    return Exact(numerator, np.array(each, dtype=np.int64))


def fractions(column: Exact) -> list[Fraction]:
    """Row by row; the denominator is positive in every row."""
    numerator, denominator = np.broadcast_arrays(column.numerator, column.denominator)
    assert all(int(d) > 0 for d in denominator.tolist())
    pairs = zip(numerator.tolist(), denominator.tolist(), strict=True)
    return [Fraction(int(n), int(d)) for n, d in pairs]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Exact, "Exact | Fraction | int"]:
    """A column, and another of its length or a constant."""
    rows = draw(st.integers(1, 4))
    other = st.one_of(columns(rows), WIDE, st.builds(Fraction, WIDE, PARTS))
    return draw(columns(rows)), draw(other)


def too_wide(column: Exact, constant: Fraction) -> bool:
    """Whether a constant leaves int64 over the denominator that it would share."""
    denominator = np.max(column.denominator) if np.size(column.denominator) else 1
    return abs(constant.numerator) * int(denominator) * constant.denominator > MOST


def rows_of(other: "Exact | Fraction | int", rows: int) -> list[Fraction]:
    return fractions(other) if isinstance(other, Exact) else [Fraction(other)] * rows


@given(pairs(), st.sampled_from(sorted(OPERATIONS)), st.booleans())
def test_sums_and_products_are_those_of_fractions(
    pair: tuple[Exact, "Exact | Fraction | int"], name: str, turned: bool
) -> None:
    one, other = pair
    ones, others = fractions(one), rows_of(other, np.size(one.numerator))
    apply = OPERATIONS[name]
    found = apply(other, one) if turned else apply(one, other)
    expected = [apply(b, a) if turned else apply(a, b) for a, b in zip(ones, others, strict=True)]
    assert isinstance(found, Exact)
    assert fractions(found) == expected
    assert fractions(-one) == [-a for a in ones]


@given(pairs(), st.booleans())
def test_quotients_are_those_of_fractions(
    pair: tuple[Exact, "Exact | Fraction | int"], turned: bool
) -> None:
    one, other = pair
    ones, others = fractions(one), rows_of(other, np.size(one.numerator))
    above, below = (others, ones) if turned else (ones, others)
    if 0 in below:
        with pytest.raises(ZeroDivisionError):
            truediv(other, one) if turned else truediv(one, other)
        return
    found = truediv(other, one) if turned else truediv(one, other)
    assert fractions(found) == [a / b for a, b in zip(above, below, strict=True)]


def test_one_row_of_zero_is_enough_to_refuse_a_division() -> None:
    column = Exact(np.array([1, 0, 2]), 100)
    above: list[Exact | int] = [1, column]
    for one in above:
        with pytest.raises(ZeroDivisionError):
            one / column
    with pytest.raises(ZeroDivisionError):
        column / 0


@given(pairs())
def test_less_is_that_of_fractions(pair: tuple[Exact, "Exact | Fraction | int"]) -> None:
    one, other = pair
    others = rows_of(other, np.size(one.numerator))
    found = one.less(other)
    assert found.dtype == np.bool_
    assert found.tolist() == [a < b for a, b in zip(fractions(one), others, strict=True)]


def test_a_constant_beyond_int64_is_chosen() -> None:
    column = Exact(np.array([1, 2]), 2)
    found = chosen(np.array([True, False]), column, MOST + 1)
    assert fractions(found) == [Fraction(1, 2), Fraction(MOST + 1)]


@given(pairs(), st.data())
def test_chosen_takes_row_by_row(
    pair: tuple[Exact, "Exact | Fraction | int"], data: st.DataObject
) -> None:
    one, other = pair
    assume(isinstance(other, Exact) or not too_wide(one, Fraction(other)))
    rows = np.size(one.numerator)
    truth = data.draw(st.lists(st.booleans(), min_size=rows, max_size=rows))
    mine, theirs = fractions(one), rows_of(other, rows)
    condition = np.array(truth)
    assert fractions(chosen(condition, one, other)) == [
        a if t else b for t, a, b in zip(truth, mine, theirs, strict=True)
    ]
    assert fractions(chosen(condition, other, one)) == [
        b if t else a for t, a, b in zip(truth, mine, theirs, strict=True)
    ]


# --- rounding ------------------------------------------------------------------------------------


def decimal_rounded(value: Fraction, digits: int, half_up: bool) -> Fraction:
    """As ``decimal`` rounds, for values that are decimals."""
    with localcontext() as context:
        context.prec = 200
        exact = Decimal(value.numerator) / Decimal(value.denominator)
        mode = ROUND_HALF_UP if half_up else ROUND_DOWN
        return Fraction(exact.quantize(Decimal(1).scaleb(-digits), mode))


@given(st.lists(WIDE, min_size=1, max_size=5), st.integers(0, 6), st.integers(0, 6), st.booleans())
def test_decimals_are_rounded_as_decimal_does(
    numbers: list[int], places: int, digits: int, half_up: bool
) -> None:
    column = Exact(np.array(numbers, dtype=object), 10**places)
    found = column.rounded(Fraction(1, 10**digits), half_up)
    expected = [decimal_rounded(Fraction(n, 10**places), digits, half_up) for n in numbers]
    assert fractions(found) == expected


@given(columns(3), PARTS, st.integers(1, 1000), st.booleans())
def test_rounding_gives_the_nearest_multiple(
    column: Exact, parts: int, times: int, half_up: bool
) -> None:
    unit = Fraction(times, parts)
    for value, found in zip(
        fractions(column), fractions(column.rounded(unit, half_up)), strict=True
    ):
        assert (found / unit).denominator == 1
        if half_up:
            assert abs(found - value) <= unit / 2
            assert abs(found - value) < unit / 2 or abs(found) > abs(value)
        else:
            assert abs(found) <= abs(value) < abs(found) + unit


@given(
    st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=4),
    st.integers(1, 1000),
    st.sampled_from((CENT, Fraction(1), Fraction(1, 10_000), Fraction(5, 2))),
)
def test_half_a_unit_goes_away_from_zero(wholes: list[int], scale: int, unit: Fraction) -> None:
    """On purpose exactly between two multiples, on both sides of zero."""
    halves = [(n + Fraction(1, 2)) * unit for n in wholes]
    denominator = (unit / 2).denominator * scale
    column = Exact(np.array([int(h * denominator) for h in halves], dtype=object), denominator)
    expected = [(n + 1) * unit if n >= 0 else n * unit for n in wholes]
    assert fractions(column.rounded(unit)) == expected
    towards_zero = [n * unit if n >= 0 else (n + 1) * unit for n in wholes]
    assert fractions(column.rounded(unit, half_up=False)) == towards_zero


@pytest.mark.parametrize(
    ("cents_and_a_half", "rounded"),
    [(5, 1), (-5, -1), (15, 2), (-15, -2), (4, 0), (-4, 0), (14, 1), (0, 0)],
)
def test_half_cents_of_both_signs(cents_and_a_half: int, rounded: int) -> None:
    column = Exact(np.array([cents_and_a_half]), 1000)
    assert column.rounded(CENT).whole(100).tolist() == [rounded]


# --- whole numbers -------------------------------------------------------------------------------


@given(st.lists(WHOLE, min_size=1, max_size=4), st.integers(1, 10**6))
def test_whole_gives_back_what_it_was_made_of(numbers: list[int], scale: int) -> None:
    found = Exact(np.array(numbers, dtype=object) * 7, scale * 7).whole(scale)
    assert found.dtype == np.int64
    assert found.tolist() == numbers


@given(columns(3, wide=False), st.sampled_from((1, 100, 10**8)))
def test_whole_refuses_what_is_not(column: Exact, scale: int) -> None:
    scaled = [value * scale for value in fractions(column)]
    if any(value.denominator > 1 for value in scaled):
        with pytest.raises(ValueError, match="not a whole number"):
            column.whole(scale)
    elif all(-MOST - 1 <= value <= MOST for value in scaled):
        assert column.whole(scale).tolist() == scaled
    else:
        with pytest.raises(OverflowError):
            column.whole(scale)


def test_a_column_without_rows() -> None:
    nothing = Exact(np.zeros(0, dtype=np.int64), 100)
    assert len((nothing * nothing + 1).rounded(CENT).whole(100)) == 0
    assert len((nothing / 3).less(nothing)) == 0


@pytest.mark.parametrize(
    "change",
    [lambda c: -c, lambda c: 0 - c, lambda c: 1 / c, lambda c: c.rounded(Fraction(2))],
    ids=["negated", "subtracted", "inverted", "rounded"],
)
def test_the_lowest_int64(change: Callable[[Exact], Exact]) -> None:
    lowest = np.array([-MOST - 1])
    narrow, wide = Exact(lowest), Exact(lowest.astype(object))
    assert fractions(change(narrow)) == fractions(change(wide))
