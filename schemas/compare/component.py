"""What a schema declares, as far as it decides about documents: elements, attributes, content.

A view of what xmlschema reads. References, named groups, extensions, includes and prefixes are
resolved, so that two schemas that mean the same look the same here however they are written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from schemas.compare.difference import Location
from schemas.compare.documented import texts
from schemas.compare.particle import Group, Particle, Wildcard, local, namespace_of
from schemas.compare.read import read_simple
from schemas.compare.simple import Simple
from schemas.compiled import compiled
from schemas.model import SchemaError, first_line


@dataclass(frozen=True)
class Attribute:
    """``use``: required, optional or prohibited."""

    name: str
    use: str
    type: Simple
    default: str | None
    fixed: str | None
    node: Any


@dataclass(frozen=True)
class Key:
    """An identity constraint: key, unique or keyref."""

    kind: str
    name: str
    selector: str
    fields: tuple[str, ...]
    refer: str | None

    def __str__(self) -> str:
        end = f" -> {self.refer}" if self.refer else ""
        return f"{self.kind} {self.selector} ({', '.join(self.fields)}){end}"


class Complex:
    """What an element with children, or with attributes, may contain."""

    def __init__(self, xsd: Any, schema: "Schema") -> None:
        self.node = xsd
        self.schema = schema
        self.name = str(xsd.name) if xsd.name else None
        self.is_mixed = bool(xsd.mixed)
        self.is_abstract = bool(xsd.abstract)

    @cached_property
    def simple(self) -> Simple | None:
        """The type of its text, if it has text and no children."""
        return read_simple(self.node) if self.node.has_simple_content() else None

    @cached_property
    def content(self) -> Particle | None:
        """Its children; None without any."""
        if not self.node.has_complex_content() and not self.node.is_empty():
            return None
        group = self.node.content
        if not hasattr(group, "model"):
            return None
        found = self.schema.particle(group)
        return found if found.leaves else None

    @cached_property
    def attributes(self) -> Mapping[str, Attribute]:
        declared = ((n, a) for n, a in self.node.attributes.items() if n is not None)
        named = ((self.schema.named(str(name)), a) for name, a in declared)
        return {name: _attribute(name, a) for name, a in named}

    @cached_property
    def any_attribute(self) -> Wildcard | None:
        found = self.node.attributes.get(None)
        return None if found is None else self.schema.wildcard(found)

    @property
    def kind(self) -> str:
        """In words: text, elements, text and elements, nothing."""
        if self.simple is not None:
            return "text"
        if self.content is None:
            return "text" if self.is_mixed else "nothing"
        return "text and elements" if self.is_mixed else "elements"


def _attribute(name: str, xsd: Any) -> Attribute:
    use = str(xsd.use or "optional")
    return Attribute(name, use, read_simple(xsd.type), xsd.default, xsd.fixed, xsd)


def text_type(found: Simple | Complex) -> Simple | None:
    """The type of the text of what has text and no children."""
    return found if isinstance(found, Simple) else found.simple


class Element:
    """An element declaration. References lead to the one that they refer to."""

    def __init__(self, xsd: Any, schema: "Schema") -> None:
        self.node = xsd
        self.schema = schema
        self.name = schema.named(str(xsd.name))
        self.is_nillable = bool(xsd.nillable)
        self.is_abstract = bool(xsd.abstract)
        self.default: str | None = xsd.default
        self.fixed: str | None = xsd.fixed

    def __repr__(self) -> str:
        return f"Element({self.name})"

    @cached_property
    def type(self) -> "Simple | Complex":
        return self.schema.type_of(self.node.type)

    @property
    def content(self) -> Particle | None:
        """Its children; None without any."""
        return self.type.content if isinstance(self.type, Complex) else None

    @property
    def text(self) -> Simple | None:
        """The type of its text, if it has text and no children."""
        return text_type(self.type)

    @cached_property
    def substitutes(self) -> "Mapping[str, Element]":
        """The elements that may stand where it is referred to, itself among them, by name."""
        found = {} if self.is_abstract else {self.name: self}
        for other in self.node.iter_substitutes() if self.node.is_global() else ():
            if not other.abstract:
                found[self.schema.named(str(other.name))] = self.schema.element(other)
        return found or {self.name: self}

    @cached_property
    def children(self) -> "Mapping[str, Element]":
        """The elements that may stand directly below it, by name."""
        found: dict[str, Element] = {}
        for leaf in self.content.leaves if self.content is not None else ():
            if isinstance(leaf.term, Element) and leaf.high != 0:
                for name, element in leaf.term.substitutes.items():
                    found.setdefault(name, element)
            elif isinstance(leaf.term, Wildcard) and leaf.term.processing != "skip":
                for name in sorted(leaf.term.known):
                    found.setdefault(name, self.schema.globals[name])
        return found

    @property
    def head(self) -> str | None:
        """The local name of the element that it may stand for."""
        head = self.node.substitution_group
        return None if head is None else local(str(head)).rpartition(":")[2]

    @cached_property
    def keys(self) -> tuple[Key, ...]:
        identities = self.node.identities
        values = identities.values() if isinstance(identities, dict) else identities
        return tuple(sorted(map(_key, values), key=str))

    @cached_property
    def documentation(self) -> tuple[tuple[str, str], ...]:
        """(language, text) of each documentation of the element and of its named type."""
        return tuple(texts(self.node, self.node.type))

    @property
    def number(self) -> str | None:
        """The first documentation that looks like a number of the declaration."""
        pattern = self.schema.number
        return next((text for _, text in self.documentation if pattern.fullmatch(text)), None)


def _key(xsd: Any) -> Key:
    kind = type(xsd).__name__.removeprefix("Xsd").lower()
    refer = getattr(xsd, "refer", None)
    target = None if refer is None else local(str(refer if isinstance(refer, str) else refer.name))
    fields = tuple(str(field.path).removeprefix("./") for field in xsd.fields)
    selector = str(xsd.selector.path).removeprefix("./")
    return Key(kind, local(str(xsd.name)), selector, fields, target)


class Schema:
    """The declarations of an XSD file and of all that it includes and imports.

    ``stands_for``: the namespace that its names are told in, instead of its own target namespace;
    so two versions can be compared that differ in their namespace. ``is_checked``: it is known
    to be a good schema, which xmlschema takes most of the time to find out. Raises ``SchemaError``
    for one that libxml2 or xmlschema does not take.
    """

    def __init__(
        self,
        path: Path,
        *,
        number: str = r"\d+",
        stands_for: str | None = None,
        is_checked: bool = False,
    ) -> None:
        import xmlschema  # a fifth of a second, that most commands do not need

        self.path = path
        self.number = re.compile(number)
        self.compiled = compiled(path)
        validation = "skip" if is_checked else "strict"
        try:
            self.xsd: Any = xmlschema.XMLSchema(str(path), allow="local", validation=validation)
        except (xmlschema.XMLSchemaException, OSError, ValueError) as error:
            raise SchemaError(
                f"{path.name} does not load as a schema: {first_line(error)}"
            ) from error
        self.target = str(self.xsd.target_namespace or "")
        self.stands_for = self.target if stands_for is None else stands_for
        self._elements: dict[int, Element] = {}
        self._types: dict[int, Simple | Complex] = {}
        self._lines: dict[str, dict[int, int]] = {}

    def standing_for(self, namespace: str) -> "Schema":
        """The same schema with the names of another namespace."""
        number = self.number.pattern
        return Schema(self.path, number=number, stands_for=namespace, is_checked=True)

    def named(self, name: str) -> str:
        """A name as it is told: in the namespace that the schema stands for."""
        return _moved(name, self.target, self.stands_for)

    def actual(self, name: str) -> str:
        """A name as it is in documents."""
        return _moved(name, self.stands_for, self.target)

    @cached_property
    def globals(self) -> Mapping[str, Element]:
        """Elements that a document may begin with, by name (xmlschema's keys lack namespaces)."""
        declared = map(self.element, self.xsd.elements.values())
        return {element.name: element for element in sorted(declared, key=lambda e: e.name)}

    @cached_property
    def tops(self) -> tuple[str, ...]:
        """The global elements that no other element contains; all of them, if there is no such."""
        inside = {
            name
            for schema in self.xsd.maps.iter_schemas()  # what is included too
            for component in schema.iter_components()
            if type(component).__name__ in ("XsdElement", "Xsd11Element")
            and component.ref is not None
            for name in self.element(component).substitutes
        }
        tops = [n for n, e in self.globals.items() if n not in inside and not e.is_abstract]
        return tuple(tops or self.globals)

    def element(self, xsd: Any) -> Element:
        declared = xsd.ref if xsd.ref is not None else xsd
        found = self._elements.get(id(declared))
        if found is None:
            found = self._elements[id(declared)] = Element(declared, self)
        return found

    def type_of(self, xsd: Any) -> Simple | Complex:
        found = self._types.get(id(xsd))
        if found is None:
            found = read_simple(xsd) if xsd.is_simple() else Complex(xsd, self)
            self._types[id(xsd)] = found
        return found

    def particle(self, xsd: Any) -> Particle:
        occurs = xsd.min_occurs, xsd.max_occurs
        if hasattr(xsd, "model"):
            group = Group(str(xsd.model), tuple(self.particle(part) for part in xsd))
            return Particle(*occurs, group, xsd)
        if hasattr(xsd, "process_contents"):
            wildcard = self.wildcard(xsd)
            concrete = ((name, one) for name, one in self.globals.items() if not one.is_abstract)
            known = frozenset(name for name, _ in concrete if name in wildcard)
            return Particle(*occurs, replace(wildcard, known=known), xsd)
        return Particle(*occurs, self.element(xsd), xsd)

    def wildcard(self, xsd: Any) -> Wildcard:
        own = (self.stands_for if one == self.target else str(one) for one in xsd.namespace)
        namespaces = tuple(sorted(own)) or ("##any",)
        return Wildcard(namespaces, str(xsd.process_contents), self.stands_for)

    @cached_property
    def derived(self) -> Mapping[str, list[tuple[str, Any]]]:
        """The named types that derive from each type, at any distance: (name, component)."""
        found: dict[str, list[tuple[str, Any]]] = {}
        for name, xsd in self.xsd.maps.types.items():
            base = xsd.base_type
            while base is not None and base.base_type is not base:
                if base.name:
                    found.setdefault(str(base.name), []).append((self.named(str(name)), xsd))
                base = base.base_type
        return found

    def locate(self, node: Any) -> Location | None:
        """Where a component of xmlschema is declared."""
        schema, element = getattr(node, "schema", None), getattr(node, "elem", None)
        url = None if schema is None else schema.url
        if schema is None or element is None or not str(url).startswith("file:"):
            return None
        file = unquote(urlsplit(str(url)).path)
        if file not in self._lines:
            self._lines[file] = _lines(file, schema.root)
        line = self._lines[file].get(id(element))
        return None if line is None else Location(Path(file), line)


def _moved(name: str, namespace: str, other: str) -> str:
    if namespace == other or namespace_of(name) != namespace:
        return name
    return f"{{{other}}}{local(name)}" if other else local(name)


def _lines(file: str, root: Any) -> dict[int, int]:
    """Line numbers by identity: xmlschema reads with a parser that does not count lines, so the
    file is read once more, and the n-th element is the n-th element."""
    try:
        counted = etree.parse(file).getroot().iter("*")
    except (etree.XMLSyntaxError, OSError):
        return {}
    read = (node for node in root.iter() if isinstance(node.tag, str))
    pairs = zip(read, counted, strict=False)
    return {id(node): int(other.sourceline or 0) for node, other in pairs}
