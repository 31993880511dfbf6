"""How zones, blocks and elements are called."""

from collections.abc import Mapping, Sequence

from schemas.notice.markup import Markup
from schemas.notice.texts import Texts
from schemas.notice.things import Nature, Thing


class Naming:
    """Names in one language and markup; ``titles`` by number or by element name."""

    def __init__(self, texts: Texts, markup: Markup, titles: Mapping[str, str]) -> None:
        self.texts = texts
        self.markup = markup
        self.titles = titles

    def title(self, thing: Thing) -> str:
        """Marked up; "" when there is none."""
        return self.markup.text(self.titles.get(thing.number or "") or self._named(thing))

    def heading(self, thing: Thing, *, is_new: bool = False) -> str:
        """``Block 90313 – Title (`Element`)``."""
        name = self._numbered(thing, "new_block" if is_new else thing.nature.value)
        if thing.number is None and is_new:
            name = self.texts.say("references", "new_element")
            if not self.title(thing):
                return f"{name} {self.markup.code(thing.name)}"
        return self._with_element(self._titled(name, thing), thing)

    def reference(self, thing: Thing) -> str:
        """The same within a text, its number and title strong."""
        name = self._titled(self._numbered(thing, thing.nature.value), thing)
        return self._with_element(self.markup.strong(name) if name else "", thing)

    def whole(self, thing: Thing) -> str:
        """The thing in whose section this stands."""
        return self.markup.strong(self.texts.say("references", "whole", thing.nature.value))

    def within(self, blocks: Sequence[Thing], *, titled: bool = False) -> str:
        """``block 90012 and block 90015``; by element names where there are no numbers."""
        return self.texts.joined([self._within(block, titled) for block in blocks])

    def _within(self, block: Thing, titled: bool) -> str:
        name = self._numbered(block, "within_block")
        if not name:
            return self.markup.code(block.name)
        return self._titled(name, block) if titled else name

    def _numbered(self, thing: Thing, key: str) -> str:
        if thing.number is None or thing.nature is Nature.ATTRIBUTE:
            return ""
        key = "zone" if key == Nature.ELEMENT.value else key
        return self.texts.say("references", key, number=self.markup.text(thing.number))

    def _titled(self, name: str, thing: Thing) -> str:
        title = self.title(thing)
        if name and title:
            return self.texts.say("references", "titled", name=name, title=title)
        return name or title

    def _with_element(self, name: str, thing: Thing) -> str:
        element = self.markup.code(thing.name)
        return f"{name} ({element})" if name else element

    def _named(self, thing: Thing) -> str:
        return self.titles.get(thing.name, "") if thing.number is None else ""
