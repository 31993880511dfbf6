"""What a new run need not do again, and what was declared before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.ops import FILE, RUN
from schemas.tables import Table, from_rows
from warehouse.commit import Commit
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
NEW = {"tolerance", "reference"}
MakeCommit = Callable[..., Commit]


def test_known_files_are_processed_or_were_judged_by_the_same_contract(
    lake: Lake, a_commit: MakeCommit
) -> None:
    told = {"a": "processed", "b": "refused", "c": "quarantined", "d": "known"}
    files: list[dict[str, object]] = [
        {"run_id": "r1", "file_id": name, "disposition": disposition}
        for name, disposition in told.items()
    ]
    commit = a_commit("r1", [])
    lake.commit(replace(commit, rows={**commit.rows, "ops.file": from_rows(FILE, files)}))

    assert lake.known_files("dmfa", "2023Q1", "contract-1") == {"a", "b", "c"}
    assert lake.known_files("dmfa", "2023Q1", "contract-2") == {"a"}
    assert lake.known_files("dmfa", "2023Q2", "contract-1") == set()
    assert lake.known_files("dimona", "2023Q1", "contract-1") == set()


def test_earlier_runs_are_told_with_their_options(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    for run_id, form in (("r1", a_form("f1")), ("r2", a_form("f2", employer="000000292"))):
        commit = a_commit(run_id, [form])
        options: dict[str, object] = {"tolerance": 5, "reference": "none", "rates": run_id}
        run = commit.rows["ops.run"].to_pylist()[0] | options
        lake.commit(replace(commit, rows={**commit.rows, "ops.run": from_rows(RUN, [run])}))
    found = lake.earlier_runs("dmfa", "2023Q1", ["f2", "f3"]).to_pylist()
    assert found == [
        {"run_id": "r2", "tolerance": 5, "reference": "none", "rates": "r2", "files": 1}
    ]
    assert lake.earlier_runs("dmfa", "2022Q4", ["f1", "f2"]).num_rows == 0


def test_a_lake_of_before_gets_the_columns_that_it_lacks(
    tmp_path_factory: pytest.TempPathFactory,
    tables: tuple[Table, ...],
    a_commit: MakeCommit,
) -> None:
    """Its runs did not keep their options: these are not known."""
    older = replace(RUN, columns=tuple(c for c in RUN.columns if c.name not in NEW))
    with Lake.open(tmp_path_factory.mktemp("before") / "lake", create=True) as lake:
        lake.ensure_tables([older, *(table for table in tables if table is not RUN)])
        file: dict[str, object] = {"run_id": "r1", "file_id": "f1", "disposition": "processed"}
        commit = a_commit("r1", [], parts={})
        run = from_rows(older, [commit.rows["ops.run"].select(older.inside.names).to_pylist()[0]])
        told = {"ops.run": run, "ops.file": from_rows(FILE, [file])}
        lake.commit(replace(commit, rows={**commit.rows, **told}))
        assert not NEW & set(lake.runs().column_names)
        lake.ensure_tables(tables)
        (row,) = lake.earlier_runs("dmfa", "2023Q1", ["f1"]).to_pylist()
        assert {row[name] for name in NEW} == {None}
        lake.commit(a_commit("r2", [], parts={}))
        assert lake.runs().num_rows == 2


def test_declared_are_the_accepted_forms_of_the_quarter(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    forms = [
        a_form("f1", 1),
        a_form("f1", 2, trusteeship="1"),
        a_form("f2", 1, disposition="refused"),
        a_form("f3", 1, quarter="2022Q4", disposition="quarantined"),
    ]
    lake.commit(a_commit("r1", forms))
    assert [tuple(row.values()) for row in lake.declared("2023Q1").to_pylist()] == [
        ("000000191", "0", "f1", 1),
        ("000000191", "1", "f1", 2),
    ]
    assert lake.declared("2022Q4").num_rows == 0


def test_a_lake_without_tables_knows_nothing(tmp_path_factory: pytest.TempPathFactory) -> None:
    with Lake.open(tmp_path_factory.mktemp("new") / "lake", create=True) as lake:
        assert lake.known_files("dmfa", "2023Q1", "contract-1") == set()
        assert lake.declared("2023Q1").num_rows == 0
        assert lake.runs().num_rows == 0
        assert lake.snapshots().num_rows == 1
