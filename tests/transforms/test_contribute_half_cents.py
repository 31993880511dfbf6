"""Half cents on purpose: inputs whose steps end exactly between two cents, family by family."""

import random
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from schemas.quarter import Quarter
from transforms.contribute.rules import family
from transforms.formula import Formula, Input, Step, parsed, value_of
from transforms.rates.book import rate_book

Q1 = Quarter(2023, 1)
HALF, CENT = Fraction(1, 200), Fraction(1, 100)
TRIES, ENOUGH = 3000, 3
CASES = {
    "ordinary": "category_1",
    "flexi_jobs": "flexi",
    "students": "student",
    "employer_lines": "855/0",
    "special_contribution": "alone",
    "per_worker": "888/0",
    "structural_reduction": "category_1",
    "first_hires": "3324+category_1",
    "older_workers": "8320+category_1",
    "horeca": "3900+category_1",
    "lump_sums": "3500+category_1",
    "work_bonus": "white",
    "unrelated": "865",
}
"""A case of each family; company cars are charged in whole cents a month, with their own tests."""


def drawn(rng: random.Random, one: Input) -> int:
    """A plausible value of an input, as stored; round amounts end in half cents more often."""
    match one.unit, one.name:
        case "EUR", "granted":
            return 0
        case "EUR", _:
            return rng.randrange(1, 4000) * rng.choice((25, 50, 100, 250))
        case "days or hours", "week":
            return rng.choice((500, 500, 600))
        case "days or hours", _:
            return rng.randrange(100, 6500, 50)
        case "fraction", _:
            return rng.randrange(28, 130)
        case _, "age" | "age_mid_2024":
            return rng.randrange(18, 65)
    return rng.choice((0, 1))


def between(formula: Formula, values: list[int]) -> Iterator[tuple[Step, Fraction]]:
    """Steps that are exactly half a cent off before they are rounded, with what they were."""
    known: dict[str, Any] = {n: Fraction(g.value.value) for n, g in formula.given.items()}
    known |= {i.name: Fraction(v, i.scale) for i, v in zip(formula.inputs, values, strict=True)}
    (steps,) = formula.replay(values)
    for step in formula.steps:
        before = Fraction(value_of(parsed(step.expression), known))
        point = step.rounding
        rounds = point and point.mode == "half-up" and Fraction(point.to) == CENT
        if rounds and before % CENT == HALF:
            yield step, before
        known[step.name] = steps[step.name]


@pytest.mark.parametrize("name", CASES)
def test_half_a_cent_goes_away_from_zero_in_columns_and_in_a_replay(name: str) -> None:
    formula = family(name).apply(CASES[name], Q1, rate_book())
    rng = random.Random(f"half cents {name}")
    kept, found = [], 0
    for _ in range(TRIES):
        values = [drawn(rng, one) for one in formula.inputs]
        (steps,) = formula.replay(values)
        for step, before in between(formula, values):
            assert abs(steps[step.name]) == abs(before) + HALF
            kept.append(values)
            found += 1
        if found >= ENOUGH:
            break
    assert kept, "no input ends in half a cent"
    columns = formula.columns(
        {i.name: np.array([v[at] for v in kept]) for at, i in enumerate(formula.inputs)}
    )
    amounts = columns["amount"].whole(100).tolist()  # type: ignore[union-attr]
    assert amounts == [int(formula.amount(values) * 100) for values in kept]


def test_every_family_has_its_case() -> None:
    from transforms.contribute import FAMILIES

    assert {name for name, _ in FAMILIES} == {*CASES, "company_cars"}
