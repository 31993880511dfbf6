"""Numbers and expressions as a person reads them."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from transforms.formula import parsed, value_of

MINUS = "\N{MINUS SIGN}"
_MOST_DECIMALS = 10
_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+", ast.Sub: MINUS, ast.Mult: "×", ast.Div: "/",
    ast.Lt: "<", ast.LtE: "≤", ast.Gt: ">", ast.GtE: "≥",
    ast.And: "and", ast.Or: "or",
}  # fmt: skip
_CHOICE, _OR, _AND, _COMPARED, _SUM, _PRODUCT, _ALONE = range(7)


def number(value: Fraction | Decimal | int, decimals: int = 0) -> str:
    """All digits, at least some ``decimals``; three dots behind what goes on for longer."""
    exact = Fraction(value)
    sign = MINUS if exact < 0 else ""
    whole, rest = divmod(abs(exact.numerator), exact.denominator)
    digits = ""
    while rest and len(digits) < _MOST_DECIMALS:
        digit, rest = divmod(rest * 10, exact.denominator)
        digits += str(digit)
    digits = digits.ljust(decimals, "0")
    return f"{sign}{whole:,}{'.' if digits else ''}{digits}{'…' if rest else ''}"


def euro(amount: Decimal | None) -> str:
    """An amount, a dash where there is none."""
    return "–" if amount is None else number(amount, 2)


def written(expression: str) -> str:
    """An expression with the signs that people write."""
    return _Writing(lambda name: name).text(parsed(expression))


def filled(
    expression: str, known: Mapping[str, Fraction], decimals: Mapping[str, int]
) -> tuple[str, tuple[str, ...]]:
    """The expression with its numbers, of the cases that apply; and the conditions that decided."""
    writing = _Writing(lambda name: number(known[name], decimals.get(name, 0)), known)
    text = writing.text(parsed(expression))
    return text, tuple(writing.conditions)


class _Writing:
    """Writes one expression. With ``known`` numbers only what applies is written."""

    def __init__(
        self, name: Callable[[str], str], known: Mapping[str, Fraction] | None = None
    ) -> None:
        self._name = name
        self._known = known
        self.conditions: list[str] = []

    def text(self, node: ast.expr, around: int = _CHOICE) -> str:
        """``around``: how tightly what stands around it binds."""
        if self._known is not None and isinstance(node, ast.IfExp):
            return self.text(self._chosen(node, self._known), around)
        binds, text = self._written(node)
        return f"({text})" if binds < around else text

    def _chosen(self, node: ast.IfExp, known: Mapping[str, Fraction]) -> ast.expr:
        holds = bool(value_of(node.test, known))
        symbols = _Writing(lambda name: name).text(node.test)
        said = "holds" if holds else "does not hold"
        self.conditions.append(f"{symbols}: {self.text(node.test)} {said}")
        return node.body if holds else node.orelse

    def _written(self, node: ast.expr) -> tuple[int, str]:
        match node:
            case ast.Constant(value=value):
                return _ALONE, str(value)
            case ast.Name(id=name):
                text = self._name(name)
                return (_SUM if text.startswith(MINUS) else _ALONE), text
            case ast.UnaryOp(operand=operand):
                return _SUM, MINUS + self.text(operand, _PRODUCT)
            case ast.BinOp(left=left, op=op, right=right):
                binds = _PRODUCT if isinstance(op, ast.Mult | ast.Div) else _SUM
                tighter = binds + isinstance(op, ast.Sub | ast.Div)
                text = f"{self.text(left, binds)} {_SIGNS[type(op)]} {self.text(right, tighter)}"
                return binds, text
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                text = f"{self.text(left, _SUM)} {_SIGNS[type(op)]} {self.text(right, _SUM)}"
                return _COMPARED, text
            case ast.BoolOp(op=op, values=values):
                binds = _AND if isinstance(op, ast.And) else _OR
                joined = f" {_SIGNS[type(op)]} ".join(self.text(v, binds + 1) for v in values)
                return binds, joined
            case ast.IfExp(test=test, body=body, orelse=other):
                parts = self.text(body, _OR), self.text(test, _OR), self.text(other, _OR)
                return _CHOICE, "{} if {} else {}".format(*parts)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._extreme(name, args)
        raise ValueError(f"not understood: {ast.unparse(node)}")

    def _extreme(self, name: str, args: list[ast.expr]) -> tuple[int, str]:
        """``min`` and ``max`` in words where numbers stand, whose commas would mislead."""
        texts = [self.text(arg) for arg in args]
        if self._known is None:
            return _ALONE, f"{name}({', '.join(texts)})"
        which = {"min": "the lower of", "max": "the higher of"}[name]
        return _CHOICE, f"{which} {' and '.join(texts)}"
