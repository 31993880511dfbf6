"""What changed in the children that an element may have.

The children of both content models are laid side by side, so that each change has a name: added,
removed, moved, another occurrence. What a change does is asked of the languages: the content model
with this one change, and without it, by the words that one admits and the other does not. So
nothing depends on how a content model is written down.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from schemas.compare.aligned import (
    admitted_globals,
    aligned,
    is_all,
    is_any,
    leaves_of,
    matched_by_name,
    matched_by_number,
    name_of,
    repeating_in,
    reserved_in,
    told,
)
from schemas.compare.change import Change, Recipe
from schemas.compare.component import Element
from schemas.compare.difference import Effect, Kind, Life
from schemas.compare.language import Term
from schemas.compare.particle import (
    Edit,
    Edits,
    Particle,
    Wildcard,
    is_stricter,
    language_of,
    local,
    symbols_of,
)
from schemas.compare.scale import Scale
from schemas.compare.search import Search, Undecided
from schemas.compare.worded import life_of, occurrence, rendered, trimmed

_LONGEST = 20_000
"""Children of a document that shows a difference, at most."""

Weigh = Callable[[object], int]


@dataclass
class ContentPair:
    """Two content models, and questions over their languages."""

    old: Particle | None
    new: Particle | None
    weigh: Weigh = lambda _: 1

    def changes(self) -> Iterator[Change]:
        """The changes, in the order of the new content model."""
        is_same = language_of(self.old) == language_of(self.new) and self._reserves_the_same()
        if is_same and self._declares_the_same():
            return
        pairs, gone, come = aligned(leaves_of(self.old), leaves_of(self.new))
        moved = matched_by_name(gone, come)
        for old, new in moved:
            gone.remove(old)
            come.remove(new)
        renamed = matched_by_number(gone, come)
        for old, new in renamed:
            gone.remove(old)
            come.remove(new)
        for old, new in (*pairs, *moved):
            yield from self._of_pair(old, new)
        for old, new in renamed:
            yield self._renaming(old, new)
            yield from self._of_occurrence(old, new)
        yield from map(self._removal, gone)
        yield from map(self._addition, come)
        yield from self._of_structure(moved, pairs, renamed, gone, come)

    def _declares_the_same(self) -> bool:
        old, new = ([admitted_globals(p) for p in leaves_of(side)] for side in (self.old, self.new))
        return old == new

    def _reserves_the_same(self) -> bool:
        old, new = (reserved_in(leaves_of(content)) for content in (self.old, self.new))
        return old == new

    def _of_pair(self, old: Particle, new: Particle) -> Iterator[Change]:
        """Changes of a child that stands on both sides."""
        before, after = symbols_of(old), symbols_of(new)
        if before != after:
            yield self._of_symbols(old, new)
        yield from self._of_occurrence(old, new)
        if isinstance(old.term, Wildcard) and isinstance(new.term, Wildcard):
            yield from self._of_known(old, new)

    def _of_known(self, old: Particle, new: Particle) -> Iterator[Change]:
        """Global elements that a wildcard admits and only one of the schemas declares."""
        before, after = admitted_globals(old), admitted_globals(new)
        is_told = symbols_of(old) != symbols_of(new)
        if before == after or is_told:
            return
        gone, come = sorted(before - after), sorted(after - before)
        is_strict = new.term == old.term and getattr(new.term, "processing", "") == "strict"
        if is_strict:  # what is not declared is refused
            sides = [
                self._if_refused(self.old_language, gone),
                self._if_refused(self.new_language, come),
            ]
        else:  # what is declared is validated
            sides = [(Effect.REVIEW if names else Effect.KEEPS, None) for names in (come, gone)]
        texts = [", ".join(map(local, names)) or None for names in (gone, come)]
        change = Change(
            Kind.WILDCARD_CHANGED,
            sides[0][0],
            sides[1][0],
            texts[0],
            texts[1],
            about=name_of(new),
            reason="the schemas do not declare the same elements that it admits",
            reader_recipe=sides[0][1],
            writer_recipe=sides[1][1],
        )
        yield replace(change, old_node=old.node, new_node=new.node)

    def _if_refused(self, language: Term, names: Sequence[str]) -> tuple[Effect, Recipe | None]:
        """What documents are to a schema that does not declare some of their elements."""
        if not names:
            return Effect.KEEPS, None
        alphabet = (*self._alphabet, *names)
        word = self._search.shortest((language,), (), alphabet, names.__contains__)
        return Effect.BREAKS, None if word is None else self._written_out(word)

    def _of_occurrence(self, old: Particle, new: Particle) -> Iterator[Change]:
        if (old.low, old.high) != (new.low, new.high):
            back = self._on_new({new: Edit(old.low, old.high, symbols_of(new))})
            kind = Kind.WILDCARD_CHANGED if is_any(new) else Kind.OCCURRENCE_CHANGED
            change = self._judged(kind, back, self.new_language, new)
            change = told(change, occurrence(old), occurrence(new), old, new)
            yield replace(change, life=life_of(old, new))

    def _of_symbols(self, old: Particle, new: Particle) -> Change:
        back = self._on_new({new: Edit(new.low, new.high, symbols_of(old))})
        kind = Kind.WILDCARD_CHANGED if is_any(new) else Kind.SUBSTITUTES_CHANGED
        change = self._judged(kind, back, self.new_language, new)
        if isinstance(old.term, Wildcard) and isinstance(new.term, Wildcard):
            change = self._of_processing(change, old.term, new.term)
        return told(change, name_of(old), name_of(new), old, new)

    def _of_processing(self, change: Change, old: Wildcard, new: Wildcard) -> Change:
        """How elements without a name are validated: strictly, if they are known, not at all."""
        if is_stricter(new, old) and change.reader is Effect.KEEPS:
            effect, recipe, reason = self._if_unknown(self.old_language, old, new)
            change = replace(change, reader=effect, reader_recipe=recipe, reason=reason)
        if is_stricter(old, new) and change.writer is Effect.KEEPS:
            effect, recipe, reason = self._if_unknown(self.new_language, new, old)
            change = replace(change, writer=effect, writer_recipe=recipe, reason=reason)
        return change

    def _if_unknown(
        self, language: Term, loose: Wildcard, strict: Wildcard
    ) -> tuple[Effect, Recipe | None, str | None]:
        if strict.processing != "strict":
            return Effect.REVIEW, None, "elements that the schema declares are validated now"
        known = {
            name for leaf in leaves_of(self.old) for name in getattr(symbols_of(leaf), "names", ())
        }
        word = self._search.shortest(
            (language,), (), self._alphabet, lambda name: name in loose and name not in known
        )
        recipe = None if word is None else self._written_out(word)
        return Effect.BREAKS, recipe, None

    def _removal(self, old: Particle) -> Change:
        kind = Kind.WILDCARD_REMOVED if is_any(old) else Kind.CHILD_REMOVED
        change = self._judged(kind, self.old_language, self._on_old({old: None}), old)
        return replace(change, old=occurrence(old), life=Life.REMOVED, old_node=old.node)

    def _addition(self, new: Particle) -> Change:
        kind = Kind.WILDCARD_ADDED if is_any(new) else Kind.CHILD_ADDED
        change = self._judged(kind, self._on_new({new: None}), self.new_language, new)
        life = Life.RESERVED if new.high == 0 else Life.ADDED
        return replace(change, new=occurrence(new), life=life, new_node=new.node)

    def _renaming(self, old: Particle, new: Particle) -> Change:
        edit = Edit(new.low, new.high, symbols_of(old))
        change = self._judged(
            Kind.CHILD_RENAMED, self._on_new({new: edit}), self.new_language, new, old
        )
        return told(change, name_of(old), name_of(new), old, new)

    def _of_structure(
        self,
        moved: Sequence[tuple[Particle, Particle]],
        pairs: Sequence[tuple[Particle, Particle]],
        renamed: Sequence[tuple[Particle, Particle]],
        gone: Sequence[Particle],
        come: Sequence[Particle],
    ) -> Iterator[Change]:
        """Order and grouping: what is left when all other changes are taken back."""
        without: dict[Particle, Edit | None] = dict.fromkeys(gone)
        as_before: dict[Particle, Edit | None] = dict.fromkeys(come)
        for old, new in (*pairs, *moved, *renamed):
            as_before[new] = Edit(old.low, old.high, symbols_of(old))
        before, after = self._on_old(without), self._on_new(as_before)
        if before == after:
            return
        kind = Kind.CHILD_MOVED if moved else Kind.STRUCTURE_CHANGED
        about = moved[0][1] if moved else None
        change = self._judged(kind, before, after, about)
        if not moved and (change.reader, change.writer) == (Effect.KEEPS, Effect.KEEPS):
            return  # the same written in another way
        texts = trimmed(rendered(self.old, without), rendered(self.new, as_before))
        yield replace(change, old=texts[0], new=texts[1])

    # --- languages --------------------------------------------------------------------------------

    @cached_property
    def old_language(self) -> Term:
        return self._on_old({})

    @cached_property
    def new_language(self) -> Term:
        return self._on_new({})

    def _on_old(self, edits: Edits) -> Term:
        return self._scale(language_of(self.old, edits, in_order=self._are_all))

    def _on_new(self, edits: Edits) -> Term:
        return self._scale(language_of(self.new, edits, in_order=self._are_all))

    @cached_property
    def _are_all(self) -> bool:
        """Whether both are an xs:all: any order that one admits the other does too, so that one
        order is enough to ask for."""
        return is_all(self.old) and is_all(self.new)

    @cached_property
    def _scale(self) -> Scale:
        contents = [content for content in (self.old, self.new) if content is not None]
        repeating = {name for content in contents for name in repeating_in(content, False)}
        return Scale([language_of(content) for content in contents], repeating)

    @cached_property
    def _alphabet(self) -> tuple[str, ...]:
        """All names of both sides, and one of each sort that only a wildcard admits."""
        names: dict[str, None] = {}
        for leaf in (*leaves_of(self.old), *leaves_of(self.new)):
            if isinstance(leaf.term, Wildcard):
                sorts = ("other", "{urn:other}other", f"{{{leaf.term.target}}}other")
                named = (f"{{{ns}}}other" for ns in leaf.term.namespaces if "##" not in ns)
                names.update(dict.fromkeys((*sorts, *named)))
            elif isinstance(leaf.term, Element):
                names.update(dict.fromkeys(leaf.term.substitutes))
        return tuple(name for name in names if not name.startswith("{}"))

    # --- verdicts ---------------------------------------------------------------------------------

    def _judged(
        self,
        kind: Kind,
        before: Term,
        after: Term,
        leaf: Particle | None,
        other: Particle | None = None,
    ) -> Change:
        """A change whose effects are the words that only one of two languages has."""
        reader, reader_recipe, reason = self._asked(before, after, leaf, other, True)
        writer, writer_recipe, other_reason = self._asked(after, before, leaf, other, False)
        number = leaf.term.number if leaf and isinstance(leaf.term, Element) else None
        return Change(
            kind,
            reader,
            writer,
            about=name_of(leaf) if leaf is not None else None,
            number=number,
            reason=reason or other_reason,
            reader_recipe=reader_recipe,
            writer_recipe=writer_recipe,
        )

    def _asked(
        self,
        inner: Term,
        outer: Term,
        leaf: Particle | None,
        other: Particle | None,
        is_reader: bool,
    ) -> tuple[Effect, Recipe | None, str | None]:
        """Whether ``outer`` admits every word of ``inner``, and if not, which word shows it. Where
        the whole content models break nothing, none of their changes does."""
        try:
            if self._keeps[0 if is_reader else 1]:
                return Effect.KEEPS, None, None
            word = self._search.shortest((inner,), (outer,), self._alphabet)
            if word is None:
                return Effect.KEEPS, None, None
            return Effect.BREAKS, self._recipe(inner, outer, word, (leaf, other), is_reader), None
        except Undecided:
            return Effect.REVIEW, None, "the content models are too large to compare"

    @cached_property
    def _keeps(self) -> tuple[bool, bool]:
        """Whether the new content model admits all that the old one does, and the reverse."""
        old, new = self.old_language, self.new_language
        ask = self._search.shortest
        reader = ask((old,), (new,), self._alphabet) is None
        return reader, ask((new,), (old,), self._alphabet) is None

    @cached_property
    def _search(self) -> Search:
        return Search(self.weigh)

    def _recipe(
        self,
        inner: Term,
        outer: Term,
        word: tuple[str, ...],
        leaves: tuple[Particle | None, ...],
        is_reader: bool,
    ) -> Recipe | None:
        """The children of a document that only one of the real schemas admits, for this change
        alone if that is possible; otherwise one with the child that changed."""
        sides = self.old_language, self.new_language
        good, bad = sides if is_reader else sides[::-1]
        ask = self._search.shortest
        symbols = [symbols_of(leaf) for leaf in leaves if leaf is not None]

        def shows(name: str) -> bool:
            return any(name in one for one in symbols)

        found = ask((inner, good), (outer, bad), self._alphabet)
        if found is None and symbols:
            found = ask((good,), (bad,), self._alphabet, shows)
        if found is None:
            found = ask((good,), (bad,), self._alphabet)
        return None if found is None else self._written_out(found)

    def _written_out(self, word: tuple[str, ...]) -> Recipe | None:
        sizes = [(name, self._scale.back(sum(1 for _ in run))) for name, run in groupby(word)]
        if sum(size for _, size in sizes) > _LONGEST:
            return None
        return Recipe(children=tuple(name for name, size in sizes for _ in range(size)))
