"""Content models: elements, wildcards and groups of them, and the words that they admit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from schemas.compare.language import EMPTY, NOTHING, Leaf, Term, choice, interleaved, repeat
from schemas.compare.language import sequence as in_sequence

if TYPE_CHECKING:
    from schemas.compare.component import Element


@dataclass(frozen=True)
class Names:
    """Elements that may stand at one place: one name, or those that substitute it."""

    names: frozenset[str]

    def __contains__(self, symbol: object) -> bool:
        return symbol in self.names


@dataclass(frozen=True)
class Wildcard:
    """A place for elements, or attributes, that the schema does not name.

    ``namespaces``: what stands in the XSD, sorted; ``target``: what ##other is other than.
    ``processing``: strict, lax or skip.
    """

    namespaces: tuple[str, ...]
    processing: str
    target: str

    def __contains__(self, symbol: object) -> bool:
        namespace = namespace_of(str(symbol))
        return any(self._admits(one, namespace) for one in self.namespaces)

    def _admits(self, one: str, namespace: str) -> bool:
        if one == "##other":
            return namespace not in ("", self.target)
        if one == "##local":
            return namespace == ""
        if one == "##targetNamespace":
            return namespace == self.target
        return one in ("##any", namespace)

    def __str__(self) -> str:
        return f"{' '.join(self.namespaces)}, {self.processing}"


def namespace_of(name: str) -> str:
    return name[1:].partition("}")[0] if name.startswith("{") else ""


def local(name: str) -> str:
    return name.rpartition("}")[2]


@dataclass(frozen=True, eq=False)
class Group:
    """``kind``: sequence, choice or all."""

    kind: str
    parts: tuple["Particle", ...]


@dataclass(frozen=True, eq=False)
class Particle:
    """A part of a content model and how often it occurs; ``high`` None is without bound.
    ``node`` is its declaration in the XSD."""

    low: int
    high: int | None
    term: "Element | Wildcard | Group"
    node: Any = None

    @cached_property
    def leaves(self) -> "tuple[Particle, ...]":
        """Elements and wildcards below it in order, those that occur never too."""
        if not isinstance(self.term, Group):
            return (self,)
        return tuple(leaf for part in self.term.parts for leaf in part.leaves)


@dataclass(frozen=True)
class Edit:
    """How a leaf stands in a language that is asked about, other than it is declared."""

    low: int
    high: int | None
    symbols: "Names | Wildcard"


Edits = Mapping[Particle, Edit | None]
"""Leaves that are to be edited; None takes one out."""
Scale = Callable[[int], int]


def symbols_of(leaf: Particle) -> "Names | Wildcard":
    term = leaf.term
    assert not isinstance(term, Group)
    return term if isinstance(term, Wildcard) else Names(frozenset(term.substitutes))


def language_of(particle: Particle | None, edits: Edits | None = None, scale: Scale = int) -> Term:
    """The words of child elements that a content model admits. ``scale`` stands in for counts."""
    found = EMPTY if particle is None else _language(particle, edits or {}, scale)
    return EMPTY if found is None else found


def _language(particle: Particle, edits: Edits, scale: Scale) -> Term | None:
    """None for what was taken out, or occurs never: a choice goes without it, and without any
    choice it is none."""
    term = particle.term
    if not isinstance(term, Group):
        edit = edits.get(particle, Edit(particle.low, particle.high, symbols_of(particle)))
        if edit is None or edit.high == 0:
            return None
        return repeat(Leaf(edit.symbols), scale(edit.low), _scaled(edit.high, scale))
    parts = [f for part in term.parts if (f := _language(part, edits, scale)) is not None]
    if particle.high == 0 or (term.parts and not parts):
        return None
    if term.kind == "choice":
        inner = choice(parts) if parts else NOTHING
    else:
        inner = in_sequence(parts) if term.kind == "sequence" else interleaved(parts)
    return repeat(inner, scale(particle.low), _scaled(particle.high, scale))


def _scaled(count: int | None, scale: Scale) -> int | None:
    return None if count is None else scale(count)
