"""The elements of forms, found in their tags: the fast route of shredding.

The columns of a release are a plan (``Plan``), the tags of some forms are numbered in document
order (``Tags``), and what each element is follows level by level (``Elements``). The walk over the
tree (``shred_walk``) is the oracle of this route in the tests.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.layout import Layout
from transforms.assemble import zones_of
from transforms.markup import LF, SLASH, Bytes, Markup, places
from transforms.names import UNKNOWN, WORD, Names
from transforms.shredded import Rows

NONE = -1
PADDING = b" " * WORD
"""Stands behind the last form: blanks, so that it is content like those between forms."""

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Plan:
    """The layout as lookup tables over nodes (blocks of the layout) and names.

    ``node[n, name]`` is the block that an element is inside block ``n``, ``column[n, name]`` the
    number of the zone; both ``NONE`` otherwise. ``blocks[name]``: whether blocks have the name;
    ``unclear[name]``: whether zones have it too.
    """

    layout: Layout
    names: tuple[str, ...]
    known: Names
    node: Rows
    column: Rows
    zones: tuple[tuple[int, str], ...]
    blocks: Truths
    unclear: Truths

    @classmethod
    def of(cls, layout: Layout) -> "Plan":
        """The plan of a layout, made once a process."""
        made = _PLANS.get(id(layout))
        if made is None or made.layout is not layout:
            made = _PLANS[id(layout)] = cls._made(layout)
        return made

    @classmethod
    def _made(cls, layout: Layout) -> "Plan":
        zones = tuple((n, zone) for n, block in enumerate(layout) for zone in zones_of(block))
        names = sorted({block.path[-1] for block in layout} | {zone for _, zone in zones})
        number = {name: at for at, name in enumerate(names)}
        node = np.full((len(layout), len(names)), NONE)
        column = np.full((len(layout), len(names)), NONE)
        for at, block in enumerate(layout):
            if block.parent is not None:
                node[block.parent, number[block.path[-1]]] = at
        for at, (inside, zone) in enumerate(zones):
            column[inside, number[zone]] = at
        blocks = np.isin(names, [block.path[-1] for block in layout])
        unclear = blocks & np.isin(names, [zone for _, zone in zones])
        known = Names.of(names)
        return cls(layout, tuple(names), known, node, column, zones, blocks, unclear)

    @property
    def levels(self) -> int:
        """Elements that a zone has around it at most."""
        return max(len(block.path) for block in self.layout)


_PLANS: dict[int, Plan] = {}


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of forms that stand one behind another, in document order.

    ``content`` ends with ``PADDING``. ``level``: elements around the element that the tag is of;
    ``names``: numbers, or ``UNKNOWN``.
    """

    content: bytes
    opening: Rows
    closing: Rows
    ends: Truths
    empty: Truths
    level: npt.NDArray[np.int16]
    names: Rows

    @classmethod
    def of(cls, markup: Markup, plan: Plan) -> "Tags":
        data = np.frombuffer(markup.content, np.uint8)
        opening, closing = markup.opening, markup.closing
        ends, empty = data[opening + 1] == SLASH, data[closing - 1] == SLASH
        step = (~(ends | empty)).view(np.int8) - ends.view(np.int8)
        # A start tag is one level above what it encloses, and so is the end tag that belongs to it.
        level = np.cumsum(step, dtype=np.int16) - (step > 0)
        starts = opening + ends
        starts += 1
        lengths = closing - starts
        lengths -= empty
        names = plan.known.numbers(data, starts, np.maximum(lengths, 0, out=lengths))
        return cls(markup.content, opening, closing, ends, empty, level, names)

    @property
    def data(self) -> Bytes:
        return np.frombuffer(self.content, np.uint8)

    def unsound(self, firsts: Rows) -> Truths:
        """Which forms are not one element around others, by the number of the first tag of each.

        Where a form does not end, the others are not told apart: only such forms are named then.
        """
        steps = (~(self.ends | self.empty)).view(np.int8) - self.ends.view(np.int8)
        open_ended: Truths = np.add.reduceat(steps, firsts, dtype=np.int64) != 0
        if open_ended.any():
            return open_ended
        unsound: Truths = np.minimum.reduceat(self.level, firsts) < 0
        outermost = (self.level == 0).view(np.int8)
        unsound |= np.add.reduceat(outermost, firsts, dtype=np.int64) != 2
        strange = (self.names == UNKNOWN) | (self.ends & self.empty)
        for tags in (np.flatnonzero(strange), self._unpaired()):
            unsound[np.searchsorted(firsts, tags, side="right") - 1] = True
        return unsound

    def _unpaired(self) -> Rows:
        """Start tags whose end tag has another name, once every element has one."""
        begins = ~(self.ends | self.empty)
        leaf = begins[:-1] & self.ends[1:]
        wrong = np.flatnonzero(leaf & (self.names[:-1] != self.names[1:]))
        inner = begins | self.ends
        inner[:-1] &= ~leaf
        inner[1:] &= ~leaf
        tags = np.flatnonzero(inner)
        # On each level a start tag and its end tag follow each other.
        tags = tags[np.argsort(self.level[tags], kind="stable")]
        pairs = self.names[tags].reshape(-1, 2)
        return np.concatenate([wrong, tags[::2][pairs[:, 0] != pairs[:, 1]]])


