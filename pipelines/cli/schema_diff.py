"""``kwartaal schema diff``: what is different between two schemas, and what that breaks."""

import re
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import click

from pipelines.cli.failing import FINDINGS, fail
from pipelines.cli.options import QuarterType, registry_option
from pipelines.cli.schema_output import output_option, painter, written
from pipelines.schema.sources import Source, SourceError, source, told
from schemas.catalogue import Catalogue
from schemas.compare.difference import Comparison, Effect
from schemas.formats import DIFF_FORMATS
from schemas.formats.sections import SECTIONED, Section, with_sections
from schemas.model import SchemaError
from schemas.notice import LANGUAGES
from schemas.quarter import Quarter

_NOTICES = {"notice": "markdown", "notice-html": "html"}


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


def _expression(_ctx: click.Context, _param: click.Parameter, value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise click.BadParameter(f"{value!r} is no regular expression: {error}") from error
    return value


@click.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--root", "roots", multiple=True, help="Element that documents begin with; repeat it."
)
@click.option(
    "--number",
    default=r"\d+",
    show_default=True,
    callback=_expression,
    help="Regular expression of the documentation text that numbers a declaration.",
)
@click.option(
    "--history",
    multiple=True,
    metavar="SCHEMA",
    help="An older schema, oldest first: tells what is in use again from what is in use at last."
    " Of a release those that are known, if none is named.",
)
@click.option("--no-proofs", is_flag=True, help="Do not make documents that prove the differences.")
@click.option(
    "--witnesses",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Write the documents that prove the differences into a folder, named by the difference.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice([*DIFF_FORMATS, *_NOTICES]),
    default="text",
    help="How it is told; notice (Markdown) and notice-html tell declarers.",
)
@click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="en",
    show_default=True,
    help="Language of a notice.",
)
@click.option(
    "--since",
    type=SinceType(),
    help="Quarter (2023/1) or day (2023-01-01) that a notice says NEW holds from.",
)
@click.option(
    "--impact",
    is_flag=True,
    help="Tell too what the change touches: tables and columns, queries, institutions, checks.",
)
@click.option(
    "--queries",
    type=click.Path(exists=True, path_type=Path),
    multiple=True,
    metavar="PATH",
    help="With --impact: a .sql file or a folder of them; without it, those of the git repository"
    " here.",
)
@click.option(
    "--replay",
    "replayed",
    multiple=True,
    metavar="LAKE|PATH",
    help="Judge what was declared by both, and count by difference what newly fails; repeat it.",
)
@click.option("--quarter", type=QuarterType(), help="With --replay of a lake: only this quarter.")
@click.option(
    "--catalog",
    metavar="POSTGRESQL_URL",
    envvar="KWARTAAL_CATALOG",
    show_envvar=True,
    help="With --replay of a lake whose catalog is in PostgreSQL.",
)
@click.option(
    "--exit-code", is_flag=True, help="End with 1 if documents can break or a person has to look."
)
@output_option
@registry_option
def diff(
    old: str,
    new: str,
    roots: tuple[str, ...],
    number: str,
    history: tuple[str, ...],
    no_proofs: bool,
    witnesses: Path | None,
    form: str,
    language: str,
    since: Quarter | date | None,
    impact: bool,
    queries: tuple[Path, ...],
    replayed: tuple[str, ...],
    quarter: Quarter | None,
    catalog: str | None,
    exit_code: bool,
    output: Path | None,
    registry: Path,
) -> int:
    """Compare two schemas: what changes, and which documents that breaks on both sides.

    OLD and NEW are files, releases that are known (dmfa@2023/1) or files of git revisions. Ends
    with 0 when they could be compared, whatever was found; with 1 when one of them is defective.

    \b
    kwartaal schema diff bookshop-1.xsd bookshop-2.xsd
    kwartaal schema diff dmfa@2022/2 dmfa@2023/1 --format markdown
    kwartaal schema diff dmfa@2022/2 dmfa@2023/1 --format notice --language nl
    kwartaal schema diff dmfa@2022/2 dmfa@2023/1 --replay lake --quarter 2023Q1
    kwartaal schema diff HEAD~1:schemas/bookshop.xsd schemas/bookshop.xsd --exit-code
    """
    _refuse_what_has_no_place(form, impact=impact, replay=bool(replayed))
    if quarter is not None and not replayed:
        raise click.UsageError("--quarter says which declarations --replay is about")
    with ExitStack() as stack:
        before, after, *older = _opened((old, new, *history), registry, stack)
        roots = roots or _roots(before, after)
        is_asked = form not in _NOTICES or witnesses is not None
        with_proofs = is_asked and not no_proofs
        older = older or _releases_before(before, registry)
        comparison = _compared(before, after, older, roots, number, with_proofs=with_proofs)
        added = [_impact(comparison, before, after, queries)] if impact else []
        if replayed:
            from pipelines.cli.replayed import replayed as section_of
            from pipelines.replay.run import ReplayRequest

            paths = before.path, after.path
            asked = ReplayRequest(*paths, replayed, quarter, str(registry), catalog)
            added.append(section_of(asked, comparison))
        if form in _NOTICES:
            from pipelines.schema.notices import notice_of

            markup = _NOTICES[form]
            said = notice_of(comparison, before, after, language, since=since, markup=markup)
        else:
            said = with_sections(comparison, form, added, painter(output))
    if witnesses is not None:
        write_witnesses(comparison, witnesses)
    written(said, output)
    is_kept = comparison.reader is comparison.writer is Effect.KEEPS
    is_fine = is_kept and not any(section.breaks for section in added)
    return FINDINGS if exit_code and not is_fine else 0


