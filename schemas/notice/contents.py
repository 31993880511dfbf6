"""How often a thing occurs and what a zone may contain, in words."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from schemas.model import Facets
from schemas.notice.markup import Markup
from schemas.notice.texts import NUMBER, Texts

MOST_CODES = 40
"""So many codes of one zone are named, at most."""
_OCCURS = re.compile(r"(\d+)(?:\.\.(\d+|\*|unbounded))?")
_USES = {"required": (1, 1), "optional": (0, 1), "prohibited": (0, 0)}
_EXCLUSIVE = re.compile(r"(.*) \(exclusive\)")
_DIGITS = re.compile(r"(?:\\d|\[0-9\])\{(\d+)\}")
_MOMENT = re.compile(r"\d{4}-\d\d")
_DATE = r"\d{4}-\d{2}-\d{2}"
_NINES = 5
"""From so many nines on a highest value says no more than how many digits there are."""
_WHOLE = (
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger"
    " negativeInteger unsignedLong unsignedInt unsignedShort unsignedByte"
)
_TYPES: dict[str, str] = {
    **dict.fromkeys(_WHOLE.split(), "whole_number"),
    **dict.fromkeys(("decimal", "float", "double"), "number"),
    **dict.fromkeys(("hexBinary", "base64Binary"), "binary"),
    "boolean": "boolean",
    "date": "date",
    "dateTime": "moment",
    "time": "time",
    "gYear": "year",
    "gYearMonth": "year_month",
    "gMonth": "month",
    "gMonthDay": "month_day",
    "gDay": "day",
    "duration": "duration",
    "anyURI": "address",
}
"""Words for built-in types; the others are text."""


class Contents:
    """Words for occurrences and values in one language and markup."""

    def __init__(self, texts: Texts, markup: Markup) -> None:
        self.texts = texts
        self.markup = markup

    def presence(
        self, low: int, high: int | None, is_chosen: bool = False, *, in_table: bool = False
    ) -> str:
        """Whether and how often something occurs; ``high`` None: without end."""
        say = self.texts.say
        if high == 0:
            return say("presence", "never")
        form = "choice" if is_chosen else "mandatory" if low else "optional"
        word = say("presence_in_table" if in_table else "presence", form)
        times = self._times(low, high)
        return say("presence", "also", presence=word, times=times) if times else word

    def occurrence(self, text: str | None) -> str:
        """The same of an occurrence as a difference tells it: ``0..1``, ``required``."""
        occurs = occurrence_of(text)
        return self.markup.code(text or "") if occurs is None else self.presence(*occurs)

    def codes(self, codes: Sequence[str], how: str = "last") -> str:
        told = [self.markup.code(code) for code in codes[:MOST_CODES]]
        if len(codes) > MOST_CODES:
            told.append(self.texts.say("lists", "more", n=str(len(codes) - MOST_CODES)))
            how = "last"
        return self.texts.joined(told, how)

    def bound(self, text: str) -> str:
        """A limit: numbers and days as the language writes them."""
        exclusive = _EXCLUSIVE.fullmatch(text)
        value = exclusive[1] if exclusive else text
        told = self._value(value)
        if exclusive is None:
            return told
        return f"{told} ({self.texts.say('content', 'exclusive', value=told)})"

    def type(self, base: str) -> str:
        return self.texts.say("types", _TYPES.get(base, "text"))

    def content(self, facets: Facets) -> str:
        """What a zone may contain: kind of value, codes, limits, length, form."""
        codes = facets.enumeration
        if codes:
            return self.texts.say_of(
                len(codes), "content", "codes", codes=self.codes(codes, "choice")
            )
        told = [self.type(facets.base), *self._limits(facets), *self._length(facets)]
        if facets.patterns and (form := self._form(facets)):
            told.append(form)
        return ", ".join(told)

    def pattern(self, pattern: str) -> str:
        """Numbers of digits in words, other patterns as they are."""
        return self._digit_counts(pattern) or self.markup.code(pattern)

    def _form(self, facets: Facets) -> str:
        pattern = "|".join(facets.patterns)
        if pattern == _DATE:
            return "" if facets.base == "date" else self.texts.say("content", "like_a_date")
        digits = self._digit_counts(pattern)
        return digits or self.texts.say("content", "pattern", pattern=self.markup.code(pattern))

    def _digit_counts(self, pattern: str) -> str:
        alternatives = pattern.split("|")
        counts = [_DIGITS.fullmatch(alternative) for alternative in alternatives]
        literals = [one for one, count in zip(alternatives, counts, strict=True) if count is None]
        if not any(counts) or not all(one.isascii() and one.isalnum() for one in literals):
            return ""
        *numbers, last = [count[1] for count in counts if count]
        digits = self.texts.say_of(int(last), "content", "digits_exactly")
        return self.texts.joined([*map(self.markup.code, literals), *numbers, digits], "choice")

    def _times(self, low: int, high: int | None) -> str:
        if (low, high) in ((0, 1), (1, 1)):
            return ""
        number = self.texts.number
        form = _FORMS.get((min(low, 2), high is None)) or ("exactly" if low == high else "between")
        if low == 0 and high is not None:
            form = "at_most"
        return self.texts.say("presence", form, low=number(str(low)), high=number(str(high)))

    def _value(self, value: str) -> str:
        if NUMBER.fullmatch(value):
            return self.texts.number(value)
        try:
            return self.texts.day(date.fromisoformat(value))
        except ValueError:
            return self.markup.code(value)

    def _limits(self, facets: Facets) -> Iterator[str]:
        """Bounds; those that only say how many digits there are, as digits."""
        low, high, digits = facets.minimum, facets.maximum, facets.total_digits
        if facets.patterns and _TYPES.get(facets.base) == "whole_number":
            return  # an identifier: its form says more than its bounds
        if high is not None and len(high) >= _NINES and set(high) == {"9"}:
            digits, high = min(len(high), digits or len(high)), None
        if low is not None and high is not None:
            yield self.texts.say("content", "between", low=self.bound(low), high=self.bound(high))
            return
        if digits is not None:
            yield self.texts.say_of(digits, "content", "digits_at_most")
        if low == "0":
            yield self.texts.say("content", "not_negative")
        elif low is not None:
            form = "earliest" if is_moment(low) else "at_least"
            yield self.texts.say("content", form, low=self.bound(low))
        if high is not None:
            form = "latest" if is_moment(high) else "at_most"
            yield self.texts.say("content", form, high=self.bound(high))

    def _length(self, facets: Facets) -> Iterator[str]:
        low, high = facets.length
        if low == high and high is not None:
            yield self.texts.say_of(high, "content", "characters_exactly")
        elif high is not None and low:
            bounds = {"low": str(low), "n": self.texts.number(str(high))}
            yield self.texts.say("content", "characters_between", **bounds)
        elif high is not None:
            yield self.texts.say_of(high, "content", "characters_at_most")
        elif low:
            yield self.texts.say_of(low, "content", "characters_at_least")


_FORMS = {(0, True): "any", (1, True): "some", (2, True): "at_least"}


def is_moment(bound: str) -> bool:
    """Whether a limit is a day or a moment: ``2023-01-01``, ``2023-01-01T12:00:00``."""
    return _MOMENT.match(bound) is not None


def occurrence_of(text: str | None) -> tuple[int, int | None] | None:
    """``0..1``, ``1``, ``0..*`` or the use of an attribute as numbers; None for other texts."""
    if text in _USES:
        return _USES[text]
    match = _OCCURS.fullmatch(text or "")
    if match is None:
        return None
    low, high = match.groups()
    return int(low), int(low) if high is None else int(high) if high.isdigit() else None
