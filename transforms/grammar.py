"""What a release admits, for many forms at a time: content models as a table of states, values as
rules over columns.

Only what is valid beyond doubt passes; the schema processor judges the rest. That both say the same
is a property test over documents and their mutations.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.automaton import DEAD, Automaton, NotRegular
from schemas.catalogue import Release
from schemas.model import Block
from transforms.elements import Elements, Level, Plan, Truths
from transforms.markup import SPACE, visible
from transforms.shredded import Rows
from transforms.values import Values

_MOST_STEPS = 10_000
"""Runs of a block from which on it is left to the schema processor."""


@dataclass(frozen=True)
class Grammar:
    """Content models and values of a release, by the numbers of its plan."""

    plan: Plan
    automaton: Automaton
    values: tuple[Values | None, ...]

    @classmethod
    def of(cls, release: Release) -> "Grammar | None":
        """None when the schema asks for what is not checked here."""
        return _grammar(release.path, release.fingerprint, release)

    def doubtful(self, elements: Elements, texts: list[dict[str, pa.Array]]) -> Rows:
        """Elements whose content is not beyond doubt; ``texts``: of the zones, as they give."""
        doubts = [above[self._is_misplaced(level)] for above, level in elements.levels]
        zones, rows = elements.zones()
        for column, (node, zone) in enumerate(self.plan.zones):
            doubts.append(zones[column][~elements.simple[zones[column]]])
            found = texts[node][zone]
            rule = self.values[column]
            unproven = _all(found) if rule is None else rule.unproven(found)
            if unproven is not None:
                doubts.append(zones[column][unproven[rows[column]]])
        doubts.append(_around(elements, zones, texts))
        return np.concatenate(doubts)

    def _is_misplaced(self, level: Level) -> Truths:
        """Which blocks have children that may not stand there, not so often, or not in this order;
        or lack some."""
        automaton = self.automaton
        state = automaton.start.take(level.above)
        wrong = np.zeros(len(state), dtype=np.bool_)
        first = _run_starts(level.around, level.names)
        block, name = level.around[first], level.names[first]
        length = np.diff(np.append(first, len(level.names)))
        step = _steps(block)
        order = np.argsort(step, kind="stable")
        names = len(automaton.names)
        for runs in np.split(order, np.cumsum(np.bincount(step))[:-1]):
            at, count = block.take(runs), length.take(runs)
            reached = automaton.following.take(state.take(at) * names + name.take(runs))
            state[at] = reached
            fits = (automaton.least.take(reached) <= count) & (
                count <= automaton.most.take(reached)
            )
            wrong[at] |= ~fits
        wrong |= (state == DEAD) | ~automaton.ends[state]
        wrong[block[step == _MOST_STEPS]] = True
        return wrong


@lru_cache(maxsize=16)
def _grammar(path: object, fingerprint: str, release: Release) -> Grammar | None:
    del path, fingerprint  # they tell releases apart
    plan = Plan.of(release.layout)
    form = next(b for b in release.message.blocks if b.name == release.kind.form)
    try:
        automaton = Automaton.of(form, plan.names)
    except NotRegular:
        return None
    by_path: dict[tuple[str, ...], Block] = dict(form.walk())
    facets = [
        next(z.facets for z in by_path[plan.layout[node].path].zones if z.name == zone)
        for node, zone in plan.zones
    ]
    rules = {one: Values.of(one) for one in set(facets)}
    return Grammar(plan, automaton, tuple(rules[one] for one in facets))


def _run_starts(around: Rows, names: Rows) -> Rows:
    """Where elements of another name, or in another block, begin."""
    starts = np.ones(len(names), dtype=np.bool_)
    starts[1:] = (around[1:] != around[:-1]) | (names[1:] != names[:-1])
    return np.flatnonzero(starts)


def _steps(blocks: Rows) -> npt.NDArray[np.int16]:
    """For every run its number among those of its block, from 0; there are few in what is valid."""
    begins = np.ones(len(blocks), dtype=np.bool_)
    begins[1:] = blocks[1:] != blocks[:-1]
    first = np.flatnonzero(begins)
    number = np.arange(len(blocks))
    steps = number - np.repeat(first, np.diff(np.append(first, len(blocks))))
    return np.minimum(steps, _MOST_STEPS).astype(np.int16)


def _all(texts: pa.Array) -> Truths | None:
    """All texts that are there."""
    there: Truths = texts.is_valid().to_numpy(zero_copy_only=False)
    return there if there.any() else None


def _around(elements: Elements, zones: list[Rows], texts: list[dict[str, pa.Array]]) -> Rows:
    """Forms with something else than blanks around blocks and zones.

    Bytes are counted first, all and those in tags and zones; where they do not agree they are
    looked at one by one.
    """
    tags, data = elements.tags, elements.tags.data
    inside = int((tags.closing - tags.opening).sum()) + len(tags.opening)
    inside += sum(_visible(text) for of_block in texts for text in of_block.values())
    if visible(data) == inside:
        return np.zeros(0, dtype=np.int64)
    change = np.zeros(len(data) + 1, dtype=np.int8)
    of_zones = np.concatenate(zones)
    np.add.at(change, tags.opening, 1)
    np.add.at(change, tags.closing + 1, -1)
    np.add.at(change, elements.begin[of_zones], 1)
    np.add.at(change, elements.end[of_zones], -1)
    stray = np.flatnonzero((np.cumsum(change[:-1], dtype=np.int8) == 0) & (data > SPACE))
    return np.maximum(np.searchsorted(elements.opening, stray, side="right") - 1, 0)


def _visible(texts: pa.Array) -> int:
    """Bytes of texts that are no blanks."""
    _, offsets, data = texts.buffers()
    if data is None:
        return 0
    bounds = np.frombuffer(offsets, np.int32)
    first, last = bounds[texts.offset], bounds[texts.offset + len(texts)]
    return visible(np.frombuffer(data, np.uint8)[first:last])
