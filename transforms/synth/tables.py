"""The block tables of forms as they were written: what shredding their text would give.

Only faster, since the values are at hand. What no computation looks at is left out: where in a
file a row stood, and blocks that stand at several places of the message.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.kind import Key
from schemas.layout import BlockTable, Layout
from schemas.quarter import Quarter
from schemas.units import Unit
from transforms.assemble import employer_key
from transforms.shredded import Rows, Shredded
from transforms.synth.kept import Kept, Line, Slot
from transforms.synth.xml import Field

Columns = dict[str, pa.Array]


def shredded(release: Layout, blocks: Iterable[Kept]) -> Shredded:
    """Tables of everything that was kept; ``seq`` of a line is its place in ``slots_of``."""
    by_path = {kept.place.path: kept for kept in blocks if kept.place}
    tables: dict[str, pa.Table] = {}
    parents: dict[str, Rows] = {}
    keys: list[Columns] = []
    first_slot = 0
    for place in release:
        kept = by_path.get(place.path)
        columns, rows = {}, 0
        if kept is not None:
            columns, rows = _columns(place, kept, keys), len(kept.items)
        if isinstance(kept, Line):
            columns["seq"] = pa.array(np.arange(first_slot, first_slot + rows))
            first_slot += rows
        keys.append({key.column: columns[key.column] for key in place.keys if columns})
        arrays = [columns.get(f.name, pa.nulls(rows, f.type)) for f in place.table.inside]
        tables[place.table.name] = pa.table(arrays, schema=place.table.inside)
        parents[place.table.name] = np.array(kept.parents if kept else [], dtype=np.int64)
    return Shredded(release, tables, parents)


def slots_of(release: Layout, blocks: Iterable[Kept]) -> list[Slot]:
    """The slots of all lines, block by block in the order of the release."""
    lines = {kept.place.path: kept for kept in blocks if isinstance(kept, Line) and kept.place}
    return [slot for place in release if place.path in lines for slot in lines[place.path].items]


def _columns(place: BlockTable, kept: Kept, keys: Sequence[Columns]) -> Columns:
    rows = kept.rows()
    fields = zip(*rows, strict=True) if rows else [()] * len(kept.names)
    by_zone = dict(zip(kept.names, fields, strict=True))
    columns = {z.column: _array(by_zone[z.zone], z.unit) for z in place.zones if z.zone in by_zone}
    parents = pa.array(kept.parents, pa.int64())
    for key in place.keys:
        if key.block == place.path[-1]:
            columns[key.column] = _key(key, by_zone)
        else:
            columns[key.column] = keys[place.parent or 0][key.column].take(parents)
    return columns


def _array(values: Sequence[Field], unit: Unit) -> pa.Array:
    """Most values are of the kind of their column; the others go by their text."""
    try:
        return pa.array(values, unit.inside)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return pc.cast(_texts(values), unit.inside)


def _texts(values: Sequence[Field]) -> pa.Array:
    return pa.array([None if value is None else str(value) for value in values], pa.string())


def _key(key: Key, by_zone: Mapping[str, Sequence[Field]]) -> pa.Array:
    match key.reading:
        case "quarter":
            return _texts([str(Quarter.parse(str(wire))) for wire in by_zone[key.zones[0]]])
        case "employer":
            pairs = zip(*(by_zone[zone] for zone in key.zones), strict=True)
            return _texts([employer_key(str(nsso), str(company)) for nsso, company in pairs])
        case _:
            return _texts(by_zone[key.zones[0]])
