"""From differences to what is told together: the items of a block, and the blocks in order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from schemas.compare.difference import Difference, Effect, Kind
from schemas.notice.contents import occurrence_of
from schemas.notice.things import Known, Nature, Thing

OF_THE_WHOLE = frozenset(
    {
        Kind.STRUCTURE_CHANGED,
        Kind.WILDCARD_ADDED,
        Kind.WILDCARD_REMOVED,
        Kind.WILDCARD_CHANGED,
        Kind.CONTENT_KIND_CHANGED,
        Kind.MIXED_CHANGED,
        Kind.ATTRIBUTE_WILDCARD_CHANGED,
        Kind.KEY_ADDED,
        Kind.KEY_REMOVED,
        Kind.KEY_CHANGED,
    }
)
"""Kinds that are about the content of the element that they name, and are told with it."""

_TOLD_WITHOUT_EFFECT = frozenset(
    {Kind.NUMBER_CHANGED, Kind.DEFAULT_CHANGED, Kind.ROOT_ADDED, Kind.ROOT_REMOVED}
)

_OF_NEW_THINGS = frozenset({Kind.DECLARATION_ADDED, Kind.DECLARATION_REMOVED})
"""Kinds of what a new or withdrawn element contains: told with it, where documents reach it."""


class Stage(IntEnum):
    """What a difference asks of a declarer, the most pressing first. ``IMPLIED`` are those that
    others tell already, ``IGNORE`` those that are only counted."""

    ACT = 0
    EXAMINE = 1
    MAY_USE = 2
    KNOW = 3
    IMPLIED = 4
    IGNORE = 5

    @classmethod
    def of(cls, difference: Difference) -> "Stage":
        if difference.reader is Effect.BREAKS:
            return cls.ACT
        if Effect.REVIEW in (difference.reader, difference.writer):
            return cls.EXAMINE
        if difference.writer is Effect.BREAKS:
            return cls.MAY_USE
        if difference.kind in _OF_NEW_THINGS and difference.places:
            return cls.IMPLIED
        is_told = difference.places and (difference.life or difference.kind in _TOLD_WITHOUT_EFFECT)
        return cls.KNOW if is_told else cls.IGNORE


TOLD = frozenset({Stage.ACT, Stage.MAY_USE, Stage.KNOW})
"""What is told block by block."""


@dataclass(frozen=True)
class Item:
    """Differences of one thing that hold in the same blocks; ``blocks`` in document order."""

    thing: Thing
    blocks: tuple[Thing, ...]
    differences: tuple[Difference, ...]

    @property
    def stage(self) -> Stage:
        return min(map(Stage.of, self.differences))

    @property
    def is_cut(self) -> bool:
        """Whether there are more places than are listed."""
        return any(difference.is_cut for difference in self.differences)


@dataclass(frozen=True)
class Section:
    """What is told of one block, first what needs action; None: of no block in particular."""

    block: Thing | None
    items: tuple[Item, ...]


def items_of(differences: Iterable[Difference], known: Known) -> tuple[Item, ...]:
    """Differences by what they are about and where, in the order in which they came."""
    found: dict[tuple[Thing, tuple[Thing, ...]], list[Difference]] = {}
    for difference in _merged(differences, known):
        thing = known.thing(difference.about, difference.number, difference.places)
        if difference.kind in OF_THE_WHOLE and thing.nature is Nature.ZONE:
            thing = replace(thing, nature=Nature.BLOCK)
        found.setdefault((thing, _blocks(difference, known)), []).append(difference)
    return tuple(Item(thing, blocks, tuple(told)) for (thing, blocks), told in found.items())


def sections_of(items: Iterable[Item]) -> tuple[Section, ...]:
    """The items by the block where they show first."""
    found: dict[Thing | None, list[Item]] = {}
    for item in items:
        found.setdefault(item.blocks[0] if item.blocks else None, []).append(item)
    return tuple(
        Section(block, tuple(sorted(told, key=lambda item: item.stage)))
        for block, told in found.items()
    )


def _merged(differences: Iterable[Difference], known: Known) -> Iterator[Difference]:
    """The same change of the same thing told for several places, as one with all these places;
    a new child in several alternatives of a block, as one."""
    found: dict[tuple[object, ...], Difference] = {}
    for one in differences:
        is_child = one.kind is Kind.CHILD_ADDED
        value = (one.parent, one.parent_number, one.places) if is_child else (one.old, one.new)
        what = (one.kind, one.about, one.number, one.life, one.reason, one.reader, one.writer)
        key = (*what, *value, *_contents(one, known))
        if (same := found.get(key)) is not None:
            places = tuple(dict.fromkeys((*same.places, *one.places)))
            new = _widest(same.new, one.new) if is_child else same.new
            one = replace(same, new=new, places=places, is_cut=same.is_cut or one.is_cut)
        found[key] = one
    yield from found.values()


def _widest(one: str | None, other: str | None) -> str | None:
    """The occurrence that has both within it."""
    first, second = occurrence_of(one), occurrence_of(other)
    if first is None or second is None:
        return one
    low, highs = min(first[0], second[0]), (first[1], second[1])
    high = "*" if None in highs else max(high for high in highs if high is not None)
    return f"{low}..{high}"


def _contents(difference: Difference, known: Known) -> tuple[object, ...]:
    """What a new zone may contain: two of one name need not be the same."""
    zone = known.zone(known.new, difference) if difference.kind is Kind.CHILD_ADDED else None
    return () if zone is None else (zone.facets,)


def _blocks(difference: Difference, known: Known) -> tuple[Thing, ...]:
    """The blocks in which a difference is told."""
    found: dict[str, Thing] = {}
    for place in difference.places:
        path, _, name = place.rpartition("/")
        path = place if name != difference.about or difference.kind in OF_THE_WHOLE else path
        block = _block(known.at(path), difference) if path else None
        if block is not None:
            found.setdefault(block.name, block)
    if not found and difference.parent is not None:
        parent = Thing(difference.parent, difference.parent_number, Nature.ELEMENT)
        found[difference.parent] = _block(parent, difference)
    return tuple(found.values())


def _block(thing: Thing, difference: Difference) -> Thing:
    """A thing that has children: numbered, it is a block."""
    number = thing.number
    if number is None and thing.name == difference.parent:
        number = difference.parent_number
    if number is None and thing.name == difference.about:
        number = difference.number
    return Thing(thing.name, number, Nature.BLOCK if number else Nature.ELEMENT)
