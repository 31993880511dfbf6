"""Block tables of a quarter, read back in pieces of whole forms, and what runs made of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import TracebackType

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.core import RELATION, RELATION_KEY
from schemas.ops import FILE, FORM
from schemas.tables import Table
from warehouse.lake import Lake
from warehouse.parquet import inside
from warehouse.statements import statement

Rows = npt.NDArray[np.int64]

_ROWS = """
SELECT forms.place, {columns}
FROM {table} AS t
JOIN temp.quarter_forms AS forms ON t.file_id = forms.file_id AND t.form_no = forms.form_no
{more}
WHERE forms.place BETWEEN $first AND $last {of_quarter} {of_employers}
ORDER BY forms.place, t.seq
"""
_OF_FORM = ("file_id", "form_no")
"""What all rows of a form have alike, and is not read again for each."""
_NO_FORMS = pa.table(
    {"release": pa.array([], pa.string()), "worker_records": pa.array([], "int64")}
)


@dataclass(frozen=True)
class Piece:
    """Forms of one release: the places of the first and the last, and how many worker records
    they have."""

    release: str
    first: int
    last: int
    records: int


@dataclass(frozen=True)
class QuarterBlocks:
    """A quarter in a lake as it is when a ``with`` statement begins: its accepted forms, in the
    order of release and place."""

    lake: Lake
    quarter: str

    def __enter__(self) -> "QuarterBlocks":
        self.lake.ask("SET enable_progress_bar = false")  # it would go to standard output
        # One transaction sees one state, and looks at the catalog once.
        self.lake.ask("BEGIN TRANSACTION")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.lake.ask("ROLLBACK")

    @property
    def forms(self) -> int:
        """How many there are."""
        return int(self._forms.num_rows)

    def pieces(self, records: int) -> list[Piece]:
        """All forms, in pieces of at most so many worker records, or one form."""
        table = self._forms
        releases, counts = table.column("release").to_pylist(), _numbers(table, "worker_records")
        return [
            Piece(releases[start], start, end - 1, int(counts[start:end].sum()))
            for start, end in _cuts(releases, counts.tolist(), records)
        ]

    def rows(self, table: Table, piece: Piece) -> tuple[pa.Table, Rows]:
        """The rows of a piece in a table (inside types) in document order, and the place of the
        form of each. What the lake does not have is null, or no row."""
        has = self._has.get(table.full_name)
        if has is None:
            return table.inside.empty_table(), np.zeros(0, dtype=np.int64)
        names = [c.name for c in table.columns if c.name in has and c.name not in _OF_FORM]
        found = self._ask(table.full_name, piece, [f't."{name}"' for name in names])
        place = found.column("place")
        known = {name: self._forms.column(name).take(place) for name in _OF_FORM}
        columns = [
            known[column.name] if column.name in known else inside(found, column)
            for column in table.columns
        ]
        return pa.table(columns, schema=table.inside), _numbers(found, "place")

    def gross(self, piece: Piece) -> Rows:
        """Cents of gross pay of the relation of each worker record, in the order of ``rows``."""
        keys = [f"relation.{c.name} IS NOT DISTINCT FROM t.{c.name}" for c in RELATION_KEY]
        join = f"LEFT JOIN {RELATION.full_name} AS relation ON {' AND '.join(keys)}"
        cents = "CAST(relation.gross_remuneration * 100 AS BIGINT) AS gross"
        return _numbers(self._ask("dmfa.worker_record", piece, [cents], join), "gross")

    def people(self) -> pa.Array:
        """INSS of everyone who is declared."""
        found = self.lake.ask(statement("quarter_people"), {"quarter": self.quarter})
        return found.column("inss").combine_chunks()

    def employers(self) -> pa.Array:
        """Every employer who declared."""
        found = self.lake.declared(self.quarter).column("employer")
        return found.combine_chunks().unique()

    def computed(self) -> tuple[int, int]:
        """Lines that runs computed, and their cents less those of deductions."""
        asked = {"quarter": self.quarter}
        (row,) = self.lake.ask(statement("quarter_computed"), asked).to_pylist()
        return int(row["lines"]), int(row["cents"])

    def _ask(self, table: str, piece: Piece, columns: Sequence[str], join: str = "") -> pa.Table:
        assert self._forms.num_rows  # and with it the table of forms
        asked: dict[str, object] = {"first": piece.first, "last": piece.last}
        # Parts of other quarters are not even opened then, and parts of other employers not read.
        among: dict[str, object] = {}
        if "quarter" in self._has[table]:
            among["quarter"] = self.quarter
        employers = [self._forms.column("employer")[at].as_py() for at in (piece.first, piece.last)]
        if "employer" in self._has[table] and None not in employers:
            among |= zip(("low", "high"), employers, strict=True)
        sql = _ROWS.format(
            table=table,
            columns=", ".join(columns),
            more=join,
            of_quarter="AND t.quarter = $quarter" if "quarter" in among else "",
            of_employers="AND t.employer BETWEEN $low AND $high" if "low" in among else "",
        )
        return self.lake.ask(sql, asked | among)

    @cached_property
    def _forms(self) -> pa.Table:
        """The forms by place, which the connection has as ``quarter_forms`` from now on."""
        if not {FORM.full_name, FILE.full_name} <= self._has.keys():
            return _NO_FORMS
        self.lake.ask(statement("quarter_forms"), {"quarter": self.quarter})
        return self.lake.ask("SELECT * FROM temp.quarter_forms ORDER BY place")

    @cached_property
    def _has(self) -> dict[str, set[str]]:
        """The columns of each table of the lake, by full name."""
        found = self.lake.ask(
            "SELECT schema_name || '.' || table_name AS name, list(column_name) AS columns"
            " FROM duckdb_columns() WHERE database_name = 'lake' GROUP BY ALL"
        )
        return {row["name"]: set(row["columns"]) for row in found.to_pylist()}


def _cuts(
    releases: Sequence[str], counts: Sequence[int], records: int
) -> Iterator[tuple[int, int]]:
    """The first form of each piece, and of the next."""
    start = held = 0
    for at, own in enumerate(counts):
        if at > start and (releases[at] != releases[start] or held + own > records):
            yield start, at
            start, held = at, 0
        held += own
    if releases:
        yield start, len(releases)


def _numbers(table: pa.Table, column: str) -> Rows:
    return np.asarray(table.column(column).fill_null(0), dtype=np.int64)
