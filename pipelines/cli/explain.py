"""``kwartaal explain``: why an amount is what it is."""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import QuarterType, lake_option
from schemas.quarter import Quarter
from warehouse.location import Location

if TYPE_CHECKING:
    from transforms.explain.tree import Explanation


class NumberType(click.ParamType[str]):
    """A number of digits, written with or without leading zeros, dots, dashes and spaces.

    What was typed is not repeated in messages: it may be a person's number.
    """

    name = "number"

    def __init__(self, most: int, fill: bool) -> None:
        self._most = most
        self._fill = fill

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        digits = re.sub(r"[\s./-]", "", value)
        if not (digits.isascii() and digits.isdigit() and len(digits) <= self._most):
            self.fail(f"it has {self._most} digits at most, dots and dashes aside", param, ctx)
        return digits.zfill(self._most) if self._fill else digits


@click.command()
@lake_option
@click.option("--quarter", type=QuarterType(), help="Quarter: 2023Q1, 2023/1 or 20231.")
@click.option("--employer", type=NumberType(10, fill=False), help="NSSO or enterprise number.")
@click.option("--inss", type=NumberType(11, fill=True), help="Person; without: the declaration.")
@click.option("--code", help="Only lines with this contribution or deduction code.")
@click.option("--all", "whole", is_flag=True, help="The derivations of every person too.")
@click.option("--as-of", help="Snapshot number or moment: the lake as it was known then.")
@click.option("--replay", is_flag=True, help="Derive every computed line of the lake again.")
@click.option(
    "--sample",
    type=click.FloatRange(0, 1),
    default=1.0,
    show_default=True,
    help="With --replay: share of the derivations also done one by one in fractions.",
)
@click.option("--format", "form", type=click.Choice(["text", "json", "html"]), default="text")
def explain(
    lake: Location,
    quarter: Quarter | None,
    employer: str | None,
    inss: str | None,
    code: str | None,
    whole: bool,
    as_of: str | None,
    replay: bool,
    sample: float,
    form: str,
) -> int:
    """Say how the amounts of a person or of a declaration came about, step by step.

    \b
    kwartaal explain --lake lake --quarter 2023Q1 --employer 1123673-21
    kwartaal explain --lake lake --quarter 2023Q1 --employer 1123673-21 --inss 85.07.30-033.28
    kwartaal explain --lake lake --replay
    """
    if replay:
        if employer or inss or code or whole or form == "html":
            raise click.UsageError("--replay goes over a whole lake, or one --quarter of it")
        return _replay(lake, quarter, as_of, sample, form)
    if quarter is None or employer is None:
        raise click.UsageError("say which: --quarter and --employer, or --replay")
    if whole and inss:
        raise click.UsageError("--all is about a declaration, --inss about one person")
    from pipelines.explain import NotThere, Question, explained
    from warehouse.explain import evidence

    question = Question(quarter, employer, inss, code, whole, as_of)
    with evidence(lake, as_of) as found:
        try:
            answer = explained(question, found)
        except NotThere as unknown:
            raise click.UsageError(str(unknown)) from None
        for piece in _writers()[form](answer):
            sys.stdout.write(piece)
    return 0


def _writers() -> Mapping[str, Callable[["Explanation"], Iterator[str]]]:
    from transforms.explain.data import data
    from transforms.explain.page import page
    from transforms.explain.text import text

    return {"text": lambda tree: (f"{line}\n" for line in text(tree)), "json": data, "html": page}


def _replay(
    lake: Location, quarter: Quarter | None, as_of: str | None, share: float, form: str
) -> int:
    from pipelines.explain import replayed
    from warehouse.explain import evidence

    with evidence(lake, as_of) as found:
        counts = replayed(found, quarter, share).counts
    wrong = {name or "no formula": count for name, count in counts.items() if count.wrong}
    told = {
        "rows": sum(count.rows for count in counts.values()),
        "formulas": len(counts),
        "in_fractions": sum(count.in_fractions for count in counts.values()),
        "reproduced": sum(count.rows - count.wrong for count in counts.values()),
        "wrong": {name: count.wrong for name, count in sorted(wrong.items())},
    }
    if form == "json":
        click.echo(json.dumps(told, indent=2))
    else:
        click.echo("\n".join(_replay_told(told)))
    return FINDINGS if wrong else 0


def _replay_told(told: Mapping[str, Any]) -> Iterator[str]:
    rows, right = told["rows"], told["reproduced"]
    yield f"{rows:,} computed lines, {told['formulas']} formulas"
    yield f"{rows:,} derived again over columns, {told['in_fractions']:,} one by one in fractions"
    yield f"{right:,} reproduce the stored amount exactly, {rows - right:,} do not"
    for name, wrong in told["wrong"].items():
        yield f"  {wrong:>9,}  {name}"
