"""Formulas as rows of ``core.formula``: written once a rule, read back to replay and explain."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa

from schemas.core import FORMULA
from schemas.quarter import Quarter
from schemas.tables import from_rows
from transforms.contribute.rules import family
from transforms.formula import Formula, Gap, Given, Input, Rounding, Step
from transforms.rates.book import Confidence, RateBook, Value


def formula_named(name: str, book: RateBook) -> Formula:
    """The formula with this id; ``LookupError`` when the rules give another one by now."""
    family_name, _, rest = name.partition("/")
    case, quarter, _ = rest.rsplit("/", 2)
    formula = family(family_name).apply(case, Quarter.parse(quarter), book)
    if formula.id != name:
        raise LookupError(f"{name} is {formula.id} with the rules of today")
    return formula


def written(names: Iterable[str], book: RateBook) -> pa.Table:
    """Rows of ``core.formula`` (inside types) for formulas that computed lines, by name."""
    return from_rows(FORMULA, [_row(formula_named(name, book)) for name in sorted(set(names))])


def _row(formula: Formula) -> dict[str, Any]:
    return {
        "formula": formula.id,
        "quarter": formula.id.rsplit("/", 2)[1],
        "family": formula.family,
        "case": formula.case,
        "title": formula.title,
        "confidence": formula.confidence.name,
        "reference": formula.reference,
        "definition": definition(formula),
    }


def definition(formula: Formula) -> str:
    """Inputs, parameters, steps, rounding points and gaps as JSON."""
    return json.dumps(
        {
            "inputs": [asdict(one) for one in formula.inputs],
            "parameters": {name: _given(one) for name, one in formula.given.items()},
            "steps": [_step(step) for step in formula.steps],
            "gaps": [asdict(gap) for gap in formula.gaps],
            "items": formula.items,
            "rule": formula.rule.name if formula.rule is not None else None,
        },
        ensure_ascii=False,
    )


def _given(one: Given) -> dict[str, Any]:
    value = one.value
    return {
        "parameter": one.parameter,
        "value": str(value.value),
        "unit": one.unit,
        "from": value.first.isoformat(),
        "until": value.last.isoformat() if value.last else None,
        "confidence": value.confidence.name,
        "reference": value.reference,
    }


def _step(step: Step) -> dict[str, Any]:
    said: dict[str, Any] = {"name": step.name, "expression": step.expression}
    if step.rounding is not None:
        said["rounding"] = asdict(step.rounding) | {
            "to": str(step.rounding.to),
            "confidence": step.rounding.confidence.name,
        }
    return said


def read(row: Mapping[str, Any]) -> Formula:
    """The formula of a row of ``core.formula``."""
    held = json.loads(row["definition"])
    return Formula(
        row["formula"],
        row["family"],
        row["case"],
        row["title"],
        row["reference"],
        tuple(Input(**one) for one in held["inputs"]),
        {name: _read_given(one) for name, one in held["parameters"].items()},
        tuple(_read_step(one) for one in held["steps"]),
        tuple(Gap(**one) for one in held["gaps"]),
        Confidence[row["confidence"]],
        held["items"],
        Confidence[held["rule"]] if held.get("rule") else None,
    )


def _read_given(one: Mapping[str, Any]) -> Given:
    last = date.fromisoformat(one["until"]) if one["until"] else None
    mark = Confidence[one["confidence"]]
    first = date.fromisoformat(one["from"])
    value = Value(first, last, Decimal(one["value"]), mark, one["reference"])
    return Given(one["parameter"], one["unit"], value)


def _read_step(one: Mapping[str, Any]) -> Step:
    said = one.get("rounding")
    if said is None:
        return Step(one["name"], one["expression"])
    mark = Confidence[said["confidence"]]
    rounding = Rounding(Decimal(said["to"]), said["mode"], mark, said["reference"])
    return Step(one["name"], one["expression"], rounding)
