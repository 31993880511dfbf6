"""``kwartaal schema notice``: what another schema changes, told to those who declare."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from pipelines.cli.failing import FINDINGS, fail
from schemas.compare.comparison import compare
from schemas.dimona import DIMONA
from schemas.dmfa import DMFA
from schemas.kind import MessageKind, titles
from schemas.kinds import MESSAGES
from schemas.model import Block, SchemaError, read_message
from schemas.notice import LANGUAGES, notice
from schemas.quarter import Quarter

_DECLARATIONS = (DMFA, DIMONA)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class SinceType(click.ParamType[Quarter | date]):
    """A quarter, or a day written 2023-01-01."""

    name = "quarter or day"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Quarter | date:
        if not isinstance(value, str):
            return value  # type: ignore[no-any-return]
        try:
            return date.fromisoformat(value) if value.count("-") > 1 else Quarter.parse(value)
        except ValueError:
            self.fail(f"{value!r} is neither a quarter (2023/1) nor a day (2023-01-01)", param, ctx)


@click.command(name="notice")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option(
    "--since",
    type=SinceType(),
    help="From which quarter (2023/1) or day (2023-01-01) NEW holds; as its name says otherwise.",
)
@click.option("--html", is_flag=True, help="Write a page instead of Markdown.")
def notice_command(
    old: Path, new: Path, language: str, since: Quarter | date | None, html: bool
) -> int:
    """Write what changes for a declarer between two schema files.

    Of schemas that kwartaal knows by their file name the titles of zones and blocks are told too.
    """
    kind, quarter = _kind(new)
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
        fail(f"not compared: {error}", FINDINGS)
    root = comparison.roots[0] if len(comparison.roots) == 1 else None
    told = notice(
        comparison,
        language,
        titles=titles(kind, language) if kind else {},
        old=_model(old, root),
        new=_model(new, root),
        since=since or quarter,
        subject="declaration" if kind in _DECLARATIONS else "message",
        markup="html" if html else "markdown",
    )
    click.echo(told, nl=False)
    return 0


def _kind(path: Path) -> tuple[MessageKind | None, Quarter | None]:
    """The message that a schema file is of, and the quarter of its release."""
    for kind in MESSAGES:
        quarter = kind.release_of_file(path.name)
        if quarter is not None:
            return kind, quarter
    return None, None


def _label(path: Path) -> str:
    kind, quarter = _kind(path)
    if kind is None or quarter is None:
        return path.name
    return f"{Path(kind.schema_file).stem.removesuffix('_{}')} {quarter.slash}"


def _model(path: Path, root: str | None) -> Block | None:
    """None for a message that is no tree, or has several roots: its blocks are named only."""
    try:
        return read_message(path, root) if root else None
    except SchemaError:
        return None
