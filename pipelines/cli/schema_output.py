"""Where the commands that look at changes of schemas write what they found."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import click

from schemas.compare.policy import Level

_COLOURS = {Level.ERROR: "red", Level.WARNING: "yellow", Level.NOTE: "green"}

output_option = click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write there, and not to the screen.",
)


def written(told: str, output: Path | None) -> None:
    """File names may hold bytes that are no text: they are shown as JSON would escape them."""
    shown = told.encode("utf-8", "backslashreplace")
    if output is None:
        click.echo(shown)
    else:
        output.write_bytes(shown + b"\n")


def painter(output: Path | None) -> Callable[[str, Level], str]:
    """Colours for a terminal; none for a file, a pipe or whoever sets NO_COLOR."""

    def coloured(text: str, level: Level) -> str:
        return click.style(text, fg=_COLOURS[level])

    def plain(text: str, _level: Level) -> str:
        return text

    is_terminal = output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
    return coloured if is_terminal else plain
