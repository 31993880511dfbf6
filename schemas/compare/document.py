"""Small documents of a schema: what has to be there and nothing else.

Where it can be had, a document is valid by two schemas but for the one place that it is written
for: children and values are chosen that both admit.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lxml import etree

from schemas.compare.candidates import sample
from schemas.compare.change import Recipe, Wanted
from schemas.compare.component import Complex, Element, Schema
from schemas.compare.language import Leaf, Term, repeat, sequence
from schemas.compare.particle import Names, language_of
from schemas.compare.search import Search, Undecided
from schemas.compare.simple import Simple

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ENDLESS = 1_000_000
"""Size of what cannot be finished: an element that has to contain itself."""


class Unproved(Exception):
    """There is no document that shows it; says why."""


@dataclass
class Sizes:
    """How many elements the smallest content of an element has, at least itself."""

    known: dict[Element, int] = field(default_factory=dict)
    pending: set[Element] = field(default_factory=set)

    def of(self, element: Element) -> int:
        if element in self.known:
            return self.known[element]
        if element in self.pending:
            return _ENDLESS
        self.pending.add(element)
        found = min(_ENDLESS, 1 + self._inside(element))
        self.pending.discard(element)
        if found < _ENDLESS or not self.pending:
            self.known[element] = found
        return found

    def _inside(self, element: Element) -> int:
        language = language_of(element.content)
        if language.nullable:
            return 0
        children = element.children
        needed = {name: self.of(child) for name, child in children.items()}
        search = Search(lambda name: needed.get(str(name), 1))
        try:
            word = search.shortest((language,), (), tuple(children))
        except Undecided:
            return _ENDLESS
        return _ENDLESS if word is None else sum(needed.get(name, 1) for name in word)


@dataclass
class Writer:
    """Writes documents that ``good`` accepts, with values that ``bad`` accepts too if it can."""

    good: Schema
    bad: Schema
    sizes: Sizes
    unique: int = 0

    def document(
        self, chain: "Sequence[tuple[Element, Element]]", recipe: Recipe
    ) -> tuple[etree._Element, etree._Element]:
        """The root of a document and, in it, the element that the recipe was for."""
        root = etree.Element(chain[0][0].name)
        return root, self._filled(root, chain, recipe)

    def alone(self, element: Element) -> etree._Element:
        """The smallest document of an element that the other side does not have."""
        root = etree.Element(element.name)
        self._minimal(root, element, None)
        return root

    def _filled(
        self, node: etree._Element, chain: "Sequence[tuple[Element, Element]]", recipe: Recipe
    ) -> etree._Element:
        element, other = chain[0]
        if len(chain) == 1:
            self._apply(node, element, other, recipe)
            return node
        following = chain[1][0].name
        self._attributes(node, element, other, {})
        target = None
        for name in self._word(element, other, {following: Wanted()}):
            if name == following and target is None:
                target = self._filled(etree.SubElement(node, name), chain[1:], recipe)
            else:
                self._child(node, name, element, other)
        assert target is not None
        return target

    def _apply(
        self, node: etree._Element, element: Element, other: Element | None, recipe: Recipe
    ) -> None:
        own = dict(recipe.attributes)
        if recipe.attribute is not None:
            own[recipe.attribute] = recipe.text
        self._attributes(node, element, other, own)
        if recipe.is_nil:
            node.set(f"{{{_XSI}}}nil", "true")
        elif recipe.children is not None:
            for name in recipe.children:
                self._child(node, name, element, other)
        else:
            self._content(node, element, other, recipe.wanted or Wanted())
            if recipe.text is not None and recipe.attribute is None:
                node.text = recipe.text

    def _child(
        self,
        node: etree._Element,
        name: str,
        parent: Element,
        other: Element | None,
        wanted: Wanted | None = None,
    ) -> None:
        """Add a child with what has to be in it; one that only a wildcard admits stays empty."""
        child = etree.SubElement(node, name)
        element = parent.children.get(name) or self.good.globals.get(name)
        if element is not None:
            paired = None if other is None else other.children.get(name)
            self._minimal(child, element, paired, wanted or Wanted())

    def _minimal(
        self,
        node: etree._Element,
        element: Element,
        other: Element | None,
        wanted: Wanted = Wanted(),  # noqa: B008 - it cannot change
    ) -> None:
        """Fill an element with what has to be in it."""
        own = {name: self._attribute(element, name) for name in wanted.attributes}
        self._attributes(node, element, other, own)
        self._content(node, element, other, wanted)

    def _attribute(self, element: Element, name: str) -> str | None:
        attributes = element.type.attributes if isinstance(element.type, Complex) else {}
        found = attributes.get(name)
        return None if found is None else self._text(found.type, found.fixed, None)

    def _content(
        self, node: etree._Element, element: Element, other: Element | None, wanted: Wanted
    ) -> None:
        if self.sizes.of(element) >= _ENDLESS:
            raise Unproved(f"{element.name} has no content that ends")
        simple = element.text
        if simple is not None:
            theirs = None if other is None else other.text
            node.text = self._text(simple, element.fixed, theirs)
            return
        seen: Counter[str] = Counter()
        for name in self._word(element, other, wanted.children):
            seen[name] += 1
            asked = wanted.children.get(name)
            is_asked = asked is not None and seen[name] <= asked.times
            self._child(node, name, element, other, asked if is_asked else None)

    def _text(self, simple: Simple, fixed: str | None, other: Simple | None) -> str:
        if fixed is not None:
            return fixed
        if simple.base == "ID":
            self.unique += 1
            return f"id{self.unique}"
        found = sample(simple, () if other is None else (other,))
        if found is None:
            raise Unproved("no value was found for a text that has to be there")
        return found

    def _attributes(
        self,
        node: etree._Element,
        element: Element,
        other: Element | None,
        own: Mapping[str, str | None],
    ) -> None:
        if isinstance(element.type, Complex):
            theirs = (
                other.type.attributes
                if other is not None and isinstance(other.type, Complex)
                else {}
            )
            for name, attribute in element.type.attributes.items():
                needed = attribute.use == "required" or (
                    name in theirs and theirs[name].use == "required"
                )
                if needed and name not in own and attribute.use != "prohibited":
                    paired = theirs[name].type if name in theirs else None
                    node.set(name, self._text(attribute.type, attribute.fixed, paired))
        for name, value in own.items():
            if value is not None:
                node.set(name, value)

    def _word(
        self, element: Element, other: Element | None, wanted: Mapping[str, Wanted]
    ) -> tuple[str, ...]:
        """The smallest children that the good side admits, and the bad one if that is possible,
        with those that are wanted."""
        good = language_of(element.content)
        names = tuple(element.children)
        asked = [containing(name, one.times, names) for name, one in wanted.items()]
        sides = [(good,)] if other is None else [(good, language_of(other.content)), (good,)]
        search = Search(lambda name: self._weight(element, str(name)))
        for side in sides:
            try:
                word = search.shortest((*side, *asked), (), names)
            except Undecided:
                continue
            if word is not None:
                return word
        raise Unproved("the children that have to be there are too many, or cannot be together")

    def _weight(self, element: Element, name: str) -> int:
        child = element.children.get(name)
        return 1 if child is None else self.sizes.of(child)


def containing(name: str, times: int, names: Sequence[str]) -> Term:
    """The words that contain a name at least so often."""
    anything = repeat(Leaf(Names(frozenset(names))), 0, None)
    one = Leaf(Names(frozenset((name,))))
    return sequence([*([anything, one] * times), anything])


def serialised(root: etree._Element, schema: Schema) -> bytes:
    """In the namespace of a schema, and indented where that changes nothing: elements without text
    of their own."""
    copied = etree.fromstring(etree.tostring(root))
    for node in copied.iter():
        node.tag = schema.actual(str(node.tag))
        for name, value in list(node.attrib.items()):
            del node.attrib[name]
            node.set(schema.actual(str(name)), value)
    copied = _prefixed(copied, schema.target)
    if not any(node.text or node.tail for node in copied.iter() if len(node)):
        etree.indent(copied)
    return etree.tostring(copied, encoding="utf-8") + b"\n"


def _prefixed(root: etree._Element, namespace: str) -> etree._Element:
    """With the namespace as default, if every element is in it, and a prefix otherwise."""
    if not namespace:
        return root
    is_all = all(etree.QName(node).namespace == namespace for node in root.iter("*"))
    top = etree.Element(root.tag, nsmap={None if is_all else "t": namespace})
    top.text = root.text
    for name, value in root.attrib.items():
        top.set(name, value)
    top.extend(root)
    etree.cleanup_namespaces(top)
    return top


def line_of(root: etree._Element, target: etree._Element) -> int:
    """The line that an element begins at when each stands on its own."""
    line = 0
    for event, node in etree.iterwalk(root, events=("start", "end")):
        if event == "start":
            line += 1
            if node is target:
                return line
        elif len(node):
            line += 1
    return line
