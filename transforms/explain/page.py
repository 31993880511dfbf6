"""An explanation as one HTML page that needs nothing else: to read, to keep, to print."""

from collections.abc import Iterable, Iterator, Sequence

from transforms.explain import told
from transforms.explain.markup import Html, joined, table, tag
from transforms.explain.style import STYLE
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

_CLASS_HEAD = ("Class", "Contributions", "Deductions", "Balance", "Computed", "Difference")
_PERSON_HEAD = ("Equal", "Different", "Not computed", "Declared", "Computed", "Difference")
_BESIDE = "Difference: declared minus computed, of the lines that were computed. Amounts in euro."
_OPEN_FOR_PRINT = (
    "addEventListener('beforeprint',()=>document.querySelectorAll('details')"
    ".forEach(one=>one.open=true))"
)


def page(explanation: Explanation) -> Iterator[str]:
    """Pieces of the page; persons are written one by one, as they come."""
    title = told.title_said(explanation)
    head = joined(
        (
            Html('<meta charset="utf-8">'),
            Html('<meta name="viewport" content="width=device-width, initial-scale=1">'),
            tag("title", title),
            tag("style", Html(STYLE)),
            tag("script", Html(_OPEN_FOR_PRINT)),
        )
    )
    yield f'<!doctype html>\n<html lang="en">{tag("head", head)}\n<body>{tag("h1", title)}\n'
    for declaration in explanation.declarations:
        yield _declaration(declaration) + "\n"
    yield from _people(explanation.people)
    yield "</body></html>\n"


# --- declarations and persons --------------------------------------------------------------------


def _declaration(one: Declaration) -> Html:
    rows = (
        (
            balance.employer_class or "compensation",
            *map(euro, (balance.contributions, balance.deductions, balance.tally.declared)),
            told.computed_said(balance.tally),
            euro(balance.tally.difference),
        )
        for balance in one.balances
    )
    return tag(
        "section",
        tag("h2", told.declaration_said(one)),
        tag("p", "Net amount declared ", tag("strong", euro(one.net_declared)), " EUR"),
        tag("p", told.counted(one.tally)),
        table(_CLASS_HEAD, rows, range(1, 6)),
        tag("p", _BESIDE, cls="note"),
        tag("h3", "Lines not tied to a person") if one.lines else None,
        *(_line(line) for line in one.lines),
    )


def _people(people: Iterable[Person]) -> Iterator[str]:
    """Persons one after the other: in one table as long as they come without lines."""
    in_table = False
    for person in people:
        if not person.lines and not in_table:
            heads = (tag("th", name, cls="number") for name in _PERSON_HEAD)
            yield f"{tag('h2', 'Persons')}<table><thead>"
            yield tag("tr", tag("th", "Person"), *heads) + "</thead><tbody>\n"
            in_table = True
        yield (_person_row(person) if in_table else _person(person)) + "\n"
    if in_table:
        yield "</tbody></table>\n"


def _person_row(person: Person) -> Html:
    tally = person.tally
    counts = map(str, (tally.equal, tally.different, tally.not_computed))
    amounts = euro(tally.declared), told.computed_said(tally), euro(tally.difference)
    cells = (tag("td", cell, cls="number") for cell in (*counts, *amounts))
    return tag("tr", tag("td", told.inss_said(person.inss)), *cells)


def _person(person: Person) -> Html:
    return tag(
        "section",
        tag("h2", f"Person {told.inss_said(person.inss)}"),
        tag("p", told.counted(person.tally)),
        *(_line(line) for line in person.lines),
    )


# --- lines ---------------------------------------------------------------------------------------


def _line(line: Line) -> Html:
    outcome = line.outcome.replace(" ", "-")
    return tag(
        "article",
        tag("h3", told.line_name(line), tag("span", told.verdict(line), cls=f"badge {outcome}")),
        tag("p", line.title),
        tag("p", f"{told.place_said(line.place)} ({line.block})", cls="note"),
        _reason(line),
        tag("p", told.anomaly_said(line.anomaly)) if line.anomaly else None,
        tag("p", told.NO_REPLAY, cls="reason") if line.replays is False else None,
        _amounts(line),
        _explained(line) if line.computed_amount is not None else None,
        cls=outcome,
    )


