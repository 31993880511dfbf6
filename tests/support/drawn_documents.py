"""Random documents for two schemas that were drawn: near the places where they may differ.

A document is drawn from the content models of one side, with texts and counts that the facets and
the occurrences of both sides suggest; libxml2 sorts the texts by the types of both. Now and then
something is done to it that no content model says. Which documents are valid is not known here.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from documents import XSI
from drawn import (
    Attribute,
    Complex,
    Drawn,
    Element,
    Group,
    Particle,
    Simple,
    Wildcard,
    attributes_of,
    content_of,
    elements,
    leaves,
    particles,
    text_of,
)
from drawn_texts import LARGEST, USUAL, Pool, Texts, texts_near
from lxml import etree

NIL = f"{{{XSI}}}nil"


@dataclass
class Documents:
    """Documents of ``one``, that ``other`` is compared with."""

    one: Drawn
    other: Drawn
    rng: random.Random
    texts: Texts = field(default_factory=Texts)
    pools: dict[tuple[int, int], Pool] = field(default_factory=dict)
    size: int = 0

    def document(self) -> bytes:
        self.size = 0
        root = self._element(self.one.root, self.other.root, self.rng.choice((0.2, 0.5, 0.9)))
        for _ in range(self.rng.choice((0, 0, 0, 0, 1, 1, 2))):
            self._disturb(root)
        return etree.tostring(root)

    @cached_property
    def _counts(self) -> list[int]:
        found = {0, 1, 2}
        for schema in (self.one, self.other):
            for element in elements(schema.root):
                for one in particles(content_of(element)):
                    ends = {one.low, one.high or 0}
                    found |= ends | {n + 1 for n in ends} | {n - 1 for n in ends if n}
                    found |= {2 * n for n in ends} | {n + 2 for n in ends}
        return sorted(n for n in found if n <= 2 * LARGEST)

    @cached_property
    def _names(self) -> list[str]:
        found = {e.name for side in (self.one, self.other) for e in elements(side.root)}
        return sorted(found)

    def _element(self, made: Element, twin: Element | None, rich: float) -> etree._Element:
        node = etree.Element(self.one.tag(made.name))
        self.size += 1
        self._attributes(node, made, twin)
        if self.rng.random() < (0.2 if made.is_nillable else 0.003):
            node.set(NIL, self.rng.choice(("true", "1", "false")))
            return node
        simple = text_of(made)
        if simple is not None:
            node.text = self._text(made, simple, None if twin is None else text_of(twin))
            return node
        twins = {} if twin is None else _children(twin)
        content = content_of(made)
        for child in self._word(content, rich) if content is not None else ():
            if isinstance(child, Wildcard):
                node.append(self._anything(child))
            else:
                node.append(self._element(child, twins.get(child.name), rich))
        if isinstance(made.type, Complex) and made.type.is_mixed and self.rng.random() < 0.4:
            node.text = "x"
        return node

    def _text(self, made: Element | Attribute, simple: Simple, twin: Simple | None) -> str:
        if made.default is not None and self.rng.random() < 0.3:
            return ""
        if made.fixed is not None and self.rng.random() < 0.7:
            return self.rng.choice((made.fixed, made.fixed, made.fixed, f" {made.fixed}", ""))
        return self._pool(simple, twin).draw(self.rng)

    def _pool(self, simple: Simple, twin: Simple | None) -> Pool:
        key = id(simple), id(twin)
        if key not in self.pools:
            near = sorted(texts_near(simple) | (texts_near(twin) if twin else set()))
            own = [text for text in near if self.texts.admits(simple, text)]
            shared = {text for text in own if twin is None or self.texts.admits(twin, text)}
            alone = [text for text in own if text not in shared]
            refused = sorted(set(near) - set(own))
            self.pools[key] = Pool([text for text in own if text in shared], alone, refused)
        return self.pools[key]

    def _attributes(self, node: etree._Element, made: Element, twin: Element | None) -> None:
        twins = {} if twin is None else {one.name: one for one in attributes_of(twin)}
        for one in attributes_of(made):
            is_there = one.use == "required" or (one.use == "optional" and self.rng.random() < 0.6)
            if is_there or self.rng.random() < 0.02:
                other = twins.get(one.name)
                node.set(one.name, self._text(one, one.type, other.type if other else None))

    def _word(self, part: Particle, rich: float) -> Iterator[Element | Wildcard]:
        for _ in range(self._times(part, rich)):
            term = part.term
            if not isinstance(term, Group):
                yield term
                continue
            parts = list(term.parts)
            if term.kind == "choice":
                live = [one for one in parts if one.high != 0]
                parts = [self.rng.choice(live)] if live else []
            elif term.kind == "all":
                self.rng.shuffle(parts)
            for one in parts:
                yield from self._word(one, rich)

    def _times(self, part: Particle, rich: float) -> int:
        low, high = part.low, part.high
        if self.size > 600:
            return low
        if low == 0 and self.rng.random() > rich:
            return 0
        among = [n for n in self._counts if n >= low and (high is None or n <= high)] or [low]
        small = [n for n in among if n < low + 4] or among
        return self.rng.choice(among if self.rng.random() < 0.25 else small)

    def _anything(self, wildcard: Wildcard) -> etree._Element:
        spaces = {"##local": ("",), "urn:other": ("urn:other",)}
        usual = ("", "urn:other", "urn:third", self.one.target or "")
        space = self.rng.choice(spaces.get(wildcard.namespace, usual))
        return etree.Element(f"{{{space}}}any" if space else "any")

    # --- what no content model says ---------------------------------------------------------------

    def _disturb(self, root: etree._Element) -> None:
        nodes = list(root.iter("*"))
        node = self.rng.choice(nodes)
        parent = node.getparent()
        what = self.rng.randrange(11)
        if what == 0 and parent is not None:
            parent.remove(node)
        elif what in (1, 2):
            node.insert(self.rng.randint(0, len(node)), self._other(nodes))
        elif what == 3 and parent is not None:
            self._repeat(node)
        elif what == 4 and len(node) > 1:
            node.insert(self.rng.randrange(len(node)), node[self.rng.randrange(len(node))])
        elif what == 5 and len(node) == 0:
            node.text = self.rng.choice(USUAL)
        elif what == 6:
            node.set(self.rng.choice("pqrst"), self.rng.choice(USUAL).strip())
        elif what == 7 and node.attrib:
            del node.attrib[self.rng.choice(sorted(map(str, node.attrib)))]
        elif what == 8:
            node.set(NIL, "true")
            node.text = None
            del node[:]
        elif what == 9:
            node.text = "x"
        elif what == 10 and len(node) == 0:
            node.text = ""

    def _other(self, nodes: Sequence[etree._Element]) -> etree._Element:
        """An element: a copy of one that is there, or one of either schema."""
        if self.rng.random() < 0.4:
            return etree.fromstring(etree.tostring(self.rng.choice(nodes)))
        name = self.rng.choice((*self._names, "unknown"))
        sides = (self.one, self.other)
        made = [e for side in sides for e in elements(side.root)[1:] if e.name == name]
        if not made:
            return etree.Element(self.one.tag(name))
        return self._element(self.rng.choice(made), None, 0.2)

    def _repeat(self, node: etree._Element) -> None:
        for _ in range(self.rng.choice((1, 1, 1, 2, *self._counts))):
            parent = node.getparent()
            if parent is None or len(parent) > 2 * LARGEST:
                return
            node.addnext(etree.fromstring(etree.tostring(node)))


def _children(element: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for leaf in leaves(content_of(element)):
        if isinstance(leaf.term, Element):
            found.setdefault(leaf.term.name, leaf.term)
    return found
