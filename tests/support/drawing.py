"""Random small schemas."""

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from drawn import (
    Attribute,
    Complex,
    Drawn,
    Element,
    Group,
    Particle,
    Simple,
    Wildcard,
    leaves,
    text_of,
)
from drawn_texts import Texts, texts_near
from lxml import etree
from written import schema_of_texts

TEXTS = ("string", "string", "normalizedString", "token", "NMTOKEN", "language", "anyURI", "Name")
NUMBERS = (
    *("integer", "integer", "decimal", "decimal", "nonNegativeInteger", "positiveInteger"),
    *("int", "byte", "unsignedByte", "negativeInteger", "long"),
)
TIMES = ("date", "date", "gYear", "gYearMonth", "dateTime", "time", "gMonthDay", "duration")
OTHERS = ("boolean", "boolean", "hexBinary", "base64Binary", "float", "double")

_BOUNDS = {
    "date": ("2000-01-01", "2000-02-29", "2021-12-31", "1999-12-31", "2022-01-01", "2000-01-01Z"),
    "gYear": ("2000", "2001", "1999", "2022"),
    "gYearMonth": ("2000-01", "2000-02", "1999-12", "2022-06"),
    "dateTime": ("2000-01-01T00:00:00", "2000-01-01T12:00:00", "1999-12-31T23:59:59"),
    "time": ("00:00:00", "12:00:00", "23:59:59", "12:00:00.5"),
    "gMonthDay": ("--01-01", "--02-29", "--12-31"),
    "duration": ("P1D", "P2D", "PT24H", "P1M", "P1Y", "P12M"),
    "float": ("0", "1.5", "-1", "10", "1E2", "INF"),
    "double": ("0", "1.5", "-1", "10", "1E2"),
}
_PATTERNS_OF_TEXTS = (
    *("[0-9]*", "[0-9]{2}", "[0-9]{1,3}", r"\d{2,4}", "[a-c]+", "[a-c]{0,2}", "A|B|AB", "A|B"),
    *("[A-Z][0-9]", "[A-C]?[0-9]{0,2}", "(ab|cd)*", "(a|b){2}", ".*", ".{0,3}", ".{1,2}", "a b?"),
    *("[a-z0-9]*", "[a-z]*[0-9]?", "0[0-9]|1[0-2]", "0*[1-9]", "(0|1)(,(0|1))*", "A?B?", r"\S+"),
    *("[a-c-[b]]", r"\w{1,2}", "[^0-9]{1,2}", r"\s?a", r"\i\c*", "(A{2}){1,2}", "A{2,4}", ""),
)
_PATTERNS_OF_NUMBERS = (
    *("[0-9]*", "[0-9]{2}", "[0-9]{1,3}", r"\d{2,4}", "-?[0-9]+", "0|1|2", "0[0-9]|1[0-2]"),
    *(r"[0-9]+(\.[0-9]{1,2})?", "[1-9][0-9]*", r"\d*0", r"[0-9]{1,2}\.[0-9]{2}", r"\+?\d+"),
)
_PATTERNS_OF_OTHERS = (
    ".*",
    "[0-9Tt].*",
    "true|false",
    "0|1",
    ".{1,10}",
    "[0-9-]+",
    ".*[0-9]",
    "..",
)
_WORDS = ("A", "B", "AB", "a", "b", "1", "01", "12", "007", "a b", "x-y", "en", "", " a", "abc")


