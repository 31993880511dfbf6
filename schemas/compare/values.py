"""Is every value of one simple type a value of another? Values that show it is not.

An answer is given only where it is proved: by the facets and the languages of both types, or by a
text that one admits and the other does not. Everything else is for a person to look at.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation, localcontext
from functools import cache
from itertools import chain, islice

from schemas.compare.difference import Effect
from schemas.compare.language import Search, Term, Undecided, is_within
from schemas.compare.pattern import alphabet, parse
from schemas.compare.simple import (
    EXACT,
    LONGEST,
    PLAIN,
    ZONED,
    Bound,
    Simple,
    ancestors,
    builtin_bounds,
    builtin_limits,
    is_above,
    is_below,
)

_WORDS = 40
_LISTED = 2_000
_LONGEST = 200_000
"""Characters of a text to try, at most."""


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
        if shows(inner, outer, text):
            return Decision(Effect.BREAKS, text)
    reason = "neither proved that every value stays valid, nor found one that does not"
    if outer.base in _BY_DOCUMENT and inner.base != outer.base:
        reason = f"whether a text can be an {outer.base}, the rest of the document decides"
    return Decision(Effect.REVIEW, reason=reason)


_BY_DOCUMENT = frozenset(("ID", "IDREF", "ENTITY"))


def shows(inner: Simple, outer: Simple, text: str) -> bool:
    """Whether a text is one that ``inner`` admits and ``outer`` does not."""
    return inner.accepts(text) and not outer.accepts(text) and outer.can_judge(text)


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
    if outer.variety == "union":
        core = replace(outer, enumeration=(), patterns=())
        if core != outer:
            return _implies_compound(inner, outer) and _implies(inner, core)
        if inner.variety == "union":
            return all(_implies(member, outer) for member in inner.members)
        if any(_implies(inner, member) for member in outer.members):
            return True
        return len(inner.enumeration) > 1 and all(
            _implies(replace(inner, enumeration=(text,)), outer) for text in inner.enumeration
        )
    if inner.variety == "union":
        return all(_implies(member, outer) for member in inner.members)
    if outer.variety == "list":
        return _implies_list(inner, outer)
    if inner.variety == "atomic":
        return _implies_atomic(inner, outer)
    return replace(outer, name=None, whitespace="") == Simple("atomic", outer.base, "") and (
        outer.base in PLAIN
    )


def _implies_list(inner: Simple, outer: Simple) -> bool:
    assert outer.item is not None
    if inner.variety == "list":
        assert inner.item is not None
        return (
            _implies(inner.item, outer.item)
            and _has_looser_lengths(outer, inner)
            and _implies_compound(inner, outer)
        )
    low, high = outer.lengths
    is_one = low <= 1 and (high is None or high >= 1) and (low == 0 or not inner.accepts(""))
    return (
        is_one
        and not outer.enumeration
        and not outer.patterns
        and inner.whitespace == "collapse"
        and _has_none(inner)
        and _implies(inner, outer.item)
    )


def _implies_compound(inner: Simple, outer: Simple) -> bool:
    """The patterns and the enumeration of a list or a union."""
    if outer.enumeration:
        alike = (
            replace(inner, name=None, enumeration=(), patterns=()),
            replace(outer, name=None, enumeration=(), patterns=()),
        )
        if alike[0] != alike[1] or not inner.enumeration:
            return False
        if not {inner.value(text) for text in inner.enumeration} <= outer.listed:
            return False
    if not set(outer.patterns) <= set(inner.patterns):
        return (
            bool(inner.language)
            and inner.variety == outer.variety
            and _implies_language(inner, outer)
        )
    return True


def _has_looser_lengths(outer: Simple, inner: Simple) -> bool:
    low, high = outer.lengths
    least, most = inner.lengths
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
    if _are_whole(inner, outer):
        return all(
            any(_keeps_to(inner, outer, own, limit, low) for own in _bounds(inner, low))
            for low in (True, False)
            for limit in builtin_limits(outer.base, low)
        )
    return outer.base in _BY_LANGUAGE


def _are_whole(*types: Simple) -> bool:
    """Whether all are whole numbers: what tells their bases apart are limits."""
    return all("integer" in ancestors(one.base) for one in types)


_BY_LANGUAGE = EXACT & {"integer", "decimal", "float", "double", "boolean", "NMTOKEN"}
"""Built-in types that a text of any other belongs to if it looks like it."""


def _implies_spaces(inner: Simple, outer: Simple) -> bool:
    """Whether the text that ``inner`` looks at is the one that ``outer`` looks at, or whether that
    does not matter."""
    if outer.base in PLAIN and not (outer.patterns or outer.enumeration):
        low, high = outer.lengths
        # White space that is taken away makes a text shorter, white space that is replaced not.
        if (low, high) == (0, None) or (low == 0 and outer.whitespace == "collapse"):
            return True
    if inner.whitespace == outer.whitespace:
        return True
    if outer.whitespace == "preserve" or inner.whitespace == "collapse":
        return False
    return _has_none(inner) or _is_normal(inner, outer.whitespace)


def _is_normal(simple: Simple, whitespace: str) -> bool:
    """Whether no text of a type changes when its white space is normalised."""
    if simple.enumeration:
        return all(
            replace(simple, whitespace=whitespace).normalised(t) == t for t in simple.admitted
        )
    shape = parse(_NORMAL[whitespace])
    return is_within(simple.language, shape, alphabet((*simple.language, shape)))


_NORMAL = {"collapse": r"([^ \t\n\r]+( [^ \t\n\r]+)*)?", "replace": r"[^\t\n\r]*"}


def _has_none(simple: Simple) -> bool:
    """Whether white space cannot be in a text."""
    if simple.enumeration:
        return not any(letter.isspace() for text in simple.enumeration for letter in text)
    if simple.whitespace == "collapse" and simple.primitive not in _SPACED:
        return True
    return is_within(simple.language, _SPACELESS, alphabet((*simple.language, _SPACELESS)))


_SPACED = frozenset(("string", "anyURI", "base64Binary", "anySimpleType"))
_SPACELESS = parse(r"[^ \t\n\r]*")


def _implies_listed(inner: Simple, outer: Simple) -> bool:
    if not outer.enumeration:
        return True
    if inner.enumeration:
        return {inner.value(text) for text in inner.admitted} <= outer.listed
    if outer.primitive == "string":
        return True  # the language of the enumeration is asked
    return inner.primitive == outer.primitive and _is_listed_whole(inner, outer)


def _is_listed_whole(inner: Simple, outer: Simple) -> bool:
    """Whether the enumeration of ``outer`` has every whole number between the bounds of
    ``inner``."""
    low, high = inner.minimum, inner.maximum
    if "integer" not in ancestors(inner.base) or low is None or high is None:
        return False
    first, last = (int(Decimal(bound.text)) for bound in (low, high))
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
    limit = outer.minimum if low else outer.maximum
    assert limit is not None
    return any(_keeps_to(inner, outer, own, limit, low) for own in _bounds(inner, low))


def _bounds(simple: Simple, low: bool) -> Iterator[Bound]:
    """What limits the values of a type on one side: its facet, its base, its digits, its list."""
    own = simple.minimum if low else simple.maximum
    if own is not None:
        yield own
    digits = _by_digits(simple, low)
    if digits is not None:
        yield Bound(digits)
    yield from builtin_limits(simple.base, low)
    if simple.enumeration and simple.admitted and simple.primitive == "decimal":
        yield Bound((min if low else max)(simple.admitted, key=simple.value))


def _keeps_to(inner: Simple, outer: Simple, own: Bound, limit: Bound, low: bool) -> bool:
    if _is_zoned(own.text) != _is_zoned(limit.text) and inner.primitive in ZONED:
        return False  # with a time zone and without, their order is not certain
    if inner.value(own.text) == outer.value(limit.text):
        return limit.inclusive or not own.inclusive
    keeps = is_above if low else is_below
    return keeps(outer, inner.value(own.text), Bound(limit.text))


def _by_digits(simple: Simple, low: bool) -> str | None:
    """The bound of whole numbers that their digits give."""
    if simple.total_digits is None or "integer" not in ancestors(simple.base):
        return None
    most = "9" * min(simple.total_digits, _LONGEST)
    return None if simple.total_digits > _LONGEST else f"-{most}" if low else most


def _is_zoned(text: str) -> bool:
    return re.search(r"(Z|[+\-]\d\d:\d\d)$", text) is not None


def _implies_digits(inner: Simple, outer: Simple) -> bool:
    if outer.total_digits is not None:
        own = inner.total_digits
        if own is None or own > outer.total_digits:
            most = _largest(inner)
            if most is None or most.adjusted() >= outer.total_digits:
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
    sides = [[abs(Decimal(b.text)) for b in _bounds(simple, low)] for low in (True, False)]
    return max(map(min, sides)) if all(sides) else None


def _implies_size(inner: Simple, outer: Simple) -> bool:
    """Lengths of what is not text, such as bytes; those of texts are languages."""
    if outer.lengths == (0, None):
        return True
    if outer.is_text and max(outer.lengths[0], outer.lengths[1] or 0) <= LONGEST:
        return True
    return inner.is_text == outer.is_text and _has_looser_lengths(outer, inner)


def _implies_language(inner: Simple, outer: Simple) -> bool:
    if outer.patterns and not outer.language:
        return inner.patterns == outer.patterns
    if inner.enumeration and inner.primitive == "string":
        return all(outer.accepts(text) for text in inner.admitted)
    if _are_whole(inner, outer):
        outer = replace(outer, base="integer")
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
        listed = outer.listed if outer is not None and outer.variety == "atomic" else frozenset()
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
            numbers = [value + step, value - step, value + 1, value - 1]
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
