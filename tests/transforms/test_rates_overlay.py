"""Overlays: what-if values over the book, against a calculation day by day."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.quarter import Quarter
from transforms.rates.book import Confidence, Parameter, RateFileError, Value, rate_book
from transforms.rates.overlay import read_overlay

BOOK = rate_book()
S0 = "structural_S0_category_1"
FILE = """\
title: Raise S0 by 500 euro
parameters:
  structural_S0_category_1:
    - {from: 2023-01-01, until: 2023-12-31, value: "11085.95", reference: "assumption of the analyst"}
  work_bonus_S_low:
    - from: 2022-08-01
      until: 2022-11-30
      value: "1935.52"
      confidence: derived
      reference: "2 % step"
"""  # noqa: E501
DAYS = 24
START = date(2023, 1, 1)


def test_an_overlay_holds_on_its_days_and_nowhere_else() -> None:
    over = BOOK.overlaid(read_overlay(FILE.encode(), "what-if.yaml", BOOK))
    raised = over.at(S0, Quarter(2023, 2))
    assert (raised.value, raised.confidence) == (Decimal("11085.95"), Confidence.unverified)
    for quarter in (Quarter(2022, 4), Quarter(2024, 1)):
        assert over.at(S0, quarter) == BOOK.at(S0, quarter)
    filled = over.during("work_bonus_S_low", date(2022, 8, 1), date(2022, 8, 31))
    assert filled.confidence is Confidence.derived
    untouched = set(BOOK.parameters) - {S0, "work_bonus_S_low"}
    assert all(over.parameters[name] is BOOK.parameters[name] for name in untouched)


def test_an_overlay_changes_the_fingerprint() -> None:
    one = BOOK.overlaid(read_overlay(FILE.encode(), "a.yaml", BOOK))
    other = BOOK.overlaid(read_overlay(FILE.replace("11085", "11086").encode(), "a.yaml", BOOK))
    assert len({BOOK.fingerprint, one.fingerprint, other.fingerprint}) == 3


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("title: Raise S0 by 500 euro\n", "", "exactly"),
        ("  structural_S0_category_1:", "  structural_S0:", "no parameter 'structural_S0'"),
        ('"11085.95"', '"11085.955"', "whole cents"),
        ('"11085.95"', "11085.95", "string"),
        (', reference: "assumption of the analyst"', "", "reference"),
        ("confidence: derived", "confidence: certain", "none of"),
        ("until: 2023-12-31", "until: 2022-12-31", "order"),
        ("  work_bonus_S_low:", "  structural_S0_category_1:", "twice"),
        ("title: Raise", "titel: x\ntitle: Raise", "exactly"),
    ],
)
def test_overlays_that_are_refused(old: str, new: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(RateFileError, match=reason) as error:
        read_overlay(FILE.replace(old, new, 1).encode(), "what-if.yaml", BOOK)
    assert str(error.value).startswith("what-if.yaml")


@st.composite
def dated(draw: st.DrawFn, mark: Confidence) -> tuple[Value, ...]:
    """Values in order of time within ``DAYS`` days, with gaps or without; the last may be open."""
    borders = sorted(draw(st.sets(st.integers(0, DAYS), max_size=8)))
    values = []
    for first, following in zip(borders[::2], borders[1::2], strict=False):
        last = START + timedelta(draw(st.sampled_from([first, following, following])))
        values.append(Value(START + timedelta(first), last, Decimal(first), mark, "a"))
    if len(borders) % 2:
        start = START + timedelta(borders[-1])
        values.append(Value(start, None, Decimal(borders[-1]), mark, "open"))
    return tuple(values)


def held(values: Sequence[Value], day: date) -> tuple[Decimal, Confidence, str] | None:
    """What holds on a day: the plainest reading of a list of dated values."""
    found = [v for v in values if v.first <= day and (v.last is None or day <= v.last)]
    assert len(found) <= 1
    return (found[0].value, found[0].confidence, found[0].reference) if found else None


@given(dated(Confidence.sourced), dated(Confidence.unverified))
def test_overlaying_is_what_it_is_day_by_day(
    under: tuple[Value, ...], over: tuple[Value, ...]
) -> None:
    laid = Parameter("p", "t", "P", "factor", under).overlaid(over).values
    for offset in range(-1, DAYS + 3):
        day = START + timedelta(offset)
        assert held(laid, day) == (held(over, day) or held(under, day))
    assert list(laid) == sorted(laid, key=lambda value: value.first)
    assert all(value.last is None or value.first <= value.last for value in laid)


@given(dated(Confidence.sourced), st.integers(-3, DAYS + 3), st.integers(0, DAYS))
def test_spans_are_what_holds_day_by_day(
    values: tuple[Value, ...], offset: int, length: int
) -> None:
    first = START + timedelta(offset)
    last = first + timedelta(length)
    days = [
        (a + timedelta(n), value)
        for a, b, value in Parameter("p", "t", "P", "factor", values).spans(first, last)
        for n in range((b - a).days + 1)
    ]
    assert [day for day, _ in days] == [first + timedelta(n) for n in range(length + 1)]
    for day, value in days:
        assert held(values, day) == (held([value], day) if value else None)


def test_open_and_endless_covers() -> None:
    def value(first: str, last: str | None) -> Value:
        until = date.fromisoformat(last) if last else None
        return Value(date.fromisoformat(first), until, Decimal(1), Confidence.sourced, "a")

    book = Parameter("p", "t", "P", "factor", (value("2022-01-01", None),))
    endless = (value("0001-01-01", "2021-12-31"), value("2023-01-01", "9999-12-31"))
    assert [(v.first, v.last) for v in book.overlaid(endless).values] == [
        (date(1, 1, 1), date(2021, 12, 31)),
        (date(2022, 1, 1), date(2022, 12, 31)),
        (date(2023, 1, 1), date(9999, 12, 31)),
    ]
