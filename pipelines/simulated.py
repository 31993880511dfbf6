"""What a simulation tells its analyst: as text, as JSON, as files. Never who is who."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from schemas.core import FORMULA
from schemas.quarter import Quarter
from schemas.simulation import BREAKDOWNS
from transforms.simulate.reconcile import Check
from transforms.simulate.suppress import Fewest
from transforms.simulate.tables import layouts
from warehouse.parquet import at_rest, write_part

_CENTS = 100
_AMOUNTS = ("declared", "base", "variant", "change", "largest")
_TITLES = {
    "totals": "Lines that both books compute",
    "family": "By contribution family",
    "sector": "By joint committee (first three digits)",
    "employer_size": "By persons in the declaration",
    "wage_band": "By gross pay of the relation in the quarter, EUR",
    "moves": "Whose total rises, falls or stays",
    "apart": "In no total, since a book does not compute them",
}
_MARKS = {True: "holds", False: "FAILS", None: "no answer"}


@dataclass(frozen=True)
class Laid:
    """A value that the overlay lays over another on some days; ``None`` where none is known."""

    parameter: str
    unit: str
    first: date
    last: date
    base: str | None
    variant: str | None


@dataclass(frozen=True)
class Simulated:
    """The account of a simulation. ``tables`` are those of ``transforms.simulate.tables``."""

    quarter: Quarter
    title: str
    laid: tuple[Laid, ...]
    fewest: Fewest
    tables: Mapping[str, pa.Table]
    checks: tuple[Check, ...]
    formulas: pa.Table

    @property
    def sound(self) -> bool:
        """Whether no check fails."""
        return all(check.holds is not False for check in self.checks)

    def to_json(self) -> str:
        """Amounts in cents; null where suppressed."""
        said = {
            "quarter": str(self.quarter),
            "overlay": self.title,
            "parameters": [asdict(one) for one in self.laid],
            "min_persons": self.fewest.persons,
            "min_employers": self.fewest.employers,
            **{name: self.tables[name].to_pylist() for name in layouts()},
            "checks": [asdict(check) for check in self.checks],
        }
        return json.dumps(said, indent=2, default=str, ensure_ascii=False)

    def write(self, folder: Path) -> None:
        """Every table as Parquet and as CSV, and the formulas of both books."""
        for name, layout in layouts().items():
            write_part(folder / f"{name}.parquet", self.tables[name], layout)
            csv.write_csv(at_rest(self.tables[name], layout), folder / f"{name}.csv")
        write_part(folder / "formulas.parquet", self.formulas, FORMULA)

    def show(self, console: Console) -> None:
        console.print(Group(*self._rendered()))

    def _rendered(self) -> Iterator[RenderableType]:
        yield Text(f"{self.quarter}  what if: {self.title}", style="bold")
        yield self._parameters()
        for name in layouts():
            if self.tables[name].num_rows:
                yield self._table(name)
        yield self._checks()
        if any(
            table.column("suppressed").to_pylist().count(True) for table in self.tables.values()
        ):
            persons, employers = self.fewest.persons, self.fewest.employers
            few = f"fewer than {persons} persons or {employers} employers"
            yield Text(f"*  about {few}, or would tell it", "dim")

    def _parameters(self) -> Table:
        table = Table(title="Laid over the book", title_justify="left")
        for name in ("parameter", "unit", "from", "until"):
            table.add_column(name)
        for name in ("base", "variant"):
            table.add_column(name, justify="right")
        for one in self.laid:
            values = [value or "no value" for value in (one.base, one.variant)]
            table.add_row(one.parameter, one.unit, str(one.first), str(one.last), *values)
        return table

    def _table(self, name: str) -> Table:
        found = self.tables[name]
        names = [c.name for c in layouts()[name].columns if _told(found, c.name)]
        shown = Table(title=_TITLES[name], title_justify="left")
        for column in names:
            is_number = pa.types.is_integer(found.schema.field(column).type)
            title = f"{column} EUR" if column in _AMOUNTS else column.replace("_", " ")
            shown.add_column(title, justify="right" if is_number else "left", no_wrap=is_number)
        for row in found.to_pylist():
            shown.add_row(*(_cell(row, column) for column in names))
        return shown

    def _checks(self) -> Table:
        table = Table(title="Checked", title_justify="left", show_header=False, box=None)
        for check in self.checks:
            table.add_row(check.what, _MARKS[check.holds], check.said)
        return table


def _told(table: pa.Table, column: str) -> bool:
    """Whether a column says something; ``suppressed`` is said by a star."""
    return column != "suppressed" and table.column(column).null_count < table.num_rows


def _cell(row: Mapping[str, Any], column: str) -> str:
    value = row[column]
    if value is None:
        return "*" if row["suppressed"] and column not in (*BREAKDOWNS, "reason") else ""
    if column in _AMOUNTS:
        return euro(value)
    return f"{value:,}" if isinstance(value, int) else str(value)


def euro(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // _CENTS:,}.{abs(cents) % _CENTS:02}"
