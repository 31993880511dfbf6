"""Texts near what the facets of a simple type say, and which of them the type admits."""

import random
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from documents import parse_pattern
from drawn import Simple
from lxml import etree
from written import schema_of_texts

USUAL = (
    *(
        "",
        "A",
        "B",
        "a",
        "b",
        "AB",
        "ab",
        "abc",
        "0",
        "1",
        "2",
        "9",
        "10",
        "12",
        "99",
        "100",
        "007",
    ),
    *(
        "-1",
        "-0",
        "+1",
        "1.5",
        "0.05",
        "1.0",
        ".5",
        "12.34",
        "1e3",
        "INF",
        "NaN",
        "a b",
        " a",
        "A ",
    ),
    *(
        "true",
        "false",
        "00",
        "0A0b",
        "AAAA",
        "en",
        "x-y",
        "é",
        "a:b",
        "-a",
        "2000-01-01",
        "2000-02-29",
    ),
    *("1999-12-31", "2000-01-01Z", "2000-01-01T00:00:00", "12:00:00", "2000", "2000-01", "--02-29"),
    *(
        "P1D",
        "PT24H",
        "P1M",
        "1 2",
        "1 2 3",
        "A B",
        "true 1",
        "a\tb",
        "a\nb",
        "²",
        "128",
        "-129",
        "256",
    ),
)
LARGEST = 130


def texts_near(simple: Simple) -> set[str]:
    """Texts on both sides of what the facets of a type say."""
    found = set(USUAL)
    for facets in simple.steps:
        for facet, texts in facets.items():
            for text in texts:
                found.update(_near(facet, text))
    for member in (*simple.members, *([simple.item] if simple.item else ())):
        found |= texts_near(member)
    if simple.item is not None:
        items = sorted(found)[::7]
        found.update(" ".join([item] * size) for item in items for size in (1, 2, 3, 4, 8))
    return found


def _near(facet: str, text: str) -> Iterator[str]:
    if facet == "pattern":
        rng = random.Random(text)
        with suppress(ValueError):
            yield from (parse_pattern(text).sample(rng) for _ in range(12))
    elif facet in ("length", "minLength", "maxLength"):
        sizes = (n for n in range(int(text) - 1, int(text) + 2) if 0 <= n <= LARGEST)
        yield from (letter * n for n in sizes for letter in ("A", "1", "a", "00", "é", "AAAA"))
    elif facet in ("totalDigits", "fractionDigits"):
        for n in range(int(text) + 2):
            yield from (
                "9" * n,
                "1" + "0" * n,
                "0." + "0" * n + "1",
                "0." + "1" * n,
                "5" * n + ".5",
            )
    elif facet != "whiteSpace":
        yield from _around(text)


def _around(text: str) -> Iterator[str]:
    yield text
    yield from (f" {text}", f"{text} ", text.replace(" ", "  "), text.strip(), text.swapcase())
    with suppress(InvalidOperation):
        number = Decimal(text)
        steps = map(Decimal, ("1", "-1", "0.1", "-0.1", "0.01", "-0.01"))
        yield from (f"{number + step:f}" for step in steps)
        yield from (f"0{text}", f"+{text}", f"{text}.0", f"{text}0", text.lstrip("0"))
    if re.match(r"\d{4}", text):  # the next and the one before of what ends in a number
        for at in re.finditer(r"\d+", text):
            for step in (-1, 1):
                other = str(int(at.group()) + step).zfill(len(at.group()))
                yield text[: at.start()] + other + text[at.end() :]
        yield from (f"{text}Z", f"{text}+01:00", f"{text}-05:00")


@dataclass
class Texts:
    """Which texts a type admits, says libxml2."""

    known: dict[str, etree.XMLSchema] = field(default_factory=dict)

    def admits(self, simple: Simple, text: str) -> bool:
        key = repr(simple)
        if key not in self.known:
            self.known[key] = schema_of_texts(simple)
        root = etree.Element("v")
        root.text = text
        try:
            return bool(self.known[key].validate(root))
        except etree.XMLSchemaValidateError:  # libxml2 fails on some facets of booleans
            return False


@dataclass(frozen=True)
class Pool:
    """Texts that one type admits: with another one, and alone; and some that it does not."""

    both: Sequence[str]
    alone: Sequence[str]
    neither: Sequence[str]

    def draw(self, rng: random.Random) -> str:
        chance = rng.random()
        usual = self.alone if self.alone and chance < 0.2 else self.both or self.alone
        wanted = self.neither if chance > 0.985 else usual
        return rng.choice(wanted or usual or self.neither)
