"""What the views say."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from schemas.core import CONTRIBUTION
from schemas.ops import FILE, FINDING
from schemas.tables import from_rows
from warehouse.commit import Commit
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]
Rows = Callable[[Lake, str], list[tuple[Any, ...]]]


def test_declarations_are_the_accepted_forms(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    forms = [a_form("f1", 1), a_form("f1", 2, disposition="refused")]
    lake.commit(a_commit("r1", forms))
    seen = rows(lake, "SELECT file_id, form_no, net_owed, run_id FROM core.declaration")
    assert seen == [("f1", 1, Decimal("123.45"), "r1")]


def test_summarised_contributions_add_up_to_net_amounts(
    lake: Lake, a_commit: MakeCommit, rows: Rows
) -> None:
    known: dict[str, object] = {"quarter": "2023Q1", "family": "base", "outcome": "different"}
    lines: list[dict[str, object]] = [
        {"sign": 1, "declared_amount": 1000, "computed_amount": 990, "difference": 10},
        {"sign": -1, "declared_amount": 1, "computed_amount": 3, "difference": -2},
    ]
    table = from_rows(CONTRIBUTION, [known | line for line in lines])
    commit = a_commit("r1", [])
    lake.commit(replace(commit, rows={**commit.rows, "core.contribution": table}))
    seen = rows(lake, "SELECT lines, declared, computed, difference FROM core.contribution_summary")
    assert seen == [(2, Decimal("9.99"), Decimal("9.87"), Decimal("0.12"))]


def test_refusals_give_reasons_without_values(
    lake: Lake, a_form: Form, a_commit: MakeCommit, rows: Rows
) -> None:
    commit = a_commit("r1", [a_form("f1", 1), a_form("f1", 2, disposition="refused")])
    whole: dict[str, object] = {
        "run_id": "r1",
        "file_id": "f2",
        "name": "f2.xml",
        "disposition": "quarantined",
    }
    refused: dict[str, object] = {
        "file_id": "f1",
        "form_no": 2,
        "code": "00024-003",
        "message": "INSS 85073003328 is wrong",
    }
    set_aside: dict[str, object] = {
        "file_id": "f2",
        "code": "unknown-release",
        "value": "85073003328",
    }
    findings = [{"run_id": "r1"} | finding for finding in (refused, set_aside)]
    told = {
        "ops.file": from_rows(FILE, [*commit.rows["ops.file"].to_pylist(), whole]),
        "ops.finding": from_rows(FINDING, findings),
    }
    lake.commit(replace(commit, rows={**commit.rows, **told}))
    seen = rows(lake, "SELECT file_name, form_no, code, message FROM ops.refusal ORDER BY ALL")
    assert seen == [
        ("f1.xml", 2, "00024-003", "INSS [11 digits] is wrong"),
        ("f2.xml", None, "unknown-release", None),
    ]
    assert "85073003328" not in str(rows(lake, "FROM ops.refusal"))


def test_views_are_one_select_each() -> None:
    folder = Path(__file__).resolve().parents[2] / "warehouse" / "views"
    for path in folder.glob("*.sql"):
        assert ";" not in "".join(
            line for line in path.read_text().splitlines() if not line.startswith("--")
        )
