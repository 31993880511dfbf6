"""``kwartaal confront`` on a lake with a quarter and a register of one employer."""

import json
import shutil
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from dimona_answers import valid
from operators import Operator, single

from pipelines.cli import cli
from schemas.dimona.register import PERIOD, TABLES
from schemas.tables import from_rows
from transforms.dimona.answers.codes import confronted_error
from warehouse.lake import Lake

RELATIONS = "select distinct employer, inss from core.relation order by all"


def confront(lake: Path, *args: str) -> Result:
    return CliRunner().invoke(
        cli, ["confront", "--quarter", "2023Q1", "--lake", str(lake), *args], standalone_mode=False
    )


def told(lake: Path, *args: str) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(confront(lake, *args, "--format", "json").stdout)
    return said


def at_rest(rows: list[dict[str, object]]) -> pa.Table:
    return from_rows(PERIOD, rows).cast(PERIOD.rest)


@pytest.fixture
def lake(clean_lake: Operator, tmp_path: Path) -> Path:
    return shutil.copytree(clean_lake.lake, tmp_path / "lake")


@pytest.fixture
def periods(lake: Path) -> pa.Table:
    """A period from 2010 on for everybody in the lake, all but one of them put into it."""
    with Lake.open(lake, connection=single()) as opened:
        workers = opened.ask(RELATIONS).to_pylist()
        known = {"worker_type": "OTH", "starting_date": date(2010, 1, 1), "state": "OPEN"}
        known |= {"last_update": datetime(2010, 1, 1, tzinfo=UTC)}
        rows = [{"period_id": f"{n:012}"} | known | who for n, who in enumerate(workers)]
    return at_rest(rows)


def put(lake: Path, rows: pa.Table) -> None:
    """Into the register, as a run of the Dimona will do."""
    with Lake.open(lake, connection=single()) as opened:
        opened.ensure_tables(TABLES)
        with opened._catalog.writing(opened._connection, 1):
            opened._connection.register("periods", rows)
            opened._connection.execute("INSERT INTO core.period BY NAME FROM periods")


def test_a_lake_without_a_register_is_left_alone(lake: Path) -> None:
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        before = opened.snapshots().num_rows
    done = confront(lake)
    assert done.return_value == 0
    assert "no register" in done.stdout
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        assert opened.snapshots().num_rows == before


def test_what_differs_is_kept_once(lake: Path, periods: pa.Table) -> None:
    put(lake, periods.slice(1))
    first = told(lake, "--on", "2023-05-15")
    assert first["counts"]["kwartaal:no_dimona"] == 1
    assert first["counts"]["90007-262"] == 1
    assert first["snapshot"] is not None
    again = told(lake, "--on", "2023-05-15")
    assert again["snapshot"] is None
    assert again["counts"] == first["counts"]
    missing = "select count(*) as n from core.confrontation where code = 'kwartaal:no_dimona'"
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        assert opened.ask(missing).to_pylist() == [{"n": 1}]


def test_what_no_longer_differs_is_taken_out_and_the_rest_stays(
    lake: Path, periods: pa.Table
) -> None:
    put(lake, periods.slice(2))
    before = told(lake)
    put(lake, periods.slice(1, 1))
    after = told(lake)
    assert before["counts"]["kwartaal:no_dimona"] == 2
    assert after["counts"]["kwartaal:no_dimona"] == 1
    feed = "select change_type, count(*) as n from ducklake_table_changes('lake', 'core',"
    feed += f" 'confrontation', {after['snapshot']}, {after['snapshot']})"
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        changes = opened.ask(f"{feed} where code = 'kwartaal:no_dimona' group by all").to_pylist()
    assert changes == [{"change_type": "delete", "n": 1}]


def test_text_has_no_personal_numbers_and_csv_has_the_findings(
    lake: Path, periods: pa.Table
) -> None:
    put(lake, periods.slice(1))
    (worker,) = periods.slice(0, 1).column("inss").to_pylist()
    done = confront(lake)
    assert done.return_value == 1
    assert "kwartaal:no_dimona" in done.stdout
    assert worker not in done.stdout
    assert worker in confront(lake, "--format", "csv").stdout


def test_declarers_are_told_what_differs(lake: Path, periods: pa.Table, tmp_path: Path) -> None:
    said = ["answer", "dmfa", "--quarter", "2023Q1", "--lake", str(lake)]
    folder = tmp_path / "answers"
    nothing = CliRunner().invoke(cli, [*said, "--output", str(folder)])
    assert nothing.output.startswith("0 files answered, 0 declarations, 0 findings; 0 findings")
    put(lake, periods.slice(1))
    found = told(lake)["counts"]
    done = CliRunner().invoke(cli, [*said, "--output", str(folder), "--language", "de"])
    assert f"{sum(found.values())} findings; 0 findings are about" in done.output
    forms = [form for path in folder.glob("NO.*") for form in valid(path.read_bytes())]
    codes = Counter(one.text for form in forms for one in form.iter("ErrorID"))
    assert codes == {confronted_error(code): count for code, count in found.items()}
    (form,) = (form for form in forms if form.find(".//ErrorID[.='90007-262']") is not None)
    workers = [int(one.text or 0) for one in form.iterfind("DeclarationComplInformations/*")]
    assert workers[0] - workers[1] == 1
