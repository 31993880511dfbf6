"""``make bench-readme``: the table of measured figures in the README, from stored results.

Between the markers ``<!-- bench -->`` and ``<!-- /bench -->``, written anew each time. Where two
results measured the same row, the later file counts.
"""

from collections.abc import Sequence
from pathlib import Path

import click
from report import markdown, on_machine
from results import Row, rows_of

START, END = "<!-- bench -->", "<!-- /bench -->"


class NoMarkers(ValueError):
    """The README does not say where the table goes."""


def written(readme: str, table: str) -> str:
    """The README with what is between the markers replaced. ``NoMarkers`` without them."""
    before, start, rest = readme.partition(START)
    _, end, after = rest.partition(END)
    if not start or not end:
        raise NoMarkers(f"put {START} and {END} on lines of their own where the table belongs")
    return f"{before}{START}\n\n{table}\n{END}{after}"


def table_of(results: Sequence[Path]) -> str:
    """Rows of all results in their order, with what printed them and where that was."""
    rows: dict[str, Row] = {}
    told = []
    for path in results:
        found, machine, command = rows_of(path)
        for row in found:
            rows.pop(row.measure, None)
            rows[row.measure] = row
        told.append(f"- `{command}`: {on_machine(machine)}")
    return markdown(list(rows.values())) + "\n" + "\n".join(told) + "\n"


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--readme", type=click.Path(path_type=Path), default=Path("README.md"))
def main(results: tuple[Path, ...], readme: Path) -> None:
    """Writes the measured figures into the README."""
    try:
        readme.write_text(written(readme.read_text(), table_of(results)))
    except NoMarkers as error:
        raise click.ClickException(f"{readme}: {error}") from None


if __name__ == "__main__":
    main()
