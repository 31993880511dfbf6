"""The outcome of looking at the schemas that have changed: what formats tell and CI decides by."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cached_property
from typing import Any

from schemas.compare.difference import Comparison, Verdict
from schemas.compare.policy import Judged, Level, Sort, unjudged, worst


class Change(StrEnum):
    """What happened to a schema file."""

    CHANGED = "changed"
    NEW = "new"
    MOVED = "moved"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is to be told of a whole schema: that it is defective, gone, follows nothing."""

    level: Level
    text: str


@dataclass(frozen=True)
class Checked:
    """A schema file and what was found about it.

    ``file``: path in the repository, or the label that a person gave. ``before``: what it was
    compared with. ``change`` and ``sort`` are None where two schemas were given to be compared.
    """

    file: str
    before: str | None = None
    change: Change | None = None
    sort: Sort | None = None
    comparison: Comparison | None = None
    judged: tuple[Judged, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def level(self) -> Level:
        """The worst of all that is told of it."""
        return worst(self.levels())

    def levels(self) -> Iterator[Level]:
        yield from (one.level for one in self.problems)
        yield from (one.level for one in self.judged)

    def as_dict(self) -> dict[str, Any]:
        told: dict[str, Any] = {
            "file": self.file,
            "change": self.change,
            "sort": self.sort,
            "compared_with": self.before,
            "level": self.level,
            "verdict": self.comparison.verdict if self.comparison else None,
            "problems": [asdict(one) for one in self.problems],
            "differences": [_told(one) for one in self.judged],
        }
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True)
class Outcome:
    """``against``: the revision that the working tree was compared with; None for a question about
    two schemas. ``remarks``: what is to be told of none of the schemas."""

    checked: tuple[Checked, ...]
    against: str | None = None
    remarks: tuple[str, ...] = ()

    @classmethod
    def of(cls, comparison: Comparison) -> "Outcome":
        """Two schemas that were compared without a policy."""
        found = unjudged(comparison.differences)
        return cls((Checked(comparison.new, comparison.old, None, None, comparison, found),))

    @cached_property
    def level(self) -> Level:
        return worst(one.level for one in self.checked)

    def judged(self) -> Iterator[Judged]:
        for one in self.checked:
            yield from one.judged

    def as_dict(self) -> dict[str, Any]:
        return {
            "against": self.against,
            "level": self.level,
            "schemas": [one.as_dict() for one in self.checked],
            "remarks": list(self.remarks),
        }


_WORST_FIRST = (
    *(Verdict.BREAKING, Verdict.NARROWING, Verdict.REVIEW),
    *(Verdict.WIDENING, Verdict.NONE),
)


def counts(judged: tuple[Judged, ...]) -> Mapping[Verdict, int]:
    """How many differences of each verdict there are, the worst first; without those of which
    there are none."""
    found = dict.fromkeys(_WORST_FIRST, 0)
    for one in judged:
        found[one.difference.verdict] += 1
    return {verdict: number for verdict, number in found.items() if number}


def _told(judged: Judged) -> dict[str, Any]:
    said = {} if judged.reason is None else {"policy": judged.reason}
    return judged.difference.as_dict() | {"level": judged.level.value} | said
