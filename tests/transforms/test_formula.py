"""Formulas: what may stand in one, and that columns and single lines give the same."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.exact import Exact
from transforms.formula import (
    Formula,
    FormulaError,
    Gap,
    Given,
    Input,
    Rounding,
    Step,
    names_in,
    parsed,
)
from transforms.rates.book import Confidence, Value

CENT = Rounding(Decimal("0.01"), "half-up", Confidence.sourced, "a text")
DOWN = Rounding(Decimal("0.01"), "down", Confidence.sourced, "a text")


def formula(
    steps: Sequence[Step],
    inputs: Mapping[str, int],
    numbers: Mapping[str, str] | None = None,
    gaps: Sequence[Gap] = (),
    items: bool = False,
) -> Formula:
    """``inputs``: the scale of each; ``numbers``: the value of each parameter."""
    given_ = {
        name: Given(name, "EUR", Value(date(2020, 1, 1), None, Decimal(text), mark, "a text"))
        for name, text in (numbers or {}).items()
        for mark in [Confidence.sourced]
    }
    named = tuple(Input(name, name, "EUR", scale) for name, scale in inputs.items())
    return Formula(
        "f/c/2023Q1/0", "f", "c", "t", "r", named, given_, tuple(steps), tuple(gaps),
        Confidence.sourced, items,
    )  # fmt: skip


def in_rows(found: Exact | Fraction, rows: int) -> list[Fraction]:
    if isinstance(found, Fraction):
        return [found] * rows
    above, below, _ = np.broadcast_arrays(found.numerator, found.denominator, np.zeros(rows))
    pairs = zip(above.tolist(), below.tolist(), strict=True)
    return [Fraction(int(a), int(b)) for a, b in pairs]


# --- what may stand in a formula -----------------------------------------------------------------


@pytest.mark.parametrize(
    "expression",
    [
        "1.5 * a", "1e3", "'a'", "a + 'b'", "b'a'", "True", "None", "...", "1j",
        "a.real", "a.__class__", "().__class__.__base__", "a[0]", "a[0:1]",
        "abs(a)", "max.min(a)", "(max)(a)(b)", "__import__('os')", "open(a)", "(lambda: a)()",
        "lambda: a", "[a]", "(a, b)", "{a}", "{a: b}", "[x for x in a]", "f'{a}'", "*a",
        "max(*a)", "max(a, key=b)", "a := 1", "(a := 1)", "yield", "await a",
        "a // b", "a % b", "a ** b", "a << b", "a | b", "a & b", "a @ b", "~a", "not a", "+a",
        "a == b", "a != b", "a is b", "a in b", "a not in b",
        "", " ", "a b", "a +", "a = 1", "import os", "a; b", "(a", "a)",
    ],
)  # fmt: skip
def test_what_is_no_arithmetic_is_refused(expression: str) -> None:
    with pytest.raises(FormulaError):
        parsed(expression)


@pytest.mark.parametrize("expression", ["max(a)", "a < b < c", "max()", "min() + 1"])
def test_what_reads_as_arithmetic_but_has_no_one_meaning(expression: str) -> None:
    """A chain of comparisons and an extreme of nothing are refused, at the latest when computed."""
    step = Step("amount", f"1 if {expression} else 0" if "<" in expression else expression)
    known = formula([step], {"a": 1, "b": 1, "c": 1})
    if expression == "max(a)":
        assert known.amount([7, 0, 0]) == 7
        return
    with pytest.raises((FormulaError, TypeError)):
        known.amount([1, 2, 3])


def test_names_of_an_expression() -> None:
    assert names_in("max(a, 2) + (b if c > 0 and d < 1 else -min(a, e))") == set("abcde")


@pytest.mark.parametrize("text", ["later", "unheard_of", "max"])
def test_a_name_is_an_input_a_parameter_or_an_earlier_step(text: str) -> None:
    steps = [Step("amount", f"a + {text}"), Step("later", "a")]
    known = formula(steps, {"a": 100})
    for compute in (lambda: known.replay([1]), lambda: known.columns({"a": np.array([1])})):
        with pytest.raises(FormulaError, match="neither an input"):
            compute()


def test_a_comparison_is_one_of_four() -> None:
    names = {"lt": "a < b", "le": "a <= b", "gt": "a > b", "ge": "a >= b"}
    steps = [Step(name, f"1 if {test} else 0") for name, test in names.items()]
    known = formula(steps, {"a": 100, "b": 10})
    below, same, above = ([int(s[n]) for n in names] for v in ((1, 1), (10, 1), (11, 1))
                          for s in known.replay(v))  # fmt: skip
    assert (below, same, above) == ([1, 1, 0, 0], [0, 1, 0, 1], [0, 0, 1, 1])


# --- rounding, gaps, items -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("half_cents", "half_up", "down"), [(1, 1, 0), (-1, -1, 0), (3, 2, 1), (-3, -2, -1), (2, 1, 1)]
)
def test_rounding_modes(half_cents: int, half_up: int, down: int) -> None:
    steps = [Step("up", "a", CENT), Step("down", "a", DOWN), Step("amount", "up - down")]
    known = formula(steps, {"a": 200})
    (one,) = known.replay([half_cents])
    assert one["up"] * 100 == half_up
    assert one["down"] * 100 == down
    found = known.columns({"a": np.array([half_cents])})
    assert in_rows(found["up"], 1) == [one["up"]]
    assert in_rows(found["down"], 1) == [one["down"]]


def test_a_step_is_rounded_before_the_next_one_uses_it() -> None:
    rounded = formula([Step("part", "a / 3", CENT), Step("amount", "part * 3")], {"a": 100})
    assert rounded.amount([100]) == Fraction("0.99")
    assert formula([Step("part", "a / 3"), Step("amount", "part * 3")], {"a": 100}).amount(
        [100]
    ) == Fraction(1)


def test_a_constant_is_rounded_too() -> None:
    known = formula([Step("rate", "p / 3", CENT), Step("amount", "rate * a")], {"a": 1}, {"p": "1"})
    found = known.columns({"a": np.array([10, 20])})
    assert found["rate"] == Fraction("0.33")
    assert in_rows(found["amount"], 2) == [Fraction("3.3"), Fraction("6.6")]


def test_gaps_are_rows_that_fulfil_a_condition() -> None:
    gap = Gap("a > most and b < 1", "too much")
    always = Gap("most > 1", "always")
    known = formula([Step("amount", "a")], {"a": 100, "b": 1}, {"most": "10"}, [gap, always])
    inputs = {"a": np.array([1001, 1000, 1001]), "b": np.array([0, 0, 1])}
    assert known.gap(gap, inputs).tolist() == [True, False, False]
    assert known.gap(always, inputs).tolist() == [True, True, True]


def test_items_are_added_up() -> None:
    known = formula([Step("item", "a * n", CENT)], {"a": 1000, "n": 1}, items=True)
    assert [steps["item"] for steps in known.replay([15, 1, 15, 3])] == [
        Fraction("0.02"),
        Fraction("0.05"),
    ]
    assert known.amount([15, 1, 15, 3]) == Fraction("0.07")
    assert known.amount([]) == 0


@pytest.mark.parametrize("values", [[1], [1, 2, 3]])
def test_a_line_with_too_few_or_many_inputs_is_refused(values: list[int]) -> None:
    known = formula([Step("item", "a * b")], {"a": 100, "b": 1}, items=True)
    with pytest.raises(ValueError, match="argument"):
        known.amount(values)


# --- random formulas -----------------------------------------------------------------------------

INPUTS = {"a": 100, "b": 100, "n": 1}
NUMBERS = {"p": "0.3810", "q": "1.08", "z": "5836.14"}


@st.composite
def expressions(draw: st.DrawFn, depth: int) -> str:
    if depth == 0 or draw(st.integers(0, 5)) == 0:
        return draw(st.sampled_from([*INPUTS, *NUMBERS, "0", "1", "13", "12"]))
    part = expressions(depth - 1)
    one, two = draw(part), draw(part)
    kind = draw(st.sampled_from("+-*/-<mMi"))
    if kind in "+-*/":
        return f"({one} {kind} {two})"
    if kind in "mM":
        others = ", ".join([one, two, *draw(st.lists(part, max_size=1))])
        return f"{'min' if kind == 'm' else 'max'}({others})"
    test = f"{draw(part)} {draw(st.sampled_from(('<', '<=', '>', '>=')))} {draw(part)}"
    if kind == "i":
        test += f" {draw(st.sampled_from(('and', 'or')))} {draw(part)} > {draw(part)}"
    return f"({one} if {test} else -{two})"


ROUNDINGS = st.sampled_from((None, None, CENT, DOWN, Rounding(Decimal("0.0001"), "half-up",
                             Confidence.sourced, "a text")))  # fmt: skip
AMOUNTS = st.one_of(st.integers(-300, 300), st.integers(-(10**12), 10**12))


@given(
    st.lists(st.tuples(expressions(3), ROUNDINGS), min_size=1, max_size=3),
    st.lists(st.tuples(AMOUNTS, AMOUNTS, st.integers(-3, 3)), min_size=1, max_size=4),
)
def test_columns_give_what_single_lines_give(
    written: list[tuple[str, Rounding | None]], lines: list[tuple[int, int, int]]
) -> None:
    steps = [Step(f"s{n}", text, rounding) for n, (text, rounding) in enumerate(written)]
    steps.append(Step("amount", " + ".join(step.name for step in steps)))
    known = formula(steps, INPUTS, NUMBERS)
    inputs = dict(zip(INPUTS, np.array(lines, dtype=np.int64).T, strict=True))
    try:
        one_by_one = [known.replay(line)[0] for line in lines]
    except ZeroDivisionError:
        assume(False)
    try:
        found: dict[str, Any] = known.columns(inputs)
    except ZeroDivisionError:
        # A branch that a line does not take is computed over columns all the same.
        assert any("/" in text for text, _ in written)
        return
    for step in steps:
        expected = [line[step.name] for line in one_by_one]
        assert in_rows(found[step.name], len(lines)) == expected, step


def test_a_branch_not_taken_is_computed_all_the_same() -> None:
    """So a divisor must never be zero in a formula, whatever a line is about."""
    known = formula([Step("amount", "0 if n < 1 else a / n")], {"a": 100, "n": 1})
    assert known.columns({"a": np.array([100]), "n": np.array([2])})["amount"]
    with pytest.raises(ZeroDivisionError):
        known.columns({"a": np.array([100, 100]), "n": np.array([2, 0])})
    with pytest.raises(ZeroDivisionError):
        known.replay([100, 0])
