"""What has to change in a lake so that it has the tables and views that it should have."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa

from schemas.tables import Column, Table
from warehouse.catalog import quoted
from warehouse.errors import LakeError
from warehouse.views import VIEWS, View


@dataclass
class Present:
    """What a lake has, by full name: columns with types, and comments."""

    schemas: set[str] = field(default_factory=set)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    comments: dict[str, str | None] = field(default_factory=dict)


def present(connection: duckdb.DuckDBPyConnection, catalog: str) -> Present:
    """Read the layout of the attached ``catalog``. Comments of columns are under table.column."""
    found = Present()
    for (schema,) in _about(connection, "duckdb_schemas", "schema_name", catalog):
        found.schemas.add(schema)
    for schema, name, comment in _about(
        connection, "duckdb_tables", "schema_name, table_name, comment", catalog
    ):
        found.columns[f"{schema}.{name}"] = {}
        found.comments[f"{schema}.{name}"] = comment
    for schema, name, column, kind, comment in _about(
        connection,
        "duckdb_columns",
        "schema_name, table_name, column_name, data_type, comment",
        catalog,
    ):
        if f"{schema}.{name}" in found.columns:
            found.columns[f"{schema}.{name}"][column] = kind
            found.comments[f"{schema}.{name}.{column}"] = comment
    for schema, name, comment in _about(
        connection, "duckdb_views", "schema_name, view_name, comment", catalog
    ):
        found.comments[f"{schema}.{name}"] = comment
    return found


def changes(found: Present, tables: Iterable[Table]) -> list[str]:
    """SQL that turns what was found into ``tables`` and their views; empty when nothing differs.

    Columns are added, never dropped. Raises ``LakeError`` for a column of another type.
    """
    wanted = list(tables)
    views = _views(found, {*found.columns, *(table.full_name for table in wanted)})
    names = [table.schema for table in wanted] + [v.full_name.split(".")[0] for v in views]
    schemas = [name for name in dict.fromkeys(names) if name not in found.schemas]
    statements = [f"CREATE SCHEMA {name}" for name in schemas]
    for table in wanted:
        statements += _table(found, table)
    for view in views:
        statements += _view(view)
    return statements


def sql_type(kind: pa.DataType) -> str:
    """DuckDB's name of a rest type. Raises ``LakeError`` for a type that no lake keeps."""
    if pa.types.is_list(kind):
        return f"{sql_type(kind.value_type)}[]"
    if pa.types.is_decimal128(kind):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if kind not in _TYPES:
        raise LakeError(f"no lake keeps the type {kind}")
    return _TYPES[kind]


_TYPES = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.bool_(): "BOOLEAN",
    pa.date32(): "DATE",
    pa.timestamp("us", "UTC"): "TIMESTAMP WITH TIME ZONE",
}


def _about(
    connection: duckdb.DuckDBPyConnection, function: str, columns: str, catalog: str
) -> list[tuple[str, ...]]:
    query = f"SELECT {columns} FROM {function}() WHERE database_name = ?"
    return connection.execute(query, [catalog]).fetchall()


def _table(found: Present, table: Table) -> list[str]:
    has = found.columns.get(table.full_name)
    if has is None:
        columns = ", ".join(_definition(column) for column in table.columns)
        statements = [f"CREATE TABLE {table.full_name} ({columns})"]
    else:
        _check_types(table, has)
        statements = [
            f"ALTER TABLE {table.full_name} ADD COLUMN {_definition(column)}"
            for column in table.columns
            if column.name not in has
        ]
    return statements + _comments(found, table)


def _comments(found: Present, table: Table) -> list[str]:
    statements = []
    if found.comments.get(table.full_name) != table.comment:
        statements.append(f"COMMENT ON TABLE {table.full_name} IS {quoted(table.comment)}")
    for column in table.columns:
        if found.comments.get(f"{table.full_name}.{column.name}") != column.comment:
            place = f'{table.full_name}."{column.name}"'
            statements.append(f"COMMENT ON COLUMN {place} IS {quoted(column.comment)}")
    return statements


def _check_types(table: Table, has: dict[str, str]) -> None:
    for column in table.columns:
        kind = sql_type(column.rest)
        if has.get(column.name, kind) != kind:
            raise LakeError(
                f"{table.full_name}.{column.name} is {has[column.name]} in the lake and should"
                f" be {kind}: a column keeps its type"
            )


def _definition(column: Column) -> str:
    return f'"{column.name}" {sql_type(column.rest)}'


def _views(found: Present, tables: set[str]) -> list[View]:
    """Views whose text is not the one in the lake, as far as what they need exists."""
    there, changed = set(tables), []
    for view in VIEWS:
        if there.issuperset(view.needs):
            there.add(view.full_name)
            if found.comments.get(view.full_name) != view.comment:
                changed.append(view)
    return changed


def _view(view: View) -> list[str]:
    return [
        f"CREATE OR REPLACE VIEW {view.full_name} AS {view.text}",
        f"COMMENT ON VIEW {view.full_name} IS {quoted(view.comment)}",
    ]
