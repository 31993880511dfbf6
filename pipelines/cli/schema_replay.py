"""``kwartaal schema replay``: what was declared, judged by a schema before and after a change."""

import json
import os
from pathlib import Path

import click
from rich.console import Console

from pipelines.cli.failing import FAILED, FINDINGS, fail
from pipelines.cli.options import QuarterType, registry_option
from pipelines.cli.run import quiet_beam, reason_of
from pipelines.replay.result import Replayed
from pipelines.replay.run import ReplayRequest, tidy
from pipelines.replay.run import replay as judge_again
from pipelines.storage import InputError
from schemas.compare.difference import Comparison
from schemas.kinds import MESSAGES
from schemas.model import SchemaError
from schemas.quarter import Quarter
from transforms.replay.sides import message_of
from warehouse.errors import LakeError

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
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
    old: Path,
    new: Path,
    inputs: tuple[str, ...],
    quarter: Quarter | None,
    catalog: str | None,
    registry: Path,
    form: str,
) -> int:
    """Judge declarations by two schemas, and count those that newly fail by difference.

    OLD and NEW are XSD files, of whatever messages. Each form of a message that kwartaal knows is
    judged by both, whatever release its file names; any other document is judged as a whole.
    Nothing is changed. Exit code 1 tells that forms newly fail, or could not be judged.

    \b
    kwartaal schema replay OLD.xsd NEW.xsd declarations
    kwartaal schema replay OLD.xsd NEW.xsd lake --quarter 2023Q1
    """
    from schemas.compare.comparison import compare

    request = ReplayRequest(old, new, inputs, quarter, str(registry), catalog)
    try:
        message = message_of(old, new, MESSAGES)
        roots = () if message is None else (message.root,)
        comparison = compare(old, new, roots=roots, with_proofs=False)
    except SchemaError as error:
        raise click.UsageError(str(error)) from error
    replayed = attended(request, comparison)
    if form == "json":
        click.echo(json.dumps(replayed.as_dict(), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(replayed.text()))
    return FINDINGS if replayed.has_findings else 0


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
