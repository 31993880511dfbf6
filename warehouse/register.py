"""The register of the Dimona in a lake: what a fold starts from, and how its result is kept.

Everything is in order of worker: a register of a country has ten million periods, and who asks for
some workers must not read the others. Rows of a few workers are asked for by listing their numbers,
by which DuckDB leaves out most row groups (measured: 100 workers of 10 million periods in 0.14 s;
joined with a table of them 1.3 s, since every row is read). Many workers are asked for as a range.

Periods are found by their number through ``core.period_number``, which is only added to and is in
order of number: numbers follow receipts, and parts of later runs have later ones.

A part with what changed is added and the rows that it replaces are deleted, or all periods of a
range are written again where much of it changed: so a register does not fall to pieces.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import (
    ALIAS,
    LOG,
    LOG_KEYS,
    OF_EMPLOYERS,
    PERIOD,
    PERIOD_NUMBER,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
)
from schemas.tables import Table, empty
from warehouse.catalog import quoted
from warehouse.lake import Lake
from warehouse.parquet import inside

_BEYOND = pa.schema([("period_id", pa.string()), ("quota", pa.string()), ("beyond", pa.int64())])

LISTED = 1_000
"""Numbers that are listed at most; more are asked for as a range."""

ROWS_IN_GROUP = 8_192
"""Of the register's parts: what has to be read for one worker."""


@dataclass(frozen=True)
class Workers:
    """Some workers by their valid INSS numbers; ``nobody``: and what has none. ``former``: numbers
    that they had before, under which the log has them."""

    inss: pa.Array
    nobody: bool = False
    former: pa.Array | None = None

    @property
    def are_few(self) -> bool:
        return len(self.inss) <= LISTED

    @property
    def between(self) -> "Between | None":
        """All from the first to the last of them."""
        if not len(self.inss):
            return None
        found = pc.min_max(self.inss).as_py()
        return Between(found["min"], found["max"])


@dataclass(frozen=True)
class Between:
    """All workers from one INSS number to another."""

    first: str
    last: str

    def holds(self, column: str) -> str:
        """SQL that is true for their rows."""
        return f"{column} BETWEEN {quoted(self.first)} AND {quoted(self.last)}"


def _listed(column: str, values: Iterable[str | int]) -> str:
    told = (quoted(value) if isinstance(value, str) else str(value) for value in values)
    return f"{column} IN ({', '.join(told)})"


