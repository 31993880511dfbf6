"""What can be computed in which quarter: found by asking every case of every family."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.quarter import Quarter
from transforms.contribute import FAMILIES
from transforms.contribute.payroll import CATEGORIES
from transforms.contribute.rules import Family, family
from transforms.rates.book import NoRate, RateBook

COMPLETE, PARTLY, ABSENT = "complete", "partly", "absent"


@dataclass(frozen=True, slots=True)
class Coverage:
    """A family in a quarter: which of its cases are known, and why others are not."""

    family: str
    title: str
    quarter: Quarter
    known: tuple[str, ...]
    missing: tuple[tuple[str, str], ...]
    limits: tuple[str, ...]
    needs: tuple[str, ...]

    @property
    def extent(self) -> str:
        if not self.missing and not self.limits:
            return COMPLETE
        return PARTLY if self.known else ABSENT


def coverage(quarters: Iterable[Quarter], book: RateBook) -> Iterator[Coverage]:
    """Family by family, quarter by quarter."""
    asked = tuple(quarters)
    for name, _ in FAMILIES:
        for quarter in asked:
            yield _coverage(family(name), quarter, book)


def _coverage(rules: Family, quarter: Quarter, book: RateBook) -> Coverage:
    known: list[str] = []
    missing: list[tuple[str, str]] = []
    for case in (case for case in _cases(rules) if rules.exists(case, quarter)):
        try:
            formula = rules.apply(_whole(rules, case), quarter, book)
        except NoRate as reason:
            missing.append((case, str(reason)))
        else:
            known.append(case)
            missing += [(case, gap.reason) for gap in formula.gaps]
    return Coverage(
        rules.name, rules.title, quarter, tuple(known), tuple(missing), rules.limits, rules.needs
    )


def _cases(rules: Family) -> list[str]:
    """Every case of a family; the categories it shares count where they are cases of their own."""
    own = list(rules.cases)
    return own if _has_codes(rules) else [*own, *(c for c in rules.shared if c not in own)]


def _has_codes(rules: Family) -> bool:
    """Whether its cases are codes that go with a structural category."""
    return bool(rules.shared) and all(case[0].isdigit() for case in rules.cases)


def _whole(rules: Family, case: str) -> str:
    return f"{case}+{CATEGORIES[0]}" if _has_codes(rules) else case
