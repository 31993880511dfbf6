"""Employers with more than one accepted declaration have one row a relation all the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from schemas.core import RELATION, RELATION_BY_PERSON
from warehouse.commit import Commit
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]


def relations(lake: Lake) -> list[dict[str, Any]]:
    answer = lake.ask("SELECT * FROM core.relation ORDER BY employer, inss, file_id, form_no")
    assert answer.schema.names == RELATION.rest.names
    again = "SELECT * FROM core.relation_by_person ORDER BY employer, inss, file_id, form_no"
    assert lake.ask(again).equals(answer)
    return list(answer.to_pylist())


def pair(a_form: Form) -> list[dict[str, Any]]:
    return [
        a_form("f2", 3, amount=100, joint_committees=["200", "124"], last_date=date(2023, 2, 1)),
        a_form("f1", 2, amount=11, trusteeship="1", joint_committees=["200", "302"]),
    ]


def check_merged(merged: dict[str, Any]) -> None:
    assert merged["first_date"] == date(2020, 1, 2)
    assert merged["last_date"] is None
    assert merged["joint_committees"] == ["124", "200", "302"]
    assert merged["gross_remuneration"] == Decimal("1.11")
    assert (merged["days"], merged["worker_records"]) == (Decimal("0.02"), 2)
    assert (merged["file_id"], merged["form_no"], merged["line"]) == ("f1", 2, 20)


def test_two_declarations_in_one_run(lake: Lake, a_form: Form, a_commit: MakeCommit) -> None:
    lake.commit(a_commit("r1", pair(a_form)))
    (merged,) = relations(lake)
    check_merged(merged)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_two_declarations_in_two_runs(
    lake: Lake, a_form: Form, a_commit: MakeCommit, order: tuple[int, int]
) -> None:
    forms = pair(a_form)
    lake.commit(a_commit("r1", [forms[order[0]]]))
    before = lake.snapshots().num_rows - 1
    lake.commit(a_commit("r2", [forms[order[1]]]))
    (merged,) = relations(lake)
    check_merged(merged)
    assert len(lake.ask(f"FROM core.relation AT (VERSION => {before})").to_pylist()) == 1


def test_a_third_declaration_is_merged_into_the_merged_row(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    lake.commit(a_commit("r1", pair(a_form)))
    lake.commit(a_commit("r2", [a_form("f0", 9, amount=1000, trusteeship="9")]))
    (merged,) = relations(lake)
    assert merged["worker_records"] == 3
    assert merged["gross_remuneration"] == Decimal("11.11")
    assert merged["file_id"] == "f0"


def test_workers_of_one_declaration_only_are_left_alone(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    first, second = pair(a_form)
    lake.commit(a_commit("r1", [first, a_form("f9", employer="000000292")]))
    lake.commit(a_commit("r2", [second | {"inss": "00000000196"}]))
    assert [row["worker_records"] for row in relations(lake)] == [1, 1, 1]


def test_equal_keys_of_an_employer_with_one_declaration_are_left_alone(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    commit = a_commit("r1", [a_form("f1", 1)])
    parts = {**commit.parts}
    for table in ("core.relation", "dmfa.worker_record"):
        part = Path(commit.parts[table][0])
        again = part.with_name(f"{table}-again.parquet")
        again.write_bytes(part.read_bytes())
        parts[table] = [str(part), str(again)]
    expected = {**commit.expected, "worker records": 2}
    lake.commit(replace(commit, parts=parts, expected=expected))
    assert [row["worker_records"] for row in relations(lake)] == [1, 1]


def test_rows_are_in_order_of_person(lake: Lake, a_form: Form, a_commit: MakeCommit) -> None:
    people = ["00000000493", "00000000196", "00000000394", "00000000295"]
    forms = [a_form(f"f{n}", employer=f"00000{n}", inss=inss) for n, inss in enumerate(people, 100)]
    lake.commit(a_commit("r1", forms))
    (file,) = lake.ask("""
        SELECT data_file FROM ducklake_list_files('lake', 'relation_by_person', schema => 'core')
    """).to_pylist()
    stored = pq.read_table(file["data_file"], columns=["inss"])
    assert stored.column("inss").to_pylist() == sorted(people)


def test_a_lake_without_the_second_order_gets_it(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    """Lakes that were made before the table was."""
    later = lake._layouts.pop(RELATION_BY_PERSON.full_name)
    lake.commit(a_commit("r1", [a_form("f1")]))
    assert lake.ask("FROM core.relation_by_person").num_rows == 0
    lake._layouts[later.full_name] = later
    lake.commit(a_commit("r2", [a_form("f2", employer="000000292")]))
    assert len(relations(lake)) == 2


def test_a_missing_key_is_a_key_too(lake: Lake, a_form: Form, a_commit: MakeCommit) -> None:
    lake.commit(a_commit("r1", [a_form("f1", inss=None)]))
    lake.commit(a_commit("r2", [a_form("f2", inss=None, trusteeship="1")]))
    assert [row["worker_records"] for row in relations(lake)] == [2]


def test_the_change_feed_replaces_the_old_row_by_the_merged_one(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    forms = pair(a_form)
    lake.commit(a_commit("r1", forms[:1]))
    number = lake.commit(a_commit("r2", forms[1:]))
    feed = lake.ask(
        f"SELECT change_type, worker_records FROM"
        f" ducklake_table_changes('lake', 'core', 'relation', {number}, {number})"
    ).to_pylist()
    assert sorted(tuple(row.values()) for row in feed) == [("delete", 1), ("insert", 2)]
