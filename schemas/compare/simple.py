"""Simple types as plain data, and whether a text is one of their values.

Plain, so that a comparison can ask "and if only this facet were as before?". The built-in types
are xmlschema's; the last word on a document is libxml2's (``schemas.compare.proof``).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property
from math import isnan
from typing import Any

from lxml import etree

from schemas.compare.language import Leaf as CharacterLeaf
from schemas.compare.language import Term, choice, repeat
from schemas.compare.pattern import ANY, PatternError, of_text, parse

XSD = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True)
class Bound:
    """A limit of the values as it is written: ``text``, inclusive or not."""

    text: str
    inclusive: bool = True

    def __str__(self) -> str:
        return self.text if self.inclusive else f"{self.text} (exclusive)"


@dataclass(frozen=True)
class Simple:
    """What a simple type admits. ``variety``: atomic, list or union.

    ``base`` is the built-in type that an atomic one derives from. ``patterns``: of each derivation
    step its alternatives; a text matches one of every step. Facets of all steps are put together.
    """

    variety: str
    base: str
    whitespace: str
    name: str | None = None
    enumeration: tuple[str, ...] = ()
    patterns: tuple[tuple[str, ...], ...] = ()
    minimum: Bound | None = None
    maximum: Bound | None = None
    length: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    total_digits: int | None = None
    fraction_digits: int | None = None
    item: "Simple | None" = None
    members: tuple["Simple", ...] = ()

    @cached_property
    def primitive(self) -> str:
        """The primitive type below the built-in one: ``decimal`` of ``int``."""
        return _primitive(self.base)

    @cached_property
    def listed(self) -> frozenset[Any]:
        """The enumeration as values."""
        return frozenset(map(self.value, self.enumeration))

    @cached_property
    def admitted(self) -> tuple[str, ...]:
        """The values of the enumeration that the other facets admit."""
        return tuple(text for text in self.enumeration if self.accepts(text))

    def value(self, text: str) -> Any:
        """A text as what compares equal when the values are: 01 and 1 of a number."""
        text = self.normalised(text)
        if self.variety == "list":
            assert self.item is not None
            return tuple(self.item.value(part) for part in text.split())
        if self.variety == "union":
            member = next((one for one in self.members if one.accepts(text)), None)
            return text if member is None else member.value(text)
        return value_of(self.base, text)

    def normalised(self, text: str) -> str:
        if self.variety == "union":  # white space is what the member makes of it that admits it
            member = next((one for one in self.members if one.accepts(text)), None)
            return text if member is None else member.normalised(text)
        if self.whitespace == "preserve":
            return text
        text = re.sub("[\t\n\r]", " ", text)
        return re.sub(" +", " ", text).strip(" ") if self.whitespace == "collapse" else text

    def accepts(self, text: str) -> bool:
        """Whether a text is valid."""
        text = self.normalised(text)
        if not self._is_of_base(text) or not self._matches(text):
            return False
        if self.enumeration and self.value(text) not in self.listed:
            return False
        return self._is_long_enough(text) and self._is_within(text) and self._has_digits(text)

    def _is_of_base(self, text: str) -> bool:
        if self.variety == "list":
            assert self.item is not None
            return all(self.item.accepts(part) for part in text.split())
        if self.variety == "union":
            return any(member.accepts(text) for member in self.members)
        if self.primitive == "anyURI":
            return _is_address(text)
        try:
            return bool(_builtin(self.base).text_is_valid(text))
        except OverflowError:
            return False

    def can_judge(self, text: str) -> bool:
        """Whether ``accepts`` knows: not of years beyond what the libraries count to."""
        if self.variety != "atomic":
            return all(one.can_judge(text) for one in (*self.members, self.item) if one)
        try:
            _builtin(self.base).text_is_valid(self.normalised(text))
        except OverflowError:
            return False
        return True

    def _matches(self, text: str) -> bool:
        return all(_admits(step, text) for step in self.patterns)

    def _is_long_enough(self, text: str) -> bool:
        if (self.length, self.min_length, self.max_length) == (None, None, None):
            return True
        size = len(text.split()) if self.variety == "list" else _size(self.base, text)
        exact = self.length is None or size == self.length
        return exact and size >= (self.min_length or 0) and not _above(size, self.max_length)

    def _is_within(self, text: str) -> bool:
        if self.minimum is None and self.maximum is None:
            return True
        value = self.value(text)
        return is_above(self, value, self.minimum) and is_below(self, value, self.maximum)

    def _has_digits(self, text: str) -> bool:
        if self.total_digits is None and self.fraction_digits is None:
            return True
        whole, _, decimals = text.lstrip("+-").partition(".")
        fraction = len(decimals.rstrip("0"))
        total = max(1, len(whole.lstrip("0")) + fraction)
        return not _above(total, self.total_digits) and not _above(fraction, self.fraction_digits)

    @cached_property
    def language(self) -> tuple[Term, ...]:
        """Languages that admit every valid text between them, white space normalised: of the base,
        of the patterns, of the lengths. Bounds and digits are not in them, nor lengths that
        are long; of other than atomic types only the patterns."""
        try:
            found = [_matching(step) for step in self.patterns]
        except PatternError:
            return ()
        if self.variety != "atomic":
            return tuple(found)
        lexical = next((LEXICAL[base] for base in ancestors(self.base) if base in LEXICAL), None)
        if lexical:
            found.append(parse(lexical))
        if self.enumeration and self.primitive == "string":
            found.append(choice(of_text(text) for text in self.enumeration))
        low, high = self.lengths
        if self.is_text and (low, high) != (0, None) and max(low, high or 0) <= LONGEST:
            found.append(repeat(CharacterLeaf(ANY), low, high))
        return tuple(found)

    @property
    def is_text(self) -> bool:
        """Whether its length is a number of characters."""
        return self.variety == "atomic" and self.primitive in ("string", "anyURI")

    @property
    def lengths(self) -> tuple[int, int | None]:
        if self.length is not None:
            return self.length, self.length
        return self.min_length or 0, self.max_length


def _above(size: int, most: int | None) -> bool:
    return most is not None and size > most


def is_above(simple: Simple, value: Any, bound: Bound | None) -> bool:
    """Whether a value keeps to a minimum."""
    if bound is None:
        return True
    limit = simple.value(bound.text)
    return bool(value >= limit) if bound.inclusive else bool(value > limit)


def is_below(simple: Simple, value: Any, bound: Bound | None) -> bool:
    """Whether a value keeps to a maximum."""
    if bound is None:
        return True
    limit = simple.value(bound.text)
    return bool(value <= limit) if bound.inclusive else bool(value < limit)


def value_of(base: str, text: str) -> Any:
    """A text of a built-in type as a value that compares; the text itself when it has no order."""
    primitive = _primitive(base)
    try:
        if primitive == "decimal":
            return Decimal(text)
        if primitive in ("float", "double"):
            number = float(text.replace("INF", "inf"))
            return _NOT_A_NUMBER if isnan(number) else number
        if primitive == "boolean":
            return text in ("true", "1")
        if primitive in _ORDERED:
            return _builtin(primitive).python_type.fromstring(text)
    except (ValueError, ArithmeticError):
        return text
    if primitive == "base64Binary":
        return "".join(text.split())
    return text.lower() if primitive == "hexBinary" else text


_NOT_A_NUMBER = float("nan")
"""Equal to itself in sets and tuples, as it is in an enumeration."""

LONGEST = 2_000
"""The longest text that a language counts characters of; beyond it lengths are compared as numbers.
"""

ZONED = frozenset(
    ("date", "time", "dateTime", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay")
)
"""Types whose values may have a time zone."""
_ORDERED = ZONED | {"duration"}

LEXICAL = {
    "integer": r"[+\-]?[0-9]+",
    "nonNegativeInteger": r"\+?[0-9]+|-0+",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "float": r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF|NaN",
    "double": r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+\-]?[0-9]+)?|-?INF|NaN",
    "decimal": r"[+\-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "boolean": r"true|false|0|1",
    "date": r"-?[0-9]{4,}-[01][0-9]-[0-3][0-9](Z|[+\-][01][0-9]:[0-5][0-9])?",
    "gYearMonth": r"-?[0-9]{4,}-[01][0-9](Z|[+\-][01][0-9]:[0-5][0-9])?",
    "gYear": r"-?[0-9]{4,}(Z|[+\-][01][0-9]:[0-5][0-9])?",
    "time": r"[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]+)?(Z|[+\-][01][0-9]:[0-5][0-9])?",
    "language": r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "NMTOKEN": r"\c+",
    "Name": r"\i\c*",
    "NCName": r"[\i-[:]][\c-[:]]*",
    "hexBinary": r"([0-9a-fA-F]{2})*",
}
"""What texts of a built-in type look like. Those in ``EXACT`` look like nothing else."""

EXACT = frozenset(set(LEXICAL) - {"date", "gYearMonth", "gYear", "time"})
PLAIN = frozenset(("string", "normalizedString", "token", "anySimpleType"))
"""Built-in types that admit any text; white space is another matter."""


def _is_address(text: str) -> bool:
    """Whether libxml2 takes a text for an anyURI; xmlschema takes more."""
    node = etree.Element("a")
    try:
        node.text = text
    except ValueError:
        return False
    return bool(_addresses().validate(node))


@cache
def _addresses() -> etree.XMLSchema:
    schema = etree.Element(f"{XSD}schema", nsmap={"xs": XSD[1:-1]})
    etree.SubElement(schema, f"{XSD}element", name="a", type="xs:anyURI")
    return etree.XMLSchema(schema)


def _size(base: str, text: str) -> int:
    if _primitive(base) == "hexBinary":
        return len(text) // 2
    if _primitive(base) == "base64Binary":
        import base64

        return len(base64.b64decode(text))
    return len(text)


@cache
def _builtins() -> dict[str, Any]:
    import xmlschema  # a fifth of a second, that most commands do not need

    return dict(xmlschema.XMLSchema.builtin_types())


def _builtin(name: str) -> Any:
    return _builtins()[name]


@cache
def _primitive(base: str) -> str:
    if base in ("anySimpleType", "anyAtomicType"):
        return base
    primitive = _builtin(base).primitive_type
    return base if primitive is None else str(primitive.local_name)


@cache
def ancestors(base: str) -> tuple[str, ...]:
    """A built-in type and those that it derives from, up to ``anySimpleType``."""
    found, step = [], _builtin(base)
    while step is not None and step.local_name not in (None, "anyType"):
        found.append(str(step.local_name))
        step = step.base_type
    return (*found, "anySimpleType") if "anySimpleType" not in found else tuple(found)


@cache
def builtin_bounds(base: str) -> tuple[Bound, ...]:
    """The limits that a built-in type has by itself: those of ``int``."""
    return (*builtin_limits(base, True), *builtin_limits(base, False))


@cache
def builtin_limits(base: str, low: bool) -> tuple[Bound, ...]:
    """The lower, or the upper, of them."""
    facets = _builtin(base).facets if base != "anySimpleType" else {}
    named = ((str(name).rpartition("}")[2], facet) for name, facet in facets.items())
    side = "minimum" if low else "maximum"
    return tuple(
        Bound(str(f.value), _BOUNDS[n][1])
        for n, f in named
        if n in _BOUNDS and _BOUNDS[n][0] == side
    )


@cache
def builtin_whitespace(base: str) -> str:
    return (
        "preserve"
        if base in ("string", "anySimpleType")
        else _builtin(base).white_space or ("collapse")
    )


@cache
def _matching(alternatives: tuple[str, ...]) -> Term:
    return choice(parse(pattern) for pattern in alternatives)


@cache
def _expression(alternatives: tuple[str, ...]) -> "re.Pattern[str] | None":
    from elementpath.regex import translate_pattern

    translated = (translate_pattern(p, back_references=False, anchors=False) for p in alternatives)
    try:
        return re.compile("|".join(f"(?:{text})" for text in translated))
    except re.error:
        return None


def _admits(alternatives: tuple[str, ...], text: str) -> bool:
    expression = _expression(alternatives)
    return expression is None or expression.fullmatch(text) is not None


def facets_of(xsd: Any) -> Iterator[Any]:
    """The facets that a derivation step writes down itself, as XML elements."""
    element = xsd.elem
    if element is None:
        return
    restriction = element if element.tag == f"{XSD}restriction" else None
    if restriction is None:  # its own, not that of a type inside of it
        paths = (f"{XSD}restriction", f"{XSD}simpleContent/{XSD}restriction")
        restriction = next((r for path in paths for r in element.findall(path)), None)
    for child in restriction if restriction is not None else ():
        if isinstance(child.tag, str) and child.get("value") is not None:
            yield child


def steps(xsd: Any) -> Iterable[Any]:
    """A type and those that it restricts, down to a built-in one, a list or a union."""
    while xsd is not None and not str(xsd.name or "").startswith(XSD):
        if xsd.is_complex():
            xsd = xsd.content
            continue
        yield xsd
        if type(xsd).__name__ in ("XsdList", "XsdUnion"):
            return
        xsd = xsd.base_type


def read_simple(xsd: Any) -> Simple:
    """A simple type (or the simple content of a complex one) of xmlschema as plain data."""
    if xsd.is_complex():
        xsd = xsd.content
    chain = list(steps(xsd))
    last = chain[-1] if chain else xsd
    name = xsd.name if xsd.name and not xsd.name.startswith(XSD) else None
    facets = _collected(chain)
    if xsd.is_list() or xsd.is_union():
        return _compound(xsd, last, name, facets)
    base = last if str(last.name or "").startswith(XSD) else last.base_type
    while base.local_name is None or not str(base.name).startswith(XSD):
        base = base.base_type if not base.is_complex() else base.content
    builtin = str(base.local_name)
    facets.setdefault("whitespace", builtin_whitespace(builtin))
    return Simple("atomic", builtin, name=name, **facets)


def _compound(xsd: Any, last: Any, name: str | None, facets: dict[str, Any]) -> Simple:
    facets["whitespace"] = "preserve" if xsd.is_union() else "collapse"
    while type(last).__name__ == "XsdAtomicRestriction":
        last = last.base_type
    if xsd.is_list():
        if not hasattr(last, "item_type"):  # a built-in list such as NMTOKENS
            last = last.base_type if last.base_type is not None else last
        item = getattr(last, "item_type", None)
        read = read_simple(item) if item is not None else None
        return Simple("list", "anySimpleType", name=name, item=read, **facets)
    members = tuple(read_simple(member) for member in last.member_types)
    return Simple("union", "anySimpleType", name=name, members=members, **facets)


def _collected(chain: list[Any]) -> dict[str, Any]:
    """The facets of all steps, the most derived first: it is the narrowest."""
    found: dict[str, Any] = {}
    patterns: list[tuple[str, ...]] = []
    for step in chain:
        here: dict[str, list[str]] = {}
        for facet in facets_of(step):
            here.setdefault(facet.tag.rpartition("}")[2], []).append(facet.get("value"))
        if "pattern" in here:
            patterns.append(tuple(here.pop("pattern")))
        if "enumeration" in here:
            found.setdefault("enumeration", tuple(here.pop("enumeration")))
        for name, texts in here.items():
            if name in _BOUNDS:
                field, inclusive = _BOUNDS[name]
                found.setdefault(field, Bound(texts[0].strip(), inclusive))
            elif name in _NUMBERS:
                found.setdefault(_NUMBERS[name], int(texts[0]))
            elif name == "whiteSpace":
                found.setdefault("whitespace", texts[0])
    if patterns:
        found["patterns"] = tuple(patterns)
    return found


_BOUNDS = {
    "minInclusive": ("minimum", True),
    "minExclusive": ("minimum", False),
    "maxInclusive": ("maximum", True),
    "maxExclusive": ("maximum", False),
}
_NUMBERS = {
    "length": "length",
    "minLength": "min_length",
    "maxLength": "max_length",
    "totalDigits": "total_digits",
    "fractionDigits": "fraction_digits",
}
