"""Rules that were not judged: what a run says of what it does not know."""

from collections.abc import Iterable
from dataclasses import dataclass

from rich.table import Table

from transforms.rules.run import NotRun


@dataclass(frozen=True, slots=True)
class Unjudged:
    """A rule, or a case of it, that was not judged; ``declarations``: of how many, None for all."""

    code: str
    reason: str
    declarations: int | None


def unjudged(told: Iterable[NotRun]) -> tuple[Unjudged, ...]:
    """What a fold says that it did not judge."""
    return together(Unjudged(one.code, one.reason, one.rows) for one in told)


def together(told: Iterable[Unjudged]) -> tuple[Unjudged, ...]:
    """One for each code and reason, in this order."""
    sums: dict[tuple[str, str], int | None] = {}
    for one in told:
        key = (one.code, one.reason)
        before = sums.get(key, 0)
        every = before is None or one.declarations is None
        sums[key] = None if every else (before or 0) + (one.declarations or 0)
    return tuple(Unjudged(*key, count) for key, count in sorted(sums.items()))


def shown(told: Iterable[Unjudged]) -> Table:
    """By reason: how many codes, and of how many declarations."""
    by_reason: dict[str, list[Unjudged]] = {}
    for one in told:
        by_reason.setdefault(one.reason, []).append(one)
    table = Table(title="Rules that were not judged", title_justify="left")
    table.add_column("because")
    table.add_column("codes", justify="right")
    table.add_column("of declarations", justify="right")
    for reason, some in sorted(by_reason.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        counts = [one.declarations for one in some]
        known = [count for count in counts if count is not None]
        of = "all" if len(known) < len(counts) else f"{sum(known):,}"
        table.add_row(reason, f"{len({one.code for one in some})}", of)
    return table
