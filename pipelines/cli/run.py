"""``kwartaal run``: a quarter of declarations into the lake."""

import getpass
import json
import sys
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click
from rich.console import Console

from pipelines.cli.attended import Attended, attended, quiet_beam
from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import WIDTH, QuarterType, lake_option, registry_option
from pipelines.register.work import FILE, RECEPTIONS
from pipelines.request import OptionError, RegisterRequest, Request
from pipelines.storage import InputError
from schemas.dimona import DIMONA, IDFLUX
from schemas.dmfa import DMFA
from schemas.quarter import Quarter
from warehouse.location import Location

if TYPE_CHECKING:
    from pipelines.register.summary import RegisterSummary
    from pipelines.summary import Summary

Done = TypeVar("Done", "Summary", "RegisterSummary")


class _RunCommand(click.Command):
    """Takes everything behind ``--`` as Beam's options, untouched."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if "--" in args:
            cut = args.index("--")
            ctx.meta["beam_args"] = tuple(args[cut + 1 :])
            args = args[:cut]
        return super().parse_args(ctx, args)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        return [*super().collect_usage_pieces(ctx), "[-- BEAM_OPTIONS]"]


@click.command(cls=_RunCommand)
@click.argument("kind", type=click.Choice([DMFA.name, DIMONA.name, IDFLUX.name]))
@click.argument("more", nargs=-1, type=click.Path(), metavar="[PATH]...")
@click.option("--quarter", type=QuarterType(), help="Quarter of a DmfA: 2023Q1, 2023/1 or 20231.")
@click.option(
    "--input",
    "inputs",
    multiple=True,
    type=click.Path(),
    help="File or directory; may be repeated, and followed by more paths.",
)
@lake_option
@registry_option
@click.option(
    "--reference",
    type=click.Path(exists=True, file_okay=False),
    help="Folder of reference tables: workers, employers, vehicles (.csv or .parquet).",
)
@click.option(
    "--tolerance",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Cents that an amount or a basis may differ before its anomaly is told.",
)
@click.option(
    "--received",
    type=click.Choice(RECEPTIONS),
    help="What tells when a Dimona was received: the last change of its file, which is so by"
    " default, or the moment at which the form says it was made.",
)
@click.option("--author", default=getpass.getuser, show_default="the user", help="Who runs it.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
def run(
    ctx: click.Context,
    /,
    kind: str,
    more: tuple[str, ...],
    quarter: Quarter | None,
    inputs: tuple[str, ...],
    lake: Location,
    registry: Path,
    reference: str | None,
    tolerance: int,
    received: str | None,
    author: str,
    form: str,
) -> int:
    """Validate, shred and compute a quarter of DmfA, or take Dimona (and IDFLUX, which replaces
    numbers of workers and employers) into the register; and commit it to the lake.

    The run is visible whole or not at all. Files whose content was processed before are left
    alone. Exit code 1 tells that something was refused or set aside.
    """
    if not inputs and not more:
        raise click.UsageError("nothing to read: give --input PATH")
    paths = tuple(map(_everywhere, (*inputs, *more)))
    if kind != DMFA.name:
        _only_for(ctx, DMFA.name, "quarter", "reference", "tolerance")
        asked = RegisterRequest(
            paths,
            lake,
            _everywhere(str(registry)),
            author,
            received or FILE,
            ctx.meta.get("beam_args", ()),
        )
        if kind == IDFLUX.name:
            return _renumber(asked, form)
        taken = _take_in(asked)
        _show(taken, form)
        return FINDINGS if taken.has_findings else 0
    _only_for(ctx, DIMONA.name, "received")
    if quarter is None:
        raise click.UsageError("a run of dmfa needs its quarter: give --quarter 2023Q1")
    summary = _run(
        Request(
            kind=kind,
            quarter=quarter,
            inputs=paths,
            lake=lake,
            registry=_everywhere(str(registry)),
            author=author,
            reference=_everywhere(reference) if reference else None,
            tolerance=tolerance,
            beam_args=ctx.meta.get("beam_args", ()),
        )
    )
    _show(summary, form)
    return FINDINGS if summary.forms_accepted < summary.forms_in or summary.refusals else 0


def _only_for(ctx: click.Context, kind: str, *names: str) -> None:
    """Options that say nothing about what is run are no help."""
    for name in names:
        if ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name} is for {kind}")


def _show(summary: "Summary | RegisterSummary", form: str) -> None:
    if form == "json":
        click.echo(summary.to_json())
    else:
        summary.show(Console(width=None if sys.stdout.isatty() else WIDTH))


def _everywhere(path: str) -> str:
    """A path that means the same to every worker: each has a working directory of its own."""
    return path if "://" in path else str(Path.cwd() / path)


_RUN = Attended(
    "the run failed and nothing was committed", "nothing was committed", (InputError, OptionError)
)


def _run(request: Request) -> "Summary":
    """The run itself; Beam is imported here, when it is needed."""
    quiet_beam()
    from pipelines.run import run as run_quarter

    return attended(partial(run_quarter, request), _RUN)


def _take_in(request: RegisterRequest) -> "RegisterSummary":
    """The same for a run that changes the register."""
    quiet_beam()
    from pipelines.register.run import run as run_register

    return attended(partial(run_register, request), _RUN)


def _renumber(request: RegisterRequest, form: str) -> int:
    """A run that replaces numbers of workers and employers in the register."""
    from pipelines.register.renumber import renumber

    try:
        done = renumber(request)
    except InputError as error:
        raise click.UsageError(str(error)) from error
    if form == "json":
        click.echo(json.dumps(asdict(done), indent=2))
    else:
        click.echo(
            f"{done.files} files ({done.files_known} known), {done.forms} forms"
            f" ({done.refused} against the schema): {done.replaced} numbers were replaced,"
            f" {done.periods} periods go to another number"
        )
    return FINDINGS if done.refused else 0
