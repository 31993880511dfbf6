"""``kwartaal schema replay``: what was declared, judged by a schema before and after a change."""

import json
import os
from contextlib import ExitStack
from pathlib import Path

import click
from rich.console import Console

from pipelines.cli.failing import FAILED, FINDINGS, fail
from pipelines.cli.options import QuarterType, registry_option
from pipelines.cli.run import quiet_beam, reason_of
from pipelines.replay.result import Replayed
from pipelines.replay.run import ReplayRequest, tidy
from pipelines.replay.run import replay as judge_again
from pipelines.schema.sources import Source, SourceError, source, told
from pipelines.storage import InputError
from schemas.compare.difference import Comparison
from schemas.formats.sections import Section
from schemas.kinds import MESSAGES
from schemas.model import SchemaError
from schemas.quarter import Quarter
from transforms.replay.sides import message_of
from warehouse.errors import LakeError


@click.command()
@click.argument("old")
@click.argument("new")
@click.argument("inputs", nargs=-1, required=True, metavar="LAKE|PATH...")
@click.option("--quarter", type=QuarterType(), help="Of a lake: only this quarter.")
@click.option(
    "--catalog",
    metavar="POSTGRESQL_URL",
    envvar="KWARTAAL_CATALOG",
    show_envvar=True,
    help="Of a lake whose catalog is in PostgreSQL.",
)
@registry_option
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def replay(
    old: str,
    new: str,
    inputs: tuple[str, ...],
    quarter: Quarter | None,
    catalog: str | None,
    registry: Path,
    form: str,
) -> int:
    """Judge declarations by two schemas, and count those that newly fail by difference.

    OLD and NEW are files, releases that are known (dmfa@2023/1) or files of git revisions, of
    whatever messages. Each form of a message that kwartaal knows is judged by both, whatever
    release its file names; any other document is judged as a whole. Nothing is changed. Exit code
    1 tells that forms newly fail, or could not be judged.

    \b
    kwartaal schema replay dmfa@2022/2 dmfa@2023/1 lake --quarter 2023Q1
    kwartaal schema replay bookshop-1.xsd bookshop-2.xsd orders
    """
    with ExitStack() as stack:
        try:
            before, after = (stack.enter_context(source(one, registry)) for one in (old, new))
        except SourceError as error:
            raise click.UsageError(str(error)) from error
        request = ReplayRequest(before.path, after.path, inputs, quarter, str(registry), catalog)
        replayed = attended(request, _compared(before, after))
    if form == "json":
        click.echo(json.dumps(replayed.as_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(replayed.text()))
    return FINDINGS if replayed.has_findings else 0


def _compared(old: Source, new: Source) -> Comparison:
    from schemas.compare.comparison import compare

    try:
        message = message_of(old.path, new.path, MESSAGES)
        roots = () if message is None else (message.root,)
        labels = old.label, new.label
        found = compare(old.path, new.path, labels=labels, roots=roots, with_proofs=False)
    except SchemaError as error:
        raise click.UsageError(new.said(old.said(str(error)))) from error
    return told(found, old, new)


def section_of(replayed: Replayed) -> Section:
    """A replay as a part of what is told of a comparison."""
    lines = tuple(replayed.text())
    return Section("replay", lines, replayed.as_dict(), replayed.has_findings)


def attended(request: ReplayRequest, comparison: Comparison) -> Replayed:
    """A replay with its progress on a terminal; what goes wrong becomes an exit code."""
    quiet_beam()
    from pipelines.interrupt import interruptible
    from pipelines.progress import Progress

    progress = Progress(Console(stderr=True))
    try:
        with interruptible(progress, FAILED, "nothing was counted to the end", tidy):
            return judge_again(request, comparison, progress)
    except (InputError, SchemaError) as error:
        raise click.UsageError(str(error)) from error
    except LakeError:
        raise
    except Exception as error:
        if os.environ.get("KWARTAAL_TRACEBACK"):
            raise
        fail(f"the replay failed: {reason_of(error)}")
