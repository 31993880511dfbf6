"""Whether two lakes say the same."""

from collections.abc import Iterator
from typing import Any

from operators import Operator, single

from warehouse.lake import Lake

OF_A_RUN = ("run_id", "started_at", "committed_at", "author")
"""Columns in which two runs over the same files differ."""

TABLES = """
    select schema_name || '.' || table_name as name from duckdb_tables()
    where database_name = 'lake' order by name
"""


def different_tables(one: Operator, other: Operator) -> Iterator[str]:
    """Tables whose rows differ, or that only one lake has."""
    ones, others = _content(one), _content(other)
    assert "core.relation" in ones
    for name in sorted(set(ones) | set(others)):
        if ones.get(name) != others.get(name):
            yield name


def _content(operator: Operator) -> dict[str, list[str]]:
    """Rows by table, in an order that does not depend on who wrote them."""
    with Lake.open(operator.lake, read_only=True, connection=single()) as lake:
        names = lake.ask(TABLES).column("name").to_pylist()
        return {name: sorted(_rows(lake, name)) for name in names}


def _rows(lake: Lake, table: str) -> Iterator[str]:
    row: dict[str, Any]
    for row in lake.ask(f"select * from {table}").to_pylist():
        yield repr({name: value for name, value in row.items() if name not in OF_A_RUN})
