"""``kwartaal simulate``: what if the law said something else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import lake_option, quarter_option, registry_option
from schemas.quarter import Quarter
from warehouse.location import Location

_WIDTH = 120
"""Columns of a text that goes into a file."""


@click.command()
@click.argument("overlay", metavar="OVERLAY.yaml", type=click.Path(exists=True, dir_okay=False))
@quarter_option
@lake_option
@registry_option
@click.option(
    "--reference",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of reference tables, the one that the quarter was run with.",
)
@click.option(
    "--output",
    type=click.Path(file_okay=False),
    help="Folder for the tables, as Parquet and CSV, and the formulas of both books.",
)
@click.option(
    "--lines",
    "with_lines",
    is_flag=True,
    help="Write lines.parquet too: every line with both amounts and derivations. It names persons:"
    " it is not anonymous.",
)
@click.option(
    "--min-persons",
    type=click.IntRange(min=1),
    default=5,
    show_default=True,
    help="Suppress figures about fewer persons, and those that would tell them.",
)
@click.option(
    "--min-employers",
    type=click.IntRange(min=1),
    default=3,
    show_default=True,
    help="Suppress figures about fewer employers likewise: one of two could tell the other's.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def simulate(
    overlay: str,
    quarter: Quarter,
    lake: Location,
    registry: Path,
    reference: str | None,
    output: str | None,
    with_lines: bool,
    min_persons: int,
    min_employers: int,
    form: str,
) -> int:
    """Compute a quarter of the lake by other numbers, beside those of today.

    OVERLAY.yaml names parameters of the rate book with other values:

    \b
    title: Structural reduction, alpha 0.20
    parameters:
      structural_alpha_category_1:
        - {from: 2023-01-01, value: "0.20", reference: "a proposal"}

    The lake is only read. Totals are over lines that both books compute; the others are told
    apart, with the reason. Exit code 1 tells that a check failed.

    \b
    kwartaal rates list --quarter 2023Q1
    kwartaal simulate alpha.yaml --quarter 2023Q1 --lake lake --output alpha
    """
    from pipelines.simulate import Question
    from pipelines.simulate import simulate as ask
    from pipelines.storage import InputError
    from transforms.rates.book import RateFileError

    question = Question(
        overlay,
        quarter,
        lake,
        str(registry),
        reference,
        output,
        with_lines,
        min_persons,
        min_employers,
    )
    try:
        with _progress(Console(stderr=True)) as progress:
            found = ask(question, progress)
    except (InputError, RateFileError) as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        click.echo(found.to_json())
    else:
        found.show(Console(width=None if sys.stdout.isatty() else _WIDTH))
    return 0 if found.sound else FINDINGS


@contextmanager
def _progress(console: Console) -> Iterator[Callable[[int, int], None]]:
    """A bar over worker records, on a terminal."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(
        *columns,
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("worker records", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