@dataclass(frozen=True)
class Drawing:
    """Draws schemas and parts of them from a source of chance."""

    rng: random.Random

    def chance(self, of: float) -> bool:
        return self.rng.random() < of

    # simple types

    def simple(self, depth: int = 1) -> Simple:
        """A type that has values: facets that contradict each other are drawn again."""
        while True:
            found = self._simple(depth)
            with suppress(etree.XMLSchemaParseError):
                texts = Texts()
                if any(texts.admits(found, text) for text in texts_near(found)):
                    return found

    def _simple(self, depth: int) -> Simple:
        if depth and self.chance(0.06):
            return Simple("list", self._maybe("list"), item=self.simple(0))
        if depth and self.chance(0.06):
            members = [self.simple(0) for _ in range(self.rng.randint(1, 3))]
            return Simple("union", self._maybe("union"), members=members)
        family = self.rng.choice((TEXTS, TEXTS, NUMBERS, NUMBERS, TIMES, OTHERS))
        base = self.rng.choice(family)
        steps = [self.step(base) for _ in range(self.rng.choice((0, 1, 1, 1, 2)))]
        for step in steps[1:]:  # whether values that were listed before have other spaces, then?
            step.pop("whiteSpace", None)
        return Simple(base, steps)

    def _maybe(self, base: str) -> list[dict[str, list[str]]]:
        return [self.step(base)] if self.chance(0.4) else []

    def step(self, base: str) -> dict[str, list[str]]:
        names = self.facets(base)
        count = min(len(names), self.rng.choice((1, 1, 1, 2, 3)))
        return {name: self.values(base, name) for name in self.rng.sample(names, count)}

    def facets(self, base: str) -> Sequence[str]:
        sizes = ("length", "minLength", "maxLength", "minLength", "maxLength")
        if base == "list":
            return "length", "minLength", "maxLength", "enumeration"
        if base == "union":
            return "enumeration", "pattern"
        if base == "boolean":
            return ("pattern",)
        if base in TEXTS:
            spaces = ("whiteSpace",) if base in ("string", "normalizedString", "token") else ()
            return tuple(dict.fromkeys((*sizes, "pattern", "enumeration", *spaces)))
        if base in ("hexBinary", "base64Binary"):
            return "length", "minLength", "maxLength", "enumeration"
        low = self.rng.choice(("minInclusive", "minExclusive"))
        high = self.rng.choice(("maxInclusive", "maxExclusive"))
        if base not in NUMBERS:
            return low, high, "enumeration", "pattern"
        digits = ("totalDigits", "fractionDigits") if base == "decimal" else ("totalDigits",)
        return low, high, *digits, "enumeration", "pattern"

    def values(self, base: str, facet: str) -> list[str]:
        choose = self.rng.choice
        if facet == "whiteSpace":
            return [choose(("preserve", "replace", "collapse"))]
        if facet == "fractionDigits":
            return [str(choose((0, 1, 2, 3)))]
        if facet == "totalDigits":
            return [str(choose((1, 2, 3, 4, 5)))]
        if facet in ("length", "minLength", "maxLength"):
            return [str(choose((0, 1, 1, 2, 2, 3, 4, 8, 120)))]
        if facet == "pattern":
            return self._some(self._patterns(base), choose((1, 1, 2)))
        if facet == "enumeration":
            return self._some([self.value(base) for _ in range(8)], choose((1, 2, 3, 4)))
        return [self.value(base)]

    def _some(self, texts: Sequence[str], count: int) -> list[str]:
        distinct = list(dict.fromkeys(texts))
        return self.rng.sample(distinct, min(count, len(distinct)))

    @staticmethod
    def _patterns(base: str) -> Sequence[str]:
        if base in NUMBERS:
            return _PATTERNS_OF_NUMBERS
        return _PATTERNS_OF_TEXTS if base in (*TEXTS, "union") else _PATTERNS_OF_OTHERS

    def value(self, base: str) -> str:
        """A text that a facet or a default may have."""
        choose = self.rng.choice
        if base in _BOUNDS:
            return choose(_BOUNDS[base])
        if base == "boolean":
            return choose(("true", "false", "0", "1"))
        if base in ("hexBinary", "base64Binary"):
            return choose(("", "00", "0A0b", "0a0B", "AAAA", "AAAAAAAA", "0aff"))
        if base in ("list", "union"):
            return choose((*_WORDS, "1 2", "A B", "01 02", "2000-01-01", "true"))
        if base not in NUMBERS:
            return choose(_WORDS)
        number = str(choose((0, 1, 2, 5, 9, 10, 12, 99, 100, 127, 999, self.rng.randint(0, 1500))))
        sign = choose(("", "", "", "-"))
        spelled = choose((number, number, number, f"0{number}"))
        fraction = choose(("", "", ".5", ".50", ".05", ".0")) if base == "decimal" else ""
        return sign + spelled + fraction

    # content

    def occurs(self, large: float = 0.12) -> tuple[int, int | None]:
        """``large``: how often a count is, if it is not one."""
        if self.chance(0.5):
            return 1, 1
        usual = ((0, 1), (0, 1), (0, None), (1, None), (0, 0), (2, 3), (0, 5), (3, 3), (0, 2))
        many = (
            (0, 120),
            (1, 150),
            (100, 100),
            (0, 101),
            (99, 105),
            (51, 51),
            (60, 60),
            (102, 102),
        )
        return self.rng.choice(many if self.chance(large) else usual)

    def element(self, depth: int, names: Sequence[str]) -> Element:
        made = Element(self.rng.choice(names), self.type(depth))
        made.is_nillable = self.chance(0.1)
        simple = text_of(made)
        if simple is not None and self.chance(0.1):
            constant = self.constant(simple)
            made.default, made.fixed = self.rng.choice(((constant, None), (None, constant)))
        return made

    def constant(self, simple: Simple) -> str | None:
        """A default or a fixed value of a type, if one is found."""
        schema = schema_of_texts(simple)
        for _ in range(8):
            root = etree.Element("v")
            root.text = self.value(simple.base)
            if schema.validate(root):
                return root.text
        return None

    def type(self, depth: int) -> Simple | Complex:
        if depth == 0 or self.chance(0.45):
            return self.simple()
        made = Complex(attributes=self.attributes())
        if self.chance(0.15):
            made.text = self.simple()
        elif self.chance(0.93):
            made.content = self.content(depth)
            made.is_mixed = self.chance(0.07)
        return made

    def attributes(self) -> list[Attribute]:
        names = self.rng.sample("pqrs", self.rng.choice((0, 0, 0, 1, 2)))
        return [self.attribute(name) for name in names]

    def attribute(self, name: str) -> Attribute:
        made = Attribute(name, self.simple(), self.rng.choice(("optional", "optional", "required")))
        if self.chance(0.15):
            made.fixed = self.constant(made.type)
        elif made.use == "optional" and self.chance(0.1):
            made.default = self.constant(made.type)
        return made

    def content(self, depth: int) -> Particle:
        names = list("abcdefgh")
        self.rng.shuffle(names)
        if self.chance(0.12):
            parts = [self.leaf(depth, [names.pop()]) for _ in range(self.rng.randint(1, 4))]
            for part in parts:
                part.low, part.high = self.rng.choice(((0, 1), (1, 1), (1, 1), (0, 0)))
            return Particle(self.rng.choice((0, 1)), 1, Group("all", parts))
        made = self.group(depth, names, 2)
        made.low, made.high = self.occurs(0.02) if self.chance(0.2) else (1, 1)
        if self.chance(0.25):
            self.repeat_a_name(made)
        return made

    def group(self, depth: int, names: list[str], nested: int) -> Particle:
        parts: list[Particle] = []
        for _ in range(self.rng.choice((1, 2, 2, 3, 4))):
            if nested and self.chance(0.3):
                parts.append(self.group(depth, names, nested - 1))
            elif self.chance(0.03):
                parts.append(Particle(*self.occurs(), self.wildcard()))
            elif names:
                parts.append(self.leaf(depth, [names.pop()]))
        kind = self.rng.choice(("sequence", "sequence", "choice"))
        return Particle(*self.occurs(0.02), Group(kind, parts))

    def leaf(self, depth: int, names: Sequence[str]) -> Particle:
        return Particle(*self.occurs(), self.element(depth - 1, names))

    def wildcard(self) -> Wildcard:
        spaces = ("##any", "##other", "##local", "urn:other", "##targetNamespace")
        return Wildcard(self.rng.choice(spaces), self.rng.choice(("lax", "skip", "strict")))

    def repeat_a_name(self, content: Particle) -> None:
        """Let an element stand at a second place of the same content model."""
        found = [one for one in leaves(content) if isinstance(one.term, Element)]
        if len(found) > 1:
            one, other = self.rng.sample(found, 2)
            other.term = one.term

    def schema(self) -> Drawn:
        root = Element("R", Complex(self.content(2), attributes=self.attributes()))
        return Drawn(root, self.rng.choice((None, None, "urn:drawn")))
