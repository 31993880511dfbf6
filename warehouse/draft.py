"""What all commits are made of: a draft of the catalog, parts that are registered, a signature."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Protocol

import duckdb
import pyarrow as pa

from schemas.ops import RUN
from schemas.tables import Table
from warehouse.catalog import quoted
from warehouse.errors import LakeError
from warehouse.files import Place, place
from warehouse.parquet import write_part


@dataclass(frozen=True)
class Draft:
    """Where a commit is prepared: the catalog's draft in use, and the run's directory."""

    connection: duckdb.DuckDBPyConnection
    home: Place
    layouts: Mapping[str, Table]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


class Change(Protocol):
    """What a run wants to make visible.

    ``parts``: full table name to Parquet files below the run's directory. ``rows``: full table
    name to a small table with inside types.
    """

    @property
    def run_id(self) -> str: ...
    @property
    def parts(self) -> Mapping[str, Sequence[str]]: ...
    @property
    def rows(self) -> Mapping[str, pa.Table]: ...

    def apply(self, draft: Draft) -> list[str]:
        """Does it in one transaction; the files that it registered."""


@contextmanager
def spilling(connection: duckdb.DuckDBPyConnection, folder: str, memory: str) -> Iterator[None]:
    """What takes more than ``memory`` (``400MB``) goes to a folder of the disk meanwhile."""
    with suppress(duckdb.Error):  # in use already, for another folder
        connection.execute(f"SET temp_directory = {quoted(folder)}")
    connection.execute(f"SET memory_limit = {quoted(memory)}")
    try:
        yield
    finally:
        connection.execute("RESET memory_limit")


def check(draft: Draft, commit: Change) -> None:
    for name in commit.rows.keys() - draft.layouts.keys():
        raise LakeError(f"the lake was opened without the table {name}")
    for files in commit.parts.values():
        _check_parts(files, draft.home)
    query = "SELECT 1 FROM ops.run WHERE run_id = ?"
    if draft.connection.execute(query, [commit.run_id]).fetchone():
        raise LakeError(f"run {commit.run_id} was committed before")
    runs = commit.rows.get(RUN.full_name)
    if runs is None or runs.column("run_id").to_pylist() != [commit.run_id]:
        raise LakeError(f"without its row in ops.run, run {commit.run_id} would be swept")


def _check_parts(files: Sequence[str], home: Place) -> None:
    if len(set(files)) < len(files):
        raise LakeError(f"a part is given twice: {max(files, key=list(files).count)}")
    for file in files:
        if not place(file).is_below(home):
            raise LakeError(f"{file} is not in the directory of run {home.name}")


def written(draft: Draft, name: str, table: pa.Table) -> list[str]:
    """The small table as a part, so that all that a run brought is in its directory."""
    if table.num_rows == 0:
        return []
    folder = draft.home / "rows"
    folder.make()
    target = folder / f"{name}.parquet"
    with target.replacing() as sink:
        write_part(sink, table, draft.layouts[name])
    return [str(target)]


def register(draft: Draft, name: str, files: Sequence[str]) -> None:
    if files:
        schema, table = name.split(".")
        draft.connection.execute(
            "CALL ducklake_add_data_files('draft', ?, ?, schema => ?, allow_missing => true)",
            [table, list(files), schema],
        )


def sign(draft: Draft, author: str, message: str, extra: Mapping[str, Any]) -> None:
    """Says in the snapshot who made it and why."""
    draft.connection.execute(
        "CALL draft.set_commit_message(?, ?, extra_info => ?)",
        [author, message, json.dumps(extra)],
    )
