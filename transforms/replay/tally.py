"""What a replay counted: forms by what became of them, and by the difference they fail for.

Tallies of parts add up to the tally of the whole, in any order: counts are sums, and the examples
that are kept are the first by file and form.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

EXAMPLES = 3
"""Examples that are kept of every difference."""

SHAPES = 200
"""Kinds of words that are told apart; what goes beyond is counted together."""
_FURTHER = "(further messages)"


@dataclass(frozen=True, order=True)
class Example:
    """Where something was refused. ``form``: its number in the file, 0 for a whole document;
    ``words``: libxml2's, without values; ``value``: only a code that one of the schemas lists."""

    file: str
    form: int
    line: int
    path: str
    words: str
    value: str | None = field(default=None, compare=False)


@dataclass
class Count:
    """Forms that something refuses. ``alone``: those it alone refuses; ``errors``: times in all."""

    forms: int = 0
    alone: int = 0
    errors: int = 0
    examples: tuple[Example, ...] = ()

    def add(self, other: "Count") -> None:
        self.forms += other.forms
        self.alone += other.alone
        self.errors += other.errors
        self.examples = tuple(sorted({*self.examples, *other.examples})[:EXAMPLES])

    def as_dict(self) -> dict[str, Any]:
        examples = [_without_none(one) for one in self.examples]
        return {
            "forms": self.forms,
            "alone": self.alone,
            "errors": self.errors,
            "examples": examples,
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Count":
        return cls(**{**told, "examples": tuple(Example(**one) for one in told["examples"])})


Counts = dict[str, Count]
_BY_WORDS = ("other_failing", "other_accepted")


@dataclass
class Tally:
    """Counts of forms, and by id of a difference or by the words of an error.

    ``failing``, ``accepted``: forms that only the new, only the old schema refuses, by difference;
    ``other_failing``, ``other_accepted``: the same by words, for what no difference explains;
    ``unexplained``: forms newly failing of which no error is explained. ``reasons``: why what is
    unreadable could not be judged, by code. ``partly_read``: forms with more errors than are looked
    at.
    """

    files: int = 0
    bytes: int = 0
    still_valid: int = 0
    newly_failing: int = 0
    newly_accepted: int = 0
    invalid_in_both: int = 0
    unreadable: int = 0
    unexplained: int = 0
    partly_read: int = 0
    failing: Counts = field(default_factory=dict)
    accepted: Counts = field(default_factory=dict)
    other_failing: Counts = field(default_factory=dict)
    other_accepted: Counts = field(default_factory=dict)
    reasons: Counts = field(default_factory=dict)

    @property
    def forms(self) -> int:
        """All forms read: what became of them is disjoint."""
        return (
            self.still_valid
            + self.newly_failing
            + self.newly_accepted
            + self.invalid_in_both
            + self.unreadable
        )

    def add(self, other: "Tally") -> None:
        for one in fields(self):
            mine, its = getattr(self, one.name), getattr(other, one.name)
            if isinstance(mine, dict):
                into = put_words if one.name in _BY_WORDS else put
                for key, count in its.items():
                    into(mine, key, count)
            else:
                setattr(self, one.name, mine + its)

    def counts(self) -> tuple[Counts, ...]:
        """Everything that has examples."""
        return tuple(
            value for one in fields(self) if isinstance(value := getattr(self, one.name), dict)
        )

    def cannot_read(self, code: str, example: Example, forms: int = 1) -> None:
        """Forms that could not be judged, for one reason."""
        self.unreadable += forms
        put(self.reasons, code, Count(forms, forms, forms, (example,)))

    def as_dict(self) -> dict[str, Any]:
        return {
            one.name: {key: count.as_dict() for key, count in sorted(value.items())}
            if isinstance(value := getattr(self, one.name), dict)
            else value
            for one in fields(self)
        }

    @classmethod
    def from_dict(cls, told: Mapping[str, Any]) -> "Tally":
        values: dict[str, Any] = {
            name: {key: Count.from_dict(one) for key, one in value.items()}
            if isinstance(value, dict)
            else value
            for name, value in told.items()
        }
        return cls(**values)


def put(counts: Counts, key: str, count: Count) -> None:
    counts.setdefault(key, Count()).add(count)


def put_words(counts: Counts, words: str, count: Count) -> None:
    """As ``put``; words that are one too many are counted with others."""
    put(counts, words if words in counts or len(counts) < SHAPES else _FURTHER, count)


def _without_none(example: Example) -> dict[str, Any]:
    told = {one.name: getattr(example, one.name) for one in fields(example)}
    return {name: value for name, value in told.items() if value is not None}
