"""What a statement reads: the columns behind it, with what they are used for."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

from schemas.impact.touched import Use


class Origin(NamedTuple):
    """A column of a table that no query makes. ``through``: views on the way, nearest first."""

    table: str
    column: str
    through: tuple[str, ...] = ()

    def behind(self, name: str) -> "Origin":
        return Origin(self.table, self.column, (name, *self.through))


@dataclass
class Reads:
    """What a statement reads. ``columns``: uses by origin; ``derived``: names of the columns of the
    answer that come from an origin; ``tables``: the ways to each table, views on the way.
    ``bare``: names of columns without a table, with the tables that they could be of.
    ``unresolved``: names of columns that were not found; ``unknown``: tables whose columns are not
    known; ``faults``: what could not be followed."""

    outputs: tuple[str, ...] = ()
    columns: dict[Origin, set[Use]] = field(default_factory=lambda: defaultdict(set))
    derived: dict[Origin, set[str]] = field(default_factory=lambda: defaultdict(set))
    tables: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    bare: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    unresolved: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def take(self, other: "Reads", through: str) -> None:
        """What a view reads that this reads; what it gives is used where it is traced to."""
        for origin, uses in other.columns.items():
            kept = uses - {Use.OUTPUT, Use.WRITTEN}
            self.columns[origin.behind(through)] |= kept or {Use.UNUSED}
        for table, ways in other.tables.items():
            self.tables[table] |= {(through, *way) for way in ways}
        self.unknown |= other.unknown
        self.unresolved |= other.unresolved

    def settle(self) -> None:
        """Leaves ``UNUSED`` to what has no use at all."""
        for uses in self.columns.values():
            if len(uses) > 1:
                uses.discard(Use.UNUSED)
