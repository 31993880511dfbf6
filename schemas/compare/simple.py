"""Simple types as plain data, and whether a text is one of their values.

Plain, so that a comparison can ask "and if only this facet were as before?". The built-in types
are xmlschema's; the last word on a document is libxml2's (``schemas.compare.proof``).
"""

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from schemas.compare.builtin import (
    LONGEST,
    Bound,
    builtin,
    is_address,
    lexical_of,
    primitive_of,
    size_of,
    value_of,
)
from schemas.compare.language import Leaf as CharacterLeaf
from schemas.compare.language import Term, choice, repeat
from schemas.compare.pattern import ANY, PatternError, of_text, parse


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
        return primitive_of(self.base)

    @cached_property
    def plain(self) -> "Simple":
        """The same without what means nothing: names, and the order of values and patterns."""
        return replace(
            self,
            name=None,
            enumeration=tuple(sorted(self.enumeration)),
            patterns=tuple(tuple(sorted(step)) for step in self.patterns),
            item=self.item and self.item.plain,
            members=tuple(member.plain for member in self.members),
        )

    @cached_property
    def listed(self) -> frozenset[Any]:
        """The enumeration as values."""
        return frozenset(map(self.value, self.literals))

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """The enumeration without texts that are no value: ``" a"`` where space is collapsed, but
        the type that was restricted keeps it."""
        if self.variety != "atomic" or self.primitive != "string":
            return self.enumeration
        return tuple(text for text in self.enumeration if text == self.normalised(text))

    @cached_property
    def admitted(self) -> tuple[str, ...]:
        """The values of the enumeration that the other facets admit. Patterns judge how a value is
        written: 099 may be listed where only 99 is admitted."""
        free = self if self.primitive == "string" else replace(self, patterns=())
        return tuple(text for text in self.enumeration if free.accepts(text))

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
            return is_address(text)
        lexical = lexical_of(self.base)  # xmlschema takes "1 2" for a decimal number
        if lexical is not None and not _admits((lexical,), text):
            return False
        try:
            return bool(builtin(self.base).text_is_valid(text))
        except OverflowError:
            return False

    def can_judge(self, text: str) -> bool:
        """Whether ``accepts`` knows: not of years beyond what the libraries count to."""
        if self.variety != "atomic":
            return all(one.can_judge(text) for one in (*self.members, self.item) if one)
        try:
            builtin(self.base).text_is_valid(self.normalised(text))
        except OverflowError:
            return False
        return True

    def _matches(self, text: str) -> bool:
        return all(_admits(step, text) for step in self.patterns)

    def _is_long_enough(self, text: str) -> bool:
        if (self.length, self.min_length, self.max_length) == (None, None, None):
            return True
        size = len(text.split()) if self.variety == "list" else size_of(self.base, text)
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
        lexical = lexical_of(self.base)
        if lexical is not None:
            found.append(parse(lexical))
        if self.enumeration and self.primitive == "string":
            found.append(choice(of_text(text) for text in self.literals))
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
