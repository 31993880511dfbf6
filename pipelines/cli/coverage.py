"""``kwartaal rates coverage``: what can be computed in which quarter, and what is missing."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from pipelines.cli.options import QuarterType
from schemas.quarter import Quarter
from transforms.rates.book import rate_book

if TYPE_CHECKING:
    from transforms.contribute.coverage import Coverage

FIRST, LAST = Quarter(2022, 2), Quarter(2025, 4)


@click.command(name="coverage")
@click.option("--from", "first", type=QuarterType(), default=FIRST, show_default=True)
@click.option("--until", "last", type=QuarterType(), default=LAST, show_default=True)
def show_coverage(first: Quarter, last: Quarter) -> None:
    """Say, for every family and quarter, how much of it can be computed (Markdown).

    \b
    kwartaal rates coverage
    kwartaal rates coverage --from 2023Q1 --until 2023Q4
    """
    if last < first:
        raise click.UsageError(f"{first} comes after {last}")
    for line in markdown(list(quarters(first, last))):
        click.echo(line)


def quarters(first: Quarter, last: Quarter) -> Iterator[Quarter]:
    while first <= last:
        yield first
        first = first.next()


def markdown(asked: Sequence[Quarter]) -> Iterator[str]:
    """A table of families by quarters, then what is missing."""
    from transforms.contribute.coverage import coverage

    rows = list(coverage(asked, rate_book()))
    yield f"| Family | {' | '.join(map(str, asked))} |"
    yield f"|---|{'---|' * len(asked)}"
    for at in range(0, len(rows), len(asked)):
        row = rows[at : at + len(asked)]
        yield f"| {row[0].family} | {' | '.join(one.extent for one in row)} |"
    yield ""
    for at in range(0, len(rows), len(asked)):
        yield from _missing(rows[at : at + len(asked)])


def _missing(row: "Sequence[Coverage]") -> Iterator[str]:
    """What is missing of a family: each reason with its cases and the quarters it is true of."""
    for limit in row[0].limits:
        yield f"- {row[0].family}: {limit}"
    for need in row[0].needs:
        yield f"- {row[0].family} needs {need}"
    found: dict[tuple[tuple[str, ...], str], list[Quarter]] = {}
    for one in row:
        cases: dict[str, list[str]] = {}
        for case, reason in one.missing:
            cases.setdefault(_timeless(reason), []).append(case)
        for reason, names in cases.items():
            found.setdefault((tuple(names), reason), []).append(one.quarter)
    for (affected, reason), when in found.items():
        yield f"- {row[0].family}, {', '.join(affected)}: {reason} ({', '.join(_spans(when))})"


def _timeless(reason: str) -> str:
    """The reason without its quarter, which is said beside it."""
    return reason.partition(" for 20")[0]


def _spans(when: Sequence[Quarter]) -> Iterator[str]:
    start = when[0]
    for quarter, following in zip(when, [*when[1:], None], strict=True):
        if following is None or quarter.next() != following:
            yield str(start) if start == quarter else f"{start} to {quarter}"
            start = following or start
