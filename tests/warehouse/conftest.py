"""A quarter of a few declarations in a real lake."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas.core import CONTRIBUTION, PLACE, RELATION, RELATION_BY_PERSON, RELATION_KEY
from schemas.ops import CONTROL, FILE, FINDING, FORM, RUN
from schemas.tables import Column, Table, empty, euro, from_rows
from warehouse.commit import Commit
from warehouse.extensions import connect
from warehouse.lake import Lake
from warehouse.parquet import write_part
from warehouse.query import query

QUARTER = "2023Q1"


def _block(name: str, *columns: Column) -> Table:
    return Table("dmfa", name, f"Block {name}", (*RELATION_KEY[:3], *PLACE, *columns))


DECLARATION = _block("employer_declaration", euro("net_owed_amount", "Net amount"))
PERSON = _block("natural_person")
RECORD = _block("worker_record")
REMUN = _block("remun", euro("remun_amount", "Amount"))
WORKER_CONTRIBUTION = _block("worker_contribution", euro("contribution_amount", "Amount"))
BLOCKS = (DECLARATION, PERSON, RECORD, REMUN, WORKER_CONTRIBUTION)
OURS = (RELATION, RELATION_BY_PERSON, CONTRIBUTION, RUN, FILE, FORM, FINDING, CONTROL)


@pytest.fixture(scope="session")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One for all lakes of the session: loading the extensions takes a third of a second."""
    made = connect()
    made.execute("SET threads = 1")  # twice as fast on a handful of rows
    yield made
    made.close()


@pytest.fixture(scope="session")
def reader() -> Iterator[duckdb.DuckDBPyConnection]:
    """A second one, for a client that reads what the first one wrote."""
    made = connect()
    made.execute("SET threads = 1")
    yield made
    made.close()


@pytest.fixture
def rows(reader: duckdb.DuckDBPyConnection) -> Callable[[Lake, str], list[tuple[Any, ...]]]:
    """Answers as seen by a client that shares nothing but the directory."""

    def ask(lake: Lake, sql: str) -> list[tuple[Any, ...]]:
        answer = query(sql, lake.directory, connection=reader)
        return [tuple(row.values()) for row in answer.to_pylist()]

    return ask


@pytest.fixture
def tables() -> tuple[Table, ...]:
    return (*BLOCKS, *OURS)


@pytest.fixture(scope="session")
def _blank(tmp_path_factory: pytest.TempPathFactory, connection: duckdb.DuckDBPyConnection) -> Path:
    place = tmp_path_factory.mktemp("blank") / "lake"
    with Lake.open(place, create=True, connection=connection) as made:
        made.ensure_tables((*BLOCKS, *OURS))
    return place


@pytest.fixture
def lake(_blank: Path, tmp_path: Path, connection: duckdb.DuckDBPyConnection) -> Iterator[Lake]:
    """A lake with all tables and no run."""
    shutil.copytree(_blank, tmp_path / "lake")
    with Lake.open(tmp_path / "lake", connection=connection) as opened:
        opened.ensure_tables((*BLOCKS, *OURS))
        yield opened


@pytest.fixture
def a_form() -> Callable[..., dict[str, Any]]:
    """A form as the other fixtures take it: one worker with one remuneration of its amount."""

    def make(file_id: str, form_no: int = 1, **facts: Any) -> dict[str, Any]:
        form = {
            "file_id": file_id,
            "form_no": form_no,
            "line": 10 * form_no,
            "employer": "000000191",
            "trusteeship": "0",
            "inss": "85073003328",
            "amount": 12345,
            "disposition": "accepted",
            "quarter": QUARTER,
            "last_date": None,
            "joint_committees": ["200"],
        }
        return form | facts

    return make


@pytest.fixture
def a_commit(lake: Lake) -> Callable[..., Commit]:
    """A commit of forms: every form that is not refused goes into one part a table.

    A form with ``withdrawn`` is in the parts, but is not accepted and must not become visible.
    """

    def make(run_id: str, forms: list[dict[str, Any]], **changed: Any) -> Commit:
        folder = lake.directory / "runs" / run_id / "parts"
        folder.mkdir(parents=True, exist_ok=True)
        shredded = [form for form in forms if form["disposition"] == "accepted"]
        accepted = [form for form in shredded if not form.get("withdrawn")]
        facts: dict[str, Any] = {
            "run_id": run_id,
            "author": "An Operator",
            "message": f"Run {run_id}",
            "parts": _parts(folder, shredded),
            "rows": _rows(run_id, forms),
            "withdrawn": _withdrawn(shredded),
            "quarter": QUARTER,
            "expected": _expected(accepted),
        }
        return Commit(**(facts | changed))

    return make


def _parts(folder: Path, forms: list[dict[str, Any]]) -> dict[str, list[str]]:
    parts = {}
    for table in (*BLOCKS, RELATION):
        path = folder / f"{table.full_name}.parquet"
        write_part(path, from_rows(table, [_row(table, form) for form in forms]), table)
        parts[table.full_name] = [str(path)]
    return parts


def _row(table: Table, form: dict[str, Any]) -> dict[str, object]:
    known = form | {
        "employer_class": "010",
        "worker_code": "495",
        "net_owed_amount": form["amount"],
        "remun_amount": form["amount"],
        "contribution_amount": form["amount"],
        "first_date": date(2020, 1, form["form_no"]),
        "gross_remuneration": form["amount"],
        "contributions_declared": form["amount"],
        "deductions_declared": 0,
    }
    counted = dict.fromkeys(
        ("days", "hours", "worker_records", "occupations", "services", "remunerations"), 1
    )
    return {c.name: (known | counted).get(c.name) for c in table.columns}


def _rows(run_id: str, forms: list[dict[str, Any]]) -> dict[str, pa.Table]:
    run = {
        "run_id": run_id,
        "kind": "dmfa",
        "quarter": QUARTER,
        "contract": "contract-1",
        "committed_at": datetime(2023, 5, 1, tzinfo=UTC),
    }
    files = [
        {"run_id": run_id, "file_id": file_id, "name": f"{file_id}.xml", "disposition": "processed"}
        for file_id in dict.fromkeys(form["file_id"] for form in forms)
    ]
    told = [{"run_id": run_id, "net_owed": form["amount"], **form} for form in forms]
    for form in told:
        form["disposition"] = "refused" if form.get("withdrawn") else form["disposition"]
    return {
        "ops.run": from_rows(RUN, [run]),
        "ops.file": from_rows(FILE, files),
        "ops.form": from_rows(FORM, told),
        "ops.finding": empty(FINDING),
    }


def _withdrawn(forms: list[dict[str, Any]]) -> pa.Table:
    table = pa.Table.from_pylist([f for f in forms if f.get("withdrawn")], schema=FORM.inside)
    return table.select(["file_id", "form_no"])


def _expected(forms: list[dict[str, Any]]) -> dict[str, int]:
    amount = sum(form["amount"] for form in forms)
    return {
        "forms accepted": len(forms),
        "persons": len(forms),
        "worker records": len(forms),
        "net owed cents": amount,
        "remuneration cents": amount,
        "contribution cents": amount,
    }
