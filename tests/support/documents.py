"""Random documents of an XML schema, and mutations of documents.

Two independent halves:

- `DocumentGenerator` reads a schema and draws documents that are valid against it. It knows
  nothing of a message: blocks, branches, occurrences and values all come from the schema.
- `mutate` changes one thing in a document and says which kind of change it was. It knows no schema,
  so the result may be valid or not.

Both draw from the `random.Random` they are given: the same seed gives the same bytes.
"""

import copy
import random
import re
import string
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree
from xmlschema.validators import XsdAnyElement

XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"

# --- patterns ------------------------------------------------------------------------------------

_SPACE = " \t\n"
_LETTERS = string.ascii_letters + "éüßÆñ"
_VISIBLE = string.digits + _LETTERS + "-_.,;:/()&<>'\"€漢😀"
_CLASSES = {
    "d": string.digits,
    "s": _SPACE,
    "S": _VISIBLE,
    "w": string.digits + _LETTERS,
    "n": "\n",
    "t": "\t",
    "p{L}": _LETTERS,
    "p{Lu}": string.ascii_uppercase,
    "p{Nd}": string.digits,
}
_MANY = 6  # upper bound that stands in for * and +


@dataclass(frozen=True)
class _Repeat:
    """An atom of a pattern: characters to choose from, or a nested pattern, and how often."""

    atom: "str | Pattern"
    low: int
    high: int

    def sample(self, rng: random.Random) -> str:
        times = rng.choice((self.low, self.high, rng.randint(self.low, self.high)))
        atom = self.atom
        if isinstance(atom, str):
            return "".join(rng.choice(atom) for _ in range(times))
        return "".join(atom.sample(rng) for _ in range(times))


@dataclass(frozen=True)
class Pattern:
    """A parsed XSD pattern: alternatives, each a sequence of repeated atoms."""

    alternatives: tuple[tuple[_Repeat, ...], ...]

    def sample(self, rng: random.Random) -> str:
        """A text that matches the pattern."""
        return "".join(part.sample(rng) for part in rng.choice(self.alternatives))


