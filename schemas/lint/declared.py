"""Names: declared twice, referred to without a declaration, without an import.

Looked up in the files themselves, so that all of it is found in a schema that does not load.
"""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Name, Subject, kind_of, label_of, some, written
from schemas.model import XSD

_XSD_NAMESPACE = XSD[1:-1]
_XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
_WORDS = {"attributeGroup": "attribute group"}


def declared_twice(subject: Subject) -> Iterator[Finding]:
    """Global declarations of one kind that have the same name."""
    for (kind, _, name), elements in subject.declared.items():
        first, *others = elements
        for other in others:
            same = written(first) == written(other)
            how = "word for word the same" if same else "not the same"
            yield subject.finding(
                Rule.DECLARED_TWICE,
                other,
                f"{_WORDS.get(kind, kind)} {name} is declared a second time: first in"
                f" {subject.at(first).file.name}, line {subject.at(first).line};"
                f" the two are {how}",
                "Remove one of them." if same else "Remove one of them, or rename it.",
                (first,),
            )


def undeclared(subject: Subject) -> Iterator[Finding]:
    """References to what is not declared, or in a namespace that is not imported."""
    for element, kind, text in references(subject):
        try:
            namespace, local = subject.resolved(element, text)
        except KeyError:
            prefix = text.rpartition(":")[0]
            yield subject.finding(
                Rule.UNDECLARED,
                element,
                f"{_user(element)} refers to {text}, but the prefix {prefix} stands for no"
                " namespace here",
                f'Declare the prefix at the root: xmlns:{prefix}="...".',
            )
            continue
        yield from _reference(subject, element, (kind, namespace, local), text)


def _reference(
    subject: Subject, element: etree._Element, name: Name, text: str
) -> Iterator[Finding]:
    kind, namespace, local = name
    if namespace == _XML_NAMESPACE:
        return
    source = subject.source(element)
    foreign = namespace not in (source.namespace, _XSD_NAMESPACE)
    if foreign and namespace not in source.imports and subject.declared.get(name):
        yield subject.finding(
            Rule.NOT_IMPORTED,
            element,
            f"{_user(element)} refers to {text} in namespace {namespace or '(none)'}, which"
            f" {source.path.name} does not import",
            f'Add <xs:import namespace="{namespace}" .../> to this file: every file imports what it'
            " refers to itself.",
        )
    is_known = namespace in subject.sources.unknown or name in subject.declared
    if namespace == _XSD_NAMESPACE:
        is_known = kind != "type" or local in built_in_types()
    if not is_known:
        yield subject.finding(
            Rule.UNDECLARED,
            element,
            f"{_user(element)} refers to {_WORDS.get(kind, kind)} {text}, which is declared"
            f" nowhere{_in_namespace(namespace)}",
            _hint(subject, name),
        )


def _user(element: etree._Element) -> str:
    """What refers: of a reference inside a type, the type."""
    around = element.getparent()
    return label_of(element if element.get("ref") is None or around is None else around)


def _in_namespace(namespace: str) -> str:
    return f" in namespace {namespace}" if namespace else ""


def _hint(subject: Subject, name: Name) -> str:
    kind, namespace, local = name
    elsewhere = [n for k, n, x in subject.declared if k == kind and x == local]
    if elsewhere:
        where = elsewhere[0] or "no namespace"
        return f"It is declared in {where}: put the prefix of that namespace before the name."
    if kind == "type" and local in built_in_types() and namespace != _XSD_NAMESPACE:
        return f"Put the prefix of {_XSD_NAMESPACE} before the name."
    known = built_in_types() if namespace == _XSD_NAMESPACE else _names(subject, kind, namespace)
    near = get_close_matches(local, known, 1, cutoff=max(0.0, 1 - 1.5 / max(1, len(local))))
    if near:
        return f"Is {near[0]} meant? That is declared. Otherwise declare it."
    return "Declare it, include the file that does, or remove the reference."


def _names(subject: Subject, kind: str, namespace: str) -> list[str]:
    return [x for k, n, x in subject.declared if (k, n) == (kind, namespace)]


def references(subject: Subject) -> Iterator[tuple[etree._Element, str, str]]:
    """Every reference in the files: where it stands, the kind and the name of what it means."""
    for source in subject.sources.files:
        for element in source.root.iter(XSD + "*"):
            for attribute, kind in _REFERRING.get(element.tag, {}).items():
                for text in (element.get(attribute) or "").split():
                    yield element, kind, text
            ref = element.get("ref")
            if ref is not None and element.tag in _REFERRED:
                yield element, kind_of(element), ref


_REFERRED = tuple(XSD + k for k in ("element", "attribute", "group", "attributeGroup"))
_REFERRING: dict[object, dict[str, str]] = {
    XSD + "element": {"type": "type", "substitutionGroup": "element"},
    XSD + "attribute": {"type": "type"},
    XSD + "restriction": {"base": "type"},
    XSD + "extension": {"base": "type"},
    XSD + "list": {"itemType": "type"},
    XSD + "union": {"memberTypes": "type"},
}


@cache
def built_in_types() -> frozenset[str]:
    """Local names of the types of XML Schema itself."""
    import xmlschema

    return frozenset(xmlschema.XMLSchema10.builtin_types())


def unqualified_locals(subject: Subject) -> Iterator[Finding]:
    """Elements that are in no namespace although the schema has one, because nothing was said."""
    for source in subject.sources.files:
        if not source.namespace or source.root.get("elementFormDefault") == "qualified":
            continue
        names = [
            element.get("name", "")
            for element in source.root.iter(XSD + "element")
            if element.getparent() is not source.root and element.get("name")
            if element.get("form") is None
        ]
        if names and source.root.get("elementFormDefault") is None:
            yield subject.finding(
                Rule.UNQUALIFIED_LOCALS,
                source.root,
                f"elements inside others ({some(names)}) are in no namespace, though the schema is"
                f" for {source.namespace}: documents that give all their elements its prefix are"
                " refused",
                'Write elementFormDefault="qualified", or "unqualified" if that is what is meant.',
            )
