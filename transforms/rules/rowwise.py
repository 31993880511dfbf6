"""Mechanisms on one row: each finds what its namesake finds in columns, for rows that come singly.

A row has days as numbers since 1970, hours as texts HHMM, and None where there is no value. What
the mechanism compares it with are ``Known`` rows by name of their table.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from transforms.rules.conditions import Condition, Predicate
from transforms.rules.known import Alike, Days, Known, Row, Times, minutes, number, span

Others = Mapping[str, Known]
Judge = Callable[[Row, Others], bool]
Holding = Callable[[Row], bool]

_FIRST = date(1970, 1, 1)


def present(value: object) -> bool:
    """Whether a value stands there, and for a flag whether it is true."""
    return value is not None and value is not False


def same(row: Row, one: str, other: str) -> bool:
    return present(row[one]) and present(row[other]) and bool(row[one] == row[other])


def holding(condition: Condition, known: Row) -> Holding | None:
    """A test of whether a condition holds of a row; ``known``: what is the same in all rows that it
    will be asked of. None where it holds of none of them."""
    left = []
    for alternative in condition:
        if all(
            _test(column, predicate)(known) for column, predicate in alternative if column in known
        ):
            left.append([_test(c, predicate) for c, predicate in alternative if c not in known])
    if not left:
        return None
    if len(left) == 1:
        only = left[0]
        return lambda row: all(test(row) for test in only)
    return lambda row: any(all(test(row) for test in tests) for tests in left)


def _test(column: str, predicate: Predicate) -> Holding:
    if predicate.present is not None:
        wanted = predicate.present
        return lambda row: present(row[column]) is wanted
    if predicate.values is not None:
        values = predicate.values
        return lambda row: row[column] in values
    if predicate.none_of is not None:
        none = predicate.none_of
        return lambda row: present(row[column]) and row[column] not in none
    if predicate.same_as is not None:
        other = predicate.same_as
        return lambda row: same(row, column, other)
    first, last = predicate.first, predicate.last
    return lambda row: _within(number(row[column]), first, last)


def _within(value: int | None, first: int | None, last: int | None) -> bool:
    if value is None:
        return False
    return (first is None or value >= first) and (last is None or value <= last)


def where(row: Row, others: Others) -> bool:
    return True


def differs(row: Row, others: Others, *, column: str, other: str) -> bool:
    return present(row[column]) and present(row[other]) and not same(row, column, other)


def unchanged(row: Row, others: Others, *, pairs: Mapping[str, str]) -> bool:
    given = [(new, old) for new, old in pairs.items() if present(row[new])]
    return bool(given) and all(same(row, new, old) for new, old in given)


def out_of_order(
    row: Row, others: Others, *, earlier: str, later: str, strictly: bool = False
) -> bool:
    first, second = number(row[earlier]), number(row[later])
    if first is None or second is None:
        return False
    return second <= first if strictly else second < first


def days_apart(
    row: Row, others: Others, *, earlier: str, later: str, at_most: int, counted_to: str = "day"
) -> bool:
    first, last = number(row[earlier]), number(row[later])
    if first is None or last is None:
        return False
    if counted_to == "quarter":
        year, quarter = _quarter(last)
        last = (date(year, quarter * 3 + 1, 1) - _FIRST).days
    return last - first > at_most


def too_long(
    row: Row,
    others: Others,
    *,
    start: str,
    start_hour: str,
    end: str,
    end_hour: str,
    hours: int,
) -> bool:
    if any(number(row[name]) is None for name in (start, start_hour, end, end_hour)):
        return False
    lasts = minutes(row[end], row[end_hour], 0) - minutes(row[start], row[start_hour], 0)
    return lasts > hours * 60


def other_quarter(row: Row, others: Others, *, column: str, other: str) -> bool:
    one, two = number(row[column]), number(row[other])
    return one is not None and two is not None and _quarter(one) != _quarter(two)


def _quarter(day: int) -> tuple[int, int]:
    then = _FIRST + timedelta(day)
    return then.year, (then.month - 1) // 3


def outside(row: Row, others: Others, *, column: str, first: str, last: str) -> bool:
    day, least, most = number(row[column]), number(row[first]), number(row[last])
    if day is None:
        return False
    return (least is not None and day < least) or (most is not None and day > most)


def known_already(
    row: Row,
    others: Others,
    *,
    among: str,
    by: tuple[str, ...],
    prefix: str = "",
    itself: str | None = None,
) -> bool:
    key = tuple([row[prefix + name] for name in by])
    count = others[among].index(Alike, tuple(by)).count(key)
    about = others[among].about(row, itself)
    if about is not None and tuple([about[name] for name in by]) == key:
        count -= 1
    return count > 0


def overlap(
    row: Row,
    others: Others,
    *,
    among: str,
    by: tuple[str, ...],
    start: str,
    end: str,
    start_hour: str | None = None,
    end_hour: str | None = None,
    prefix: str = "",
    itself: str | None = None,
) -> bool:
    names = (start, start_hour, end, end_hour)
    first, last = span(row, [None if name is None else prefix + name for name in names])
    if last <= first:
        return False
    key = tuple([row[prefix + name] for name in by])
    count = others[among].index(Times, tuple(by), names).meeting(key, first, last)
    about = others[among].about(row, itself)
    if count and about is not None and tuple([about[name] for name in by]) == key:
        begins, ends = span(about, names)
        count -= ends > begins and first < ends and begins < last
    return count > 0


def too_many_days_running(
    row: Row,
    others: Others,
    *,
    among: str,
    by: tuple[str, ...],
    start: str,
    end: str,
    at_most: int,
    prefix: str = "",
    itself: str | None = None,
) -> bool:
    key = tuple([row[prefix + name] for name in by])
    first, last = (number(row[prefix + name]) or 0 for name in (start, end))
    days = others[among].index(Days, tuple(by), start, end)
    about = others[among].about(row, itself)
    own: range = range(0)
    if about is not None and tuple([about[name] for name in by]) == key:
        own = days.of(about)
    count = last - first + 1
    for day, step in ((first - 1, -1), (last + 1, 1)):
        while count <= at_most and days.taken(key, day, own):
            count, day = count + 1, day + step
    return count > at_most


ROWWISE: Mapping[str, Callable[..., bool]] = {
    "where": where,
    "differs": differs,
    "unchanged": unchanged,
    "out_of_order": out_of_order,
    "days_apart": days_apart,
    "too_long": too_long,
    "other_quarter": other_quarter,
    "outside": outside,
    "known_already": known_already,
    "overlap": overlap,
    "too_many_days_running": too_many_days_running,
}
"""By the name that rule files use: those that can be asked of a row alone (``presence`` is made
from its table, see ``singly``)."""
