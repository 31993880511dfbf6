"""Tallies of parts add up to that of the whole."""

import json
from dataclasses import fields

from hypothesis import given
from hypothesis import strategies as st

from transforms.replay.tally import EXAMPLES, SHAPES, Count, Example, Tally, put, put_words

EXAMPLE = st.builds(
    Example,
    st.sampled_from("abc"),
    st.integers(0, 9),
    st.integers(1, 9),
    st.just("/A"),
    st.just("w"),
)

NUMBERS = [one.name for one in fields(Tally) if one.type in (int, "int")]


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    tally = Tally()
    for name in NUMBERS:
        setattr(tally, name, draw(st.integers(0, 5)))
    for counts in tally.counts():
        for key in draw(st.sets(st.sampled_from("xyz"))):
            put(counts, key, Count(1, draw(st.integers(0, 1)), 3, (draw(EXAMPLE),)))
    return tally


def added(*some: Tally) -> Tally:
    whole = Tally()
    for one in some:
        whole.add(one)
    return whole


@given(tallies(), tallies(), tallies())
def test_the_order_of_parts_does_not_matter(one: Tally, two: Tally, three: Tally) -> None:
    expected = added(one, two, three).as_dict()
    assert added(three, one, two).as_dict() == expected
    assert added(added(two, three), one).as_dict() == expected


@given(tallies(), tallies())
def test_forms_are_the_sum_of_what_became_of_them(one: Tally, two: Tally) -> None:
    assert added(one, two).forms == one.forms + two.forms


@given(tallies())
def test_a_tally_comes_back_from_json(one: Tally) -> None:
    assert Tally.from_dict(json.loads(json.dumps(one.as_dict()))) == one


def test_the_first_examples_are_kept() -> None:
    count = Count()
    for line in range(9, 0, -1):
        count.add(Count(1, 1, 1, (Example("a", 1, line, "/A", "w"),)))
    assert [one.line for one in count.examples] == [*range(1, EXAMPLES + 1)]


def test_messages_without_end_are_counted_together_and_not_dropped() -> None:
    counts: dict[str, Count] = {}
    for number in range(3 * SHAPES):
        put_words(counts, f"message {number}", Count(1, 1, 1))
    assert len(counts) == SHAPES + 1
    assert sum(count.forms for count in counts.values()) == 3 * SHAPES
