"""Changes of tables laid on what queries read: what breaks, what changes its type or its values."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from schemas.impact.touched import (
    LOSSES,
    Change,
    ColumnChange,
    QueryTouch,
    Touch,
    TouchedQuery,
    Unjudged,
    Use,
)
from warehouse.lineage.lineage import Derived, Lineage
from warehouse.lineage.queries import FILE, Query
from warehouse.lineage.reads import Origin, Reads

TOUCHES = {
    Change.TABLE_DROPPED: Touch.BREAKS,
    Change.TABLE_RENAMED: Touch.BREAKS,
    Change.TABLE_MOVED: Touch.MEANING,
    Change.ROWS_CHANGED: Touch.MEANING,
    Change.KEYS_CHANGED: Touch.MEANING,
    Change.COLUMN_DROPPED: Touch.BREAKS,
    Change.COLUMN_RENAMED: Touch.BREAKS,
    Change.COLUMN_MOVED: Touch.BREAKS,
    Change.COLUMN_RETYPED: Touch.TYPE,
    Change.COLUMN_REDEFINED: Touch.MEANING,
    Change.VALUES_CHANGED: Touch.VALUES,
    Change.PRESENCE_CHANGED: Touch.VALUES,
}
"""What a change does to a query that reads what changed by its name."""

_ADDED = (Change.TABLE_ADDED, Change.COLUMN_ADDED)
_ORDER = list(Touch)
_ROW = "rowid"
"""A column that every table of DuckDB has besides."""

Tables = Mapping[str, Sequence[str]]
"""Names of columns by full name of the table."""


@dataclass(frozen=True)
class Judged:
    """Touched queries in the order given, what could not be judged, and how many there were."""

    touched: tuple[TouchedQuery, ...]
    unjudged: tuple[Unjudged, ...]
    queries: int


def judge(
    changes: Sequence[ColumnChange],
    before: Tables,
    after: Tables,
    queries: Iterable[Query],
    derived: Derived,
    schema: str,
) -> Judged:
    """What changes do to queries. ``before`` and ``after``: all tables that are known, with those
    of the old and of the new release; ``schema``: the one that these stand in."""
    asked = list(queries)
    old = Lineage(before, derived, asked)
    new = old.over(after)
    about = _About(changes, frozenset(name.lower() for name in derived))
    touched: list[TouchedQuery] = []
    unjudged: list[Unjudged] = []
    for query in asked:
        is_near = bool(about.tables & old.tables_of(query))
        unjudged += _unjudged(query, old, schema, is_near or query.kind == FILE)
        if is_near:
            pairs = zip(old.reads(query), new.reads(query), strict=True)
            found = [touch for a, b in pairs for touch in about.touches(a, b)]
            if found:
                touched.append(TouchedQuery(query.kind, query.name, worst_first(found)))
    return Judged(tuple(touched), tuple(unjudged), len(asked))


def _unjudged(query: Query, lineage: Lineage, schema: str, closely: bool) -> Iterator[Unjudged]:
    """What is not known of a query, as far as it may matter: what does not parse, what has gaps;
    looked at ``closely``, also names that lead nowhere."""
    for fault in lineage.faults[query]:
        yield Unjudged(query.kind, query.name, fault)
    for reads in lineage.reads(query) if closely else ():
        for fault in reads.faults:
            yield Unjudged(query.kind, query.name, fault)
        for name in _missing(reads, lineage) if query.kind == FILE else ():
            yield Unjudged(query.kind, query.name, f"the old release has no column {name}")
        for name in sorted(reads.unknown):
            if name.partition(".")[0] == schema and ".placeholder_" not in name:
                yield Unjudged(query.kind, query.name, f"the old release has no table {name}")
            elif query.kind == FILE and reads.unresolved:
                lost = ", ".join(sorted(reads.unresolved))
                reason = f"columns of {name} are not known: {lost} may be of other tables"
                yield Unjudged(query.kind, query.name, reason)


def _missing(reads: Reads, lineage: Lineage) -> list[str]:
    """Columns that tables which are known do not have."""
    known = lineage.names.columns
    named = {
        f"{origin.table}.{origin.column}"
        for origin in reads.columns
        if origin.table in known and origin.column not in (*known[origin.table], _ROW)
    }
    return sorted(named if reads.unknown else named | reads.unresolved)


def worst_first(touches: Iterable[QueryTouch]) -> tuple[QueryTouch, ...]:
    """Each once, the worst first."""
    return tuple(sorted(dict.fromkeys(touches), key=lambda touch: _ORDER.index(touch.touch)))


class _About:
    """Changes by what they are about."""

    def __init__(self, changes: Sequence[ColumnChange], programs: frozenset[str]) -> None:
        self._of_table: dict[str, list[ColumnChange]] = defaultdict(list)
        self._of_column: dict[tuple[str, str], list[ColumnChange]] = defaultdict(list)
        self._programs = programs
        for change in changes:
            if change.column is None:
                self._of_table[change.table.lower()].append(change)
            else:
                self._of_column[change.table.lower(), change.column.lower()].append(change)
        self.tables = set(self._of_table) | {table for table, _ in self._of_column}

    def touches(self, old: Reads, new: Reads) -> Iterator[QueryTouch]:
        """What the changes do to a statement that reads ``old``, and ``new`` afterwards."""
        for table, ways in old.tables.items():
            for change in self._of_table.get(table, ()):
                if change.change not in _ADDED:
                    yield self._of_whole_table(old, change, min(ways, key=len))
        for origin, uses in old.columns.items():
            for change in self._of_column.get((origin.table, origin.column), ()):
                if change.change not in _ADDED and not self._is_told(old, origin):
                    yield self._of_a_column(old, new, change, origin, uses)
        yield from self._ambiguous(old)
        yield from self._more_columns(old, new)

    def _is_told(self, reads: Reads, origin: Origin) -> bool:
        """Whether the table is gone as a whole, which is told of the table."""
        lost = any(change.change in LOSSES for change in self._of_table.get(origin.table, ()))
        return lost and origin.table in reads.tables

    def _of_whole_table(
        self, reads: Reads, change: ColumnChange, through: tuple[str, ...]
    ) -> QueryTouch:
        own = [origin for origin in reads.columns if origin.table == change.table.lower()]
        uses = {use for origin in own for use in reads.columns[origin]}
        outputs = {name for origin in own for name in reads.derived.get(origin, ())}
        return QueryTouch(
            TOUCHES[change.change],
            change.change,
            change.name,
            in_order(uses),
            tuple(name for name in reads.outputs if name in outputs),
            through,
            _detail(change),
            causes=change.causes,
        )

    def _of_a_column(
        self, old: Reads, new: Reads, change: ColumnChange, origin: Origin, uses: set[Use]
    ) -> QueryTouch:
        touch, detail = TOUCHES[change.change], _detail(change)
        program = next((name for name in origin.through if name in self._programs), None)
        if touch is Touch.BREAKS and program is not None:
            touch, detail = Touch.MEANING, f"a column of {program} is made of it"
        elif touch is Touch.BREAKS and not _is_named(new, origin):
            touch, detail = Touch.COLUMNS, "SELECT * has it no more"
        names = old.derived.get(origin, set())
        return QueryTouch(
            touch,
            change.change,
            change.name,
            in_order(uses),
            tuple(name for name in old.outputs if name in names),
            origin.through,
            detail,
            causes=change.causes,
        )

    def _ambiguous(self, reads: Reads) -> Iterator[QueryTouch]:
        """Names without a table that a second table has from now on."""
        for name, tables in sorted(reads.bare, key=str):
            for table in sorted(tables):
                for change in self._of_column.get((table, name), ()):
                    if change.change is Change.COLUMN_ADDED:
                        others = " and ".join(sorted(tables - {table}))
                        detail = f"{name} without a table may be that of {others} too"
                        yield replace(_touch(Touch.BREAKS, change), detail=detail)

    def _more_columns(self, old: Reads, new: Reads) -> Iterator[QueryTouch]:
        """Columns that ``SELECT *`` yields from now on."""
        more = [name for name in new.outputs if name not in old.outputs]
        for name in more:
            for origin, outputs in new.derived.items():
                for change in self._of_column.get((origin.table, origin.column), ()):
                    if name in outputs and change.change is Change.COLUMN_ADDED:
                        yield replace(
                            _touch(Touch.COLUMNS, change),
                            uses=(Use.OUTPUT,),
                            outputs=(name,),
                            through=origin.through,
                        )


def _touch(touch: Touch, change: ColumnChange) -> QueryTouch:
    return QueryTouch(touch, change.change, change.name, causes=change.causes)


def _is_named(reads: Reads, origin: Origin) -> bool:
    """Whether a column that is gone is still asked for by its name, and not by ``*`` alone: of its
    table, of none, or of one that is not known."""
    lost = {one.column for one in reads.columns if one.table in reads.unknown} | reads.unresolved
    return origin in reads.columns or origin.column in lost


def in_order(uses: Iterable[Use]) -> tuple[Use, ...]:
    found = set(uses)
    return tuple(use for use in Use if use in found)


def _detail(change: ColumnChange) -> str | None:
    if change.change in (Change.TABLE_RENAMED, Change.COLUMN_RENAMED, Change.COLUMN_MOVED):
        return f"now {change.new}"
    return change.contrast
