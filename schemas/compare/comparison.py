"""The way from two XSD files to the differences between them.

Elements are compared pair by pair, from the roots down, each pair once; then the places are found
that a document shows the differences at. What no document reaches is compared too, and said so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from schemas.compare.change import Change
from schemas.compare.component import Element, Schema
from schemas.compare.declared import element_changes
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Life
from schemas.compare.history import with_history
from schemas.compare.particle import local
from schemas.compare.proof import Prover
from schemas.compare.ways import (
    PLACES,
    Chain,
    Pair,
    chains,
    path_of,
    reachable,
    reached,
    within,
)
from schemas.model import SchemaError


def compare(
    old: Path,
    new: Path,
    *,
    labels: tuple[str, str] | None = None,
    roots: Sequence[str] = (),
    number: str = r"\d+",
    history: Sequence[Path] = (),
    with_proofs: bool = True,
) -> Comparison:
    """Compare two schemas, includes and imports followed; ``SchemaError`` for a defective one.

    ``labels`` name them in the outcome (their file names otherwise). ``roots``: local names of the
    elements that documents begin with; otherwise those that no other element contains.
    ``number``: what a documentation text looks like that numbers a declaration. ``history``: older
    schemas, oldest first, that tell a reactivated zone from one that was never in use.
    """
    sides = Schema(old, number=number), Schema(new, number=number)
    names = labels or (old.name, new.name)
    found = compare_schemas(*sides, names, roots, with_proofs=with_proofs)
    return with_history(found, reversed(history))


def compare_schemas(
    old: Schema,
    new: Schema,
    labels: tuple[str, str],
    roots: Sequence[str] = (),
    *,
    with_proofs: bool = True,
) -> Comparison:
    """As ``compare``, with schemas that are loaded and without a history."""
    if old.target != new.target and {local(n) for n in old.tops} & {local(n) for n in new.tops}:
        new = new.standing_for(old.target)
    comparing = _Comparing(old, new, roots, with_proofs)
    differences = tuple(comparing.differences())
    return Comparison(*labels, tuple(local(name) for name in comparing.roots), differences)


@dataclass
class _Comparing:
    old: Schema
    new: Schema
    wanted: Sequence[str]
    with_proofs: bool

    @cached_property
    def roots(self) -> tuple[str, ...]:
        """Names of the roots of either side."""
        if self.wanted:
            return tuple(self._named(name) for name in self.wanted)
        return tuple(dict.fromkeys((*self.old.tops, *self.new.tops)))

    def _named(self, wanted: str) -> str:
        for schema in (self.new, self.old):
            for name in schema.globals:
                if wanted in (name, local(name)):
                    return name
        raise SchemaError(f"neither schema declares an element {wanted}")

    @cached_property
    def prover(self) -> Prover:
        return Prover(self.old, self.new)

    def differences(self) -> Iterator[Difference]:
        old, new = self.old.globals, self.new.globals
        common = [(old[name], new[name]) for name in self.roots if name in old and name in new]
        if self.new.target != self.new.stands_for:
            yield from map(self._of_namespace, common[:1])
        for name in self.roots:
            if name not in new or name not in old:
                yield self._root_on_one_side(name)
        found = {pair: self._changes(pair) for pair in reached(common)}
        ways = chains(common, list(found), lambda pair: bool(found[pair]))
        for pair, changes in found.items():
            for change in changes:
                yield self._placed(pair, change, ways.get(pair, ()))
        yield from self._come_along()
        reserved = {c.about for some in found.values() for c in some if "0..0" in (c.old, c.new)}
        yield from self._unreached(reserved)

    def _changes(self, pair: Pair) -> tuple[Change, ...]:
        """The changes between two elements. A child that stands in two branches of a choice may
        change in both alike, and is told once."""
        old, new = pair
        # A child has about the same size on both sides: where it is on both, the old one's will do.
        sizes = {**new.children, **old.children}

        def weigh(name: object) -> int:
            child = sizes.get(str(name))
            return 1 if child is None else self.prover.weigh(child)

        told = {(c.kind, c.about, c.old, c.new): c for c in element_changes(old, new, weigh)}
        return tuple(told.values())

    # --- differences ------------------------------------------------------------------------------

    def _placed(self, pair: Pair, change: Change, ways: Sequence[Chain]) -> Difference:
        """A change with the places that documents show it at, and with its proofs."""
        element = pair[1]
        is_child = change.about is not None and not change.about.startswith("@")
        holder: Element | None = element
        if change.about is None:
            holder = ways[0][-2][1] if ways and len(ways[0]) > 1 else None
        ends = f"/{change.about.partition(' ')[0]}" if change.about else ""
        difference = Difference(
            change.kind,
            change.about or local(element.name),
            change.reader,
            change.writer,
            number=change.number if is_child else element.number,
            parent=None if holder is None else local(holder.name),
            parent_number=None if holder is None else holder.number,
            places=tuple(path_of(chain) + ends for chain in ways[:PLACES]),
            is_cut=len(ways) > PLACES,
            old=change.old,
            new=change.new,
            life=change.life,
            reason=change.reason,
            old_at=self.old.locate(change.old_node or pair[0].node),
            new_at=self.new.locate(change.new_node or pair[1].node),
        )
        return self.prover.proved(difference, change, ways) if self.with_proofs else difference

    def _of_namespace(self, pair: Pair) -> Difference:
        """Everything has another name; what else changed is told as if it had not."""
        difference = Difference(
            Kind.NAMESPACE_CHANGED,
            local(pair[0].name),
            Effect.BREAKS,
            Effect.BREAKS,
            places=(path_of((pair,)),),
            old=self.old.target or "no namespace",
            new=self.new.target or "no namespace",
            old_at=self.old.locate(pair[0].node),
            new_at=self.new.locate(pair[1].node),
        )
        return self.prover.proved_alone(difference, *pair) if self.with_proofs else difference

    def _root_on_one_side(self, name: str) -> Difference:
        old, new = self.old.globals.get(name), self.new.globals.get(name)
        element = new or old
        assert element is not None
        difference = Difference(
            Kind.ROOT_ADDED if old is None else Kind.ROOT_REMOVED,
            local(name),
            Effect.KEEPS if old is None else Effect.BREAKS,
            Effect.KEEPS if new is None else Effect.BREAKS,
            number=element.number,
            places=(f"/{local(name)}",),
            life=Life.ADDED if old is None else Life.REMOVED,
            old_at=None if old is None else self.old.locate(old.node),
            new_at=None if new is None else self.new.locate(new.node),
        )
        return self.prover.proved_alone(difference, old, new) if self.with_proofs else difference

    # --- what comes or goes with another, and what no document reaches ----------------------------

    def _come_along(self) -> Iterator[Difference]:
        """Elements inside of those that came or went, under names that the other side has nowhere:
        what they break is told of the one that they stand in."""
        for schema, other, kind, verb in (
            (self.new, self.old, Kind.DECLARATION_ADDED, "comes"),
            (self.old, self.new, Kind.DECLARATION_REMOVED, "goes"),
        ):
            known = {element.name for element in reachable(other, self.roots)}
            told: set[str] = set()
            for path in within(schema, self.roots):
                if len(path) == 1:
                    continue  # a root is told as one
                element, parent = path[-1], path[-2]
                if not {element.name, parent.name} & known and element.name not in told:
                    told.add(element.name)
                    yield replace(
                        self._silent(kind, element, f"{verb} with {local(parent.name)}"),
                        parent=local(parent.name),
                        parent_number=parent.number,
                        places=("".join(f"/{local(one.name)}" for one in path),),
                    )

    def _unreached(self, reserved: set[str | None]) -> Iterator[Difference]:
        """Global elements that stand in no document with the roots that are asked for. Those that
        are, or were, ``reserved`` in the content of another are told there."""
        old, new = reachable(self.old, self.roots), reachable(self.new, self.roots)
        reason = "no document reaches it"
        for name in sorted(self.old.globals.keys() | self.new.globals.keys()):
            before, after = self.old.globals.get(name), self.new.globals.get(name)
            if name in self.roots or before in old or after in new or local(name) in reserved:
                continue
            if before is None and after is not None:
                yield self._silent(Kind.DECLARATION_ADDED, after, reason)
            elif after is None and before is not None:
                yield self._silent(Kind.DECLARATION_REMOVED, before, reason)
            elif before is not None and after is not None:
                for change in self._changes((before, after)):
                    kept = replace(change, reader=Effect.KEEPS, writer=Effect.KEEPS, reason=reason)
                    yield self._placed((before, after), kept, ())

    def _silent(self, kind: Kind, element: Element, reason: str) -> Difference:
        """A declaration on one side that by itself does nothing to documents."""
        is_new = kind is Kind.DECLARATION_ADDED
        place = (self.new if is_new else self.old).locate(element.node)
        return Difference(
            kind,
            local(element.name),
            Effect.KEEPS,
            Effect.KEEPS,
            number=element.number,
            reason=reason,
            old_at=None if is_new else place,
            new_at=place if is_new else None,
        )
