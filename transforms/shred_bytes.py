"""The fast route of shredding: finds the markup of valid forms in their bytes with numpy.

Works on what libxml2 has accepted, so structure and names are known to be right; what is looked for
are the places of tags, the path of each block, the column of each zone. Whatever would make the
search in bytes doubtful (comments, CDATA, instructions, references, attributes, blanks in tags, a
``>`` in a text, a carriage return in a value) is not understood here: ``Markup.of`` says so, and
the walk over the tree takes the form. The walk is the oracle of this route in the tests.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.layout import Layout
from transforms.assemble import Gathered, assemble, zones_of
from transforms.shredded import Rows, Shredded

_CR_IN_VALUE = re.compile(rb"<[^/>]+>[^<]*\r[^<]*</")
_LT, _GT, _SLASH, _LF, _SPACE, _BANG, _QUESTION = b"<>/\n !?"
_WORD = 8
_MIX = np.uint64(0x9E3779B97F4A7C15)
_NO_NODE = -1

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Markup:
    """Where the tags of a valid form are: places of every ``<`` and of the ``>`` that closes it."""

    content: bytes
    opening: Rows
    closing: Rows

    @classmethod
    def of(cls, content: bytes) -> "Markup | None":
        """The tags of a form in UTF-8; ``None`` where bytes alone do not tell them."""
        if b"&" in content or b"=" in content:
            return None
        data = np.frombuffer(content, np.uint8)
        opening, closing = np.flatnonzero(data == _LT), np.flatnonzero(data == _GT)
        if len(opening) != len(closing) or not len(opening):
            return None
        behind, before = data[opening + 1], data[closing - 1]
        blank = before <= _SPACE
        blank |= (before == _SLASH) & (data[closing - 2] <= _SPACE)
        if blank.any() or ((behind == _BANG) | (behind == _QUESTION)).any():
            return None
        if b"\r" in content and _CR_IN_VALUE.search(content):
            return None
        return cls(content, opening, closing)


@dataclass(frozen=True, slots=True)
class _Plan:
    """The layout as lookup tables over nodes (blocks of the layout) and names.

    ``node[n, name]`` is the block that an element is inside block ``n``, ``column[n, name]`` the
    number of the zone; both ``_NO_NODE`` otherwise.
    """

    layout: Layout
    words: npt.NDArray[np.uint64]
    lengths: Rows
    order: Rows
    hashes: npt.NDArray[np.uint64]
    node: Rows
    column: Rows
    zones: tuple[tuple[int, str], ...]

    @classmethod
    def of(cls, layout: Layout) -> "_Plan":
        zones = tuple((n, zone) for n, block in enumerate(layout) for zone in zones_of(block))
        names = sorted({block.path[-1] for block in layout} | {zone for _, zone in zones})
        number = {name: at for at, name in enumerate(names)}
        node = np.full((len(layout), len(names)), _NO_NODE)
        column = np.full((len(layout), len(names)), _NO_NODE)
        for at, block in enumerate(layout):
            if block.parent is not None:
                node[block.parent, number[block.path[-1]]] = at
        for at, (inside, zone) in enumerate(zones):
            column[inside, number[zone]] = at
        words = _words_of_names(names)
        lengths = np.array([len(name.encode()) for name in names])
        hashes = _hashes(words, lengths)
        order = np.argsort(hashes)
        return cls(layout, words, lengths, order, hashes[order], node, column, zones)

    def names(self, data: Bytes, starts: Rows, lengths: Rows) -> Rows:
        """The number of the name of each tag, given where names start and how long they are."""
        words = _words(data, starts, lengths, self.words.shape[1])
        hashes = _hashes(words, lengths)
        at = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        found = self.order[at]
        same = (self.lengths[found] == lengths) & (self.words[found] == words).all(axis=1)
        if not same.all():
            raise ValueError("a valid form has an element that its schema does not have")
        return found


class ByteShredder:
    """Gathers the bytes of forms of one release: ``add`` each, then ``finish`` once."""

    def __init__(self, layout: Layout) -> None:
        self._plan = _plan(layout)
        self._markups: list[Markup] = []
        self._lines: list[int] = []
        self._files: list[str] = []
        self._form_nos: list[int] = []

    def __len__(self) -> int:
        return len(self._markups)

    def add(self, markup: Markup, file_id: str, form_no: int, line: int) -> None:
        """One valid form; ``line`` is that of its start tag."""
        self._markups.append(markup)
        self._lines.append(line)
        self._files.append(file_id)
        self._form_nos.append(form_no)

    def finish(self) -> Shredded:
        """Tables of all forms added, in the order of adding."""
        padding = bytes(_WORD * self._plan.words.shape[1])
        data = b"".join([*(markup.content for markup in self._markups), padding])
        shifts = np.cumsum([0, *(len(markup.content) for markup in self._markups)])[:-1]
        found = _Found.of(
            np.frombuffer(data, np.uint8),
            np.concatenate([m.opening + s for m, s in zip(self._markups, shifts, strict=True)]),
            np.concatenate([m.closing + s for m, s in zip(self._markups, shifts, strict=True)]),
            self._plan,
            np.array(self._lines),
        )
        return assemble(self._plan.layout, list(found.gathered()), self._files, self._form_nos)


@dataclass(slots=True)
class _Found:
    """What stands where. Tags are numbered in document order; ``tags`` are start tags."""

    data: Bytes
    plan: _Plan
    blocks: list[Rows] = field(default_factory=list)
    parents: list[Rows] = field(default_factory=list)
    seq: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    line: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    leaves: list[tuple[Rows, Rows, Rows]] = field(default_factory=list)
    text_start: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    text_end: Rows = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(
        cls, data: Bytes, opening: Rows, closing: Rows, plan: _Plan, form_lines: Rows
    ) -> "_Found":
        ends = data[opening + 1] == _SLASH
        empty = data[closing - 1] == _SLASH
        depth = np.cumsum(np.where(ends, -1, np.where(empty, 0, 1)))
        depth -= ~ends & ~empty
        tags = np.flatnonzero(~ends)
        names = plan.names(data, opening[tags] + 1, (closing - opening - 1 - empty)[tags])
        found = cls(data, plan)
        found.text_start = closing[tags] + 1
        following = np.append(opening, len(data))[tags + 1]
        found.text_end = np.where(empty[tags], found.text_start, following)
        found._walk(depth[tags], names)
        found._number(opening[tags], form_lines)
        return found

    def _walk(self, depth: Rows, names: Rows) -> None:
        """Level by level: the block around each element, and what the element is in it."""
        layout, plan = self.plan.layout, self.plan
        self.blocks = [np.zeros(0, dtype=np.int64) for _ in layout]
        self.parents = [np.zeros(0, dtype=np.int64) for _ in layout]
        above = np.flatnonzero(depth == 0)
        above_node = np.zeros(len(above), dtype=np.int64)
        above_row = np.arange(len(above))
        self.blocks[0], self.parents[0] = above, np.zeros(len(above), dtype=np.int64)
        for level in range(1, max(len(block.path) for block in layout) + 1):
            here = np.flatnonzero(depth == level)
            around = np.searchsorted(above, here) - 1
            name, node_around = names[here], above_node[around]
            column = plan.column[node_around, name]
            is_zone = column != _NO_NODE
            self.leaves.append((column[is_zone], above_row[around[is_zone]], here[is_zone]))
            node = plan.node[node_around, name]
            is_block = node != _NO_NODE
            row = self._rows(node[is_block], here[is_block], above_row[around[is_block]])
            above, above_node, above_row = here[is_block], node[is_block], row

    def _rows(self, node: Rows, tags: Rows, parents: Rows) -> Rows:
        """Numbers the rows of the blocks of one level, table by table."""
        row = np.empty(len(node), dtype=np.int64)
        for number in map(int, np.unique(node)):
            at = np.flatnonzero(node == number)
            row[at] = np.arange(len(at))
            self.blocks[number], self.parents[number] = tags[at], parents[at]
        return row

    def _number(self, places: Rows, form_lines: Rows) -> None:
        """Number of each block in its form, and line of every start tag."""
        is_block = np.zeros(len(places), dtype=np.bool_)
        for tags in self.blocks:
            is_block[tags] = True
        forms = self.blocks[0]
        form = np.searchsorted(forms, np.arange(len(places)), side="right") - 1
        count = np.cumsum(is_block)
        self.seq = np.asarray(count - count[forms][form] + 1, dtype=np.int64)
        breaks = np.flatnonzero(self.data == _LF)
        line = np.searchsorted(breaks, places)
        self.line = line - line[forms][form] + form_lines[form]

    def gathered(self) -> Iterator[Gathered]:
        """The rows of every block, in the order of the layout."""
        column = np.concatenate([c for c, _, _ in self.leaves]).astype(np.int16)
        row = np.concatenate([r for _, r, _ in self.leaves])
        tag = np.concatenate([t for _, _, t in self.leaves])
        order = np.argsort(column, kind="stable")
        bounds = np.searchsorted(column[order], np.arange(len(self.plan.zones) + 1))
        texts: list[dict[str, pa.Array]] = [{} for _ in self.plan.layout]
        for at, (node, zone) in enumerate(self.plan.zones):
            of_zone = order[bounds[at] : bounds[at + 1]]
            texts[node][zone] = self._texts(len(self.blocks[node]), row[of_zone], tag[of_zone])
        for node, tags in enumerate(self.blocks):
            yield Gathered(self.parents[node], self.seq[tags], self.line[tags], texts[node])

    def _texts(self, rows: int, at: Rows, tags: Rows) -> pa.Array:
        """The texts of a zone by row of its block; null where the block does not have it."""
        if not len(tags):
            return pa.nulls(rows, pa.string())
        starts, lengths = self.text_start[tags], self.text_end[tags] - self.text_start[tags]
        sizes = np.zeros(rows, dtype=np.int64)
        sizes[at] = lengths
        offsets = np.zeros(rows + 1, dtype=np.int32)
        np.cumsum(sizes, out=offsets[1:])
        shift = np.repeat(starts - offsets[at], lengths)
        content = self.data[shift + np.arange(len(shift))]
        present = np.zeros(rows, dtype=np.bool_)
        present[at] = True
        buffers = (np.packbits(present, bitorder="little"), offsets, content)
        return pa.StringArray.from_buffers(
            rows, *(pa.py_buffer(b) for b in (buffers[1], buffers[2], buffers[0]))
        )


_PLANS: dict[int, tuple[Layout, _Plan]] = {}


def _plan(layout: Layout) -> _Plan:
    """The plan of a layout, made once a process."""
    known = _PLANS.get(id(layout))
    if known is None or known[0] is not layout:
        known = _PLANS[id(layout)] = layout, _Plan.of(layout)
    return known[1]


def _words_of_names(names: Sequence[str]) -> npt.NDArray[np.uint64]:
    width = -(-max(len(name.encode()) for name in names) // _WORD) * _WORD
    padded = b"".join(name.encode().ljust(width, b"\0") for name in names)
    return np.frombuffer(padded, "<u8").reshape(len(names), -1)


def _words(data: Bytes, starts: Rows, lengths: Rows, width: int) -> npt.NDArray[np.uint64]:
    """The bytes of names as words of eight, zero behind the end of the name."""
    view = np.ndarray((len(data) - _WORD + 1,), "<u8", buffer=data, strides=(1,))
    words = np.empty((len(starts), width), dtype=np.uint64)
    for at in range(width):
        left = np.clip(lengths - at * _WORD, 0, _WORD)
        words[:, at] = view[starts + at * _WORD] & _MASKS[left]
    return words


_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
"""Keeps the first bytes of a word."""


def _hashes(words: npt.NDArray[np.uint64], lengths: Rows) -> npt.NDArray[np.uint64]:
    mixed = lengths.astype(np.uint64)
    for at in range(words.shape[1]):
        mixed = (mixed ^ words[:, at]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return mixed
