"""What a release of a message touches: tables, queries, institutions, checks and families."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from schemas import core, ops
from schemas.compare.difference import Comparison
from schemas.dimona import register
from schemas.dimona.confrontation import CONFRONTATION
from schemas.impact.causes import Causes
from schemas.impact.recipients import alone, around, recipients
from schemas.impact.tables import changes
from schemas.impact.touched import (
    LOSSES,
    Change,
    ColumnChange,
    Impact,
    Reader,
    TouchedReader,
    Unjudged,
)
from schemas.kind import MessageKind
from schemas.kinds import KINDS
from schemas.layout import Layout, layout_of
from schemas.messages import message_of
from schemas.model import SchemaError, read_message
from schemas.tables import Table
from transforms.reads import derived, is_known, readers
from warehouse.lineage.by_name import by_name
from warehouse.lineage.judging import Judged, judge
from warehouse.lineage.queries import Query, of_files, ours

NO_MESSAGE = (
    "no message that kwartaal knows has such a root element: there are no tables, institutions or"
    " checks to touch, and queries are compared by the names of elements alone"
)


@dataclass(frozen=True)
class _Releases:
    """Two releases of a message with the tables of each."""

    message: MessageKind
    old: Layout
    new: Layout


def impact_of(comparison: Comparison, old: Path, new: Path, queries: Iterable[Path] = ()) -> Impact:
    """What the differences between two schemas touch of ours.

    ``old`` and ``new``: the XSD files that were compared. ``queries``: ``.sql`` files and folders
    of them, beside the views and statements of the warehouse. ``OSError`` when one cannot be read.
    """
    saved = list(of_files(queries))
    found = _releases(comparison, old, new)
    if isinstance(found, _Releases):
        return _of_message(comparison, found, saved)
    message, note = found
    judged = by_name(comparison.differences, saved)
    untouched = tuple(difference.path for difference in comparison.differences)
    return Impact(
        comparison.old,
        comparison.new,
        message,
        (note,),
        queries=judged.touched,
        unjudged=judged.unjudged,
        nowhere=untouched,
        judged={"queries": judged.queries},
    )


def _releases(comparison: Comparison, old: Path, new: Path) -> "_Releases | tuple[str | None, str]":
    """Both releases with their tables; else the name of the message and why there are none."""
    before, after = (message_of(path, comparison.roots) for path in (old, new))
    if before is None or after is None:
        return None, NO_MESSAGE
    if before != after:
        return (
            None,
            f"{old.name} is of {before.name}, {new.name} of {after.name}: nothing is compared",
        )
    if not before.tables:
        return before.name, f"{before.name} is a message without tables: no run takes it in"
    layouts: list[Layout] = []
    for path in (old, new):
        try:
            layouts.append(layout_of(before, read_message(path, before.root)))
        except SchemaError as error:
            return before.name, f"no tables can be derived from {path.name}: {error}"
    return _Releases(before, *layouts)


def _of_message(comparison: Comparison, found: _Releases, saved: Sequence[Query]) -> Impact:
    name = found.message.name
    causes = Causes(comparison.differences)
    touched = changes(found.message.root, found.old, found.new, causes)
    judged = _queries(found, touched, saved)
    received = recipients(name, touched, around(found.old, found.new))
    asked = readers(found.message)
    unknown = () if is_known(found.message) else (_unknown(found.message),)
    return Impact(
        comparison.old,
        comparison.new,
        name,
        tuple(_notes(found.message, touched)),
        touched,
        judged.touched,
        received,
        tuple(_touched_readers(asked, touched)),
        (*judged.unjudged, *unknown),
        tuple(difference.path for difference in causes.untold()),
        alone(received, touched),
        {"queries": judged.queries, "readers": len(asked)},
    )


def _notes(message: MessageKind, touched: Sequence[ColumnChange]) -> Iterator[str]:
    """What a lake does with such changes."""
    found = {change.change for change in touched}
    if message not in KINDS:
        yield f"no lake keeps the tables of {message.name} themselves, only what is made of them"
        return
    if Change.COLUMN_RETYPED in found:
        yield (
            "a column of a lake keeps its type: a lake that has a retyped column under the same"
            " name refuses runs that know the new release"
        )
    if found & LOSSES:
        yield (
            "a lake that knew the old release keeps what the new one drops or calls otherwise: it"
            " is empty in new rows there, and queries fail in a new lake only"
        )


def _queries(found: _Releases, touched: Sequence[ColumnChange], saved: Sequence[Query]) -> Judged:
    made = (*core.TABLES, *ops.TABLES, *register.TABLES, CONFRONTATION)
    before, after = (
        _columns((*(block.table for block in layout), *made)) for layout in (found.old, found.new)
    )
    every = (*ours(), *saved)
    return judge(touched, before, after, every, derived(found.message), found.message.name)


def _columns(tables: Iterable[Table]) -> Mapping[str, Sequence[str]]:
    return {table.full_name: [column.name for column in table.columns] for table in tables}


def _unknown(message: MessageKind) -> Unjudged:
    return Unjudged("programs", message.name, "what our programs read of it is not known")


def _touched_readers(
    asked: Iterable[Reader], touched: Sequence[ColumnChange]
) -> Iterator[TouchedReader]:
    """Readers with the changes of the columns that they read, and of the tables of these."""
    for reader in asked:
        tables = {table for table, _ in reader.columns}
        own = tuple(
            change
            for change in touched
            if (change.table, change.column) in reader.columns
            or (change.column is None and change.table in tables)
        )
        if own:
            yield TouchedReader(reader.kind, reader.name, reader.title, own)
