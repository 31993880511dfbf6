"""The body of a notice: what to do, what changes by block, what is still to be examined."""

from collections.abc import Iterator, Sequence

from schemas.model import Block, Zone
from schemas.notice.blocks import NewBlock
from schemas.notice.grouping import Item, Section, Stage
from schemas.notice.naming import Naming
from schemas.notice.saying import Saying
from schemas.notice.things import Member, Nature, Thing


class Telling:
    """Parts of a notice, each a piece of the document."""

    def __init__(self, naming: Naming, saying: Saying) -> None:
        self.naming = naming
        self.saying = saying
        self.texts = naming.texts
        self.markup = naming.markup

    def actions(self, items: Sequence[Item], heading: str) -> Iterator[str]:
        """What must be done, as a list to be ticked off."""
        if items:
            yield self.markup.heading(2, heading)
            yield self.markup.items([self._action(item) for item in items])

    def sections(self, sections: Sequence[Section], new: Sequence[NewBlock]) -> Iterator[str]:
        """What changes, block by block, each new block after the one that it comes into."""
        if sections:
            yield self.markup.heading(2, self.texts.say("document", "blocks"))
        left = list(new)
        for section in sections:
            yield self._heading(section.block)
            yield self.markup.items([self._item(item, section.block) for item in section.items])
            name = section.block.name if section.block else ""
            for one in [one for one in left if one.beside == name]:
                left.remove(one)
                yield from self._new_block(one, new)
        for one in left:
            yield from self._new_block(one, new)

    def examinations(self, items: Sequence[Item]) -> Iterator[str]:
        if items:
            yield self.markup.heading(2, self.texts.say("document", "review"))
            yield self.markup.paragraph(self.texts.say("document", "review_intro"))
            yield self.markup.items([self._examination(item) for item in items])

    def closing(self, count: int) -> Iterator[str]:
        """What was left out: so many differences without effect, and all that is in no schema."""
        rest = [self.texts.say_of(count, "document", "rest")] if count else []
        yield self.markup.paragraph(" ".join([*rest, self.texts.say("document", "scope")]))

    def _heading(self, block: Thing | None) -> str:
        general = self.texts.say("document", "general")
        return self.markup.heading(3, self.naming.heading(block) if block else general)

    def _action(self, item: Item) -> str:
        return self._sentence(self._in_blocks(item), self.saying.musts(item.differences))

    def _in_blocks(self, item: Item) -> str:
        """The thing and the blocks that it stands in."""
        name = self.naming.reference(item.thing)
        if not item.blocks or item.blocks[0].name == item.thing.name:
            return name
        return self.texts.say("lists", "within", first=name, last=self.naming.within(item.blocks))

    def _item(self, item: Item, block: Thing | None) -> str:
        is_whole = block is not None and item.thing.name == block.name
        name = self.naming.whole(block) if is_whole and block else self.naming.reference(item.thing)
        told = self._sentence(name, [*self._facts(item), *self._see(item)])
        if len(item.blocks) > 1:
            also = self.naming.within(item.blocks[1:], titled=True)
            told += " " + self.texts.say("references", "also", blocks=also)
        if item.is_cut:
            told += " " + self.texts.say("references", "elsewhere")
        return told

    def _facts(self, item: Item) -> list[str]:
        ordered = sorted(item.differences, key=Stage.of)
        return list(dict.fromkeys(self.saying.fact(one, item.thing.nature) for one in ordered))

    def _see(self, item: Item) -> Iterator[str]:
        """Where the content of a new block is told."""
        blocks = {b.name: b for d in item.differences if (b := self.saying.told_apart(d))}
        for block in blocks.values():
            yield self.texts.say("new", "content", heading=self._short(block))

    def _examination(self, item: Item) -> str:
        told = self._sentence(self._in_blocks(item), self._facts(item))
        reasons = dict.fromkeys(one.reason for one in item.differences if one.reason)
        for reason in reasons:
            text = self.markup.text(reason)
            told += " " + self.texts.say("document", "reason", reason=text) + "."
        return told

    def _sentence(self, name: str, told: Sequence[str]) -> str:
        first, *others = told
        for other in others:
            first = self.texts.say("lists", "then", first=first, last=other)
        return self.texts.say("lists", "about", first=name, last=first) + "."

    # --- new blocks -------------------------------------------------------------------------------

    def _new_block(self, one: NewBlock, new: Sequence[NewBlock]) -> Iterator[str]:
        yield self.markup.heading(3, self.naming.heading(_thing(one.block), is_new=True))
        yield self.markup.paragraph(" ".join(self._stands_in(one)))
        numbered = any(member.particle.number for member in one.members)
        keys = ("zone" if numbered else "element", "name", "presence", "content")
        header = [self.texts.say("table", key) for key in keys if numbered or key != "name"]
        rows = [self._row(member, numbered, new) for member in one.members]
        if rows:
            yield self.markup.table(header, rows)

    def _stands_in(self, one: NewBlock) -> Iterator[str]:
        for blocks, difference in one.added:
            yield self._stands(blocks, self.saying.presence(difference))
        for block, member in one.containers:
            presence = self.saying.contents.presence(member.low, member.high, member.is_chosen)
            yield self._stands([_thing(block)], presence)

    def _stands(self, parents: Sequence[Thing], presence: str) -> str:
        name = self.naming.within(parents, titled=True)
        return self.texts.say("references", "stands_in", parent=name, presence=presence)

    def _row(self, member: Member, numbered: bool, new: Sequence[NewBlock]) -> list[str]:
        thing = _thing(member.particle)
        title, element = self.naming.title(thing), self.markup.code(thing.name)
        name = f"{title} ({element})" if title else element
        told = [self._presence(member), self._content(member, new)]
        return [self.markup.text(thing.number or ""), name, *told] if numbered else [name, *told]

    def _presence(self, member: Member) -> str:
        return self.saying.contents.presence(
            member.low, member.high, member.is_chosen, in_table=True
        )

    def _content(self, member: Member, new: Sequence[NewBlock]) -> str:
        particle = member.particle
        if isinstance(particle, Zone):
            return self.saying.contents.content(particle.facets)
        sort = "block" if particle.number else "element"
        if all(one.block.name != particle.name for one in new):
            return self.texts.say("table", f"known_{sort}")
        return self.texts.say("table", f"new_{sort}", heading=self._short(particle))

    def _short(self, block: Block) -> str:
        """The heading of a new block without its title."""
        if block.number is None:
            return self.markup.code(block.name)
        number = self.markup.text(block.number)
        return self.texts.say("references", "new_block", number=number)


def _thing(particle: Zone | Block) -> Thing:
    nature = Nature.ELEMENT
    if particle.number:
        nature = Nature.BLOCK if isinstance(particle, Block) else Nature.ZONE
    return Thing(particle.name, particle.number, nature)
