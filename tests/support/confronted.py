"""DmfA and Dimona of one quarter as small tables in plain DuckDB, told in a few words."""

from collections import Counter
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from schemas.catalogue import Catalogue
from schemas.core import RELATION
from schemas.dimona.register import ALIAS, LOG, PERIOD, QUOTA_USE
from schemas.kinds import kind_named
from schemas.ops import FORM
from schemas.quarter import Quarter
from schemas.tables import Table
from warehouse.confront import Confrontation, Question, confront
from warehouse.layout import sql_type

QUARTER = Quarter(2023, 1)
FIRST, LAST = QUARTER.first_day, QUARTER.last_day
DUE, EARLY = date(2023, 5, 1), date(2023, 4, 30)
EMPLOYER, WORKER = "000000191", "85073003328"
BLOCKS = (
    *("employer_declaration", "natural_person", "occupation", "occupation_informations"),
    *("student_contribution", "remun"),
)


@cache
def tables() -> tuple[Table, ...]:
    """All that a confrontation reads."""
    blocks = Catalogue(None).tables(kind_named("dmfa"))
    of_dmfa = (blocks[f"dmfa.{name}"] for name in BLOCKS)
    return (RELATION, FORM, *of_dmfa, PERIOD, LOG, ALIAS, QUOTA_USE)


def made(connection: duckdb.DuckDBPyConnection, given: tuple[Table, ...]) -> None:
    for table in given:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
        columns = ", ".join(f'"{c.name}" {sql_type(c.rest)}' for c in table.columns)
        connection.execute(f"CREATE TABLE {table.full_name} ({columns})")


class Quarterly:
    """A quarter: every method adds what it says. One file, a form for each employer."""

    def __init__(self, quarter: Quarter = QUARTER) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET threads = 1")
        self._tables = {table.full_name: table for table in tables()}
        made(self.connection, tuple(self._tables.values()))
        self.quarter = quarter
        self._forms: dict[str, int] = {}
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._people: set[tuple[str, str]] = set()
        self._numbers = 0

    def ask(self, sql: str, asked: Any = None) -> pa.Table:
        return self.connection.execute(sql, asked).to_arrow_table()

    def has(self, *asked: Table) -> bool:
        return all(table.full_name in self._tables for table in asked)

    def put(self, name: str, **facts: Any) -> None:
        """A row of a table; columns that are not given are null."""
        self._rows.setdefault(name, []).append(facts)

    def fill(self) -> None:
        """The tables get the rows that were put since the last time."""
        for name, rows in self._rows.items():
            self.connection.register("rows", pa.Table.from_pylist(rows, self._tables[name].rest))
            self.connection.execute(f"INSERT INTO {name} BY NAME FROM rows")
        self._rows.clear()

    def declares(self, employer: str = EMPLOYER) -> int:
        """The employer has an accepted declaration; the number of its form."""
        if employer not in self._forms:
            self._forms[employer] = number = len(self._forms) + 1
            place = {"file_id": "f1", "form_no": number, "line": 1000 * number}
            said = {"quarter": str(self.quarter), "employer": employer, **place}
            self.put("ops.form", run_id="r1", disposition="accepted", **said)
            self.put("dmfa.employer_declaration", **said)
        return self._forms[employer]

    def person(self, employer: str = EMPLOYER, inss: str = WORKER) -> dict[str, Any]:
        """Key and place of a person in the declaration."""
        form = self.declares(employer)
        key = {"quarter": str(self.quarter), "employer": employer, "inss": inss}
        if (employer, inss) not in self._people:
            self._people.add((employer, inss))
            line = 1000 * form + len(self._people)
            self.put("dmfa.natural_person", **key, file_id="f1", form_no=form, line=line)
        return {**key, "file_id": "f1", "form_no": form}

    def works(
        self,
        first: date | None = FIRST,
        last: date | None = None,
        employer: str = EMPLOYER,
        inss: str = WORKER,
        code: str = "495",
        employer_class: str = "010",
        extra: bool = False,
        pay: tuple[str, ...] = ("001",),
    ) -> None:
        """An occupation, with its relation; ``pay``: codes of its remuneration."""
        self._numbers += 1
        line = 500 + self._numbers
        key = self.person(employer, inss) | {"employer_class": employer_class, "worker_code": code}
        dates = {"first_date": first, "last_date": last}
        self.put("core.relation", **key, **dates, occupations=1, line=line)
        said = {"occupation_starting_date": first, "occupation_ending_date": last}
        self.put("dmfa.occupation", **key, **said, seq=self._numbers, line=line)
        for remun in pay:
            self.put("dmfa.remun", **key, parent_seq=self._numbers, remun_code=remun)
        if extra:
            block = {"parent_seq": self._numbers, "horeca_extra": "E"}
            self.put("dmfa.occupation_informations", **key, **block)

    def paid(self, employer: str = EMPLOYER, inss: str = WORKER, code: str = "879") -> None:
        """A record without an occupation."""
        key = self.person(employer, inss) | {"employer_class": "010", "worker_code": code}
        self.put("core.relation", **key, occupations=0, line=2)

    def studies(
        self,
        hours: int | None = None,
        days: int | None = None,
        employer: str = EMPLOYER,
        inss: str = WORKER,
    ) -> None:
        """A contribution of a student, with its relation."""
        key = self.person(employer, inss) | {"employer_class": "010", "worker_code": "840"}
        self.put("core.relation", **key, occupations=0, line=3)
        said = {"student_hours_nbr": hours, "student_nbr_days": days}
        self.put("dmfa.student_contribution", **key, **said, line=4)

    def period(
        self,
        first: date = FIRST,
        last: date | None = None,
        kind: str = "OTH",
        employer: str = EMPLOYER,
        inss: str | None = WORKER,
        hours: int | None = None,
        **facts: Any,
    ) -> str:
        """A period, and the use of its hours; its number."""
        self._numbers += 1
        number = f"{self._numbers:012}"
        known = {
            "period_id": number,
            "employer": employer,
            "inss": inss,
            "worker_type": kind,
            "starting_date": first,
            "ending_date": last,
            "state": "CLOSED" if last else "OPEN",
            "first_receipt": self._numbers,
        }
        self.put("core.period", **(known | facts))
        if hours is not None:
            self.uses(number, hours, inss, first.year)
        return number

    def uses(self, period: str, hours: int, inss: str | None = WORKER, year: int = 2023) -> None:
        self._numbers += 1
        said = {"quota": "STUDENT", "owner": inss, "year": year, "amount": hours}
        self.put("dimona.quota_use", **said, period_id=period, receipt=self._numbers)

    def renames(self, outdated: str, valid: str, kind: str = "inss") -> None:
        self._numbers += 1
        self.put("core.alias", kind=kind, outdated=outdated, valid=valid, receipt=self._numbers)

    def confronted(self, on: date = DUE, student_hours: int | None = 600) -> Confrontation:
        self.fill()
        return confront(self, Question(self.quarter, on, student_hours))

    def found(self, on: date = DUE, student_hours: int | None = 600) -> list[dict[str, Any]]:
        rows = self.confronted(on, student_hours).rows
        assert rows is not None
        return list(rows.to_pylist())

    def codes(self, on: date = DUE, student_hours: int | None = 600) -> dict[str, int]:
        """How often each code is found."""
        return dict(Counter(row["code"] for row in self.found(on, student_hours)))
