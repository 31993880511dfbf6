"""The catalog in PostgreSQL: one transaction a commit, and locks of the server.

Readers ask the tables of the catalog and see one state of it; nobody waits for them. Writers take
turns by an advisory lock: DuckLake would also try a conflicting commit again, but behind the checks
that this commit has made. Locks are held by sessions, so they end with the process that has them.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

import duckdb

from warehouse.catalog import CATALOG, Source, in_use, quoted
from warehouse.errors import LakeError
from warehouse.extensions import load
from warehouse.files import LocalPlace, Place
from warehouse.place import FOLDERS, OWNER, check_writable

if TYPE_CHECKING:
    from psycopg import Connection

NAME = "kwartaal_catalog"
"""Name of the password in DuckDB, which shows no secrets."""

_POSTGRES = re.compile(r"postgres(ql)?://", re.IGNORECASE)
_ALIVE = {"keepalives_idle": 60, "keepalives_interval": 20, "keepalives_count": 6}
"""Seconds and times: a session that holds a run is silent for as long as the run takes."""

_PATH = "SELECT value FROM ducklake_metadata WHERE key = 'data_path'"
_IDENTITY = "SELECT schema_uuid FROM ducklake_schema WHERE schema_id = 0"
_EXISTS = "SELECT to_regclass('ducklake_metadata') IS NOT NULL"


def is_postgres(address: str) -> bool:
    return bool(_POSTGRES.match(address))


@dataclass(frozen=True)
class PostgresCatalog:
    """A database that holds the catalog of one lake: a ``warehouse.location.Catalog``.

    What the address does not say comes from where libpq looks: ``PGPASSWORD``, ``.pgpass`` and the
    like. It is never part of a message.
    """

    place: Place
    address: str = field(repr=False)

    @property
    def holds(self) -> "SessionHolds":
        return SessionHolds(self)

    def prepare(self, connection: duckdb.DuckDBPyConnection, create: bool, patience: float) -> None:
        with self.session() as session:
            found = _exists(session)
            if found:
                self._check(session)
        if not found and create:
            self._make(connection, patience)

    def check_writable(self) -> None:
        """The server tells what this user may do in the catalog."""
        if isinstance(self.place, LocalPlace):
            check_writable(self.place.path)

    @contextmanager
    def readable(self, connection: duckdb.DuckDBPyConnection) -> Iterator[Source]:
        with self.session() as session:
            if not _exists(session):
                raise LakeError(f"{self._shown} holds no lake yet")
            self._check_place(session)
        yield self._source(connection)

    @contextmanager
    def writing(self, connection: duckdb.DuckDBPyConnection, patience: float) -> Iterator[None]:
        """Raises ``LakeError`` when another writer holds the lock for ``patience`` seconds."""
        with self.locked(patience), self._drafted(connection):
            yield

    @contextmanager
    def locked(self, patience: float) -> Iterator[None]:
        """One at a time: whoever commits, makes the lake, or sweeps."""
        limit = f"{int(1000 * patience)}ms"
        with self.session() as session:
            try:
                session.execute("SELECT set_config('lock_timeout', %s, false)", [limit])
                session.execute("SELECT pg_advisory_lock(%s)", [_key("commit")])
            except _psycopg().errors.LockNotAvailable:
                text = f"the catalog of {self.place} is locked: another run is committing"
                raise LakeError(text) from None
            yield

    @contextmanager
    def session(self) -> Iterator["Connection[Any]"]:
        """A session of the server, closed at the end."""
        found = self.connect()
        try:
            yield found
        except _psycopg().Error as error:
            raise self._told(error) from None
        finally:
            found.close()

    def connect(self) -> "Connection[Any]":
        psycopg = _psycopg()
        try:
            found: Connection[Any] = psycopg.connect(**_ALIVE, **self._parameters, autocommit=True)
            return found
        except psycopg.Error as error:
            raise self._told(error) from None

    def _make(self, connection: duckdb.DuckDBPyConnection, patience: float) -> None:
        """A new lake; nothing happens when another process makes it first."""
        self.place.make()
        self.check_writable()
        with self.locked(patience), self.session() as session:
            if not _exists(session):
                if self._owner.exists():
                    raise LakeError(f"{self.place} belongs to another catalog than {self._shown}")
                self._check_empty()
                with self._drafted(connection):
                    pass
            self._check(session)
        for folder in FOLDERS:
            (self.place / folder).make()

    @contextmanager
    def _drafted(self, connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
        data = f"DATA_PATH {quoted(self._data_path)}"
        with in_use(connection, self._source(connection), [data]):
            yield

    def _check(self, session: "Connection[Any]") -> None:
        """That the files are those of the catalog: another catalog's would be swept away."""
        self._check_place(session)
        if not self._owner.exists():  # whoever made the catalog was killed
            self._check_empty()
            self._owner.write_text(_identity(session))
        elif self._owner.read_text() != _identity(session):
            raise LakeError(f"{self.place} belongs to another catalog than {self._shown}")

    def _check_empty(self) -> None:
        if (self.place / CATALOG).exists():
            raise LakeError(f"{self.place} has a catalog of its own: leave --catalog out")
        if next(iter(self.place.files()), None) is not None:
            raise LakeError(f"{self.place} is not a lake and holds other things")

    def _check_place(self, session: "Connection[Any]") -> None:
        (recorded,) = session.execute(_PATH).fetchone() or ("",)
        if recorded != self._data_path:
            where = str(recorded).removesuffix("/data/")
            raise LakeError(f"{self._shown} is the catalog of the lake in {where}")

    def _source(self, connection: duckdb.DuckDBPyConnection) -> Source:
        """The catalog for DuckDB; its password goes in as a secret, apart from the address."""
        load(connection, "postgres_scanner")
        parameters = dict(self._parameters)
        password = parameters.pop("password", None)
        address = "postgres:" + _psycopg().conninfo.make_conninfo(**parameters)
        if password is None:
            return Source(address)
        connection.execute(
            f"CREATE OR REPLACE SECRET {NAME} (TYPE postgres, PASSWORD {quoted(str(password))})"
        )
        return Source(address, (f"META_SECRET {quoted(NAME)}",))

    @property
    def _parameters(self) -> Mapping[str, Any]:
        return _parameters(self.address)

    @property
    def _data_path(self) -> str:
        return f"{self.place}/data/"

    @property
    def _owner(self) -> Place:
        return self.place / OWNER

    def _told(self, error: Exception) -> LakeError:
        """What the server said; it does not repeat passwords."""
        return LakeError(f"{self._shown}: {' '.join(str(error).split())}")

    @property
    def _shown(self) -> str:
        return shown(self.address)


