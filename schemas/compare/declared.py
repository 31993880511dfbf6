"""What changed at an element: its own properties, its attributes, its values or its children."""

from collections.abc import Iterator
from dataclasses import replace

from schemas.compare.change import Change, Recipe
from schemas.compare.component import Attribute, Complex, Element
from schemas.compare.content import ContentPair, Weigh
from schemas.compare.difference import Effect, Kind
from schemas.compare.facets import described, value_changes
from schemas.compare.keys import key_changes
from schemas.compare.particle import Wildcard
from schemas.compare.simple import Simple
from schemas.compare.values import decide, sample

_KEEPS, _BREAKS, _REVIEW = Effect.KEEPS, Effect.BREAKS, Effect.REVIEW


def element_changes(old: Element, new: Element, weigh: Weigh) -> Iterator[Change]:
    """The changes between two declarations of one element, those of its children left out."""
    yield from _of_type(old, new, weigh)
    yield from _of_properties(old, new)
    yield from key_changes(old, new)
    yield from _of_texts(old, new)


def _of_type(old: Element, new: Element, weigh: Weigh) -> Iterator[Change]:
    before, after = old.type, new.type
    texts = _text_type(before), _text_type(after)
    if texts[0] is not None and texts[1] is not None:
        yield from value_changes(texts[0], texts[1])
    elif (texts[0] is None) != (texts[1] is None):
        # Whether a document shows it is found out by making one.
        yield Change(
            Kind.CONTENT_KIND_CHANGED,
            _REVIEW,
            _REVIEW,
            _kind(before),
            _kind(after),
            reason="text became elements or the reverse, and no document was found that shows it",
            reader_recipe=Recipe(),
            writer_recipe=Recipe(),
        )
    elif isinstance(before, Complex) and isinstance(after, Complex):
        yield from _of_mixture(before, after)
        yield from ContentPair(before.content, after.content, weigh).changes()
    yield from _of_attributes(_attributes(before), _attributes(after))
    yield from _of_other_attributes(_other(before), _other(after))
    if isinstance(before, Complex) and isinstance(after, Complex):
        yield from _of_abstraction(before.is_abstract, after.is_abstract)


def _text_type(found: Simple | Complex) -> Simple | None:
    return found if isinstance(found, Simple) else found.simple


def _kind(found: Simple | Complex) -> str:
    return described(found) if isinstance(found, Simple) else found.kind


def _attributes(found: Simple | Complex) -> dict[str, Attribute]:
    return {} if isinstance(found, Simple) else dict(found.attributes)


def _other(found: Simple | Complex) -> Wildcard | None:
    return None if isinstance(found, Simple) else found.any_attribute


def _of_mixture(old: Complex, new: Complex) -> Iterator[Change]:
    if old.is_mixed == new.is_mixed:
        return
    recipe = Recipe(text="x")
    yield Change(
        Kind.MIXED_CHANGED,
        _BREAKS if old.is_mixed else _KEEPS,
        _BREAKS if new.is_mixed else _KEEPS,
        old.kind,
        new.kind,
        reader_recipe=recipe if old.is_mixed else None,
        writer_recipe=recipe if new.is_mixed else None,
    )


def _of_abstraction(old: bool, new: bool) -> Iterator[Change]:
    if old != new:
        yield Change(
            Kind.ABSTRACT_CHANGED,
            _BREAKS if new else _KEEPS,
            _BREAKS if old else _KEEPS,
            "abstract" if old else "not abstract",
            "abstract" if new else "not abstract",
            reader_recipe=Recipe() if new else None,
            writer_recipe=Recipe() if old else None,
        )


# --- properties -----------------------------------------------------------------------------------


def _of_properties(old: Element, new: Element) -> Iterator[Change]:
    if old.is_nillable != new.is_nillable:
        nil = Recipe(is_nil=True)
        yield Change(
            Kind.NILLABLE_CHANGED,
            _BREAKS if old.is_nillable else _KEEPS,
            _BREAKS if new.is_nillable else _KEEPS,
            "nillable" if old.is_nillable else "not nillable",
            "nillable" if new.is_nillable else "not nillable",
            reader_recipe=nil if old.is_nillable else None,
            writer_recipe=nil if new.is_nillable else None,
        )
    before, after = _text_type(old.type), _text_type(new.type)
    if old.default != new.default:
        yield _of_default(old.default, new.default, before, after)
    if old.fixed != new.fixed and before is not None and after is not None:
        yield _of_fixed((before, old.fixed), (after, new.fixed), None)