def _refuse_what_has_no_place(form: str, **asked: bool) -> None:
    for name, is_asked in asked.items():
        if is_asked and form not in SECTIONED:
            raise click.UsageError(f"--{name} is told as {' or '.join(SECTIONED)}, not as {form}")


def _impact(comparison: Comparison, old: Source, new: Source, queries: Sequence[Path]) -> Section:
    from pipelines.impact import impact_of
    from pipelines.saved_queries import saved_queries
    from schemas.impact.text import render

    asked = queries or saved_queries(Path.cwd())
    found = impact_of(comparison, old.path, new.path, asked)
    return Section("impact", tuple(render(found)), found.as_dict(), bool(found.breaks))


def _opened(asked: Sequence[str], registry: Path, stack: ExitStack) -> list[Source]:
    try:
        return [stack.enter_context(source(one, registry)) for one in asked]
    except SourceError as error:
        raise click.UsageError(str(error)) from error


def _releases_before(old: Source, registry: Path) -> list[Source]:
    """The older releases of a message that are known, oldest first."""
    if old.release is None:
        return []
    kind, quarter = old.release
    known = Catalogue(registry).releases(kind)
    older = [release for label, release in known.items() if label < quarter]
    return [Source(one.path, f"{kind.name}@{one.label}", one.path.parent) for one in older]


def _roots(old: Source, new: Source) -> tuple[str, ...]:
    """What documents begin with, where a release says it: elsewhere the schemas have to tell."""
    known = {one.begins for one in (old, new)} - {None}
    return (*filter(None, known),) if len(known) == 1 else ()


def _compared(
    old: Source,
    new: Source,
    history: Sequence[Source],
    roots: Sequence[str],
    number: str,
    *,
    with_proofs: bool,
) -> Comparison:
    from schemas.compare.comparison import compare

    try:
        found = compare(
            old.path,
            new.path,
            labels=(old.label, new.label),
            roots=roots,
            number=number,
            history=[one.path for one in history],
            with_proofs=with_proofs,
        )
    except SchemaError as error:
        said = str(error)
        for one in (old, new, *history):
            said = one.said(said)
        fail(f"not compared: {said} (kwartaal schema lint tells all that is wrong)", FINDINGS)
    return told(found, old, new)


def write_witnesses(comparison: Comparison, folder: Path) -> None:
    """``<id>-old.xml`` is a document of the old schema that the new one refuses, ``<id>-new.xml``
    one of the new schema that the old one refuses."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in comparison.differences:
        for side, witness in (("old", one.reader_witness), ("new", one.writer_witness)):
            if witness:
                (folder / f"{one.id}-{side}.xml").write_bytes(witness.document)
