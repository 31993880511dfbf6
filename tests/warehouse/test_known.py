"""What a new run need not do again, and what was declared before."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.ops import FILE
from schemas.tables import from_rows
from warehouse.commit import Commit
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
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
