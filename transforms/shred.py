"""Shreds accepted forms into the tables of their release, by walking the tree.

The plan comes from the layout, that is from the XSD: nothing here knows a zone by name. Rows of
many forms are gathered before Arrow arrays are made, since small files would otherwise cost more
in arrays than in parsing. An empty element is null, everywhere the same.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import count

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from lxml import etree

from schemas.kind import Key
from schemas.layout import BlockTable, Layout
from schemas.quarter import Quarter
from schemas.units import UNITS, Unit
from transforms.shredded import Rows, Shredded

_RAW_TEXT = (UNITS["text"],)
"""Units whose white space is content; everything else is a token."""


@dataclass(slots=True)
class _Node:
    """A block in the plan, with the rows gathered for its table.

    ``rows`` holds ``[parent row, seq, line, zone texts...]``; ``columns`` gives the position of
    a zone in it.
    """

    block: BlockTable
    columns: Mapping[str, int]
    blocks: dict[str, "_Node"] = field(default_factory=dict)
    rows: list[list[str | int | None]] = field(default_factory=list)


_PARENT, _SEQ, _LINE, _FIRST_ZONE = 0, 1, 2, 3


class Shredder:
    """Gathers forms of one release: ``add`` each, then ``finish`` once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._nodes = [_Node(block, _zone_columns(block)) for block in layout]
        for node in self._nodes:
            if node.block.parent is not None:
                self._nodes[node.block.parent].blocks[node.block.path[-1]] = node
        self._files: list[str] = []
        self._form_nos: list[int] = []

    def add(
        self,
        form: etree._Element,
        file_id: str,
        form_no: int,
        line_shift: int = 0,
        block_lines: Rows | None = None,
    ) -> None:
        """One accepted form; ``line_shift`` is added to the lines of the tree, unless
        ``block_lines`` gives the line of each block in document order."""
        self._files.append(file_id)
        self._form_nos.append(form_no)
        before = [len(node.rows) for node in self._nodes]
        _walk(form, self._nodes[0], 0, count(1), line_shift)
        if block_lines is not None:
            for node, first in zip(self._nodes, before, strict=True):
                for row in node.rows[first:]:
                    row[_LINE] = int(block_lines[int(row[_SEQ] or 1) - 1])

    def finish(self) -> Shredded:
        """Tables of all forms added, in the order of adding."""
        tables: dict[str, pa.Table] = {}
        parents: dict[str, Rows] = {}
        place: list[Mapping[str, pa.Array]] = []
        for node in self._nodes:
            built, parent = self._build(node, place)
            place.append({name: built[name] for name in _inherited(node.block)} | _seq(built))
            names = node.block.table.inside.names
            tables[node.block.table.name] = pa.table([built[n] for n in names], names=names)
            parents[node.block.table.name] = parent
        return Shredded(self._layout, tables, parents)

    def _build(
        self, node: _Node, place: Sequence[Mapping[str, pa.Array]]
    ) -> tuple[dict[str, pa.Array], Rows]:
        """Columns of a block's table, and its parent rows."""
        width = _FIRST_ZONE + len(node.columns)
        columns = list(zip(*node.rows, strict=True)) if node.rows else [()] * width
        parent = np.array(columns[_PARENT], dtype=np.int64)
        texts = {zone: columns[at] for zone, at in node.columns.items()}
        built = {z.column: _array(texts[z.zone], z.unit) for z in node.block.zones}
        built |= _order(columns, parent, node.block, place)
        built |= self._place(node.block, parent, place)
        for key in node.block.keys:
            if key.block == node.block.path[-1]:
                built[key.column] = _key(key, texts)
            else:
                above = place[node.block.parent or 0]
                built[key.column] = above[key.column].take(pa.array(parent))
        return built, parent

    def _place(
        self, block: BlockTable, parent: Rows, place: Sequence[Mapping[str, pa.Array]]
    ) -> dict[str, pa.Array]:
        if block.parent is None:
            return {
                "file_id": pa.array(self._files, pa.string()),
                "form_no": pa.array(self._form_nos, pa.int64()),
            }
        above, rows = place[block.parent], pa.array(parent)
        return {name: above[name].take(rows) for name in ("file_id", "form_no")}


def shred(forms: Iterable[tuple[etree._Element, str, int, int]], layout: Layout) -> Shredded:
    """Tables of (form, file_id, form_no, line_shift), in this order."""
    shredder = Shredder(layout)
    for form in forms:
        shredder.add(*form)
    return shredder.finish()


def _walk(
    element: etree._Element, node: _Node, parent: int, seq: "count[int]", line_shift: int
) -> None:
    row: list[str | int | None] = [None] * (_FIRST_ZONE + len(node.columns))
    row[_PARENT] = parent
    row[_SEQ] = next(seq)
    row[_LINE] = (element.sourceline or 0) + line_shift
    here = len(node.rows)
    node.rows.append(row)
    columns, blocks = node.columns, node.blocks
    for child in element:
        tag = str(child.tag)
        at = columns.get(tag)
        if at is not None:
            row[at] = child.text
        else:
            _walk(child, blocks[tag], here, seq, line_shift)


def _zone_columns(block: BlockTable) -> dict[str, int]:
    """Positions of zones in a gathered row: those with a column, and those that make keys."""
    names = [zone.zone for zone in block.zones]
    for key in block.keys:
        if key.block == block.path[-1]:
            names += [zone for zone in key.zones if zone not in names]
    return {name: _FIRST_ZONE + at for at, name in enumerate(names)}


def _inherited(block: BlockTable) -> tuple[str, ...]:
    return (*(key.column for key in block.keys), "file_id", "form_no")


def _seq(built: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    return {"seq": built["seq"]}


def _order(
    columns: Sequence[Sequence[str | int | None]],
    parent: Rows,
    block: BlockTable,
    place: Sequence[Mapping[str, pa.Array]],
) -> dict[str, pa.Array]:
    above = (
        pa.nulls(len(parent), pa.int64())
        if block.parent is None
        else place[block.parent]["seq"].take(pa.array(parent))
    )
    return {
        "seq": pa.array(columns[_SEQ], pa.int64()),
        "line": pa.array(columns[_LINE], pa.int64()),
        "parent_seq": above,
    }


def _array(texts: Sequence[str | int | None], unit: Unit) -> pa.Array:
    """Texts of the wire as values of a unit; empty is null."""
    array = pa.array(texts, pa.string())
    if unit not in _RAW_TEXT:
        array = pc.utf8_trim_whitespace(array)
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


def _key(key: Key, texts: Mapping[str, Sequence[str | int | None]]) -> pa.Array:
    values = [pc.utf8_trim_whitespace(pa.array(texts[zone], pa.string())) for zone in key.zones]
    return _READINGS[key.reading](values)


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
