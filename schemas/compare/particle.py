"""Content models: elements, wildcards and groups of them, and the words that they admit."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    ``processing``: strict, lax or skip. ``known``: the elements that it admits and its schema
    declares.
    """

    namespaces: tuple[str, ...]
    processing: str
    target: str
    known: frozenset[str] = field(default=frozenset(), compare=False)

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


def is_stricter(one: Wildcard, other: Wildcard) -> bool:
    """Whether fewer elements and attributes are valid where both admit the name."""
    order = ("skip", "lax", "strict")
    return order.index(one.processing) > order.index(other.processing)


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


def symbols_of(leaf: Particle) -> "Names | Wildcard":
    term = leaf.term
    assert not isinstance(term, Group)
    return term if isinstance(term, Wildcard) else Names(frozenset(term.substitutes))


def language_of(
    particle: Particle | None, edits: Edits | None = None, *, in_order: bool = False
) -> Term:
    """The words of child elements that a content model admits. ``in_order``: of the orders of an
    xs:all only that of the names."""
    found = EMPTY if particle is None else _language(particle, edits or {}, in_order)
    return EMPTY if found is None else found


def _language(particle: Particle, edits: Edits, in_order: bool) -> Term | None:
    """None for what was taken out, or occurs never: a choice goes without it, and without any
    choice it is none."""
    term = particle.term
    if not isinstance(term, Group):
        edit = edits.get(particle, Edit(particle.low, particle.high, symbols_of(particle)))
        if edit is None or edit.high == 0:
            return None
        return repeat(Leaf(edit.symbols), edit.low, edit.high)
    parts = [f for part in term.parts if (f := _language(part, edits, in_order)) is not None]
    if particle.high == 0 or (term.parts and not parts):
        return None
    if term.kind == "choice":
        inner = choice(parts) if parts else NOTHING
    elif term.kind == "sequence":
        inner = in_sequence(parts)
    else:
        inner = in_sequence(sorted(parts, key=_first_name)) if in_order else interleaved(parts)
    return repeat(inner, particle.low, particle.high)


def _first_name(term: Term) -> str:
    return min(name for leaf in term.leaves() for name in getattr(leaf.symbols, "names", ("",)))
