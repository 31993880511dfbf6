"""New blocks with what they contain."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from schemas.compare.difference import Difference, Kind
from schemas.model import Block, Zone
from schemas.notice.grouping import Item
from schemas.notice.things import Known, Member, Thing, members


@dataclass
class NewBlock:
    """A block that the new message has and the old one has not, told once however often it is put.

    ``beside``: the known element in whose section it is told. ``added``: the known blocks that it
    is put into, by the differences that do so; ``containers``: other new blocks that it stands in.
    """

    block: Block
    members: tuple[Member, ...]
    beside: str
    added: list[tuple[tuple[Thing, ...], Difference]] = field(default_factory=list)
    containers: list[tuple[Block, Member]] = field(default_factory=list)


def new_blocks(items: Iterable[Item], known: Known) -> tuple[NewBlock, ...]:
    """The new blocks, each before those that it contains."""
    found: dict[tuple[object, ...], NewBlock] = {}
    for item in items:
        for difference in item.differences:
            block = known.new_block(difference) if difference.kind is Kind.CHILD_ADDED else None
            if block is not None and not known.had(block):
                beside = item.blocks[0].name if item.blocks else ""
                _taken(block, beside, found, known).added.append((item.blocks, difference))
    return tuple(found.values())


def _taken(
    block: Block, beside: str, found: dict[tuple[object, ...], NewBlock], known: Known
) -> NewBlock:
    key = _content(block)
    if key in found:
        return found[key]
    one = found[key] = NewBlock(block, members(block), beside)
    for member in one.members:
        child = member.particle
        if isinstance(child, Block) and not known.had(child):
            _taken(child, beside, found, known).containers.append((block, member))
    return one


def _content(block: Block) -> tuple[object, ...]:
    """By this two blocks are the same."""
    return (block.name, block.number, *(_of(member) for member in members(block)))


def _of(member: Member) -> tuple[object, ...]:
    particle = member.particle
    inner = (particle.facets,) if isinstance(particle, Zone) else _content(particle)
    return (particle.name, particle.number, member.low, member.high, *inner)


def inner_zones(new: Iterable[NewBlock]) -> Iterator[Zone]:
    """The zones of new blocks, each block's by itself."""
    for one in new:
        yield from (m.particle for m in one.members if isinstance(m.particle, Zone))
