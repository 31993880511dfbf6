"""What a rule is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import IntEnum

from schemas.quarter import Quarter
from schemas.rules import Dataset
from transforms.rates.values import Parameter
from transforms.rules.conditions import Condition

NOT_RUN = "not_run"
"""Mechanism of a clause that cannot be judged; its ``reason`` says why."""

SCHEMA = "schema"
"""Mechanism of a clause that the schemas of all releases judge: nothing else reaches a rule."""


class Certainty(IntEnum):
    """What a rule rests on: a published text, our reading of such texts, or neither."""

    unverified = 0
    derived = 1
    official = 2


@dataclass(frozen=True, slots=True)
class Clause:
    """One way to break a rule.

    ``condition``: in words, what is wrong. ``needs``: names of data sets. ``when``: rows that it
    is about. ``mechanism`` with ``parameters`` judges them. ``column``: the value to show.
    ``class_``: its own, where it is not that of its rule. ``uses``: columns by name of data set.
    """

    name: str | None
    condition: str
    certainty: Certainty
    needs: tuple[str, ...]
    when: Condition
    mechanism: str
    parameters: Mapping[str, object]
    column: str | None
    class_: str | None
    source: str
    reason: str | None
    uses: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def runs(self) -> bool:
        return self.mechanism not in (NOT_RUN, SCHEMA)


@dataclass(frozen=True, slots=True)
class Rule:
    """An official code. ``actions``: where it applies, all when empty. ``classes``: by release of
    the publication that says so. ``texts``: by language, for the declarer."""

    code: str
    element: str
    level: str
    table: str
    classes: Mapping[Quarter, str]
    actions: tuple[str, ...]
    texts: Mapping[str, str]
    clauses: tuple[Clause, ...]

    def class_at(self, release: Quarter | None = None) -> str:
        """The class in a release: the newest one published by then, else the first known; the
        newest of all without a release."""
        newest_first = sorted(self.classes, reverse=True)
        for published in newest_first:
            if release is None or published <= release:
                return self.classes[published]
        return self.classes[newest_first[-1]]


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day on which a code is allowed; ``None``: open."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Presence:
    """When a column has to be filled or empty: the first row of the table that holds decides,
    and where none does it may be either."""

    column: str
    rows: tuple[tuple[Condition, str], ...]


@dataclass(frozen=True, slots=True)
class RuleSet:
    """All rules of a kind of declaration, by code, and what they refer to by name.

    ``scope``: the column that ``actions`` are values of, where there is one.
    """

    rules: Mapping[str, Rule]
    lists: Mapping[str, Mapping[str, tuple[Span, ...]]]
    presence: Mapping[str, Presence]
    limits: Mapping[str, Parameter]
    datasets: Mapping[str, Dataset]
    sources: Mapping[str, str]
    scope: str | None