class Register:
    """The tables of the register in an open lake; those that are not there yet have no rows."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake

    def version(self) -> tuple[int, int]:
        """What tells two states of the register apart: its last receipt (0: none), and the number
        of its aliases."""
        receipts = [self._one(t, "max(receipt)") or 0 for t in (LOG, REPEATED, ALIAS)]
        return max(receipts), self._one(ALIAS, "count(*)") or 0

    def aliases(self) -> pa.Table:
        """All rows of ``core.alias``."""
        return self._rows(ALIAS, "true")

    def owners(self, period_ids: pa.Array) -> pa.Table:
        """``period_id`` and ``inss`` of the periods with these numbers, as far as they are there;
        ``inss`` as it was when the period began, null where nobody was identified."""
        return self._found(PERIOD_NUMBER, "period_id", period_ids, ["period_id", "inss"])

    def parents(self, registration_ids: pa.Array) -> pa.Table:
        """``registration_id`` and ``period_id`` of daily registrations."""
        names = ["registration_id", "period_id"]
        return self._found(REGISTRATION, "registration_id", registration_ids, names)

    def count(self, workers: Between) -> int:
        """Periods of some workers."""
        return self._one(PERIOD, f"count(*) FILTER ({workers.holds('inss')})") or 0

    def state(self, workers: Workers, whole: bool = False) -> Mapping[str, pa.Table]:
        """What is kept of some workers, with inside types, by full name of the table; of the log
        only the columns ``LOG_KEYS``, by which it is told what was received before. ``whole``: of
        all workers between the first and the last of them as well."""
        periods = self._of(PERIOD, "inss", workers, whole)
        ids = periods.column("period_id").combine_chunks()
        # A number of an employer may stand between those of two workers.
        uses = self._of(QUOTA_USE, "owner", workers, whole)
        return {
            PERIOD.full_name: periods,
            REGISTRATION.full_name: self._found(REGISTRATION, "period_id", ids),
            QUOTA_USE.full_name: uses.filter(pc.not_equal(uses.column("quota"), OF_EMPLOYERS)),
            LOG.full_name: self._logged(workers, whole),
        }

    def _logged(self, workers: Workers, whole: bool) -> pa.Table:
        found = self._of(LOG, "filed_inss", workers, whole, LOG_KEYS)
        if workers.former is None or not len(workers.former):
            return found
        before = self._found(LOG, "filed_inss", workers.former, LOG_KEYS)
        return pa.concat_tables([found, before]).combine_chunks()

    def _of(
        self,
        table: Table,
        column: str,
        workers: Workers,
        whole: bool,
        names: Sequence[str] = (),
    ) -> pa.Table:
        """Rows of a table of some workers, by the column that has their number."""
        nobody = f"{column} IS NULL" if workers.nobody else "false"
        between = workers.between
        if between is None:
            return self._rows(table, nobody, names)
        if whole:
            return self._rows(table, f"{between.holds(column)} OR {nobody}", names)
        if workers.are_few:
            listed = _listed(column, workers.inss.to_pylist())
            return self._rows(table, f"{listed} OR {nobody}", names)
        with self._lake.given("wanted", pa.table({"key": workers.inss})):
            among = f"{between.holds(column)} AND {column} IN (SELECT key FROM wanted)"
            found = self._rows(table, among, names)
        return pa.concat_tables([found, self._rows(table, nobody, names)]).combine_chunks()

    def uses_of(self, owners: pa.Array) -> pa.Table:
        """Rows of ``dimona.quota_use`` of some workers or employers."""
        return self._found(QUOTA_USE, "owner", owners)

    def having(self, table: Table, key: str, values: pa.Array) -> pa.Table:
        """Rows of a table with one of some values in a column: texts, or whole numbers."""
        return self._found(table, key, values)

    def of_employer(
        self, employers: Sequence[str], first: date | None, last: date | None, most: int
    ) -> pa.Table:
        """Periods filed under some numbers of an employer that may touch these days (None: open),
        ``most`` of them at most. All periods are looked at: they are in order of worker."""
        touches = "true" if last is None else f"starting_date <= DATE '{last}'"
        if first is not None:
            touches += f" AND (ending_date IS NULL OR ending_date >= DATE '{first}')"
        if not employers:
            return empty(PERIOD)
        listed = _listed("employer", employers)
        return self._rows(PERIOD, f"{listed} AND {touches} ORDER BY period_id LIMIT {most}")

    def beyond(self, period_ids: pa.Array) -> pa.Table:
        """``period_id``, ``quota``, and what of these periods is ``beyond`` it: the sum of what
        their declarations were answered."""
        if not self._lake.has(LOG, QUOTA_ANSWER) or not len(period_ids):
            return _BEYOND.empty_table()
        with self._lake.given("wanted", pa.table({"key": period_ids})):
            found = self._lake.ask(
                "SELECT of_period AS period_id, quota, sum(beyond)::BIGINT AS beyond"
                f" FROM {LOG.full_name} JOIN {QUOTA_ANSWER.full_name} USING (receipt)"
                " WHERE beyond > 0 AND of_period IN (SELECT key FROM wanted)"
                " GROUP BY ALL ORDER BY ALL"
            )
        return found.cast(_BEYOND).combine_chunks()

    def _one(self, table: Table, what: str) -> int | None:
        if not self._lake.has(table):
            return None
        found = self._lake.ask(f"SELECT {what} AS one FROM {table.full_name}")
        value: int | None = found.column("one")[0].as_py()
        return value

    def _rows(self, table: Table, where: str, names: Sequence[str] = ()) -> pa.Table:
        if not self._lake.has(table):
            found = empty(table)
            return found.select(list(names)) if names else found
        columns = ", ".join(names or table.inside.names)
        found = self._lake.ask(f"SELECT {columns} FROM {table.full_name} WHERE {where}")
        return _inside(found, table)

    def _found(
        self, table: Table, key: str, values: pa.Array, names: Sequence[str] = ()
    ) -> pa.Table:
        """The rows with one of some values in a column."""
        wanted = values.unique().drop_null()
        if len(wanted) <= LISTED:
            where = _listed(key, wanted.to_pylist()) if len(wanted) else "false"
            return self._rows(table, where, names)
        with self._lake.given("wanted", pa.table({"key": wanted})):
            return self._rows(table, f"{key} IN (SELECT key FROM wanted)", names)


def _inside(found: pa.Table, table: Table) -> pa.Table:
    """A table from the lake with inside types."""
    columns = {column.name: column for column in table.columns}
    kept = [columns[name] for name in found.column_names]
    schema = pa.schema([pa.field(c.name, c.inside) for c in kept])
    return pa.table([inside(found, column) for column in kept], schema=schema).combine_chunks()