def _reason(line: Line) -> Html | None:
    if not line.reason:
        return None
    return tag("p", tag("strong", line.outcome.capitalize()), f": {line.reason}", cls="reason")


def _amounts(line: Line) -> Html:
    rows = [("Declared", euro(line.declared_base), euro(line.declared_amount))]
    if line.computed_amount is not None:
        rows.append(("Computed", euro(line.computed_base), euro(line.computed_amount)))
        rows.append(("Difference", "", euro(line.difference)))
    return table(("EUR", "Base", "Amount"), rows, (1, 2))


def _explained(line: Line) -> Html:
    if line.derivation is None:
        return tag("p", told.NO_DERIVATION, cls="reason")
    return joined(
        (
            tag("p", "Result: ", told.result_said(line)),
            tag("p", told.confidence_said(line)),
            tag(
                "details",
                tag("summary", "Step by step"),
                _derivation(line.derivation),
                open=line.outcome == "different",
            ),
        )
    )


def _derivation(derived: Derivation) -> Html:
    several = len(derived.items) > 1
    together = f"All together: {number(derived.amount, 2)} EUR"
    return joined(
        (
            tag("p", told.rule_said(derived), cls="note"),
            *(_item(item) for item in derived.items),
            tag("p", together) if several else None,
            _law(derived.parameters) if derived.parameters else None,
        )
    )


def _law(parameters: Sequence[Parameter]) -> Html:
    """The numbers of the law; a reference that several share is written once."""
    notes = {p.reference: 0 for p in parameters}
    notes = {reference: at for at, reference in enumerate(notes, 1)}
    head = ("Name", "Value", "Unit", "Holds", "Confidence", "Parameter", "Reference")
    rows = (
        (
            tag("code", one.name),
            number(one.value),
            tag("span", one.unit, cls="short"),
            tag("span", told.span_said(one), cls="short"),
            one.confidence.name,
            tag("span", tag("code", one.parameter), cls="reference"),
            f"[{notes[one.reference]}]",
        )
        for one in parameters
    )
    references = (tag("p", f"[{at}] {reference}", cls="note") for reference, at in notes.items())
    return joined((tag("h4", "Numbers of the law"), table(head, rows, (1,)), *references))


def _item(item: Item) -> Html:
    title = f"Taken from the declaration{f', {item.title}' if item.title else ''}"
    inputs = [row for one in item.inputs for row in _input(one)]
    return joined(
        (
            tag("h4", title),
            table(("Name", "Value", "What it is"), inputs, (1,)),
            tag("h4", "Steps"),
            table(("Step", "Value", "How"), map(_step, item.steps), (1,)),
        )
    )


def _input(one: Input) -> Iterator[tuple[object, ...]]:
    yield tag("code", one.name), tag("strong", told.input_said(one)), one.title
    for source in one.sources:
        sign = "left out" if source.left_out else "+"
        value = tag("span", number(source.value, 2), cls="left-out" if source.left_out else False)
        yield tag("span", sign, cls="note"), value, tag("span", told.source_said(source))
    if one.note:
        yield "", "", tag("span", one.note, cls="note")


def _step(step: Step) -> tuple[object, ...]:
    said = dict.fromkeys((written(step.expression), step.numbers))
    lines = [tag("div", f"= {one}", cls="formula") for one in said]
    if step.rounded:
        before = number(step.rounded.before, step.decimals)
        lines.append(tag("div", f"= {before}", cls="formula"))
    lines += [tag("div", f"since {one}", cls="note") for one in step.since]
    if step.rounded:
        lines.append(tag("div", told.about_rounding(step), cls="note"))
    value = tag("strong", number(step.value, step.decimals))
    return tag("code", step.name), value, joined(lines)
