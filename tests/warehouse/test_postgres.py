"""A lake whose catalog is in PostgreSQL: writers take turns, readers never wait."""

import pickle
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from servers import Postgres

from schemas.tables import Table
from warehouse.commit import Commit
from warehouse.errors import LakeError
from warehouse.extensions import connect
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.postgres import PostgresCatalog
from warehouse.query import query

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]

WHOLE = """
SELECT (SELECT count(*) FROM ops.run) AS runs,
    (SELECT count(*) FROM ops.form) AS forms,
    (SELECT count(*) FROM dmfa.remun) AS remunerations,
    (SELECT count(*) FROM core.relation) AS relations
"""

WRITER = """
import pickle, shutil, sys, time
from warehouse import commit as module
from warehouse.lake import Lake

location, tables, commit, parts = pickle.load(sys.stdin.buffer)

def hang(*_):
    print("in the middle", flush=True)
    time.sleep(600)

module.sign = hang
with Lake.open(location) as lake, lake.start_run("killed") as run:
    lake.ensure_tables(tables)
    shutil.copytree(parts, str(run.parts), dirs_exist_ok=True)
    lake.commit(commit)
"""


@pytest.fixture
def location(postgres_server: Postgres, tmp_path: Path) -> Location:
    return Location(str(tmp_path / "lake"), postgres_server.new_database())


@pytest.fixture
def lake(
    location: Location, connection: duckdb.DuckDBPyConnection, tables: tuple[Table, ...]
) -> Iterator[Lake]:
    with Lake.open(location, create=True, connection=connection) as made:
        made.ensure_tables(tables)
        yield made


@pytest.fixture
def form_of_run(a_form: Form) -> Callable[[str], dict[str, Any]]:
    """A form that no other run has."""

    def make(run_id: str) -> dict[str, Any]:
        number = sum(256**at * byte for at, byte in enumerate(run_id.encode()))
        return a_form(f"file-{run_id}", employer=f"{number % 10**9:09}")

    return make


def test_writers_take_turns_and_readers_see_whole_runs(
    lake: Lake, location: Location, a_commit: MakeCommit, form_of_run: Any, tables: Any
) -> None:
    names = {"a": [f"a{n}" for n in range(2)], "b": [f"b{n}" for n in range(2)]}
    commits = {name: a_commit(name, [form_of_run(name)]) for name in names["a"] + names["b"]}
    done = threading.Event()

    def write(runs: list[str]) -> list[int]:
        with closing(connect()) as own, Lake.open(location, connection=own) as writer:
            writer.ensure_tables(tables)
            return [writer.commit(commits[name]) for name in runs]

    def read() -> list[tuple[int, ...]]:
        seen = []
        with closing(connect()) as own:
            while not done.is_set():
                (row,) = query(WHOLE, location, connection=own).to_pylist()
                seen.append(tuple(row.values()))
        return seen

    with ThreadPoolExecutor() as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            numbers = [*pool.map(write, names.values())]
        finally:
            done.set()
        seen = [answer for reader in readers for answer in reader.result()]

    assert sorted(n for own in numbers for n in own) == list(range(2, 6))
    assert lake.runs().column("run_id").to_pylist() == sorted(commits)
    assert all(len(set(answer)) == 1 for answer in seen)
    assert len(set(seen)) > 1


