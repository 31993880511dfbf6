"""Questions to a lake as it is, as it was, and while somebody writes."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.commit import Commit
from warehouse.errors import LakeError, QueryError
from warehouse.lake import Lake
from warehouse.query import query

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]
COUNT = "SELECT count(*) AS n FROM dmfa.remun"


@pytest.fixture
def attached(lake: Lake, reader: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A plain client, attached to the lake."""
    place = f"{lake.directory}/catalog.sqlite"
    reader.execute(f"ATTACH 'ducklake:sqlite:{place}' AS mine (READ_ONLY)")
    yield reader
    reader.execute("DETACH mine")


def test_as_of_a_snapshot_and_as_of_a_moment(
    lake: Lake, a_form: Form, a_commit: MakeCommit, reader: duckdb.DuckDBPyConnection
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    number = lake.commit(a_commit("r2", [a_form("f2", employer="000000292")]))
    moment = lake.snapshots().column("snapshot_time")[-1].as_py()

    def count(as_of: str | None) -> int:
        return int(query(COUNT, lake.directory, as_of, reader).column("n")[0].as_py())

    assert count(None) == 2
    assert count(str(number)) == 2
    assert count(str(number - 1)) == 1
    assert count(moment.isoformat()) == 2
    assert count((moment - timedelta(microseconds=1)).isoformat()) == 1


@pytest.mark.parametrize("as_of", ["99", "2001-01-01", "yesterday", "'"])
def test_as_of_what_never_was(lake: Lake, reader: duckdb.DuckDBPyConnection, as_of: str) -> None:
    with pytest.raises(QueryError, match="as of"):
        query(COUNT, lake.directory, as_of, reader)
    assert query(COUNT, lake.directory, connection=reader).num_rows == 1


@pytest.mark.parametrize("sql", ["SELEC 1", "FROM nowhere", "SELECT nothing FROM dmfa.remun"])
def test_a_question_without_answer(lake: Lake, reader: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(QueryError, match="Error: "):
        query(sql, lake.directory, connection=reader)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM dmfa.remun",
        "ATTACH 'ducklake:sqlite:{}/catalog.sqlite' AS again; DELETE FROM again.dmfa.remun",
        "SELECT 1; ATTACH 'ducklake:sqlite:{}/catalog.sqlite' AS again",
        "COPY (SELECT 1) TO '{}/written.csv'",
        "SET memory_limit = '1GB'",
    ],
)
def test_a_question_changes_nothing(
    lake: Lake, reader: duckdb.DuckDBPyConnection, sql: str
) -> None:
    with pytest.raises(QueryError, match="a query reads"):
        query(sql.format(lake.directory), lake.directory, connection=reader)
    assert not (lake.directory / "written.csv").exists()


@pytest.mark.parametrize("sql", ["", "  ", "-- nothing"])
def test_no_question(lake: Lake, reader: duckdb.DuckDBPyConnection, sql: str) -> None:
    with pytest.raises(QueryError, match="there is no statement"):
        query(sql, lake.directory, connection=reader)


@pytest.mark.parametrize(
    "sql",
    [
        "FROM dmfa.remun",
        "DESCRIBE dmfa.remun",
        "SHOW TABLES",
        "SUMMARIZE dmfa.remun",
        "EXPLAIN SELECT 1",
        "WITH a AS (SELECT 1) SELECT * FROM a",
    ],
)
def test_all_kinds_of_questions(lake: Lake, reader: duckdb.DuckDBPyConnection, sql: str) -> None:
    assert query(sql, lake.directory, connection=reader).num_columns > 0


def test_no_lake(tmp_path: Path, reader: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(LakeError, match="is not a lake"):
        query("SELECT 1", tmp_path, connection=reader)


def test_a_client_with_an_open_query_neither_blocks_a_commit_nor_sees_half_of_it(
    lake: Lake, a_form: Form, a_commit: MakeCommit, attached: duckdb.DuckDBPyConnection
) -> None:
    def count() -> Any:
        return attached.execute("SELECT count(*) FROM mine.dmfa.remun").fetchall()

    attached.execute("BEGIN")
    assert count() == [(0,)]
    lake.commit(a_commit("r1", [a_form("f1")]))
    assert count() == [(0,)]
    attached.execute("COMMIT")
    assert count() == [(1,)]


def test_a_second_writer_waits_for_the_first(
    lake: Lake,
    a_form: Form,
    a_commit: MakeCommit,
    reader: duckdb.DuckDBPyConnection,
    tables: tuple[Any, ...],
) -> None:
    first = a_commit("r1", [a_form("f1")])
    second = a_commit("r2", [a_form("f2", employer="000000292")])
    with Lake.open(lake.directory, connection=reader) as other:
        other.ensure_tables(tables)
        other.commit(second)
        lake.commit(first)
        assert other.runs().num_rows == 2
