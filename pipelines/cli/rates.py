"""``kwartaal rates``: the legal numbers, when they hold and how sure they are."""

import sys
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import Any

import click
import pyarrow as pa

from pipelines.cli.coverage import show_coverage
from pipelines.cli.options import QuarterType
from pipelines.cli.query import WRITERS
from schemas.quarter import Quarter
from transforms.rates.book import Parameter, RateBook, Value, rate_book
from transforms.rates.values import DAY

Row = dict[str, str | None]

_OF_QUARTER = ("topic", "parameter", "value", "unit", "from", "until", "confidence")
_OF_ALL_TIME = ("topic", "parameter", "unit", "known", "confidence")


class ParameterType(click.ParamType[Parameter]):
    """A parameter of the rate book by its name."""

    name = "name"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Parameter:
        if isinstance(value, Parameter):
            return value
        parameters = rate_book().parameters
        if value not in parameters:
            self.fail(_unknown("parameter", value, parameters), param, ctx)
        return parameters[value]


class TopicType(click.ParamType[str]):
    """A topic: the name of a rate file."""

    name = "topic"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        topics = _topics(rate_book())
        if value not in topics:
            self.fail(_unknown("topic", value, topics), param, ctx)
        return str(value)


@click.group()
def rates() -> None:
    """Legal numbers that contributions are computed with."""


@rates.command(name="list")
@click.option(
    "--quarter", type=QuarterType(), help="What holds in this quarter, and what has no value in it."
)
@click.option("--topic", type=TopicType(), help="Only the parameters of this topic.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def list_rates(quarter: Quarter | None, topic: str | None, form: str) -> None:
    """List the parameters: their values in a quarter, or the time for which they are known.

    \b
    kwartaal rates list
    kwartaal rates list --quarter 2023Q1 --topic structural_reduction
    """
    parameters = [p for p in rate_book().parameters.values() if topic in (None, p.topic)]
    names = _OF_ALL_TIME if quarter is None else _OF_QUARTER
    rows = [row for parameter in parameters for row in _rows(parameter, quarter)]
    if form == "table":
        rows = [row | {"value": row.get("value") or "no value"} for row in rows]
    schema = pa.schema([(name, pa.string()) for name in names])
    WRITERS[form](pa.Table.from_pylist(rows, schema), sys.stdout)


@rates.command()
@click.argument("parameter", metavar="NAME", type=ParameterType())
def show(parameter: Parameter) -> None:
    """Print the values of a parameter with their references, the oldest first."""
    click.echo(f"{parameter.name}  {parameter.title}")
    click.echo(f"{parameter.unit}, topic {parameter.topic}")
    for value in parameter.values:
        until = f"until {value.last}" if value.last else "on"
        click.echo(f"\nfrom {value.first} {until}: {value.value} ({value.confidence.name})")
        click.echo(f"  {value.reference}")


rates.add_command(show_coverage)


def _rows(parameter: Parameter, quarter: Quarter | None) -> Iterator[Row]:
    row: Row = {"topic": parameter.topic, "parameter": parameter.name, "unit": parameter.unit}
    if quarter is None:
        marks = sorted({value.confidence for value in parameter.values})
        yield row | {
            "known": ", ".join(_stretches(parameter.values)),
            "confidence": ", ".join(mark.name for mark in marks),
        }
        return
    for first, last, value in parameter.spans(quarter.first_day, quarter.last_day):
        yield row | {"from": str(first), "until": str(last)} | _held(value)


def _held(value: Value | None) -> Row:
    if value is None:
        return {}
    return {"value": str(value.value), "confidence": value.confidence.name}


def _stretches(values: Sequence[Value]) -> Iterator[str]:
    """The time without gaps that values cover, in quarters where whole quarters are."""
    first = values[0].first
    for value, following in zip(values, [*values[1:], None], strict=True):
        if following is None or value.last is None or value.last + DAY < following.first:
            yield _stretch(first, value.last)
            first = following.first if following else first


def _stretch(first: date, last: date | None) -> str:
    start, end = Quarter.of(first), Quarter.of(last or first)
    whole = first == start.first_day and last in (None, end.last_day)
    since = str(start if whole else first)
    if last is None:
        return f"from {since}"
    until = str(end if whole else last)
    return since if since == until else f"{since} to {until}"


def _topics(book: RateBook) -> set[str]:
    return {parameter.topic for parameter in book.parameters.values()}


def _unknown(what: str, name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=3) or [n for n in sorted(known) if name in n][:3]
    return f"no {what} {name!r} is known" + (f"; did you mean {', '.join(close)}?" if close else "")
