"""Which difference of a comparison an error of libxml2 follows from: by its path and its kind.

Only differences count that may refuse documents of the side in question. What none of them explains
is attributed to nothing, and counted by its words.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from schemas.compare.difference import Difference, Effect, Kind
from transforms.faults import CONTENT
from transforms.replay.steps import Step


class Direction(StrEnum):
    """Which schema refuses: the new one what was valid, or the old one what is valid now."""

    FAILING = "newly failing"
    ACCEPTED = "newly accepted"


_VALUES = frozenset(
    {
        Kind.BASE_CHANGED,
        Kind.VARIETY_CHANGED,
        Kind.MEMBERS_CHANGED,
        Kind.WHITESPACE_CHANGED,
        Kind.CONTENT_KIND_CHANGED,
    }
)
_ENUMERATION = frozenset(
    {
        Kind.ENUMERATION_REMOVED,
        Kind.ENUMERATION_ADDED,
        Kind.ENUMERATION_INTRODUCED,
        Kind.ENUMERATION_DROPPED,
    }
)
_CHILD = frozenset({Kind.CHILD_REMOVED, Kind.CHILD_ADDED, Kind.CHILD_RENAMED, Kind.CHILD_MOVED})
_STRUCTURE = frozenset({Kind.STRUCTURE_CHANGED, Kind.CONTENT_KIND_CHANGED})
_WITHIN = frozenset(
    {
        Kind.CHILD_MOVED,
        Kind.SUBSTITUTES_CHANGED,
        Kind.WILDCARD_ADDED,
        Kind.WILDCARD_REMOVED,
        Kind.WILDCARD_CHANGED,
    }
)
"""Told of one child, and met by others that stand beside it."""
_ATTRIBUTE = frozenset(
    {
        Kind.ATTRIBUTE_ADDED,
        Kind.ATTRIBUTE_REMOVED,
        Kind.ATTRIBUTE_USE_CHANGED,
        Kind.ATTRIBUTE_WILDCARD_CHANGED,
    }
)
_LENGTHS = frozenset({Kind.LENGTH_CHANGED, Kind.MIN_LENGTH_CHANGED, Kind.MAX_LENGTH_CHANGED})
_KEYS = frozenset({Kind.KEY_ADDED, Kind.KEY_REMOVED, Kind.KEY_CHANGED})

_KINDS: Mapping[str, frozenset[Kind]] = {
    "CVC_ENUMERATION_VALID": _ENUMERATION,
    "CVC_MININCLUSIVE_VALID": frozenset({Kind.MINIMUM_CHANGED}),
    "CVC_MINEXCLUSIVE_VALID": frozenset({Kind.MINIMUM_CHANGED}),
    "CVC_MAXINCLUSIVE_VALID": frozenset({Kind.MAXIMUM_CHANGED}),
    "CVC_MAXEXCLUSIVE_VALID": frozenset({Kind.MAXIMUM_CHANGED}),
    "CVC_LENGTH_VALID": _LENGTHS,
    "CVC_MINLENGTH_VALID": _LENGTHS,
    "CVC_MAXLENGTH_VALID": _LENGTHS,
    "CVC_TOTALDIGITS_VALID": frozenset({Kind.TOTAL_DIGITS_CHANGED}),
    "CVC_FRACTIONDIGITS_VALID": frozenset({Kind.FRACTION_DIGITS_CHANGED}),
    "CVC_PATTERN_VALID": frozenset({Kind.PATTERN_CHANGED}),
    "CVC_DATATYPE_VALID_1_2_1": _VALUES,
    "CVC_DATATYPE_VALID_1_2_2": _VALUES,
    "CVC_DATATYPE_VALID_1_2_3": _VALUES,
    "CVC_COMPLEX_TYPE_2_1": frozenset({Kind.CONTENT_KIND_CHANGED}),
    "CVC_COMPLEX_TYPE_2_2": frozenset({Kind.CONTENT_KIND_CHANGED}),
    "CVC_COMPLEX_TYPE_2_3": frozenset({Kind.MIXED_CHANGED, Kind.CONTENT_KIND_CHANGED}),
    "CVC_COMPLEX_TYPE_3_2_1": _ATTRIBUTE,
    "CVC_COMPLEX_TYPE_3_2_2": _ATTRIBUTE,
    "CVC_COMPLEX_TYPE_4": _ATTRIBUTE,
    "CVC_TYPE_3_1_1": _ATTRIBUTE | {Kind.CONTENT_KIND_CHANGED},
    "CVC_TYPE_3_1_2": frozenset({Kind.CONTENT_KIND_CHANGED}),
    "CVC_ELT_1": frozenset({Kind.ROOT_REMOVED, Kind.ROOT_ADDED, Kind.DECLARATION_REMOVED}),
    "CVC_ELT_2": frozenset({Kind.ABSTRACT_CHANGED}),
    "CVC_ELT_3_1": frozenset({Kind.NILLABLE_CHANGED}),
    "CVC_ELT_3_2_1": frozenset({Kind.NILLABLE_CHANGED}),
    "CVC_ELT_3_2_2": frozenset({Kind.FIXED_CHANGED, Kind.NILLABLE_CHANGED}),
    "CVC_ELT_4_2": frozenset({Kind.SUBSTITUTION_CHANGED, Kind.DECLARATION_REMOVED}),
    "CVC_ELT_4_3": frozenset({Kind.SUBSTITUTION_CHANGED, Kind.ABSTRACT_CHANGED}),
    "CVC_ELT_5_2_2_1": frozenset({Kind.FIXED_CHANGED}),
    "CVC_ELT_5_2_2_2_1": frozenset({Kind.FIXED_CHANGED}),
    "CVC_ELT_5_2_2_2_2": frozenset({Kind.FIXED_CHANGED}),
    "CVC_AU": frozenset({Kind.FIXED_CHANGED}),
}
"""Kinds of differences by libxml2's kind of error, without its ``SCHEMAV_``."""

