"""Texts that a simple type may admit, simple ones first, and such as another type may not."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from functools import cache
from itertools import chain, islice

from schemas.compare.builtin import ancestors, builtin_bounds
from schemas.compare.language import Term
from schemas.compare.pattern import alphabet
from schemas.compare.search import Search
from schemas.compare.simple import Simple

_WORDS = 40
_LISTED = 2_000
_LONGEST = 200_000
"""Characters of a text to try, at most."""


@cache
def sample(inner: Simple, also: tuple[Simple, ...] = ()) -> str | None:
    """A short text that ``inner`` admits, and all of ``also`` where there is such; None without
    any."""
    found = None
    for text in chain(candidates(inner), *map(candidates, also)):
        if inner.accepts(text):
            found = text if found is None else found
            if all(other.accepts(text) for other in also):
                return text
    return found


def candidates(inner: Simple, outer: Simple | None = None) -> Iterator[str]:
    """Texts that ``inner`` may admit, simple ones first; where ``outer`` is given, such as it may
    not."""
    if inner.variety == "list":
        assert inner.item is not None
        yield from _lists(inner, outer)
        return
    if inner.variety == "union":
        for member in inner.members:
            yield from candidates(member, outer)
        return
    seen: dict[str, None] = {}
    for text in _plain(inner, outer):
        if text not in seen:
            seen[text] = None
            yield text
    for text in islice((text for text in seen if inner.accepts(text)), 4):
        yield from _spelled(inner, text)


def _lists(inner: Simple, outer: Simple | None) -> Iterator[str]:
    assert inner.item is not None
    other = outer.item if outer is not None and outer.variety == "list" else outer
    low, high = inner.lengths
    yield ""
    sizes = {
        max(1, low),
        max(2, low),
        low,
        low + 1,
        *([high] if high is not None and high < 50 else ()),
    }
    yield from inner.enumeration
    yield from _words(inner, ())
    if outer is not None and outer.variety == "list":
        yield from _words(inner, tuple(t for t in outer.language if t not in inner.language))
        own = sample(inner.item, (other,) if other is not None else ())
        ends = (outer.lengths[0] - 1, (outer.lengths[1] or 0) + 1)
        if own is not None:
            yield from (" ".join([own] * size) for size in ends if 0 < size < _LONGEST)
        sizes |= {size for size in ends if 0 < size < 200}
    for text in islice(candidates(inner.item, other), 100):
        if inner.item.accepts(text):
            for size in sorted(sizes):
                yield " ".join([text] * size)


def _plain(inner: Simple, outer: Simple | None) -> Iterator[str]:
    if inner.enumeration:
        # Those that are not listed on the other side first: there may be thousands.
        is_alike = outer is not None and (inner.variety, inner.primitive) == (
            outer.variety,
            outer.primitive,
        )
        listed = outer.listed if outer is not None and is_alike else frozenset()
        new = [text for text in inner.enumeration if inner.value(text) not in listed]
        yield from islice((*new, *inner.enumeration), _LISTED)
        return
    samples = SAMPLES.get(inner.base) or SAMPLES.get(inner.primitive, ())
    if outer is None:
        yield from samples
    elif outer.variety == "atomic":
        yield from _around_bounds(outer, inner)
        yield from _around_lengths(inner, outer)
    yield from _around_bounds(inner, inner)
    yield from samples
    if outer is not None:
        for term in outer.language:
            if term not in inner.language:
                yield from _words(inner, (term,))
    yield from _words(inner, ())


def _around_lengths(inner: Simple, outer: Simple) -> Iterator[str]:
    """Texts that are too short or too long for ``outer``, and white space that makes them so."""
    if not inner.is_text or inner.patterns:
        return
    low, high = outer.lengths
    for size in (low - 1, high + 1 if high is not None else 0):
        if 0 < size < _LONGEST:
            yield "A" * size
            yield "A" + " " * (size - 1)


def _words(inner: Simple, refusing: tuple[Term, ...]) -> Iterator[str]:
    """Words of the language of a type, and of a type with only its patterns: shortest first."""
    letters = alphabet((*inner.language, *refusing))
    if not inner.language and not refusing:
        return
    found = Search(_price).words(inner.language, refusing, letters, _WORDS)
    yield from ("".join(word) for word in found)


def _price(letter: object) -> int:
    """Characters beyond ASCII cost more: a plain text shows a difference better."""
    return 1 if str(letter).isascii() else 50


def _around_bounds(simple: Simple, of: Simple) -> Iterator[str]:
    if simple.primitive == "decimal":
        yield from _numbers(simple, of)
    for bound in (simple.minimum, simple.maximum, *builtin_bounds(simple.base)):
        if bound is not None:
            yield bound.text
            yield from _neighbours(simple, of, bound.text)


def _numbers(simple: Simple, of: Simple) -> Iterator[str]:
    if simple.total_digits is not None and simple.total_digits < _LONGEST:
        yield "9" * simple.total_digits
        yield "1" + "0" * simple.total_digits
    if simple.fraction_digits is not None and simple.fraction_digits < _LONGEST:
        yield "0." + "0" * simple.fraction_digits + "1"
        if simple.fraction_digits:
            yield "0." + "0" * (simple.fraction_digits - 1) + "1"


def _neighbours(simple: Simple, of: Simple, text: str) -> Iterator[str]:
    if simple.primitive == "decimal":
        try:
            value = Decimal(text)
        except InvalidOperation:
            return
        whole = "integer" in ancestors(of.base)
        digits = of.fraction_digits if of.fraction_digits is not None else 1
        step = Decimal(1) if whole or digits == 0 else Decimal(1).scaleb(-min(digits, 30))
        with localcontext(prec=len(text) + 40):
            nearest = value.to_integral_value()  # where a pattern admits no fraction
            numbers = [value + step, value - step, value + 1, value - 1]
            numbers += [nearest + n for n in (0, 1, -1, 2, -2) if value != nearest]
        yield from (f"{number:f}" for number in numbers)
    elif simple.primitive == "date":
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return
        for days in (1, -1):
            if date.min < day < date.max:
                yield (day + timedelta(days=days)).isoformat()
    elif simple.primitive in SAMPLES:
        yield from SAMPLES[simple.primitive]


def _spelled(inner: Simple, text: str) -> Iterator[str]:
    """The same value in other spellings."""
    yield from (f" {text}", f"{text} ", f"{text}\n", f"  {text}", text.replace(" ", "  "))
    if inner.primitive == "decimal":
        digits = text.lstrip("+-")
        sign = "-" if text.startswith("-") else ""
        yield from (f"{sign}0{digits}", f"{sign}000{digits}")
        if not sign:
            yield f"+{digits}"
        if "integer" not in ancestors(inner.base):
            yield from ((f"{text}0",) if "." in text else (f"{text}.0", f"{text}.5"))


SAMPLES: dict[str, tuple[str, ...]] = {
    "string": ("", "A", "a", "1", "AB", "A B", "0000", "%"),
    "normalizedString": ("", "A", "1"),
    "token": ("", "A", "1"),
    "anySimpleType": ("", "A", "1"),
    "anyURI": ("urn:a", "", "a"),
    "QName": ("a",),
    "NOTATION": ("a",),
    "language": ("en", "nl-BE"),
    "NMTOKEN": ("a", "1"),
    "Name": ("a", ":a"),
    "NCName": ("a", "b"),
    "ID": ("a", "b"),
    "IDREF": ("a",),
    "ENTITY": ("a",),
    "boolean": ("true", "false", "1", "0"),
    "decimal": ("0", "1", "1.5", "-1", "12.34"),
    "integer": ("0", "1", "-1", "10"),
    "positiveInteger": ("1", "10"),
    "negativeInteger": ("-1",),
    "nonPositiveInteger": ("0", "-1"),
    "float": ("0", "1.5", "-1", "INF", "1E3", "-INF", "NaN"),
    "double": ("0", "1.5", "-1", "INF", "1E3", "-INF", "NaN"),
    "date": ("2000-01-01", "2024-02-29", "1900-01-01", "0001-01-01", "2000-01-01Z"),
    "dateTime": ("2000-01-01T00:00:00", "2000-01-01T00:00:00.5", "2000-01-01T00:00:00Z"),
    "time": ("00:00:00", "12:30:00.5", "00:00:00.000", "00:00:00Z"),
    "gYear": ("2000", "1900", "2000Z"),
    "gYearMonth": ("2000-01", "1900-12", "2000-01Z"),
    "gMonth": ("--01",),
    "gMonthDay": ("--01-01",),
    "gDay": ("---01",),
    "duration": ("P1D", "P1Y2M", "PT1H"),
    "hexBinary": ("", "00", "0000"),
    "base64Binary": ("", "AAAA"),
}
"""Short texts of built-in types."""
