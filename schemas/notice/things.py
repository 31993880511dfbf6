"""What a notice speaks of: zones, blocks, elements, attributes; what the models know of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from schemas.compare.difference import Difference
from schemas.model import Block, Group, Zone


class Nature(StrEnum):
    """As what a thing is spoken of. Only what has a number is called a zone or a block."""

    ZONE = "zone"
    BLOCK = "block"
    ELEMENT = "element"
    ATTRIBUTE = "attribute"


@dataclass(frozen=True, slots=True)
class Thing:
    """An element, an attribute (``@name``) or a type, by name and official number."""

    name: str
    number: str | None
    nature: Nature


@dataclass(frozen=True, slots=True)
class Member:
    """A child as it counts for who fills its block in.

    ``low`` and ``high`` take the groups around it into account; ``is_chosen``: it stands in a
    choice, so that something else may stand there.
    """

    particle: Zone | Block
    low: int
    high: int | None
    is_chosen: bool


def members(block: Block) -> tuple[Member, ...]:
    """Its children in document order, each name once."""
    found: dict[str, Member] = {}
    for member in _members(block.content, 1, 1, False):
        found.setdefault(member.particle.name, member)
    return tuple(found.values())


def _members(group: Group, low: int, high: int | None, is_chosen: bool) -> Iterator[Member]:
    low, high = low * group.min_occurs, _times(high, group.max_occurs)
    is_chosen = is_chosen or (group.kind == "choice" and len(group.content) > 1)
    for particle in group.content:
        if isinstance(particle, Group):
            yield from _members(particle, low, high, is_chosen)
        else:
            own = _times(high, particle.max_occurs)
            yield Member(particle, low * particle.min_occurs, own, is_chosen)


def _times(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one * other


@dataclass(frozen=True)
class Known:
    """The elements of the old and the new message by their paths, as far as models were given."""

    old: Mapping[str, Zone | Block] = field(default_factory=dict)
    new: Mapping[str, Zone | Block] = field(default_factory=dict)

    @classmethod
    def of(cls, old: Block | None, new: Block | None) -> "Known":
        return cls(dict(_paths(old)), dict(_paths(new)))

    def zone(self, side: Mapping[str, Zone | Block], difference: Difference) -> Zone | None:
        """The zone that a difference is about, on one side."""
        for place in difference.places:
            found = side.get(place)
            if isinstance(found, Zone):
                return found
        return None

    def new_block(self, difference: Difference) -> Block | None:
        """The block that a difference adds, where the model shows it."""
        for place in difference.places:
            found = self.new.get(place)
            if isinstance(found, Block):
                return found
        return None

    def is_chosen(self, difference: Difference) -> bool:
        """Whether the new element stands in a choice, wherever it is known to stand."""
        parents = (self.new.get(place.rpartition("/")[0]) for place in difference.places)
        blocks = [parent for parent in parents if isinstance(parent, Block)]
        return bool(blocks) and all(
            any(m.is_chosen for m in members(block) if m.particle.name == difference.about)
            for block in blocks
        )

    def is_new(self, difference: Difference) -> bool:
        """Whether the child of a difference stood nowhere where it stands now."""
        return not any(place in self.old for place in difference.places)

    def is_gone(self, difference: Difference) -> bool:
        """Whether the child of a difference stands nowhere where it stood."""
        return not any(place in self.new for place in difference.places)

    def is_in_branches(self, difference: Difference) -> bool:
        """Whether the new message has the child more than once in the same block."""
        parents = (self.new.get(place.rpartition("/")[0]) for place in difference.places)
        blocks = (parent for parent in parents if isinstance(parent, Block))
        return any(
            sum(m.particle.name == difference.about for m in _members(block.content, 1, 1, False))
            > 1
            for block in blocks
        )

    def had(self, block: Block) -> bool:
        """Whether the old message has a block of this name and number anywhere."""
        name = (block.name, block.number)
        return any(isinstance(p, Block) and (p.name, p.number) == name for p in self.old.values())

    def at(self, place: str) -> Thing:
        """What stands at a place of a document."""
        return self.thing(place.rpartition("/")[2], None, (place,))

    def thing(self, name: str, number: str | None, places: tuple[str, ...]) -> Thing:
        if name.startswith("@"):
            return Thing(name, number, Nature.ATTRIBUTE)
        found = [side[place] for place in places for side in (self.new, self.old) if place in side]
        number = number or next((p.number for p in found if p.number), None)
        if number is None:
            return Thing(name, None, Nature.ELEMENT)
        is_block = any(isinstance(particle, Block) for particle in found)
        return Thing(name, number, Nature.BLOCK if is_block else Nature.ZONE)


def _paths(message: Block | None) -> Iterator[tuple[str, Zone | Block]]:
    if message is None:
        return
    for names, block in message.walk():
        path = "/" + "/".join(names)
        yield path, block
        yield from ((f"{path}/{zone.name}", zone) for zone in block.zones)
