"""A long form in segments: some of its repeated blocks each, with the head of the form around them.

A form whose repeated blocks stand together is valid when, and only when, every one of its segments
is: the head, the blocks of the segment, and the end tags of what is open (the first segment has the
tail of the form as well). So segments are judged, shredded and computed apart, by several workers,
and none of them holds the form. Whatever bytes do not tell beyond doubt makes a form ``odd``: it is
one range, as any other; and a segment that is not valid at once has its form judged as a whole.

The tables are those of the whole form: ``placed`` gives rows the numbers and lines that they have
there, and the rows that every segment repeats are those of the first (``is_own``).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from schemas.kind import Kind
from schemas.layout import Layout
from transforms.cutting import Cutter, Piece
from transforms.exact import Truth
from transforms.ranges import Range, Segment
from transforms.shred_bytes import count_blocks
from transforms.shredded import Rows, Shredded


@dataclass
class LongForm:
    """Pieces of one form as the cutter gives them; ``ranges`` when all are there.

    ``whole``: a range that starts where the form does; ``layout``: of the release, None when that
    is not known.
    """

    whole: Range
    layout: Layout | None
    pieces: list[Piece] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    tag_line: int = 0
    odd: bool = False

    def add(self, piece: Piece, cutter: Cutter) -> None:
        """The next piece, which the iteration of ``cutter`` stands at."""
        if not self.pieces:
            self.tag_line = piece.line + cutter.text(piece.start, piece.tag).count(b"\n")
        self.pieces.append(piece)
        found = None
        if piece.inner is not None and self.layout is not None:
            content = cutter.text(*piece.inner)
            self.lines.append(content.count(b"\n"))
            found = count_blocks(content, self.layout)
        self.odd = self.odd or piece.odd or found is None
        self.blocks.append(found or 0)

    def ranges(self) -> Iterator[Range]:
        """One for every segment, or one for the form when it is odd."""
        first, last = self.pieces[0], self.pieces[-1]
        inner = [piece.inner for piece in self.pieces if piece.inner is not None]
        if self.odd or len(inner) < len(self.pieces):
            yield replace(self.whole, end=last.end)
            return
        head, tail = (first.tag, inner[0][0]), (inner[-1][1], last.end)
        for number, piece in enumerate(self.pieces):
            others = slice(number) if number else slice(1, None)
            blocks, lines = sum(self.blocks[others]), sum(self.lines[others])
            segment = Segment(number, head, inner[number], tail, self.tag_line, blocks, lines)
            counted = 1 if number == 0 else 0
            yield replace(
                self.whole,
                start=piece.start,
                end=piece.end,
                line=piece.line,
                forms=counted,
                segment=segment,
            )


def rejoined(ranges: tuple[Range, ...]) -> Iterator[Range]:
    """The ranges with every long form as one."""
    ends = {part.form_no: part.end for part in ranges}
    for part in ranges:
        if part.segment is None or part.segment.number == 0:
            yield replace(part, end=ends[part.form_no], segment=None)


def placed(shredded: Shredded, segment: Segment, kind: Kind) -> Shredded:
    """Tables of the ``content`` of a segment with ``seq``, ``parent_seq`` and ``line`` as in the
    whole form."""
    first, last = _span(shredded, kind)

    def is_moved(seq: Rows) -> Truth:
        """Blocks of this segment; of the first, those behind all segments."""
        return (seq >= first) & (seq <= last) if segment.number else seq > last

    def moved(values: pa.ChunkedArray) -> pa.Array:
        seq = np.asarray(values.fill_null(0), dtype=np.int64)
        return pa.array(seq + segment.blocks * is_moved(seq), mask=np.asarray(values.is_null()))

    tables = {}
    for name, table in shredded.tables.items():
        moves = is_moved(np.asarray(table.column("seq"), dtype=np.int64))
        columns: Mapping[str, pa.Array] = {
            "seq": moved(table.column("seq")),
            "parent_seq": moved(table.column("parent_seq")),
            "line": pa.array(np.asarray(table.column("line")) + segment.lines * moves),
        }
        for column, values in columns.items():
            table = table.set_column(table.column_names.index(column), column, values)
        tables[name] = table
    return Shredded(shredded.layout, tables, shredded.parents)


def _span(shredded: Shredded, kind: Kind) -> tuple[int, int]:
    """Numbers of the first and the last block at or below a repeated one."""
    numbers = [
        np.asarray(shredded.tables[block.table.name].column("seq"))
        for block in shredded.layout
        if is_inner(block.path, kind)
    ]
    inner: Rows = np.concatenate(numbers)
    return int(inner.min()), int(inner.max())


def is_own(path: tuple[str, ...], segment: Segment, kind: Kind) -> bool:
    """Whether the rows of a block belong to the segment: the first one has those around as well."""
    return segment.number == 0 or is_inner(path, kind)


def is_inner(path: tuple[str, ...], kind: Kind) -> bool:
    """Whether a block is a repeated one, or stands in one."""
    return path[1 : 1 + len(kind.repeated)] == kind.repeated
