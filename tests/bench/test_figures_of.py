"""Medians, spreads and percentiles, against counting by hand."""

import statistics

import pytest
from figures_of import Spread, megabytes, percent, percentile
from hypothesis import given
from hypothesis import strategies as st

SECONDS = st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60)


@given(SECONDS)
def test_a_spread_holds_the_middle_and_both_ends(values: list[float]) -> None:
    spread = Spread.of(values)
    assert spread.low == min(values)
    assert spread.high == max(values)
    assert spread.median == statistics.median(values)


def test_a_spread_is_written_with_its_ends_unless_there_is_one_figure() -> None:
    assert Spread.of([9.12, 8.8, 9.7]).shown("s") == "9.1 s (8.8 to 9.7)"
    assert Spread.of([9.12]).shown("s", 2) == "9.12 s"
    with pytest.raises(ValueError, match="no measurements"):
        Spread.of([])


@given(SECONDS, st.sampled_from([0.01, 0.05, 0.5, 0.95, 0.99, 1.0]))
def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed(
    values: list[float], share: float
) -> None:
    found = percentile(values, share)
    hundredths = round(share * 100)
    assert 100 * sum(v <= found for v in values) >= hundredths * len(values)
    smaller = [v for v in values if v < found]
    assert not smaller or 100 * len(smaller) < hundredths * len(values)


def test_percentiles_of_a_hundred_figures() -> None:
    figures = [float(n) for n in range(1, 101)]
    assert [percentile(figures, share) for share in (0.5, 0.95, 1)] == [50, 95, 100]
    for share in (0, 1.1):
        with pytest.raises(ValueError, match="share"):
            percentile(figures, share)


def test_how_figures_are_written() -> None:
    assert megabytes(1_234_567_890) == "1,235 MB"
    assert percent(0.1234) == "12.3 %"
