"""A small schema as plain data, for tests that draw schemas by chance.

What a writer decides (prefix, named or inline, local or global, groups, order, comments, files) is
not in it: it never changes which documents are valid. Nothing here knows `schemas.compare`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Simple:
    """A simple type: derivation steps from a built-in type, the first one first.

    A step maps facets to their values (several of `pattern` and `enumeration`); `exclusive` bounds
    are facets of their own. With `members` it is a union, with `item` a list.
    """

    base: str
    steps: list[dict[str, list[str]]] = field(default_factory=list)
    item: "Simple | None" = None
    members: "list[Simple]" = field(default_factory=list)


@dataclass
class Attribute:
    name: str
    type: Simple
    use: str
    default: str | None = None
    fixed: str | None = None


@dataclass
class Complex:
    """`content` of elements, or `text` of simple content, or neither."""

    content: "Particle | None" = None
    text: Simple | None = None
    attributes: list[Attribute] = field(default_factory=list)
    is_mixed: bool = False


@dataclass
class Element:
    name: str
    type: Simple | Complex
    is_nillable: bool = False
    default: str | None = None
    fixed: str | None = None


@dataclass
class Group:
    kind: str
    parts: "list[Particle]"


@dataclass
class Wildcard:
    namespace: str
    processing: str


@dataclass
class Particle:
    """`high` None is without bound."""

    low: int
    high: int | None
    term: Element | Group | Wildcard


@dataclass
class Drawn:
    """A schema: its one root and its target namespace, if any."""

    root: Element
    target: str | None = None

    def tag(self, name: str) -> str:
        return f"{{{self.target}}}{name}" if self.target else name


def elements(root: Element) -> list[Element]:
    """The root and all below it, each once."""
    found = {id(root): root}
    pending = [root]
    while pending:
        for leaf in leaves(content_of(pending.pop())):
            if isinstance(leaf.term, Element) and id(leaf.term) not in found:
                found[id(leaf.term)] = leaf.term
                pending.append(leaf.term)
    return list(found.values())


def content_of(element: Element) -> Particle | None:
    return element.type.content if isinstance(element.type, Complex) else None


def particles(particle: Particle | None) -> Iterator[Particle]:
    """A particle and all below it, of one content model."""
    if particle is None:
        return
    yield particle
    if isinstance(particle.term, Group):
        for part in particle.term.parts:
            yield from particles(part)


def leaves(particle: Particle | None) -> list[Particle]:
    return [one for one in particles(particle) if not isinstance(one.term, Group)]


def text_of(element: Element) -> Simple | None:
    return element.type if isinstance(element.type, Simple) else element.type.text


def attributes_of(element: Element) -> list[Attribute]:
    return element.type.attributes if isinstance(element.type, Complex) else []
