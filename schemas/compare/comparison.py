"""The way from two XSD files to the differences between them.

Elements are compared pair by pair, from the roots down, each pair once; then the places are found
that a document shows the differences at. What no document reaches is compared too, and said so.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from schemas.compare.change import Change, Recipe
from schemas.compare.component import Complex, Element, Schema, local
from schemas.compare.declared import element_changes
from schemas.compare.difference import Comparison, Difference, Effect, Kind, Life, Witness
from schemas.compare.proof import Prover, Unproved
from schemas.model import SchemaError

_PLACES = 50
"""How many places of one difference are told, at most."""

Pair = tuple[Element, Element]
Chain = tuple[Pair, ...]


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
    earlier = [Schema(path, number=number) for path in history]
    names = labels or (old.name, new.name)
    return compare_schemas(*sides, names, roots, history=earlier, with_proofs=with_proofs)


def compare_schemas(
    old: Schema,
    new: Schema,
    labels: tuple[str, str],
    roots: Sequence[str] = (),
    *,
    history: Sequence[Schema] = (),
    with_proofs: bool = True,
) -> Comparison:
    """As ``compare``, with schemas that are loaded."""
    if old.target != new.target and {local(n) for n in old.tops} & {local(n) for n in new.tops}:
        new = new.standing_for(old.target)
    walk = _Walk(old, new, roots, history, with_proofs)
    differences = tuple(walk.differences())
    return Comparison(*labels, tuple(local(name) for name in walk.roots), differences)


@dataclass
class _Walk:
    old: Schema
    new: Schema
    wanted: Sequence[str]
    history: Sequence[Schema]
    with_proofs: bool
    found: dict[Pair, tuple[Change, ...]] = field(default_factory=dict)

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
        pairs = [
            (self.old.globals[name], self.new.globals[name])
            for name in self.roots
            if name in self.old.globals and name in self.new.globals
        ]
        if self.new.target != self.new.stands_for:
            yield from (self._of_namespace(pair) for pair in pairs[:1])
        for name in self.roots:
            if name not in self.new.globals or name not in self.old.globals:
                yield self._root_on_one_side(name)
        order = self._reached(pairs)
        chains = self._chains(pairs)
        for pair in order:
            told: set[tuple[object, ...]] = set()
            for change in self.found[pair]:
                # A child that stands in two branches of a choice changes in both, and is told once.
                what = change.kind, change.about, change.old, change.new, change.reader
                if what not in told:
                    told.add((*what,))
                    yield self._placed(pair, change, chains.get(pair, []))
        yield from self._come_along()
        yield from self._unreached(set(order))

    def _changes(self, pair: Pair) -> tuple[Change, ...]:
        if pair not in self.found:
            old, new = pair
            # Elements of both sides have the same size in most documents: the old one's will do.
            sizes = {**new.children, **old.children}

            def weigh(name: object) -> int:
                child = sizes.get(str(name))
                return 1 if child is None else self.prover.weigh(child)

            self.found[pair] = tuple(element_changes(old, new, weigh))
        return self.found[pair]

    def _reached(self, roots: Sequence[Pair]) -> list[Pair]:
        """Every pair of elements that documents reach, in document order."""
        order: dict[Pair, None] = {}
        pending = list(reversed(roots))
        while pending:
            pair = pending.pop()
            if pair not in order:
                order[pair] = None
                self._changes(pair)
                pending.extend(reversed(list(_below(pair))))
        return list(order)

    def _chains(self, roots: Sequence[Pair]) -> dict[Pair, list[Chain]]:
        """The ways that lead from a root to a pair that changed, shortest first, at most some."""
        leading = self._leading()
        found: dict[Pair, list[Chain]] = {}
        level: list[Chain] = [(root,) for root in roots if root in leading]
        while level:
            following: list[Chain] = []
            for chain in level:
                ways = found.setdefault(chain[-1], [])
                if len(ways) <= _PLACES:
                    ways.append(chain)
                    lower = (pair for pair in _below(chain[-1]) if pair in leading)
                    following.extend((*chain, pair) for pair in lower if pair not in chain)
            level = following
        return found

    def _leading(self) -> set[Pair]:
        """Pairs that changed, and those that contain one that did."""
        above: dict[Pair, list[Pair]] = {}
        for pair in self.found:
            for lower in _below(pair):
                above.setdefault(lower, []).append(pair)
        leading = {pair for pair, changes in self.found.items() if changes}
        pending = list(leading)
        while pending:
            for pair in above.get(pending.pop(), ()):
                if pair not in leading:
                    leading.add(pair)
                    pending.append(pair)
        return leading

    # --- differences ------------------------------------------------------------------------------

    def _placed(self, pair: Pair, change: Change, chains: list[Chain]) -> Difference:
        is_child = change.about is not None and not change.about.startswith("@")
        element = pair[1]
        holder = element if change.about is not None else self._parent(chains)
        ends = f"/{change.about.partition(' ')[0]}" if change.about else ""
        places = tuple(_path(chain) + ends for chain in chains[:_PLACES])
        difference = Difference(
            change.kind,
            change.about or local(element.name),
            change.reader,
            change.writer,
            number=change.number if is_child else element.number,
            parent=None if holder is None else local(holder.name),
            parent_number=None if holder is None else holder.number,
            places=places,
            is_cut=len(chains) > _PLACES,
            old=change.old,
            new=change.new,
            life=self._life(pair, change),
            reason=change.reason,
            old_at=self.old.locate(change.old_node or pair[0].node),
            new_at=self.new.locate(change.new_node or pair[1].node),
        )
        if change.new_node is None and change.old_node is not None:
            difference = replace(difference, new_at=self.new.locate(pair[1].node))
        return self._proved(difference, change, chains)

    @staticmethod
    def _parent(chains: list[Chain]) -> Element | None:
        return chains[0][-2][1] if chains and len(chains[0]) > 1 else None

    def _life(self, pair: Pair, change: Change) -> Life | None:
        if change.life is not Life.ACTIVATED or change.about is None:
            return change.life
        wanted = pair[1].name, change.about.partition(" ")[0]
        was = any(_is_in_use(schema, *wanted) for schema in self.history)
        return Life.REACTIVATED if was else Life.ACTIVATED

    def _proved(self, difference: Difference, change: Change, chains: list[Chain]) -> Difference:
        if not self.with_proofs:
            return difference
        if not chains:
            if Effect.BREAKS in (change.reader, change.writer):
                return replace(difference, unproved="no document reaches it")
            return difference
        sides = (
            (change.reader, change.reader_recipe, True),
            (change.writer, change.writer_recipe, False),
        )
        effects: list[Effect] = []
        witnesses: list[Witness | None] = []
        reasons: list[str] = []
        for effect, recipe, is_reader in sides:
            witness, reason = None, None
            if effect is not Effect.KEEPS:
                witness, reason = self._shown(chains, recipe, is_reader)
            if effect is Effect.REVIEW and witness is not None:
                effect = Effect.BREAKS
            if effect is Effect.BREAKS and reason:
                reasons.append(reason)
            effects.append(effect)
            witnesses.append(witness)
        is_open = Effect.REVIEW in effects or Effect.REVIEW not in (change.reader, change.writer)
        return replace(
            difference,
            reader=effects[0],
            writer=effects[1],
            reader_witness=witnesses[0],
            writer_witness=witnesses[1],
            reason=difference.reason if is_open else None,
            unproved="; ".join(dict.fromkeys(reasons)) or None,
        )

    def _shown(
        self, chains: list[Chain], recipe: Recipe | None, is_reader: bool
    ) -> tuple[Witness | None, str | None]:
        if recipe is None:
            return None, "no small document shows it"
        reason = None
        for chain in chains[:3]:
            try:
                return self.prover.prove(chain, recipe, is_reader=is_reader), None
            except Unproved as unproved:
                reason = reason or str(unproved)
        return None, reason

    def _of_namespace(self, pair: Pair) -> Difference:
        """Everything has another name; what else changed is told as if it had not."""
        difference = Difference(
            Kind.NAMESPACE_CHANGED,
            local(pair[0].name),
            Effect.BREAKS,
            Effect.BREAKS,
            places=(_path((pair,)),),
            old=self.old.target or "no namespace",
            new=self.new.target or "no namespace",
            old_at=self.old.locate(pair[0].node),
            new_at=self.new.locate(pair[1].node),
        )
        return self._proved_alone(difference, pair)

    def _proved_alone(
        self, difference: Difference, pair: tuple[Element | None, Element | None]
    ) -> Difference:
        """With the smallest documents of a root that one side has and the other has not."""
        if not self.with_proofs:
            return difference
        old, new = pair
        prove = self.prover.prove_alone
        try:
            return replace(
                difference,
                reader_witness=None if old is None else prove(old, is_reader=True),
                writer_witness=None if new is None else prove(new, is_reader=False),
            )
        except Unproved as unproved:
            return replace(difference, unproved=str(unproved))

    def _root_on_one_side(self, name: str) -> Difference:
        is_new = name in self.new.globals
        schema = self.new if is_new else self.old
        element = schema.globals[name]
        place = schema.locate(element.node)
        difference = Difference(
            Kind.ROOT_ADDED if is_new else Kind.ROOT_REMOVED,
            local(name),
            Effect.KEEPS if is_new else Effect.BREAKS,
            Effect.BREAKS if is_new else Effect.KEEPS,
            number=element.number,
            places=(f"/{local(name)}",),
            life=Life.ADDED if is_new else Life.REMOVED,
            old_at=None if is_new else place,
            new_at=place if is_new else None,
        )
        return self._proved_alone(difference, (None, element) if is_new else (element, None))

    # --- what comes and goes with another ---------------------------------------------------------

    def _come_along(self) -> Iterator[Difference]:
        """Elements inside of those that came or went, under names that the other side has nowhere:
        what they break is told of the one that they stand in."""
        for schema, other, kind in (
            (self.new, self.old, Kind.DECLARATION_ADDED),
            (self.old, self.new, Kind.DECLARATION_REMOVED),
        ):
            known = {element.name for element in _reachable(other, self.roots)}
            told: set[str] = set()
            for path, element in _within(schema, self.roots):
                parent = path[-2] if len(path) > 1 else element
                if not {element.name, parent.name} & known and element.name not in told:
                    told.add(element.name)
                    difference = self._unused(kind, element, schema)
                    yield replace(
                        difference,
                        parent=local(parent.name),
                        parent_number=parent.number,
                        places=("".join(f"/{local(one.name)}" for one in path),),
                        reason=f"comes and goes with {local(parent.name)}",
                    )

    # --- what no document reaches -----------------------------------------------------------------

    def _unreached(self, reached: set[Pair]) -> Iterator[Difference]:
        """Global elements that stand in no document with the roots that are asked for."""
        old = _reachable(self.old, self.roots)
        new = _reachable(self.new, self.roots)
        reserved = {c.about for p in reached for c in self.found[p] if c.life is Life.RESERVED}
        for name in sorted(self.old.globals.keys() | self.new.globals.keys()):
            before, after = self.old.globals.get(name), self.new.globals.get(name)
            if name in self.roots or before in old or after in new:
                continue
            if local(name) in reserved:
                continue  # told where it was reserved
            if before is None and after is not None:
                yield self._unused(Kind.DECLARATION_ADDED, after, self.new)
            elif after is None and before is not None:
                yield self._unused(Kind.DECLARATION_REMOVED, before, self.old)
            elif before is not None and after is not None and (before, after) not in reached:
                for change in self._changes((before, after)):
                    yield self._silent(self._placed((before, after), change, []))

    def _unused(self, kind: Kind, element: Element, schema: Schema) -> Difference:
        place = schema.locate(element.node)
        is_new = kind is Kind.DECLARATION_ADDED
        return Difference(
            kind,
            local(element.name),
            Effect.KEEPS,
            Effect.KEEPS,
            number=element.number,
            reason="no document reaches it",
            old_at=None if is_new else place,
            new_at=place if is_new else None,
        )

    @staticmethod
    def _silent(difference: Difference) -> Difference:
        reason = "no document reaches it"
        return replace(
            difference, reader=Effect.KEEPS, writer=Effect.KEEPS, reason=reason, unproved=None
        )


def _below(pair: Pair) -> Iterator[Pair]:
    """The children of both sides, by name."""
    old, new = pair
    others = new.children
    for name, child in old.children.items():
        if name in others:
            yield child, others[name]


def _path(chain: Chain) -> str:
    return "".join(f"/{local(new.name)}" for _, new in chain)


def _reachable(schema: Schema, roots: Sequence[str]) -> set[Element]:
    pending = [schema.globals[name] for name in roots if name in schema.globals]
    found: set[Element] = set()
    while pending:
        element = pending.pop()
        if element not in found:
            found.add(element)
            pending.extend(element.children.values())
    return found


def _within(schema: Schema, roots: Sequence[str]) -> Iterator[tuple[tuple[Element, ...], Element]]:
    """Every element that documents contain, each once, with the shortest way to it."""
    tops = (schema.globals[name] for name in roots if name in schema.globals)
    level: list[tuple[Element, ...]] = [(top,) for top in tops]
    seen = {path[-1] for path in level}
    while level:
        following: list[tuple[Element, ...]] = []
        for path in level:
            yield path, path[-1]
            for child in path[-1].children.values():
                if child not in seen:
                    seen.add(child)
                    following.append((*path, child))
        level = following


def _is_in_use(schema: Schema, parent: str, child: str) -> bool:
    """Whether an element of a schema may contain a child."""
    for element in _reachable(schema, schema.tops):
        if element.name == parent and isinstance(element.type, Complex):
            return any(local(name) == child for name in element.children)
    return False
