"""The directory of a lake: made, checked, and at home where it is."""

import os
from pathlib import Path

import duckdb

from warehouse.catalog import CATALOG, DRAFT, LOCK, moved, settle, writing
from warehouse.errors import LakeError

FOLDERS = ("data", "runs")


def prepare(
    directory: Path, connection: duckdb.DuckDBPyConnection, create: bool, patience: float
) -> None:
    """Make the lake when ``create`` asks for it, heal it when it has moved.

    Raises ``LakeError`` when that takes writing and this user may not write.
    """
    catalog = directory / CATALOG
    if catalog.exists():
        check_writable(directory)
        if moved(catalog, directory):
            settle(directory, patience)
    elif create:
        _make(directory, connection, patience)


def check_writable(directory: Path) -> None:
    """Raise ``LakeError`` when this user may not write to the directory."""
    if not os.access(directory, os.W_OK, effective_ids=True):
        raise LakeError(f"{directory} is read-only for this user")


def _make(directory: Path, connection: duckdb.DuckDBPyConnection, patience: float) -> None:
    """A new lake; nothing happens when another process makes it first."""
    if directory.exists() and not _may_become_lake(directory):
        raise LakeError(f"{directory} is not a lake and holds other things")
    directory.mkdir(parents=True, exist_ok=True)
    check_writable(directory)
    for folder in FOLDERS:
        (directory / folder).mkdir(exist_ok=True)
    with writing(connection, directory, patience):
        pass


def _may_become_lake(directory: Path) -> bool:
    """Whether it holds nothing but what an interrupted ``_make`` leaves."""
    return {path.name for path in directory.iterdir()} <= {*FOLDERS, LOCK, DRAFT}