@dataclass(frozen=True, slots=True)
class Level:
    """The elements that have the same number of blocks around them, in document order.

    ``above``: node of every block on the level before; ``around``: which of these an element
    stands in; ``names``: of the elements.
    """

    above: Rows
    around: Rows
    names: Rows


class Elements:
    """What stands where in forms. Elements are numbered in document order.

    ``blocks[node]``: numbers of the elements that are such a block, ``parents[node]`` their rows in
    the table of the block around. ``levels``: what was met on the way, for the verdict.
    """

    def __init__(self, tags: Tags, plan: Plan) -> None:
        starts = np.flatnonzero(~tags.ends)
        following = starts + 1  # there is one: the form of the last element ends
        self.plan = plan
        self.tags = tags
        self.opening = tags.opening.take(starts)
        """Place of the start tag of each element."""
        self.begin = tags.closing.take(starts) + 1
        self.end = tags.opening.take(following)
        """Place behind the text of each element that holds no others."""
        self.simple = tags.ends.take(following)
        """Whether an element holds no others."""
        if tags.empty.any():
            empty = tags.empty.take(starts)
            self.end[empty] = self.begin[empty]
            self.simple |= empty
        self.names = tags.names.take(starts)
        self.blocks: list[Rows] = [np.zeros(0, dtype=np.int64) for _ in plan.layout]
        self.parents: list[Rows] = [np.zeros(0, dtype=np.int64) for _ in plan.layout]
        self.levels: list[tuple[Rows, Level]] = []
        self._leaves: list[tuple[Rows, Rows, Rows]] = []
        self._walk(tags.level.take(starts))

    def _walk(self, depth: npt.NDArray[np.int16]) -> None:
        """Level by level: the block around each element, and what the element is in it."""
        plan = self.plan
        above = np.flatnonzero(depth == 0)
        above_node = np.zeros(len(above), dtype=np.int64)
        above_row = np.arange(len(above))
        self.blocks[0], self.parents[0] = above, np.zeros(len(above), dtype=np.int64)
        lost: Rows = np.zeros(0, dtype=np.int64)
        for level in range(1, plan.levels + 1):
            here, astray = self._within(depth, level, lost)
            around = np.searchsorted(above, here) - 1
            name = self.names.take(here)
            self.levels.append((above, Level(above_node, around, name)))
            where = above_node.take(around) * len(plan.names) + name
            column, node = plan.column.take(where), plan.node.take(where)
            at = np.flatnonzero(column != NONE)
            rows = above_row.take(around.take(at))
            self._leaves.append((column.take(at), rows, here.take(at)))
            is_block = node != NONE
            at = np.flatnonzero(is_block)
            node, blocks = node.take(at), here.take(at)
            row = self._rows(node, blocks, above_row.take(around.take(at)))
            holds = here[~(is_block | self.simple.take(here))]
            lost = np.concatenate([holds, astray[~self.simple[astray]]])
            above, above_node, above_row = blocks, node, row

    def _within(self, depth: npt.NDArray[np.int16], level: int, lost: Rows) -> tuple[Rows, Rows]:
        """Elements of a level, and apart those that stand in a lost one: something that holds
        others where no block may be. There are none in what is valid."""
        here = np.flatnonzero(depth == level)
        if not len(lost):
            return here, lost
        before = np.flatnonzero(depth == level - 1)
        astray = np.isin(before[np.searchsorted(before, here) - 1], lost)
        return here[~astray], here[astray]

    def _rows(self, node: Rows, tags: Rows, parents: Rows) -> Rows:
        """Numbers the rows of the blocks of one level, table by table."""
        row = np.empty(len(node), dtype=np.int64)
        for number in map(int, np.unique(node)):
            at = np.flatnonzero(node == number)
            row[at] = np.arange(len(at))
            self.blocks[number], self.parents[number] = tags[at], parents[at]
        return row

    def numbers(self) -> list[Rows]:
        """Number of each block in its form."""
        is_block = np.zeros(len(self.opening), dtype=np.bool_)
        for elements in self.blocks:
            is_block[elements] = True
        number = np.cumsum(is_block, dtype=np.int64)
        forms = self.blocks[0]
        before = number[forms] - 1
        return [number[at] - before[self.form_of(at)] for at in self.blocks]

    def lines(self, form_lines: Rows) -> list[Rows]:
        """Line of the start tag of each block."""
        breaks = places(self.tags.data, LF)
        forms = self.blocks[0]
        shift = form_lines - np.searchsorted(breaks, self.opening[forms])
        return [
            np.searchsorted(breaks, self.opening[at]) + shift[self.form_of(at)]
            for at in self.blocks
        ]

    def form_of(self, elements: Rows) -> Rows:
        """The number of the form that each element is of."""
        return np.searchsorted(self.blocks[0], elements, side="right") - 1

    def zones(self) -> tuple[list[Rows], list[Rows]]:
        """Elements and rows of every zone of the plan."""
        column = np.concatenate([c for c, _, _ in self._leaves]).astype(np.int16)
        row = np.concatenate([r for _, r, _ in self._leaves])
        tag = np.concatenate([t for _, _, t in self._leaves])
        order = np.argsort(column, kind="stable")
        bounds = np.searchsorted(column[order], np.arange(1, len(self.plan.zones)))
        return np.split(tag[order], bounds), np.split(row[order], bounds)

    def texts(self) -> list[dict[str, pa.Array]]:
        """The texts of zones by node and name, by row; null where a block does not have it."""
        every = _texts(self.tags.data, self.begin, self.end)
        texts: list[dict[str, pa.Array]] = [{} for _ in self.plan.layout]
        for (node, zone), at, rows in zip(self.plan.zones, *self.zones(), strict=True):
            texts[node][zone] = _column(every, len(self.blocks[node]), rows, at)
        return texts


def _column(texts: pa.StringArray, rows: int, at: Rows, elements: Rows) -> pa.Array:
    if not len(elements):
        return pa.nulls(rows, pa.string())
    if len(elements) == rows:
        return texts.take(pa.array(2 * elements))
    place = np.zeros(rows, dtype=np.int64)
    absent = np.ones(rows, dtype=np.bool_)
    place[at], absent[at] = 2 * elements, False
    return texts.take(pa.array(place, mask=absent))


def _texts(data: Bytes, starts: Rows, ends: Rows) -> pa.StringArray:
    """The bytes between ``starts`` and ``ends``, at every second place; nothing is copied."""
    bounds = np.empty(2 * len(starts) + 1, dtype=np.int32)
    bounds[0:-1:2], bounds[1::2], bounds[-1] = starts, ends, len(data)
    return pa.StringArray.from_buffers(2 * len(starts), pa.py_buffer(bounds), pa.py_buffer(data))
