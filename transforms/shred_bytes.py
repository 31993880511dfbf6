"""The fast route of shredding: finds the markup of valid forms in their bytes with numpy.

Works on what libxml2 has accepted, so structure and names are known to be right; what is looked for
are the places of tags, the path of each block, the column of each zone. Whatever would make the
search in bytes doubtful (comments, CDATA, instructions, references, attributes, prefixes, blanks in
tags, a ``>`` in a text, a carriage return in a value) is not understood here: ``Markup.of`` says
so, and the walk over the tree takes the form. The walk is the oracle of this route in the tests.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.layout import Layout
from transforms.assemble import Gathered, assemble, zones_of
from transforms.shredded import Rows, Shredded

_CR_IN_VALUE = re.compile(rb"<[^/>]+>[^<]*\r[^<]*</")
_LT, _GT, _SLASH, _LF, _SPACE, _BANG, _QUESTION, _COLON = b"<>/\n !?:"
_WORD = 8
_SLOT_BITS = 16
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
        if b":" in content and _in_tag(np.flatnonzero(data == _COLON), opening, closing):
            return None
        return cls(content, opening, closing)


def _in_tag(places: Rows, opening: Rows, closing: Rows) -> bool:
    """Whether one of the places lies within a tag."""
    before = np.searchsorted(opening, places) - 1
    return bool(((before >= 0) & (closing[before] > places)).any())


@dataclass(frozen=True, slots=True)
class _Plan:
    """The layout as lookup tables over nodes (blocks of the layout) and names.

    ``node[n, name]`` is the block that an element is inside block ``n``, ``column[n, name]`` the
    number of the zone; both ``_NO_NODE`` otherwise. ``blocks[name]``: whether blocks have the
    name; ``unclear[name]``: whether zones have it too.
    """

    layout: Layout
    names: "_Names"
    node: Rows
    column: Rows
    zones: tuple[tuple[int, str], ...]
    blocks: npt.NDArray[np.bool_]
    unclear: npt.NDArray[np.bool_]

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
        blocks = np.isin(names, [block.path[-1] for block in layout])
        unclear = blocks & np.isin(names, [zone for _, zone in zones])
        return cls(layout, _Names.of(names), node, column, zones, blocks, unclear)


@dataclass(frozen=True, slots=True)
class _Names:
    """Names of elements, told apart by a key: length, last eight bytes, first ``words`` words.

    One word is enough for most schemas. ``slots`` is a table without collisions: the top bits of
    ``key * factor`` give the number of a name. What is looked up has been validated, so every name
    is one of these; that its key is that of the name found is verified all the same.
    """

    keys: npt.NDArray[np.uint64]
    words: int
    factor: np.uint64
    slots: npt.NDArray[np.int16]

    @classmethod
    def of(cls, names: Sequence[str]) -> "_Names":
        """A table for distinct names."""
        encoded = [name.encode() for name in names]
        lengths = np.array([len(name) for name in encoded])
        starts = np.cumsum(lengths) - lengths
        data = np.frombuffer(b"".join(encoded) + bytes(_WORD), np.uint8)
        for words in count(1):
            keys = _keys(data, starts, lengths, words)
            if len(np.unique(keys)) == len(names):
                break
        for seed in count():
            factor = _MIX + np.uint64(2 * seed)
            places = _slot(keys, factor)
            if len(np.unique(places)) == len(names):
                break
        slots = np.zeros(1 << _SLOT_BITS, dtype=np.int16)
        slots[places] = np.arange(len(names))
        return cls(keys, words, factor, slots)

    def numbers(self, data: Bytes, starts: Rows, lengths: Rows) -> npt.NDArray[np.int16]:
        """The number of the name of each tag, given where names start and how long they are.

        ``data`` has at least ``_WORD`` more bytes behind the last name.
        """
        keys = _keys(data, starts, lengths, self.words)
        found = self.slots[_slot(keys, self.factor)]
        if not np.array_equal(self.keys[found], keys):
            raise ValueError("a valid form has an element that its schema does not have")
        return found


def _keys(data: Bytes, starts: Rows, lengths: Rows, words: int) -> npt.NDArray[np.uint64]:
    """The key of each name. Words are zero behind the end of the name."""
    view = np.ndarray((len(data) - _WORD + 1,), "<u8", buffer=data, strides=(1,))
    size = np.minimum(lengths, _WORD)
    mixed = _mixed(lengths.astype(np.uint64), view[starts + (lengths - size)] & _MASKS[size])
    for at in range(0, words * _WORD, _WORD):
        left = np.clip(lengths - at, 0, _WORD)
        inside = np.where(left > 0, starts + at, starts)
        mixed = _mixed(mixed, view[inside] & _MASKS[left])
    return mixed


def _mixed(keys: npt.NDArray[np.uint64], words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    mixed = (keys ^ words) * _MIX
    mixed ^= mixed >> np.uint64(29)
    return np.asarray(mixed, dtype=np.uint64)


def _slot(keys: npt.NDArray[np.uint64], factor: np.uint64) -> npt.NDArray[np.uint64]:
    return np.asarray((keys * factor) >> np.uint64(64 - _SLOT_BITS), dtype=np.uint64)


_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_WORD + 1)], dtype=np.uint64)
"""Keeps the first bytes of a word."""


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
        padding = bytes(_WORD)
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


def count_blocks(content: bytes, layout: Layout) -> int | None:
    """How many blocks there are in some elements of a form, without their tables.

    None when bytes do not tell, or when there is a name that the schema does not have. ``content``
    need not be valid, and what is said of such is of no use.
    """
    markup = Markup.of(content)
    if markup is None:
        return None
    data, opening, closing = np.frombuffer(content, np.uint8), markup.opening, markup.closing
    ends = data[opening + 1] == _SLASH
    leaf = ~ends[:-1] & ends[1:]
    text = data[closing[:-1][leaf] + 1]
    is_plain = ((text > _SPACE) & (text != _LT)).all() and not (data[closing - 1] == _SLASH).any()
    if is_plain:
        # An element with text right behind its tag is a zone, one without is a block.
        return int(np.count_nonzero(~ends) - np.count_nonzero(leaf))
    plan = _plan(layout)
    starts, stops = opening[~ends] + 1, closing[~ends]
    lengths = stops - starts - (data[stops - 1] == _SLASH)
    try:
        names = plan.names.numbers(np.frombuffer(content + bytes(_WORD), np.uint8), starts, lengths)
    except ValueError:
        return None
    return None if plan.unclear[names].any() else int(np.count_nonzero(plan.blocks[names]))


@dataclass(slots=True)
class _Found:
    """What stands where. Tags are numbered in document order; ``tags`` are start tags."""

    data: Bytes
    plan: _Plan
    texts: pa.StringArray
    blocks: list[Rows] = field(default_factory=list)
    parents: list[Rows] = field(default_factory=list)
    seq: list[Rows] = field(default_factory=list)
    line: list[Rows] = field(default_factory=list)
    leaves: list[tuple[Rows, Rows, Rows]] = field(default_factory=list)

    @classmethod
    def of(
        cls, data: Bytes, opening: Rows, closing: Rows, plan: _Plan, form_lines: Rows
    ) -> "_Found":
        ends = data[opening + 1] == _SLASH
        empty = data[closing - 1] == _SLASH
        step = (~(ends | empty)).astype(np.int8) - ends
        depth = np.cumsum(step, dtype=np.int16)
        tags = np.flatnonzero(~ends)
        starts, stops = opening[tags], closing[tags]
        names = plan.names.numbers(data, starts + 1, stops - starts - 1 - empty[tags])
        following = np.append(opening, len(data))[tags + 1]
        behind = np.where(empty[tags], stops + 1, following)
        found = cls(data, plan, _texts(data, stops + 1, behind))
        # A start tag is one level above what it encloses; a tag that closes itself is not.
        found._walk((depth - (step > 0))[tags], names)
        found._number(starts, form_lines)
        return found

    def _walk(self, depth: npt.NDArray[np.int16], names: npt.NDArray[np.int16]) -> None:
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
        """Number of each block in its form, and line of its start tag."""
        is_block = np.zeros(len(places), dtype=np.bool_)
        for tags in self.blocks:
            is_block[tags] = True
        number = np.cumsum(is_block, dtype=np.int32)
        breaks = np.flatnonzero(self.data == _LF)
        forms = self.blocks[0]
        first = np.searchsorted(breaks, places[forms])
        for tags in self.blocks:
            form = np.searchsorted(forms, tags, side="right") - 1
            self.seq.append((number[tags] - number[forms][form] + 1).astype(np.int64))
            line = np.searchsorted(breaks, places[tags]) - first[form]
            self.line.append(line + form_lines[form])

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
            texts[node][zone] = self._zone(len(self.blocks[node]), row[of_zone], tag[of_zone])
        for node in range(len(self.plan.layout)):
            yield Gathered(self.parents[node], self.seq[node], self.line[node], texts[node])

    def _zone(self, rows: int, at: Rows, tags: Rows) -> pa.Array:
        """The texts of a zone by row of its block; null where the block does not have it."""
        if not len(tags):
            return pa.nulls(rows, pa.string())
        if len(tags) == rows:
            return self.texts.take(pa.array(2 * tags))
        place = np.zeros(rows, dtype=np.int64)
        absent = np.ones(rows, dtype=np.bool_)
        place[at], absent[at] = 2 * tags, False
        return self.texts.take(pa.array(place, mask=absent))


def _texts(data: Bytes, starts: Rows, ends: Rows) -> pa.StringArray:
    """The bytes between ``starts`` and ``ends``, at every second place; nothing is copied."""
    bounds = np.empty(2 * len(starts) + 1, dtype=np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1] = starts, ends, len(data)
    return pa.StringArray.from_buffers(2 * len(starts), pa.py_buffer(bounds), pa.py_buffer(data))


_PLANS: dict[int, tuple[Layout, _Plan]] = {}


def _plan(layout: Layout) -> _Plan:
    """The plan of a layout, made once a process."""
    known = _PLANS.get(id(layout))
    if known is None or known[0] is not layout:
        known = _PLANS[id(layout)] = layout, _Plan.of(layout)
    return known[1]
