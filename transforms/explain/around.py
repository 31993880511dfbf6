"""The declared rows around a line: its worker record, its occupation, their pay and time."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from schemas.quarter import Quarter

Row = Mapping[str, Any]
_Key = tuple[str, int, int]


@dataclass(frozen=True)
class Around:
    """Rows of the lake (rest types) about some persons of an employer in a quarter.

    Blocks are numbered in document order, so the block that a line stands in is the last of its
    kind with a lower number.
    """

    quarter: Quarter
    lines: Sequence[Row]
    records: Sequence[Row] = ()
    occupations: Sequence[Row] = ()
    remunerations: Sequence[Row] = ()
    services: Sequence[Row] = ()
    vehicles: Sequence[Row] = ()

    def record(self, line: Row) -> Row | None:
        """The worker record of a line; of one that is not declared: it stands where that stands."""
        if line["seq"] is not None:
            return _last(self._records, line)
        rows = self._records.get(_form(line), [])
        return next((row for row in rows if row["line"] == line["line"]), None)

    def occupation(self, line: Row) -> Row | None:
        """The occupation in which a line stands."""
        return _last(self._occupations, line)

    def occupations_of(self, record: Row) -> list[Row]:
        return self._inside_record[_key(record)]

    def records_of_person(self, record: Row) -> list[Row]:
        """All records of the person of a record, in the same declaration."""
        rows = self._records[_form(record)]
        return [row for row in rows if row["parent_seq"] == record["parent_seq"]]

    def paid(self, occupation: Row) -> list[Row]:
        return self._remunerations[_key(occupation)]

    def worked(self, occupation: Row) -> list[Row]:
        return self._services[_key(occupation)]

    def beside(self, line: Row) -> list[Row]:
        """The other lines in the occupation of a line."""
        occupation = self.occupation(line)
        rows = self._lines.get(_form(line), [])
        beside = [r for r in rows if r is not line and r["source_block"] == line["source_block"]]
        return [row for row in beside if self.occupation(row) is occupation]

    def vehicles_of(self, line: Row) -> list[Row]:
        """The vehicles of the declaration of a line."""
        return [row for row in self.vehicles if _form(row) == _form(line)]

    @cached_property
    def _records(self) -> dict[tuple[str, int], list[Row]]:
        return _by_form(self.records)

    @cached_property
    def _occupations(self) -> dict[tuple[str, int], list[Row]]:
        return _by_form(self.occupations)

    @cached_property
    def _lines(self) -> dict[tuple[str, int], list[Row]]:
        return _by_form([line for line in self.lines if line["seq"] is not None])

    @cached_property
    def _inside_record(self) -> dict[_Key, list[Row]]:
        return _by_parent(self.occupations)

    @cached_property
    def _remunerations(self) -> dict[_Key, list[Row]]:
        return _by_parent(self.remunerations)

    @cached_property
    def _services(self) -> dict[_Key, list[Row]]:
        return _by_parent(self.services)


def _form(row: Row) -> tuple[str, int]:
    return row["file_id"], row["form_no"]


def _key(row: Row) -> _Key:
    return row["file_id"], row["form_no"], row["seq"]


def _by_form(rows: Sequence[Row]) -> dict[tuple[str, int], list[Row]]:
    found = defaultdict(list)
    for row in sorted(rows, key=_key):
        found[_form(row)].append(row)
    return dict(found)


def _by_parent(rows: Sequence[Row]) -> dict[_Key, list[Row]]:
    found = defaultdict(list)
    for row in sorted(rows, key=_key):
        found[*_form(row), row["parent_seq"]].append(row)
    return found


def _last(blocks: Mapping[tuple[str, int], list[Row]], line: Row) -> Row | None:
    """The last block before a line, in its form."""
    rows = blocks.get(_form(line), [])
    at = bisect_left(rows, line["seq"], key=lambda row: row["seq"]) if line["seq"] else 0
    return rows[at - 1] if at else None
