"""Which texts are values of a zone, proven for many at a time.

``Values`` says yes only where that is beyond doubt: what it does not prove is left to the schema
processor. The rules come from the facets of the XSD; a type that they do not cover has none, and
then no text is proven.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from elementpath.regex import RegexError, translate_pattern

from schemas.model import Facets

_DIGITS = 18
"""Digits of a whole number that surely fits into 64 bits."""
_KNOWN = 100_000
"""Texts whose verdict is remembered for each type."""

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MONTH = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_TIME = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?", re.ASCII)
_OF_DIGITS = re.compile(r"(?:\\d|\d|[|()]|\[\d+\]|\{\d+\})+")
_LONG_TEXT = 100_000
"""Characters of a text that is left to the schema processor, which has limits of its own."""

Truths = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Values:
    """The values of one type of zones."""

    facets: Facets
    pattern: re.Pattern[str] | None
    proves: Callable[[str, Facets], bool]
    known: dict[str, bool] = field(default_factory=dict)

    @cached_property
    def bounds(self) -> tuple[int, int]:
        return _bounds(self.facets)

    @cached_property
    def digits(self) -> str | None:
        """The patterns for Arrow when they speak of digits only, the same in every language of
        patterns; empty when they do not, None when there are none."""
        patterns = self.facets.patterns
        if not all(_OF_DIGITS.fullmatch(pattern) for pattern in patterns):
            return ""
        return f"^(?:{'|'.join(patterns)})$" if patterns else None

    @classmethod
    def of(cls, facets: Facets) -> "Values | None":
        """None where the facets are not understood to the last."""
        proves = _PROOFS.get(facets.base)
        if proves is None or not facets.exact:
            return None
        try:
            pattern = _compiled(facets.patterns)
        except (RegexError, re.error):
            return None
        return cls(facets, pattern, proves)

    def unproven(self, texts: pa.Array) -> Truths | None:
        """Which of the texts are not proven to be values; None when all are. Null is none."""
        if texts.null_count == len(texts) or self._are_plain_numbers(texts):
            return None
        encoded = texts.dictionary_encode()
        proven = np.array([self._is_proven(t) for t in encoded.dictionary.to_pylist()], np.bool_)
        if proven.all():
            return None
        at = encoded.indices.fill_null(0).to_numpy(zero_copy_only=False)
        unproven: Truths = ~(proven[at] | texts.is_null().to_numpy(zero_copy_only=False))
        return unproven

    def _are_plain_numbers(self, texts: pa.Array) -> bool:
        """Whether all texts are whole numbers in digits only, and bounds are all there is to keep
        beside a pattern of digits: by far the most texts."""
        facets = self.facets
        if facets.base != "integer" or facets.enumeration or self.digits == "":
            return False
        if not pc.all(pc.ascii_is_decimal(texts), min_count=0).as_py():
            return False
        if self.digits and not pc.all(pc.match_substring_regex(texts, self.digits)).as_py():
            return False
        lowest, highest = self.bounds
        longest = pc.max(pc.binary_length(texts)).as_py() or 0
        if lowest <= 0 and 10**longest - 1 <= highest:
            return True
        if longest > _DIGITS:
            return False
        found = pc.min_max(texts.cast(pa.int64())).as_py()
        return bool(lowest <= found["min"] and found["max"] <= highest)

    def _is_proven(self, text: str) -> bool:
        verdict = self.known.get(text)
        if verdict is None:
            verdict = self.proves(text, self.facets) and self._matches(text)
            if len(self.known) < _KNOWN:
                self.known[text] = verdict
        return verdict

    def _matches(self, text: str) -> bool:
        return self.pattern is None or (text.isascii() and bool(self.pattern.match(text)))


def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str] | None:
    """Patterns of one restriction are alternatives."""
    if not patterns:
        return None
    translated = (
        translate_pattern(p, back_references=False, lazy_quantifiers=False, anchors=False)
        for p in patterns
    )
    return re.compile("|".join(f"(?:{pattern})" for pattern in translated))


def _bounds(facets: Facets) -> tuple[int, int]:
    """The smallest and the largest whole number, as far as there are bounds."""
    unbounded = 10**100
    largest = 10**facets.total_digits - 1 if facets.total_digits else unbounded
    lowest = int(facets.minimum) if facets.minimum is not None else -unbounded
    highest = int(facets.maximum) if facets.maximum is not None else unbounded
    return max(lowest, -largest), min(highest, largest)


def _is_number(text: str, facets: Facets) -> bool:
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        return False
    lowest, highest = _bounds(facets)
    is_listed = not facets.enumeration or int(text) in map(int, facets.enumeration)
    return is_listed and lowest <= int(text) <= highest


def _is_date(text: str, facets: Facets) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return False
    least, most = (date.fromisoformat(b) if b else None for b in (facets.minimum, facets.maximum))
    return (least is None or least <= found) and (most is None or found <= most)


def _is_month(text: str, facets: Facets) -> bool:
    is_bounded = facets.minimum is not None or facets.maximum is not None
    return not is_bounded and text[:4] != "0000" and bool(_MONTH.fullmatch(text))


def _is_time(text: str, facets: Facets) -> bool:
    is_bounded = facets.minimum is not None or facets.maximum is not None
    return not is_bounded and bool(_TIME.fullmatch(text))


def _is_text(text: str, facets: Facets) -> bool:
    least, most = facets.length
    longest = _LONG_TEXT if most is None else min(most, _LONG_TEXT)
    is_listed = not facets.enumeration or text in facets.enumeration
    return is_listed and (least or 0) <= len(text) <= longest


_PROOFS: Mapping[str, Callable[[str, Facets], bool]] = {
    "integer": _is_number,
    "date": _is_date,
    "gYearMonth": _is_month,
    "time": _is_time,
    "string": _is_text,
}
"""By built-in type: whether a text is a value within its bounds, whatever the pattern says."""
