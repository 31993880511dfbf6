"""Types without any value, and numbers whose leading zeros mean something.

Decided by the language of a type (``schemas.compare.simple``); where that takes too long it is
said.
"""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from lxml import etree

from schemas.compare.builtin import Bound
from schemas.compare.language import Term
from schemas.compare.pattern import alphabet, parse
from schemas.compare.read import read_simple
from schemas.compare.search import Search, Undecided
from schemas.compare.simple import Simple
from schemas.lint.facets import derivations, restrictions
from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, label_of
from schemas.model import XSD

_MOST_WORDS = 20


def no_value(subject: Subject) -> Iterator[Finding]:
    """Restrictions that nothing satisfies, though what they restrict has values."""
    for component, step in _with_patterns(subject):
        simple = read_simple(component)
        patterns = list(step.iterchildren(XSD + "pattern"))
        is_empty, was_empty = _is_empty(simple), _is_empty(read_simple(component.base_type))
        if is_empty is None:
            yield subject.finding(
                Rule.NOT_LOOKED_AT,
                patterns[0],
                f"{label_of(step)}: whether any value is written as its patterns demand was not"
                " found out: they lead to too many states",
                "Look whether a value can be written, or simplify the patterns.",
            )
        elif is_empty and not was_empty:
            shown = " or ".join(pattern.get("value", "") for pattern in patterns)
            yield subject.finding(
                Rule.NO_VALUE,
                patterns[0],
                f"{label_of(step)}: no {_limits(simple)} is written as pattern {shown} demands:"
                " every value is refused",
                "Mend the pattern, or the type and bounds that it goes with.",
            )


def _with_patterns(subject: Subject) -> Iterator[tuple[Any, etree._Element]]:
    for component, step in restrictions(subject):
        if component.is_atomic() and step.find(XSD + "pattern") is not None:
            yield component, step


def _limits(simple: Simple) -> str:
    bounds = [f"from {simple.minimum}"] if simple.minimum else []
    bounds += [f"up to {simple.maximum}"] if simple.maximum else []
    return " ".join((simple.base, *bounds))


@lru_cache(maxsize=4096)
def _is_empty(simple: Simple) -> bool | None:
    """Whether it is proved that no text is valid; None where that takes too long."""
    terms = (*simple.language, *_necessary(simple))
    if not terms:
        return False
    try:
        return Search().shortest(terms, (), alphabet(terms)) is None
    except Undecided:
        return None


def _necessary(simple: Simple) -> Iterator[Term]:
    """What the bounds of a whole number say of how it may be written: how many digits."""
    if simple.variety != "atomic" or simple.primitive != "decimal":
        return
    low, high = _whole(simple.minimum), _whole(simple.maximum)
    if low is not None and low > 0:
        yield parse(rf"\+?[0-9]{{{len(str(low))},}}(\.[0-9]*)?")
    if high is not None and high >= 0:
        # One digit more than the bound has: it may be written with a fraction that is rounded off.
        yield parse(rf"-[0-9]*(\.[0-9]*)?|\+?0*[0-9]{{0,{len(str(high))}}}(\.[0-9]*)?")
    if simple.total_digits is not None and simple.base != "decimal":
        yield parse(rf"[+-]?0*[0-9]{{1,{simple.total_digits}}}(\.0*)?")


def _whole(bound: Bound | None) -> int | None:
    """The whole part of a bound."""
    try:
        return None if bound is None else int(Decimal(bound.text))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def lost_zeros(subject: Subject) -> Iterator[Finding]:
    """Numbers that are codes: leading zeros have to be written, but are no part of the value."""
    for component, step in restrictions(subject):
        if not any(one.name == XSD + "integer" for one in derivations(component)):
            continue
        simple = read_simple(component)
        listed = [e for e in step.iterchildren(XSD + "enumeration") if _padded(e.get("value", ""))]
        if listed:
            code = listed[0].get("value", "")
            message = (
                f"the value {code} is listed with leading zeros, but is the number {int(code)}"
            )
            yield _lost(subject, listed[0], message)
            continue
        patterns = list(step.iterchildren(XSD + "pattern"))
        example = _example(simple) if patterns else None
        if example is not None:
            message = (
                f"{example} is valid, and kept as a number it is {int(example)}, which is not valid"
            )
            yield _lost(subject, patterns[0], message)


def _lost(subject: Subject, element: Any, message: str) -> Finding:
    return subject.finding(
        Rule.LOST_ZEROS,
        element,
        f"{label_of(element)}: {message}",
        "Derive codes from xs:string; until then keep them as text wherever they are stored.",
    )


def _padded(text: str) -> bool:
    return len(text) > 1 and text.isdigit() and text.startswith("0")


@lru_cache(maxsize=4096)
def _example(simple: Simple) -> str | None:
    """A valid text with leading zeros that is not valid without them."""
    terms = (*simple.language, parse("0+[1-9][0-9]*"))
    if len(terms) == 1:
        return None
    words = Search().words(terms, (), alphabet(terms), _MOST_WORDS)
    for word in map("".join, words):
        if simple.accepts(word) and not simple.accepts(word.lstrip("0")):
            return word
    return None
