"""Patterns that most likely say something else than their author meant.

They are read as text: a suspicion is about how a pattern is written, not about what it admits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, label_of
from schemas.model import XSD

_TOKEN = re.compile(
    r"(?P<escape>\\(?:[pP]\{[^}]*\}|.))"
    r"|(?P<bracket>\[(?:\\.|[^\]\\])*\])"
    r"|(?P<times>\{[^}]*\}|[?*+])"
    r"|(?P<plain>.)",
    re.DOTALL,
)
_DIGITS = re.compile(r"\\d|\[0-9\]|\d")


@dataclass(frozen=True, slots=True)
class Token:
    """``kind``: escape, bracket (a character class), times (how often), plain."""

    kind: str
    text: str


def tokens(pattern: str) -> list[Token]:
    return [Token(str(m.lastgroup), m.group()) for m in _TOKEN.finditer(pattern)]


def suspicious_patterns(subject: Subject) -> Iterator[Finding]:
    for source in subject.sources.files:
        for element in source.root.iter(XSD + "pattern"):
            yield from _in_pattern(subject, element, element.get("value", ""))


def _in_pattern(subject: Subject, element: etree._Element, pattern: str) -> Iterator[Finding]:
    for message, advice in dict.fromkeys(suspicions(pattern)):
        yield subject.finding(
            Rule.SUSPICIOUS_PATTERN,
            element,
            f"{label_of(element)}: in pattern {pattern}, {message}",
            advice,
        )


def suspicions(pattern: str) -> Iterator[tuple[str, str]]:
    """What looks wrong in a pattern, each with what to write instead."""
    parts = tokens(pattern)
    yield from _anchors(parts)
    yield from _dots(parts)
    yield from _spaces(pattern)
    for token in parts:
        if token.kind == "bracket":
            yield from _bracket(token.text)


def _anchors(parts: list[Token]) -> Iterator[tuple[str, str]]:
    for index, sign in ((0, "^"), (-1, "$")):
        if parts and parts[index] == Token("plain", sign):
            yield (
                f"{sign} is an ordinary character: a value has to contain it",
                f"Leave {sign} out: a pattern of XML Schema is always about the whole value.",
            )


def _dots(parts: list[Token]) -> Iterator[tuple[str, str]]:
    """A dot that stands between digits, alone or in brackets of its own."""
    bare = [p for p in parts if p.kind != "times" and p.text not in ("(", ")")]
    for before, dot, behind in zip(bare, bare[1:], bare[2:], strict=False):
        if dot == Token("plain", ".") and _is_digit(before) and _is_digit(behind):
            yield (
                "the dot stands for any character, a digit or a letter too",
                r"Write \. where a point is meant.",
            )


def _is_digit(token: Token) -> bool:
    return _DIGITS.fullmatch(token.text) is not None


def _spaces(pattern: str) -> Iterator[tuple[str, str]]:
    if pattern != pattern.strip() or re.search(r" \||\| ", pattern):
        yield (
            "spaces at an end or beside | belong to the value",
            "Leave them out, or write them as [ ] if they are meant.",
        )


def _bracket(text: str) -> Iterator[tuple[str, str]]:
    inside = text[1:-1].removeprefix("^")
    if "\\" in inside or "[" in inside:
        return
    for sign in "|,":
        if re.fullmatch(rf"\w(?:-\w)?(?:[{sign}]\w(?:-\w)?)+", inside):
            without = text.replace(sign, "")
            yield (
                f"{text} also admits the character {sign}",
                f"Write {without}: between square brackets every character is one of the choices.",
            )
    for low, high in re.findall(r"([A-Za-z])-([A-Za-z])", inside):
        if low.isupper() != high.isupper():
            yield (
                f"{low}-{high} also admits what stands between upper and lower case: [ \\ ] ^ _ `",
                "Write A-Za-z.",
            )
    repeated = _repeated(inside)
    if repeated or (re.fullmatch(r"\d+-\d+", inside) and len(inside) > len("1-9")):
        yield (
            f"{text} is one character{f', and has {repeated} twice' if repeated else ''}",
            "Between square brackets stand single characters, not numbers: write (10|11|12), say.",
        )


def _repeated(inside: str) -> str | None:
    """A character that a class contains twice, by itself or in a range."""
    seen: set[str] = set()
    for low, high in re.findall(r"(.)(?:-(.))?", inside, re.DOTALL):
        points = {chr(point) for point in range(ord(low), ord(high or low) + 1)}
        twice = sorted(points & seen)
        if twice:
            return twice[0]
        seen |= points
    return None
