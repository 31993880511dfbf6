"""What a replay found, as text and as data. No values of documents are in it, but listed codes."""

import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.compare.difference import Comparison, Difference, Effect
from transforms.replay.attribute import Direction
from transforms.replay.steps import shorten
from transforms.replay.tally import Count, Counts, Example, Tally

FROM_ROWS = (
    "forms were written again from rows: white space, comments, attributes, empty elements and"
    " how numbers and days were spelled are not as they were received;"
    " lines are those of the block in the file that was received;"
    " only forms that were accepted have rows: those refused lie in the quarantine of their run"
)
"""What a replay of a lake cannot show."""

CUT = "forms with so many errors that not all were looked at"


@dataclass(frozen=True)
class Source:
    """What was replayed. ``message``: whose forms, None for whole documents."""

    inputs: tuple[str, ...]
    message: str | None
    is_lake: bool = False
    quarter: str | None = None

    @property
    def unit(self) -> str:
        return "documents" if self.message is None else f"forms of {self.message}"


@dataclass(frozen=True)
class Replayed:
    """Counts of a replay beside the differences that explain them."""

    comparison: Comparison
    source: Source
    tally: Tally
    seconds: float

    @property
    def has_findings(self) -> bool:
        """Whether forms would newly fail, or could not be judged."""
        return bool(self.tally.newly_failing or self.tally.unreadable)

    @property
    def totals(self) -> Mapping[str, int]:
        """What became of all forms; the first is the sum of the others."""
        tally = self.tally
        return {
            "read": tally.forms,
            "still valid": tally.still_valid,
            "newly failing": tally.newly_failing,
            "newly accepted": tally.newly_accepted,
            "invalid in both": tally.invalid_in_both,
            "unreadable": tally.unreadable,
        }

    def explained(self, direction: Direction) -> list[tuple[Difference, Count]]:
        """Differences that forms were refused for, by number of forms."""
        is_failing = direction is Direction.FAILING
        counts = self.tally.failing if is_failing else self.tally.accepted
        differences = {one.id: one for one in self.comparison.differences}
        found = [(differences[key], count) for key, count in counts.items()]
        return sorted(found, key=lambda both: (-both[1].forms, both[0].path, both[0].id))

    @property
    def unmet(self) -> list[Difference]:
        """Differences that may refuse a form of the old schema, and refused none."""
        return [
            one
            for one in self.comparison.differences
            if one.reader is not Effect.KEEPS and one.id not in self.tally.failing
        ]

    @property
    def limits(self) -> list[str]:
        """What the counts do not tell."""
        cut = [f"{CUT}: {self.tally.partly_read:,}"] if self.tally.partly_read else []
        return [*([FROM_ROWS] if self.source.is_lake else []), *cut]

    def as_dict(self) -> dict[str, Any]:
        tally = self.tally
        return {
            "old": self.comparison.old,
            "new": self.comparison.new,
            "inputs": list(self.source.inputs),
            "lake": self.source.is_lake,
            "quarter": self.source.quarter,
            "message": self.source.message,
            "files": tally.files,
            "bytes": tally.bytes,
            "forms": {name.replace(" ", "_"): count for name, count in self.totals.items()},
            "newly_failing": _dicts(self.explained(Direction.FAILING)),
            "newly_accepted": _dicts(self.explained(Direction.ACCEPTED)),
            "other_newly_failing": _by_words(tally.other_failing),
            "other_newly_accepted": _by_words(tally.other_accepted),
            "newly_failing_unexplained": tally.unexplained,
            "unreadable": _by_words(tally.reasons, "code"),
            "unmet": [one.id for one in self.unmet],
            "limits": self.limits,
            "seconds": round(self.seconds, 3),
        }

    def text(self) -> Iterator[str]:
        """Line by line."""
        tally, source = self.tally, self.source
        quarter = f", {source.quarter}" if source.quarter else ""
        yield (
            f"{shlex.join(source.inputs)}{quarter}: {tally.forms:,} {source.unit} in"
            f" {tally.files:,} files, {tally.bytes / 1e6:,.1f} MB"
        )
        yield f"judged by {self.comparison.old} and by {self.comparison.new}"
        yield ""
        for name, number in self.totals.items():
            indented = name if name == "read" else f"  {name}"
            yield f"{indented:<18}{number:>12,}"
        yield from self._direction("Newly failing", Direction.FAILING, tally.other_failing)
        yield from self._direction("Newly accepted", Direction.ACCEPTED, tally.other_accepted)
        if tally.reasons:
            yield from ("", "Unreadable")
            for code, count in _most(tally.reasons):
                yield f"{count.forms:>9,}  {code}"
                yield from map(_shown, count.examples)
        if self.unmet:
            yield ""
            more = "difference" if len(self.unmet) == 1 else "differences"
            yield f"{len(self.unmet):,} further {more} may refuse forms, and refused none here"
        yield from ("", *(f"Note: {limit}" for limit in self.limits)) if self.limits else ()
        yield ""
        per_second = tally.forms / self.seconds, tally.bytes / 1e6 / self.seconds
        yield f"{self.seconds:.1f} s: {per_second[0]:,.0f} forms/s, {per_second[1]:,.1f} MB/s"

    def _direction(self, title: str, direction: Direction, other: Counts) -> Iterator[str]:
        explained = self.explained(direction)
        if explained or other:
            yield from ("", f"{title}: forms, of these for it alone, errors")
        for difference, count in explained:
            yield f"{_numbers(count)}  {_named(difference)}"
            yield from map(_shown, count.examples)
        for words, count in _most(other):
            yield f"{_numbers(count)}  no difference explains: {words}"
            for one in count.examples:
                yield from (_shown(one), f"{'':>12}  {one.path}")


def _numbers(count: Count) -> str:
    return f"{count.forms:>9,} {count.alone:>9,} {count.errors:>9,}"


def _named(one: Difference) -> str:
    number = f" ({one.number})" if one.number else ""
    change = " -> ".join("none" if value is None else value for value in (one.old, one.new))
    return f"{one.kind.value} {one.path}{number}: {change}"


def _shown(one: Example) -> str:
    form = f", form {one.form}" if one.form else ""
    line = f", line {one.line}" if one.line else ""
    value = f" [{one.value}]" if one.value is not None else ""
    return f"{'':>12}{one.file}{form}{line}: {shorten(one.words)}{value}"


def _most(counts: Counts) -> list[tuple[str, Count]]:
    return sorted(counts.items(), key=lambda both: (-both[1].forms, both[0]))


def _by_words(counts: Counts, name: str = "message") -> list[dict[str, Any]]:
    return [{name: words, **count.as_dict()} for words, count in _most(counts)]


def _dicts(explained: Iterable[tuple[Difference, Count]]) -> list[dict[str, Any]]:
    return [
        {
            "difference": one.id,
            "kind": one.kind.value,
            "path": one.path,
            "number": one.number,
            "old": one.old,
            "new": one.new,
            **count.as_dict(),
        }
        for one, count in explained
    ]
