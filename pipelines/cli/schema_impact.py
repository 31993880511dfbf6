"""``kwartaal schema impact``: what the differences between two schemas touch of ours."""

import json
from pathlib import Path

import click

from pipelines.cli.failing import FINDINGS, fail

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option(
    "--queries",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A .sql file, or a folder of them; without it those of the git repository here.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
def impact(old: Path, new: Path, queries: tuple[Path, ...], form: str) -> int:
    """Say which tables, queries, institutions and checks a changed schema touches.

    OLD and NEW are XSD files. Exit code 1: something of ours loses what it reads.
    """
    from pipelines.impact import impact_of
    from pipelines.saved_queries import saved_queries
    from schemas.compare.comparison import compare
    from schemas.impact.text import render
    from schemas.model import SchemaError

    try:
        comparison = compare(old, new, with_proofs=False)
        found = impact_of(comparison, old, new, queries or saved_queries(Path.cwd()))
    except SchemaError as error:
        fail(str(error))
    if form == "json":
        click.echo(json.dumps(found.as_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(render(found)))
    return FINDINGS if found.breaks else 0
