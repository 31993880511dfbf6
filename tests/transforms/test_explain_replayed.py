"""Stored derivations run again: what reproduces, and what does not."""

import json
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from declared import contribution, document, form, occupation, person, record, remun, service
from evidenced import surroundings

from transforms.contribute.written import definition, read
from transforms.explain.replayed import Count, Replay
from transforms.formula import Formula

SCHEMA = pa.schema(
    [
        ("formula", pa.string()),
        ("inputs", pa.list_(pa.int64())),
        ("computed_amount", pa.decimal128(18, 2)),
    ]
)
Row = dict[str, Any]


def some_rows() -> tuple[list[Row], dict[str, Formula]]:
    """Three computed lines, two of them of one derivation."""
    records = [
        record(occupation(service(6500), remun(pay)), contribution(1, pay))
        for pay in (300_000, 412_345, 300_000)
    ]
    around, formulas = surroundings(document(form(person(*records))))
    rows = [{name: line[name] for name in SCHEMA.names} for line in around.lines]
    return [row for row in rows if row["formula"]], dict(formulas)


def replayed(rows: list[Row], formulas: dict[str, Formula], share: float = 1.0) -> Replay:
    replay = Replay(formulas, share)
    for at in range(0, len(rows), 2):
        replay.add(pa.RecordBatch.from_pylist(rows[at : at + 2], schema=SCHEMA))
    return replay


def test_what_was_stored_reproduces() -> None:
    rows, formulas = some_rows()
    (count,) = replayed(rows, formulas).counts.values()
    assert count == Count(rows=3, in_fractions=3, wrong=0)


def test_equal_derivations_are_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, formulas = some_rows()
    run: list[Sequence[int]] = []
    once = Formula.amount

    def counted(formula: Formula, values: Sequence[int]) -> Fraction:
        run.append(values)
        return once(formula, values)

    monkeypatch.setattr(Formula, "amount", counted)
    replayed(rows, formulas)
    assert len(run) == 2


def test_a_share_of_nothing_runs_no_fractions() -> None:
    rows, formulas = some_rows()
    (count,) = replayed(rows, formulas, share=0).counts.values()
    assert count == Count(rows=3, in_fractions=0, wrong=0)


CHANGES: dict[str, Callable[[Row], Row]] = {
    "another amount": lambda row: {"computed_amount": row["computed_amount"] + 1},
    "another input": lambda row: {"inputs": [row["inputs"][0] + 100, *row["inputs"][1:]]},
    "an input too few": lambda row: {"inputs": row["inputs"][1:]},
    "no inputs": lambda row: {"inputs": None},
    "a formula that is not there": lambda row: {"formula": "ordinary/none/2023Q1/00000000"},
    "no formula": lambda row: {"formula": None},
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_was_changed_does_not_reproduce(change: Callable[[Row], Row]) -> None:
    rows, formulas = some_rows()
    rows[1] |= change(rows[1])
    counts = replayed(rows, formulas).counts
    assert sum(count.wrong for count in counts.values()) == 1
    assert sum(count.rows for count in counts.values()) == 3


def test_a_formula_that_was_changed_at_rest_does_not_reproduce() -> None:
    rows, formulas = some_rows()
    ((name, formula),) = formulas.items()
    held = json.loads(definition(formula))
    held["steps"][-1]["expression"] = "base * rate + 1 / 0"
    row = {"formula": name, "family": "f", "case": "c", "title": "", "reference": ""}
    broken = read(row | {"confidence": "sourced", "definition": json.dumps(held)})
    (count,) = replayed(rows, {name: broken}).counts.values()
    assert count.wrong == 3
