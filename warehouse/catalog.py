"""The catalog as a file: read in place, written in a copy that is renamed over it."""

import fcntl
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb

from warehouse.errors import LakeError, plain

CATALOG = "catalog.sqlite"
DRAFT = "catalog.draft.sqlite"
LOCK = "lock"

_MOVED_TABLES = (
    "ducklake_data_file",
    "ducklake_delete_file",
    "ducklake_files_scheduled_for_deletion",
)


class CatalogChangedError(LakeError):
    """A program that knows of no lock changed the catalog while this one was writing."""


def quoted(text: str) -> str:
    """``text`` as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Source:
    """A DuckLake catalog as DuckDB attaches it: its address, and options that belong to it."""

    address: str
    options: tuple[str, ...] = ()

    @classmethod
    def of_file(cls, catalog: Path) -> "Source":
        return cls(f"sqlite:{catalog}")


def attach(
    connection: duckdb.DuckDBPyConnection, source: Source, name: str, options: list[str]
) -> None:
    """Attach a DuckLake catalog under ``name``."""
    address = quoted(f"ducklake:{source.address}")
    given = ", ".join([*source.options, *options])
    connection.execute(f"ATTACH {address} AS {name} ({given})")


@contextmanager
def in_use(
    connection: duckdb.DuckDBPyConnection, source: Source, options: list[str]
) -> Iterator[None]:
    """A catalog attached for writing, as ``draft``. Rows go to files, none into the catalog."""
    attach(connection, source, "draft", [*options, "DATA_INLINING_ROW_LIMIT 0"])
    try:
        connection.execute("USE draft")
        yield
    finally:
        connection.execute("USE memory")
        connection.execute("DETACH draft")


def moved(catalog: Path, directory: Path) -> bool:
    """Whether the catalog was last written for another place than ``directory``."""
    with _opened(catalog) as database:
        return _recorded(database) != _data_path(directory)


def heal(catalog: Path, directory: Path) -> None:
    """Make the paths below the recorded place paths below ``directory``, all or none."""
    with _opened(catalog, write=True) as database:
        old, new = _recorded(database), _data_path(directory)
        if old == new:
            return
        old_root, new_root = old.removesuffix("data/"), new.removesuffix("data/")
        if old == old_root:
            raise LakeError(f"{directory} was not made by kwartaal: its data is in {old}")
        for table in _MOVED_TABLES:
            database.execute(
                f"UPDATE {table} SET path = ? || substr(path, ?)"
                " WHERE path_is_relative = 0 AND substr(path, 1, ?) = ?",
                (new_root, len(old_root) + 1, len(old_root), old_root),
            )
        database.execute("UPDATE ducklake_metadata SET value = ? WHERE key = 'data_path'", (new,))


def copy(source: Path, target: Path) -> None:
    """A consistent copy of a catalog that others may be reading or writing."""
    target.unlink(missing_ok=True)
    with _opened(source) as old, closing(sqlite3.connect(target)) as new:
        old.backup(new)
        new.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def writing(
    connection: duckdb.DuckDBPyConnection, directory: Path, patience: float
) -> Iterator[duckdb.DuckDBPyConnection]:
    """``connection`` with a draft of the catalog in use; renamed over the catalog at the end.

    Nothing is renamed when the block raises or makes no snapshot. Raises ``LakeError`` when
    another writer holds the lock for ``patience`` seconds, ``CatalogChangedError`` when a
    program that knows of no lock changed the catalog meanwhile.
    """
    options = [f"DATA_PATH {quoted(_data_path(directory))}", "META_JOURNAL_MODE 'MEMORY'"]
    with (
        _drafted(directory, patience) as draft,
        in_use(connection, Source.of_file(draft), options),
    ):
        yield connection


def settle(directory: Path, patience: float) -> None:
    """Heal the catalog of a lake that has moved. Raises as ``writing`` does."""
    with _drafted(directory, patience):
        pass


@contextmanager
def _drafted(directory: Path, patience: float) -> Iterator[Path]:
    catalog, draft = directory / CATALOG, directory / DRAFT
    with _locked(directory, patience):
        before = _prepare(catalog, draft, directory)
        try:
            yield draft
            _publish(catalog, draft, before)
        finally:
            draft.unlink(missing_ok=True)


def _prepare(catalog: Path, draft: Path, directory: Path) -> tuple[int, str] | None:
    if not catalog.exists():
        draft.unlink(missing_ok=True)
        return None
    copy(catalog, draft)
    before = _state(draft)
    heal(draft, directory)
    return before


def _publish(catalog: Path, draft: Path, before: tuple[int, str] | None) -> None:
    """Rename the draft over the catalog, once everything it names is on the disk."""
    if _state(draft) == before:
        return
    if (_state(catalog) if catalog.exists() else None) != before:
        raise CatalogChangedError(f"another program is changing the catalog of {catalog.parent}")
    if before is not None:
        shutil.copymode(catalog, draft)
    os.sync()
    draft.replace(catalog)
    _sync_directory(catalog.parent)


def _sync_directory(directory: Path) -> None:
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _locked(directory: Path, patience: float) -> Iterator[None]:
    with (directory / LOCK).open("ab") as lock:
        deadline = time.monotonic() + patience
        while not _try(lock.fileno()):
            if time.monotonic() > deadline:
                raise LakeError(f"the catalog of {directory} is locked: another run is committing")
            time.sleep(0.05)
        yield


def _try(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _opened(catalog: Path, write: bool = False) -> Iterator[sqlite3.Connection]:
    mode = "rw" if write else "ro"
    address = f"file:{quote(str(catalog))}?mode={mode}"
    try:
        with closing(sqlite3.connect(address, uri=True, timeout=30)) as database, database:
            yield database
    except sqlite3.Error as error:
        raise plain(error, catalog.parent) from error


def _state(catalog: Path) -> tuple[int, str]:
    """What tells two states of a catalog apart: its last snapshot, and its place."""
    with _opened(catalog) as database:
        last = database.execute("SELECT max(snapshot_id) FROM ducklake_snapshot").fetchone()
        return int(last[0]), _recorded(database)


def _recorded(database: sqlite3.Connection) -> str:
    row = database.execute("SELECT value FROM ducklake_metadata WHERE key = 'data_path'").fetchone()
    return str(row[0])


def _data_path(directory: Path) -> str:
    return f"{directory}/data/"
