"""The opening of a notice: does it concern me, and how much is it?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import product

from schemas.compare.difference import Comparison, Effect, Kind, Life
from schemas.notice.blocks import NewBlock, inner_zones
from schemas.notice.grouping import Item
from schemas.notice.markup import Markup
from schemas.notice.texts import Texts
from schemas.notice.things import Known, Nature
from schemas.quarter import Quarter

_STATES = ("new", "usable", "reserved", "withdrawn", "changed")
_OF_LIFE = {
    Life.RESERVED: "reserved",
    Life.ACTIVATED: "usable",
    Life.REACTIVATED: "usable",
    Life.RETIRED: "withdrawn",
    Life.REMOVED: "withdrawn",
}
_NEW = frozenset({Kind.CHILD_ADDED, Kind.ATTRIBUTE_ADDED, Kind.ROOT_ADDED})
_WITHDRAWN = frozenset({Kind.ATTRIBUTE_REMOVED, Kind.ROOT_REMOVED})
_NATURES = (Nature.BLOCK, Nature.ZONE, Nature.ELEMENT, Nature.ATTRIBUTE)


class Since:
    """From when the new schema holds, in words."""

    def __init__(
        self, texts: Texts, markup: Markup, new: str, moment: Quarter | date | None
    ) -> None:
        if isinstance(moment, Quarter):
            self.words = texts.say("when", "from_quarter", quarter=texts.quarter(moment))
        elif moment is not None:
            self.words = texts.say("when", "from_day", day=texts.day(moment))
        else:
            self.words = texts.say("when", "from_release", new=markup.text(new))


class Summary:
    """Sentences on a comparison as a whole."""

    def __init__(
        self, texts: Texts, markup: Markup, comparison: Comparison, since: Since, known: Known
    ) -> None:
        self.texts = texts
        self.markup = markup
        self.comparison = comparison
        self.since = since
        self.known = known

    @property
    def actions(self) -> str:
        """The heading of what must be done."""
        return self.texts.say("document", "actions", from_when=self.since.words)

    def parts(self, items: Sequence[Item], new: Sequence[NewBlock], subject: str) -> Iterator[str]:
        yield self.markup.heading(2, self.texts.say("document", "summary"))
        for key in self._sentences(items):
            values = {
                "from_when": self.since.words,
                "actions": self.actions,
                "review": self.texts.say("document", "review"),
                "old": self.markup.text(self.comparison.old),
            }
            yield self.markup.paragraph(self.texts.say("summary", key, subject, **values))
        counts = list(self._counts(items, new))
        if counts:
            told = self.texts.say("summary", "counts", counts=self.texts.joined(counts))
            yield self.markup.paragraph(told)

    def _sentences(self, items: Sequence[Item]) -> Iterator[str]:
        differences = self.comparison.differences
        reader = self.comparison.reader
        if reader is Effect.KEEPS and self.comparison.writer is Effect.KEEPS and not items:
            yield "identical"
            return
        yield {Effect.KEEPS: "stays", Effect.BREAKS: "refused", Effect.REVIEW: "unsure"}[reader]
        if any(d.reader is Effect.KEEPS and d.writer is Effect.BREAKS for d in differences):
            yield "may_use"

    def _counts(self, items: Iterable[Item], new: Sequence[NewBlock]) -> Iterator[str]:
        """How many things are new, withdrawn, changed: each zone once, in however many blocks."""
        counted = Counter({(_state(i, self.known), i.thing.nature, i.thing.name): 1 for i in items})
        numbers = Counter((state, nature) for state, nature, _ in counted)
        inner = {(zone.name, zone.number) for zone in inner_zones(new)}
        with_inner = "with_zones" if any(number for _, number in inner) else "with_elements"
        block = Nature.BLOCK if any(one.block.number for one in new) else Nature.ELEMENT
        numbers["new", block] += sum(not one.added for one in new)
        for state, nature in product(_STATES, _NATURES):
            if numbers[state, nature]:
                told = self.texts.say_of(numbers[state, nature], "counts", state, nature.value)
                if (state, nature) == ("new", block) and inner:
                    told = self.texts.say_of(len(inner), "counts", with_inner, blocks=told)
                yield told


def _state(item: Item, known: Known) -> str:
    """What became of a thing, by the difference that says most of it."""
    for difference in item.differences:
        if difference.kind is Kind.CHILD_REMOVED and not known.is_gone(difference):
            continue
        if difference.life in _OF_LIFE:
            return _OF_LIFE[difference.life]
        if difference.kind in _NEW and known.is_new(difference):
            return "new"
        if difference.kind in _WITHDRAWN:
            return "withdrawn"
    return "changed"
