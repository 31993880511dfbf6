"""``kwartaal schema impact``: what the differences between two schemas touch of ours."""

import json
from contextlib import ExitStack
from pathlib import Path

import click

from pipelines.cli.failing import FINDINGS, fail
from pipelines.cli.options import registry_option
from pipelines.schema.sources import SourceError, source, told
from schemas.model import SchemaError


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--queries",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    help="A .sql file or a folder of them; without it, those of the git repository here.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@registry_option
def impact(old: str, new: str, queries: tuple[Path, ...], form: str, registry: Path) -> int:
    """Say which tables, queries, institutions and checks a changed schema touches.

    OLD and NEW are files, releases that are known (dmfa@2023/1) or files of git revisions. Ends
    with 1 when a query or a program loses what it reads, or a schema is defective.

    \b
    kwartaal schema impact dmfa@2022/2 dmfa@2023/1
    kwartaal schema impact dmfa@2023/1 DmfAOriginal_20232.xsd --queries reports
    """
    from pipelines.impact import impact_of
    from pipelines.saved_queries import saved_queries
    from schemas.compare.comparison import compare
    from schemas.impact.text import render

    asked = queries or saved_queries(Path.cwd())
    with ExitStack() as stack:
        try:
            before, after = (stack.enter_context(source(one, registry)) for one in (old, new))
        except SourceError as error:
            raise click.UsageError(str(error)) from error
        labels = before.label, after.label
        try:
            found = compare(before.path, after.path, labels=labels, with_proofs=False)
        except SchemaError as error:
            fail(f"not compared: {after.said(before.said(str(error)))}", FINDINGS)
        touched = impact_of(told(found, before, after), before.path, after.path, asked)
    if form == "json":
        click.echo(json.dumps(touched.as_dict(), ensure_ascii=False, indent=2))
    else:
        click.echo("\n".join(render(touched)))
    return FINDINGS if touched.breaks else 0
