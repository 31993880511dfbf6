"""The quarter: accepted shapes, order, first and last day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quarter import Quarter

QUARTERS = st.builds(Quarter, st.integers(1000, 9998), st.integers(1, 4))


@pytest.mark.parametrize(
    "text",
    ["2023Q1", "2023q1", "2023/1", "2023-1", "2023-Q1", "20231", " 2023Q1\n"],
)
def test_accepted_shapes(text: str) -> None:
    assert Quarter.parse(text) == Quarter(2023, 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2023",
        "2023Q0",
        "2023Q5",
        "20235",
        "23Q1",
        "2023 Q1",
        "2023//1",
        "2023Q11",
        "Q12023",
        "2023Q1x",
        "2023.1",
        "１９９９1x",
        "-2023Q1",
        "2023Q-1",
    ],
)
def test_refused_shapes(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 2023Q1"):
        Quarter.parse(text)


def test_a_refusal_names_the_text() -> None:
    with pytest.raises(ValueError, match="'last year'"):
        Quarter.parse("last year")


@given(QUARTERS)
def test_every_way_of_writing_is_read_back(quarter: Quarter) -> None:
    for text in (str(quarter), quarter.wire, quarter.slash):
        assert Quarter.parse(text) == quarter


def test_ways_of_writing() -> None:
    quarter = Quarter(2023, 1)
    assert (str(quarter), quarter.wire, quarter.slash) == ("2023Q1", "20231", "2023/1")


@given(QUARTERS)
def test_the_next_quarter_starts_the_day_after(quarter: Quarter) -> None:
    following = quarter.next()
    assert following > quarter
    assert quarter.last_day + timedelta(days=1) == following.first_day
    assert quarter.first_day.day == 1
    assert 90 <= (following.first_day - quarter.first_day).days <= 92


@pytest.mark.parametrize(
    ("quarter", "first", "last"),
    [
        (Quarter(2023, 1), date(2023, 1, 1), date(2023, 3, 31)),
        (Quarter(2023, 2), date(2023, 4, 1), date(2023, 6, 30)),
        (Quarter(2023, 3), date(2023, 7, 1), date(2023, 9, 30)),
        (Quarter(2023, 4), date(2023, 10, 1), date(2023, 12, 31)),
    ],
)
def test_first_and_last_day(quarter: Quarter, first: date, last: date) -> None:
    assert (quarter.first_day, quarter.last_day) == (first, last)


@given(st.lists(QUARTERS, max_size=8))
def test_order_is_that_of_time(quarters: list[Quarter]) -> None:
    assert sorted(quarters) == sorted(quarters, key=lambda q: q.first_day)
