"""Whether facets and languages prove that all values of one simple type are values of another.

No is no proof of the contrary: a text is (``schemas.compare.values``).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from schemas.compare.builtin import (
    EXACT,
    LONGEST,
    PLAIN,
    ZONED,
    Bound,
    ancestors,
    builtin_limits,
)
from schemas.compare.pattern import alphabet, parse
from schemas.compare.search import is_within
from schemas.compare.simple import Simple, is_above, is_below

_LISTED = 2_000
_LONGEST = 200_000
"""Digits of a bound that is written out, at most."""


def implies(inner: Simple, outer: Simple) -> bool:
    if inner.plain == outer.plain:
        return True
    if outer.variety == "union":
        core = replace(outer, enumeration=(), patterns=())
        if core != outer:
            return _implies_compound(inner, outer) and implies(inner, core)
        if inner.variety == "union":
            return all(implies(member, outer) for member in inner.members)
        if any(implies(inner, member) for member in outer.members):
            return True
        return len(inner.enumeration) > 1 and all(
            implies(replace(inner, enumeration=(text,)), outer) for text in inner.enumeration
        )
    if inner.variety == "union":
        return all(implies(member, outer) for member in inner.members)
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
            implies(inner.item, outer.item)
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
        and implies(inner, outer.item)
    )


def _implies_compound(inner: Simple, outer: Simple) -> bool:
    """The patterns and the enumeration of a list or a union."""
    if outer.enumeration:
        alike = [replace(side, enumeration=(), patterns=()).plain for side in (inner, outer)]
        if alike[0] != alike[1] or not inner.enumeration:
            return False
        if not {inner.value(text) for text in inner.enumeration} <= outer.listed:
            return False
    if not set(outer.plain.patterns) <= set(inner.plain.patterns):
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
    if inner.enumeration and inner.primitive == outer.primitive:  # dates and times raise
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
        if inner.primitive != outer.primitive:
            return False
        if inner.enumeration:
            if not all(keeps(outer, inner.value(text), bound) for text in inner.admitted):
                return False
        elif not _reaches(inner, outer, keeps is is_above):
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
