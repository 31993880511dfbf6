"""What the passes look at: the files of a schema, its names, and the components made of them."""

import re
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from schemas.compare.difference import Location
from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.sources import Source, Sources, declarations
from schemas.model import XSD, first_line

Name = tuple[str, str, str]
"""Kind of declaration (element, type, attribute, group, attributeGroup), namespace, local name."""

_KINDS = {"simpleType": "type", "complexType": "type"}
_NAMED = (XSD + "element", XSD + "attribute")


def kind_of(element: etree._Element) -> str:
    """The symbol space that a declaration is in: simple and complex types share one."""
    local = str(etree.QName(element).localname)
    return _KINDS.get(local, local)


@dataclass(frozen=True, eq=False)
class Subject:
    """``number``: what a documentation text looks like that numbers a declaration. ``roots``: local
    names of the elements that documents begin with, if that was said."""

    sources: Sources
    number: re.Pattern[str]
    roots: Sequence[str] = ()

    @cached_property
    def declared(self) -> dict[Name, list[etree._Element]]:
        """All global declarations, more than one where a name is declared twice."""
        found: dict[Name, list[etree._Element]] = {}
        for source in self.sources.files:
            for element in declarations(source):
                name = kind_of(element), source.namespace, element.get("name", "")
                found.setdefault(name, []).append(element)
        return found

    @cached_property
    def by_root(self) -> dict[etree._Element, Source]:
        return {source.root: source for source in self.sources.files}

    def source(self, element: etree._Element) -> Source:
        return self.by_root[element.getroottree().getroot()]

    def at(self, element: etree._Element) -> Location:
        return self.source(element).at(element)

    def finding(
        self,
        rule: Rule,
        element: etree._Element,
        message: str,
        advice: str,
        also: Sequence[etree._Element] = (),
    ) -> Finding:
        """A finding at an element of one of the files."""
        places = tuple(self.at(other) for other in also)
        where = self.at(element)
        return Finding(
            rule, message, advice, where, path_of(element), self.number_of(element), places
        )

    def number_of(self, element: etree._Element) -> str | None:
        """The number of the nearest declaration around, as its annotation or that of the global
        declaration that it refers to gives it."""
        for around in (element, *element.iterancestors()):
            number = self._own_number(around)
            if number is not None or around.get("name") or around.get("ref"):
                return number
        return None

    def _own_number(self, element: etree._Element) -> str | None:
        for text in element.iterfind(f"{XSD}annotation/{XSD}documentation"):
            content = (text.text or "").strip()
            if self.number.fullmatch(content):
                return content
        ref = element.get("ref")
        if ref is None or element.tag not in _NAMED:
            return None
        try:
            declared = self.declared.get((kind_of(element), *self.resolved(element, ref)), ())
        except KeyError:
            return None
        return next((self._own_number(one) for one in declared), None)

    def resolved(self, element: etree._Element, name: str) -> tuple[str, str]:
        """Namespace and local name of a prefixed name. Raises ``KeyError`` for an unknown
        prefix."""
        prefix, colon, local = name.strip().rpartition(":")
        if prefix == "xml":
            return "http://www.w3.org/XML/1998/namespace", local
        if colon:
            return element.nsmap[prefix], local
        # What an included file without a namespace refers to is in that of the includer.
        default = element.nsmap.get(None)
        source = self.source(element)
        own = source.root.get("targetNamespace")
        return (source.namespace if own is None else "") if default is None else default, local

    # ------------------------------------------------------------------ components

    @cached_property
    def schema(self) -> Any:
        """The schema as xmlschema builds it, its faults collected in ``all_errors``; None if it
        cannot be built at all (``failure`` says why)."""
        return self._built[0]

    @property
    def failure(self) -> str | None:
        return self._built[1]

    @cached_property
    def is_sound(self) -> bool:
        """Whether xmlschema built it without a fault."""
        return self.schema is not None and not self.schema.maps.total_errors

    @cached_property
    def _built(self) -> tuple[Any, str | None]:
        import xmlschema  # a fifth of a second, that most commands do not need

        main = self.sources.main
        if main is None or not self.sources.is_complete:
            return None, None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                address = main.path.resolve().as_uri()
                return xmlschema.XMLSchema(address, allow="local", validation="lax"), None
        except RecursionError:
            return None, "declarations are nested too deeply"
        except Exception as error:  # xmlschema's own, and whatever faults in a schema lead it to
            return None, f"xmlschema says {type(error).__name__}: {first_line(error)}"

    @cached_property
    def _twins(self) -> dict[int, etree._Element]:
        """Elements of the files by identity of the same elements in xmlschema's trees, which do not
        know their lines."""
        files = {(source.path.resolve(), source.namespace): source for source in self.sources.files}
        found: dict[int, etree._Element] = {}
        for schema in self._schemas():
            source = files.get((_path(schema.url), schema.target_namespace))
            if source is None:
                continue
            pairs = zip(schema.root.iter(), source.root.iter("*"), strict=False)
            found.update((id(element), twin) for element, twin in pairs)
        return found

    def _schemas(self) -> Iterator[Any]:
        for schema in self.schema.maps.iter_schemas():
            if schema.meta_schema is not None and schema.url:
                yield schema

    def raw(self, component: Any) -> etree._Element | None:
        """What a component of xmlschema was built from; None for what is built in."""
        return self.twin(component.elem)

    def twin(self, element: Any) -> etree._Element | None:
        return None if element is None else self._twins.get(id(element))

    @cached_property
    def components(self) -> tuple[tuple[Any, etree._Element], ...]:
        """Every component with what it was built from, in the order of the files; each once."""
        if self.schema is None:
            return ()
        found: dict[int, tuple[Any, etree._Element]] = {}
        for schema in self._schemas():
            for component in schema.iter_components():
                raw = self.raw(component)
                if raw is not None:
                    found.setdefault(id(component), (component, raw))
        return tuple(found.values())


