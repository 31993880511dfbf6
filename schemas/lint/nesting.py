"""Elements that contain themselves: without bound, or so that no document can end."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, complex_types, elements_of, label_of


def nesting(subject: Subject) -> Iterator[Finding]:
    """Elements that contain themselves: without bound, or so that no document can end."""
    if subject.schema is None:
        return
    graph = _Nesting()
    for component, _ in complex_types(subject):
        graph.add(component)
    endless = graph.endless()
    for component, raw in complex_types(subject):
        if id(component) in endless:
            ring = graph.ring(component, within=endless)
            if ring and id(component) == min(id(t) for t, _ in ring):
                yield subject.finding(
                    Rule.ENDLESS_CONTENT,
                    raw,
                    f"no document can ever end: {_shown(raw, ring)}, and each is required",
                    "Make one element of the ring optional (minOccurs 0), or a branch of a choice.",
                )
    for component, raw, size in graph.knots(complex_types(subject)):
        if id(component) not in endless:
            ring = graph.ring(component, within=None)
            others = f" ({size} types nest in one another)" if size > len(ring) else ""
            yield subject.finding(
                Rule.UNBOUNDED_RECURSION,
                raw,
                f"elements may nest without end: {_shown(raw, ring)}{others}",
                "Bound the depth that you accept, and expect a table that refers to itself.",
            )


def _shown(raw: etree._Element, ring: list[tuple[Any, str]]) -> str:
    names = [name for _, name in ring]
    return f"{label_of(raw)} contains {' > '.join(names)} and so itself"


@dataclass
class _Nesting:
    """Which complex types contain elements of which; by identity."""

    types: dict[int, Any] = field(default_factory=dict)
    below: dict[int, list[tuple[Any, str]]] = field(default_factory=dict)

    def add(self, component: Any) -> None:
        self.types[id(component)] = component
        self.below[id(component)] = [
            (element.type, element.local_name) for element in elements_of(component.content)
        ]

    def ring(self, start: Any, within: set[int] | None) -> list[tuple[Any, str]]:
        """A shortest way from a type back to itself; empty if there is none."""
        waiting: list[tuple[Any, list[tuple[Any, str]]]] = [(start, [])]
        seen: set[int] = set()
        for at, way in waiting:
            for below, name in self.below.get(id(at), ()):
                if within is not None and id(below) not in within:
                    continue
                if below is start:
                    return [*way, (below, name)]
                if id(below) not in seen:
                    seen.add(id(below))
                    waiting.append((below, [*way, (below, name)]))
        return []

    def knots(self, types: Iterable[tuple[Any, etree._Element]]) -> Iterator[Any]:
        """Of all types that contain one another the first, in the order given, and how many they
        are."""
        told: set[int] = set()
        for component, raw in types:
            inside = self._inside(id(component))
            if id(component) in told or id(component) not in inside:
                continue
            knot = {one for one in inside if id(component) in self._inside(one)}
            told |= knot
            yield component, raw, len(knot)

    def _inside(self, start: int) -> set[int]:
        """The types of all elements at any depth in a type."""
        found: set[int] = set()
        waiting = [start]
        while waiting:
            below = {id(one) for one, _ in self.below.get(waiting.pop(), ())} - found
            found |= below
            waiting.extend(below)
        return found

    def endless(self) -> set[int]:
        """Types whose content cannot end: the rest when all that can end are taken away, over and
        over."""
        ending: set[int] = set()
        while True:
            more = {
                key
                for key, component in self.types.items()
                if key not in ending and self._ends(component.content, ending)
            }
            if not more:
                return set(self.types) - ending
            ending |= more

    def _ends(self, particle: Any, ending: set[int]) -> bool:
        if particle is None or getattr(particle, "min_occurs", 0) == 0:
            return True
        if hasattr(particle, "model"):
            ends = [self._ends(one, ending) for one in particle]
            return not ends or (any(ends) if particle.model == "choice" else all(ends))
        kind = getattr(particle, "type", None)
        return kind is None or id(kind) in ending or id(kind) not in self.types
