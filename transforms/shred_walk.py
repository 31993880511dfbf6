"""The walk over the tree: shredding that is right for everything that is XML.

The plan comes from the layout, that is from the XSD: nothing here knows a zone by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import pyarrow as pa
from lxml import etree

from schemas.layout import BlockTable, Layout
from transforms.assemble import Gathered, assemble, zones_of
from transforms.shredded import Rows, Shredded


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


class WalkShredder:
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
        gathered = [_gathered(node) for node in self._nodes]
        return assemble(self._layout, gathered, self._files, self._form_nos)


def _gathered(node: _Node) -> Gathered:
    width = _FIRST_ZONE + len(node.columns)
    columns = list(zip(*node.rows, strict=True)) if node.rows else [()] * width
    return Gathered(
        np.array(columns[_PARENT], dtype=np.int64),
        np.array(columns[_SEQ], dtype=np.int64),
        np.array(columns[_LINE], dtype=np.int64),
        {zone: pa.array(columns[at], pa.string()) for zone, at in node.columns.items()},
    )


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
    """Positions of zones in a gathered row."""
    return {name: _FIRST_ZONE + at for at, name in enumerate(zones_of(block))}
