"""What the generator spoils on purpose is what a run finds, and nothing else."""

from collections import defaultdict
from pathlib import Path

import pytest
from operators import QUARTER, Operator

from transforms.synth.defects import DEFECTS, WRONG_AMOUNTS
from transforms.synth.documents import contents, document_count
from transforms.synth.plan import Plan

FOUND = {
    "not-well-formed": {"xml-syntax"},
    "truncated-form": {"xml-syntax"},
    "bad-encoding": {"encoding"},
    "doctype": {"doctype"},
    "wrong-root": {"root-element"},
    "wrong-quarter": {"other-quarter"},
    "duplicate-declaration": {"90007-006"},
    "bad-inss-check-digit": {"00024-004"},
    "duplicate-person": {"90017-006"},
    "wrong-net-amount": {"00015-007"},
    "wrong-contribution": {"00085-044"},
}
"""Codes of the defects that always give the same; the others spoil a zone that is drawn."""

SPOILED = [d for d in DEFECTS if d.name in FOUND or d not in WRONG_AMOUNTS]
"""Other wrong amounts need the reference tables of the generator."""

SUFFIXES = {
    "unknown-element": "146",
    "missing-mandatory": "001",
    "wrong-order": "001",
    "bad-date": "003",
    "bad-number": "002",
    "out-of-range": "008",
    "bad-enumeration": "008",
    "empty-numeric": "001",
    "attribute": "146",
}


def test_every_defect_is_accounted_for() -> None:
    assert {defect.name for defect in SPOILED} == FOUND.keys() | SUFFIXES.keys()


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Operator, dict[str, str | None]]:
    """A lake of a quarter full of defects, and the defect of every file."""
    folder = tmp_path_factory.mktemp("spoiled")
    plan = Plan(QUARTER, 150, seed=3, defects={d.name: 0.045 for d in SPOILED})
    injected: dict[str, str | None] = {}
    (folder / "files").mkdir()
    for document, pieces in contents(plan, 0, document_count(plan)):
        path = folder / "files" / document.name
        with path.open("wb") as file:
            for content, draft in pieces:
                file.write(content)
                if draft is not None:
                    injected[str(path)] = draft.defect
    operator = Operator(folder / "lake")
    operator.run(folder / "files")
    return operator, injected


def test_what_is_injected_is_what_is_found(
    spoiled: tuple[Operator, dict[str, str | None]],
) -> None:
    operator, injected = spoiled
    assert set(injected.values()) == {None, *FOUND, *SUFFIXES}
    found: dict[str, set[str]] = defaultdict(set)
    for row in operator.ask("""
        select name, code from ops.finding join ops.file using (run_id, file_id)
        union all
        select name, anomaly from core.contribution join ops.file using (file_id)
        where outcome = 'different'
    """):
        found[str(Path(row["name"]))].add(row["code"])
    for path, defect in injected.items():
        if defect in SUFFIXES:
            assert {code[-3:] for code in found[path]} == {SUFFIXES[defect]}, defect
        else:
            assert found[path] == FOUND.get(defect or "", set()), defect


def test_everything_is_somewhere(spoiled: tuple[Operator, dict[str, str | None]]) -> None:
    operator, _ = spoiled
    summary = operator.summaries[0]
    parts = (summary.forms_accepted, summary.forms_refused, summary.forms_quarantined)
    assert sum(parts) == summary.forms_in
    kept = {path.stem for path in operator.lake.glob("runs/*/quarantine/*.xml")}
    told = {path.stem for path in operator.lake.glob("runs/*/quarantine/*.json")}
    whole_files = operator.value("""
        select count(*) from ops.file where disposition in ('refused', 'quarantined')
    """)
    forms = operator.value("""
        select count(*) from ops.form join ops.file using (run_id, file_id)
        where ops.form.disposition <> 'accepted' and ops.file.disposition = 'processed'
    """)
    assert kept == told
    assert len(kept) == whole_files + forms
