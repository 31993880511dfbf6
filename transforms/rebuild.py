"""Forms written again from the rows that were kept of them, all at once over columns.

What the rows do not hold cannot come back: white space, comments and attributes; how a number or a
day was spelled (``007``, ``+7``, a day with a time zone); zones that were there and empty, which
are left out; white space around values; the order of zones where the schema leaves it open. A form
that is written again should be tried against the schema that it was accepted by, before anything is
concluded from it.

Every block begins a line of its own, so that line ``n`` of a form is that of its block number ``n``
(``seq``).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.catalogue import Release
from schemas.kind import Key
from schemas.layout import BlockTable, Layout
from schemas.model import Block, Zone, leaves
from schemas.quarter import Quarter
from transforms.shredded import Rows, Shredded

_ESCAPES = (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "&#10;"), ("\r", "&#13;"))


def rebuilt(shredded: Shredded, release: Release) -> pa.StringArray:
    """The XML of every form, in the order of the rows of the outermost table.

    ``shredded``: of ``release``; rows in document order, those of a form together.
    """
    form = next(one for one in release.message.blocks if one.name == release.kind.form)
    blocks = dict(form.walk())
    layout = release.layout
    inside: list[dict[str, _Blocks]] = [{} for _ in layout]
    for at in range(len(layout) - 1, -1, -1):
        block = layout[at]
        written = _written(block, blocks[block.path], shredded, inside[at], is_form=at == 0)
        if block.parent is None:
            return written
        seq = np.asarray(shredded.tables[block.table.name].column("seq"))
        one = _Blocks(written, shredded.parents[block.table.name], seq)
        inside[block.parent][block.path[-1]] = one
    raise ValueError("a layout has an outermost block")


@dataclass(frozen=True)
class _Blocks:
    """The blocks of one name, written: the row of the block that each stands in, and its number."""

    written: pa.Array
    parents: Rows
    seq: Rows


def _gathered(side_by_side: Sequence[_Blocks], above: int) -> pa.Array:
    """What each block above holds of blocks that stand side by side, in their order as one text."""
    written = pa.chunked_array([one.written for one in side_by_side]).combine_chunks()
    parents = np.concatenate([one.parents for one in side_by_side])
    order = np.lexsort((np.concatenate([one.seq for one in side_by_side]), parents))
    offsets = np.searchsorted(parents[order], np.arange(above + 1)).astype(np.int32)
    lists = pa.ListArray.from_arrays(pa.array(offsets), written.take(pa.array(order)))
    return pc.binary_join(lists, "")


def _written(
    block: BlockTable,
    element: Block,
    shredded: Shredded,
    inside: Mapping[str, _Blocks],
    is_form: bool,
) -> pa.Array:
    """Every row of a block as an element, with the blocks inside it."""
    table = shredded.tables[block.table.name]
    columns = _columns(block)
    lead = "" if is_form else "\n"
    parts: list[pa.Array] = []
    for are_blocks, some in groupby(_content(element), lambda part: isinstance(part, Block)):
        if are_blocks:
            parts.append(_gathered([inside[part.name] for part in some], table.num_rows))
            continue
        known = [(one.name, *columns[one.name]) for one in some if one.name in columns]
        for name, column, key in known:
            parts.append(_zone(name, table.column(column).combine_chunks(), key))
    start = pa.repeat(pa.scalar(f"{lead}<{element.name}>"), table.num_rows)
    end = pa.repeat(pa.scalar(f"</{element.name}>"), table.num_rows)
    return pc.binary_join_element_wise(start, *parts, end, "")


def _content(element: Block) -> Iterator[Zone | Block]:
    """Zones and blocks in the order of the schema, each name once."""
    met: set[str] = set()
    for part in leaves(element.content):
        if part.name not in met:
            met.add(part.name)
            yield part


def _columns(block: BlockTable) -> dict[str, tuple[str, Key | None]]:
    """The column that holds each zone, and the key that it is then, by name of the zone."""
    columns: dict[str, tuple[str, Key | None]] = {
        key.zones[0]: (key.column, key)
        for key in block.keys
        if key.block == block.path[-1] and len(key.zones) == 1
    }
    return columns | {zone.zone: (zone.column, None) for zone in block.zones}


def _zone(name: str, values: pa.Array, key: Key | None) -> pa.Array:
    """The element of every row, nothing where the value is null."""
    texts = _texts(values) if key is None or key.reading != "quarter" else _quarters(values)
    tagged = pc.binary_join_element_wise(f"<{name}>", texts, f"</{name}>", "")
    return pc.fill_null(tagged, "")


def _texts(values: pa.Array) -> pa.Array:
    if values.type != pa.string():
        return pc.cast(values, pa.string())
    for mark, escape in _ESCAPES:
        values = pc.replace_substring(values, mark, escape)
    return values


def _quarters(values: pa.Array) -> pa.Array:
    wire = {text: Quarter.parse(text).wire for text in values.unique().to_pylist() if text}
    return pa.array([wire.get(text) for text in values.to_pylist()], pa.string())


def lines_of(shredded: Shredded, layout: Layout, row: int) -> Mapping[int, int]:
    """Line in the received file of every block of one form, by its number (``seq``)."""
    found: dict[int, int] = {}
    rows: list[Rows] = []
    for block in layout:
        if block.parent is None:
            rows.append(np.array([row]))
        else:
            parents = shredded.parents[block.table.name]
            rows.append(np.flatnonzero(np.isin(parents, rows[block.parent])))
        table = shredded.tables[block.table.name]
        seq, line = (np.asarray(table.column(name))[rows[-1]].tolist() for name in ("seq", "line"))
        found.update(zip(seq, line, strict=True))
    return found
