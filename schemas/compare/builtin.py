"""The built-in types of XSD: what their texts look like, and the values that these stand for."""

from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from math import isnan
from typing import Any

from lxml import etree

from schemas.model import XSD


@dataclass(frozen=True)
class Bound:
    """A limit of the values as it is written: ``text``, inclusive or not."""

    text: str
    inclusive: bool = True

    def __str__(self) -> str:
        return self.text if self.inclusive else f"{self.text} (exclusive)"


def value_of(base: str, text: str) -> Any:
    """A text of a built-in type as a value that compares; the text itself when it has no order."""
    primitive = primitive_of(base)
    try:
        if primitive == "decimal":
            return Decimal(text)
        if primitive in ("float", "double"):
            number = float(text.replace("INF", "inf"))
            return _NOT_A_NUMBER if isnan(number) else number
        if primitive == "boolean":
            return text in ("true", "1")
        if primitive in _ORDERED:
            return builtin(primitive).python_type.fromstring(text)
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


def is_address(text: str) -> bool:
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


def size_of(base: str, text: str) -> int:
    if primitive_of(base) == "hexBinary":
        return len(text) // 2
    if primitive_of(base) == "base64Binary":
        import base64

        return len(base64.b64decode(text))
    return len(text)


@cache
def _builtins() -> dict[str, Any]:
    import xmlschema  # a fifth of a second, that most commands do not need

    return dict(xmlschema.XMLSchema.builtin_types())


def builtin(name: str) -> Any:
    return _builtins()[name]


@cache
def primitive_of(base: str) -> str:
    if base in ("anySimpleType", "anyAtomicType"):
        return base
    primitive = builtin(base).primitive_type
    return base if primitive is None else str(primitive.local_name)


@cache
def ancestors(base: str) -> tuple[str, ...]:
    """A built-in type and those that it derives from, up to ``anySimpleType``."""
    found, step = [], builtin(base)
    while step is not None and step.local_name not in (None, "anyType"):
        found.append(str(step.local_name))
        step = step.base_type
    return (*found, "anySimpleType") if "anySimpleType" not in found else tuple(found)


@cache
def lexical_of(base: str) -> str | None:
    """The pattern of what texts of a built-in type look like, where one is known."""
    return next((LEXICAL[one] for one in ancestors(base) if one in LEXICAL), None)


@cache
def builtin_bounds(base: str) -> tuple[Bound, ...]:
    """The limits that a built-in type has by itself: those of ``int``."""
    return (*builtin_limits(base, True), *builtin_limits(base, False))


@cache
def builtin_limits(base: str, low: bool) -> tuple[Bound, ...]:
    """The lower, or the upper, of them; that of ``unsignedByte`` is ``nonNegativeInteger``'s."""
    side = "minimum" if low else "maximum"
    for step in ancestors(base):
        facets = builtin(step).facets if step != "anySimpleType" else {}
        named = ((str(name).rpartition("}")[2], facet) for name, facet in facets.items())
        own = [(BOUNDS[name], facet) for name, facet in named if name in BOUNDS]
        found = tuple(Bound(str(f.value), within) for (at, within), f in own if at == side)
        if found:
            return found
    return ()


@cache
def builtin_whitespace(base: str) -> str:
    return (
        "preserve"
        if base in ("string", "anySimpleType")
        else builtin(base).white_space or ("collapse")
    )


BOUNDS = {
    "minInclusive": ("minimum", True),
    "minExclusive": ("minimum", False),
    "maxInclusive": ("maximum", True),
    "maxExclusive": ("maximum", False),
}
