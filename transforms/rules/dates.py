"""Mechanisms that look at days and hours. An hour is a text HHMM."""

import numpy as np

from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.question import Column, Question


def not_a_day(question: Question, *, column: Column, unknown_parts: bool = False) -> Mask:
    """A text that is no day of the calendar; ``unknown_parts``: month and day may be 00."""
    codes, texts = question.rows.codes(column)
    return np.array([not _is_day(text, unknown_parts) for text in texts] + [False])[codes]


def _is_day(text: str, unknown_parts: bool) -> bool:
    year, month, day = text[:4], text[5:7], text[8:]
    if unknown_parts and day == "00":
        day = "01"
        month = "01" if month == "00" else month
    try:
        np.datetime64(f"{year}-{month}-{day}", "D")
    except ValueError:
        return False
    return len(text) == 10


def out_of_order(
    question: Question, *, earlier: Column, later: Column, strictly: bool = False
) -> Mask:
    """The later day (hour, number) comes before the earlier one, or with it when ``strictly``."""
    rows = question.rows
    both = rows.numeric(earlier) & rows.numeric(later)
    first, second = rows.numbers(earlier), rows.numbers(later)
    return both & ((second <= first) if strictly else (second < first))


def days_apart(
    question: Question,
    *,
    earlier: Column,
    later: Column,
    at_most: int,
    counted_to: str = "day",
) -> Mask:
    """More days lie between two days than allowed. ``counted_to``: the later ``day`` itself, or
    the first day of its ``quarter``."""
    rows = question.rows
    both = rows.numeric(earlier) & rows.numeric(later)
    last = rows.numbers(later)
    if counted_to == "quarter":
        last = (_quarters(last) * 3).astype("datetime64[M]").astype("datetime64[D]").astype(int)
    return both & (last - rows.numbers(earlier) > at_most)


def years_apart(
    question: Question, *, column: Column, of: Column, at_least: int | None, at_most: int | None
) -> Mask:
    """The year of a day less the year of another lies outside of bounds."""
    rows = question.rows
    apart = _years(rows.numbers(column)) - _years(rows.numbers(of))
    found = np.zeros(len(rows), dtype=np.bool_)
    if at_least is not None:
        found |= apart < at_least
    if at_most is not None:
        found |= apart > at_most
    return found & rows.numeric(column) & rows.numeric(of)


def too_long(
    question: Question,
    *,
    start: Column,
    start_hour: Column,
    end: Column,
    end_hour: Column,
    hours: int,
) -> Mask:
    """From start to end it is more than so many hours; both need their hour."""
    rows = question.rows
    known = rows.numeric(start) & rows.numeric(end)
    known &= rows.numeric(start_hour) & rows.numeric(end_hour)
    return known & (_minutes(rows, end, end_hour) - _minutes(rows, start, start_hour) > hours * 60)


def other_quarter(question: Question, *, column: Column, other: Column) -> Mask:
    """Two days lie in different quarters."""
    rows = question.rows
    both = rows.numeric(column) & rows.numeric(other)
    apart: Mask = _quarters(rows.numbers(column)) != _quarters(rows.numbers(other))
    return both & apart


def outside(question: Question, *, column: Column, first: Column, last: Column) -> Mask:
    """A day before the first or after the last; where one of these lacks it is no bound."""
    rows = question.rows
    day = rows.numbers(column)
    before = rows.numeric(first) & (day < rows.numbers(first))
    after = rows.numeric(last) & (day > rows.numbers(last))
    found: Mask = rows.numeric(column) & (before | after)
    return found


def _minutes(rows: Columns, day: str, hour: str) -> Whole:
    return rows.minutes(day, hour, 0)


def _quarters(days: Whole) -> Whole:
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.floor_divide(months, 3)


def _years(days: Whole) -> Whole:
    return days.astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64) + 1970
