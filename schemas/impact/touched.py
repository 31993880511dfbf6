"""The vocabulary of an impact: what changes in tables, and who reads what changes."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Change(StrEnum):
    """What changes in the tables of a message. The value is the stable name in JSON."""

    TABLE_ADDED = "table-added"
    TABLE_DROPPED = "table-dropped"
    TABLE_RENAMED = "table-renamed"
    TABLE_MOVED = "table-moved"
    """Its block stands in another block: other rows are its parents."""
    ROWS_CHANGED = "rows-changed"
    """The block may be absent, be there or repeat otherwise than before."""
    KEYS_CHANGED = "keys-changed"
    """The columns that it inherits, by which it is joined, are others."""
    COLUMN_ADDED = "column-added"
    COLUMN_DROPPED = "column-dropped"
    COLUMN_RENAMED = "column-renamed"
    COLUMN_MOVED = "column-moved"
    """Its zone stands in another block: the column is in another table."""
    COLUMN_RETYPED = "column-retyped"
    COLUMN_REDEFINED = "column-redefined"
    """Same name, other meaning: another zone number, another unit, or another zone."""
    VALUES_CHANGED = "values-changed"
    PRESENCE_CHANGED = "presence-changed"
    """It may be null, or no longer is, where it was not before."""


@dataclass(frozen=True, slots=True)
class ColumnChange:
    """One change of a table, or of one of its columns.

    ``table``: full name, that of the old release where there is one; ``column``: None where the
    table as a whole is meant. ``block`` and ``zone``: official numbers. ``old`` and ``new``: names,
    types, numbers or values, as a person reads them. ``path`` leads to the block or zone in a
    document; ``causes``: ids of the differences of the schemas that it comes from, ``how`` their
    kinds where they are what changed.
    """

    change: Change
    table: str
    column: str | None = None
    block: str | None = None
    zone: str | None = None
    old: str | None = None
    new: str | None = None
    path: str | None = None
    causes: tuple[str, ...] = ()
    how: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.table if self.column is None else f"{self.table}.{self.column}"

    @property
    def contrast(self) -> str | None:
        """Old and new as a person reads them, None where there is neither."""
        if self.old is None or self.new is None:
            one = self.old or self.new
            return one and (f"{one} added" if self.old is None else f"{one} removed")
        return f"{self.old} -> {self.new}"

    def as_dict(self) -> dict[str, Any]:
        told = {
            "change": self.change.value,
            "table": self.table,
            "column": self.column,
            "block": self.block,
            "zone": self.zone,
            "old": self.old,
            "new": self.new,
            "path": self.path,
            "how": list(self.how),
            "causes": list(self.causes),
        }
        return _without_nothing(told)


class Touch(StrEnum):
    """What a change does to a query that reads what changed, the worst first."""

    BREAKS = "breaks"
    """It reads a table or a column that the new release does not have under this name, or a bare
    name that two tables have now."""
    TYPE = "changes type"
    MEANING = "changes meaning"
    """What stands there is something else: a redefined column, other rows, other keys."""
    VALUES = "changes values"
    COLUMNS = "changes columns"
    """``SELECT *`` yields more columns, or fewer."""


class Use(StrEnum):
    """What a query does with a column that it reads."""

    OUTPUT = "output"
    FILTER = "where"
    JOIN = "join"
    GROUP = "group"
    ORDER = "order"
    WRITTEN = "written"
    UNUSED = "unused"
    """Selected by an inner query, and left behind there."""


@dataclass(frozen=True, slots=True)
class QueryTouch:
    """What a change of one table or column does to one query.

    ``read``: what is read, ``table`` or ``table.column``; ``through``: views and tables on the way
    from the query to it, the nearest first. ``uses``: what for; ``outputs``: columns of the answer
    that derive from it. ``is_certain`` is False where only names could be compared.
    """

    touch: Touch
    change: Change
    read: str
    uses: tuple[Use, ...] = ()
    outputs: tuple[str, ...] = ()
    through: tuple[str, ...] = ()
    detail: str | None = None
    is_certain: bool = True
    causes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        told = {
            "touch": self.touch.value,
            "change": self.change.value,
            "read": self.read,
            "uses": [use.value for use in self.uses],
            "outputs": list(self.outputs),
            "through": list(self.through),
            "detail": self.detail,
            "certain": self.is_certain,
            "causes": list(self.causes),
        }
        return _without_nothing(told)


@dataclass(frozen=True, slots=True)
class TouchedQuery:
    """A view, a statement or a saved query with what touches it. ``kind`` says which of these;
    ``name``: name of the view or statement, or the path of the file with the statement's number."""

    kind: str
    name: str
    touches: tuple[QueryTouch, ...]

    @property
    def worst(self) -> Touch:
        order = list(Touch)
        return min((touch.touch for touch in self.touches), key=order.index)

    def as_dict(self) -> dict[str, Any]:
        touches = [touch.as_dict() for touch in self.touches]
        return {"kind": self.kind, "name": self.name, "worst": self.worst.value, "touches": touches}


