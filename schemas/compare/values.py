"""Is every value of one simple type a value of another? Values that show it is not.

An answer is given only where it is proved: by the facets and the languages of both types, or by a
text that one admits and the other does not. Everything else is for a person to look at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import chain, islice

from schemas.compare.difference import Effect
from schemas.compare.language import Search, Term, Undecided, is_within
from schemas.compare.pattern import alphabet
from schemas.compare.simple import (
    EXACT,
    PLAIN,
    Bound,
    Simple,
    ancestors,
    builtin_bounds,
    is_above,
    is_below,
)

_WORDS = 40
_LISTED = 2_000


@dataclass(frozen=True)
class Decision:
    """Whether documents break, the text that shows it, or why it is not decided."""

    effect: Effect
    text: str | None = None
    reason: str | None = None


_KEEPS = Decision(Effect.KEEPS)


@cache
def decide(inner: Simple, outer: Simple) -> Decision:
    """Whether ``outer`` admits every text that ``inner`` admits."""
    try:
        if _implies(inner, outer):
            return _KEEPS
    except Undecided:
        pass
    for text in candidates(inner, outer):
        if inner.accepts(text) and not outer.accepts(text):
            return Decision(Effect.BREAKS, text)
    reason = "neither proved that every value stays valid, nor found one that does not"
    return Decision(Effect.REVIEW, reason=reason)


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


# --- proofs of inclusion --------------------------------------------------------------------------


def _implies(inner: Simple, outer: Simple) -> bool:
    if replace(inner, name=None) == replace(outer, name=None):
        return True
    if outer.variety == "union" and not _restricts(outer):
        if inner.variety == "union":
            return all(_implies(member, outer) for member in inner.members)
        return any(_implies(inner, member) for member in outer.members)
    if inner.variety != outer.variety:
        return False
    if inner.variety == "list":
        assert inner.item is not None
        assert outer.item is not None
        own = replace(outer, item=inner.item), replace(inner, name=None)
        return _implies(inner.item, outer.item) and _has_looser_lengths(*own)
    if inner.variety == "union":
        plain = replace(inner, members=outer.members) == replace(outer, name=inner.name)
        return plain and all(any(_implies(m, o) for o in outer.members) for m in inner.members)
    return _implies_atomic(inner, outer)


def _restricts(simple: Simple) -> bool:
    return bool(simple.enumeration or simple.patterns)


def _has_looser_lengths(outer: Simple, inner: Simple) -> bool:
    low, high = outer.lengths
    least, most = inner.lengths
    if outer.enumeration or outer.patterns:
        return False
    return low <= least and (high is None or (most is not None and most <= high))


def _implies_atomic(inner: Simple, outer: Simple) -> bool:
    return (
        _implies_base(inner, outer)
        and _implies_spaces(inner, outer)
        and _implies_listed(inner, outer)
        and _implies_order(inner, outer)
        and _implies_digits(inner, outer)
        and _implies_size(inner, outer)
        and _implies_language(inner, outer)
    )


def _implies_base(inner: Simple, outer: Simple) -> bool:
    if outer.base in ancestors(inner.base) or outer.base in PLAIN:
        return True
    return outer.base in EXACT and outer.base in ("integer", "decimal", "boolean", "NMTOKEN")


def _implies_spaces(inner: Simple, outer: Simple) -> bool:
    """Whether the text that ``inner`` looks at is the one that ``outer`` looks at, or whether that
    does not matter."""
    if outer.base in PLAIN and not (
        outer.patterns or outer.enumeration or outer.lengths != (0, None)
    ):
        return True
    if inner.whitespace == outer.whitespace:
        return True
    return outer.whitespace == "collapse" and _has_none(inner)


def _has_none(simple: Simple) -> bool:
    """Whether white space cannot be in a text."""
    if simple.enumeration:
        return all(text == " ".join(text.split()) for text in simple.enumeration)
    letters = alphabet(simple.language)
    spaces = [letter for letter in letters if letter.isspace()]
    if not simple.language:
        return False
    found = Search().shortest(simple.language, (), letters, lambda c: c in spaces)
    return found is None and bool(spaces)


def _implies_listed(inner: Simple, outer: Simple) -> bool:
    if not outer.enumeration:
        return True
    if inner.enumeration:
        return {inner.value(text) for text in inner.admitted} <= outer.listed
    return inner.primitive == outer.primitive and _is_listed_whole(inner, outer)


def _is_listed_whole(inner: Simple, outer: Simple) -> bool:
    """Whether the enumeration of ``outer`` has every whole number between the bounds of
    ``inner``."""
    low, high = inner.minimum, inner.maximum
    if "integer" not in ancestors(inner.base) or low is None or high is None:
        return False
    first, last = int(Decimal(low.text)), int(Decimal(high.text))
    if last - first > _LISTED:
        return False
    return all(Decimal(number) in outer.listed for number in range(first, last + 1))


def _implies_order(inner: Simple, outer: Simple) -> bool:
    for bound, keeps in ((outer.minimum, is_above), (outer.maximum, is_below)):
        if bound is None:
            continue
        if inner.enumeration:
            if not all(keeps(outer, inner.value(text), bound) for text in inner.admitted):
                return False
        elif inner.primitive != outer.primitive or not _reaches(inner, outer, keeps is is_above):
            return False
    return True


def _reaches(inner: Simple, outer: Simple, low: bool) -> bool:
    """Whether a bound of ``inner`` keeps to that of ``outer``."""
    own = inner.minimum if low else inner.maximum
    limit = outer.minimum if low else outer.maximum
    assert limit is not None
    if own is None:
        digits = _by_digits(inner, low)
        if digits is None:
            return False
        own = Bound(str(digits))
    if inner.value(own.text) == outer.value(limit.text):
        return limit.inclusive or not own.inclusive
    keeps = is_above if low else is_below
    return keeps(outer, inner.value(own.text), Bound(limit.text))


def _by_digits(simple: Simple, low: bool) -> int | None:
    """The bound of whole numbers that their digits give."""
    if simple.total_digits is None or "integer" not in ancestors(simple.base):
        return None
    most = int(10**simple.total_digits) - 1
    return -most if low else most


def _implies_digits(inner: Simple, outer: Simple) -> bool:
    if outer.total_digits is not None:
        own = inner.total_digits
        if own is None or own > outer.total_digits:
            most = _largest(inner)
            if most is None or most >= 10**outer.total_digits:
                return False
    if outer.fraction_digits is not None:
        own = 0 if "integer" in ancestors(inner.base) else inner.fraction_digits
        if own is None or own > outer.fraction_digits:
            return False
    return True


def _largest(simple: Simple) -> Decimal | None:
    """The largest whole number by absolute value; None for other types or without bounds."""
    if "integer" not in ancestors(simple.base):
        return None
    if simple.enumeration:
        return max((abs(Decimal(text)) for text in simple.admitted), default=Decimal(0))
    if simple.minimum is None or simple.maximum is None:
        return None
    return max(abs(Decimal(simple.minimum.text)), abs(Decimal(simple.maximum.text)))


def _implies_size(inner: Simple, outer: Simple) -> bool:
    """Lengths of what is not text, such as bytes; those of texts are languages."""
    if outer.lengths == (0, None) or outer.primitive == "string":
        return True
    return inner.primitive == outer.primitive and _has_looser_lengths(
        replace(outer, enumeration=(), patterns=()), inner
    )


def _implies_language(inner: Simple, outer: Simple) -> bool:
    if outer.patterns and not outer.language:
        return inner.patterns == outer.patterns
    own = set(inner.language)
    asked = [term for term in outer.language if term not in own]
    letters = alphabet((*inner.language, *asked)) if asked else ()
    return all(is_within(inner.language, term, letters) for term in asked)


# --- texts to try ---------------------------------------------------------------------------------


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
    sizes = {max(1, low), low, low + 1, *([high] if high is not None and high < 50 else ())}
    if outer is not None and outer.variety == "list":
        sizes |= {n for n in (outer.lengths[0] - 1, (outer.lengths[1] or 0) + 1) if 0 < n < 200}
    yield from inner.enumeration
    for text in islice(candidates(inner.item, other), 100):
        if inner.item.accepts(text):
            for size in sorted(sizes):
                yield " ".join([text] * size)


def _plain(inner: Simple, outer: Simple | None) -> Iterator[str]:
    if inner.enumeration:
        # Those that are not listed on the other side first: there may be thousands.
        listed = outer.listed if outer is not None and outer.variety == "atomic" else frozenset()
        new = [text for text in inner.enumeration if inner.value(text) not in listed]
        yield from islice((*new, *inner.enumeration), _LISTED)
        return
    samples = SAMPLES.get(inner.base) or SAMPLES.get(inner.primitive, ())
    if outer is None:
        yield from samples
    elif outer.variety == "atomic":
        yield from _around_bounds(outer, inner)
    yield from _around_bounds(inner, inner)
    yield from samples
    if outer is not None:
        for term in outer.language:
            if term not in inner.language:
                yield from _words(inner, (term,))
    yield from _words(inner, ())


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
    if simple.total_digits is not None and simple.total_digits < 400:
        yield "9" * simple.total_digits
        yield "1" + "0" * simple.total_digits
    if simple.fraction_digits is not None and simple.fraction_digits < 400:
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
        for number in (value + step, value - step, value + 1, value - 1):
            yield f"{number:f}"
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
    "string": ("", "A", "a", "1", "AB", "A B", "0000"),
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
    "float": ("0", "1.5", "-1", "INF", "1E3"),
    "double": ("0", "1.5", "-1", "INF", "1E3"),
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