class _PatternParser:
    """Parser of the part of the XSD pattern language that needs no negation of classes."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def alternatives(self) -> Pattern:
        found = [self._sequence()]
        while self._take("|"):
            found.append(self._sequence())
        return Pattern(tuple(found))

    def _sequence(self) -> tuple[_Repeat, ...]:
        parts = []
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            parts.append(_Repeat(self._atom(), *self._quantifier()))
        return tuple(parts)

    def _atom(self) -> "str | Pattern":
        if self._take("("):
            inner = self.alternatives()
            self._expect(")")
            return inner
        if self._take("["):
            return self._class()
        if self._take("."):
            return _VISIBLE
        return self._character()

    def _class(self) -> str:
        if self._take("^"):
            raise ValueError(f"negated class in pattern {self._text!r}")
        found = ""
        while not self._take("]"):
            first = self._character()
            if len(first) == 1 and not self._text.startswith("-]", self._at) and self._take("-"):
                last = self._character()
                found += "".join(map(chr, range(ord(first), ord(last) + 1)))
            else:
                found += first
        return found

    def _character(self) -> str:
        if not self._take("\\"):
            self._at += 1
            return self._text[self._at - 1]
        escape = re.compile(r"p\{\w+\}|.").match(self._text, self._at)
        assert escape is not None
        self._at = escape.end()
        return _CLASSES.get(escape.group(), escape.group())

    def _quantifier(self) -> tuple[int, int]:
        for sign, bounds in (("?", (0, 1)), ("*", (0, _MANY)), ("+", (1, _MANY))):
            if self._take(sign):
                return bounds
        counted = re.compile(r"\{(\d+)(,?)(\d*)\}").match(self._text, self._at)
        if counted is None:
            return 1, 1
        self._at = counted.end()
        low, comma, high = counted.groups()
        if not comma:
            return int(low), int(low)
        return int(low), int(high) if high else int(low) + _MANY

    def _take(self, sign: str) -> bool:
        found = self._text.startswith(sign, self._at)
        self._at += len(sign) if found else 0
        return found

    def _expect(self, sign: str) -> None:
        if not self._take(sign):
            raise ValueError(f"{sign!r} expected at {self._at} of pattern {self._text!r}")


@cache
def parse_pattern(text: str) -> Pattern:
    """The pattern of an `xs:pattern` facet. Raises ValueError on a construct it does not know."""
    parser = _PatternParser(text)
    found = parser.alternatives()
    if parser._at != len(text):
        raise ValueError(f"unread rest of pattern {text!r}")
    return found


# --- values of simple types ----------------------------------------------------------------------

_TRIES = 200


@dataclass(frozen=True)
class Values:
    """The texts of a simple type.

    `builtin` is the built-in type it restricts (`integer`, `string`, `date`, ...), `facets` maps
    a facet name to its values, most derived first, and `accepts` decides on a text.
    """

    builtin: str
    facets: dict[str, list[str]]
    accepts: Callable[[str], bool]

    @cached_property
    def exist(self) -> bool:
        """Whether there is a text at all: a published pattern may contradict the type."""
        try:
            self.draw(random.Random(0))
        except ValueError:
            return False
        return True

    def draw(self, rng: random.Random) -> str:
        """A valid text: typical, on a bound, or an unusual spelling of the same value."""
        for _ in range(_TRIES):
            text = _spell(self._candidate(rng), self.builtin, rng)
            if self.accepts(text):
                return text
        raise ValueError(f"no value found for xs:{self.builtin} with {self.facets}")

    def _candidate(self, rng: random.Random) -> str:
        if "enumeration" in self.facets:
            return rng.choice(self.facets["enumeration"])
        pattern = self.facets.get("pattern", [""])[0]
        # Of \p{L} libxml2 knows fewer letters than xmlschema does: those of the sampler only.
        if pattern and (r"\p{" in pattern or rng.random() < 0.5):
            return parse_pattern(pattern).sample(rng)
        return _DRAWS[self.builtin](self, rng)

    def number(self, facet: str, default: int) -> int:
        """The value of a numeric facet, or `default` without that facet."""
        return int(self.facets[facet][0]) if facet in self.facets else default


def _draw_integer(values: Values, rng: random.Random) -> str:
    largest = 10 ** values.number("totalDigits", 18) - 1
    low = values.number("minInclusive", -largest)
    high = values.number("maxInclusive", largest)
    typical = rng.randint(low, high), rng.randrange(10 ** rng.randint(0, len(str(high))))
    number = rng.choice((low, low + 1, high - 1, high, 0, *typical))
    return str(number).zfill(rng.choice((0, values.number("totalDigits", 0))))


def _draw_boolean(_: Values, rng: random.Random) -> str:
    return rng.choice(("true", "false", "1", "0"))


def _draw_string(values: Values, rng: random.Random) -> str:
    low = values.number("length", values.number("minLength", 0))
    high = values.number("length", values.number("maxLength", low + 30))
    length = rng.choice((low, high, rng.randint(low, high), min(high, low + 8)))
    plain = string.ascii_uppercase + string.digits
    alphabet = rng.choice((plain, _VISIBLE + " ", _VISIBLE + _SPACE))
    return "".join(rng.choice(alphabet) for _ in range(length))


def _draw_date(values: Values, rng: random.Random) -> str:
    first = date.fromisoformat(values.facets.get("minInclusive", ["1900-01-01"])[0])
    leap_day, last = date(2024, 2, 29), date(2099, 12, 31)
    spread = first + timedelta(days=rng.randrange((last - first).days))
    return rng.choice((first, leap_day, last, spread, spread)).isoformat()


def _draw_year_month(_: Values, rng: random.Random) -> str:
    return f"{rng.randint(1900, 2099)}-{rng.randint(1, 12):02}"


def _draw_time(_: Values, rng: random.Random) -> str:
    second, thousandth = rng.choice((0, 59, rng.randrange(60))), rng.choice((0, 999, 120))
    return f"{rng.randrange(24):02}:{rng.randrange(60):02}:{second:02}.{thousandth:03}"


_DRAWS: dict[str, Callable[[Values, random.Random], str]] = {
    "integer": _draw_integer,
    "boolean": _draw_boolean,
    "string": _draw_string,
    "date": _draw_date,
    "gYearMonth": _draw_year_month,
    "time": _draw_time,
}


def _spell(text: str, builtin: str, rng: random.Random) -> str:
    """The same value, one time in five in another spelling (which the type may refuse)."""
    if builtin == "string" or rng.random() < 0.8:
        return text
    spellings = [f" {text}", f"{text}\n", f"\t {text} "]
    if builtin == "integer" and not text.startswith("-"):
        spellings += [f"+{text}", f"0{text}", f"000{text}", f"-{text}"]
    return rng.choice(spellings)


# --- the model of a schema -----------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    """A model group: `kind` is sequence or choice, `parts` its particles in order.

    A wildcard is a group without parts: its kind is `any` with the namespace and how it is judged.
    """

    kind: str
    parts: "tuple[Particle, ...]"


@dataclass(frozen=True)
class Element:
    """An element: either `values` (a leaf) or `content` (a block)."""

    name: str
    values: Values | None
    content: Group | None


@dataclass(frozen=True)
class Particle:
    """An element or a group with its occurrence; `high` is None when unbounded."""

    low: int
    high: int | None
    term: Element | Group


@cache
def read_element(xsd: Path, name: str) -> Element:
    """The model of the global element `name` of the schema file `xsd`, includes followed.

    For schemas without target namespace, attributes, mixed content and recursion.
    """
    schema = xmlschema.XMLSchema(xsd)
    return _element(schema.elements[name], {})


def reachable(model: Element) -> list[Element]:
    """The element and every element that can occur below it, each once."""
    found = {id(model): model}
    pending = [model]
    while pending:
        content = pending.pop().content
        for child in _children(content) if content is not None else ():
            if id(child) not in found:
                found[id(child)] = child
                pending.append(child)
    return list(found.values())


def _children(group: Group) -> Iterator[Element]:
    for part in group.parts:
        if part.high == 0:
            continue
        if isinstance(part.term, Element):
            yield part.term
        else:
            yield from _children(part.term)


_Seen = dict[tuple[str, int], Element]


def _element(declared: Any, seen: _Seen) -> Element:
    key = declared.name, id(declared.type)
    if key not in seen:
        simple = declared.type.is_simple()
        seen[key] = Element(
            declared.name,
            _values(declared.type) if simple else None,
            None if simple else _group(declared.type.content, seen),
        )
    return seen[key]


def _group(declared: Any, seen: _Seen) -> Group:
    if isinstance(declared, XsdAnyElement):
        return Group(f"any {declared.elem.get('namespace')} {declared.process_contents}", ())
    return Group(declared.model, tuple(_particle(part, seen) for part in declared))


def _particle(declared: Any, seen: _Seen) -> Particle:
    grouped = hasattr(declared, "model") or isinstance(declared, XsdAnyElement)
    build = _group if grouped else _element
    return Particle(declared.min_occurs, declared.max_occurs, build(declared, seen))


def _values(simple: Any) -> Values:
    facets: dict[str, list[str]] = {}
    step = simple
    while step.target_namespace != XSD:
        own: dict[str, list[str]] = {}
        for facet in step.elem.iter():
            if facet.get("value") is not None:
                own.setdefault(facet.tag.rpartition("}")[2], []).append(facet.get("value"))
        facets = own | facets
        step = step.base_type
    return Values(step.local_name, facets, simple.text_is_valid)


# --- the generator -------------------------------------------------------------------------------

ANYTHING = "Anything"
"""What is drawn where a schema admits any element."""

_FULL_REPEAT = 0.004  # how often a bounded repetition runs to its bound


class DocumentGenerator:
    """Random valid documents with the root element `root` of the schema file `xsd`."""

    def __init__(self, xsd: Path, root: str) -> None:
        self._root = read_element(xsd, root)

    def document(self, rng: random.Random) -> bytes:
        """One UTF-8 document: sparse, average or full, indented or not."""
        rich = rng.choice((0.1, 0.4, 0.7, 0.95))
        tree = _Draw(rng, rich).element(self._root)
        if rng.random() < 0.5:
            etree.indent(tree, space=rng.choice(("  ", "\t", "")))
        return _serialise(tree, declaration=rng.random() < 0.8)


@dataclass(frozen=True)
class _Draw:
    """The drawing of one document; `rich` is the probability of an optional part."""

    rng: random.Random
    rich: float

    def element(self, model: Element) -> etree._Element:
        drawn = etree.Element(model.name)
        if model.values is not None:
            drawn.text = model.values.draw(self.rng)
        elif model.content is not None:
            drawn.extend(self._group(model.content))
        return drawn

    def _group(self, group: Group) -> Iterator[etree._Element]:
        if group.kind.startswith("any"):
            yield self._anything()
        parts = [part for part in group.parts if self._can_occur(part)]
        for part in [self.rng.choice(parts)] if group.kind == "choice" else parts:
            for _ in range(self._times(part)):
                if isinstance(part.term, Element):
                    yield self.element(part.term)
                else:
                    yield from self._group(part.term)

    def _can_occur(self, part: Particle) -> bool:
        values = part.term.values if isinstance(part.term, Element) else None
        return part.high != 0 and (values is None or values.exist)

    def _anything(self) -> etree._Element:
        """An element that no schema knows, now and then with others inside."""
        drawn = etree.Element(ANYTHING)
        drawn.text = self.rng.choice((None, "", "1", "漢 &"))
        if self.rng.random() < 0.5:
            drawn.set("id", "1")
            drawn.append(self._anything())
        return drawn

    def _times(self, part: Particle) -> int:
        low, high = part.low, part.high
        if low == 0 and self.rng.random() > self.rich:
            return 0
        if high is not None and self.rng.random() < _FULL_REPEAT:
            return high
        wanted = max(1, low) + self.rng.choice((0, 0, 0, 1, 2))
        return wanted if high is None else min(wanted, high)


def _serialise(root: etree._Element, *, declaration: bool = False) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=declaration, encoding="UTF-8")


# --- mutations: choosing places ------------------------------------------------------------------


class NoPlaceError(Exception):
    """The document has no element that a mutation could change."""


@dataclass(frozen=True)
class Draft:
    """A document under change: its parsed root, another document, and the source of chance."""

    root: etree._Element
    donor: etree._Element
    rng: random.Random

    def pick(self, wanted: Callable[[etree._Element], bool]) -> etree._Element:
        """A wanted element; rare names are as likely as frequent ones."""
        return _pick([node for node in self.root.iter("*") if wanted(node)], self.rng)

    def leaf(self) -> etree._Element:
        return self.pick(_is_leaf)

    def block(self) -> etree._Element:
        return self.pick(_is_block)

    def inner(self) -> etree._Element:
        """Any element below the root."""
        return self.pick(lambda node: node is not self.root)

    def name(self) -> str:
        """The name of some element of either document."""
        nodes = (*self.root.iter("*"), *self.donor.iter("*"))
        return self.rng.choice(sorted({_tag(node) for node in nodes}))

    def write(self) -> bytes:
        return _serialise(self.root)


Mutation = Callable[[Draft], bytes]
"""Changes the draft and gives the changed document, or raises NoPlaceError."""


def _pick(nodes: Sequence[etree._Element], rng: random.Random) -> etree._Element:
    if not nodes:
        raise NoPlaceError
    name = rng.choice(sorted({_tag(node) for node in nodes}))
    return rng.choice([node for node in nodes if _tag(node) == name])


def _tag(node: etree._Element) -> str:
    return str(node.tag)


def _is_leaf(node: etree._Element) -> bool:
    return len(node) == 0


def _is_block(node: etree._Element) -> bool:
    return len(node) > 0


def _parent(node: etree._Element) -> etree._Element:
    parent = node.getparent()
    assert parent is not None
    return parent


# --- mutations: structure ------------------------------------------------------------------------


def _swap_order(draft: Draft) -> bytes:
    block = draft.pick(lambda node: len(node) > 1)
    at = draft.rng.randrange(len(block) - 1)
    block.insert(at, block[at + 1])
    return draft.write()


def _duplicate(draft: Draft, *, times: Sequence[int] = (1,)) -> bytes:
    node = draft.inner()
    for _ in range(draft.rng.choice(times)):
        node.addnext(copy.deepcopy(node))
    return draft.write()


def _repeat_many(draft: Draft) -> bytes:
    return _duplicate(draft, times=(2, 3, 97, 98, 99, 100))


def _delete(draft: Draft) -> bytes:
    node = draft.inner()
    _parent(node).remove(node)
    return draft.write()


def _missing_mandatory(draft: Draft) -> bytes:
    """Remove the first child of a block, which most schemas require."""
    block = draft.block()
    block.remove(block[0])
    return draft.write()


def _unknown_element(draft: Draft) -> bytes:
    block = draft.block()
    added = etree.Element(draft.rng.choice(("Unknown", "WorkerName", "remun", "SIS", draft.name())))
    added.text = draft.rng.choice(("1", None))
    block.insert(draft.rng.randint(0, len(block)), added)
    return draft.write()


def _rename(draft: Draft) -> bytes:
    node = draft.inner()
    tag = _tag(node)
    node.tag = draft.rng.choice((draft.name(), draft.name(), tag.lower(), f"{tag}s", f"_{tag}"))
    return draft.write()


def _move(draft: Draft) -> bytes:
    node = draft.inner()
    below = set(node.iter("*"))
    target = draft.pick(lambda other: len(other) > 0 and other not in below)
    target.insert(draft.rng.randint(0, len(target)), node)
    return draft.write()


def _extra_choice_branch(draft: Draft) -> bytes:
    """Add a child that the same block has in the other document but not here."""
    block = draft.block()
    present = {_tag(child) for child in block}
    twins = draft.donor.iter(_tag(block))
    others = [child for twin in twins for child in twin if _tag(child) not in present]
    added = copy.deepcopy(_pick(others, draft.rng))
    last, anywhere = len(block), draft.rng.randint(0, len(block))
    block.insert(draft.rng.choice((last, anywhere)), added)
    return draft.write()


def _replace_by_donor(draft: Draft) -> bytes:
    """Replace an element by one with the same name from the other document."""
    node = draft.inner()
    twin = _pick(list(draft.donor.iter(_tag(node))), draft.rng)
    _parent(node).replace(node, copy.deepcopy(twin))
    return draft.write()


def _other_root(draft: Draft) -> bytes:
    return _serialise(copy.deepcopy(draft.inner()))


def _duplicate_form(draft: Draft) -> bytes:
    form = draft.root[draft.rng.randrange(len(draft.root))]
    draft.root.append(copy.deepcopy(form))
    return draft.write()


def _nested_form(draft: Draft) -> bytes:
    form = draft.root[0]
    form.append(copy.deepcopy(form))
    return draft.write()


def _element_in_leaf(draft: Draft) -> bytes:
    leaf = draft.leaf()
    etree.SubElement(leaf, draft.name())
    return draft.write()


# --- mutations: values ---------------------------------------------------------------------------


def _value_mutation(texts: Callable[[str], Sequence[str]]) -> Mutation:
    """The mutation that replaces the text of a leaf by one of `texts(old text)`."""

    def change(draft: Draft) -> bytes:
        leaf = draft.leaf()
        leaf.text = draft.rng.choice(texts(leaf.text or ""))
        return draft.write()

    return change


def _out_of_bounds(text: str) -> Sequence[str]:
    nines = "9" * max(1, len(text.strip()))
    return ("-1", "0", "00", "1", "10", nines, f"{nines}9", f"1{nines}", "9" * 30, "1900-01-01")


def _too_long(text: str) -> Sequence[str]:
    longer = f"{text}1", f"{text}X", f"{text}{text}X", f"00{text}", f"{text} "
    return (*longer, "X" * 21, "X" * 43, "X" * 101)


def _bad_pattern(text: str) -> Sequence[str]:
    marks = text.replace("-", "/"), text.replace(".", ","), text.replace(",", ".")
    added = f"{text}Z", f"{text}+01:00", f"+{text}", f"-{text}"
    return (text[1:], text[:-1], text.lstrip("0"), text.lower(), *marks, *added)


def _bad_enumeration(text: str) -> Sequence[str]:
    numbers = "7", "9", "42", "00", "01", "002", f"{text[:1]}0"
    return (*numbers, "Z", "E", "DMFB", "dmfa", "RE", "")


def _wrong_type(_: str) -> Sequence[str]:
    numbers = "1.0", "1e3", "\uff11\uff12", "1 000", "--1", "INF"
    return (*numbers, "abc", "true", "2022-02-30", "2022-13", "24:00:00.000")


def _whitespace_around(text: str) -> Sequence[str]:
    ordinary = f" {text}", f"{text} ", f"\n\t{text}\n", f"{text}\r"
    return (*ordinary, f"\u00a0{text}", text.replace("-", "- "))


def _empty_element(draft: Draft) -> bytes:
    return _with_markup(draft, draft.leaf(), "")


def _self_closing(draft: Draft) -> bytes:
    node = draft.inner()
    node.text = None
    del node[:]
    return draft.write()


def _text_in_block(draft: Draft) -> bytes:
    block = draft.block()
    block[draft.rng.randrange(len(block))].tail = draft.rng.choice(("x", " 0 ", "\u00a0"))
    return draft.write()


def _whitespace_in_block(draft: Draft) -> bytes:
    block = draft.block()
    block[draft.rng.randrange(len(block))].tail = draft.rng.choice((" ", "\n\n", "\t", "\r\n"))
    return draft.write()


# --- mutations: attributes -----------------------------------------------------------------------


def _attribute(draft: Draft, name: str, value: str) -> bytes:
    node = draft.pick(lambda _: True)
    node.set(name, value)
    return _with_prefixes(draft)


def _with_prefixes(draft: Draft) -> bytes:
    """The document with the usual prefixes declared at its root."""
    prefixes: dict[str | None, str] = {"xsi": XSI, "xs": XSD}
    etree.cleanup_namespaces(draft.root, top_nsmap=prefixes, keep_ns_prefixes=["xs"])
    return draft.write()


def _unknown_attribute(draft: Draft) -> bytes:
    names = ("id", "type", "lang", f"{{{XSI}}}unknown", "{urn:other}id", f"{{{XSD}}}base")
    return _attribute(draft, draft.rng.choice(names), "1")


def _xsi_type_own(draft: Draft) -> bytes:
    """Name the type that an element of this name would have: `Remun` gets `RemunType`."""
    node = draft.pick(lambda _: True) if draft.rng.random() < 0.2 else draft.block()
    node.set(f"{{{XSI}}}type", f"{_tag(node)}Type")
    return _with_prefixes(draft)


def _xsi_type_other(draft: Draft) -> bytes:
    return _attribute(draft, f"{{{XSI}}}type", f"{draft.name()}Type")


def _xsi_type_builtin(draft: Draft) -> bytes:
    names = ("integer", "string", "date", "int", "anyType", "anySimpleType", "positiveInteger")
    return _attribute(draft, f"{{{XSI}}}type", f"xs:{draft.rng.choice(names)}")


def _xsi_type_unknown(draft: Draft) -> bytes:
    names = ("NoSuchType", "other:RemunType", "", "Flag", "Date", "Code3", "xs:noSuchType")
    return _attribute(draft, f"{{{XSI}}}type", draft.rng.choice(names))


def _xsi_nil(draft: Draft) -> bytes:
    value = draft.rng.choice(("true", "false", "1", "0", "maybe"))
    return _attribute(draft, f"{{{XSI}}}nil", value)


def _xsi_schema_location(draft: Draft) -> bytes:
    name = draft.rng.choice(("noNamespaceSchemaLocation", "schemaLocation"))
    value = draft.rng.choice(("DmfAOriginal_20223.xsd", "urn:other other.xsd", "", "missing.xsd"))
    return _attribute(draft, f"{{{XSI}}}{name}", value)


# --- mutations: spelling of the markup -----------------------------------------------------------

_MARK = "\ue000"


def _with_markup(draft: Draft, leaf: etree._Element, markup: str, doctype: str = "") -> bytes:
    """The document with raw `markup` as content of `leaf`, after a `doctype`."""
    leaf.text = _MARK
    return doctype.encode() + draft.write().replace(_MARK.encode(), markup.encode())


def _plain(text: str) -> str:
    """Text without the characters that are markup."""
    return re.sub(r"[<>&\]\"%]", "x", text)


def _comment(draft: Draft) -> bytes:
    return _insert_between(draft, "<!-- a > b & c -->")


def _processing_instruction(draft: Draft) -> bytes:
    return _insert_between(draft, "<?target some data?>")


def _insert_between(draft: Draft, markup: str) -> bytes:
    """Put markup inside the text of a leaf, between two elements, or before or after the root."""
    place = draft.rng.choice(("leaf", "leaf", "block", "prolog", "epilog"))
    if place == "prolog":
        return markup.encode() + draft.write()
    if place == "epilog":
        return draft.write() + markup.encode()
    node = draft.leaf() if place == "leaf" else draft.block()
    text = node.text or ""
    cut = draft.rng.randint(0, len(text))
    return _with_markup(draft, node, f"{_plain(text[:cut])}{markup}{_plain(text[cut:])}")


def _cdata(draft: Draft) -> bytes:
    node = draft.leaf() if draft.rng.random() < 0.8 else draft.block()
    text = _plain(node.text or "")
    cut = draft.rng.randint(0, len(text))
    return _with_markup(draft, node, f"{text[:cut]}<![CDATA[{text[cut:]}]]>")


def _character_reference(draft: Draft) -> bytes:
    leaf = draft.leaf()
    form = draft.rng.choice(("&#{};", "&#x{:x};"))
    added = draft.rng.choice(("", "", "", "&#10;", "&#13;", "&#160;"))
    return _with_markup(draft, leaf, "".join(form.format(ord(c)) for c in leaf.text or "") + added)


def _entity_reference(draft: Draft) -> bytes:
    leaf = draft.leaf()
    text = _plain(leaf.text or "")
    if draft.rng.random() < 0.3:
        return _with_markup(draft, leaf, f"{text}&amp;")
    doctype = f'<!DOCTYPE {_tag(draft.root)} [<!ENTITY whole "{text}">]>'
    return _with_markup(draft, leaf, "&whole;", doctype)


def _prefixed_element(draft: Draft) -> bytes:
    node = draft.pick(lambda _: True)
    node.tag = f"{{urn:other}}{_tag(node)}"
    return draft.write()


def _namespace_at_root(draft: Draft) -> bytes:
    """Declare a namespace at the root: a default one, none at all, or a prefix nobody uses."""
    declared = draft.rng.choice(('xmlns="urn:other"', 'xmlns=""', 'xmlns:unused="urn:other"'))
    start = f"<{_tag(draft.root)}".encode()
    return draft.write().replace(start, start + b" " + declared.encode(), 1)


def _default_namespace_inside(draft: Draft) -> bytes:
    start = re.compile(f"<{re.escape(_tag(draft.inner()))}(?=[\\s/>])".encode())
    return start.sub(lambda found: found.group() + b' xmlns="urn:other"', draft.write(), count=1)


def _other_encoding(draft: Draft) -> bytes:
    encoding = draft.rng.choice(("UTF-16", "ISO-8859-1", "US-ASCII", "UTF-8"))
    if encoding == "UTF-8":
        return b"\xef\xbb\xbf" + draft.write()
    return etree.tostring(draft.root, xml_declaration=True, encoding=encoding)


MUTATIONS: tuple[tuple[str, Mutation], ...] = (
    ("swap order", _swap_order),
    ("duplicate", _duplicate),
    ("repeat many", _repeat_many),
    ("delete", _delete),
    ("missing mandatory", _missing_mandatory),
    ("unknown element", _unknown_element),
    ("rename", _rename),
    ("move", _move),
    ("extra choice branch", _extra_choice_branch),
    ("replace by donor", _replace_by_donor),
    ("other root", _other_root),
    ("duplicate form", _duplicate_form),
    ("nested form", _nested_form),
    ("element in leaf", _element_in_leaf),
    ("out of bounds", _value_mutation(_out_of_bounds)),
    ("too long", _value_mutation(_too_long)),
    ("bad pattern", _value_mutation(_bad_pattern)),
    ("bad enumeration", _value_mutation(_bad_enumeration)),
    ("wrong type", _value_mutation(_wrong_type)),
    ("whitespace around value", _value_mutation(_whitespace_around)),
    ("empty element", _empty_element),
    ("self-closing", _self_closing),
    ("text in block", _text_in_block),
    ("whitespace in block", _whitespace_in_block),
    ("unknown attribute", _unknown_attribute),
    ("xsi:type own", _xsi_type_own),
    ("xsi:type other", _xsi_type_other),
    ("xsi:type built-in", _xsi_type_builtin),
    ("xsi:type unknown", _xsi_type_unknown),
    ("xsi:nil", _xsi_nil),
    ("xsi:schemaLocation", _xsi_schema_location),
    ("comment", _comment),
    ("processing instruction", _processing_instruction),
    ("CDATA", _cdata),
    ("character reference", _character_reference),
    ("entity reference", _entity_reference),
    ("prefixed element", _prefixed_element),
    ("namespace at root", _namespace_at_root),
    ("default namespace inside", _default_namespace_inside),
    ("other encoding", _other_encoding),
)
"""The classes of mutation, in a fixed order: (name, function)."""


def mutate(document: bytes, rng: random.Random, donor: bytes | None = None) -> tuple[bytes, str]:
    """One random change of a well-formed document without DOCTYPE.

    Returns the changed bytes, well-formed again, and the name of the class of change (a first
    member of `MUTATIONS`). `donor` is another document of the same kind, from which elements may
    be taken that this one lacks. A class that finds no place in the document is passed over.
    """
    while True:
        name, change = rng.choice(MUTATIONS)
        root = etree.fromstring(document)
        other = root if donor is None else etree.fromstring(donor)
        with suppress(NoPlaceError):
            return change(Draft(root, other, rng)), name
