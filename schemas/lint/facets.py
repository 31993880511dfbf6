"""Facets that contradict each other, say nothing, or leave no value."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, label_of
from schemas.model import XSD

_LENGTHS = ("length", "minLength", "maxLength")


def restrictions(subject: Subject) -> Iterator[tuple[Any, etree._Element]]:
    """Every restriction of a simple type, with the element that its facets stand in."""
    from xmlschema.validators import XsdAtomicRestriction

    for component, raw in subject.components:
        if isinstance(component, XsdAtomicRestriction):
            step = raw if raw.tag == XSD + "restriction" else raw.find(XSD + "restriction")
            if step is not None:
                yield component, step


def derivations(simple: Any) -> Iterator[Any]:
    """A type and those that it is derived from, down to a built-in one, that included."""
    while simple is not None:
        yield simple
        simple = simple.base_type


def facet(simple: Any, name: str) -> tuple[Any, Any] | None:
    """The nearest facet of a name: its value and itself."""
    for step in derivations(simple):
        found = (getattr(step, "facets", None) or {}).get(XSD + name)
        if found is not None:
            return found.value, found
    return None


def contradicting_facets(subject: Subject) -> Iterator[Finding]:
    for simple, step in restrictions(subject):
        for first, second, message in _contradictions(simple, step):
            raws = [
                e for e in (subject.twin(second.elem), subject.twin(first.elem)) if e is not None
            ]
            inside = [raw for raw in raws if raw.getparent() is step] or [step]
            yield subject.finding(
                Rule.CONTRADICTING_FACETS,
                inside[0],
                f"{label_of(step)}: {message}",
                "No value satisfies both: mend one of them.",
                [raw for raw in raws if raw is not inside[0]],
            )


def _contradictions(simple: Any, step: etree._Element) -> Iterator[tuple[Any, Any, str]]:
    """Pairs of facets that no value can satisfy, where one of them at least stands here."""
    here = {child.tag for child in step.iterchildren() if isinstance(child.tag, str)}
    for first, second, message in (*_bounds(simple), *_digits(simple), *_lengths(simple)):
        if any(f.elem is not None and f.elem.tag in here for f in (first, second)):
            yield first, second, message


def _sides(simple: Any, side: str) -> Iterator[tuple[Any, Any, bool]]:
    for kind in ("Inclusive", "Exclusive"):
        found = facet(simple, side + kind)
        if found is not None:
            yield *found, kind == "Inclusive"


def _bounds(simple: Any) -> Iterator[tuple[Any, Any, str]]:
    for low, one, low_counts in _sides(simple, "min"):
        for high, other, high_counts in _sides(simple, "max"):
            try:
                is_empty = low > high or (low == high and not (low_counts and high_counts))
            except TypeError:
                continue
            whole = _is_whole(simple) and not low_counts and not high_counts
            if is_empty or (whole and high - low == 1):
                yield one, other, f"{_said(one)} leaves nothing up to {_said(other)}"


def _digits(simple: Any) -> Iterator[tuple[Any, Any, str]]:
    digits, fraction = facet(simple, "totalDigits"), facet(simple, "fractionDigits")
    if digits is None:
        return
    if fraction is not None and fraction[0] > digits[0]:
        message = f"{_said(fraction[1])} is more than {_said(digits[1])}"
        yield digits[1], fraction[1], message
    largest = 10 ** digits[0]
    for side, sign in (("min", 1), ("max", -1)):
        for value, bound, counts in _sides(simple, side):
            if not _number(value):
                continue
            # An exclusive bound has to leave room for a number beyond it.
            needed = sign * value + (1 if _is_whole(simple) and not counts else 0)
            if needed >= largest:
                message = f"{_said(digits[1])} is too small for {_said(bound)}"
                yield digits[1], bound, message


def _lengths(simple: Any) -> Iterator[tuple[Any, Any, str]]:
    length, low, high = (facet(simple, name) for name in _LENGTHS)
    for least, most in ((low, high), (low, length), (length, high)):
        if least is not None and most is not None and least[0] > most[0]:
            yield least[1], most[1], f"{_said(least[1])} is more than {_said(most[1])}"


def _number(value: Any) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _is_whole(simple: Any) -> bool:
    return any(step.name == XSD + "integer" for step in derivations(simple))


def _said(found: Any) -> str:
    """A facet as it is written: ``minInclusive 5``."""
    name = found.elem.tag.rpartition("}")[2] if found.elem is not None else _facet_name(found)
    written = found.elem.get("value") if found.elem is not None else found.value
    return f"{name} {written}"


def _facet_name(found: Any) -> str:
    name = type(found).__name__.removeprefix("Xsd").removesuffix("Facet")
    return name[0].lower() + name[1:]


def idle_facets(subject: Subject) -> Iterator[Finding]:
    """Bounds that the number of digits never lets anything reach."""
    for simple, step in restrictions(subject):
        digits = facet(simple, "totalDigits")
        if digits is None:
            continue
        fraction = facet(simple, "fractionDigits")
        places = 0 if _is_whole(simple) else (fraction[0] if fraction else digits[0])
        if places:
            continue
        largest = 10 ** digits[0] - 1
        for side, sign in (("min", -1), ("max", 1)):
            for value, bound, _ in _sides(simple, side):
                raw = subject.twin(bound.elem)
                is_here = raw is not None and raw.getparent() is step
                if raw is not None and is_here and _number(value) and sign * value > largest:
                    yield subject.finding(
                        Rule.IDLE_FACET,
                        raw,
                        f"{label_of(step)}: {_said(bound)} never decides, as"
                        f" {_said(digits[1])} ends at {sign * largest}",
                        "Say what is meant: raise the digits, or lower the bound.",
                    )


def enumerations(subject: Subject) -> Iterator[Finding]:
    """Listed values that are listed twice, or that another facet refuses."""
    for simple, step in restrictions(subject):
        listed = list(step.iterchildren(XSD + "enumeration"))
        yield from _twice(subject, simple, step, listed)
        refused = [(e, why) for e in listed if (why := _refusal(simple, e.get("value", "")))]
        if listed and len(refused) == len(listed):
            yield subject.finding(
                Rule.NO_VALUE,
                step,
                f"{label_of(step)}: every listed value is refused by another facet:"
                f" {refused[0][1]}",
                "Mend the facet or the list.",
            )
            continue
        for element, why in refused:
            yield subject.finding(
                Rule.ENUMERATION_OUTSIDE,
                element,
                f"{label_of(step)}: the listed value {element.get('value')!r} can never be used:"
                f" {why}",
                "Take it off the list, or widen the facet.",
            )


def _twice(
    subject: Subject, simple: Any, step: etree._Element, listed: list[etree._Element]
) -> Iterator[Finding]:
    seen: dict[Any, etree._Element] = {}
    for element in listed:
        text = element.get("value", "")
        first = seen.setdefault(_value(simple, text), element)
        if first is not element:
            before = first.get("value", "")
            same = "" if before == text else f", written {before!r} there"
            yield subject.finding(
                Rule.ENUMERATION_TWICE,
                element,
                f"{label_of(step)}: the value {text!r} is listed twice, first in line"
                f" {subject.at(first).line}{same}",
                "Remove one of them; if another code was meant, that one is missing.",
                (first,),
            )


def _value(simple: Any, text: str) -> Any:
    """What a text stands for in a type; the text itself where that cannot be said."""
    try:
        value = simple.base_type.decode(text)
        hash(value)
    except (
        Exception
    ):  # of any sort, xmlschema's and Python's: the text is told as invalid elsewhere
        return text
    return (type(value).__name__, value)


def _refusal(simple: Any, text: str) -> str | None:
    """Why a listed value is not valid for the other facets of its type."""
    try:
        value = simple.base_type.decode(text)
    except Exception:
        return None  # not even of the base: a fault of the schema, told by ``loading.invalid``
    for name, one in (simple.facets or {}).items():
        if name is None or name in (XSD + "enumeration", XSD + "whiteSpace"):
            continue
        try:
            one(text if name == XSD + "pattern" else value)
        except Exception:
            return _patterns(one) if name == XSD + "pattern" else f"{_said(one)} refuses it"
    return None


def _patterns(one: Any) -> str:
    return f"pattern {' or '.join(one.regexps)} refuses it"
