"""What changed in the values that a simple type admits, facet by facet.

A facet is judged by taking it back: the new type with this one facet as it was. So several changes
of one type are told apart, each with what it alone does.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from schemas.compare.change import Change, Recipe
from schemas.compare.difference import Effect, Kind
from schemas.compare.simple import Simple
from schemas.compare.values import decide

_Facet = tuple[Kind, str]
_FACETS: tuple[_Facet, ...] = (
    (Kind.MINIMUM_CHANGED, "minimum"),
    (Kind.MAXIMUM_CHANGED, "maximum"),
    (Kind.LENGTH_CHANGED, "length"),
    (Kind.MIN_LENGTH_CHANGED, "min_length"),
    (Kind.MAX_LENGTH_CHANGED, "max_length"),
    (Kind.TOTAL_DIGITS_CHANGED, "total_digits"),
    (Kind.FRACTION_DIGITS_CHANGED, "fraction_digits"),
    (Kind.PATTERN_CHANGED, "patterns"),
    (Kind.WHITESPACE_CHANGED, "whitespace"),
)


def value_changes(old: Simple, new: Simple) -> Iterator[Change]:
    """The changes from one simple type to another."""
    if replace(old, name=None) == replace(new, name=None):
        return
    if old.variety != new.variety:
        yield _judged(Kind.VARIETY_CHANGED, old, new, described(old), described(new))
        return
    if old.variety == "union" and _nameless(old.members) != _nameless(new.members):
        yield _judged(Kind.MEMBERS_CHANGED, old, new, described(old), described(new))
        return
    if old.variety == "atomic" and old.primitive != new.primitive:
        # Facets of another kind of value say nothing one by one.
        yield _judged(Kind.BASE_CHANGED, old, new, described(old), described(new))
        return
    if old.item != new.item and old.item is not None and new.item is not None:
        yield from (_of_item(change, new) for change in value_changes(old.item, new.item))
    if old.base != new.base:
        before = replace(new, base=old.base, whitespace=old.whitespace)
        yield _judged(Kind.BASE_CHANGED, before, new, f"xs:{old.base}", f"xs:{new.base}")
        old = replace(old, whitespace=new.whitespace)
    yield from _listed(old, new)
    for kind, facet in _FACETS:
        before, after = getattr(old, facet), getattr(new, facet)
        if before != after:
            back = replace(new, **{facet: before})
            yield _judged(kind, back, new, _text(before), _text(after))


def _nameless(members: tuple[Simple, ...]) -> list[Simple]:
    return [replace(member, name=None) for member in members]


def _of_item(change: Change, new: Simple) -> Change:
    """A change of the items of a list: the same, its texts in a list that is long enough."""
    size = max(1, new.lengths[0])

    def listed(recipe: Recipe | None) -> Recipe | None:
        if recipe is None or recipe.text is None:
            return recipe
        return replace(recipe, text=" ".join([recipe.text] * size))

    recipes = listed(change.reader_recipe), listed(change.writer_recipe)
    return replace(change, reader_recipe=recipes[0], writer_recipe=recipes[1])


def _judged(kind: Kind, old: Simple, new: Simple, before: str | None, after: str | None) -> Change:
    """A change whose effects are those between two types."""
    reader, writer = decide(old, new), decide(new, old)
    reasons = [decision.reason for decision in (reader, writer) if decision.reason]
    return Change(
        kind,
        reader.effect,
        writer.effect,
        before,
        after,
        reason=reasons[0] if reasons else None,
        reader_recipe=Recipe(text=reader.text) if reader.effect is Effect.BREAKS else None,
        writer_recipe=Recipe(text=writer.text) if writer.effect is Effect.BREAKS else None,
    )


def _listed(old: Simple, new: Simple) -> Iterator[Change]:
    """Changes of an enumeration: values that came are another change than those that went."""
    if old.enumeration == new.enumeration or (
        old.enumeration and new.enumeration and old.listed == new.listed
    ):
        return
    if not old.enumeration or not new.enumeration:
        back = replace(new, enumeration=old.enumeration)
        kind = Kind.ENUMERATION_DROPPED if old.enumeration else Kind.ENUMERATION_INTRODUCED
        yield _judged(kind, back, new, _text(old.enumeration), _text(new.enumeration))
        return
    gone = tuple(text for text in old.enumeration if old.value(text) not in new.listed)
    come = tuple(text for text in new.enumeration if new.value(text) not in old.listed)
    if gone:
        back = replace(new, enumeration=(*new.enumeration, *gone))
        yield _judged(Kind.ENUMERATION_REMOVED, back, new, _text(gone), None)
    if come:
        kept = tuple(text for text in new.enumeration if text not in come)
        # Without a value that stayed nothing can be taken back: all were replaced.
        back = replace(new, enumeration=kept or old.enumeration)
        yield _judged(Kind.ENUMERATION_ADDED, back, new, None, _text(come))


def _text(value: Any) -> str | None:
    """A facet as a person reads it."""
    if value is None or value == ():
        return None
    if isinstance(value, tuple):
        flat = (" | ".join(one) if isinstance(one, tuple) else str(one) for one in value)
        separator = " and " if any(isinstance(one, tuple) for one in value) else ", "
        return separator.join(flat)
    return str(value)


def described(simple: Simple) -> str:
    """A simple type in a line: base and facets."""
    if simple.variety == "list":
        assert simple.item is not None
        start = f"list of ({described(simple.item)})"
    elif simple.variety == "union":
        start = f"one of ({'; '.join(described(member) for member in simple.members)})"
    else:
        start = f"xs:{simple.base}"
    facets: tuple[tuple[str, Callable[[Simple], Any]], ...] = (
        ("values", lambda s: s.enumeration),
        ("pattern", lambda s: s.patterns),
        ("from", lambda s: s.minimum),
        ("to", lambda s: s.maximum),
        ("length", lambda s: s.length),
        ("at least", lambda s: s.min_length),
        ("at most", lambda s: s.max_length),
        ("digits", lambda s: s.total_digits),
        ("fraction digits", lambda s: s.fraction_digits),
    )
    told = (f"{word} {_text(get(simple))}" for word, get in facets if _text(get(simple)))
    return ", ".join((start, *told))
