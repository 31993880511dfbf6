"""Numbers and expressions as they are written in an explanation."""

import random
from fractions import Fraction

import pytest

from transforms.explain.wording import MINUS, filled, number, written
from transforms.formula import parsed, value_of

NAMES = ("a", "b", "c")


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (Fraction(65, 62), 0, "1.0483870967…"),
        (Fraction(1, 8), 2, "0.125"),
        (Fraction(1234567), 2, "1,234,567.00"),
        (Fraction(-1, 2), 0, f"{MINUS}0.5"),
        (Fraction(0), 0, "0"),
    ],
)
def test_a_number_has_all_its_digits_or_says_that_there_are_more(
    value: Fraction, decimals: int, text: str
) -> None:
    assert number(value, decimals) == text


def test_only_the_case_that_applies_is_filled_in_and_the_condition_is_told() -> None:
    known = {"pay": Fraction(3000), "uplift": Fraction("1.08"), "manual": Fraction(1)}
    text, since = filled("pay * (uplift if manual > 0 else 1)", known, {"pay": 2})
    assert text == "3,000.00 × 1.08"
    assert since == ("manual > 0: 1 > 0 holds",)


def test_commas_of_thousands_do_not_part_the_arguments_of_a_function() -> None:
    known = {"due": Fraction(1750), "theoretical": Fraction("544.73")}
    text, _ = filled("min(theoretical, due) * 2", known, {"due": 2})
    assert text == "(the lower of 544.73 and 1,750.00) × 2"
    assert written("min(theoretical, due) * 2") == "min(theoretical, due) × 2"


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice((*NAMES, str(rng.randint(0, 9))))
    one, two, three = (expression(rng, depth - 1) for _ in range(3))
    condition = f"{one} {rng.choice(('<', '<=', '>', '>='))} {two}"
    if rng.random() < 0.3:
        condition = f"({condition} {rng.choice(('and', 'or'))} {three} > 1)"
    return rng.choice(
        (
            f"({one} {rng.choice('+-*')} {two})",
            f"({one} / (2 + max({two}, 0) * max({two}, 0)))",
            f"(-{one})",
            f"min({one}, {two}, {three})",
            f"({one} if {condition} else {two})",
        )
    )


@pytest.mark.parametrize("seed", range(60))
def test_what_is_written_means_what_the_formula_means(seed: int) -> None:
    """Read back with the usual precedence, the written expression has the same value."""
    rng = random.Random(f"wording {seed}")
    text = expression(rng, 3)
    known = {name: Fraction(rng.randint(-20, 20), rng.choice((1, 1, 4))) for name in NAMES}
    again = written(text)
    for sign, operator in (("×", "*"), (MINUS, "-"), ("≤", "<="), ("≥", ">=")):
        again = again.replace(sign, operator)
    assert value_of(parsed(again), known) == value_of(parsed(text), known)
    filled(text, known, {})  # every case of it can be filled in
