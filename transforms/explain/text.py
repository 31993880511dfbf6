"""An explanation as text for a terminal or a file."""

from collections.abc import Iterable, Iterator, Sequence
from textwrap import wrap

from transforms.explain import told
from transforms.explain.tree import (
    Declaration,
    Derivation,
    Explanation,
    Input,
    Item,
    Line,
    Parameter,
    Person,
    Step,
)
from transforms.explain.wording import euro, number, written

_WIDTH = 100
_NAME = 17
"""Columns of a name and the space around it."""
_TALLY_HEAD = ("equal", "different", "not computed", "declared", "computed", "difference")
_PERSON_WIDTHS = (20, 6, 10, 13, 15, 15, 14)
_CLASS_HEAD = ("class", "contributions", "deductions", "balance", "computed", "difference")
_CLASS_WIDTHS = (14, 15, 14, 15, 15, 14)
_CLASSES = "By employer class (EUR; difference: declared minus computed, of the lines computed)"
_PERSONS = "Persons (EUR, deductions below zero; difference as above)"
_AMOUNT_WIDTHS = (12, 16, 16)


def text(explanation: Explanation) -> Iterator[str]:
    """Lines, without their ends."""
    yield told.title_said(explanation)
    for declaration in explanation.declarations:
        yield from _declaration(declaration)
    listed = False
    for person in explanation.people:
        if not person.lines and not listed:
            yield from ("", _PERSONS, _row(("person", *_TALLY_HEAD), _PERSON_WIDTHS))
        listed = not person.lines
        yield from _person(person)


# --- declarations and persons --------------------------------------------------------------------


def _declaration(declaration: Declaration) -> Iterator[str]:
    yield from ("", *_wrapped(told.declaration_said(declaration)))
    yield f"  net amount declared  {euro(declaration.net_declared)} EUR"
    yield from _wrapped(told.counted(declaration.tally), 2)
    yield from ("", _CLASSES, _row(_CLASS_HEAD, _CLASS_WIDTHS))
    for balance in declaration.balances:
        amounts = balance.contributions, balance.deductions, balance.tally.declared
        computed = told.computed_said(balance.tally), euro(balance.tally.difference)
        name = balance.employer_class or "compensation"
        yield _row((name, *map(euro, amounts), *computed), _CLASS_WIDTHS)
    if declaration.lines:
        yield from ("", "Lines not tied to a person")
        yield from _lines(declaration.lines)


def _person(person: Person) -> Iterator[str]:
    tally = person.tally
    if person.lines:
        yield from ("", f"Person {told.inss_said(person.inss)}")
        yield from _wrapped(told.counted(tally), 2)
        yield from _lines(person.lines)
        return
    counts = tally.equal, tally.different, tally.not_computed
    amounts = euro(tally.declared), told.computed_said(tally), euro(tally.difference)
    cells = (told.inss_said(person.inss), *map(str, counts), *amounts)
    yield _row(cells, _PERSON_WIDTHS)


# --- lines ---------------------------------------------------------------------------------------


def _lines(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        yield from ("", "─" * _WIDTH)
        yield from _line(line)


def _line(line: Line) -> Iterator[str]:
    verdict = told.verdict(line)
    yield told.line_name(line).ljust(_WIDTH - len(verdict)) + verdict
    yield from _wrapped(line.title)
    yield from _wrapped(f"{told.place_said(line.place)} ({line.block})")
    if line.reason:
        yield from _wrapped(f"{line.outcome.upper()}: {line.reason}")
    if line.anomaly:
        yield told.anomaly_said(line.anomaly)
    if line.replays is False:
        yield told.NO_REPLAY.upper()
    yield from ("", _row(("EUR", "base", "amount"), _AMOUNT_WIDTHS))
    yield _amounts("declared", line.declared_base, line.declared_amount)
    if line.computed_amount is not None:
        yield _amounts("computed", line.computed_base, line.computed_amount)
        yield _amounts("difference", None, line.difference)
        yield from _explained(line)


def _amounts(name: str, *amounts: object) -> str:
    shown = ("" if a is None and name == "difference" else euro(a) for a in amounts)  # type: ignore[arg-type]
    return _row((name, *shown), _AMOUNT_WIDTHS)


def _explained(line: Line) -> Iterator[str]:
    yield ""
    if line.derivation is None:
        yield told.NO_DERIVATION.upper()
        return
    yield from _derivation(line.derivation)
    yield from ("", f"Result: {told.result_said(line)}")
    yield from _wrapped(told.confidence_said(line))


def _derivation(derived: Derivation) -> Iterator[str]:
    notes: dict[str, int] = {}
    yield from _wrapped(told.rule_said(derived))
    if derived.parameters:
        yield from ("", "Numbers of the law")
    for parameter in derived.parameters:
        yield from _parameter(parameter, notes)
    for item in derived.items:
        yield from _item(item)
    if len(derived.items) > 1:
        yield from ("", f"All together: {number(derived.amount, 2)} EUR")
    if notes:
        yield from ("", "References")
    for reference, at in notes.items():
        yield from wrap(
            reference,
            _WIDTH,
            initial_indent=f"  [{at}] ",
            subsequent_indent=" " * 6,
            break_long_words=False,  # addresses stay whole
            break_on_hyphens=False,
        )


def _parameter(one: Parameter, notes: dict[str, int]) -> Iterator[str]:
    note = notes.setdefault(one.reference, len(notes) + 1)
    said = f"{number(one.value)} {one.unit}, {told.span_said(one)}, {one.confidence.name}"
    yield from _named(one.name, f"{said}, {one.parameter} [{note}]")


def _item(item: Item) -> Iterator[str]:
    yield from ("", f"Taken from the declaration{f', {item.title}' if item.title else ''}")
    for one in item.inputs:
        yield from _input(one)
    yield from ("", "Steps")
    for step in item.steps:
        yield from _step(step)


def _input(one: Input) -> Iterator[str]:
    yield from _named(one.name, f"{told.input_said(one)}  {one.title}")
    for source in one.sources:
        sign = "left out" if source.left_out else "+"
        amount = f"{sign:>{_NAME}} {number(source.value, 2):>13} "
        yield from wrap(
            told.source_said(source),
            _WIDTH,
            initial_indent=amount,
            subsequent_indent=" " * (_NAME + 15),
        )
    if one.note:
        yield from _wrapped(one.note, _NAME + 1)


def _step(step: Step) -> Iterator[str]:
    value = number(step.rounded.before if step.rounded else step.value, step.decimals)
    name = step.name
    for said in dict.fromkeys((written(step.expression), step.numbers, value)):
        yield from _named(name, f"= {said}")
        name = ""
    for condition in step.since:
        yield from _wrapped(f"since {condition}", _NAME + 3)
    if step.rounded:
        yield from _wrapped(told.about_rounding(step), _NAME + 1)


# --- layout --------------------------------------------------------------------------------------


def _named(name: str, said: str) -> Iterator[str]:
    """A name, and what is said of it in the columns behind."""
    first = f"  {name}".ljust(_NAME) + " "
    if len(name) + 2 > _NAME:
        yield f"  {name}"
        first = " " * (_NAME + 1)
    yield from wrap(said, _WIDTH, initial_indent=first, subsequent_indent=" " * (_NAME + 3))


def _wrapped(said: str, indent: int = 0) -> Iterator[str]:
    return iter(
        wrap(said, _WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2))
    )


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *rest = zip(cells, widths, strict=True)
    padded = [cell.rjust(width) for cell, width in rest]
    return "".join([first[0].ljust(first[1]), *padded]).rstrip()
