"""What a lake holds about one employer in one quarter, as of any moment: rows, no judgement."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from warehouse.errors import QueryError
from warehouse.extensions import connect
from warehouse.location import Location
from warehouse.query import attached
from warehouse.statements import statement

Row = dict[str, Any]
NEEDED = ("core.contribution", "core.formula", "ops.file", "ops.form")
BATCH_ROWS = 100_000
"""Lines that a replay holds at a time."""


@contextmanager
def evidence(
    location: str | Path | Location,
    as_of: str | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Iterator["Evidence"]:
    """The evidence of a lake, read-only; ``as_of`` and ``connection`` are those of ``query``.

    Raises ``LakeError`` when there is no lake, ``QueryError`` when it has no derivations.
    """
    place = Location.of(location)
    if connection is None:
        with closing(connect()) as own, evidence(place, as_of, own) as found:
            yield found
        return
    with attached(connection, place, as_of):
        found = Evidence(connection)
        if missing := [name for name in NEEDED if name not in found.tables()]:
            raise QueryError(f"{place} has no derivations yet: no table {', '.join(missing)}")
        yield found


@dataclass(frozen=True)
class Evidence:
    """An attached lake that answers what an explanation asks."""

    _connection: duckdb.DuckDBPyConnection

    def tables(self) -> set[str]:
        """Full names of the tables."""
        query = (
            "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
            " WHERE database_name = 'lake'"
        )
        return {str(name) for (name,) in self._connection.execute(query).fetchall()}

    def quarters(self) -> list[str]:
        """Quarters with an accepted declaration."""
        query = "SELECT DISTINCT quarter FROM ops.form WHERE disposition = 'accepted' ORDER BY 1"
        return [str(quarter) for (quarter,) in self._connection.execute(query).fetchall()]

    def employers(self, quarter: str, digits: str) -> list[str]:
        """Employers of a quarter that carry a number, given as digits with or without zeros; an
        enterprise number also names the employer who declares it beside an NSSO number."""
        short = digits.lstrip("0")
        numbers = {"nsso": short.zfill(9), "enterprise": short.zfill(10)}
        rows = self._ask("explained_employers", {"quarter": quarter} | numbers)
        keyed = [row["employer"] for row in rows if row["is_key"]]
        return keyed or [row["employer"] for row in rows]

    def has_person(self, quarter: str, employer: str, inss: str) -> bool:
        """Whether the person stands in a declaration of the employer."""
        return bool(self.block("natural_person", quarter, employer, [inss]))

    def forms(self, quarter: str, employer: str) -> list[Row]:
        return self._ask("explained_forms", {"quarter": quarter, "employer": employer})

    def balances(self, quarter: str, employer: str) -> list[Row]:
        return self._ask("explained_balances", {"quarter": quarter, "employer": employer})

    def people(self, quarter: str, employer: str) -> list[Row]:
        return self._ask("explained_people", {"quarter": quarter, "employer": employer})

    def lines(self, quarter: str, employer: str, inss: Sequence[str]) -> list[Row]:
        """Contribution lines of some persons; of none: those not tied to a person."""
        asked = {"quarter": quarter, "employer": employer, "inss": list(inss)}
        return self._ask("explained_lines", asked)

    def formulas(self, names: Sequence[str]) -> list[Row]:
        return self._ask("explained_formulas", {"names": list(names)})

    def block(self, block: str, quarter: str, employer: str, inss: Sequence[str]) -> list[Row]:
        """Rows of a block table of some persons, in the order of the documents."""
        asked = {"quarter": quarter, "employer": employer, "inss": list(inss)}
        return self._ask("explained_rows", asked, block=block)

    def vehicles(self, quarter: str, employer: str) -> list[Row]:
        return self._ask("explained_vehicles", {"quarter": quarter, "employer": employer})

    def all_formulas(self) -> list[Row]:
        return self._ask("replayed_formulas", {})

    def computed(self, quarter: str | None, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """Formula, inputs and amount of every computed line, some rows at a time."""
        asked = {"quarter": quarter}
        answer = self._connection.execute(statement("replayed_lines"), asked)
        yield from answer.to_arrow_reader(rows)

    def _ask(self, name: str, asked: Mapping[str, object], **names: str) -> list[Row]:
        sql = statement(name)
        text = sql.format(**names) if names else sql
        try:
            rows: list[Row] = self._connection.execute(text, asked).to_arrow_table().to_pylist()
        except duckdb.Error as error:
            raise QueryError(str(error)) from error
        return rows
