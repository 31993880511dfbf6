"""The directory of a lake with a catalog file: made, checked, and at home where it is."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from warehouse.catalog import CATALOG, DRAFT, LOCK, Source, copy, heal, moved, settle, writing
from warehouse.errors import LakeError, told_plainly
from warehouse.runs import FileHolds

FOLDERS = ("data", "runs")
OWNER = "catalog.postgresql"
"""Says which catalog in PostgreSQL the files belong to."""


@dataclass(frozen=True)
class FileCatalog:
    """The catalog file of a lake: a ``warehouse.location.Catalog``."""

    directory: Path

    @property
    def holds(self) -> FileHolds:
        return FileHolds(self.directory / "runs")

    def prepare(self, connection: duckdb.DuckDBPyConnection, create: bool, patience: float) -> None:
        """Make the lake when ``create`` asks for it, heal it when it has moved.

        Raises ``LakeError`` when that takes writing and this user may not write.
        """
        if (self.directory / CATALOG).exists():
            self.check_writable()
            if moved(self.directory / CATALOG, self.directory):
                settle(self.directory, patience)
        elif create:
            self._make(connection, patience)

    def check_writable(self) -> None:
        check_writable(self.directory)

    @contextmanager
    def readable(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Source]:
        """The catalog, or a healed copy when the lake has moved."""
        catalog = self.directory / CATALOG
        if not catalog.is_file():
            self._check_own()
            raise LakeError(f"{self.directory} is not a lake: it has no {CATALOG}")
        with told_plainly(self.directory):
            at_home = not moved(catalog, self.directory)
        if at_home:  # outside: what fails while it is read is not the lake's
            yield Source.of_file(catalog)
            return
        with TemporaryDirectory() as folder:
            healed = Path(folder, CATALOG)
            copy(catalog, healed)
            heal(healed, self.directory)
            yield Source.of_file(healed)

    def writing(
        self, connection: duckdb.DuckDBPyConnection, patience: float
    ) -> AbstractContextManager[object]:
        return writing(connection, self.directory, patience)

    def _make(self, connection: duckdb.DuckDBPyConnection, patience: float) -> None:
        """A new lake; nothing happens when another process makes it first."""
        self._check_own()
        if self.directory.exists() and not _may_become_lake(self.directory):
            raise LakeError(f"{self.directory} is not a lake and holds other things")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.check_writable()
        for folder in FOLDERS:
            (self.directory / folder).mkdir(exist_ok=True)
        with self.writing(connection, patience):
            pass

    def _check_own(self) -> None:
        if (self.directory / OWNER).exists():
            raise LakeError(f"the catalog of {self.directory} is in PostgreSQL: give --catalog")


def check_writable(directory: Path) -> None:
    """Raise ``LakeError`` when this user may not write to the directory."""
    if not os.access(directory, os.W_OK, effective_ids=True):
        raise LakeError(f"{directory} is read-only for this user")


def _may_become_lake(directory: Path) -> bool:
    """Whether it holds nothing but what an interrupted ``_make`` leaves."""
    return {path.name for path in directory.iterdir()} <= {*FOLDERS, LOCK, DRAFT}