_KEY_FAULT = "SCHEMAV_CVC_IDC"
_OCCURS = re.compile(r"(\d+)\.\.(\d+|\*|unbounded)")
_NAMES = re.compile(r"[\w.-]+")


@dataclass(frozen=True)
class Attribution:
    """Looks differences up. ``differences``: of the comparison, in its order."""

    differences: Sequence[Difference]
    direction: Direction

    def of(self, step: Step, before: int = 1) -> Difference | None:
        """What the fault follows from. ``before``: elements of its name in its parent up to and
        including the one at fault."""
        for places, kinds in self._sought(step):
            found = [
                one
                for place in places
                for one in self._by_place.get(place, ())
                if one.kind in kinds and self._fits(one, step, before)
            ]
            if found:
                return _closest(found, step)
        return self._cut(step)

    def has_no_place(self, step: Step, difference: Difference) -> bool:
        """Whether the schema that refuses knows no such child there at all."""
        is_failing = self.direction is Direction.FAILING
        allowed = difference.new if is_failing else difference.old
        unknown = Kind.CHILD_REMOVED if is_failing else Kind.CHILD_ADDED
        is_retired = difference.kind is Kind.OCCURRENCE_CHANGED and allowed == "0..0"
        return step.path in difference.places and (difference.kind is unknown or is_retired)

    def _sought(self, step: Step) -> Iterator[tuple[Iterable[str], frozenset[Kind]]]:
        """Places and kinds of differences, those that explain the fault best first."""
        everything = frozenset(Kind)
        if step.kind == CONTENT:
            around = step.path if _lacks(step) else step.parent
            if not _lacks(step):
                yield (step.path,), _CHILD | {Kind.OCCURRENCE_CHANGED}
            expected = [f"{around}/{name}" for name in step.expected]
            yield expected, _CHILD | {Kind.OCCURRENCE_CHANGED}
            yield (around,), _STRUCTURE
            yield (f"{around}/*",), _WITHIN
            if not _lacks(step):
                yield (step.path,), everything - {Kind.OCCURRENCE_CHANGED}
        elif step.kind == _KEY_FAULT:
            yield upwards(step.path), _KEYS
        else:
            kinds = _KINDS.get(step.kind.removeprefix("SCHEMAV_"), frozenset())
            yield (step.place,), kinds
            if kinds & _ATTRIBUTE:
                yield (step.path,), frozenset({Kind.ATTRIBUTE_WILDCARD_CHANGED})
            if kinds != _VALUES and kinds & _FACETS:
                yield (step.place,), _VALUES
            if step.kind.startswith("SCHEMAV_CVC_DATATYPE"):
                yield (step.place,), _FACETS

    def _fits(self, one: Difference, step: Step, before: int) -> bool:
        """Whether a changed number of occurrences is what was broken."""
        if one.kind is not Kind.OCCURRENCE_CHANGED or step.kind != CONTENT:
            return True
        refusing = one.new if self.direction is Direction.FAILING else one.old
        allowed = _OCCURS.search(refusing or "")
        if allowed is None:
            return True
        if not _lacks(step) and step.path in one.places:
            return allowed[2].isdigit() and before > int(allowed[2])
        return int(allowed[1]) > 0

    def _cut(self, step: Step) -> Difference | None:
        """A difference that shows in more places than were listed, when only one can be meant."""
        kinds = _KINDS.get(step.kind.removeprefix("SCHEMAV_"), frozenset())
        about = {step.name} if step.attribute is None else {f"@{step.attribute}", step.attribute}
        if step.kind == CONTENT:
            kinds = _CHILD | {Kind.OCCURRENCE_CHANGED}
            about |= set(step.expected)
        found = [
            one for one in self._breaking if one.is_cut and one.kind in kinds and one.about in about
        ]
        return found[0] if len(found) == 1 else None

    @cached_property
    def _breaking(self) -> list[Difference]:
        """Those that may refuse a document: first the ones of which that is sure."""
        side = "reader" if self.direction is Direction.FAILING else "writer"
        order = (Effect.BREAKS, Effect.REVIEW)
        return [one for effect in order for one in self.differences if getattr(one, side) is effect]

    @cached_property
    def _by_place(self) -> Mapping[str, list[Difference]]:
        """By every place; ``place/*`` has those of all that stands directly in it."""
        found: dict[str, list[Difference]] = defaultdict(list)
        for one in self._breaking:
            for place in one.places:
                for name in _names(one, place):
                    found[name].append(one)
                within = f"{place.rpartition('/')[0]}/*"
                if one not in found[within]:
                    found[within].append(one)
        return found


