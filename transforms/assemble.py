"""Tables of a release from the texts of its zones: the last step of every route of shredding.

The plan comes from the layout, that is from the XSD: nothing here knows a zone by name. An empty
element is null, everywhere the same.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from schemas.kind import Key
from schemas.layout import BlockTable, Layout
from schemas.quarter import Quarter
from schemas.units import UNITS, Unit
from transforms.shredded import Rows, Shredded

_RAW_TEXT = (UNITS["text"],)
"""Units whose white space is content; everything else is a token."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """The rows of one block: ``parent`` row, ``seq`` and ``line`` of each, texts by zone name."""

    parent: Rows
    seq: Rows
    line: Rows
    texts: Mapping[str, pa.Array]


def zones_of(block: BlockTable) -> tuple[str, ...]:
    """Zones whose texts a block needs: those with a column, and those that make keys."""
    names = [zone.zone for zone in block.zones]
    for key in block.keys:
        if key.block == block.path[-1]:
            names += [zone for zone in key.zones if zone not in names]
    return tuple(names)


def assemble(
    layout: Layout, gathered: Sequence[Gathered], files: Sequence[str], form_nos: Sequence[int]
) -> Shredded:
    """The tables of all blocks, given in the order of the layout; ``files`` and ``form_nos`` have
    an entry for each form."""
    tables: dict[str, pa.Table] = {}
    place: list[Mapping[str, pa.Array]] = []
    for block, rows in zip(layout, gathered, strict=True):
        built = _built(block, rows, place, files, form_nos)
        inherited = (*(key.column for key in block.keys), "file_id", "form_no", "seq")
        place.append({name: built[name] for name in inherited})
        names = block.table.inside.names
        tables[block.table.name] = pa.table([built[n] for n in names], names=names)
    parents = {b.table.name: g.parent for b, g in zip(layout, gathered, strict=True)}
    return Shredded(layout, tables, parents)


def _built(
    block: BlockTable,
    rows: Gathered,
    place: Sequence[Mapping[str, pa.Array]],
    files: Sequence[str],
    form_nos: Sequence[int],
) -> dict[str, pa.Array]:
    """Columns of a block's table by name."""
    built = {z.column: _array(rows.texts[z.zone], z.unit) for z in block.zones}
    built |= {"seq": pa.array(rows.seq), "line": pa.array(rows.line)}
    if block.parent is None:
        built["file_id"] = pa.array(files, pa.string())
        built["form_no"] = pa.array(form_nos, pa.int64())
        built["parent_seq"] = pa.nulls(len(rows.seq), pa.int64())
        above: Mapping[str, pa.Array] = {}
    else:
        above = {n: v.take(pa.array(rows.parent)) for n, v in place[block.parent].items()}
        built |= {name: above[name] for name in ("file_id", "form_no")}
        built["parent_seq"] = above["seq"]
    for key in block.keys:
        own = key.block == block.path[-1]
        built[key.column] = _key(key, rows.texts) if own else above[key.column]
    return built


def _array(texts: pa.Array, unit: Unit) -> pa.Array:
    """Texts of the wire as values of a unit; empty is null."""
    array = texts if unit in _RAW_TEXT else pc.utf8_trim_whitespace(texts)
    array = pc.if_else(pc.equal(array, ""), pa.scalar(None, pa.string()), array)
    if unit.inside == pa.string():
        return array
    try:
        return pc.cast(array, unit.inside)
    except pa.ArrowInvalid:
        return pa.array([_slow(unit, text) for text in array.to_pylist()], unit.inside)


def _slow(unit: Unit, text: str | None) -> int | date | None:
    """Valid spellings that Arrow does not read: ``+5``, ``-0``, dates with a time zone."""
    if text is None:
        return None
    return date.fromisoformat(text[:10]) if unit.inside == pa.date32() else int(text)


def _key(key: Key, texts: Mapping[str, pa.Array]) -> pa.Array:
    return _READINGS[key.reading]([pc.utf8_trim_whitespace(texts[zone]) for zone in key.zones])


def _quarter_key(values: Sequence[pa.Array]) -> pa.Array:
    distinct = {text: str(Quarter.parse(text)) for text in values[0].unique().to_pylist() if text}
    return pa.array([distinct.get(text) for text in values[0].to_pylist()], pa.string())


def _employer_key(values: Sequence[pa.Array]) -> pa.Array:
    pairs = zip(values[0].to_pylist(), values[1].to_pylist(), strict=True)
    return pa.array([employer_key(nsso, company) for nsso, company in pairs], pa.string())


def employer_key(nsso: str | None, company: str | None) -> str | None:
    """NSSO number on 9 digits; where it is 0 or absent, the enterprise number on 10."""
    number = int(nsso or 0)
    if number:
        return f"{number:09}"
    return f"{int(company or 0):010}"


_READINGS: Mapping[str, Callable[[Sequence[pa.Array]], pa.Array]] = {
    "text": lambda values: values[0],
    "quarter": _quarter_key,
    "employer": _employer_key,
}
