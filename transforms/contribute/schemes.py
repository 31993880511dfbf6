"""The ordinary line as data: which codes, which components, which pay, which rounding."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

from schemas.quarter import Quarter
from transforms.money import Cents, Ratio, multiply
from transforms.rates.book import (
    Confidence,
    NoRate,
    RateBook,
    RateFileError,
    read_yaml,
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """One ordinary line: for a worker code in some employer classes, during a time."""

    title: str
    first: date
    last: date | None
    worker_code: str
    employer_classes: frozenset[str]
    contribution_type: str
    uplift: str | None
    components: tuple[str, ...]
    confidence: Confidence

    def covers(self, quarter: Quarter) -> bool:
        """Whether it holds for the whole quarter."""
        return self.first <= quarter.first_day and (
            self.last is None or quarter.last_day <= self.last
        )


@dataclass(frozen=True, slots=True)
class Applied:
    """A scheme in a quarter: the combined rate, the factor on pay, how sure both are."""

    scheme: Scheme
    rate: Decimal
    uplift: Decimal | None
    confidence: Confidence

    def base(self, gross: Cents) -> Cents:
        """Calculation basis in cents of the pay in cents."""
        return gross if self.uplift is None else multiply(gross, Ratio.of(self.uplift))

    def amount(self, base: Cents) -> Cents:
        """Contribution in cents of the basis in cents."""
        return multiply(base, Ratio.of(self.rate))


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes that hold from a day on (to another), with the mark of how sure that is."""

    codes: frozenset[str]
    first: date
    last: date | None
    confidence: Confidence

    def holds(self, quarter: Quarter) -> bool:
        return self.first <= quarter.first_day and (
            self.last is None or quarter.last_day <= self.last
        )


@dataclass(frozen=True, slots=True)
class OrdinaryRules:
    schemes: tuple[Scheme, ...]
    remuneration_codes: tuple[CodeList, ...]
    category_not_decidable: tuple[CodeList, ...]
    rounding_confidence: Confidence
    fingerprint: str

    def in_force(self, quarter: Quarter) -> Iterator[Scheme]:
        """One scheme for each worker code and set of employer classes: the one of the quarter,
        else the last, so that its records are known to be of this family."""
        eras: dict[tuple[str, frozenset[str]], list[Scheme]] = {}
        for scheme in self.schemes:
            eras.setdefault((scheme.worker_code, scheme.employer_classes), []).append(scheme)
        for group in eras.values():
            yield next((scheme for scheme in group if scheme.covers(quarter)), group[-1])

    def apply(
        self, worker_code: str, employer_class: str, quarter: Quarter, book: RateBook
    ) -> Applied:
        """The combined rate of a worker code in an employer class; ``NoRate`` if there is none."""
        for scheme in self.in_force(quarter):
            if scheme.worker_code == worker_code and employer_class in scheme.employer_classes:
                return self.applied(scheme, quarter, book)
        raise NoRate(f"no ordinary scheme for worker code {worker_code} in class {employer_class}")

    def applied(self, scheme: Scheme, quarter: Quarter, book: RateBook) -> Applied:
        """The combined rate of a scheme; ``NoRate`` says what is missing."""
        if not scheme.covers(quarter):
            raise NoRate(f"ordinary line of {scheme.worker_code} is not modelled for {quarter}")
        parts = [book.at(name, quarter) for name in scheme.components]
        uplift = book.at(scheme.uplift, quarter) if scheme.uplift else None
        marks = [p.confidence for p in parts] + ([uplift.confidence] if uplift else [])
        return Applied(
            scheme,
            sum((p.value for p in parts), Decimal(0)),
            uplift.value if uplift else None,
            min(*marks, scheme.confidence, self.rounding_confidence),
        )


@cache
def ordinary_rules() -> OrdinaryRules:
    """The rules that kwartaal ships, from ``ordinary.yaml``."""
    return read_rules(files("transforms.contribute").joinpath("ordinary.yaml").read_bytes())


def read_rules(content: bytes) -> OrdinaryRules:
    record = read_yaml(content, "ordinary.yaml")
    return OrdinaryRules(
        tuple(_scheme(entry) for entry in record["schemes"]),
        _code_lists(record["remuneration_codes"], "codes"),
        _code_lists(record["category_not_decidable"], "joint_committees"),
        _rounding(record["rounding"]),
        hashlib.sha256(content).hexdigest()[:16],
    )


def _scheme(entry: Mapping[str, Any]) -> Scheme:
    if not entry.get("reference"):
        raise RateFileError(f"ordinary.yaml: {entry.get('title')} has no reference")
    return Scheme(
        entry["title"],
        entry["from"],
        entry.get("until"),
        entry["worker_code"],
        frozenset(entry["employer_classes"]),
        entry["contribution_type"],
        entry["uplift"],
        tuple(entry["components"]),
        Confidence[entry["confidence"]],
    )


def _code_lists(entries: Sequence[Mapping[str, Any]], key: str) -> tuple[CodeList, ...]:
    """Dated lists of codes; no code may stand in two that hold on one day."""
    lists = []
    for entry in entries:
        if not entry.get("reference"):
            raise RateFileError(f"ordinary.yaml: {key} {entry[key]} have no reference")
        confidence = Confidence[entry["confidence"]]
        lists.append(CodeList(frozenset(entry[key]), entry["from"], entry.get("until"), confidence))
    for one, other in combinations(lists, 2):
        both = one.codes & other.codes
        apart = _before(one, other) or _before(other, one)
        if both and not apart:
            raise RateFileError(f"ordinary.yaml: {sorted(both)} stand in two lists at one time")
    return tuple(lists)


def _before(one: CodeList, other: CodeList) -> bool:
    return one.last is not None and one.last < other.first


def _rounding(points: Mapping[str, Mapping[str, Any]]) -> Confidence:
    for name, point in points.items():
        if (point["mode"], point["to"]) != ("half-up", "cent"):
            raise RateFileError(f"ordinary.yaml: rounding of {name} is not one that is known")
    return min(Confidence[point["confidence"]] for point in points.values())
