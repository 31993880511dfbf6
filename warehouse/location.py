"""Where a lake is: its files, and the catalog that names them."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import duckdb

from warehouse.catalog import CATALOG, Source
from warehouse.credentials import let_read
from warehouse.errors import LakeError
from warehouse.files import Place, is_remote, place
from warehouse.place import OWNER, FileCatalog
from warehouse.postgres import PostgresCatalog, is_postgres, shown
from warehouse.runs import Holds


class Catalog(Protocol):
    """The names of a lake's files, by snapshot."""

    @property
    def holds(self) -> Holds:
        """Of the runs of the lake."""

    def prepare(self, connection: duckdb.DuckDBPyConnection, create: bool, patience: float) -> None:
        """Make the lake when ``create`` asks for it, check that it may be written."""

    def check_writable(self) -> None:
        """Raise ``LakeError`` when this user may not write."""

    def readable(self, connection: duckdb.DuckDBPyConnection) -> AbstractContextManager[Source]:
        """The catalog for reading. Raises ``LakeError`` when there is no lake."""

    def writing(
        self, connection: duckdb.DuckDBPyConnection, patience: float
    ) -> AbstractContextManager[object]:
        """The catalog in use as ``draft``, for one writer at a time; visible at the end."""


@dataclass(frozen=True)
class Location:
    """``data``: a folder, or ``s3://bucket/prefix``. ``catalog``: the address of a PostgreSQL
    database, None for a file in the folder; it may hold a password and is never shown."""

    data: str
    catalog: str | None = field(default=None, repr=False)

    @classmethod
    def of(cls, given: "str | Path | Location") -> "Location":
        return given if isinstance(given, Location) else cls(str(given))

    def __str__(self) -> str:
        return self.data

    @property
    def catalog_shown(self) -> str | None:
        """The address of the catalog without a password."""
        return None if self.catalog is None else shown(self.catalog)

    @property
    def place(self) -> Place:
        """Raises ``LakeError`` when no lake can be there."""
        try:
            found = place(self.data)
        except OSError as error:
            raise LakeError(f"{self.data}: {error.strerror}") from error
        if not is_remote(self.data):
            return place(str(Path(found.address).resolve()))
        if not found.address.startswith("s3://"):
            raise LakeError(f"{found}: a lake is in a folder or in an object store, s3://...")
        return found

    @property
    def is_lake(self) -> bool:
        """Whether a lake is there already, as far as its files tell."""
        return any((self.place / name).exists() for name in (CATALOG, OWNER))

    def open(self, connection: duckdb.DuckDBPyConnection) -> Catalog:
        """The catalog; ``connection`` can read the files of the lake afterwards."""
        where = self.place
        if is_remote(where.address):
            let_read(connection)
        if self.catalog is not None:
            if not is_postgres(self.catalog):
                raise LakeError("a catalog is in PostgreSQL: postgresql://user@host:port/database")
            return PostgresCatalog(where, self.catalog)
        if is_remote(where.address):
            raise LakeError(f"{where} needs a catalog: --catalog postgresql://user@host/database")
        return FileCatalog(Path(where.address))
