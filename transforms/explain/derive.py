"""From a row of ``core.contribution`` to its explanation."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction

from transforms.contribute.rules import family
from transforms.explain.around import Around, Row
from transforms.explain.origins import traced
from transforms.explain.tree import Derivation, Input, Item, Line, Parameter, Place, Rounded, Step
from transforms.explain.wording import filled
from transforms.formula import Formula, parsed, value_of
from transforms.rates.book import Confidence

_EURO = 2
_AMOUNTS = ("base", "amount", "item", "month")
"""Steps that are euro."""


def line_of(
    row: Row, formulas: Mapping[str, Formula], files: Mapping[str, str], around: Around
) -> Line:
    """``formulas`` by name; ``files``: names of files by id; ``around``: what stands around it."""
    formula = formulas.get(row["formula"] or "")
    derived = None if formula is None else _derivation(formula, row, around)
    mark = Confidence[row["confidence"]] if row["confidence"] else None
    return Line(
        block=row["source_block"],
        code=row["code"],
        type=row["type"],
        title=_title(row, formula),
        sign=row["sign"],
        employer_class=row["employer_class"],
        worker_code=row["worker_code"],
        place=place_of(row, files),
        outcome=row["outcome"],
        anomaly=row["anomaly"],
        reason=row["reason"],
        declared_base=row["declared_base"],
        declared_amount=row["declared_amount"],
        computed_base=row["computed_base"],
        computed_amount=row["computed_amount"],
        difference=row["difference"],
        confidence=mark,
        weakest=() if derived is None or mark is None else tuple(_weakest(derived, mark)),
        derivation=derived,
        replays=None if derived is None else derived.amount == Fraction(row["computed_amount"]),
    )


def place_of(row: Row, files: Mapping[str, str]) -> Place:
    return Place(files.get(row["file_id"]), row["file_id"], row["form_no"], row["line"])


def _title(row: Row, formula: Formula | None) -> str:
    if formula is not None:
        return formula.title
    block = str(row["source_block"]).replace("_", " ")
    try:
        return family(row["family"]).title if row["family"] else block
    except FileNotFoundError:  # computed by a family of another version
        return block


def _derivation(formula: Formula, row: Row, around: Around) -> Derivation:
    return Derivation(
        formula.id,
        formula.family,
        formula.case,
        formula.reference,
        formula.rule,
        tuple(_parameters(formula)),
        tuple(_items(formula, row, around)),
        formula.amount(row["inputs"]),
    )


def _parameters(formula: Formula) -> Iterator[Parameter]:
    for name, given in formula.given.items():
        value = given.value
        yield Parameter(
            name,
            given.parameter,
            value.value,
            given.unit,
            value.first,
            value.last,
            value.confidence,
            value.reference,
        )


def _items(formula: Formula, row: Row, around: Around) -> Iterator[Item]:
    """One item a line, or one for each car."""
    width, values = len(formula.inputs), row["inputs"]
    vehicles = around.vehicles_of(row) if formula.items else []
    for number, steps in enumerate(formula.replay(values)):
        given = values[number * width : (number + 1) * width]
        inputs = [
            Input(one.name, one.title, one.unit, Fraction(value, one.scale))
            for one, value in zip(formula.inputs, given, strict=True)
        ]
        plate = vehicles[number]["license_plate"] if number < len(vehicles) else number + 1
        yield Item(
            f"vehicle {plate}" if formula.items else None,
            tuple(traced(one, formula.family, row, around) for one in inputs),
            tuple(_steps(formula, inputs, steps)),
        )


def _steps(formula: Formula, inputs: list[Input], found: Mapping[str, Fraction]) -> Iterator[Step]:
    known = {one.name: one.value for one in inputs}
    decimals = {one.name: _EURO for one in inputs if one.unit == "EUR"}
    for name, given in formula.given.items():
        known[name] = Fraction(given.value.value)
        decimals[name] = _EURO if given.unit.startswith("EUR") else 0
    for step in formula.steps:
        numbers, since = filled(step.expression, known, decimals)
        rounded = None
        if step.rounding is not None:
            point = step.rounding
            before = _before(step.expression, known)
            rounded = Rounded(before, point.to, point.mode, point.confidence, point.reference)
        decimals[step.name] = _shown(step.name, rounded)
        known[step.name] = found[step.name]
        value = found[step.name]
        yield Step(step.name, step.expression, numbers, since, rounded, value, decimals[step.name])


def _before(expression: str, known: Mapping[str, Fraction]) -> Fraction:
    return Fraction(value_of(parsed(expression), known))


def _shown(name: str, rounded: Rounded | None) -> int:
    """Decimals that a step is shown with: those it is rounded to, two where it is euro."""
    if rounded is not None:
        return _decimals(rounded.to)
    return _EURO if name in _AMOUNTS else 0


def _decimals(value: Decimal) -> int:
    return max(0, -int(value.as_tuple().exponent))


def _weakest(derived: Derivation, mark: Confidence) -> Iterator[str]:
    """What has the mark of the line: numbers, rounding points, codes that count, the rule."""
    if derived.rule is mark:
        yield "the rule itself"
    for parameter in derived.parameters:
        if parameter.confidence is mark:
            yield f"{parameter.name} ({parameter.parameter})"
    steps = [step for item in derived.items for step in item.steps]
    points = [s.name for s in steps if s.rounded and s.rounded.confidence is mark]
    yield from (f"rounding of {name}" for name in dict.fromkeys(points))
    inputs = [one for item in derived.items for one in item.inputs]
    codes = [s.what for one in inputs for s in one.sources if s.confidence is mark]
    yield from (f"that {what} counts" for what in dict.fromkeys(codes))