def shown(address: str) -> str:
    """The address without a password."""
    known = _parameters(address)
    user = f"{known['user']}@" if "user" in known else ""
    where = ":".join(str(known[name]) for name in ("host", "port") if name in known)
    return f"postgresql://{user}{where}/{known.get('dbname', '')}"


def _parameters(address: str) -> Mapping[str, Any]:
    psycopg = _psycopg()
    try:
        return dict(psycopg.conninfo.conninfo_to_dict(address))
    except psycopg.Error:
        text = "the address of the catalog is not postgresql://user@host:port/database"
        raise LakeError(text) from None


@dataclass(frozen=True)
class SessionHolds:
    """Holds of runs: advisory locks of sessions."""

    catalog: PostgresCatalog
    patience: float = 600.0

    def guarded(self) -> Any:
        """Apart from commits too: a run whose session was cut may still commit."""
        return self.catalog.locked(self.patience)

    def take(self, run_id: str) -> "Connection[Any] | None":
        session = self.catalog.connect()
        row = session.execute("SELECT pg_try_advisory_lock(%s)", [_key(run_id)]).fetchone()
        if row and row[0]:
            return session
        session.close()
        return None


def _key(name: str) -> int:
    """The number of an advisory lock of the database."""
    digest = hashlib.sha256(f"kwartaal {name}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)


def _exists(session: "Connection[Any]") -> bool:
    row = session.execute(_EXISTS).fetchone()
    return bool(row and row[0])


def _identity(session: "Connection[Any]") -> str:
    row = session.execute(_IDENTITY).fetchone()
    assert row is not None
    return str(UUID(str(row[0])))


def _psycopg() -> Any:
    try:
        import psycopg
        import psycopg.conninfo
    except ImportError as error:
        raise LakeError("a catalog in PostgreSQL takes the packages kwartaal[postgres]") from error
    return psycopg
