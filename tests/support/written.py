"""The many ways to write a schema that was drawn down as an XSD."""

import random
from pathlib import Path

from documents import XSD
from drawn import (
    Attribute,
    Complex,
    Drawn,
    Element,
    Group,
    Particle,
    Simple,
    Wildcard,
    content_of,
    elements,
    leaves,
)
from lxml import etree


def write(schema: Drawn, path: Path, rng: random.Random | None = None) -> None:
    """Write the XSD file of a schema: always the same way, or with ``rng`` in one of many."""
    writer = _Writer(schema, rng or random.Random(0), is_plain=rng is None)
    root, included = writer.whole(f"{path.stem}-more.xsd")
    path.write_bytes(etree.tostring(root))
    if included is not None:
        path.with_name(f"{path.stem}-more.xsd").write_bytes(etree.tostring(included))


class _Writer:
    def __init__(self, schema: Drawn, rng: random.Random, *, is_plain: bool) -> None:
        self.schema = schema
        self.rng = rng
        self.is_plain = is_plain
        self.prefix = "xs" if is_plain else rng.choice(("xs", "xsd", "s"))
        self.globals: dict[str, etree._Element] = {}
        self.names: dict[int, str] = {}
        all_leaves = [p for e in elements(schema.root) for p in leaves(content_of(e))]
        used = [id(p.term) for p in all_leaves if isinstance(p.term, Element)]
        self.shared = {one for one in used if used.count(one) > 1}
        # What a wildcard admits is looked up among the global elements.
        self.no_globals = any(isinstance(p.term, Wildcard) for p in all_leaves)
        self.tops: dict[str, int] = {"R": id(schema.root)}

    def maybe(self, of: float = 0.4) -> bool:
        return not self.is_plain and self.rng.random() < of

    def whole(self, other: str) -> tuple[etree._Element, etree._Element | None]:
        declared = self.element(self.schema.root)
        components = [declared, *self.globals.values()]
        self._shuffle(components)
        root, included = self._schema(), None
        if self.maybe(0.3) and len(components) > 1:
            included = self._schema()
            self._of(root, "include", schemaLocation=other)
            cut = self.rng.randrange(len(components))
            included.extend(components[cut:])
            components = components[:cut]
        root.extend(components)
        for one in (root, *([included] if included is not None else ())):
            self._decorate(one)
        return root, included

    def _schema(self) -> etree._Element:
        target = self.schema.target
        names: dict[str | None, str] = {self.prefix: XSD, **({"t": target} if target else {})}
        root = etree.Element(f"{{{XSD}}}schema", nsmap=names)
        if target:
            root.set("targetNamespace", target)
        root.set("elementFormDefault", "qualified")
        return root

    def _decorate(self, root: etree._Element) -> None:
        for node in [*root.iter("*")] if self.maybe(0.5) else []:
            if self.maybe(0.1):
                node.addprevious(etree.Comment(" as before ")) if node is not root else None
        if self.maybe(0.5):
            etree.indent(root, space=self.rng.choice(("\t", "  ", "")))

    def _shuffle(self, items: list[etree._Element]) -> None:
        if not self.is_plain:
            self.rng.shuffle(items)

    def _of(self, parent: etree._Element | None, kind: str, **own: object) -> etree._Element:
        tag, texts = f"{{{XSD}}}{kind}", {k: str(v) for k, v in own.items() if v is not None}
        if parent is None:
            return etree.Element(tag, texts)
        return etree.SubElement(parent, tag, texts)

    def _own(self, name: str) -> str:
        return f"t:{name}" if self.schema.target else name

    def _named(self, kind: str, node: etree._Element, key: int | None = None) -> str:
        """Make a component a global one; its name."""
        name = f"{kind}{len(self.globals)}"
        node.set("name", name)
        self.globals[f"{kind} {name}"] = node
        if key is not None:
            self.names[key] = name
        return self._own(name)

    # elements

    def element(self, made: Element) -> etree._Element:
        node = self._of(None, "element", name=made.name)
        node.set("nillable", "true") if made.is_nillable else None
        for name, text in (("default", made.default), ("fixed", made.fixed)):
            if text is not None:
                node.set(name, text)
        must = id(made) in self.shared
        if id(made.type) in self.names:
            node.set("type", self._own(self.names[id(made.type)]))
            return node
        inner = self.type(made.type)
        if isinstance(inner, str):
            node.set("type", inner)
        elif must or self.maybe():
            node.set("type", self._named("T", inner, id(made.type)))
        else:
            node.append(inner)
        return node

    def type(self, made: Simple | Complex) -> "etree._Element | str":
        return self.simple(made) if isinstance(made, Simple) else self.complex(made)

    def particle(self, made: Particle, parent: etree._Element) -> etree._Element:
        term = made.term
        if isinstance(term, Wildcard):
            node = self._of(None, "any", namespace=term.namespace, processContents=term.processing)
        elif isinstance(term, Element):
            node = self._declared(term)
        else:
            node = self._group(term)
        if made.low != 1 or self.maybe(0.2):
            node.set("minOccurs", str(made.low))
        if made.high != 1 or self.maybe(0.2):
            node.set("maxOccurs", "unbounded" if made.high is None else str(made.high))
        parent.append(node)
        return node

    def _declared(self, term: Element) -> etree._Element:
        is_free = self.tops.get(term.name, id(term)) == id(term)
        if self.no_globals or not is_free or not (term.name in self.tops or self.maybe(0.3)):
            return self.element(term)
        if term.name not in self.tops:
            self.tops[term.name] = id(term)
            self.globals[f"element {term.name}"] = self.element(term)
        return self._of(None, "element", ref=self._own(term.name))

    def _group(self, term: Group) -> etree._Element:
        node = self._of(None, term.kind)
        for part in term.parts:
            self.particle(part, node)
        if term.kind != "all" and self.maybe(0.15):  # grouped once more
            outer = self._of(None, "sequence")
            outer.append(node)
            node = outer
        if self.maybe(0.2) and term.kind != "all":
            holder = self._of(None, "group")
            holder.append(node)
            return self._of(None, "group", ref=self._named("G", holder))
        return node

    # types

    def complex(self, made: Complex) -> etree._Element:
        node = self._of(None, "complexType")
        if made.is_mixed:
            node.set("mixed", "true")
        holder = node
        if made.text is not None:
            content = self._of(node, "simpleContent")
            inner = self.simple(made.text)
            base = inner if isinstance(inner, str) else self._named("T", inner)
            holder = self._of(content, "extension", base=base)
        elif made.content is not None:
            self.particle(made.content, node)
        attributes = [self.attribute(one) for one in made.attributes]
        self._shuffle(attributes)
        if attributes and self.maybe(0.3):
            group = self._of(None, "attributeGroup")
            group.extend(attributes)
            self._of(holder, "attributeGroup", ref=self._named("A", group))
        else:
            holder.extend(attributes)
        return node

    def attribute(self, made: Attribute) -> etree._Element:
        node = self._of(None, "attribute", name=made.name, use=made.use)
        for name, text in (("default", made.default), ("fixed", made.fixed)):
            if text is not None:
                node.set(name, text)
        inner = self.simple(made.type)
        if isinstance(inner, str):
            node.set("type", inner)
        elif self.maybe():
            node.set("type", self._named("T", inner))
        else:
            node.append(inner)
        return node

    def simple(self, made: Simple) -> "etree._Element | str":
        """The type, or the name of one that exists."""
        at: etree._Element | str = f"{self.prefix}:{made.base}"
        if made.item is not None:
            at = self._of(None, "simpleType")
            self._refer(self._of(at, "list"), "itemType", self.simple(made.item))
        elif made.members:
            at = self._of(None, "simpleType")
            union = self._of(at, "union")
            named: list[str] = []
            for member in map(self.simple, made.members):
                # Members that are named come before those that are inline: name all.
                named.append(member if isinstance(member, str) else self._named("T", member))
            union.set("memberTypes", " ".join(named))
        for step in made.steps:
            derived = self._of(None, "simpleType")
            restriction = self._of(derived, "restriction")
            self._refer(restriction, "base", at)
            facets = [self._of(None, f, value=text) for f, texts in step.items() for text in texts]
            self._shuffle(facets)
            restriction.extend(facets)
            at = derived
        return at

    def _refer(self, node: etree._Element, name: str, to: "etree._Element | str") -> None:
        if isinstance(to, str):
            node.set(name, to)
        elif self.maybe():
            node.set(name, self._named("T", to))
        else:
            node.append(to)


def schema_of_texts(simple: Simple) -> etree.XMLSchema:
    """A compiled schema whose one element, `v`, has the type."""
    writer = _Writer(Drawn(Element("v", simple)), random.Random(0), is_plain=True)
    return etree.XMLSchema(writer.whole("")[0])
