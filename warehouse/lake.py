"""A lake: files with a catalog, and what can be done with it."""

import json
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Any

import duckdb
import pyarrow as pa

from schemas.core import FORMULA, PARAMETER
from schemas.ops import FILE, FORM, RUN
from schemas.tables import Table
from warehouse.catalog import CatalogChangedError, attach
from warehouse.commit import discard, remove_replaced
from warehouse.controls import controls
from warehouse.draft import Change, Draft, spilling, transaction
from warehouse.errors import LakeError, told_plainly
from warehouse.extensions import connect
from warehouse.files import Place
from warehouse.layout import changes, present
from warehouse.location import Location
from warehouse.replace import replace
from warehouse.runs import RunDirectory, start, sweep
from warehouse.statements import statement

PATIENCE = 600.0
"""Seconds that a writer waits for another that is committing."""

ATTEMPTS = 3
"""Times that a commit is tried when another program changes the catalog meanwhile."""


class Lake:
    """An open lake; close it, or use it in a ``with`` statement."""

    def __init__(
        self, location: Location, connection: duckdb.DuckDBPyConnection, read_only: bool
    ) -> None:
        self.place = location.place
        self.read_only = read_only
        self._connection = connection
        self._catalog = location.open(connection)
        self._layouts: dict[str, Table] = {}
        self._resources = ExitStack()

    @classmethod
    def open(
        cls,
        location: str | Path | Location,
        create: bool = False,
        read_only: bool = False,
        connection: duckdb.DuckDBPyConnection | None = None,
    ) -> "Lake":
        """Open the lake there; ``create`` makes it when it does not exist.

        ``connection``: one of ``connect()``, to spare its 0.3 seconds; it serves one lake at a
        time. Raises ``LakeError``: not a lake, read-only, no space, locked.
        """
        with ExitStack() as undo:
            used = connection or undo.enter_context(closing(connect()))
            lake = cls(Location.of(location), used, read_only)
            lake._resources.push(undo.pop_all())
        try:
            with told_plainly(lake.place):
                if not read_only:
                    lake._catalog.prepare(used, create, PATIENCE)
                lake._attach()
        except BaseException:
            lake.close()
            raise
        return lake

    @property
    def directory(self) -> Path:
        """The folder of a lake on this machine."""
        return Path(self.place.address)

    def close(self) -> None:
        """Give up what the lake holds."""
        self._resources.close()

    def __enter__(self) -> "Lake":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def ensure_tables(self, tables: Iterable[Table]) -> None:
        """Make tables, new columns, comments and views that are missing; drop nothing.

        A lake that has them all gets no snapshot. Raises ``LakeError`` for a column that has
        another type in the lake.
        """
        wanted = tuple(tables)
        self._layouts.update({table.full_name: table for table in wanted})
        if not changes(present(self._connection, "lake"), wanted):
            return
        self._may_write()
        draft = self._connection
        with (
            told_plainly(self.place),
            self._catalog.writing(draft, PATIENCE),
            transaction(draft),
        ):
            for change in changes(present(draft, "draft"), wanted):
                draft.execute(change)
            draft.execute("CALL draft.set_commit_message('kwartaal', 'Tables and views')")

    def commit(self, commit: Change) -> int:
        """Make a run visible; the number of its snapshot.

        Raises ``ControlError`` when control totals differ, ``LakeError`` when it cannot be
        written; nothing is visible then.
        """
        self._may_write()
        if self.has(RUN) and self.is_committed(commit.run_id):
            raise LakeError(f"run {commit.run_id} was committed before")
        draft = Draft(self._connection, self._runs / commit.run_id, self._layouts)
        draft.home.make()
        try:
            registered = self._apply(draft, commit, ATTEMPTS)
        except BaseException:
            # What fails behind the rename (a lock given up, Ctrl-C) must not take back a run
            # that readers see already.
            if not (self.has(RUN) and self.is_committed(commit.run_id)):
                discard(draft.home)
                raise
            return self._snapshot_of(commit.run_id)
        remove_replaced(commit, registered)
        return self._snapshot_of(commit.run_id)

    def replace(self, table: Table, quarter: str, rows: pa.Table, author: str) -> int | None:
        """Make ``rows`` (types at rest, all distinct) the rows of ``quarter`` in a table, in one
        transaction; the number of the snapshot, None where they are there already.

        Raises ``LakeError`` when it cannot be written; nothing has changed then.
        """
        self._may_write()
        draft = Draft(self._connection, self._runs, self._layouts)
        with told_plainly(self.place), self._catalog.writing(self._connection, PATIENCE):
            if not replace(draft, table, quarter, rows, author):
                return None
        return self._last_snapshot()

    def is_committed(self, run_id: str) -> bool:
        """Whether a run is visible."""
        return bool(self.ask("SELECT 1 AS one FROM ops.run WHERE run_id = ?", [run_id]).num_rows)

    def controls(self, run_id: str) -> dict[str, int]:
        """Control totals of a committed run, counted now. Amounts are cents."""
        found = self.ask("SELECT quarter FROM ops.run WHERE run_id = ?", [run_id]).to_pylist()
        if not found:
            raise LakeError(f"{self.place} has no run {run_id}")
        tables = set(present(self._connection, "lake").columns)
        return controls(self._connection, tables, run_id, found[0]["quarter"])

    def known_files(self, kind: str, quarter: str | None, contract: str) -> set[str]:
        """file_ids that committed runs of this kind and quarter (None: without one) dealt with.

        Files that were refused or quarantined as a whole under another ``contract`` are not
        among them: they deserve another try.
        """
        if not self.has(RUN, FILE):
            return set()
        asked = {"kind": kind, "quarter": quarter, "contract": contract}
        return _texts(self.ask(statement("known_files"), asked), "file_id")

    def known_names(self, kind: str, contract: str) -> set[tuple[str, str]]:
        """The same for runs without a quarter, each with the last part of its name."""
        known = self.known_files(kind, None, contract)
        if not known:
            return set()
        sql = (
            "SELECT DISTINCT file_id, regexp_extract(name, '[^/]*$') AS name FROM ops.file AS file"
            " JOIN ops.run AS run ON file.run_id = run.run_id WHERE run.kind = ?"
        )
        rows = self.ask(sql, [kind]).to_pylist()
        return {(row["file_id"], row["name"]) for row in rows if row["file_id"] in known}

    def earlier_runs(self, kind: str, quarter: str, file_ids: list[str]) -> pa.Table:
        """Committed runs that processed some of these files: run_id, the options that amounts rest
        on (tolerance, reference, rates; null where a run did not keep them), number of files."""
        asked = {"kind": kind, "quarter": quarter, "files": file_ids}
        return self.ask(statement("earlier_runs"), asked)

    def declared(self, quarter: str) -> pa.Table:
        """(employer, trusteeship, file_id, form_no) of the accepted forms of a quarter."""
        names = ["employer", "trusteeship", "file_id", "form_no"]
        if not self.has(FORM):
            return FORM.rest.empty_table().select(names)
        query = f"SELECT {', '.join(names)} FROM ops.form WHERE quarter = ?"
        return self.ask(f"{query} AND disposition = 'accepted' ORDER BY ALL", [quarter])

    def known_formulas(self) -> set[str]:
        """Names of the formulas that computed lines so far."""
        if not self.has(FORMULA):
            return set()
        return _texts(self.ask("SELECT formula FROM core.formula"), "formula")

    def known_rates(self) -> set[str]:
        """Fingerprints of the rates whose numbers are in ``core.parameter``."""
        if not self.has(PARAMETER):
            return set()
        return _texts(self.ask("SELECT DISTINCT rates FROM core.parameter"), "rates")

    def ask(self, sql: str, asked: Any = None) -> pa.Table:
        """The answer to ``sql``, with the lake in use; ``asked``: values of its parameters."""
        with told_plainly(self.place):
            self._connection.execute("USE lake")
            return self._connection.execute(sql, asked).to_arrow_table()

    @contextmanager
    def given(self, name: str, table: pa.Table) -> Iterator[None]:
        """``table`` as ``name`` in what is asked meanwhile."""
        self._connection.register(name, table)
        try:
            yield
        finally:
            self._connection.unregister(name)

    @contextmanager
    def bounded(self, memory: str) -> Iterator[None]:
        """What is asked meanwhile takes the disk for more than ``memory`` (``400MB``)."""
        with (
            TemporaryDirectory(prefix="kwartaal-") as folder,
            spilling(self._connection, folder, memory),
        ):
            yield

    def snapshots(self) -> pa.Table:
        """Every state of the lake, oldest first: number, moment, author, message, extra."""
        return self.ask(
            "SELECT snapshot_id, snapshot_time, author, commit_message AS message,"
            " commit_extra_info AS extra FROM ducklake_snapshots('lake') ORDER BY snapshot_id"
        )

    def runs(self) -> pa.Table:
        """Committed runs (ops.run), oldest first."""
        if not self.has(RUN):
            return RUN.rest.empty_table()
        return self.ask("SELECT * FROM ops.run ORDER BY committed_at, run_id")

    def start_run(self, run_id: str) -> RunDirectory:
        """The directory of a new run, locked until it is closed."""
        self._may_write()
        with told_plainly(self.place):
            return start(self._runs, run_id, self._catalog.holds)

    def sweep(self) -> list[str]:
        """Remove the directories of runs that were killed; their ids."""
        self._may_write()
        with told_plainly(self.place):
            return sweep(self._runs, self._catalog.holds, self._committed)

    def _committed(self) -> set[str]:
        return _texts(self.runs(), "run_id")

    @property
    def _runs(self) -> Place:
        return self.place / "runs"

    def _attach(self) -> None:
        source = self._resources.enter_context(self._catalog.readable(self._connection))
        attach(self._connection, source, "lake", ["READ_ONLY"])
        self._resources.callback(self._connection.execute, "DETACH lake")
        self._resources.callback(self._connection.execute, "USE memory")

    def _may_write(self) -> None:
        if self.read_only:
            raise LakeError(f"{self.place} was opened for reading only")
        self._catalog.check_writable()

    def has(self, *tables: Table) -> bool:
        """Whether the lake has all of these tables."""
        return all(self._has_table(table) for table in tables)

    def _has_table(self, table: Table) -> bool:
        """Found out by asking it: a list of all tables takes twenty times as long."""
        with told_plainly(self.place):
            try:
                self._connection.execute(f"SELECT 1 FROM lake.{table.full_name} LIMIT 0")
            except duckdb.CatalogException:
                return False
        return True

    def _apply(self, draft: Draft, commit: Change, attempts: int) -> list[str]:
        try:
            with (
                told_plainly(self.place),
                self._catalog.writing(self._connection, PATIENCE),
            ):
                return commit.apply(draft)
        except CatalogChangedError:
            if attempts == 1:
                raise
            return self._apply(draft, commit, attempts - 1)

    def _last_snapshot(self) -> int:
        query = "SELECT max(snapshot_id) AS number FROM ducklake_snapshots('lake')"
        return int(self.ask(query).column("number")[0].as_py())

    def _snapshot_of(self, run_id: str) -> int:
        query = "SELECT max(snapshot_id) AS number FROM ducklake_snapshots('lake')"
        signed = f"{query} WHERE contains(commit_extra_info, ?)"
        return int(self.ask(signed, [json.dumps(run_id)]).column("number")[0].as_py())


def _texts(table: pa.Table, column: str) -> set[str]:
    return {str(value) for value in table.column(column).to_pylist()}
