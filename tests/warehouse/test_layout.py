"""Tables, columns, comments and views come from the layouts; nothing changes without need."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from schemas.core import RELATION
from schemas.tables import Column, Table, euro, text
from warehouse import views
from warehouse.commit import Commit
from warehouse.errors import LakeError
from warehouse.lake import Lake
from warehouse.layout import Present, changes, sql_type
from warehouse.views import VIEWS, View

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]
Rows = Callable[[Lake, str], list[tuple[Any, ...]]]
SMALL = Table("test", "small", "It's small", (text("name", "Its name"), euro("amount", "Amount")))


def test_a_new_table_is_created_with_rest_types_and_comments() -> None:
    assert changes(Present(), [SMALL]) == [
        "CREATE SCHEMA test",
        'CREATE TABLE test.small ("name" VARCHAR, "amount" DECIMAL(18,2))',
        "COMMENT ON TABLE test.small IS 'It''s small'",
        "COMMENT ON COLUMN test.small.\"name\" IS 'Its name'",
        "COMMENT ON COLUMN test.small.\"amount\" IS 'Amount (euro)'",
    ]


def test_an_unchanged_layout_adds_no_snapshot(lake: Lake, tables: tuple[Table, ...]) -> None:
    before = lake.snapshots()
    catalog = (lake.directory / "catalog.sqlite").read_bytes()
    lake.ensure_tables(tables)
    assert lake.snapshots() == before
    assert (lake.directory / "catalog.sqlite").read_bytes() == catalog


def test_a_new_column_is_added_and_old_rows_have_no_value(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    wider = replace(RELATION, columns=(*RELATION.columns, text("new_zone", "A new zone")))
    lake.ensure_tables([wider])
    assert rows(lake, "SELECT file_id, new_zone FROM core.relation") == [("f1", None)]
    lake.ensure_tables([RELATION])
    assert rows(lake, "SELECT file_id, new_zone FROM core.relation") == [("f1", None)]
    comments = "SELECT comment FROM duckdb_columns() WHERE column_name = 'new_zone'"
    assert rows(lake, comments) == [("A new zone",)]


def test_a_column_keeps_its_type(lake: Lake) -> None:
    lake.ensure_tables([SMALL])
    retyped = replace(SMALL, columns=(text("name", "Its name"), text("amount", "Amount")))
    with pytest.raises(LakeError, match=r"test\.small\.amount is DECIMAL\(18,2\)"):
        lake.ensure_tables([retyped])


def test_every_rest_type_is_kept_or_refused(tables: tuple[Table, ...]) -> None:
    for table in tables:
        for column in table.columns:
            assert sql_type(column.rest)
    with pytest.raises(LakeError, match="double"):
        sql_type(pa.float64())


def test_comments_are_there_for_any_client(lake: Lake, rows: Rows) -> None:
    table = "SELECT comment FROM duckdb_tables() WHERE table_name = 'relation'"
    assert rows(lake, table) == [(RELATION.comment,)]
    columns = "SELECT column_name, comment FROM duckdb_columns() WHERE table_name = 'relation'"
    assert dict(rows(lake, columns)) == {c.name: c.comment for c in RELATION.columns}


def test_a_changed_comment_is_written(lake: Lake, rows: Rows) -> None:
    lake.ensure_tables([SMALL])
    lake.ensure_tables([replace(SMALL, comment="Small")])
    assert rows(lake, "SELECT comment FROM duckdb_tables() WHERE table_name = 'small'") == [
        ("Small",)
    ]


def test_every_view_file_is_listed_and_every_listed_view_has_a_file() -> None:
    folder = Path(views.__file__).parent
    assert sorted(view.full_name for view in VIEWS) == sorted(p.stem for p in folder.glob("*.sql"))
    for view in VIEWS:
        assert all(
            f"FROM {need}" in view.text or f"JOIN {need}" in view.text for need in view.needs
        )


def test_a_view_is_made_again_when_its_text_changes(
    lake: Lake, tables: tuple[Table, ...], rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(View, "text", property(lambda self: "-- Other text\nSELECT 1 AS one"))
        lake.ensure_tables(tables)
        assert rows(lake, "FROM core.declaration") == [(1,)]
    lake.ensure_tables(tables)
    assert rows(lake, "FROM core.declaration") == []


def test_a_plain_client_sees_tables_and_views_under_any_name(
    lake: Lake, a_form: Form, a_commit: MakeCommit, reader: duckdb.DuckDBPyConnection
) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    reader.execute(f"ATTACH 'ducklake:sqlite:{lake.directory}/catalog.sqlite' AS elsewhere")
    try:
        one = reader.execute("SELECT count(*) FROM elsewhere.dmfa.remun").fetchall()
        other = reader.execute("SELECT count(*) FROM elsewhere.core.declaration").fetchall()
    finally:
        reader.execute("DETACH elsewhere")
    assert (one, other) == ([(1,)], [(1,)])


def test_no_view_has_a_float(lake: Lake, rows: Rows) -> None:
    columns = (
        "SELECT view_name, column_name, data_type FROM duckdb_columns() AS c"
        " JOIN duckdb_views() AS v ON c.table_name = v.view_name AND c.database_name = 'lake'"
        " AND v.database_name = 'lake'"
    )
    found = rows(lake, columns)
    assert {name for name, _, _ in found} >= {"declaration", "contribution_summary", "refusal"}
    assert [row for row in found if row[2] in ("DOUBLE", "FLOAT")] == []


def test_a_column_of_an_unknown_type_is_an_error_before_anything_is_made(lake: Lake) -> None:
    bad = Column("share", pa.float64(), pa.float64(), "A share")
    before = lake.snapshots().num_rows
    with pytest.raises(LakeError, match="double"):
        lake.ensure_tables([replace(SMALL, columns=(bad,))])
    assert lake.snapshots().num_rows == before