def test_a_declaration_of_two_writers_is_accepted_once(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    with pytest.raises(LakeError, match="another run has committed 1 of these"):
        lake.commit(a_commit("r2", [a_form("f2")]))
    assert lake.runs().column("run_id").to_pylist() == ["r1"]


def test_a_killed_writer_leaves_the_catalog_as_it_was(
    lake: Lake, location: Location, a_commit: MakeCommit, form_of_run: Any, tables: Any
) -> None:
    lake.commit(a_commit("before", [form_of_run("before")]))
    states = lake.snapshots()
    commit = a_commit("killed", [form_of_run("killed")])
    home, aside = lake.directory / "runs" / "killed", lake.directory / "aside"
    home.rename(aside)
    given = pickle.dumps((location, tables, commit, str(aside / "parts")))

    with subprocess.Popen(
        [sys.executable, "-c", WRITER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as writer:
        assert writer.stdin is not None
        assert writer.stdout is not None
        writer.stdin.write(given)
        writer.stdin.close()
        assert writer.stdout.readline() == b"in the middle\n"
        catalog = PostgresCatalog(lake.place, str(location.catalog))
        with pytest.raises(LakeError, match="another run is committing"), catalog.locked(0.1):
            pass
        writer.kill()

    assert lake.snapshots() == states
    assert home.exists()
    assert lake.sweep() == ["killed"]
    assert not home.exists()
    assert lake.commit(a_commit("killed", [form_of_run("killed")])) == 3


def test_a_living_run_is_not_swept(lake: Lake, location: Location) -> None:
    with lake.start_run("r1") as run:
        with closing(connect()) as own, Lake.open(location, connection=own) as other:
            assert other.sweep() == []
            with pytest.raises(LakeError, match="exists already"):
                other.start_run("r1")
        assert run.parts.exists()
    assert lake.sweep() == ["r1"]


def test_a_run_whose_session_was_cut_is_swept_and_cannot_commit(
    lake: Lake,
    location: Location,
    postgres_server: Postgres,
    tables: tuple[Table, ...],
    a_commit: MakeCommit,
    a_form: Form,
) -> None:
    database = str(location.catalog).rsplit("/", 1)[-1]
    run = lake.start_run("r1")
    commit = a_commit("r1", [a_form("f1")])
    postgres_server.execute(
        database,
        "SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity USING (pid)"
        " WHERE locktype = 'advisory' AND datname = current_database()",
    )
    with closing(connect()) as own, Lake.open(location, connection=own) as other:
        assert other.sweep() == ["r1"]
    with pytest.raises(LakeError, match="No files found"):
        lake.commit(commit)
    assert lake.runs().num_rows == 0
    run.close()


def test_a_reader_needs_no_more_than_select(
    lake: Lake,
    location: Location,
    postgres_server: Postgres,
    tables: tuple[Table, ...],
    a_commit: MakeCommit,
    a_form: Form,
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    database = str(location.catalog).rsplit("/", 1)[-1]
    role = f"reader_{database}"
    for text in (
        f"CREATE ROLE {role} LOGIN PASSWORD 'only-reads'",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}",
    ):
        postgres_server.execute(database, text)
    reader = Location(location.data, postgres_server.address(database, role, "only-reads"))
    assert query("FROM ops.run", reader).num_rows == 1
    with closing(connect()) as own, Lake.open(reader, connection=own) as opened:
        opened.ensure_tables(tables)
        commit = a_commit("r2", [a_form("f2", employer="000000292")])
        with pytest.raises(LakeError, match="may not be written by this user"):
            opened.commit(commit)


def test_files_belong_to_one_catalog(
    lake: Lake, location: Location, postgres_server: Postgres, tmp_path: Path
) -> None:
    empty = postgres_server.new_database()
    with pytest.raises(LakeError, match="belongs to another catalog"):
        Lake.open(Location(location.data, empty), create=True)
    with pytest.raises(LakeError, match="holds no lake yet"):
        Lake.open(Location(location.data, empty))
    with pytest.raises(LakeError, match="is in PostgreSQL: give --catalog"):
        Lake.open(location.data, create=True)
    with pytest.raises(LakeError, match="is the catalog of the lake in"):
        Lake.open(Location(str(tmp_path / "other"), location.catalog), create=True)


def test_a_lake_with_a_catalog_file_keeps_it(
    tmp_path: Path, postgres_server: Postgres, reader: duckdb.DuckDBPyConnection
) -> None:
    with Lake.open(tmp_path / "lake", create=True, connection=reader):
        pass
    address = postgres_server.new_database()
    with pytest.raises(LakeError, match="has a catalog of its own"):
        Lake.open(Location(str(tmp_path / "lake"), address), create=True, connection=reader)
    with pytest.raises(LakeError, match="holds no lake yet"):
        query("SELECT 1", Location(str(tmp_path / "lake"), address), connection=reader)


def test_a_wrong_password_is_not_repeated(
    lake: Lake, location: Location, postgres_server: Postgres
) -> None:
    right = str(location.catalog)
    wrong = Location(location.data, right.replace(postgres_server.password, "not-the-password"))
    with pytest.raises(LakeError, match="password authentication failed") as told:
        query("SELECT 1", wrong)
    assert "not-the-password" not in str(told.value)
    assert "not-the-password" not in repr(wrong)


@pytest.mark.parametrize(
    "address", ["postgresql://owner:hidden@[::1", "postgresql://owner:hidden@h/d?colour=red"]
)
def test_an_address_that_is_none(tmp_path: Path, address: str) -> None:
    with pytest.raises(LakeError, match="is not postgresql://user@host:port/database") as told:
        Lake.open(Location(str(tmp_path), address))
    assert "hidden" not in str(told.value)
