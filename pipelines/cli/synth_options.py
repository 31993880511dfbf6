"""What the commands of ``kwartaal synth`` share: their options, and work in several processes."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any, TypeVar

import click

from pipelines.cli.options import Command, QuarterType, quarter_option
from schemas.quarter import Quarter

Shares = dict[str, float]
Work, Result = TypeVar("Work"), TypeVar("Result")
Mapped = Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[Any]]
"""``map``, in this process or in several."""


def volume_options(command: Command) -> Command:
    """Which quarter, of how many employers, and where it is written."""
    for option in reversed(
        (
            quarter_option,
            click.option(
                "--employers", type=click.IntRange(min=1), required=True, help="Declarations."
            ),
            click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True),
            click.option(
                "--output",
                type=click.Path(file_okay=False, path_type=Path),
                required=True,
                help="Folder.",
            ),
        )
    ):
        command = option(command)
    return command


def file_options(command: Command) -> Command:
    """How large employers and files are."""
    for option in reversed(
        (
            click.option(
                "--forms-per-file",
                type=click.IntRange(min=1),
                default=1,
                show_default=True,
                help="Forms.",
            ),
            click.option(
                "--workers",
                type=click.IntRange(min=1),
                help="Jobs of every employer, in place of sizes as a country has them.",
            ),
        )
    ):
        command = option(command)
    return command


def writing_options(truth: str) -> Callable[[Command], Command]:
    """How it is written; ``truth`` says of what the truth has a line."""

    def decorate(command: Command) -> Command:
        for option in reversed(
            (
                click.option(
                    "--indent/--no-indent",
                    default=True,
                    show_default=True,
                    help="White space or none.",
                ),
                click.option(
                    "--jobs",
                    type=click.IntRange(min=1),
                    default=1,
                    show_default=True,
                    help="Processes.",
                ),
                click.option(
                    "--truth", type=click.File("w"), help=f"File for one line of JSON {truth}."
                ),
            )
        ):
            command = option(command)
        return command

    return decorate


def release_option(releases: Iterable[Quarter]) -> Callable[[Command], Command]:
    return click.option(
        "--release",
        type=QuarterType(),
        help=f"Release of the schema, one of {', '.join(r.slash for r in releases)}; "
        "by default the one of the quarter.",
    )


def defect_option(names: Iterable[str], help_: str) -> Callable[[Command], Command]:
    """``--defect NAME=SHARE``, any number of times."""
    known = tuple(names)

    def shares(
        context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
    ) -> Shares:
        found: Shares = {}
        for value in values:
            name, _, share = value.partition("=")
            if name not in known:
                raise click.BadParameter(f"{name!r} is none of {', '.join(known)}")
            try:
                found[name] = float(share)
            except ValueError:
                raise click.BadParameter(f"{value!r}: write NAME=SHARE, like {name}=0.01") from None
        return found

    return click.option(
        "--defect",
        "defects",
        multiple=True,
        callback=shares,
        metavar="NAME=SHARE",
        help=f"{help_}: {', '.join(known)}.",
    )


def added(*parts: Shares) -> Shares:
    """The sum of several shares by name."""
    total: Shares = {}
    for part in parts:
        for name, share in part.items():
            total[name] = total.get(name, 0.0) + share
    return total


@contextmanager
def processes(jobs: int) -> Iterator[Mapped]:
    """A ``map`` that keeps the order, over so many processes."""
    if jobs == 1:
        yield map
        return
    with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
        yield pool.map
