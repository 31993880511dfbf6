"""The files of a schema as they are written, includes and imports followed.

Parsed with care: nothing is fetched, no document type is read, no entity expanded.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml import etree

from schemas.compare.difference import Location
from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.model import XSD

MOST_BYTES = 64 << 20
MOST_FILES = 1000
_INCLUDING = (XSD + "include", XSD + "redefine")


@dataclass(frozen=True, eq=False)
class Source:
    """One file. ``namespace``: where its global declarations go, "" for none; the one of the
    including file if it has none of its own."""

    path: Path
    root: etree._Element
    namespace: str

    def at(self, element: etree._Element) -> Location:
        return Location(self.path, element.sourceline or 1)

    @property
    def imports(self) -> frozenset[str]:
        return frozenset(e.get("namespace") or "" for e in self.root.iterchildren(XSD + "import"))


@dataclass
class Sources:
    """The files of a schema, the given one first.

    ``unknown``: namespaces of which a part could not be read, so that nothing can be said about
    what they do not declare. ``is_complete``: whether everything that is included was read.
    ``is_local``: whether nothing refers to another machine.
    """

    files: list[Source] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    is_complete: bool = True
    is_local: bool = True

    @classmethod
    def read(cls, path: Path) -> "Sources":
        sources = cls()
        root = sources._parsed(path, None)
        if root is not None:
            sources._add(Source(path, root, root.get("targetNamespace") or ""), ())
        return sources

    @property
    def main(self) -> Source | None:
        return self.files[0] if self.files else None

    def _parsed(self, path: Path, includer: Location | None) -> etree._Element | None:
        try:
            return _root(path)
        except Unusable as error:
            at = Location(path, error.line)
            if includer is None:
                self.findings.append(Finding(error.rule, error.message, error.advice, at))
                return None
            message = f"{path.name}, which is referred to here, cannot be used: {error.message}"
            advice = _beside(path) if error.rule is Rule.UNREADABLE else error.advice
            self.findings.append(
                Finding(Rule.BROKEN_INCLUDE, message, advice, includer, also=(at,))
            )
            return None

    def _add(self, source: Source, above: tuple[Path, ...]) -> None:
        self.files.append(source)
        here = (*above, source.path.resolve())
        for element in source.root.iterchildren(*_INCLUDING, XSD + "import"):
            self._follow(source, element, here)

    def _follow(self, source: Source, element: etree._Element, here: tuple[Path, ...]) -> None:
        location, is_import = element.get("schemaLocation"), element.tag == XSD + "import"
        namespace = (element.get("namespace") or "") if is_import else source.namespace
        if location is None:
            self._without_location(source, element, namespace)
            return
        path = _local(location, source.path)
        if path is None:
            self._remote(source, element, namespace, location)
            return
        if path.resolve() in here and not is_import:
            self.findings.append(_circular(source, element, path, here))
            return
        if self._is_known(path, namespace) or len(self.files) >= MOST_FILES:
            return
        root = self._parsed(path, source.at(element))
        if root is None:
            self.unknown.add(namespace)
            self.is_complete = False
            return
        own = root.get("targetNamespace") or ""
        if own != namespace and (own or is_import):
            self.findings.append(_other_namespace(source, element, path, own, namespace))
            self.unknown.add(namespace)
            self.is_complete = False
            return
        if own != namespace:
            self.findings.append(_chameleon(source, element, path, namespace))
        self._add(Source(path, root, namespace), here)

    def _is_known(self, path: Path, namespace: str) -> bool:
        resolved = path.resolve()
        return any(
            known.path.resolve() == resolved and known.namespace == namespace
            for known in self.files
        )

    def _without_location(self, source: Source, element: Any, namespace: str) -> None:
        if element.tag != XSD + "import":
            return  # the schema of schemas says so
        self.unknown.add(namespace)
        self.findings.append(
            Finding(
                Rule.IMPORT_WITHOUT_LOCATION,
                f"namespace {namespace or '(none)'} is imported without a schemaLocation: every"
                " processor has to be told where it is",
                "Add schemaLocation, or make sure that whoever uses the schema also gets that one.",
                source.at(element),
            )
        )

    def _remote(self, source: Source, element: Any, namespace: str, location: str) -> None:
        self.is_local = False
        self.unknown.add(namespace)
        self.findings.append(
            Finding(
                Rule.REMOTE_INCLUDE,
                f"{location} is not fetched: what it declares was not looked into, and whoever"
                " validates offline does not have it",
                "Keep a copy beside the schema and refer to that.",
                source.at(element),
            )
        )


class Unusable(Exception):
    """A file that is no schema; says why."""

    def __init__(self, rule: Rule, message: str, advice: str, line: int = 1) -> None:
        super().__init__(message)
        self.rule, self.message, self.advice, self.line = rule, message, advice, line


def _root(path: Path) -> etree._Element:
    """The root of a schema file. Raises ``Unusable``."""
    data = _bytes(path)
    parser = etree.XMLParser(load_dtd=False, no_network=True, resolve_entities=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        if b"<!DOCTYPE" in data[:_PROLOG_BYTES]:
            raise Unusable(Rule.DOCUMENT_TYPE, _HAS_TYPE, _NO_TYPE) from None
        line = error.lineno or 1
        message = f"not well-formed XML: {str(error.msg).split(', line ')[0]}"
        raise Unusable(
            Rule.NOT_WELL_FORMED, message, "Mend the file at this line first.", line
        ) from None
    except (LookupError, ValueError) as error:
        message = f"not readable as XML: {error}"
        raise Unusable(Rule.NOT_WELL_FORMED, message, "Save the file as UTF-8.") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unusable(Rule.DOCUMENT_TYPE, _HAS_TYPE, _NO_TYPE)
    if root.tag != XSD + "schema":
        raise Unusable(Rule.NOT_A_SCHEMA, _not_a_schema(root), _BE_A_SCHEMA, root.sourceline or 1)
    return root


_PROLOG_BYTES = 4096
_HAS_TYPE = (
    "the file has a document type declaration (<!DOCTYPE>): entities in it could read other files"
    " or grow without bound"
)
_NO_TYPE = "Remove the declaration, and write out the entities that it defines."
_BE_A_SCHEMA = f"The root element has to be schema in namespace {XSD[1:-1]}."


def _not_a_schema(root: etree._Element) -> str:
    name = etree.QName(root)
    if name.localname == "schema":
        return f"schema is in namespace {name.namespace or '(none)'}: not XML Schema 1.0"
    return f"the root element is {name.localname}: this is some other XML document"


def _bytes(path: Path) -> bytes:
    mend = "Give the path of a schema file."
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            message = f"the file has {size:,} bytes; at most {MOST_BYTES:,} are read"
            raise Unusable(Rule.UNREADABLE, message, mend)
        data = path.read_bytes()
    except OSError as error:
        message = f"the file cannot be read: {error.strerror}"
        raise Unusable(Rule.UNREADABLE, message, mend) from None
    if not data.strip():
        raise Unusable(Rule.UNREADABLE, "the file is empty", mend)
    return data


def _local(location: str, base: Path) -> Path | None:
    """The file that a schemaLocation means; None when it is on another machine."""
    parts = urlsplit(location.strip())
    if parts.scheme == "file" and not parts.netloc:
        return Path(unquote(parts.path))
    if parts.netloc or (parts.scheme and len(parts.scheme) > 1):
        return None
    return base.parent / unquote(location.strip())


def _beside(path: Path) -> str:
    """What to do about a file that is not there."""
    names = path.parent.iterdir() if path.parent.is_dir() else ()
    alike = [one.name for one in names if one.name.lower() == path.name.lower() != path.name]
    if alike and not path.exists():
        return f"The file is called {alike[0]}: upper and lower case count."
    return "Put the file there, or mend schemaLocation."


def _circular(source: Source, element: Any, path: Path, here: tuple[Path, ...]) -> Finding:
    ring = [step.name for step in here[here.index(path.resolve()) :]]
    return Finding(
        Rule.CIRCULAR_INCLUDE,
        f"files include each other: {' > '.join((*ring, ring[0]))}",
        "Move what both need to a file that includes neither.",
        source.at(element),
    )


def _other_namespace(source: Source, element: Any, path: Path, own: str, asked: str) -> Finding:
    verb = str(etree.QName(element).localname)
    return Finding(
        Rule.BROKEN_INCLUDE,
        f"{path.name} is for namespace {own or '(none)'}, the {verb} for {asked or '(none)'}",
        "An include or redefine is for files of the same namespace, an import for another one;"
        " say the namespace that the file has.",
        source.at(element),
        also=(Location(path, 1),),
    )


def _chameleon(source: Source, element: Any, path: Path, namespace: str) -> Finding:
    return Finding(
        Rule.CHAMELEON_INCLUDE,
        f"{path.name} has no namespace of its own: its declarations become part of {namespace}"
        " here, and of another namespace wherever else it is included",
        "Give it a targetNamespace if it belongs to this schema only.",
        source.at(element),
        also=(Location(path, 1),),
    )


def declarations(source: Source) -> Iterator[etree._Element]:
    """The global declarations of a file; those that a redefine replaces are named in it."""
    for child in source.root.iterchildren():
        if isinstance(child.tag, str) and child.get("name") is not None:
            yield child
