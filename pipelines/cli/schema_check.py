"""``kwartaal schema check``: whether schemas that have changed may change so. Made for CI."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.schema_output import output_option, painter, written
from pipelines.schema.git import GitError, Repository
from schemas.compare.policy import DEFAULT, Level, Policy
from schemas.compare.policy_file import PolicyError, read_policy
from schemas.formats import CHECK_FORMATS
from schemas.formats.text import text

POLICY = ".kwartaal-schema.yaml"


Report = tuple[str, Path]
"""A form and the file to write it to."""


class ReportType(click.ParamType[Report]):
    """A form and a file: ``junit=schemas.xml``."""

    name = "form=file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Report:
        form, _, file = str(value).partition("=")
        if form not in CHECK_FORMATS or not file:
            known = ", ".join(CHECK_FORMATS)
            self.fail(f"{value!r} is not written FORM=FILE with a form of {known}", param, ctx)
        return form, Path(file)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH...]")
@click.option(
    "--against",
    metavar="REVISION",
    help="Compare with where HEAD has left this branch or commit. Otherwise the main branch, or on"
    " it the commit before the last one.",
)
@click.option(
    "--policy",
    "policy_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=f"What is allowed; otherwise {POLICY} at the top of the repository, if there is one.",
)
@click.option("--no-proofs", is_flag=True, help="Do not make documents that prove the differences.")
@click.option("--format", "form", type=click.Choice(list(CHECK_FORMATS)), default="text")
@output_option
@click.option(
    "--report",
    "reports",
    type=ReportType(),
    multiple=True,
    help="Write it in this form too: junit=schemas.xml.",
)
def check(
    paths: tuple[Path, ...],
    against: str | None,
    policy_file: Path | None,
    no_proofs: bool,
    form: str,
    output: Path | None,
    reports: tuple[Report, ...],
) -> int:
    """Compare the schemas of the working tree that have changed, and apply a policy.

    Also finds schemas of which an included file has changed. Ends with 1 when something is not
    allowed or a schema is defective. Without a policy file a new schema may refuse nothing that the
    one before it accepts, and a schema that is there already may change no document. PATHs are
    files and folders to keep to.

    \b
    kwartaal schema check
    kwartaal schema check --against origin/main --format github
    kwartaal schema check --report sarif=schemas.sarif --report junit=schemas.xml schemas
    """
    from pipelines.schema.check import base
    from pipelines.schema.check import check as checked

    try:
        repository = Repository.around(Path.cwd())
        policy = _policy(policy_file, repository)
        within = _within(paths, repository)
        start = base(repository, policy, against)
        outcome = checked(
            repository, start, policy, date.today(), within, with_proofs=not no_proofs
        )
    except (GitError, PolicyError) as error:
        raise click.UsageError(str(error)) from error
    if form == "text":
        written(text(outcome, painter(output)), output)
    else:
        written(CHECK_FORMATS[form](outcome), output)
    for told, file in reports:
        written(CHECK_FORMATS[told](outcome), file)
    return FINDINGS if outcome.level is Level.ERROR else 0


def _policy(file: Path | None, repository: Repository) -> Policy:
    found = file or repository.root / POLICY
    if file is None and not found.is_file():
        return DEFAULT
    return read_policy(found.read_bytes(), str(file or POLICY))


def _within(paths: Iterable[Path], repository: Repository) -> list[str]:
    """From the top of the repository; empty for the whole of it."""
    inside = [_inside(path, repository) for path in paths]
    return [] if "." in inside else inside


def _inside(path: Path, repository: Repository) -> str:
    whole, root = path.resolve(), repository.root.resolve()
    if not whole.is_relative_to(root):
        raise click.UsageError(f"{path} is not in the repository {root}")
    return whole.relative_to(root).as_posix()
