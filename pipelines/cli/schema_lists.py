"""``kwartaal schema lists``: what changed between two releases of a code list or of checks."""

from collections.abc import Iterator
from pathlib import Path

import click

from pipelines.cli.failing import FINDINGS
from pipelines.cli.schema_output import output_option, written
from schemas.compare.difference import Comparison, Difference, Effect, Location
from schemas.compare.list_shape import Shape
from schemas.compare.listing import ListError
from schemas.compare.lists import compare_lists
from schemas.formats import DIFF_FORMATS
from schemas.formats.words import printable

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _split(_ctx: click.Context, _param: click.Parameter, words: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (words or "").split(",") if word.strip())


@click.command(name="lists")
@click.argument("old", type=_FILE)
@click.argument("new", type=_FILE)
@click.option("--key", callback=_split, metavar="COLUMN,...", help="Columns that name an entry.")
@click.option(
    "--as-number",
    callback=_split,
    metavar="COLUMN,...",
    help="Columns of the key whose leading zeros do not count.",
)
@click.option("--valid-from", metavar="COLUMN", help="First day, month, quarter or year.")
@click.option("--valid-to", metavar="COLUMN", help="Last day, month, quarter or year.")
@click.option("--severity", metavar="COLUMN", help="Severity, in a table of checks.")
@click.option(
    "--levels",
    callback=_split,
    metavar="LEVEL,...",
    help="Severities from lenient to strict; the last one refuses a document.",
)
@click.option(
    "--refusing",
    callback=_split,
    metavar="LEVEL,...",
    help="Severities that refuse a document, if not the last one only.",
)
@click.option("--text", callback=_split, metavar="COLUMN,...", help="Columns that only explain.")
@click.option("--ignore", callback=_split, metavar="COLUMN,...", help="Columns to leave out.")
@click.option("--encoding", default="utf-8", show_default=True, help="Encoding of CSV and YAML.")
@click.option("--format", "form", type=click.Choice(list(DIFF_FORMATS)), default="text")
@click.option(
    "--exit-code", is_flag=True, help="End with code 1 where something breaks or is to be reviewed."
)
@output_option
def lists_command(
    old: Path,
    new: Path,
    key: tuple[str, ...],
    as_number: tuple[str, ...],
    valid_from: str | None,
    valid_to: str | None,
    severity: str | None,
    levels: tuple[str, ...],
    refusing: tuple[str, ...],
    text: tuple[str, ...],
    ignore: tuple[str, ...],
    encoding: str,
    form: str,
    exit_code: bool,
    output: Path | None,
) -> int:
    """Compare two releases of a code list or of a table of checks, CSV or YAML.

    Entries that were added, closed, reopened or removed, values that changed; with what each does
    to documents of the old release and of the new one. Columns are found by their usual names
    (code, valid_from, valid_to, severity) or named by options, several with commas between them.
    """
    shape = Shape(key, as_number, valid_from, valid_to, severity, levels, refusing, text, ignore)
    try:
        found = compare_lists(old, new, shape=shape, encoding=encoding)
    except ListError as error:
        raise click.UsageError(str(error)) from error
    told = map(printable, _text(found))
    written("\n".join(told) if form == "text" else DIFF_FORMATS[form](found), output)
    is_kept = {found.reader, found.writer} == {Effect.KEEPS}
    return FINDINGS if exit_code and not is_kept else 0


def _text(found: Comparison) -> Iterator[str]:
    count = len(found.differences)
    told = f"{count} difference{'' if count == 1 else 's'}" if count else "no difference"
    yield f"{found.old} -> {found.new}: {told}" + (f", {found.verdict.value}" if count else "")
    for difference in found.differences:
        yield f"{difference.about}: {difference.kind.value}, {difference.verdict.value}"
        yield f"    {_change(difference)}"
        if difference.reason:
            yield f"    {difference.reason}"
        yield f"    {' -> '.join(_places(difference.old_at, difference.new_at))}"


def _change(difference: Difference) -> str:
    return f"{difference.old or 'none'} -> {difference.new or 'none'}"


def _places(*locations: Location | None) -> Iterator[str]:
    return (f"{place.file}:{place.line}" for place in locations if place is not None)
