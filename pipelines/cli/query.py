"""``kwartaal query``: ask the lake."""

import csv
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, TextIO

import click
import pyarrow as pa

from pipelines.cli.options import lake_option
from warehouse.location import Location


@click.command()
@click.argument("sql")
@lake_option
@click.option("--as-of", help="Snapshot number or moment: the lake as it was known then.")
@click.option("--format", "form", type=click.Choice(["table", "csv", "json"]), default="table")
def query(sql: str, lake: Location, as_of: str | None, form: str) -> None:
    """Answer SQL (DuckDB's) from the lake, read-only.

    \b
    kwartaal query "select * from ops.run" --lake lake
    kwartaal query "select count(*) from core.relation" --lake lake --as-of 3
    """
    from warehouse.query import query as ask

    WRITERS[form](ask(sql, lake, as_of), sys.stdout)


def _table(answer: pa.Table, out: TextIO) -> None:
    names = answer.column_names
    rows = [[_shown(value) for value in row.values()] for row in _named(answer).to_pylist()]
    right = [_is_number(field.type) for field in answer.schema]
    widths = [max([len(n), *(len(row[at]) for row in rows)]) for at, n in enumerate(names)]
    for cells in (names, ["-" * width for width in widths], *rows):
        line = (
            cell.rjust(width) if aligned else cell.ljust(width)
            for cell, width, aligned in zip(cells, widths, right, strict=True)
        )
        out.write("  ".join(line).rstrip() + "\n")
    out.write(f"({len(rows)} row{'' if len(rows) == 1 else 's'})\n")


def _csv(answer: pa.Table, out: TextIO) -> None:
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.column_names)
    writer.writerows([_plain(v) for v in row.values()] for row in _named(answer).to_pylist())


def _json(answer: pa.Table, out: TextIO) -> None:
    """One object a line; decimals as text, so that no reader turns them into floats."""
    for row in _named(answer).to_pylist():
        finite = {n: None if v != v else v for n, v in row.items()}  # NaN is no JSON
        out.write(json.dumps(finite, default=str, ensure_ascii=False) + "\n")


def _named(answer: pa.Table) -> pa.Table:
    """Columns with distinct names: the second ``n`` is ``n_2``."""
    met: Counter[str] = Counter()
    names = []
    for name in answer.column_names:
        met[name] += 1
        names.append(name if met[name] == 1 else f"{name}_{met[name]}")
    return answer.rename_columns(names)


WRITERS: Mapping[str, Callable[[pa.Table, TextIO], None]] = {
    "table": _table,
    "csv": _csv,
    "json": _json,
}


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _plain(value: Any) -> Any:
    return ";".join(map(str, value)) if isinstance(value, list) else value


def _is_number(kind: pa.DataType) -> bool:
    tests = (pa.types.is_integer, pa.types.is_decimal, pa.types.is_floating)
    return any(test(kind) for test in tests)
