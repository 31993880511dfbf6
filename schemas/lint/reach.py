"""What documents can begin with, and what no document can use."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from lxml import etree

from schemas.lint.declared import references
from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import SHOWN, Name, Subject, label_of, some
from schemas.model import XSD


def any_root(subject: Subject) -> Iterator[Finding]:
    """Global elements that are meant to stand inside others, but may start a document too."""
    main = subject.sources.main
    if main is None or subject.roots:
        return
    uses = _Uses(subject)
    outer = [e for e in uses.elements if e not in uses.referred]
    inner = [e for e in uses.elements if e in uses.referred and e.get("abstract") != "true"]
    if not inner or not outer:
        return
    names = [element.get("name", "") for element in inner]
    roots = " or ".join(element.get("name", "") for element in outer[:SHOWN])
    yield subject.finding(
        Rule.ANY_ROOT,
        main.root,
        f"elements beside {roots} are declared globally, so that a document may also begin with"
        f" {some(names)}",
        f"Check the root element of documents yourself ({roots}), or declare the others inside"
        " types.",
        outer[:1],
    )


def unreachable(subject: Subject) -> Iterator[Finding]:
    """Declarations of the main file that nothing uses which a document can begin with."""
    main = subject.sources.main
    if main is None:
        return
    uses = _Uses(subject)
    roots = [element for element in uses.elements if uses.is_root(element)]
    if not roots or (main.namespace and len(roots) > 1):
        return  # a library: other schemas use what it declares
    reached = uses.reached(roots)
    begin = " or ".join(root.get("name", "") for root in roots[:SHOWN])
    for elements in subject.declared.values():
        for element in elements:
            if subject.source(element) is main and element not in reached:
                yield subject.finding(
                    Rule.UNREACHABLE,
                    element,
                    f"{label_of(element)} is in no document that begins with {begin}"
                    f"{_users(uses, element)}",
                    "Remove it, or refer to it where it was meant to be used.",
                )


def _users(uses: "_Uses", element: etree._Element) -> str:
    by = [one for one, targets in uses.graph.items() if element in targets and one is not element]
    return f": only {some(map(label_of, by))}, unused as well, refers to it" if by else ""


class _Uses:
    """Which global declaration uses which."""

    def __init__(self, subject: Subject) -> None:
        self.subject = subject

    @cached_property
    def graph(self) -> dict[etree._Element, set[etree._Element]]:
        """Types that extend or restrict a used one and elements that may stand in for a used one
        count as used: a document can name them."""
        uses: dict[etree._Element, set[etree._Element]] = {}
        for element, kind, text in references(self.subject):
            around = _global(element)
            for target in self.targets(element, kind, text):
                uses.setdefault(around, set()).add(target)
                is_derived = element.tag in _DERIVING and around.tag == XSD + "complexType"
                is_member = kind == "element" and element.get("substitutionGroup") == text
                if is_derived or is_member:
                    uses.setdefault(target, set()).add(around)
        for around, kind in self._wildcards():
            uses.setdefault(around, set()).update(self._all(kind))
        return uses

    def _wildcards(self) -> Iterator[tuple[etree._Element, str]]:
        """Where an element or attribute of any name may stand: every global one, then."""
        for source in self.subject.sources.files:
            for kind, tag in (("element", "any"), ("attribute", "anyAttribute")):
                for element in source.root.iter(XSD + tag):
                    if element.get("namespace", "##any") != "##other":
                        yield _global(element), kind

    def _all(self, kind: str) -> Iterator[etree._Element]:
        for (of_kind, _, _), elements in self.subject.declared.items():
            if of_kind == kind:
                yield from elements

    @cached_property
    def elements(self) -> list[etree._Element]:
        """Global elements of the namespace of the main file."""
        main = self.subject.sources.main
        assert main is not None
        return [
            element
            for (kind, namespace, _), found in self.subject.declared.items()
            if kind == "element" and namespace == main.namespace
            for element in found
        ]

    @cached_property
    def referred(self) -> frozenset[etree._Element]:
        """Global declarations that something else than themselves refers to."""
        found: set[etree._Element] = set()
        for element, kind, text in references(self.subject):
            around = _global(element)
            found.update(one for one in self.targets(element, kind, text) if one is not around)
            if kind == "element" and element.get("substitutionGroup") == text:
                found.add(around)
        return frozenset(found)

    def is_root(self, element: etree._Element) -> bool:
        """Whether documents are meant to begin with an element: as was said, or else those that
        nothing refers to and that have content of their own (a lone value is hardly a document), or
        all that nothing refers to where none has."""
        if self.subject.roots:
            return element.get("name") in self.subject.roots
        return element in self._complex_outer or (not self._complex_outer and self._outer(element))

    def _outer(self, element: etree._Element) -> bool:
        return element not in self.referred and element.get("abstract") != "true"

    @cached_property
    def _complex_outer(self) -> frozenset[etree._Element]:
        outer = filter(self._outer, self.elements)
        return frozenset(element for element in outer if self._is_complex(element))

    def _is_complex(self, element: etree._Element) -> bool:
        if element.find(XSD + "complexType") is not None:
            return True
        targets = self.targets(element, "type", element.get("type"))
        return any(target.tag == XSD + "complexType" for target in targets)

    def targets(self, element: etree._Element, kind: str, text: str | None) -> list[etree._Element]:
        """What a reference means; nothing where that is not declared."""
        try:
            name: Name = (kind, *self.subject.resolved(element, text or ""))
        except KeyError:
            return []
        return self.subject.declared.get(name, [])

    def reached(self, roots: Iterable[etree._Element]) -> set[etree._Element]:
        reached: set[etree._Element] = set()
        waiting = [*roots, *self._redefined()]
        while waiting:
            at = waiting.pop()
            if at not in reached:
                reached.add(at)
                waiting.extend(self.graph.get(at, ()))
        return reached

    def _redefined(self) -> Iterator[etree._Element]:
        for source in self.subject.sources.files:
            yield from source.root.iterchildren(XSD + "redefine")


_DERIVING = (XSD + "restriction", XSD + "extension")


def _global(element: etree._Element) -> etree._Element:
    """The child of the root that an element stands in."""
    around = [element, *element.iterancestors()]
    return around[-2] if len(around) > 1 else element
