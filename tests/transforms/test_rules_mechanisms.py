"""Mechanisms against obvious brute force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.identifiers import (
    enterprise_valid,
    inss_valid,
    make_enterprise,
    make_inss,
    make_nsso,
    nsso_valid,
)
from transforms.rules.columns import Columns, Mask
from transforms.rules.conditions import holding, parse
from transforms.rules.digits import SCHEMES
from transforms.rules.mechanisms import MECHANISMS
from transforms.rules.question import Question
from transforms.rules.rule import Span
from transforms.rules.turns import turns

Row = dict[str, Any]
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("id", "group", "code", "from_hour", "to_hour", "text")),
        *((name, pa.date32()) for name in ("first", "last", "day")),
        ("number", pa.int64()),
        ("flag", pa.bool_()),
    ]
)
DAY = date(2023, 1, 1)
QUICK = settings(max_examples=60)


def columns(rows: list[Row]) -> Columns:
    return Columns(pa.Table.from_pylist(rows, schema=SCHEMA))


def asked(rows: list[Row], others: list[Row] | None = None) -> Question:
    """A question about every row."""
    return Question(
        columns(rows),
        {} if others is None else {"others": columns(others)},
        {},
        {},
        lambda _: {},
        np.ones(len(rows), dtype=np.bool_),
    )


def judge(mechanism: str, question: Question, **parameters: Any) -> Mask:
    found = MECHANISMS[mechanism](question, **parameters)
    assert isinstance(found, np.ndarray)
    return found


def rows_of(mask: Any) -> list[int]:
    return list(map(int, np.flatnonzero(mask)))


# --- conditions ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({"code": "A"}, [0]),
        ({"code": ["A", "B"]}, [0, 1]),
        ({"code": {"not": ["A"]}}, [1]),
        ({"code": {"is": "absent"}}, [2]),
        ({"code": {"is": "present"}, "flag": True}, [1]),
        ({"flag": {"is": "absent"}}, [0, 2]),
        ({"flag": False}, [0]),
        ({"first": {"from": date(2023, 1, 2)}}, [1]),
        ({"first": {"until": date(2023, 1, 1)}}, [0]),
        ({"number": {"from": 5, "until": 7}}, [1]),
        ({"last": {"same_as": "first"}}, [1]),
        ({"code": {"same_as": "group"}}, [0]),
        ([{"code": "A"}, {"code": {"is": "absent"}}], [0, 2]),
    ],
)
def test_a_condition_holds_of_the_rows_that_it_says(said: Any, holds: list[int]) -> None:
    rows = [
        {"code": "A", "group": "A", "flag": False, "first": DAY, "number": 4},
        {"code": "B", "group": "A", "flag": True, "first": date(2023, 1, 2), "number": 5}
        | {"last": date(2023, 1, 2)},
        {},
    ]
    assert rows_of(holding(columns(rows), parse(said))) == holds


@pytest.mark.parametrize(
    "said",
    [
        "A",
        {},
        [],
        {"code": {}},
        {"code": []},
        {"code": 5},
        {"code": {"is": "empty"}},
        {"code": {"from": "2023"}},
        {"code": {"not": ["A"], "is": "absent"}},
    ],
)
def test_what_is_no_condition_is_refused(said: Any) -> None:
    with pytest.raises(ValueError, match=r"condition|says|values|neither"):
        parse(said)


# --- values -------------------------------------------------------------------------------------


def test_values_against_lists_with_days() -> None:
    lists = {"kinds": {"OLD": (Span(None, DAY),), "ANY": (Span(None, None),)}}
    rows = [
        {"code": code, "day": day}
        for code in ("OLD", "ANY", "ODD", None)
        for day in (DAY, DAY + timedelta(1), None)
    ]
    question = replace(asked(rows), lists=lists)
    absent = judge("not_listed", question, column="code", in_list="kinds")
    assert rows_of(absent) == [6, 7, 8]
    over = judge("not_in_force", question, column="code", in_list="kinds", at="day")
    assert rows_of(over) == [1]


def test_comparisons_of_two_columns() -> None:
    pairs = [("A", "A"), ("A", "B"), (None, "B"), ("A", None)]
    question = asked([{"code": a, "group": b} for a, b in pairs])
    named: dict[str, Any] = {"column": "code", "other": "group"}
    assert rows_of(judge("equal", question, **named)) == [0]
    assert rows_of(judge("differs", question, **named)) == [1]
    unchanged = judge("unchanged", question, pairs={"code": "group"})
    assert rows_of(unchanged) == [0]


ONE_BY_ONE: dict[str, Callable[[str], bool]] = {
    "inss": inss_valid,
    "nsso": nsso_valid,
    "enterprise": enterprise_valid,
}
MADE = {
    "inss": st.builds(make_inss, st.dates(date(1920, 1, 1), date(2022, 1, 1)), st.just(45)),
    "nsso": st.builds(make_nsso, st.integers(1001, 1_999_999)),
    "enterprise": st.builds(make_enterprise, st.integers(1, 19_999_999)),
}


@pytest.mark.parametrize("kind", ONE_BY_ONE)
def test_check_digits_by_column_are_those_of_one_number(kind: str) -> None:
    changed = st.builds(
        lambda number, place, digit: number[:place] + digit + number[place + 1 :],
        MADE[kind],
        st.integers(0, 11),
        st.sampled_from("0123456789 x"),
    )

    @given(st.lists(st.one_of(MADE[kind], changed, st.text("0123456789", max_size=12))))
    @QUICK
    def agrees(numbers: list[str]) -> None:
        wrong = SCHEMES[kind](pa.array(numbers, pa.string()))
        valid = [len(n) >= 9 and ONE_BY_ONE[kind](n) for n in numbers]
        if kind == "nsso":
            valid = [nsso_valid(n) for n in numbers]
        assert wrong.tolist() == [not v for v in valid]

    agrees()


def test_numbers_of_the_dimona_and_provisional_ones() -> None:
    samples = [f"{n:010}{n % 97:02}" for n in (1234567891, 97 * 5, 10**9)]
    numbers = pa.array([*samples, f"{97 * 5:010}97", "1", "123456789198", None])
    assert rows_of(SCHEMES["dimona"](numbers)) == [4, 5]
    bounds = pa.array(["5000000120", "5999999989", "5000000023", "4999999989", "0"])
    assert rows_of(SCHEMES["provisional_nsso"](bounds)) == [2, 3, 4]


# --- dates --------------------------------------------------------------------------------------


def test_days_of_the_calendar_with_unknown_parts() -> None:
    texts = ["1985-07-30", "1985-00-00", "1985-07-00", "1985-00-30", "1985-13-00", "1985-02-29"]
    question = asked([{"text": text} for text in [*texts, None]])
    some: dict[str, Any] = {"column": "text", "unknown_parts": True}
    assert rows_of(judge("not_a_day", question, **some)) == [3, 4, 5]
    assert rows_of(judge("not_a_day", question, column="text")) == [1, 2, 3, 4, 5]


DATES = st.dates(date(1999, 1, 1), date(2040, 12, 31))


@given(st.lists(st.tuples(DATES, DATES), min_size=1, max_size=8))
@QUICK
def test_days_against_days(pairs: list[tuple[date, date]]) -> None:
    question = asked([{"first": a, "last": b} for a, b in pairs])
    both: dict[str, Any] = {"earlier": "first", "later": "last"}
    names: dict[str, Any] = {"column": "first", "other": "last"}
    years: dict[str, Any] = {"column": "last", "of": "first", "at_least": -1, "at_most": 2}

    def quarter(day: date) -> tuple[int, int]:
        return day.year, (day.month - 1) // 3

    def begin(day: date) -> date:
        return date(day.year, quarter(day)[1] * 3 + 1, 1)

    expected = {
        "out_of_order": [b < a for a, b in pairs],
        "strictly": [b <= a for a, b in pairs],
        "apart": [(b - a).days > 31 for a, b in pairs],
        "apart_quarter": [(begin(b) - a).days > 31 for a, b in pairs],
        "quarter": [quarter(a) != quarter(b) for a, b in pairs],
        "years": [not -1 <= b.year - a.year <= 2 for a, b in pairs],
    }
    found = {
        "out_of_order": judge("out_of_order", question, **both),
        "strictly": judge("out_of_order", question, **both, strictly=True),
        "apart": judge("days_apart", question, **both, at_most=31),
        "apart_quarter": judge("days_apart", question, **both, at_most=31, counted_to="quarter"),
        "quarter": judge("other_quarter", question, **names),
        "years": judge("years_apart", question, **years),
    }
    assert {name: mask.tolist() for name, mask in found.items()} == expected


# --- groups -------------------------------------------------------------------------------------


def hour(minute: int) -> str:
    return f"{minute // 60:02}{minute % 60:02}"


@st.composite
def times(draw: st.DrawFn, id_: str = "") -> Row:
    first = DAY + timedelta(draw(st.integers(0, 6)))
    length = draw(st.one_of(st.none(), st.integers(0, 3)))
    clock = st.one_of(st.none(), st.integers(0, 1439).map(hour))
    return {
        "id": id_ or draw(st.sampled_from("abcd")),
        "group": draw(st.sampled_from(["x", "y", None])),
        "first": first,
        "last": None if length is None else first + timedelta(length),
        "from_hour": draw(clock),
        "to_hour": draw(clock),
    }


def minutes(row: Row) -> tuple[float, float]:
    def at(day: date, clock: str | None, missing: int) -> int:
        of_day = missing if clock is None else int(clock[:2]) * 60 + int(clock[2:])
        return (day - DAY).days * 1440 + of_day

    end = float("inf") if row["last"] is None else at(row["last"], row["to_hour"], 1440)
    return at(row["first"], row["from_hour"], 0), end


def run_together(one: Row, other: Row) -> bool:
    (a, b), (c, d) = minutes(one), minutes(other)
    return one["group"] == other["group"] and a < b and c < d and a < d and c < b


BY: dict[str, Any] = {"by": ("group",), "start": "first", "end": "last"}
CLOCK: dict[str, Any] = {"start_hour": "from_hour", "end_hour": "to_hour"}
KNOWN = st.lists(st.sampled_from("abcd"), unique=True, max_size=4).flatmap(
    lambda ids: st.tuples(*(times(id_) for id_ in ids)).map(list)
)


@given(st.lists(times(), min_size=1, max_size=8))
@QUICK
def test_times_that_overlap_in_their_group(rows: list[Row]) -> None:
    found = judge("overlap", asked(rows), **BY, **CLOCK)
    expected = set()
    for i, j in combinations(range(len(rows)), 2):
        if run_together(rows[i], rows[j]):
            expected |= {i, j}
    assert rows_of(found) == sorted(expected)


@given(st.lists(times(), min_size=1, max_size=6), KNOWN, st.booleans())
@QUICK
def test_times_that_overlap_others_but_not_themselves(
    rows: list[Row], others: list[Row], own: bool
) -> None:
    itself: dict[str, Any] = {"itself": "id"} if own else {}
    found = judge("overlap", asked(rows, others), **BY, **CLOCK, among="others", **itself)
    expected = [
        any(run_together(row, o) and not (own and o["id"] == row["id"]) for o in others)
        for row in rows
    ]
    assert found.tolist() == expected


@given(st.lists(times(), min_size=1, max_size=6), KNOWN, st.booleans())
@QUICK
def test_keys_that_are_known_already_or_repeated(
    rows: list[Row], others: list[Row], own: bool
) -> None:
    key = ("group", "first", "last")
    named: dict[str, Any] = {"by": key, "among": "others", "itself": "id" if own else None}

    def same(one: Row, other: Row) -> bool:
        return all(one[name] == other[name] for name in key)

    expected = [
        any(same(row, o) and not (own and o["id"] == row["id"]) for o in others) for row in rows
    ]
    assert judge("known_already", asked(rows, others), **named).tolist() == expected
    again = judge("repeated", asked(rows), by=key)
    assert again.tolist() == [
        any(same(row, earlier) for earlier in rows[:i]) for i, row in enumerate(rows)
    ]


def days_in_a_row(row: Row, others: list[Row]) -> int:
    taken = {
        o["first"] + timedelta(i)
        for o in others
        if o["last"] is not None and o["group"] == row["group"]
        for i in range((o["last"] - o["first"]).days + 1)
    }
    count = int((row["last"] - row["first"]).days) + 1
    before, after = row["first"] - timedelta(1), row["last"] + timedelta(1)
    while before in taken:
        count, before = count + 1, before - timedelta(1)
    while after in taken:
        count, after = count + 1, after + timedelta(1)
    return count


@given(st.lists(times(), min_size=1, max_size=6), KNOWN, st.booleans())
@QUICK
def test_days_in_a_row_with_those_of_others(rows: list[Row], others: list[Row], own: bool) -> None:
    rows = [row | {"last": row["last"] or row["first"]} for row in rows]
    itself: dict[str, Any] = {"itself": "id"} if own else {}
    question = asked(rows, others)
    found = judge("too_many_days_running", question, **BY, among="others", at_most=2, **itself)
    expected = [
        days_in_a_row(row, [o for o in others if not (own and o["id"] == row["id"])]) > 2
        for row in rows
    ]
    assert found.tolist() == expected


def test_only_rows_that_are_asked_about_are_compared_with_each_other() -> None:
    question = asked([{"group": "x", "first": DAY, "last": DAY}] * 3)
    question.asked[0] = False
    assert rows_of(judge("repeated", question, by=("group",))) == [2]
    assert rows_of(judge("overlap", question, **BY)) == [1, 2]


@given(st.lists(st.integers(0, 3), max_size=12))
@QUICK
def test_turns_hold_each_row_once_and_a_group_once_a_turn(numbers: list[int]) -> None:
    taken = list(turns(np.array(numbers, dtype=np.int64)))
    assert sorted(int(row) for turn in taken for row in turn) == list(range(len(numbers)))
    for number, turn in enumerate(taken):
        for row in turn:
            assert numbers[: int(row)].count(numbers[int(row)]) == number
