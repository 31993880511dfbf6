"""One difference in words: what now holds, and what must be done about it."""

import re
from collections.abc import Callable, Mapping, Sequence

from schemas.compare.difference import Difference, Effect, Kind, Life
from schemas.model import Block, Zone
from schemas.notice.contents import Contents, is_moment, occurrence_of
from schemas.notice.markup import Markup
from schemas.notice.texts import Texts
from schemas.notice.things import Known, Nature

_BUILT_IN = re.compile(r"xs:(\w+)")
_SEPARATOR = ", "
_NO_NAMESPACE = "no namespace"

_VALUES = (
    Kind.BASE_CHANGED,
    Kind.VARIETY_CHANGED,
    Kind.MEMBERS_CHANGED,
    Kind.ENUMERATION_INTRODUCED,
    Kind.ENUMERATION_DROPPED,
    Kind.MINIMUM_CHANGED,
    Kind.MAXIMUM_CHANGED,
    Kind.LENGTH_CHANGED,
    Kind.MIN_LENGTH_CHANGED,
    Kind.MAX_LENGTH_CHANGED,
    Kind.TOTAL_DIGITS_CHANGED,
    Kind.FRACTION_DIGITS_CHANGED,
    Kind.PATTERN_CHANGED,
    Kind.WHITESPACE_CHANGED,
    Kind.FIXED_CHANGED,
    Kind.DEFAULT_CHANGED,
    Kind.NILLABLE_CHANGED,
)
_COMPOSITION = (
    Kind.STRUCTURE_CHANGED,
    Kind.SUBSTITUTES_CHANGED,
    Kind.SUBSTITUTION_CHANGED,
    Kind.WILDCARD_ADDED,
    Kind.WILDCARD_REMOVED,
    Kind.WILDCARD_CHANGED,
    Kind.CONTENT_KIND_CHANGED,
    Kind.MIXED_CHANGED,
    Kind.ABSTRACT_CHANGED,
    Kind.ATTRIBUTE_WILDCARD_CHANGED,
    Kind.DOCUMENTATION_CHANGED,
    Kind.NUMBER_CHANGED,
)
MUST: Mapping[Kind, str] = {
    **dict.fromkeys(_VALUES, "values"),
    **dict.fromkeys(_COMPOSITION, "composition"),
    **dict.fromkeys((Kind.KEY_ADDED, Kind.KEY_REMOVED, Kind.KEY_CHANGED), "uniqueness"),
    Kind.NAMESPACE_CHANGED: "namespace",
    Kind.ENUMERATION_ADDED: "values",
    Kind.ENUMERATION_REMOVED: "codes",
    Kind.ROOT_ADDED: "composition",
    Kind.ROOT_REMOVED: "leave_out",
    Kind.DECLARATION_ADDED: "composition",
    Kind.DECLARATION_REMOVED: "leave_out",
    Kind.CHILD_ADDED: "add",
    Kind.CHILD_REMOVED: "leave_out",
    Kind.CHILD_RENAMED: "name",
    Kind.CHILD_MOVED: "place",
    Kind.OCCURRENCE_CHANGED: "occurrence",
    Kind.ATTRIBUTE_ADDED: "add",
    Kind.ATTRIBUTE_REMOVED: "leave_out",
    Kind.ATTRIBUTE_USE_CHANGED: "occurrence",
}
"""What to do about a kind of difference that gets existing documents refused."""

_OF_DAYS = {Kind.MINIMUM_CHANGED: "earliest-changed", Kind.MAXIMUM_CHANGED: "latest-changed"}
_PLAIN_MUST = frozenset({"leave_out", "add", "codes"})
_OPAQUE = frozenset(
    {
        Kind.STRUCTURE_CHANGED,
        Kind.WILDCARD_CHANGED,
        Kind.ATTRIBUTE_WILDCARD_CHANGED,
        Kind.BASE_CHANGED,
        Kind.VARIETY_CHANGED,
        Kind.MEMBERS_CHANGED,
        Kind.PATTERN_CHANGED,
        Kind.WHITESPACE_CHANGED,
        Kind.KEY_CHANGED,
    }
)
"""Kinds whose old and new values do not show at a glance which of them admits more."""


