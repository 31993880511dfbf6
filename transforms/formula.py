"""Formulas as text: computed over columns, and replayed for one line.

A formula is a list of named steps, each an expression over inputs (what was declared), parameters
(what the law says, in the rate book) and earlier steps, as a lawyer would write it:

    R: F + alpha * max(S0 - S, 0) + gamma * max(S2 - S, 0)

Allowed are ``+ - * /``, comparisons, ``and``, ``or``, ``A if CONDITION else B``, ``min``, ``max``
and whole numbers; anything else is a ``FormulaError``. Nothing is rounded but the steps that have
a rounding point. The same text is computed in two ways: ``columns`` over millions of lines with
integers, ``replay`` over one line with fractions. What a line stores are its inputs and the name
of its formula; that is its derivation.
"""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache, reduce
from math import floor
from operator import add, and_, mul, or_, sub, truediv
from typing import Any

import numpy as np
import numpy.typing as npt

from transforms.exact import Exact, chosen
from transforms.rates.book import Confidence, Value

Column = npt.NDArray[np.int64]
Number = Exact | Fraction


class FormulaError(ValueError):
    """A formula that cannot be read, or that uses what it does not have."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """Where and how a step is rounded: ``to`` multiples of this, ``half-up`` or ``down``."""

    to: Decimal
    mode: str
    confidence: Confidence
    reference: str


@dataclass(frozen=True, slots=True)
class Input:
    """A number taken from the declaration, stored as a whole number of 1/``scale`` ``unit``."""

    name: str
    title: str
    unit: str
    scale: int


@dataclass(frozen=True, slots=True)
class Step:
    name: str
    expression: str
    rounding: Rounding | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """A parameter of a formula: which number of the rate book, and its dated value."""

    parameter: str
    unit: str
    value: Value


@dataclass(frozen=True, slots=True)
class Gap:
    """Lines for which a rule is not known: those that fulfil the condition ``when``."""

    when: str
    reason: str


@dataclass(frozen=True, slots=True)
class Formula:
    """A family's rule for one case in one quarter, with every number in it.

    ``id`` names it for good: it ends in a digest of all that it holds. ``confidence`` is the
    weakest mark of its parameters, its rounding points and the rule itself; ``rule`` that of the
    rule alone. With ``items`` a line has inputs for each of several items (cars), and its amount
    is the sum of their ``item``.
    """

    id: str
    family: str
    case: str
    title: str
    reference: str
    inputs: tuple[Input, ...]
    given: Mapping[str, Given]
    steps: tuple[Step, ...]
    gaps: tuple[Gap, ...]
    confidence: Confidence
    items: bool
    rule: Confidence | None = None

    def columns(self, inputs: Mapping[str, Column]) -> dict[str, Exact | Fraction]:
        """All steps for columns of inputs (whole numbers of 1/scale), rows side by side."""
        known = {i.name: Exact(inputs[i.name], i.scale) for i in self.inputs}
        steps: dict[str, Exact | Fraction] = self._run(self._constants() | known, _OverColumns)
        return steps

    def gap(self, gap: Gap, inputs: Mapping[str, Column]) -> npt.NDArray[np.bool_]:
        """The rows that a gap is about."""
        known = {i.name: Exact(inputs[i.name], i.scale) for i in self.inputs}
        rows = len(next(iter(inputs.values())))
        found = compiled(gap.when)(self._constants() | known, _OverColumns)
        return np.broadcast_to(found, (rows,))

    def replay(self, values: Sequence[int]) -> list[dict[str, Fraction]]:
        """All steps for one line from its stored inputs, in fractions; one entry an item."""
        width = len(self.inputs)
        return [
            self._run(self._constants() | self._one(values[at : at + width]), _OverOne)
            for at in range(0, len(values), width)
        ]

    def amount(self, values: Sequence[int]) -> Fraction:
        """The amount of one line in euro, from its stored inputs."""
        steps = self.replay(values)
        return sum((s["item"] for s in steps), Fraction(0)) if self.items else steps[0]["amount"]

    def _one(self, values: Sequence[int]) -> dict[str, Any]:
        return {
            i.name: Fraction(value, i.scale) for i, value in zip(self.inputs, values, strict=True)
        }

    def _constants(self) -> dict[str, Any]:
        return {name: _fraction(given.value.value) for name, given in self.given.items()}

    def _run(self, known: dict[str, Any], way: "_Way") -> Any:
        found: dict[str, Any] = {}
        for step in self.steps:
            value = compiled(step.expression)(known, way)
            if step.rounding is not None:
                value = _rounded(value, step.rounding, way)
            known[step.name] = found[step.name] = value
        return found


@cache
def _fraction(value: Decimal) -> Fraction:
    """A number of the law; every batch of a run asks for the same few."""
    return Fraction(value)


def value_of(tree: ast.expr, known: Mapping[str, Fraction]) -> Any:
    """The value of an expression for one line: a fraction, or the truth of a condition."""
    return _compiled(tree)(known, _OverOne)


@cache
def parsed(expression: str) -> ast.expr:
    """The tree of an expression; ``FormulaError`` for anything but arithmetic."""
    try:
        tree = ast.parse(expression, mode="eval").body
    except SyntaxError as error:
        raise FormulaError(f"not an expression: {expression!r}") from error
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            raise FormulaError(f"{type(node).__name__} has no place in {expression!r}")
        if isinstance(node, ast.Constant) and type(node.value) is not int:
            raise FormulaError(f"{node.value!r} in {expression!r}: other numbers are parameters")
        if isinstance(node, ast.Call) and ast.unparse(node.func) not in ("min", "max"):
            raise FormulaError(f"{ast.unparse(node.func)} is not a function of formulas")
    return tree


def names_in(expression: str) -> set[str]:
    """The inputs, parameters and steps that an expression uses."""
    names = {node.id for node in ast.walk(parsed(expression)) if isinstance(node, ast.Name)}
    return names - {"min", "max"}


_ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Call, ast.Name, ast.Constant,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.And, ast.Or, ast.Load,
    ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip


class _OverOne:
    """Choices and rounding for one line."""

    @staticmethod
    def less(one: Fraction, two: Fraction) -> bool:
        return one < two

    @staticmethod
    def choose(condition: bool, yes: Fraction, no: Fraction) -> Fraction:
        return yes if condition else no

    @staticmethod
    def negated(condition: bool) -> bool:
        return not condition

    @staticmethod
    def round(value: Fraction, unit: Fraction, half_up: bool) -> Fraction:
        times = abs(value / unit) + (Fraction(1, 2) if half_up else 0)
        return floor(times) * unit if value >= 0 else -floor(times) * unit


class _OverColumns:
    """Choices and rounding for all rows at once; constants stay fractions."""

    @staticmethod
    def less(one: Number, two: Number) -> Any:
        if isinstance(one, Exact):
            return one.less(two)
        if isinstance(two, Exact):
            return (-two).less(-one)
        return one < two

    @staticmethod
    def choose(condition: Any, yes: Number, no: Number) -> Number:
        if isinstance(condition, bool):
            return yes if condition else no
        return chosen(condition, yes, no)

    @staticmethod
    def negated(condition: Any) -> Any:
        return not condition if isinstance(condition, bool) else ~condition

    @staticmethod
    def round(value: Number, unit: Fraction, half_up: bool) -> Number:
        if isinstance(value, Exact):
            return value.rounded(unit, half_up)
        return _OverOne.round(value, unit, half_up)


_Way = type[_OverOne] | type[_OverColumns]

_ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: truediv,
}


_Known = Mapping[str, Any]
_Computed = Callable[[_Known, _Way], Any]


@cache
def compiled(expression: str) -> _Computed:
    """What computes an expression from what is known, one way or the other."""
    return _compiled(parsed(expression))


def _compiled(node: ast.expr) -> _Computed:
    match node:
        case ast.Constant(value=value):
            number = Fraction(int(str(value)))
            return lambda known, way: number
        case ast.Name(id=name):
            return lambda known, way: _named(name, known)
        case ast.UnaryOp(operand=operand):
            inner = _compiled(operand)
            return lambda known, way: -inner(known, way)
        case ast.BinOp(left=left, op=op, right=right):
            return _of_two(_ARITHMETIC[type(op)], _compiled(left), _compiled(right))
        case ast.Compare(left=left, ops=[how], comparators=[right]):
            one, two = _compiled(left), _compiled(right)
            return lambda known, way: _compared(how, one(known, way), two(known, way), way)
        case ast.BoolOp(op=op, values=values):
            both = and_ if isinstance(op, ast.And) else or_
            parts = [_compiled(value) for value in values]
            return lambda known, way: reduce(both, [part(known, way) for part in parts])
        case ast.IfExp(test=test, body=body, orelse=other):
            when, yes, no = _compiled(test), _compiled(body), _compiled(other)
            return lambda known, way: way.choose(when(known, way), yes(known, way), no(known, way))
        case ast.Call(func=ast.Name(id=name), args=args):
            every = [_compiled(argument) for argument in args]
            return lambda known, way: reduce(
                lambda a, b: _extreme(name, a, b, way), [each(known, way) for each in every]
            )
    raise FormulaError(f"not understood: {ast.unparse(node)}")


def _of_two(operation: Callable[[Any, Any], Any], one: _Computed, two: _Computed) -> _Computed:
    return lambda known, way: operation(one(known, way), two(known, way))


def _named(name: str, known: _Known) -> Any:
    try:
        return known[name]
    except KeyError:
        message = f"{name} is neither an input, a parameter nor an earlier step"
        raise FormulaError(message) from None


def _compared(op: ast.cmpop, one: Any, two: Any, way: _Way) -> Any:
    match op:
        case ast.Lt():
            return way.less(one, two)
        case ast.Gt():
            return way.less(two, one)
        case ast.LtE():
            return way.negated(way.less(two, one))
        case _:
            return way.negated(way.less(one, two))


def _extreme(name: str, one: Any, two: Any, way: _Way) -> Any:
    first_is_less = way.less(one, two)
    return way.choose(first_is_less, *((one, two) if name == "min" else (two, one)))


def _rounded(value: Any, rounding: Rounding, way: _Way) -> Any:
    return way.round(value, Fraction(rounding.to), rounding.mode == "half-up")