@dataclass(frozen=True, slots=True)
class Unjudged:
    """Something that could not be judged, wholly or in part, and why."""

    kind: str
    name: str
    reason: str

    def as_dict(self) -> dict[str, Any]:
        return {"kind": self.kind, "name": self.name, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Reader:
    """A check, rule or family of ours, or a stage that makes a table, with the columns that it
    reads: pairs of table and column, full names."""

    kind: str
    name: str
    title: str
    columns: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TouchedReader:
    """A reader with the changes of what it reads."""

    kind: str
    name: str
    title: str
    changes: tuple[ColumnChange, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "reads": [
                {"change": change.change.value, "column": change.name, "causes": [*change.causes]}
                for change in self.changes
            ],
        }


@dataclass(frozen=True, slots=True)
class TouchedRecipient:
    """An institution that receives blocks in which something changes.

    ``certainty``: how sure it is that the profile holds these blocks; ``inherited``: blocks of
    which nothing is said, that stand in one that it receives.
    """

    profile: str
    institution: str
    purpose: str
    certainty: str
    source: str
    changes: tuple[ColumnChange, ...]
    inherited: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        blocks = dict.fromkeys(change.block for change in self.changes if change.block)
        return {
            "profile": self.profile,
            "institution": self.institution,
            "purpose": self.purpose,
            "certainty": self.certainty,
            "source": self.source,
            "blocks": list(blocks),
            "inherited": list(self.inherited),
            "changes": [change.name for change in self.changes],
        }


@dataclass(frozen=True)
class Impact:
    """What a change of a message touches.

    ``message``: name of the message, None for a schema that is no release of one; ``notes``: what
    cannot be said of it as a whole, and why. ``nowhere``: paths of differences that no table holds.
    ``alone``: blocks in which something changes and of which no profile says who receives them.
    ``judged``: how many queries and readers were looked at.
    """

    old: str
    new: str
    message: str | None
    notes: tuple[str, ...] = ()
    tables: tuple[ColumnChange, ...] = ()
    queries: tuple[TouchedQuery, ...] = ()
    recipients: tuple[TouchedRecipient, ...] = ()
    readers: tuple[TouchedReader, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()
    nowhere: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    judged: dict[str, int] = field(default_factory=dict)

    @property
    def has_tables(self) -> bool:
        """Whether it is a message with tables, so that more than queries could be touched."""
        return "readers" in self.judged

    @property
    def breaks(self) -> bool:
        """Whether a query or a reader of ours loses what it reads."""
        lost = (change for reader in self.readers for change in reader.changes)
        return any(query.worst is Touch.BREAKS for query in self.queries) or any(
            change.change in LOSSES for change in lost
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "old": self.old,
            "new": self.new,
            "message": self.message,
            "breaks": self.breaks,
            "notes": list(self.notes),
            "tables": [change.as_dict() for change in self.tables],
            "queries": [query.as_dict() for query in self.queries],
            "recipients": [recipient.as_dict() for recipient in self.recipients],
            "readers": [reader.as_dict() for reader in self.readers],
            "unjudged": [one.as_dict() for one in self.unjudged],
            "nowhere": list(self.nowhere),
            "alone": list(self.alone),
            "judged": dict(self.judged),
        }


LOSSES = frozenset(
    (
        Change.TABLE_DROPPED,
        Change.TABLE_RENAMED,
        Change.COLUMN_DROPPED,
        Change.COLUMN_RENAMED,
        Change.COLUMN_MOVED,
    )
)
"""After these, what was read under a name is not there any more under that name."""


def _without_nothing(told: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in told.items() if value not in (None, [])}
