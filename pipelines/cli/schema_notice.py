"""``kwartaal schema notice``: what another schema changes, told to those who declare."""

from datetime import date
from pathlib import Path

import click

from pipelines.cli.failing import USAGE, fail
from schemas.compare.comparison import compare
from schemas.kind import Kind, MessageKind, titles
from schemas.kinds import MESSAGES
from schemas.model import Block, SchemaError, read_message
from schemas.notice import LANGUAGES, notice
from schemas.quarter import Quarter

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(name="notice")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--html", is_flag=True, help="Write a page instead of Markdown.")
def notice_command(old: Path, new: Path, language: str, html: bool) -> int:
    """Write what changes for a declarer between two schema files.

    Of schemas that kwartaal knows by their file name the titles of zones and blocks are told too.
    """
    kind, since = _kind(new)
    labels = tuple(_label(path) for path in (old, new))
    try:
        comparison = compare(
            old,
            new,
            labels=(labels[0], labels[1]),
            roots=(kind.root,) if kind else (),
            with_proofs=False,
        )
    except SchemaError as error:
        fail(str(error), USAGE)
    root = comparison.roots[0] if len(comparison.roots) == 1 else None
    told = notice(
        comparison,
        language,
        titles=titles(kind, language) if kind else {},
        old=_model(old, root),
        new=_model(new, root),
        since=since,
        subject="declaration" if isinstance(kind, Kind) else "message",
        markup="html" if html else "markdown",
    )
    click.echo(told, nl=False)
    return 0


def _kind(path: Path) -> tuple[MessageKind | None, Quarter | date | None]:
    """The message that a schema file is of, and the quarter of its release."""
    for kind in MESSAGES:
        quarter = kind.release_of_file(path.name)
        if quarter is not None:
            return kind, quarter
    return None, None


def _label(path: Path) -> str:
    kind, quarter = _kind(path)
    if kind is None or not isinstance(quarter, Quarter):
        return path.name
    return f"{Path(kind.schema_file).stem.removesuffix('_{}')} {quarter.slash}"


def _model(path: Path, root: str | None) -> Block | None:
    """None for a message that is no tree, or has several roots: its blocks are named only."""
    try:
        return read_message(path, root) if root else None
    except SchemaError:
        return None
