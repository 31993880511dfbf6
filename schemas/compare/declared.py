"""What changed at an element: its own properties, its attributes, its values or its children."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schemas.compare.beyond import (
    Judged,
    attributes_beyond,
    by_wildcard,
    kind_change,
)
from schemas.compare.candidates import candidates, sample
from schemas.compare.change import Change, Recipe
from schemas.compare.component import Attribute, Complex, Element, text_type
from schemas.compare.content import ContentPair, Weigh
from schemas.compare.derived import derived_changes
from schemas.compare.difference import Effect, Kind
from schemas.compare.documented import texts, value_texts
from schemas.compare.facets import value_changes
from schemas.compare.keys import key_changes
from schemas.compare.particle import Wildcard
from schemas.compare.simple import Simple
from schemas.compare.values import Decision, decide, shows

_KEEPS, _BREAKS, _REVIEW = Effect.KEEPS, Effect.BREAKS, Effect.REVIEW


def element_changes(old: Element, new: Element, weigh: Weigh) -> Iterator[Change]:
    """The changes between two declarations of one element, those of its children left out."""
    yield from _of_type(old.type, new.type, weigh)
    yield from derived_changes(old, new, lambda one, other: _of_type(one, other, weigh))
    yield from _of_properties(old, new)
    yield from key_changes(old, new)
    yield from _of_texts(old, new)


def _of_type(before: Simple | Complex, after: Simple | Complex, weigh: Weigh) -> Iterator[Change]:
    texts = text_type(before), text_type(after)
    if texts[0] is not None and texts[1] is not None:
        yield from value_changes(texts[0], texts[1])
    elif (texts[0] is None) != (texts[1] is None):
        yield kind_change(before, after)
    elif isinstance(before, Complex) and isinstance(after, Complex):
        yield from _of_mixture(before, after)
        yield from ContentPair(before.content, after.content, weigh).changes()
    yield from _of_attributes(before, after)
    yield from _of_other_attributes(_other(before), _other(after))
    if isinstance(before, Complex) and isinstance(after, Complex):
        yield from _of_abstraction(before.is_abstract, after.is_abstract)


def _attributes(found: Simple | Complex) -> dict[str, Attribute]:
    if isinstance(found, Simple):
        return {}
    return {name: one for name, one in found.attributes.items() if one.use != "prohibited"}


def _other(found: Simple | Complex) -> Wildcard | None:
    return None if isinstance(found, Simple) else found.any_attribute


def _of_mixture(old: Complex, new: Complex) -> Iterator[Change]:
    admits, texts = (old.is_mixed, new.is_mixed), (old.kind, new.kind)
    yield from _admitted(Kind.MIXED_CHANGED, admits, texts, Recipe(text="x"))


def _of_abstraction(old: bool, new: bool) -> Iterator[Change]:
    words = {True: "abstract", False: "not abstract"}
    texts = words[old], words[new]
    yield from _admitted(Kind.ABSTRACT_CHANGED, (not old, not new), texts, Recipe())


def _admitted(
    kind: Kind, admits: tuple[bool, bool], texts: tuple[str, str], recipe: Recipe
) -> Iterator[Change]:
    """A change of what one side admits, as ``recipe`` has it, and the other does not."""
    if admits[0] == admits[1]:
        return
    old, new = admits
    yield Change(
        kind,
        _BREAKS if old else _KEEPS,
        _BREAKS if new else _KEEPS,
        *texts,
        reader_recipe=recipe if old else None,
        writer_recipe=recipe if new else None,
    )


# --- properties -----------------------------------------------------------------------------------


def _of_properties(old: Element, new: Element) -> Iterator[Change]:
    yield from _of_abstraction(old.is_abstract, new.is_abstract)
    if old.head != new.head:
        yield Change(
            Kind.SUBSTITUTION_CHANGED,
            _KEEPS,
            _KEEPS,
            old.head,
            new.head,
            reason="what that does is told where the head of the group stands",
        )
    nillable = old.is_nillable, new.is_nillable
    words = {True: "nillable", False: "not nillable"}
    texts = words[old.is_nillable], words[new.is_nillable]
    yield from _admitted(Kind.NILLABLE_CHANGED, nillable, texts, Recipe(is_nil=True))
    before, after = _text_or_mixture(old.type), _text_or_mixture(new.type)
    if old.default != new.default:
        yield _of_default(old, new)
    if before is None or after is None:
        return
    fixed = (before, old.fixed), (after, new.fixed)
    if old.fixed != new.fixed:
        change = _of_fixed(*fixed, None)
        yield change if old.default != new.default else _with_empty(change, old, new)
    else:
        yield from _of_kept_fixed(*fixed, None)


def _text_or_mixture(found: Simple | Complex) -> Simple | None:
    """The type of its text, of mixed content any."""
    if isinstance(found, Complex) and found.is_mixed:
        return Simple("atomic", "string", "preserve")
    return text_type(found)


def _with_empty(change: Change, old: Element, new: Element) -> Change:
    """A change of a fixed value, and of what it means for an empty element."""
    empty = _of_default(old, new)
    if empty.reader is Effect.BREAKS and change.reader is not Effect.BREAKS:
        change = replace(change, reader=empty.reader, reader_recipe=empty.reader_recipe)
    if empty.writer is Effect.BREAKS and change.writer is not Effect.BREAKS:
        change = replace(change, writer=empty.writer, writer_recipe=empty.writer_recipe)
    return change


def _of_default(old: Element, new: Element) -> Change:
    """With a default, or a fixed value, an empty element is valid whatever its type."""
    loses = _is_given(old) and not _may_be_empty(new)
    gains = _is_given(new) and not _may_be_empty(old)
    return Change(
        Kind.DEFAULT_CHANGED,
        _BREAKS if loses else _KEEPS,
        _BREAKS if gains else _KEEPS,
        old.default,
        new.default,
        reason="an empty element now means something else",
        reader_recipe=Recipe(text="") if loses else None,
        writer_recipe=Recipe(text="") if gains else None,
    )


def _is_given(element: Element) -> bool:
    return element.default is not None or element.fixed is not None


def _may_be_empty(element: Element) -> bool:
    text = text_type(element.type)
    return _is_given(element) or text is None or text.accepts("")


_Fixed = tuple[Simple, str | None]


def _of_fixed(old: _Fixed, new: _Fixed, attribute: str | None) -> Change:
    is_element = attribute is None
    reader, writer = _beyond(old, new, is_element), _beyond(new, old, is_element)
    return Change(
        Kind.FIXED_CHANGED,
        reader.effect,
        writer.effect,
        old[1],
        new[1],
        about=f"@{attribute}" if attribute else None,
        reason=reader.reason or writer.reason,
        reader_recipe=_texted(reader, attribute),
        writer_recipe=_texted(writer, attribute),
    )


def _of_kept_fixed(old: _Fixed, new: _Fixed, attribute: str | None) -> Iterator[Change]:
    """A fixed value that stays, while its type begins, or ceases, to keep white space."""
    change = _of_fixed(old, new, attribute)
    if _BREAKS in (change.reader, change.writer):
        yield replace(change, reason="white space around the fixed value counts on one side only")


def _texted(decision: Decision, attribute: str | None) -> Recipe | None:
    return None if decision.text is None else Recipe(text=decision.text, attribute=attribute)


def _beyond(inner: _Fixed, outer: _Fixed, is_element: bool) -> Decision:
    """Whether one fixed value, or a type without, admits what the other fixed value does not; an
    empty element apart, that takes the fixed value."""
    (simple, fixed), (other, limit) = inner, outer
    if limit is None:
        return Decision(_KEEPS)
    if fixed is not None and simple.value(fixed) != other.value(limit):
        return Decision(_BREAKS, fixed)
    if fixed is not None and simple.whitespace == other.whitespace:
        return Decision(_KEEPS)
    if fixed is not None:
        simple = replace(simple, enumeration=(fixed,), name=None)
    only = replace(other, enumeration=(limit,), name=None)
    whole = decide(simple, only)
    if whole.effect is not _BREAKS or whole.text or not is_element:
        return whole
    texts = (t for t in candidates(simple, only) if t and shows(simple, only, t))
    text = next(texts, None)
    if text is not None:
        return Decision(_BREAKS, text)
    if simple.enumeration and all(only.accepts(t) for t in simple.admitted if t):
        return Decision(_KEEPS)  # nothing but the fixed value and the empty element
    return Decision(_REVIEW, reason="only the empty element was found to be no fixed value")


def _of_texts(old: Element, new: Element) -> Iterator[Change]:
    if old.number != new.number:
        reason = "the same name now stands for another number: another meaning"
        yield Change(Kind.NUMBER_CHANGED, _KEEPS, _KEEPS, old.number, new.number, reason=reason)
    said = _explained(old), _explained(new)
    yield from _of_explanations(said, (old.node.type, new.node.type))


def _of_explanations(
    said: tuple[str | None, str | None], types: tuple[Any, Any]
) -> Iterator[Change]:
    """What is said of a declaration, and of the values that both sides list."""
    if said[0] != said[1]:
        yield Change(Kind.DOCUMENTATION_CHANGED, _KEEPS, _KEEPS, *said)
    before, after = map(value_texts, types)
    for value in sorted(before.keys() & after.keys()):
        if before[value] != after[value]:
            old, new = (f"{value}: {side[value]}" for side in (before, after))
            yield Change(Kind.DOCUMENTATION_CHANGED, _KEEPS, _KEEPS, old, new)


def _explained(element: Element) -> str | None:
    """The documentation without the number."""
    texts = (text for _, text in element.documentation if text != element.number)
    return " / ".join(texts) or None


# --- attributes -----------------------------------------------------------------------------------


def _of_attributes(old: Simple | Complex, new: Simple | Complex) -> Iterator[Change]:
    before, after = _attributes(old), _attributes(new)
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield _attribute_on_one_side(after[name], Kind.ATTRIBUTE_ADDED, old)
        elif name not in after:
            yield _attribute_on_one_side(before[name], Kind.ATTRIBUTE_REMOVED, new)
        else:
            yield from _of_attribute(before[name], after[name])


def _attribute_on_one_side(attribute: Attribute, kind: Kind, other: Simple | Complex) -> Change:
    """An attribute that came or went: seen from the side that has it, and from the other."""
    value = attribute.fixed if attribute.fixed is not None else sample(attribute.type)
    without = Recipe(attributes={attribute.name: None})
    is_required = attribute.use == "required"
    having: Judged = (_BREAKS, Recipe(attributes={attribute.name: value or ""}), None)
    lacking: Judged = (_BREAKS, without, None) if is_required else (_KEEPS, None, None)
    wildcard = _other(other)
    if wildcard is not None and attribute.name in wildcard:
        assert isinstance(other, Complex)
        is_known = attribute.name in other.schema.xsd.maps.attributes
        having, freed = by_wildcard(attribute, wildcard, is_known)
        lacking = lacking if is_required else freed
    is_new = kind is Kind.ATTRIBUTE_ADDED
    reader, writer = (lacking, having) if is_new else (having, lacking)
    return Change(
        kind,
        reader[0],
        writer[0],
        None if is_new else attribute.use,
        attribute.use if is_new else None,
        about=f"@{attribute.name}",
        reader_recipe=reader[1],
        writer_recipe=writer[1],
        reason=reader[2] or writer[2],
        old_node=None if is_new else attribute.node,
        new_node=attribute.node if is_new else None,
    )


def _of_attribute(old: Attribute, new: Attribute) -> Iterator[Change]:
    about = f"@{old.name}"
    nodes = {"old_node": old.node, "new_node": new.node}
    if old.use != new.use:
        without = Recipe(attributes={old.name: None})
        yield Change(
            Kind.ATTRIBUTE_USE_CHANGED,
            _BREAKS if new.use == "required" else _KEEPS,
            _BREAKS if old.use == "required" else _KEEPS,
            old.use,
            new.use,
            about=about,
            reader_recipe=without if new.use == "required" else None,
            writer_recipe=without if old.use == "required" else None,
            **nodes,
        )
    before, after = (" / ".join(t for _, t in texts(one.node)) or None for one in (old, new))
    for change in _of_explanations((before, after), (old.node.type, new.node.type)):
        yield replace(change, about=about, **nodes)
    for change in value_changes(old.type, new.type):
        recipes = (
            replace(recipe, attribute=old.name) if recipe else None
            for recipe in (change.reader_recipe, change.writer_recipe)
        )
        reader, writer = recipes
        yield replace(change, about=about, reader_recipe=reader, writer_recipe=writer, **nodes)
    if old.default != new.default:
        reason = "an absent attribute now means something else"
        yield Change(
            Kind.DEFAULT_CHANGED,
            _KEEPS,
            _KEEPS,
            old.default,
            new.default,
            about=about,
            reason=reason,
            **nodes,
        )
    fixed = (old.type, old.fixed), (new.type, new.fixed)
    if old.fixed != new.fixed:
        yield replace(_of_fixed(*fixed, old.name), **nodes)
    else:
        for change in _of_kept_fixed(*fixed, old.name):
            yield replace(change, **nodes)


def _of_other_attributes(old: Wildcard | None, new: Wildcard | None) -> Iterator[Change]:
    if old == new:
        return
    reader, writer = attributes_beyond(old, new), attributes_beyond(new, old)
    yield Change(
        Kind.ATTRIBUTE_WILDCARD_CHANGED,
        reader[0],
        writer[0],
        None if old is None else str(old),
        None if new is None else str(new),
        reason=reader[2] or writer[2],
        reader_recipe=reader[1],
        writer_recipe=writer[1],
    )
