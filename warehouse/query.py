"""Any question to a lake, as it is or as it was."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.catalog import attach, quoted
from warehouse.errors import LakeError, QueryError, told_plainly
from warehouse.extensions import connect
from warehouse.location import Location

_READING = (
    duckdb.StatementType.SELECT,
    duckdb.StatementType.EXPLAIN,
    duckdb.StatementType.RELATION,
)


def query(
    sql: str,
    location: str | Path | Location,
    as_of: str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> pa.Table:
    """The answer to ``sql``; the lake is attached as ``lake``, in use and read-only.

    ``as_of``: number of a snapshot, or an ISO moment (UTC unless it says otherwise): the lake as
    it was known then. ``connection``: one of ``connect()``, to spare its 0.3 seconds.
    Raises ``QueryError`` with DuckDB's message, ``LakeError`` when there is no lake.
    """
    place = Location.of(location)
    if connection is None:
        with closing(connect()) as own:
            return query(sql, place, as_of, own)
    with attached(connection, place, as_of):
        try:
            _check_reads(connection.extract_statements(sql))
            return connection.execute(sql).to_arrow_table()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error


def _check_reads(statements: list[duckdb.Statement]) -> None:
    """Only questions: another statement could attach the lake anew and write to it."""
    if not statements:
        raise QueryError("there is no statement")
    for statement in statements:
        if statement.type not in _READING:
            raise QueryError(f"a query reads: {statement.type.name} is not possible here")


@contextmanager
def attached(
    connection: duckdb.DuckDBPyConnection, location: Location, as_of: str | None
) -> Iterator[None]:
    """The lake attached as ``lake``, in use and read-only.

    Raises ``LakeError`` when there is no lake, ``QueryError`` when there was none then.
    """
    with location.open(connection).readable(connection) as source:
        try:
            with told_plainly(location):
                attach(connection, source, "lake", ["READ_ONLY", *_moment(as_of)])
        except LakeError as error:
            if as_of is None:
                raise
            raise QueryError(f"as of {as_of}: {error.__cause__}") from error
        connection.execute("USE lake")
        try:
            yield
        finally:
            connection.execute("USE memory")
            connection.execute("DETACH lake")


def _moment(as_of: str | None) -> list[str]:
    if as_of is None:
        return []
    if as_of.isdecimal():
        return [f"SNAPSHOT_VERSION {as_of}"]
    return [f"SNAPSHOT_TIME {quoted(as_of)}"]
