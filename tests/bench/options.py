"""Options that all benchmarks share."""

import functools
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click


@dataclass(frozen=True)
class Asked:
    """``command``: as a person typed it. ``form``: of what goes to stdout. ``output``: file for
    JSON, whatever goes to stdout. ``data``: folder of corpora."""

    runs: int
    processes: int
    data: Path
    form: str
    output: Path | None
    command: str

    def tell(self, line: str) -> None:
        """What is going on, on stderr."""
        click.echo(line, err=True)

    def deliver(self, text: str, as_json: str, markdown: str) -> None:
        forms = {"text": text, "json": as_json, "markdown": markdown}
        click.echo(forms[self.form].rstrip())
        if self.output is not None:
            self.output.parent.mkdir(parents=True, exist_ok=True)
            self.output.write_text(as_json)


def asked_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options and hands them over as one ``Asked``, first."""

    @click.option("--runs", type=click.IntRange(min=1), default=3, show_default=True)
    @click.option("--processes", type=click.IntRange(min=1), default=2, show_default=True)
    @click.option("--data", type=click.Path(path_type=Path), default=Path("data"))
    @click.option(
        "--format", "form", type=click.Choice(["text", "json", "markdown"]), default="text"
    )
    @click.option("--output", type=click.Path(path_type=Path), help="File for the result as JSON.")
    @click.option("--command", default="", help="How the README tells to get these figures.")
    @functools.wraps(function)
    def wrapped(
        runs: int,
        processes: int,
        data: Path,
        form: str,
        output: Path | None,
        command: str,
        **more: Any,
    ) -> Any:
        typed = command or shlex.join(["python", *sys.argv])
        return function(Asked(runs, processes, data.resolve(), form, output, typed), **more)

    return wrapped
