"""Inputs, quarantine, parts and data in an object store: the same tables as in a folder."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from click.testing import CliRunner
from operators import Operator
from servers import ObjectStore, Postgres

from pipelines.cli import cli
from pipelines.storage import (
    ChangedError,
    InputError,
    check_inputs,
    check_unchanged,
    list_files,
    stamp,
)
from warehouse.errors import LakeError
from warehouse.files import place
from warehouse.lake import Lake
from warehouse.location import Location

FormFile = Callable[..., Path]
OURS = ("run_id", "name")
"""Columns that tell one run from another, or one place of a file from another."""


@pytest.fixture
def bucket(store: ObjectStore) -> Iterator[str]:
    """An empty bucket."""
    files = fsspec.filesystem("s3", use_listings_cache=False)
    files.mkdir("quarter")
    yield "s3://quarter"
    files.rm("quarter", recursive=True)


@pytest.fixture
def remote(bucket: str, postgres_server: Postgres, tmp_path: Path) -> Operator:
    """Runs into a lake in the bucket."""
    location = Location(f"{bucket}/lake", postgres_server.new_database())
    return Operator(tmp_path / "none", elsewhere=location)


@pytest.fixture
def few(quarter_files: Path, tmp_path: Path) -> Path:
    """Two files of the quarter."""
    folder = tmp_path / "few"
    folder.mkdir()
    for path in sorted(quarter_files.iterdir())[:2]:
        shutil.copy(path, folder)
    return folder


@pytest.fixture
def late(form_file: FormFile) -> Path:
    """Files of a second run: one declares an employer again for another trusteeship, so that its
    relations are merged, and one is broken."""
    again = (b"<Trusteeship>0", b"<Trusteeship>1")
    form_file("again.xml", again)
    return form_file("bad.xml", (b"<Trusteeship>0", b"<Trusteeship>7"), of=1).parent


def _uploaded(folder: Path, prefix: str) -> str:
    for path in folder.iterdir():
        with place(f"{prefix}/{path.name}").replacing() as sink:
            sink.write(path.read_bytes())
    return prefix


def _tables(operator: Operator) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, but the times of runs and what names places."""
    with Lake.open(operator.location, read_only=True) as lake:
        found = lake.ask(
            "select schema_name || '.' || table_name as name, list(column_name) as columns"
            " from duckdb_columns() semi join duckdb_tables() as t using (table_oid)"
            " where database_name = 'lake' group by all"
        )
        tables = {}
        for table in found.to_pylist():
            kept = [c for c in table["columns"] if c not in OURS and not c.endswith("_at")]
            listed = ", ".join(f'"{column}"' for column in sorted(kept))
            rows = lake.ask(f"select {listed} from {table['name']} order by all")
            tables[table["name"]] = rows.to_pylist()
    return tables


def test_a_lake_in_a_bucket_equals_one_in_a_folder(
    remote: Operator, operator: Operator, bucket: str, few: Path, late: Path
) -> None:
    for number, folder in enumerate((few, late)):
        there = remote.run(_uploaded(folder, f"{bucket}/inbox/{number}"))
        here = operator.run(folder)
        assert (there.snapshot, there.forms_refused) == (here.snapshot, here.forms_refused)
    assert there.forms_refused == 1

    expected = _tables(operator)
    assert expected["core.relation"]
    assert operator.value("select max(worker_records) from core.relation") > 1
    assert _tables(remote) == expected

    kept = [f for f, _ in place(f"{bucket}/lake/runs").files() if "/quarantine/" in str(f)]
    assert {file.name.rsplit(".")[-1]: file.read_text() for file in kept}.keys() == {"json", "xml"}
    for file in kept:
        if file.name.endswith(".xml"):
            assert file.read_text() in (late / "bad.xml").read_text()
        else:
            assert json.loads(file.read_text())[0]["zone"] == "00012"
    runs = operator.lake / "runs"
    assert _names(f"{bucket}/lake/runs") == _names(str(runs)) - {"lock"}
    _answers(remote.location)


def _names(folder: str) -> set[str]:
    """Paths below the runs, the same for the same content."""
    found = (str(file).removeprefix(f"{folder}/") for file, _ in place(folder).files())
    return {path.split("/", 1)[1] for path in found}


def _answers(lake: Location) -> None:
    """What an operator types, with the lake and its catalog in the environment."""
    given = {"KWARTAAL_LAKE": lake.data, "KWARTAAL_CATALOG": lake.catalog}
    for command, told in (
        (["query", "select count(*) as runs from ops.run", "--format", "csv"], "runs\n2\n"),
        (["explain", "--replay"], "reproduce the stored amount exactly, 0 do not"),
    ):
        answer = CliRunner().invoke(cli, command, env=given)
        assert answer.exit_code == 0, answer.output
        assert told in answer.output
        assert "postgresql://" not in answer.output


def test_runs_in_a_bucket_live_as_long_as_their_session(remote: Operator, bucket: str) -> None:
    with Lake.open(remote.location, create=True) as lake:
        with lake.start_run("r1") as run:
            (run.parts / "part").write_text("a part")
            with Lake.open(remote.location) as other:
                assert other.sweep() == []
        assert place(f"{bucket}/lake/runs").folders() == ["r1"]
        assert lake.sweep() == ["r1"]
        assert place(f"{bucket}/lake/runs").folders() == []


def test_inputs_in_a_bucket_are_found_in_order(bucket: str) -> None:
    for name in ("b.xml", "a/c.xml", ".hidden", ".git/d.xml"):
        place(f"{bucket}/in/{name}").write_text("x")
    assert list(list_files([f"{bucket}/in/"])) == [
        (f"{bucket}/in/a/c.xml", 1),
        (f"{bucket}/in/b.xml", 1),
    ]
    assert list(list_files([f"{bucket}/in/b.xml"])) == [(f"{bucket}/in/b.xml", 1)]
    with pytest.raises(InputError, match="no such file"):
        check_inputs([f"{bucket}/in/z"], place(f"{bucket}/lake"))
    with pytest.raises(InputError, match="lies within the input"):
        check_inputs([bucket], place(f"{bucket}/in"))


def test_an_object_that_changes_is_noticed(bucket: str) -> None:
    path = f"{bucket}/a.xml"
    place(path).write_text("x")
    before = stamp(path)
    check_unchanged(path, before)
    place(path).write_text("y")
    with pytest.raises(ChangedError):
        check_unchanged(path, before)


@pytest.mark.parametrize(
    ("lake", "told"),
    [
        ("s3://quarter/lake", "needs a catalog"),
        ("memory://lake", "memory is not shared between processes"),
        ("file://elsewhere/lake", "file:///path"),
        ("gopher://lake", "cannot be reached"),
    ],
)
def test_lakes_that_cannot_be(store: ObjectStore, lake: str, told: str) -> None:
    with pytest.raises(LakeError, match=told):
        Lake.open(lake)


def test_a_file_address_is_a_path(tmp_path: Path) -> None:
    (tmp_path / "a b.xml").write_bytes(b"x")
    address = (tmp_path / "a b.xml").as_uri()
    assert list(list_files([address])) == [(str(tmp_path / "a b.xml"), 1)]
