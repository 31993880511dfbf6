"""Which difference of the schemas a change in the tables comes from: found by path."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from schemas.compare.difference import Difference, Kind

VALUES = frozenset(
    (
        *(Kind.BASE_CHANGED, Kind.VARIETY_CHANGED, Kind.MEMBERS_CHANGED),
        *(Kind.ENUMERATION_INTRODUCED, Kind.ENUMERATION_DROPPED),
        *(Kind.ENUMERATION_ADDED, Kind.ENUMERATION_REMOVED),
        *(Kind.MINIMUM_CHANGED, Kind.MAXIMUM_CHANGED),
        *(Kind.LENGTH_CHANGED, Kind.MIN_LENGTH_CHANGED, Kind.MAX_LENGTH_CHANGED),
        *(Kind.TOTAL_DIGITS_CHANGED, Kind.FRACTION_DIGITS_CHANGED),
        *(Kind.PATTERN_CHANGED, Kind.WHITESPACE_CHANGED),
        *(Kind.DEFAULT_CHANGED, Kind.FIXED_CHANGED),
    )
)
"""After these a zone holds other values than before."""

PRESENCE = frozenset((Kind.OCCURRENCE_CHANGED, Kind.NILLABLE_CHANGED, Kind.STRUCTURE_CHANGED))
"""After these a zone or a block may be absent, has to be there, or repeats otherwise."""

_OF_DESCENDANTS = frozenset(
    (
        *(Kind.CHILD_ADDED, Kind.CHILD_REMOVED, Kind.CHILD_RENAMED, Kind.CHILD_MOVED),
        *(Kind.OCCURRENCE_CHANGED, Kind.STRUCTURE_CHANGED, Kind.CONTENT_KIND_CHANGED),
        *(Kind.ROOT_ADDED, Kind.ROOT_REMOVED),
    )
)
"""These bring, take away or move all that stands below."""


_DECLARED = (Kind.DECLARATION_ADDED, Kind.DECLARATION_REMOVED)


class Causes:
    """Differences by the paths of documents that they show in."""

    def __init__(self, differences: Iterable[Difference]) -> None:
        self.all = tuple(differences)
        self._by_path: dict[str, list[Difference]] = defaultdict(list)
        for difference in self.all:
            for place in difference.places or (difference.about,):
                self._by_path[place].append(difference)
        self._cut = [difference for difference in self.all if difference.is_cut]
        self._told: set[str] = set()

    def at(self, path: str) -> list[Difference]:
        """Differences of the very element at a path."""
        found = list(self._by_path.get(path, ()))
        known = {difference.id for difference in found}
        return found + [d for d in self._cut if d.id not in known and _may_be(d, path)]

    def above(self, path: str) -> list[Difference]:
        """Differences that bring or take away an element at a path: those of it, or else of the
        nearest element around it, and what is said of its declaration."""
        declared = [d for d in self.at(path) if d.kind in _DECLARED]
        while path.count("/") > 1:
            found = [d for d in self.at(path) if d.kind in _OF_DESCENDANTS]
            if found:
                return found + declared
            path = path.rpartition("/")[0]
        return declared

    def tell(self, differences: Iterable[Difference]) -> tuple[str, ...]:
        """The ids of differences, which have an effect on tables from now on."""
        ids = tuple(dict.fromkeys(difference.id for difference in differences))
        self._told.update(ids)
        return ids

    def untold(self) -> Iterator[Difference]:
        """Those that were never told: no table holds what they change."""
        return (difference for difference in self.all if difference.id not in self._told)


def _may_be(difference: Difference, path: str) -> bool:
    """Whether a difference with more places than it names may show at a path."""
    parts = path.rsplit("/", 2)
    return parts[-1] == difference.about and difference.parent in (None, parts[-2])