class Saying:
    """Sentences on differences, without the thing that they are about and without a full stop."""

    def __init__(self, contents: Contents, known: Known) -> None:
        self.contents = contents
        self.known = known
        self.texts: Texts = contents.texts
        self.markup: Markup = contents.markup

    def fact(self, difference: Difference, nature: Nature) -> str:
        """What now holds, and what held so far."""
        if difference.kind is Kind.CHILD_ADDED and difference.life is not Life.RESERVED:
            return self._new(difference, nature)
        if difference.kind is Kind.CHILD_REMOVED and not self.known.is_gone(difference):
            return self.texts.say("branches", "removed")
        if difference.life is not None and difference.life is not Life.ADDED:
            return self._life(difference, difference.life)
        told = self._told(difference)
        direction = ("directions", difference.verdict.value)
        if difference.kind in _OPAQUE and self.texts.has(*direction):
            return self.texts.say(*direction, fact=told)
        return self._in_branch(difference, told)

    def musts(self, differences: Sequence[Difference]) -> list[str]:
        """What to do about differences of one thing, with the facts where the doing does not tell
        them; each thing to do once."""
        found: dict[str, list[str]] = {}
        for difference in differences:
            key = self._must(difference)
            facts = found.setdefault(self._doing(key, difference), [])
            if key not in _PLAIN_MUST and difference.life not in (Life.RETIRED, Life.REMOVED):
                facts.append(self._in_branch(difference, self._told(difference)))
        return [self._with_facts(doing, facts) for doing, facts in found.items()]

    def _doing(self, key: str, difference: Difference) -> str:
        if key != "codes":
            return self.texts.say("must", key)
        codes = (difference.old or "").split(_SEPARATOR)
        return self.texts.say_of(len(codes), "must", key, codes=self.contents.codes(codes))

    def _with_facts(self, doing: str, facts: Sequence[str]) -> str:
        if not facts:
            return doing
        return self.texts.say("lists", "about", first=doing, last=self.texts.joined(facts))

    def _in_branch(self, difference: Difference, told: str) -> str:
        """A fact that holds in one of the alternatives of a block only, with these words."""
        is_in = difference.kind is Kind.OCCURRENCE_CHANGED and self.known.is_in_branches(difference)
        return self.texts.say("branches", "occurrence", fact=told) if is_in else told

    def presence(self, difference: Difference) -> str:
        """How often the new thing of a difference occurs, as it counts for who fills it in."""
        occurs = occurrence_of(difference.new)
        if occurs is None:
            return self.contents.occurrence(difference.new)
        low, high = occurs
        if low == 0 or difference.reader is not Effect.KEEPS:
            return self.contents.presence(low, high)
        # It must occur, yet what lacks it is valid: it stands in something that may be left out.
        return self.contents.presence(0, high, self.known.is_chosen(difference))

    def told_apart(self, difference: Difference) -> Block | None:
        """The new block of a difference, which has a section of its own."""
        block = self.known.new_block(difference) if difference.kind is Kind.CHILD_ADDED else None
        return None if block is None or self.known.had(block) else block

    def _must(self, difference: Difference) -> str:
        key = MUST[difference.kind]
        if difference.kind is Kind.CHILD_REMOVED and not self.known.is_gone(difference):
            return "composition"
        if key != "occurrence" or self.known.is_in_branches(difference):
            return key
        old, new = occurrence_of(difference.old), occurrence_of(difference.new)
        if new is not None and new[1] == 0:
            return "leave_out"
        is_needed = old is not None and new is not None and old[0] == 0 < new[0]
        return "add" if is_needed else key

    def _new(self, difference: Difference, nature: Nature) -> str:
        presence = self.presence(difference)
        if not self.known.is_new(difference):
            return self.texts.say("branches", "added", presence=presence)
        told = self.texts.say("new", nature.value, presence=presence)
        zone = self.known.zone(self.known.new, difference)
        if zone is None:
            return told
        return self.texts.say("lists", "then", first=told, last=self.contents.content(zone.facets))

    def _life(self, difference: Difference, life: Life) -> str:
        told = difference.old if life is Life.RETIRED else difference.new
        presence = self.contents.occurrence(told) if told else self.texts.say("absent")
        return self.texts.say("lives", life.value, presence=presence)

    def _told(self, difference: Difference) -> str:
        keys = ("facts", _key(difference))
        old, new = self._values(difference)
        form = "changed" if old and new else "introduced" if new else "dropped"
        absent = self.texts.say("absent")
        values = {"old": old or absent, "new": new or absent, "presence": new or absent}
        if difference.kind.value.startswith("enumeration-"):
            count = len((difference.old or difference.new or "").split(_SEPARATOR))
            return self.texts.say_of(count, *keys, **values)
        return self.texts.say(*keys, form, **values)

    def _values(self, difference: Difference) -> tuple[str, str]:
        if difference.kind in (Kind.BASE_CHANGED, Kind.VARIETY_CHANGED, Kind.MEMBERS_CHANGED):
            sides = (self.known.zone(s, difference) for s in (self.known.old, self.known.new))
            old, new = (self._content(zone) for zone in sides)
            if old and new and old != new:
                return old, new
        tell = self._teller(difference.kind)
        old, new = (tell(text) if text else "" for text in (difference.old, difference.new))
        return old, new

    def _content(self, zone: Zone | None) -> str:
        return "" if zone is None else self.contents.content(zone.facets)

    def _teller(self, kind: Kind) -> Callable[[str], str]:
        """How old and new values of a kind are told."""
        code = self.markup.code
        if kind in (Kind.OCCURRENCE_CHANGED, Kind.ATTRIBUTE_USE_CHANGED, Kind.ATTRIBUTE_ADDED):
            return self.contents.occurrence
        if kind.value.startswith("enumeration-"):
            return lambda text: self.contents.codes(text.split(_SEPARATOR))
        if kind in (Kind.MINIMUM_CHANGED, Kind.MAXIMUM_CHANGED):
            return self.contents.bound
        if "length" in kind.value or "digits" in kind.value:
            return self.texts.number
        if kind is Kind.NAMESPACE_CHANGED:
            return lambda text: self.texts.say("absent") if text == _NO_NAMESPACE else code(text)
        if kind is Kind.WHITESPACE_CHANGED:
            return lambda text: self._word("whitespace", text)
        if kind in (Kind.NILLABLE_CHANGED, Kind.ABSTRACT_CHANGED, Kind.MIXED_CHANGED):
            return lambda text: self._word("answers", text)
        if kind is Kind.PATTERN_CHANGED:
            return self.contents.pattern
        return self._type if kind is Kind.BASE_CHANGED else code

    def _word(self, group: str, text: str) -> str:
        return (
            self.texts.say(group, text) if self.texts.has(group, text) else self.markup.code(text)
        )

    def _type(self, text: str) -> str:
        built_in = _BUILT_IN.fullmatch(text)
        return self.contents.type(built_in[1]) if built_in else self.markup.code(text)


def _key(difference: Difference) -> str:
    """The fact of a difference: limits of days have words of their own."""
    is_of_days = is_moment(difference.new or difference.old or "")
    return (
        _OF_DAYS.get(difference.kind, difference.kind.value)
        if is_of_days
        else difference.kind.value
    )
