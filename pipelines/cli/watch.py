"""``kwartaal watch``: declarations that are taken in and answered as they arrive."""

import getpass
import signal
import sys
from functools import partial
from pathlib import Path
from types import FrameType

import click
from rich.console import Console

from pipelines.cli.answer import language_option
from pipelines.cli.options import WIDTH, lake_option, registry_option
from warehouse.location import Location

_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.group()
def watch() -> None:
    """Take in what arrives in a folder, and answer it."""


@watch.command(name="dimona")
@lake_option
@click.option(
    "--inbox",
    type=_FOLDER,
    required=True,
    help="Folder that senders write to; a file FI.x is taken in when GO.x is there.",
)
@click.option("--outbox", type=_FOLDER, required=True, help="Folder for the answers.")
@click.option(
    "--taken",
    type=_FOLDER,
    help="Folder to which files go that were taken in; 'taken' beside the inbox by default.",
)
@click.option(
    "--merge-after",
    type=click.FloatRange(min=0),
    default=300.0,
    show_default=True,
    help="Seconds after which the lake gets what came.",
)
@registry_option
@language_option
@click.option("--author", default=getpass.getuser, show_default="the user", help="Who watches.")
@click.option("--once", is_flag=True, help="Take in what is there, and end.")
def watch_dimona(
    lake: Location,
    inbox: Path,
    outbox: Path,
    taken: Path | None,
    merge_after: float,
    registry: Path,
    language: str,
    author: str,
    once: bool,
) -> None:
    """Take Dimona messages into the register within seconds, and answer them.

    Each file is acknowledged (AC.x), and answered with a notification of its forms (NO.x). It ends
    with Ctrl-C or a termination signal, when the batch under way is answered and the lake has all
    that came. However it ends, nothing is lost and nothing is answered twice.

    \b
    kwartaal watch dimona --inbox in --outbox out --lake lake
    """
    from pipelines.register.unjudged import shown
    from pipelines.watch.answering import answers
    from pipelines.watch.loop import Watch, Watched

    watched = Watched(
        lake,
        inbox.resolve(),
        outbox.resolve(),
        (taken or inbox.resolve().parent / "taken").resolve(),
        str(registry.resolve()),
        author,
        partial(answers, language=language),
        merge_after,
    )
    with Watch(watched) as watching:

        def stop(_signal: int, _frame: FrameType | None) -> None:
            watching.stop()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        click.echo(f"watching {inbox}", err=True)
        if once:
            while watching.step():
                pass
            watching.merge()
        else:
            watching.run()
    click.echo(f"{watching.declarations} declarations taken in, {watching.answered} files answered")
    if watching.declarations:
        Console(width=None if sys.stdout.isatty() else WIDTH).print(shown(watching.not_run))
