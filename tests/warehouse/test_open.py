"""Opening a lake: what it takes, what is told when it cannot be done, and lakes that moved."""

import errno
import os
import shutil
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.tables import Table
from warehouse import lake as lake_module
from warehouse.catalog import Source, attach, writing
from warehouse.commit import Commit
from warehouse.errors import LakeError, plain
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]
Rows = Callable[[Lake, str], list[tuple[Any, ...]]]
NOBODY = 65534


@contextmanager
def ordinary_user() -> Iterator[None]:
    """Permissions do not bind the superuser, who runs tests in containers."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def protected(lake: Lake) -> Iterator[Path]:
    """A lake that everybody may read and nobody may write."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder).resolve() / "lake"
        shutil.copytree(lake.directory, place)
        Path(folder).chmod(0o755)
        with Lake.open(place):
            pass
        for path in [place, *place.rglob("*")]:
            path.chmod(0o555 if path.is_dir() else 0o444)
        yield place
        for path in [place, *place.rglob("*")]:
            path.chmod(path.stat().st_mode | stat.S_IWUSR)


def test_no_lake_without_create(tmp_path: Path, reader: duckdb.DuckDBPyConnection) -> None:
    with pytest.raises(LakeError, match=r"is not a lake: it has no catalog\.sqlite"):
        Lake.open(tmp_path / "absent", connection=reader)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b""])
def test_a_catalog_that_is_none(
    tmp_path: Path, reader: duckdb.DuckDBPyConnection, content: bytes
) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(content)
    with pytest.raises(LakeError, match="is not a lake"):
        Lake.open(tmp_path, connection=reader)


def test_a_folder_with_other_things_does_not_become_a_lake(
    tmp_path: Path, reader: duckdb.DuckDBPyConnection
) -> None:
    (tmp_path / "thesis.doc").touch()
    with pytest.raises(LakeError, match="holds other things"):
        Lake.open(tmp_path, create=True, connection=reader)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_create_opens_a_lake_that_exists(lake: Lake, reader: duckdb.DuckDBPyConnection) -> None:
    with Lake.open(lake.directory, create=True, connection=reader) as again:
        assert again.snapshots() == lake.snapshots()


def test_a_read_only_directory(protected: Path, reader: duckdb.DuckDBPyConnection) -> None:
    with ordinary_user():
        with pytest.raises(LakeError, match="is read-only"):
            Lake.open(protected, connection=reader)
        with Lake.open(protected, read_only=True, connection=reader) as lake:
            assert lake.runs().num_rows == 0
            with pytest.raises(LakeError, match="for reading only"):
                lake.start_run("r1")


def test_a_locked_catalog(
    lake: Lake,
    tables: tuple[Table, ...],
    monkeypatch: pytest.MonkeyPatch,
    reader: duckdb.DuckDBPyConnection,
) -> None:
    monkeypatch.setattr(lake_module, "PATIENCE", 0.1)
    with (
        writing(reader, lake.directory, 1.0),
        pytest.raises(LakeError, match="another run is committing"),
    ):
        lake.ensure_tables([Table("test", "new", "New", tables[0].columns)])


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "no space left"),
        (duckdb.IOException("Could not write: No space left on device"), "no space left"),
        (duckdb.Error("database or disk is full"), "no space left"),
        (duckdb.Error("COMMIT: database is locked"), "locked by another program"),
        (sqlite3.OperationalError("attempt to write a readonly database"), "read-only"),
        (OSError(errno.EACCES, "Permission denied"), "may not be written"),
        (duckdb.Error("something else"), "something else"),
    ],
)
def test_errors_are_told_plainly(error: Exception, told: str) -> None:
    assert told in str(plain(error, Path("lake")))


def test_a_moved_lake_is_healed(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows, reader: duckdb.DuckDBPyConnection
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    lake.commit(a_commit("r2", [a_form("f2", trusteeship="1")]))
    place = lake.directory.parent / "it's elsewhere"
    lake.close()
    lake.directory.rename(place)

    with Lake.open(place, read_only=True, connection=reader) as moved:
        assert moved.ask("FROM core.relation").num_rows == 1
    with Lake.open(place, connection=reader) as moved:
        assert moved.snapshots().num_rows == 4
    attach(reader, Source.of_file(place / "catalog.sqlite"), "p", ["READ_ONLY"])
    try:
        found = reader.execute("SELECT worker_records FROM p.core.relation").fetchall()
        assert reader.execute("SELECT count(*) FROM p.dmfa.remun").fetchall() == [(2,)]
    finally:
        reader.execute("DETACH p")
    assert found == [(2,)]


def test_a_commit_keeps_the_mode_of_the_catalog(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    catalog = lake.directory / "catalog.sqlite"
    catalog.chmod(0o640)
    lake.commit(a_commit("r1", [a_form("f1")]))
    assert stat.S_IMODE(catalog.stat().st_mode) == 0o640