def _of_default(
    old: str | None, new: str | None, before: Simple | None, after: Simple | None
) -> Change:
    """With a default an empty element is valid whatever its type."""
    loses = new is None and (after is None or not after.accepts(""))
    gains = old is None and (before is None or not before.accepts(""))
    return Change(
        Kind.DEFAULT_CHANGED,
        _BREAKS if loses else _KEEPS,
        _BREAKS if gains else _KEEPS,
        old,
        new,
        reason="an empty element now means something else",
        reader_recipe=Recipe(text="") if loses else None,
        writer_recipe=Recipe(text="") if gains else None,
    )


_Fixed = tuple[Simple, str | None]


def _of_fixed(old: _Fixed, new: _Fixed, attribute: str | None) -> Change:
    reader, writer = _beyond(old, new), _beyond(new, old)
    return Change(
        Kind.FIXED_CHANGED,
        _KEEPS if reader is None else _BREAKS,
        _KEEPS if writer is None else _BREAKS,
        old[1],
        new[1],
        about=f"@{attribute}" if attribute else None,
        reader_recipe=None if reader is None else _texted(reader, attribute),
        writer_recipe=None if writer is None else _texted(writer, attribute),
    )


def _texted(text: str, attribute: str | None) -> Recipe:
    return Recipe(text=text, attribute=attribute)


def _beyond(inner: _Fixed, outer: _Fixed) -> str | None:
    """A value that one fixed value admits and the other does not."""
    (simple, fixed), (other, limit) = inner, outer
    if limit is None:
        return None
    if fixed is not None:
        return None if simple.value(fixed) == other.value(limit) else fixed
    free = replace(simple, name=None)
    return decide(free, replace(other, enumeration=(limit,), name=None)).text


def _of_texts(old: Element, new: Element) -> Iterator[Change]:
    if old.number != new.number:
        reason = "the same name now stands for another number: another meaning"
        yield Change(Kind.NUMBER_CHANGED, _KEEPS, _KEEPS, old.number, new.number, reason=reason)
    before, after = (_explained(element) for element in (old, new))
    if before != after:
        yield Change(Kind.DOCUMENTATION_CHANGED, _KEEPS, _KEEPS, before, after)


def _explained(element: Element) -> str | None:
    """The documentation without the number."""
    texts = (text for _, text in element.documentation if text != element.number)
    return " / ".join(texts) or None


# --- attributes -----------------------------------------------------------------------------------


def _of_attributes(old: dict[str, Attribute], new: dict[str, Attribute]) -> Iterator[Change]:
    before = {name: one for name, one in old.items() if one.use != "prohibited"}
    after = {name: one for name, one in new.items() if one.use != "prohibited"}
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield _attribute_on_one_side(after[name], Kind.ATTRIBUTE_ADDED)
        elif name not in after:
            yield _attribute_on_one_side(before[name], Kind.ATTRIBUTE_REMOVED)
        else:
            yield from _of_attribute(before[name], after[name])


def _attribute_on_one_side(attribute: Attribute, kind: Kind) -> Change:
    """An attribute that came or went: seen from the side that has it, and from the other."""
    value = attribute.fixed if attribute.fixed is not None else sample(attribute.type)
    with_it = Recipe(attributes={attribute.name: value or ""})
    without = Recipe(attributes={attribute.name: None})
    is_required = attribute.use == "required"
    having = (_BREAKS, with_it)
    lacking = (_BREAKS, without) if is_required else (_KEEPS, None)
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
    if old.fixed != new.fixed:
        yield replace(_of_fixed((old.type, old.fixed), (new.type, new.fixed), old.name), **nodes)


def _of_other_attributes(old: Wildcard | None, new: Wildcard | None) -> Iterator[Change]:
    if old == new:
        return
    recipe = Recipe(attributes={"{urn:other}other": "x"})
    yield Change(
        Kind.ATTRIBUTE_WILDCARD_CHANGED,
        _KEEPS if old is None else (_BREAKS if new is None else _REVIEW),
        _KEEPS if new is None else (_BREAKS if old is None else _REVIEW),
        None if old is None else str(old),
        None if new is None else str(new),
        reason=None if old is None or new is None else "attributes that no name decides",
        reader_recipe=None if old is None else recipe,
        writer_recipe=None if new is None else recipe,
    )
