"""Mechanisms that compare rows with each other, or with those of another table.

``by`` are the columns that make a group (or a key): null is a value like others there. The other
table is what is known already; without one, rows are compared with each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.question import Column, Itself, Others, Question, Shared
from transforms.rules.turns import turns

_FOREVER = 1 << 33
"""Minutes since 1970 that no date reaches: the end of what has none."""

_DAYS = 1 << 32
"""More days than there are between two dates."""


def repeated(question: Question, *, by: tuple[Column, ...]) -> Mask:
    """An earlier row that is asked about has the same key."""
    asked = np.flatnonzero(question.asked)
    keys, _ = _keys([question.rows.array(name).take(pa.array(asked)) for name in by])
    _, first = np.unique(keys, return_index=True)
    again = np.ones(len(asked), dtype=np.bool_)
    again[first] = False
    return _at(asked[again], len(question.rows))


def known_already(
    question: Question,
    *,
    among: Others,
    by: tuple[Shared, ...],
    prefix: str = "",
    itself: Itself | None = None,
) -> Mask:
    """A row of another table has the same key. ``itself`` is what the row to be left out is known
    by: what the judged row is about."""
    asked, own, other = _both(question, among, by, prefix)
    same = np.isin(own, other)
    if itself is not None and same.any():
        counts = _count(own, np.sort(other))
        counts -= own == _own(question, among, itself, asked, other, -1)
        same = counts > 0
    return _at(asked[same], len(question.rows))


def overlap(
    question: Question,
    *,
    by: tuple[Shared, ...],
    start: Shared,
    end: Shared,
    start_hour: Shared | None = None,
    end_hour: Shared | None = None,
    among: Others | None = None,
    prefix: str = "",
    itself: Itself | None = None,
) -> Mask:
    """A time that runs while another of its group does. Days count to their end where no hour
    stands, and an end that lacks never comes. Ends that are starts do not overlap."""
    asked, own, other = _both(question, among, by, prefix)
    names = [None if n is None else prefix + n for n in (start, start_hour, end, end_hour)]
    mine = _times(question.rows, names).at(asked)
    theirs = mine
    if among is not None:
        theirs = _times(question.others[among], [start, start_hour, end, end_hour])
    count = _meeting(own, mine, other, theirs)
    if among is None:
        count -= mine.runs
    elif itself is not None and len(other):
        row = _rows_of(question, among, itself, asked)
        about = np.maximum(row, 0)
        count -= (row >= 0) & (other[about] == own) & mine.meets(theirs.at(about))
    return _at(asked[count > 0], len(question.rows))


def _meeting(own: Whole, mine: "_Times", other: Whole, theirs: "_Times") -> Whole:
    """How many times of the other table run while each of mine does, group by group."""
    other, theirs = other[theirs.runs], theirs.at(np.flatnonzero(theirs.runs))
    places = np.unique(np.concatenate([mine.start, mine.end, theirs.start, theirs.end]))
    size = len(places) + 1
    starts = np.sort(other * size + np.searchsorted(places, theirs.start))
    ends = np.sort(other * size + np.searchsorted(places, theirs.end))
    # Of those that start before mine ends, the ones that ended by my start do not meet it.
    begun = np.searchsorted(starts, own * size + np.searchsorted(places, mine.end), "left")
    over = np.searchsorted(ends, own * size + np.searchsorted(places, mine.start), "right")
    count: Whole = np.where(mine.runs, begun - over, 0)
    return count


def too_many_days_running(
    question: Question,
    *,
    by: tuple[Shared, ...],
    start: Shared,
    end: Shared,
    among: Others,
    at_most: int,
    prefix: str = "",
    itself: Itself | None = None,
) -> Mask:
    """With the days of its group in another table a time makes more days in a row than allowed."""
    asked, own, other = _both(question, among, by, prefix)
    first, last = (question.rows.numbers(prefix + name)[asked] for name in (start, end))
    theirs = question.others[among]
    known = np.isin(other, own) & theirs.numeric(start) & theirs.numeric(end)
    about = np.full(len(asked), -1)
    if itself is not None:
        about = _rows_of(question, among, itself, asked)
        about = np.where(_own(question, among, itself, asked, other, -1) == own, about, -1)
    found = np.zeros(len(asked), dtype=np.bool_)
    for turn in turns(own):
        rows = np.flatnonzero(known & ~np.isin(np.arange(len(other)), about[turn]))
        days = theirs.numbers(start)[rows], theirs.numbers(end)[rows]
        taken = np.unique(_spread(other[rows] * _DAYS, *days))
        before = _run(taken, own[turn] * _DAYS + first[turn] - 1, backwards=True)
        after = _run(taken, own[turn] * _DAYS + last[turn] + 1, backwards=False)
        found[turn] = before + (last - first + 1)[turn] + after > at_most
    return _at(asked[found], len(question.rows))


@dataclass(frozen=True, slots=True)
class _Times:
    """Minutes at which times start and end."""

    start: Whole
    end: Whole

    def at(self, rows: Whole) -> "_Times":
        return _Times(self.start[rows], self.end[rows])

    @property
    def runs(self) -> Mask:
        return self.end > self.start

    def meets(self, other: "_Times") -> Mask:
        """Which of them run together, one by one."""
        both = (self.start < other.end) & (other.start < self.end)
        return both & self.runs & other.runs


def _times(columns: Columns, names: Sequence[str | None]) -> _Times:
    start, start_hour, end, end_hour = names
    assert start is not None
    assert end is not None
    ending = columns.minutes(end, end_hour, 1440)
    return _Times(
        columns.minutes(start, start_hour, 0), np.where(columns.numeric(end), ending, _FOREVER)
    )


def _both(
    question: Question, among: str | None, by: Iterable[str], prefix: str
) -> tuple[Whole, Whole, Whole]:
    """The rows asked about, and group numbers: theirs, and those of the other table."""
    asked = np.flatnonzero(question.asked)
    own = [question.rows.array(prefix + name).take(pa.array(asked)) for name in by]
    if among is None:
        keys, _ = _keys(own)
        return asked, keys, keys
    other = [question.others[among].array(name) for name in by]
    keys, _ = _keys([pa.concat_arrays(pair) for pair in zip(own, other, strict=True)])
    return asked, keys[: len(asked)], keys[len(asked) :]


def _keys(columns: Sequence[pa.Array]) -> tuple[Whole, int]:
    """One number for each distinct combination of values, and how many there are."""
    keys, count = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        coded = pc.dictionary_encode(column, null_encoding="encode")
        size = max(len(coded.dictionary), 1)
        keys = keys * size + np.asarray(coded.indices, dtype=np.int64)
        if count * size >= 1 << 40:
            distinct, keys = np.unique(keys, return_inverse=True)
            count, size = len(distinct), 1
        count *= size
    return keys, count


def _rows_of(question: Question, among: str, itself: str, asked: Whole) -> Whole:
    """The row of the other table that each row is about, -1 for none."""
    ids = question.rows.array(itself).take(pa.array(asked))
    found = pc.index_in(ids, value_set=question.others[among].array(itself), skip_nulls=True)
    return np.asarray(pc.fill_null(found, -1), dtype=np.int64)


def _own(
    question: Question, among: str, itself: str, asked: Whole, other: Whole, none: int
) -> Whole:
    """The group in the other table of what each row is about."""
    rows = _rows_of(question, among, itself, asked)
    groups = np.full(len(asked), none, dtype=np.int64)
    groups[rows >= 0] = other[rows[rows >= 0]]
    return groups


def _count(keys: Whole, ordered: Whole) -> Whole:
    count: Whole = np.searchsorted(ordered, keys, "right") - np.searchsorted(ordered, keys, "left")
    return count


def _spread(group: Whole, first: Whole, last: Whole) -> Whole:
    """Every day of some times, each in its group."""
    lengths = np.maximum(last - first + 1, 0)
    within = np.arange(lengths.sum()) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    days: Whole = np.repeat(group + first, lengths) + within
    return days


def _run(taken: Whole, start: Whole, backwards: bool) -> Whole:
    """How many days in a row are taken from a day on, or back from it."""
    if not len(taken):
        return np.zeros(len(start), dtype=np.int64)
    breaks = np.flatnonzero(np.diff(taken) != 1)
    heads = np.concatenate([[0], breaks + 1])
    tails = np.concatenate([breaks, [len(taken) - 1]])
    place = np.searchsorted(taken, start)
    there = (place < len(taken)) & (taken[np.minimum(place, len(taken) - 1)] == start)
    run = np.searchsorted(heads, place, "right") - 1
    length = place - heads[run] + 1 if backwards else tails[run] - place + 1
    run_lengths: Whole = np.where(there, length, 0)
    return run_lengths


def _at(rows: Whole, count: int) -> Mask:
    found = np.zeros(count, dtype=np.bool_)
    found[rows] = True
    return found
