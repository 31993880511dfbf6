"""What changed where one side names it and the other does not: text against elements, an attribute
against a wildcard, one wildcard against another.
"""

from dataclasses import replace

from schemas.compare.candidates import candidates
from schemas.compare.change import Change, Recipe
from schemas.compare.component import Attribute, Complex, text_type
from schemas.compare.difference import Effect, Kind
from schemas.compare.facets import described
from schemas.compare.particle import Wildcard, is_stricter, language_of
from schemas.compare.search import Search, Undecided
from schemas.compare.simple import Simple
from schemas.compare.values import decide

Judged = tuple[Effect, Recipe | None, str | None]
"""An effect, what shows it, and why it is not decided."""

_KEPT: Judged = (Effect.KEEPS, None, None)
_ANY_TEXT = Simple("atomic", "string", "preserve")


def kind_change(old: Simple | Complex, new: Simple | Complex) -> Change:
    """Text that became elements, or mixed content, or nothing; or the reverse."""
    before, after = text_type(old), text_type(new)
    if before is not None:
        assert isinstance(new, Complex)
        reader, writer = _texts_beyond(before, new), _children_beyond(new, before)
    else:
        assert isinstance(old, Complex)
        assert after is not None
        reader, writer = _children_beyond(old, after), _texts_beyond(after, old)
    return Change(
        Kind.CONTENT_KIND_CHANGED,
        reader[0],
        writer[0],
        _kind(old),
        _kind(new),
        reason=reader[2] or writer[2],
        reader_recipe=reader[1],
        writer_recipe=writer[1],
    )


def _kind(found: Simple | Complex) -> str:
    return described(found) if isinstance(found, Simple) else found.kind


def _texts_beyond(text: Simple, other: Complex) -> Judged:
    """Whether a type with children, or with nothing, admits a text alone."""
    may_be_childless = language_of(other.content).nullable
    if other.is_mixed and may_be_childless:
        return _KEPT
    blank = may_be_childless and not other.is_mixed
    for found in candidates(text):
        if text.accepts(found) and (found.strip() or not blank):
            return Effect.BREAKS, Recipe(text=found), None
    return Effect.REVIEW, Recipe(), "no text was found that shows whether it stays valid"


def _children_beyond(complex_type: Complex, text: Simple) -> Judged:
    """Whether a simple type admits all that a type with children, or with nothing, does."""
    language = language_of(complex_type.content)
    alphabet = tuple(sorted({n for leaf in language.leaves() for n in _names(leaf.symbols)}))
    try:
        word = Search().shortest((language,), (), alphabet, lambda _: True)
    except Undecided:
        return Effect.REVIEW, None, "the content models are too large to compare"
    if word:
        return Effect.BREAKS, Recipe(children=word), None
    if complex_type.is_mixed:
        decision = decide(_ANY_TEXT, text)
        recipe = None if decision.text is None else Recipe(text=decision.text)
        return decision.effect, recipe, decision.reason
    return _KEPT if text.accepts("") else (Effect.BREAKS, Recipe(), None)


def _names(symbols: object) -> tuple[str, ...]:
    if isinstance(symbols, Wildcard):
        return tuple(name for name in _samples(symbols) if name in symbols)
    return tuple(getattr(symbols, "names", ()))


# --- attributes that a wildcard admits ------------------------------------------------------------


def by_wildcard(attribute: Attribute, wildcard: Wildcard, is_known: bool) -> tuple[Judged, Judged]:
    """An attribute that the other side has no name for, but admits: whether its values are valid
    there, and whether the values there are valid here. ``is_known``: whether the other side
    declares it globally."""
    if wildcard.processing == "strict" and not is_known:
        value = attribute.fixed if attribute.fixed is not None else _sample(attribute.type)
        return (Effect.BREAKS, Recipe(attributes={attribute.name: value}), None), _KEPT
    if is_known and wildcard.processing != "skip":
        undecided = (Effect.REVIEW, None, "a global declaration of the attribute decides")
        return undecided, undecided
    own = attribute.type
    if attribute.fixed is not None:
        own = replace(own, enumeration=(attribute.fixed,), name=None)
    decision = decide(_ANY_TEXT, own)
    recipe = None if decision.text is None else Recipe(attributes={attribute.name: decision.text})
    return _KEPT, (decision.effect, recipe, decision.reason)


def _sample(simple: Simple) -> str:
    return next((text for text in candidates(simple) if simple.accepts(text)), "")


def attributes_beyond(inner: Wildcard | None, outer: Wildcard | None) -> Judged:
    """Whether one wildcard for attributes admits all that another does."""
    if inner is None:
        return _KEPT
    samples = sorted({*_samples(inner), *(_samples(outer) if outer is not None else ())})
    for name in samples:
        if name in inner and (outer is None or name not in outer):
            if inner.processing == "strict":
                return Effect.REVIEW, None, "only attributes that are declared show it"
            return Effect.BREAKS, Recipe(attributes={name: "x"}), None
    assert outer is not None
    if not is_stricter(outer, inner):
        return _KEPT
    if outer.processing == "lax":
        return Effect.REVIEW, None, "attributes that the schema declares are validated now"
    name = next(name for name in samples if name in inner)
    return Effect.BREAKS, Recipe(attributes={name: "x"}), None


def _samples(wildcard: Wildcard) -> tuple[str, ...]:
    """A name of each sort that a wildcard may tell apart."""
    named = (one for one in wildcard.namespaces if not one.startswith("##"))
    spaces = dict.fromkeys(("urn:other", "", wildcard.target, *named))
    return tuple(f"{{{space}}}other" if space else "other" for space in spaces)
