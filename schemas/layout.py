"""Tables derived from the XSD of a release: one per block, one column per zone.

A block that stands at several places of the message has one table per place: blocks are told
apart by path, never by name. Every row is (file_id, form_no, seq): ``seq`` numbers the blocks of
a form in document order, ``parent_seq`` is the row it stands in.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import pyarrow as pa

from schemas.core import PLACE
from schemas.kind import Key, MessageKind, block_titles, zone_facts
from schemas.model import Block, SchemaError, Zone
from schemas.tables import Column, Table, whole
from schemas.units import UNITS, UNKNOWN, Unit

_INT64_DIGITS = 18
_NUMERIC = ("integer", "decimal", "int", "long", "short", "nonNegativeInteger", "positiveInteger")

ORDER = (
    whole("seq", "Number of this block in its form, document order, from 1"),
    whole("parent_seq", "Number of the block it stands in; null for the form itself"),
)


@dataclass(frozen=True, slots=True)
class ZoneColumn:
    """A zone of the block and the column it fills."""

    zone: str
    column: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class BlockTable:
    """The table of one block. ``path`` starts at the form; ``parent`` indexes the layout."""

    table: Table
    path: tuple[str, ...]
    parent: int | None
    zones: tuple[ZoneColumn, ...]
    keys: tuple[Key, ...]


Layout = tuple[BlockTable, ...]
"""All block tables of a release, parents before children."""


def layout_of(kind: MessageKind, message: Block) -> Layout:
    """The tables of a release; ``SchemaError`` when something in it has no column."""
    for path, block in message.walk():
        _refuse_what_no_column_holds(path, block)
    form = next((block for block in message.blocks if block.name == kind.form), None)
    if form is None:
        raise SchemaError(f"{message.name} has no block {kind.form}")
    places = list(form.walk())
    names = _names([path for path, _ in places])
    numbers = {(b.name, zone.name): zone.number for _, b in places for zone in b.zones}
    tables: list[BlockTable] = []
    index: dict[tuple[str, ...], int] = {}
    for path, block in places:
        parent = index.get(path[:-1])
        index[path] = len(tables)
        tables.append(_block_table(kind, names[path], path, parent, block, numbers))
    return tuple(tables)


def _refuse_what_no_column_holds(path: tuple[str, ...], block: Block) -> None:
    if block.is_open:
        raise SchemaError(f"{'/'.join(path)} admits any element: no column can hold that")
    for zone in block.zones:
        if zone.max_occurs != 1:
            raise SchemaError(f"{'/'.join((*path, zone.name))} repeats: no column can hold that")


def merged(layouts: Iterable[Layout]) -> dict[str, Table]:
    """Tables by full name that hold the rows of several releases, given oldest first.

    A table has the columns of all of them; the newest release has the last word on comments.
    """
    tables: dict[str, Table] = {}
    for layout in layouts:
        for block in layout:
            known = tables.get(block.table.full_name)
            tables[block.table.full_name] = block.table if known is None else _both(known, block)
    return tables


def _both(known: Table, block: BlockTable) -> Table:
    columns = {column.name: column for column in known.columns}
    columns.update({column.name: column for column in block.table.columns})
    return replace(block.table, columns=tuple(columns.values()))


def snake(name: str) -> str:
    """``NOSSRegistrationNbr`` becomes ``noss_registration_nbr``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return parted.lower()


def _names(paths: list[tuple[str, ...]]) -> dict[tuple[str, ...], str]:
    """The shortest end of each path that no other path shares: ``occupation_using_employer``."""
    names = {}
    for path in paths:
        length = 1
        while sum(other[-length:] == path[-length:] for other in paths) > 1:
            length += 1
        names[path] = "_".join(snake(part) for part in path[-length:])
    return names


def _block_table(
    kind: MessageKind,
    name: str,
    path: tuple[str, ...],
    parent: int | None,
    block: Block,
    numbers: Mapping[tuple[str, str], str | None],
) -> BlockTable:
    keys = tuple(key for key in kind.keys if key.block in path)
    taken = {key.column for key in keys} | {column.name for column in (*PLACE, *ORDER)}
    zones = []
    columns = [_key_column(key, numbers) for key in keys]
    for zone in block.zones:
        unit = _unit(kind, zone)
        column = _column_name(zone, unit, kind)
        if column in taken and not _is_own_key(zone, block, keys):
            column = f"{name}_{column}"
        if column not in taken:
            zones.append(ZoneColumn(zone.name, column, unit))
            comment = _comment(kind, zone, unit)
            columns.append(Column(column, unit.inside, unit.rest, comment, zone.number))
    title = block_titles(kind).get(block.number or "", block.name)
    table = Table(
        kind.name,
        name,
        f"{block.number or 'no number'} {block.name}: {title}",
        (*columns, *PLACE[:2], *ORDER, PLACE[2]),
        block.number,
    )
    return BlockTable(table, path, parent, tuple(zones), keys)


def _key_column(key: Key, numbers: Mapping[tuple[str, str], str | None]) -> Column:
    number = numbers.get((key.block, key.zones[0]))
    what = " or ".join(key.zones)
    return Column(key.column, pa.string(), pa.string(), f"{number} {what} of {key.block}", number)


def _is_own_key(zone: Zone, block: Block, keys: tuple[Key, ...]) -> bool:
    """Whether the key column already says what this zone of the block says."""
    return any(key.block == block.name and key.zones == (zone.name,) for key in keys)


def _unit(kind: MessageKind, zone: Zone) -> Unit:
    """The unit of a zone; unknown when its XSD type could not hold it."""
    fact = zone_facts(kind).get(zone.number or "")
    if fact is None:
        return UNKNOWN
    unit = UNITS[fact.unit]
    return unit if _fits(unit, zone) else UNKNOWN


def _fits(unit: Unit, zone: Zone) -> bool:
    if unit.inside == UNITS["date"].inside:
        return zone.facets.base == "date"
    if unit.inside == UNITS["cents"].inside:
        digits = zone.facets.total_digits or len(zone.facets.maximum or "9" * 19)
        return zone.facets.base in _NUMERIC and digits <= _INT64_DIGITS
    return True


def _column_name(zone: Zone, unit: Unit, kind: MessageKind) -> str:
    """A zone kept as text although its unit is a number elsewhere must not share its column."""
    fact = zone_facts(kind).get(zone.number or "")
    retyped = unit is UNKNOWN and fact is not None
    return f"{snake(zone.name)}_text" if retyped else snake(zone.name)


def _comment(kind: MessageKind, zone: Zone, unit: Unit) -> str:
    fact = zone_facts(kind).get(zone.number or "")
    title = fact.title if fact else zone.name
    doubt = "" if fact is None or fact.certain else ", unit inferred"
    return f"{zone.number or 'no number'} {title} ({unit.shown}{doubt})"