_FACETS = frozenset(
    {
        *_ENUMERATION,
        *_LENGTHS,
        Kind.MINIMUM_CHANGED,
        Kind.MAXIMUM_CHANGED,
        Kind.TOTAL_DIGITS_CHANGED,
        Kind.FRACTION_DIGITS_CHANGED,
        Kind.PATTERN_CHANGED,
    }
)


def _lacks(step: Step) -> bool:
    """Whether something is missing at the end of an element, which is then what is at fault."""
    return step.shape.startswith("Missing child")


def _names(one: Difference, place: str) -> set[str]:
    """Paths under which a difference is found: a renamed child under both names."""
    if one.kind is not Kind.CHILD_RENAMED:
        return {place}
    around = place.rpartition("/")[0]
    return {place, *(f"{around}/{name}" for name in (one.old, one.new) if name)}


def upwards(path: str) -> Iterator[str]:
    """A path and those of the elements around it: a key is declared on one of them."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _closest(found: Sequence[Difference], step: Step) -> Difference:
    """Of differences of one place the one that names the value; else the first."""
    if step.value is not None and len(found) > 1:
        for one in found:
            if step.value in listed_values(one):
                return one
    return found[0]


def listed_values(one: Difference) -> frozenset[str]:
    """Codes that a schema lists: of an enumeration that changed."""
    if one.kind not in _ENUMERATION:
        return frozenset()
    return frozenset(_NAMES.findall(f"{one.old or ''} {one.new or ''}"))
