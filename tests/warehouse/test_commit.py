"""A run becomes visible in every table at once, or not at all."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from schemas.tables import Table, text
from warehouse import commit as commit_module
from warehouse import draft as draft_module
from warehouse.commit import Commit
from warehouse.errors import ControlError, LakeError
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]
Rows = Callable[[Lake, str], list[tuple[Any, ...]]]
Check = Callable[[Lake], bool]


@pytest.fixture
def nothing_is_visible(rows: Rows) -> Callable[[Lake], bool]:
    tables = ("dmfa.employer_declaration", "dmfa.remun", "core.relation", "ops.run", "ops.form")

    def check(lake: Lake) -> bool:
        counts = " UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in tables)
        return rows(lake, counts) == [(0,)] * len(tables) and lake.snapshots().num_rows == 2

    return check


def test_a_commit_is_one_signed_snapshot(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1"), a_form("f2", employer="000000292")])
    number = lake.commit(commit)

    last = lake.snapshots().to_pylist()[-1]
    assert (last["snapshot_id"], last["author"], last["message"]) == (
        number,
        "An Operator",
        "Run r1",
    )
    assert json.loads(last["extra"])["controls"]["net owed cents"] == 24690
    assert lake.snapshots().num_rows == 3
    assert lake.runs().column("run_id").to_pylist() == ["r1"]
    assert rows(lake, "SELECT sum(net_owed_amount) FROM dmfa.employer_declaration") == [
        (Decimal("246.90"),)
    ]


def test_control_totals_are_kept_on_both_sides(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    lake.commit(commit)
    kept = rows(lake, "SELECT measure, in_xml, in_lake FROM ops.control")
    assert {measure: (xml, found) for measure, xml, found in kept} == {
        measure: (total, total) for measure, total in commit.expected.items()
    }
    assert lake.controls("r1") == commit.expected


def test_a_difference_of_one_cent_refuses_the_run(
    lake: Lake, a_form: Form, a_commit: MakeCommit, nothing_is_visible: Check
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    wrong = {**commit.expected, "remuneration cents": 12346}
    with pytest.raises(ControlError, match="remuneration cents") as caught:
        lake.commit(replace(commit, expected=wrong))
    assert caught.value.differences == [("remuneration cents", 12346, 12345)]
    assert nothing_is_visible(lake)


def test_a_measure_that_nobody_expected_refuses_the_run(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    fewer = {k: v for k, v in commit.expected.items() if k != "persons"}
    with pytest.raises(ControlError) as caught:
        lake.commit(replace(commit, expected=fewer))
    assert caught.value.differences == [("persons", None, 1)]


def test_totals_count_this_run_only(lake: Lake, a_form: Form, a_commit: MakeCommit) -> None:
    lake.commit(a_commit("r1", [a_form("f1")]))
    second = a_commit("r2", [a_form("f2", employer="000000292", amount=1)])
    lake.commit(second)
    assert lake.controls("r2") == second.expected


@pytest.mark.parametrize("step", ["_merge_relations", "_controls", "sign"])
def test_an_exception_in_the_middle_leaves_nothing(
    lake: Lake,
    a_form: Form,
    a_commit: MakeCommit,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    nothing_is_visible: Check,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("in the middle")

    monkeypatch.setattr(commit_module, step, fail)
    commit = a_commit("r1", [a_form("f1")])
    with pytest.raises(RuntimeError, match="in the middle"):
        lake.commit(commit)
    assert nothing_is_visible(lake)
    assert not (lake.directory / "runs" / "r1" / "rows").exists()

    monkeypatch.undo()
    lake.commit(commit)
    assert lake.runs().num_rows == 1


def test_a_part_that_cannot_be_read_leaves_nothing(
    lake: Lake, a_form: Form, a_commit: MakeCommit, nothing_is_visible: Check
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    Path(commit.parts["dmfa.remun"][0]).write_bytes(b"not Parquet")
    with pytest.raises(LakeError):
        lake.commit(commit)
    assert nothing_is_visible(lake)


def test_a_run_is_committed_once(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    lake.commit(commit)
    with pytest.raises(LakeError, match="committed before"):
        lake.commit(commit)
    assert rows(lake, "SELECT count(*) FROM dmfa.remun") == [(1,)]


def test_a_run_without_its_row_is_refused(
    lake: Lake, a_form: Form, a_commit: MakeCommit, nothing_is_visible: Check
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    others = {name: table for name, table in commit.rows.items() if name != "ops.run"}
    with pytest.raises(LakeError, match="would be swept"):
        lake.commit(replace(commit, rows=others))
    assert nothing_is_visible(lake)


def test_parts_of_another_place_are_refused(lake: Lake, a_form: Form, a_commit: MakeCommit) -> None:
    commit = a_commit("r1", [a_form("f1")], parts={"dmfa.remun": ["/elsewhere/1.parquet"]})
    with pytest.raises(LakeError, match="not in the directory of run r1"):
        lake.commit(commit)


def test_a_part_that_is_given_twice_is_refused(
    lake: Lake, a_form: Form, a_commit: MakeCommit, nothing_is_visible: Check
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    twice = {**commit.parts, "core.relation": [*commit.parts["core.relation"]] * 2}
    with pytest.raises(LakeError, match="given twice"):
        lake.commit(replace(commit, parts=twice))
    assert nothing_is_visible(lake)


def test_withdrawn_forms_never_become_visible(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    forms = [
        a_form("f1", 1),
        a_form("f1", 2, withdrawn=True),
        a_form("f2", 1, employer="000000292"),
    ]
    commit = a_commit("r1", forms)
    number = lake.commit(commit)

    visible = "SELECT file_id, form_no FROM {} ORDER BY ALL"
    for table in ("dmfa.employer_declaration", "dmfa.natural_person", "dmfa.remun"):
        assert rows(lake, visible.format(table)) == [("f1", 1), ("f2", 1)]
    assert rows(lake, visible.format("core.relation")) == [("f1", 1), ("f2", 1)]
    feed = f"FROM ducklake_table_changes('lake', 'dmfa', 'remun', 0, {number})"
    assert rows(lake, f"SELECT change_type, form_no {feed}") == [("insert", 1), ("insert", 1)]
    assert not Path(commit.parts["dmfa.remun"][0]).exists()


def test_a_part_of_withdrawn_forms_only_is_left_out(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    lake.commit(a_commit("r1", [a_form("f1", withdrawn=True)]))
    assert rows(lake, "SELECT count(*) FROM dmfa.remun") == [(0,)]


def change_behind_the_back(connection: duckdb.DuckDBPyConnection, lake: Lake) -> None:
    connection.execute(f"ATTACH 'ducklake:sqlite:{lake.directory}/catalog.sqlite' AS other")
    connection.execute("CREATE TABLE other.main.mine (a INTEGER)")
    connection.execute("DETACH other")


def test_a_catalog_changed_by_another_program_is_not_overwritten(
    lake: Lake, a_form: Form, a_commit: MakeCommit, monkeypatch: pytest.MonkeyPatch, rows: Rows
) -> None:
    real_check = draft_module.check
    attempts: list[str] = []

    def check(draft: draft_module.Draft, commit: Commit) -> None:
        attempts.append(commit.run_id)
        if len(attempts) == 1:
            change_behind_the_back(draft.connection, lake)
        real_check(draft, commit)

    monkeypatch.setattr(commit_module, "check", check)
    lake.commit(a_commit("r1", [a_form("f1")]))
    assert attempts == ["r1", "r1"]
    assert rows(lake, "SELECT count(*) FROM main.mine") == [(0,)]
    assert rows(lake, "SELECT count(*) FROM dmfa.remun") == [(1,)]


def test_many_parts_are_registered_at_once(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    parts = {**commit.parts}
    for table in ("core.relation", "dmfa.worker_record"):
        source = Path(commit.parts[table][0])
        copies = [source.with_name(f"{table}-{n}.parquet") for n in range(20)]
        for target in copies:
            target.write_bytes(source.read_bytes())
        parts[table] = [str(path) for path in copies]
    expected = {**commit.expected, "worker records": 20}
    lake.commit(replace(commit, parts=parts, expected=expected))
    assert rows(lake, "SELECT count(*) FROM core.relation") == [(20,)]


def test_a_declaration_of_another_run_meanwhile_is_no_second_one(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    """Both runs looked at the lake before either committed."""
    first, second = a_commit("r1", [a_form("f1")]), a_commit("r2", [a_form("f2")])
    lake.commit(first)
    with pytest.raises(LakeError, match="another run has committed 1 of these declarations"):
        lake.commit(second)
    assert rows(lake, "SELECT DISTINCT run_id FROM ops.form") == [("r1",)]


def test_relations_that_do_not_add_up_are_not_committed(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1")])
    with pytest.raises(ControlError, match="worker records in relations"):
        lake.commit(replace(commit, parts={**commit.parts, "core.relation": []}))
    assert rows(lake, "SELECT count(*) FROM ops.run") == [(0,)]


def test_what_fails_behind_the_rename_takes_nothing_back(
    lake: Lake,
    a_form: Form,
    a_commit: MakeCommit,
    rows: Rows,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def interrupted(_: Path) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("warehouse.catalog._sync_directory", interrupted)
    lake.commit(a_commit("r1", [a_form("f1")]))
    assert rows(lake, "SELECT run_id FROM ops.run") == [("r1",)]
    assert rows(lake, "SELECT count(*) FROM dmfa.remun") == [(1,)]


def test_a_run_that_knows_fewer_columns_is_welcome(
    lake: Lake, a_form: Form, a_commit: MakeCommit, tables: tuple[Table, ...], rows: Rows
) -> None:
    """Another operator has registered a release that adds a column."""
    remun = next(table for table in tables if table.full_name == "dmfa.remun")
    commit = a_commit("r1", [a_form("f1")])
    lake.ensure_tables([replace(remun, columns=(*remun.columns, text("nationality", "New")))])
    lake.commit(commit)
    assert rows(lake, "SELECT nationality, remun_amount FROM dmfa.remun") == [
        (None, Decimal("123.45"))
    ]
