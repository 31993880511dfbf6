"""The content of elements: types that differ under one name, emptiness, defaults."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from schemas.lint.finding import Finding
from schemas.lint.rules import Rule
from schemas.lint.subject import Subject, complex_types, elements_of, label_of, some, written
from schemas.model import XSD


def inconsistent_types(subject: Subject) -> Iterator[Finding]:
    """The same name with different types in one content model, which XML Schema forbids."""
    said = set()
    for component, raw in complex_types(subject):
        first: dict[str, Any] = {}
        for element in elements_of(component.content):
            known = first.setdefault(element.name, element)
            one, other = subject.raw(known), subject.raw(element)
            if known.type is element.type or one is None or other is None or one is other:
                continue
            if (one, other) in said:
                continue
            said.add((one, other))
            yield subject.finding(
                Rule.INCONSISTENT_TYPES,
                other,
                f"{label_of(raw)} contains {element.local_name} with two types:"
                f" {_type(known)} in line {subject.at(one).line} and {_type(element)} here",
                "Give both the same named type, or different names.",
                (one,),
            )


def _type(element: Any) -> str:
    return str(element.type.local_name or "one of its own")


def several_types(subject: Subject) -> Iterator[Finding]:
    """The same name with different types at different places: allowed, but a surprise for whoever
    maps elements by name. Types that are written alike count as the same."""
    from xmlschema.validators import XsdElement

    found: dict[str, dict[object, tuple[Any, etree._Element]]] = {}
    for component, raw in subject.components:
        if isinstance(component, XsdElement) and raw.get("ref") is None and raw.get("name"):
            found.setdefault(component.name, {}).setdefault(
                _written_type(component), (component, raw)
            )
    for name, types in found.items():
        if len(types) > 1:
            raws = [raw for _, raw in types.values()]
            local = name.rpartition("}")[2]
            yield subject.finding(
                Rule.SEVERAL_TYPES,
                raws[1],
                f"element {local} has {len(types)} different types, depending on where it stands:"
                f" {', '.join(_type(component) for component, _ in types.values())}",
                "Whoever maps elements to columns or classes has to do it by path, not by name.",
                [raw for raw in raws if raw is not raws[1]],
            )


def _written_type(element: Any) -> object:
    """What stands for the type of an element: its name, or how it is written."""
    return element.type.name or written(element.type.elem)


def empty_content(subject: Subject) -> Iterator[Finding]:
    """Complex types that ask for nothing: an element of the type may stand there empty, and says
    nothing then. Of a type that only derives from such a one nothing more is said."""
    empty = {id(component) for component, _ in complex_types(subject) if _may_be_empty(component)}
    for component, raw in complex_types(subject):
        if id(component) in empty and id(component.base_type) not in empty:
            yield subject.finding(
                Rule.EMPTY_CONTENT,
                raw,
                f"everything in {label_of(raw)} is optional: it may stand there with nothing in it",
                "Ask for one child at least (a choice, or minOccurs 1), or expect empty ones.",
            )


def _may_be_empty(component: Any) -> bool:
    content = component.content
    has_elements = any(True for _ in elements_of(content))
    if not has_elements or component.mixed or not content.is_emptiable():
        return False
    return all(attribute.use != "required" for attribute in component.attributes.values())


def empty_values(subject: Subject) -> Iterator[Finding]:
    """Required elements that an empty text satisfies, all in one finding."""
    from xmlschema.validators import XsdElement

    found: dict[str, etree._Element] = {}
    for component, raw in subject.components:
        is_required = isinstance(component, XsdElement) and component.min_occurs
        if is_required and component.type.is_simple():
            declared = component.ref or component
            if declared.fixed is None and component.type.is_valid(""):
                where = subject.raw(declared)
                found.setdefault(component.local_name, raw if where is None else where)
    if found:
        first = next(iter(found.values()))
        yield subject.finding(
            Rule.EMPTY_VALUE,
            first,
            f"an empty text satisfies elements that are required: {some(found)}",
            "Ask for minLength 1, or for a pattern, where a value has to be there.",
            list(found.values())[1:],
        )


def absent_or_nil(subject: Subject) -> Iterator[Finding]:
    """Nillable elements that need not be there, or have a fixed value."""
    for source in subject.sources.files:
        for element in source.root.iter(XSD + "element"):
            if element.get("nillable") not in ("true", "1"):
                continue
            if element.get("minOccurs") == "0":
                yield subject.finding(
                    Rule.ABSENT_OR_NIL,
                    element,
                    f"{label_of(element)} may be absent, and may be there with xsi:nil: two ways to"
                    " say that there is no value",
                    "Choose one: drop nillable, or make the element required.",
                )
            if element.get("fixed") is not None:
                yield subject.finding(
                    Rule.ABSENT_OR_NIL,
                    element,
                    f"{label_of(element)} has a fixed value and is nillable: a nil one is refused",
                    "Drop nillable or the fixed value.",
                )


def invalid_default(subject: Subject) -> Iterator[Finding]:
    """Defaults and fixed values that their own type refuses."""
    from xmlschema.validators import XsdAttribute, XsdElement

    for component, raw in subject.components:
        if not isinstance(component, XsdElement | XsdAttribute) or raw.get("ref"):
            continue
        for which in ("default", "fixed"):
            text = raw.get(which)
            simple = _text_type(component.type)
            if text is not None and simple is not None and not simple.is_valid(text):
                yield subject.finding(
                    Rule.INVALID_DEFAULT,
                    raw,
                    f"the {which} value {text!r} of {label_of(raw)} is not valid for its type",
                    "Mend the value or the type.",
                )


def _text_type(kind: Any) -> Any:
    """The simple type of what has a text as its content; None for what has elements."""
    if kind.is_simple():
        return kind
    return kind.content if kind.has_simple_content() else None
