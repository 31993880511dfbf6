"""What changed in the values that a simple type admits, facet by facet.

Whether documents break is asked of the whole types; which change does it, of each facet alone: the
new type with this facet as it was, and the old type with this facet as it is. So several changes of
one type are told apart, those that say the same twice (a maximum and a number of digits) are both
told, and those that make up for each other break nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from schemas.compare.candidates import candidates
from schemas.compare.change import Change, Recipe
from schemas.compare.difference import Effect, Kind
from schemas.compare.simple import Simple
from schemas.compare.values import Decision, decide, shows

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
    if old.plain == new.plain:
        return
    if old.variety != new.variety:
        yield _judged(Kind.VARIETY_CHANGED, old, new, described(old), described(new))
        return
    if old.variety == "union" and old.plain.members != new.plain.members:
        yield _judged(Kind.MEMBERS_CHANGED, old, new, described(old), described(new))
        return
    if old.variety == "atomic" and old.primitive != new.primitive:
        # Facets of another kind of value say nothing one by one.
        yield _judged(Kind.BASE_CHANGED, old, new, described(old), described(new))
        return
    if old.item is not None and new.item is not None and old.item.plain != new.item.plain:
        if any(side.enumeration or side.patterns for side in (old, new)):
            # Which lists are listed, or match, depends on what their items are.
            yield _judged(Kind.BASE_CHANGED, old, new, described(old), described(new))
            return
        yield from (_of_item(change, new) for change in value_changes(old.item, new.item))
    yield from _accounted(old, new, list(_Facets(old, new).changes()))


def _accounted(old: Simple, new: Simple, changes: list[Change]) -> list[Change]:
    """Where the types break something that no change breaks by itself, the first one does."""
    reader, writer = decide(old, new), decide(new, old)
    if not changes or (old.item != new.item and old.item is not None):
        return changes
    first = changes[0]
    if reader.effect is Effect.BREAKS not in {change.reader for change in changes}:
        first = replace(first, reader=Effect.BREAKS, reader_recipe=_recipe(reader))
    if writer.effect is Effect.BREAKS not in {change.writer for change in changes}:
        first = replace(first, writer=Effect.BREAKS, writer_recipe=_recipe(writer))
    return [first, *changes[1:]]


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
    """A change whose effects are those between two whole types."""
    return _changed(kind, (decide(old, new), decide(new, old)), before, after)


def _changed(
    kind: Kind, decisions: tuple[Decision, Decision], before: str | None, after: str | None
) -> Change:
    """A change with what was decided of readers and of writers."""
    reader, writer = decisions
    return Change(
        kind,
        reader.effect,
        writer.effect,
        before,
        after,
        reason=reader.reason or writer.reason,
        reader_recipe=_recipe(reader),
        writer_recipe=_recipe(writer),
    )


def _recipe(decision: Decision) -> Recipe | None:
    return None if decision.text is None else Recipe(text=decision.text)


@dataclass(frozen=True)
class _Facets:
    """Two types of one primitive, or two lists, or two unions of the same members."""

    old: Simple
    new: Simple

    def changes(self) -> Iterator[Change]:
        old, new = self.old, self.new
        if old.base != new.base:
            own = {"base": old.base, "whitespace": old.whitespace}
            other = {"base": new.base, "whitespace": new.whitespace}
            texts = f"xs:{old.base}", f"xs:{new.base}"
            yield self._change(Kind.BASE_CHANGED, own, other, *texts)
        yield from self._listed()
        for kind, facet in _FACETS:
            before, after = getattr(old, facet), getattr(new, facet)
            follows_base = facet == "whitespace" and old.base != new.base
            if before != after and not follows_base:
                own, other = {facet: before}, {facet: after}
                yield self._change(kind, own, other, _text(before), _text(after))

    def _listed(self) -> Iterator[Change]:
        """Changes of an enumeration: values that came are another change than those that went."""
        before, after = self.old.enumeration, self.new.enumeration
        if before == after:
            return
        if not before or not after:
            kind = Kind.ENUMERATION_DROPPED if before else Kind.ENUMERATION_INTRODUCED
            own, other = {"enumeration": before}, {"enumeration": after}
            yield self._change(kind, own, other, _text(before), _text(after))
            return
        gone = tuple(text for text in before if self.old.value(text) not in self.new.listed)
        come = tuple(text for text in after if self.new.value(text) not in self.old.listed)
        stay = tuple(text for text in after if text not in come)
        # An enumeration of nothing cannot be written: where all was replaced, one step is enough.
        left = {"enumeration": stay} if stay else None
        if gone:
            own = {"enumeration": (*after, *gone)}
            yield self._change(Kind.ENUMERATION_REMOVED, own, left, _text(gone), None)
        if come:
            other = {"enumeration": (*before, *come)}
            yield self._change(Kind.ENUMERATION_ADDED, left, other, None, _text(come))

    def _change(
        self,
        kind: Kind,
        own: dict[str, Any] | None,
        other: dict[str, Any] | None,
        before: str | None,
        after: str | None,
    ) -> Change:
        """``own``: the facets to give the new type back; ``other``: those to give the old one."""
        last = None if own is None else replace(self.new, **own)
        first = None if other is None else replace(self.old, **other)
        reader = _alone(self.old, self.new, last, first)
        writer = _alone(self.new, self.old, first, last)
        return _changed(kind, (reader, writer), before, after)


def _alone(inner: Simple, outer: Simple, last: Simple | None, first: Simple | None) -> Decision:
    """What one change does to the values of ``inner``: ``last`` is ``outer`` without it, ``first``
    is ``inner`` with it; one of them is enough."""
    whole = decide(inner, outer)
    if whole.effect is not Effect.BREAKS:
        return whole
    steps = [decide(last, outer)] if last is not None else []
    steps += [decide(inner, first)] if first is not None else []
    if Effect.BREAKS not in {step.effect for step in steps}:
        return next((step for step in steps if step.effect is Effect.REVIEW), steps[0])
    texts = (step.text for step in (whole, *steps) if step.text is not None)
    for text in chain(texts, candidates(inner, outer)):
        if shows(inner, outer, text) and _is_to_blame(text, last, first):
            return Decision(Effect.BREAKS, text)
    # What the old type with this change still admits is refused for other changes.
    is_innocent = first is not None and steps[-1].effect is Effect.KEEPS
    return steps[-1] if is_innocent else replace(whole, effect=Effect.REVIEW, reason=_TOGETHER)


_TOGETHER = "values are refused for several changes together"


def _is_to_blame(text: str, last: Simple | None, first: Simple | None) -> bool:
    """Whether a text is refused for one change: all else admits it, or the change alone refuses."""
    return (last is not None and last.accepts(text)) or (
        first is not None and not first.accepts(text)
    )


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
