"""What a change of a schema may do: in a release, in a fix, and what is waived for a time.

Nothing here knows of files that are read or of the day that it is: see ``policy_file``.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from schemas.compare.difference import Difference, Kind, Verdict
from schemas.compare.globs import matches


class Sort(StrEnum):
    """What a change of a file is: of a published contract, or a contract of its own."""

    RELEASE = "release"
    """A new schema file, or one that the policy names as changed in place by releases."""
    FIX = "fix"
    """An existing schema file has changed."""


class Level(StrEnum):
    """How much something matters, the worst first."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


def worst(levels: Iterable[Level]) -> Level:
    found = set(levels)
    return next((level for level in Level if level in found), Level.NOTE)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What passes: a difference whose verdict or kind is listed, and whose kind is not refused."""

    verdicts: frozenset[Verdict]
    kinds: frozenset[Kind] = frozenset()
    refused: frozenset[Kind] = frozenset()

    def allows(self, difference: Difference) -> bool:
        if difference.kind in self.refused:
            return False
        return difference.verdict in self.verdicts or difference.kind in self.kinds


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """A difference that passes although it is not allowed, until the end of the day ``expires``.

    ``id`` is that of one difference, ``kind`` that of any; ``at`` (a glob) covers every path of
    documents that it shows in, ``file`` (a glob) the schema. ``place``: where it is written.
    """

    reason: str
    expires: date
    place: str
    id: str | None = None
    kind: Kind | None = None
    at: str | None = None
    file: str | None = None

    def covers(self, difference: Difference, file: str) -> bool:
        places = difference.places or (difference.path,)
        return (
            self.id in (None, difference.id)
            and self.kind in (None, difference.kind)
            and (self.file is None or matches(file, (self.file,)))
            and (self.at is None or all(matches(place, (self.at,)) for place in places))
        )

    @property
    def subject(self) -> str:
        said = {"id": self.id, "kind": self.kind, "at": self.at, "file": self.file}
        return ", ".join(f"{key} {value}" for key, value in said.items() if value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """``include`` and ``exclude``: globs of the schema files that are looked at. ``releases``:
    expressions that tell which file a new one follows (``predecessor``). ``in_place``: globs of
    files whose every change is a release. ``roots`` and ``number``: as ``compare`` takes them.
    """

    release: Allowance = Allowance(frozenset({Verdict.NONE, Verdict.WIDENING}))
    fix: Allowance = Allowance(frozenset({Verdict.NONE}))
    include: tuple[str, ...] = ("**/*.xsd",)
    exclude: tuple[str, ...] = ()
    releases: tuple[re.Pattern[str], ...] = ()
    in_place: tuple[str, ...] = ()
    deletion: bool = False
    waivers: tuple[Waiver, ...] = ()
    roots: tuple[str, ...] = ()
    number: str = r"\d+"

    def looks_at(self, file: str) -> bool:
        return matches(file, self.include) and not matches(file, self.exclude)

    def sort_of(self, file: str, *, is_new: bool) -> Sort:
        return Sort.RELEASE if is_new or matches(file, self.in_place) else Sort.FIX

    def allowance(self, sort: Sort) -> Allowance:
        return self.release if sort is Sort.RELEASE else self.fix


DEFAULT = Policy()
"""Without a policy file: a release keeps old documents valid, a fix changes no document."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A difference, how much it matters, and why."""

    difference: Difference
    level: Level
    reason: str | None = None
    waiver: Waiver | None = None


def judge(
    differences: Iterable[Difference], sort: Sort, file: str, policy: Policy, today: date
) -> tuple[Judged, ...]:
    """What the policy says of the differences between a schema file and what it follows."""
    allowance = policy.allowance(sort)
    running = [waiver for waiver in policy.waivers if waiver.expires >= today]
    return tuple(_judged(one, sort, file, allowance, running) for one in differences)


def _judged(
    difference: Difference,
    sort: Sort,
    file: str,
    allowance: Allowance,
    running: Iterable[Waiver],
) -> Judged:
    if allowance.allows(difference):
        return Judged(difference, _ALLOWED[difference.verdict])
    for waiver in running:
        if waiver.covers(difference, file):
            said = f"waived until {waiver.expires}: {waiver.reason}"
            return Judged(difference, Level.NOTE, said, waiver)
    is_refused = difference.kind in allowance.refused
    what = f"{difference.kind} ({difference.verdict})" if is_refused else difference.verdict
    return Judged(difference, Level.ERROR, f"{what} is not allowed in a {sort}")


def unjudged(differences: Iterable[Difference]) -> tuple[Judged, ...]:
    """The differences where no policy is asked: an error is what makes old documents invalid."""
    return tuple(Judged(one, _ASKED[one.verdict]) for one in differences)


def waiver_remarks(
    policy: Policy, judged: Iterable[Judged], today: date, *, is_whole: bool
) -> tuple[str, ...]:
    """Waivers that have expired, and those that nothing needed when every schema was looked at."""
    used = {one.waiver for one in judged}
    return tuple(_remarks(policy, used, today, is_whole))


def _remarks(
    policy: Policy, used: set[Waiver | None], today: date, is_whole: bool
) -> Iterable[str]:
    for waiver in policy.waivers:
        if waiver.expires < today:
            yield f"{waiver.place}: the waiver of {waiver.subject} expired on {waiver.expires}"
        elif is_whole and waiver not in used:
            yield f"{waiver.place}: the waiver of {waiver.subject} was not needed"


_ALLOWED: Mapping[Verdict, Level] = {
    Verdict.NONE: Level.NOTE,
    Verdict.WIDENING: Level.NOTE,
    Verdict.NARROWING: Level.WARNING,
    Verdict.BREAKING: Level.WARNING,
    Verdict.REVIEW: Level.WARNING,
}
_ASKED: Mapping[Verdict, Level] = {
    **_ALLOWED,
    Verdict.NARROWING: Level.ERROR,
    Verdict.BREAKING: Level.ERROR,
}