def complex_types(subject: Subject) -> Iterator[tuple[Any, etree._Element]]:
    from xmlschema.validators import XsdComplexType

    for component, raw in subject.components:
        if isinstance(component, XsdComplexType):
            yield component, raw


def elements_of(content: Any) -> Iterator[Any]:
    """The element particles of a content model that may occur, from left to right."""
    if content is None or not hasattr(content, "model"):
        return
    for particle in content:
        if particle.max_occurs == 0:
            continue
        if hasattr(particle, "model"):
            yield from elements_of(particle)
        elif hasattr(particle, "type"):
            yield particle


def path_of(element: etree._Element) -> str:
    """The names of a declaration and those around it: ``OrderType/line/@unit``."""
    steps = []
    for around in (element, *element.iterancestors()):
        name = around.get("name") or around.get("ref")
        if name is not None:
            steps.append(f"@{name}" if around.tag == XSD + "attribute" else name)
    return "/".join(reversed(steps))


def label_of(element: etree._Element) -> str:
    """A declaration in words: ``element line``, ``type in element line``."""
    local = str(etree.QName(element).localname)
    word = {"simpleType": "type", "complexType": "type", "attributeGroup": "attribute group"}
    name = element.get("name") or element.get("ref")
    if name is not None:
        return f"{word.get(local, local)} {name}"
    around = next((a for a in element.iterancestors() if a.get("name") or a.get("ref")), None)
    return local if around is None else label_of(around)


SHOWN = 5
"""How many names a message tells before it counts the others."""


def some(names: Iterable[str]) -> str:
    """The first few of some names, each once, and how many there are beside."""
    told = list(dict.fromkeys(names))
    more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
    return f"{', '.join(told[:SHOWN])}{more}"


def written(element: Any) -> tuple[object, ...]:
    """How a declaration is written, without what does not count: annotations, comments, white
    space between tags, the order of attributes. Of an element of lxml or ElementTree."""
    inside = (c for c in element if isinstance(c.tag, str) and c.tag != XSD + "annotation")
    return (element.tag, frozenset(element.attrib.items()), *map(written, inside))


def _path(url: str) -> Path:
    return Path(unquote(urlsplit(url).path)).resolve()
