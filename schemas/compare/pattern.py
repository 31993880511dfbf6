"""Patterns of XSD as regular languages.

The syntax of a pattern is XSD's own (appendix F of XML Schema part 2), not Python's: it has no
anchors, subtracts classes, and knows ``\\i`` and ``\\c``. What a class contains is elementpath's to
say, which has the tables of Unicode.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from schemas.compare.language import Leaf, Term, choice, repeat, sequence

_XML = ((0x9, 0xB), (0xD, 0xE), (0x20, 0xD800), (0xE000, 0xFFFE), (0x10000, 0x110000))
_NICE = "0123456789AaBbZz XY-_.,:/+'()"
Ranges = tuple[tuple[int, int], ...]


class PatternError(ValueError):
    """A pattern that is not one of XSD; says where."""


@dataclass(frozen=True)
class Characters:
    """A set of characters: ranges [from, to) in order."""

    ranges: Ranges

    def __contains__(self, symbol: object) -> bool:
        if not isinstance(symbol, str):
            return False
        point = ord(symbol)
        at = bisect_right(self.ranges, (point, 0x110001)) - 1
        return at >= 0 and self.ranges[at][0] <= point < self.ranges[at][1]

    def without(self, other: "Characters") -> "Characters":
        return Characters(tuple(_minus(self.ranges, other.ranges)))


def _minus(ranges: Ranges, taken: Ranges) -> Iterator[tuple[int, int]]:
    for low, high in ranges:
        at = low
        for from_, to in taken:
            if to <= at or from_ >= high:
                continue
            if from_ > at:
                yield at, from_
            at = max(at, to)
        if at < high:
            yield at, high


def _merged(ranges: Iterable[tuple[int, int]]) -> Ranges:
    merged: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(high, merged[-1][1]))
        else:
            merged.append((low, high))
    return tuple(merged)


ANY = Characters(_XML)
"""Every character that XML admits."""
_DOT = ANY.without(Characters(((0xA, 0xB), (0xD, 0xE))))


def of_text(text: str) -> Term:
    """The language of one text."""
    return sequence([Leaf(Characters(((ord(c), ord(c) + 1),))) for c in text])


@cache
def parse(pattern: str) -> Term:
    """The language of a pattern. Raises ``PatternError``."""
    parser = _Parser(pattern)
    try:
        found = parser.alternatives()
    except (IndexError, ValueError) as error:
        raise PatternError(f"{pattern}: {error}") from error
    if parser.at != len(pattern):
        raise PatternError(f"{pattern}: not understood from character {parser.at + 1}")
    return found


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def alternatives(self) -> Term:
        found = [self._branch()]
        while self._take("|"):
            found.append(self._branch())
        return choice(found)

    def _branch(self) -> Term:
        pieces: list[Term] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            atom = self._atom()
            pieces.append(repeat(atom, *self._quantifier()))
        return sequence(pieces)

    def _atom(self) -> Term:
        if self._take("("):
            inner = self.alternatives()
            if not self._take(")"):
                raise ValueError(f"no closing bracket at character {self.at + 1}")
            return inner
        if self._take("["):
            return Leaf(self._class())
        if self._take("."):
            return Leaf(_DOT)
        if self.text[self.at] in "?*+{}]":
            raise ValueError(f"nothing to repeat at character {self.at + 1}")
        return Leaf(_class_of(self._character()))

    def _class(self) -> Characters:
        negated = self._take("^")
        start, subtracted = self.at, None
        while not self._take("]"):
            if self.text.startswith("-[", self.at):
                end = self.at
                self.at += 2
                subtracted = self._class()
                if not self._take("]"):
                    raise ValueError("a class goes on behind what is taken from it")
                break
            self._character()
        else:
            end = self.at - 1
        found = _class_of(self.text[start:end])
        if negated:
            found = ANY.without(found)
        return found if subtracted is None else found.without(subtracted)

    def _character(self) -> str:
        start = self.at
        if not self._take("\\"):
            self.at += 1
            return self.text[start : self.at]
        self.at += 1
        if self.text[self.at - 1] in "pP":
            self.at = self.text.index("}", self.at) + 1
        return self.text[start : self.at]

    def _quantifier(self) -> tuple[int, int | None]:
        for sign, bounds in _SIGNS.items():
            if self._take(sign):
                return bounds
        if not self._take("{"):
            return 1, 1
        end = self.text.index("}", self.at)
        low, comma, high = self.text[self.at : end].partition(",")
        self.at = end + 1
        if not comma:
            return int(low), int(low)
        return int(low), int(high) if high else None

    def _take(self, sign: str) -> bool:
        found = self.text.startswith(sign, self.at)
        self.at += len(sign) if found else 0
        return found


_SIGNS: dict[str, tuple[int, int | None]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}


@cache
def _class_of(text: str) -> Characters:
    """The characters of what stands between square brackets."""
    from elementpath.regex import CharacterClass, RegexError  # slow, and seldom needed

    try:
        found = CharacterClass(text)
    except RegexError as error:
        raise ValueError(str(error)) from error
    # elementpath keeps escapes such as \D apart, as what they do not contain.
    points = _merged((low, high) for low, high in _pairs(found.positive))
    negative = tuple(_pairs(found.negative))
    if negative:
        points = _merged((*points, *ANY.without(Characters(_merged(negative))).ranges))
    return Characters(tuple(_minus(_XML, tuple(_minus(_XML, points)))))


def _pairs(subset: object) -> Iterator[tuple[int, int]]:
    for item in subset.codepoints:  # type: ignore[attr-defined]
        yield (item, item + 1) if isinstance(item, int) else item


def alphabet(terms: Iterable[Term]) -> Sequence[str]:
    """One character for each group of characters that the terms do not tell apart, a pleasant one
    where there is a choice."""
    sets = {leaf.symbols for term in terms for leaf in term.leaves()}
    classes = [symbols for symbols in sets if isinstance(symbols, Characters)]
    edges = sorted({edge for one in (*classes, ANY) for pair in one.ranges for edge in pair})
    # The pleasant ones go first, so that a group is represented by one of them.
    found: dict[tuple[bool, ...], str] = {}
    for character in (*_NICE, *(chr(edge) for edge in edges if edge < 0x110000)):
        if character in ANY:
            found.setdefault(tuple(character in one for one in classes), character)
    return list(found.values())
