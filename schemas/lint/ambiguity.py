"""Content models in which a reader cannot tell which particle an element belongs to.

XML Schema forbids it (*unique particle attribution*). Glushkov's construction: every particle that
is no group is a position, and two positions that overlap must not both be able to come next. A
repetition that counts exactly decides by its count, so that ``a{2}, a`` is not ambiguous.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, label_of

_MOST_POSITIONS = 2000
"""Larger content is left to xmlschema's own check (``loading.invalid``)."""

Turns = frozenset[tuple[int, bool]]
"""For loops that count exactly: whether a step goes round once more (True) or leaves."""


def ambiguous_content(subject: Subject) -> Iterator[Finding]:
    said: set[frozenset[etree._Element]] = set()
    for component, raw in subject.components:
        content = _content(component)
        if content is None:
            continue
        for before, one, other in conflicts(content):
            first, second = subject.raw(one), subject.raw(other)
            pair = frozenset(e for e in (first, second) if e is not None)
            if first is None or second is None or pair in said:
                continue
            said.add(pair)
            yield _finding(subject, raw, before, (one, first), (other, second))


def _content(component: Any) -> Any:
    """The content model of a complex type or a named group, if it has one."""
    from xmlschema.validators import XsdComplexType, XsdGroup

    if isinstance(component, XsdComplexType):
        content = component.content
        return content if isinstance(content, XsdGroup) else None
    is_named_group = isinstance(component, XsdGroup) and component.parent is None
    return component if is_named_group and component.ref is None else None


def _finding(
    subject: Subject,
    raw: etree._Element,
    before: Any,
    one: tuple[Any, etree._Element],
    other: tuple[Any, etree._Element],
) -> Finding:
    (first, first_raw), (second, second_raw) = one, other
    where = "at the beginning" if before is None else f"after {_name(before)}"
    first_said = _described(subject, first, first_raw)
    if first_raw is second_raw:
        message = f"in {label_of(raw)}, {where}, {first_said} can be meant in two ways"
        also: Sequence[etree._Element] = ()
    else:
        second_said = _described(subject, second, second_raw)
        message = (
            f"in {label_of(raw)}, {where}, the next {_name(second)} may be {first_said} or"
            f" {second_said}: a reader cannot tell which"
        )
        also = (first_raw,)
    advice = (
        "Make one particle of the two (add up how often it may occur), take what both branches"
        " begin with out of the choice, or put something that is always there between them."
    )
    return subject.finding(Rule.AMBIGUOUS_CONTENT, second_raw, message, advice, also)


def _name(particle: Any) -> str:
    return str(getattr(particle, "local_name", None) or "element of any name")


def _described(subject: Subject, particle: Any, raw: etree._Element) -> str:
    high = "*" if particle.max_occurs is None else particle.max_occurs
    return f"{_name(particle)} ({particle.min_occurs}..{high}) of line {subject.at(raw).line}"


def conflicts(content: Any) -> Iterator[tuple[Any, Any, Any]]:
    """Pairs of particles of a group of xmlschema that compete, with the particle that stands before
    (None at the beginning)."""
    model = _Model()
    part = model.part(content)
    if len(model.positions) > _MOST_POSITIONS:
        return
    yield from model.competing(None, [(position, frozenset()) for position in part.first])
    for position, steps in model.steps.items():
        yield from model.competing(position, steps)


@dataclass(frozen=True, slots=True)
class _Part:
    first: tuple[int, ...]
    last: tuple[tuple[int, Turns], ...]
    is_optional: bool


_NOTHING = _Part((), (), True)


@dataclass
class _Model:
    positions: list[Any] = field(default_factory=list)
    steps: dict[int, list[tuple[int, Turns]]] = field(default_factory=dict)
    loops: int = 0

    def part(self, particle: Any) -> _Part:
        if particle.max_occurs == 0 or len(self.positions) > _MOST_POSITIONS:
            return _NOTHING
        once = self._group(particle) if _is_group(particle) else self._leaf(particle)
        return self._repeated(particle, once)

    def _leaf(self, particle: Any) -> _Part:
        self.positions.append(particle)
        position = len(self.positions) - 1
        return _Part((position,), ((position, frozenset()),), False)

    def _repeated(self, particle: Any, once: _Part) -> _Part:
        low, high = particle.min_occurs, particle.max_occurs
        is_optional = low == 0 or once.is_optional
        if high == 1:
            return _Part(once.first, once.last, is_optional)
        self.loops += 1
        counts = low == high and not once.is_optional
        again: Turns = frozenset({(self.loops, True)}) if counts else frozenset()
        leaves: Turns = frozenset({(self.loops, False)}) if counts else frozenset()
        self._link(((p, turns | again) for p, turns in once.last), once.first)
        last = tuple((p, turns | leaves) for p, turns in once.last)
        return _Part(once.first, last, is_optional)

    def _group(self, group: Any) -> _Part:
        parts = [self.part(particle) for particle in group]
        if group.model == "sequence":
            return self._sequence(parts)
        first = tuple(p for part in parts for p in part.first)
        last = tuple(p for part in parts for p in part.last)
        optional = [part.is_optional for part in parts]
        if group.model == "choice":
            return _Part(first, last, any(optional) or not parts)
        for one in parts:
            self._link(one.last, [p for part in parts if part is not one for p in part.first])
        return _Part(first, last, all(optional))

    def _sequence(self, parts: Sequence[_Part]) -> _Part:
        whole = _NOTHING
        for part in parts:
            self._link(whole.last, part.first)
            whole = _Part(
                (*whole.first, *part.first) if whole.is_optional else whole.first,
                (*whole.last, *part.last) if part.is_optional else part.last,
                whole.is_optional and part.is_optional,
            )
        return whole

    def _link(self, before: Any, behind: Sequence[int]) -> None:
        for position, turns in before:
            known = self.steps.setdefault(position, [])
            known.extend((following, turns) for following in behind)

    def competing(
        self, before: int | None, steps: Sequence[tuple[int, Turns]]
    ) -> Iterator[tuple[Any, Any, Any]]:
        particles = self.positions
        at = None if before is None else particles[before]
        for (one, turns), (other, others) in _candidates(particles, steps):
            excluded = any((loop, not again) in others for loop, again in turns)
            if one != other and not excluded and particles[one].is_overlap(particles[other]):
                yield at, particles[one], particles[other]


def _candidates(particles: Sequence[Any], steps: Sequence[tuple[int, Turns]]) -> Iterator[Any]:
    """Pairs of steps that can overlap at all: of the same name, or where names say nothing."""
    named: dict[str, list[tuple[int, Turns]]] = {}
    special = []
    for step in steps:
        particle = particles[step[0]]
        if particle.name is None or _may_be_another(particle):
            special.append(step)
        else:
            named.setdefault(particle.name, []).append(step)
    for same in named.values():
        yield from combinations(same, 2)
    for step in special:
        for other in steps:
            if other is not step:
                yield (other, step) if other[0] < step[0] else (step, other)


def _may_be_another(particle: Any) -> bool:
    """Whether other elements may stand in its place, or it in theirs."""
    groups = particle.maps.substitution_groups
    return particle.substitution_group is not None or particle.name in groups


def _is_group(particle: Any) -> bool:
    return hasattr(particle, "model")
