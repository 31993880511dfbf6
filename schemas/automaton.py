"""The content models of a message as one table of states: which element may follow which.

The construction is Glushkov's: a state is a particle that has just been read, so that the states of
a block are its elements where they are declared. XSD demands that a name decides which particle is
meant, so there is at most one next state. Elements of the same name in a row are one step, a *run*,
whose length the particle bounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from schemas.model import Block, Group, Zone

DEAD = 0
"""The state behind an element that may not stand there; there is no way out of it."""

_UNBOUNDED = np.iinfo(np.int64).max


class NotRegular(ValueError):
    """A content model that does not fit into the table; says why."""


@dataclass(frozen=True, eq=False)
class Automaton:
    """``following[state, name]`` is the next state, ``start[node]`` the first of a block;
    ``ends[state]`` says whether a block may end there, ``least`` and ``most`` how many elements a
    run has. Names are numbered as in ``names``, nodes as the blocks of the form in ``walk``.
    """

    names: tuple[str, ...]
    following: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    ends: npt.NDArray[np.bool_]
    least: npt.NDArray[np.int64]
    most: npt.NDArray[np.int64]

    @classmethod
    def of(cls, form: Block, names: Sequence[str]) -> "Automaton":
        """The states of a block and all blocks below it; ``NotRegular`` for a block that asks for
        more than its content, a group that repeats, a content model without order."""
        states = _States(dict(zip(names, range(len(names)), strict=True)))
        for _, block in form.walk():
            states.add(block)
        return states.table(tuple(names))


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a content model: states that it may begin with, and end with; whether it may be
    absent."""

    first: tuple[int, ...]
    last: tuple[int, ...]
    optional: bool


@dataclass
class _States:
    numbers: dict[str, int]
    particles: list[Zone | Block | None] = field(default_factory=lambda: [None])
    follow: dict[int, dict[str, int]] = field(default_factory=dict)
    ends: set[int] = field(default_factory=set)
    starts: list[int] = field(default_factory=list)

    def add(self, block: Block) -> None:
        if not block.exact:
            raise NotRegular(f"{block.name} asks for more than its content")
        start = self._state(None)
        self.starts.append(start)
        part = self._part(block.content)
        self._link((start,), part.first)
        self.ends.update(part.last)
        if part.optional:
            self.ends.add(start)

    def _state(self, particle: Zone | Block | None) -> int:
        self.particles.append(particle)
        return len(self.particles) - 1

    def _part(self, particle: Zone | Block | Group) -> _Part:
        if isinstance(particle, Group):
            return self._group(particle)
        state = self._state(particle)
        return _Part((state,), (state,), particle.min_occurs == 0)

    def _group(self, group: Group) -> _Part:
        if group.kind not in ("sequence", "choice") or group.max_occurs != 1:
            raise NotRegular(f"a group ({group.kind}) repeats, has no order, or admits anything")
        parts = [self._part(particle) for particle in group.content]
        if group.kind == "choice":
            optional = any(part.optional for part in parts)
            firsts = tuple(state for part in parts for state in part.first)
            lasts = tuple(state for part in parts for state in part.last)
            return _Part(firsts, lasts, optional or group.min_occurs == 0)
        whole = _Part((), (), True)
        for part in parts:
            self._link(whole.last, part.first)
            first = (*whole.first, *part.first) if whole.optional else whole.first
            last = (*whole.last, *part.last) if part.optional else part.last
            whole = _Part(first, last, whole.optional and part.optional)
        return _Part(whole.first, whole.last, whole.optional or group.min_occurs == 0)

    def _link(self, before: Sequence[int], behind: Sequence[int]) -> None:
        for state in before:
            particle = self.particles[state]
            known = self.follow.setdefault(state, {})
            for following in behind:
                name = self._name(following)
                is_same = particle is not None and particle.name == name
                if is_same or known.setdefault(name, following) != following:
                    raise NotRegular(f"{name} can be meant in two ways")

    def _name(self, state: int) -> str:
        particle = self.particles[state]
        assert particle is not None
        return particle.name

    def table(self, names: tuple[str, ...]) -> Automaton:
        following = np.full((len(self.particles), len(names)), DEAD, dtype=np.int64)
        for state, behind in self.follow.items():
            for name, target in behind.items():
                following[state, self.numbers[name]] = target
        occurs = [(p.min_occurs, p.max_occurs) if p else (0, None) for p in self.particles]
        return Automaton(
            names,
            following,
            np.array(self.starts, dtype=np.int64),
            np.isin(np.arange(len(self.particles)), sorted(self.ends)),
            np.array([least for least, _ in occurs]),
            np.array([_UNBOUNDED if most is None else most for _, most in occurs]),
        )
