"""``kwartaal schema``: the releases that are known, what is in them, adding one."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.options import MessageType, QuarterType, registry_option
from pipelines.cli.schema_check import check
from pipelines.cli.schema_diff import diff
from pipelines.cli.schema_lint import lint_command
from pipelines.cli.schema_lists import lists_command
from schemas.catalogue import Catalogue, Release
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from schemas.model import SchemaError
from schemas.quarter import Quarter
from schemas.registry import register
from schemas.show import render


@click.group()
def schema() -> None:
    """Releases of the message schemas."""


@schema.command(name="list")
@registry_option
def list_releases(registry: Path) -> None:
    """List the releases that documents can be judged by."""
    catalogue = Catalogue(registry)
    for kind in MESSAGES:
        for release in catalogue.releases(kind).values():
            click.echo("  ".join(_described(kind, release)))


def _described(kind: MessageKind, release: Release) -> Iterator[str]:
    yield f"{kind.name} {release.label}"
    yield "shipped" if release.shipped else f"registered in {release.path.parent}"
    also = [alias.slash for alias, target in kind.aliases.items() if target == release.quarter]
    if also:
        yield f"also for {', '.join(also)}"


@schema.command()
@click.argument("message", type=MessageType())
@click.argument("release", type=QuarterType())
@registry_option
def show(message: MessageKind, release: Quarter, registry: Path) -> None:
    """Print the blocks and zones of a release, with occurrence and unit.

    MESSAGE and RELEASE are as `kwartaal schema list` shows them: dmfa 2023/1.
    """
    found = Catalogue(registry).find(message, release)
    if found is None:
        known = ", ".join(q.slash for q in Catalogue(registry).releases(message))
        raise click.UsageError(f"no release {release.slash} of {message.name} is known: {known}")
    for line in render(found):
        click.echo(line)


@schema.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Take the place of a registered release.")
@registry_option
@click.pass_context
def add(ctx: click.Context, file: Path, replace: bool, registry: Path) -> int:
    """Register an official XSD, so that documents that name it are judged by it."""
    try:
        release = register(file, registry, replace=replace)
    except SchemaError as error:
        click.echo(f"not registered: {error}", err=True)
        return FINDINGS
    blocks = [block for _, block in release.message.walk()][1:]
    zones = sum(len(block.zones) for block in blocks)
    click.echo(
        f"{release.kind.name} {release.label} registered: {len(blocks)} blocks,"
        f" {zones} zones, in {release.path.parent}"
    )
    return 0


schema.add_command(diff)
schema.add_command(check)
schema.add_command(lint_command)
schema.add_command(lists_command)
