"""An impact as text: tables, queries, institutions, checks, and what could not be judged."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from schemas.impact.touched import (
    Change,
    ColumnChange,
    Impact,
    QueryTouch,
    Touch,
    TouchedQuery,
    TouchedReader,
    TouchedRecipient,
)

_STEP = "  "
_SHOWN = 12
"""Names in one line; further ones are counted."""
_SAME_IN = 4
"""Tables from which on a change of a column that all of them inherit is told once."""


def render(impact: Impact) -> Iterator[str]:
    """Lines; parts without anything to tell say so."""
    about = impact.message or "no message that is known"
    yield f"impact of {impact.old} -> {impact.new}: {about}"
    yield from (f"note: {note}" for note in impact.notes)
    if impact.has_tables:
        yield from _part("tables and columns", _counted(impact.tables), _tables(impact.tables))
    queries = impact.judged.get("queries", 0)
    touched = f"{len(impact.queries)} of {queries} touched"
    yield from _part("views, statements and queries", touched, _queries(impact.queries))
    if impact.has_tables:
        yield from _part("institutions", f"{len(impact.recipients)} profiles", _recipients(impact))
        found = f"{len(impact.readers)} of {impact.judged.get('readers', 0)} touched"
        yield from _part("checks, rules and families", found, _readers(impact.readers))
        nowhere = str(len(impact.nowhere))
        yield from _part("differences that no table holds", nowhere, _listed(impact.nowhere))
    reasons = (f"{one.kind} {one.name}: {one.reason}" for one in impact.unjudged)
    yield from _part("not judged", str(len(impact.unjudged)), reasons)


def _part(title: str, found: str, lines: Iterable[str]) -> Iterator[str]:
    told = list(lines)
    yield ""
    yield f"{title}: {found or 'nothing'}"
    yield from (f"{_STEP}{line}" for line in told)


def _counted(changes: Sequence[ColumnChange]) -> str:
    """``5 tables added, 16 columns added, 2 columns renamed``."""
    times = Counter(change.change for change in changes)
    return ", ".join(
        f"{times[kind]} {_plural(kind, times[kind])}" for kind in Change if times[kind]
    )


def _plural(change: Change, times: int) -> str:
    what, done = change.value.split("-")
    if what in ("table", "column"):
        return f"{what}{'s' if times > 1 else ''} {done}"
    return f"with {what} {done}"


# --- tables --------------------------------------------------------------------------------------


def _tables(changes: Sequence[ColumnChange]) -> Iterator[str]:
    common = _inherited(changes)
    own = [change for change in changes if _what(change) not in common]
    for table, of_table in groupby(own, key=lambda change: change.table):
        yield from _table(table, list(of_table))
    for (_, column, *_), times in common.items():
        change = next(c for c in changes if c.column == column and _what(c) in common)
        yield f"{column} in {times} tables"
        yield f"{_STEP}{_said(change)}"


def _inherited(changes: Iterable[ColumnChange]) -> dict[tuple[object, ...], int]:
    """Changes of columns that are the same in many tables."""
    times = Counter(_what(c) for c in changes if c.column and c.change not in _ONE_SIDED)
    return {what: number for what, number in times.items() if number >= _SAME_IN}


_ONE_SIDED = (Change.COLUMN_ADDED, Change.COLUMN_DROPPED)


def _what(change: ColumnChange) -> tuple[object, ...]:
    return change.change, change.column, change.zone, change.old, change.new, change.causes


def _table(name: str, changes: Sequence[ColumnChange]) -> Iterator[str]:
    block = next((change.block for change in changes if change.block), None)
    yield f"{name}{f' (block {block})' if block else ''}"
    for change in changes:
        if change.change not in _ONE_SIDED:
            yield f"{_STEP}{_said(change)}"
    for kind, sign in zip(_ONE_SIDED, "+-", strict=True):
        columns = [_column(change) for change in changes if change.change is kind]
        yield from (f"{_STEP}{sign} {line}" for line in _wrapped(columns))


def _column(change: ColumnChange) -> str:
    return f"{change.column} ({change.zone})" if change.zone else str(change.column)


def _said(change: ColumnChange) -> str:
    """``code (00070): minimum changed, 1 -> 0``."""
    kinds = change.how if len(change.how) == 1 else (change.change.value,)
    what = kinds[0].replace("-", " ")
    about = what if change.column is None else f"{_column(change)}: {what}"
    return f"{about}, {change.contrast}" if change.contrast else about


def _wrapped(names: Sequence[str], number: int = 4) -> Iterator[str]:
    for start in range(0, len(names), number):
        yield ", ".join(names[start : start + number])


# --- queries -------------------------------------------------------------------------------------


def _queries(queries: Sequence[TouchedQuery]) -> Iterator[str]:
    order = list(Touch)
    for query in sorted(queries, key=lambda one: order.index(one.worst)):
        yield f"{query.kind} {query.name}"
        alike: dict[tuple[object, ...], list[QueryTouch]] = {}
        for one in query.touches:
            alike.setdefault(_manner(one), []).append(one)
        yield from (f"{_STEP}{_touches(touches)}" for touches in alike.values())


def _manner(touch: QueryTouch) -> tuple[object, ...]:
    """Touches that are told in one line: they differ by what is read alone."""
    own = None if touch.touch is Touch.VALUES else touch.detail
    columns = () if touch.touch is Touch.COLUMNS else touch.outputs
    return touch.touch, touch.change, touch.uses, columns, touch.through, own, touch.is_certain


def _touches(touches: Sequence[QueryTouch]) -> str:
    """``breaks: m.t.code (column dropped) in where, output (code), through core.x``."""
    one = touches[0]
    outputs = dict.fromkeys(name for touch in touches for name in touch.outputs)
    uses = ", ".join(use.value for use in one.uses)
    place = f" in {uses}" if uses else ""
    told = f" ({_some(list(outputs))})" if outputs else ""
    through = f", through {' and '.join(one.through)}" if one.through else ""
    detail = f": {one.detail}" if one.detail and one.touch is not Touch.VALUES else ""
    doubt = "" if one.is_certain else " (by name alone)"
    read = _some(list(dict.fromkeys(touch.read for touch in touches)))
    what = one.change.value.replace("-", " ")
    return f"{one.touch.value}: {read} ({what}){place}{told}{through}{detail}{doubt}"


# --- institutions and checks ---------------------------------------------------------------------


def _recipients(impact: Impact) -> Iterator[str]:
    """Profiles that receive the same blocks, one below the other."""
    alike: dict[tuple[str, ...], list[TouchedRecipient]] = {}
    for recipient in impact.recipients:
        alike.setdefault(tuple(_of_blocks(recipient)), []).append(recipient)
    for blocks, profiles in alike.items():
        yield from blocks
        for one in profiles:
            yield f"{_STEP}{one.institution}: {one.purpose} ({one.certainty})"
    if impact.alone:
        yield f"block {', '.join(impact.alone)}: no profile names it but those that see everything"


def _of_blocks(recipient: TouchedRecipient) -> Iterator[str]:
    blocks = dict.fromkeys(change.block for change in recipient.changes if change.block)
    own = [block for block in blocks if block not in recipient.inherited]
    if own:
        yield f"block {', '.join(own)}"
    if recipient.inherited:
        named = ", ".join(recipient.inherited)
        yield f"block {named}, if it goes with the one around it: that is not said"


def _readers(readers: Sequence[TouchedReader]) -> Iterator[str]:
    for reader in readers:
        what = {
            f"{change.name} ({change.change.value.replace('-', ' ')})": None
            for change in reader.changes
        }
        yield f"{reader.kind} {reader.name}: {reader.title}"
        yield f"{_STEP}{_some(list(what))}"


def _listed(names: Sequence[str]) -> Iterator[str]:
    yield from names[:_SHOWN]
    if len(names) > _SHOWN:
        yield f"and {len(names) - _SHOWN} more"


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
