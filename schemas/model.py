"""A message as a tree of blocks and zones, read from its XSD.

``xmlschema`` is used here only, to look into a schema; the verdict on documents is libxml2's
(see ``schemas.catalogue``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

XSD = "{http://www.w3.org/2001/XMLSchema}"


class SchemaError(ValueError):
    """An XSD that cannot serve: does not load, has no such root, uses what has no table."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What a zone may contain. ``base`` is the primitive or built-in XSD type: ``integer``.

    ``exact``: whether the values are bounded by nothing else than what stands here, so that a text
    that keeps to it is valid.
    """

    base: str
    enumeration: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    minimum: str | None = None
    maximum: str | None = None
    total_digits: int | None = None
    length: tuple[int | None, int | None] = (None, None)
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Zone:
    """A leaf element. ``number`` is the official zone number of its annotation, if any."""

    name: str
    number: str | None
    facets: Facets
    min_occurs: int
    max_occurs: int | None


@dataclass(frozen=True, slots=True)
class Group:
    """``kind``: sequence, choice or all; any is a place for an element of any name."""

    kind: str
    min_occurs: int
    max_occurs: int | None
    content: tuple["Zone | Block | Group", ...]


@dataclass(frozen=True, eq=False)
class Block:
    """A complex element with its content in document order.

    ``exact``: whether an element without attributes is valid when its content is.
    """

    name: str
    number: str | None
    min_occurs: int
    max_occurs: int | None
    content: Group
    exact: bool = False

    @cached_property
    def zones(self) -> tuple[Zone, ...]:
        """Its zones in order, each name once."""
        return tuple(_by_name(p for p in leaves(self.content) if isinstance(p, Zone)).values())

    @cached_property
    def blocks(self) -> tuple["Block", ...]:
        """The blocks directly below it in order, each name once."""
        return tuple(_by_name(p for p in leaves(self.content) if isinstance(p, Block)).values())

    @cached_property
    def alternatives(self) -> frozenset[str]:
        """Names of children that stand in a choice, so that none of them has to be there."""
        return frozenset(_in_choices(self.content, False))

    @cached_property
    def is_open(self) -> bool:
        """Whether it admits elements of any name."""
        return _is_open(self.content)

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Block"]]:
        """Itself and every block below with its path, parents first."""
        here = (*path, self.name)
        yield here, self
        for block in self.blocks:
            yield from block.walk(here)


Particle = Zone | Block | Group
_Leaf = TypeVar("_Leaf", Zone, Block)


def read_message(path: Path, root: str, *, checked: bool = True) -> Block:
    """The message with the given root element; ``SchemaError`` says why it cannot be read.

    ``checked=False`` first checks the schema against the schema of schemas. That takes eight times
    as long as reading it, so it is done once, when a release comes in.
    """
    import xmlschema  # a fifth of a second, that most commands do not need

    try:
        validation = "skip" if checked else "strict"
        schema = xmlschema.XMLSchema(str(path), allow="local", validation=validation)
    except (xmlschema.XMLSchemaException, OSError, ValueError) as error:
        raise SchemaError(f"{path.name} does not load as a schema: {first_line(error)}") from error
    if root not in schema.elements:
        raise SchemaError(f"{path.name} declares no element {root}")
    block = _particle(schema.elements[root], ())
    if not isinstance(block, Block):
        raise SchemaError(f"{path.name}: {root} has no child elements")
    return block


def _particle(element: Any, above: tuple[str, ...]) -> Particle:
    name = element.local_name
    if name in above:
        raise SchemaError(f"{name} may contain itself: a table cannot be derived from that")
    occurs = (element.min_occurs, element.max_occurs)
    if element.type.has_complex_content():
        content = _group(element.type.content, (*above, name))
        return Block(name, _number(element), *occurs, content, _is_plain(element))
    facets = _facets(element.type)
    facets = replace(facets, exact=facets.exact and _is_plain(element))
    return Zone(name, _number(element), facets, *occurs)


def _is_plain(element: Any) -> bool:
    """Whether nothing is asked of an element beside its content: no attribute, no fixed value, no
    key; and nothing stands in for another element in this schema."""
    attributes = element.type.attributes if element.type.is_complex() else {}
    is_asked = element.abstract or element.fixed is not None or element.identities
    is_asked = is_asked or element.maps.substitution_groups
    return not is_asked and all(a.use != "required" for a in attributes.values())


def _group(group: Any, above: tuple[str, ...]) -> Group:
    """Children that can occur; those kept with ``maxOccurs="0"`` are reserved or retired."""
    from xmlschema.validators import XsdAnyElement, XsdElement, XsdGroup

    content: list[Particle] = []
    for child in group:
        if child.max_occurs == 0:
            continue
        if isinstance(child, XsdGroup):
            content.append(_group(child, above))
        elif isinstance(child, XsdElement):
            content.append(_particle(child, above))
        elif isinstance(child, XsdAnyElement):
            content.append(Group("any", child.min_occurs, child.max_occurs, ()))
        else:
            raise SchemaError(f"{'/'.join(above)} has content that is not understood: {child}")
    return Group(group.model, group.min_occurs, group.max_occurs, tuple(content))


def _number(element: Any) -> str | None:
    """The first all-digit documentation text of the element, its zone or block number."""
    declared = element.ref if element.ref is not None else element
    annotation = declared.annotation
    for text in annotation.documentation if annotation is not None else ():
        content = (text.text or "").strip()
        if content.isdigit():
            return str(content)
    return None


def _facets(simple: Any) -> Facets:
    if simple.has_simple_content() and simple.is_complex():
        simple = simple.content
    return Facets(
        base=_base(simple),
        enumeration=_listed(simple),
        patterns=tuple(simple.patterns.regexps) if simple.patterns else (),
        minimum=_bound(simple, "min"),
        maximum=_bound(simple, "max"),
        total_digits=_facet(simple, "totalDigits"),
        length=(_length(simple, "minLength"), _length(simple, "maxLength")),
        exact=_is_exact(simple),
    )


_EXPRESSED = frozenset(
    XSD + name
    for name in (
        "enumeration", "pattern", "minInclusive", "maxInclusive", "totalDigits",
        "length", "minLength", "maxLength",
    )
)  # fmt: skip


def _is_exact(simple: Any) -> bool:
    """Whether ``Facets`` expresses all that restricts a type: patterns of several derivations, for
    instance, are not."""
    steps = list(_derivations(simple))
    patterns = sum(XSD + "pattern" in step.facets for step in steps)
    known = _EXPRESSED | ({XSD + "whiteSpace"} if _keeps_listed_values(simple) else set())
    return simple.is_atomic() and patterns <= 1 and all(set(s.facets) <= known for s in steps)


def _keeps_listed_values(simple: Any) -> bool:
    """Whether the values are listed, and white space is not for the schema processor to change in
    any of them: a text that is one of them is it then."""
    listed = [str(value) for value in simple.enumeration or ()]
    return bool(listed) and all(value == " ".join(value.split()) for value in listed)


def _derivations(simple: Any) -> Iterator[Any]:
    """A type and those that it is derived from, down to a built-in one."""
    while simple.base_type is not None and not str(simple.name or "").startswith(XSD):
        yield simple
        simple = simple.base_type


def _base(simple: Any) -> str:
    *_, last = (simple, *(step.base_type for step in _derivations(simple)))
    return str(last.local_name)


def _facet(simple: Any, name: str) -> Any:
    facet = simple.get_facet(XSD + name)
    return None if facet is None else facet.value


def _length(simple: Any, name: str) -> int | None:
    exact = _facet(simple, "length")
    found = _facet(simple, name) if exact is None else exact
    return None if found is None else int(found)


def _listed(simple: Any) -> tuple[str, ...]:
    """Listed values as the schema writes them: a whole number may be a code with its zeros."""
    facet = simple.get_facet(XSD + "enumeration")
    return () if facet is None else tuple(str(item.get("value")) for item in facet)


def _bound(simple: Any, side: str) -> str | None:
    for name in (f"{side}Inclusive", f"{side}Exclusive"):
        facet = simple.get_facet(XSD + name)
        if facet is not None:
            return str(facet.elem.get("value"))
    return None


def leaves(group: Group) -> Iterator[Zone | Block]:
    """Its elements in order, those of groups in it too."""
    for particle in group.content:
        if isinstance(particle, Group):
            yield from leaves(particle)
        else:
            yield particle


def _in_choices(group: Group, chosen: bool) -> Iterator[str]:
    chosen = chosen or group.kind == "choice"
    for particle in group.content:
        if isinstance(particle, Group):
            yield from _in_choices(particle, chosen)
        elif chosen:
            yield particle.name


def _is_open(group: Group) -> bool:
    within = (particle for particle in group.content if isinstance(particle, Group))
    return group.kind == "any" or any(map(_is_open, within))


def _by_name(particles: Iterator[_Leaf]) -> dict[str, _Leaf]:
    """First occurrence of each name."""
    named: dict[str, _Leaf] = {}
    for particle in particles:
        named.setdefault(particle.name, particle)
    return named


def first_line(error: Exception) -> str:
    """The first line of a message that says something. xmlschema stumbles over its own where a
    listed value is none of its type; the part of it that can be told has the value."""
    try:
        text = str(error)
    except AttributeError:
        text = str(getattr(error, "message", ""))
    lines = (line.strip() for line in text.splitlines())
    return next(filter(None, lines), type(error).__name__)
