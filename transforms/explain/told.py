"""The sentences of an explanation, the same in text and on a page."""

from transforms.contribute.compare import BASE_DIFFERS, EQUAL, NOT_COMPUTED
from transforms.explain.tree import (
    Declaration,
    Derivation,
    Explanation,
    Input,
    Line,
    Parameter,
    Place,
    Source,
    Step,
    Tally,
)
from transforms.explain.wording import euro, number
from transforms.rates.book import Confidence

_NSSO_DIGITS = 9
NO_DERIVATION = "the lake does not have the derivation of this amount"
NO_REPLAY = "the stored derivation does not give the stored amount: do not rely on either"


def title_said(asked: Explanation) -> str:
    """What was asked: whose amounts, of which quarter, as known when."""
    person = f", person {inss_said(asked.inss)}" if asked.inss else ""
    as_of = f", as known at {asked.as_of}" if asked.as_of else ""
    return f"Employer {employer_said(asked.employer)}{person}, {asked.quarter}{as_of}"


def employer_said(employer: str) -> str:
    """An NSSO number as 1123673-21, an enterprise number as 0341.367.348."""
    if len(employer) == _NSSO_DIGITS:
        return f"{employer[:7]}-{employer[7:]}"
    return f"{employer[:4]}.{employer[4:7]}.{employer[7:]}"


def inss_said(inss: str) -> str:
    """85.07.30-033.28"""
    return f"{inss[:2]}.{inss[2:4]}.{inss[4:6]}-{inss[6:9]}.{inss[9:]}"


def place_said(place: Place) -> str:
    file = place.file or f"file {place.file_id}"
    return f"{file}, form {place.form_no}, line {place.line}"


def declaration_said(declaration: Declaration) -> str:
    trustee = ", declared by a trustee" if declaration.trusteeship == "1" else ""
    return f"Declaration {place_said(declaration.place)}{trustee}"


def line_name(line: Line) -> str:
    """Code, type, class and worker code of a line, as far as it has them."""
    named = {
        "code": line.code,
        "type": line.type,
        "class": line.employer_class,
        "worker code": line.worker_code,
    }
    return ", ".join(f"{name} {value}" for name, value in named.items() if value)


def verdict(line: Line) -> str:
    """The outcome in capitals; deductions say so."""
    kind = "deduction, " if line.sign < 0 else ""
    return kind + line.outcome.upper()


def anomaly_said(code: str) -> str:
    what = "calculation basis" if code == BASE_DIFFERS else "amount"
    return f"anomaly {code}: the {what} would be recomputed to another one"


def counted(tally: Tally) -> str:
    """Counts and amounts in a sentence; no amount for what was not computed."""
    lines = tally.equal + tally.different + tally.not_computed
    said = (
        f"{lines} line{'' if lines == 1 else 's'}: {tally.equal} equal, {tally.different}"
        f" different, {tally.not_computed} not computed. Declared {euro(tally.declared)} EUR"
    )
    if not tally.not_computed:
        return f"{said}, computed {euro(tally.computed)} EUR."
    if tally.computed is None:
        return f"{said}; nothing of it was computed."
    rest = tally.declared - tally.left
    return (
        f"{said}; not computed as a whole. What was computed comes to {euro(tally.computed)} EUR,"
        f" where {euro(rest)} EUR is declared; {euro(tally.left)} EUR is declared in lines left"
        " open."
    )


def computed_said(tally: Tally) -> str:
    """What all lines come to by the rules, or how many are left open."""
    return f"{tally.not_computed} left open" if tally.not_computed else euro(tally.computed)


def rule_said(derived: Derivation) -> str:
    mark = f" ({derived.rule.name})" if derived.rule is not None else ""
    return f"Rule {derived.formula}{mark}: {derived.reference}"


def span_said(parameter: Parameter) -> str:
    return f"{parameter.first} to {parameter.last}" if parameter.last else f"from {parameter.first}"


def input_said(one: Input) -> str:
    """Its value; a unit where it is money."""
    return f"{number(one.value, 2)} EUR" if one.unit == "EUR" else number(one.value)


def source_said(source: Source) -> str:
    """Which declared line, and why it does not count or how sure it is that it does."""
    number_ = f"occupation {source.occupation}, " if source.occupation is not None else ""
    unit = "" if source.unit == "EUR" else f" ({source.unit})"
    weak = source.confidence is Confidence.unverified
    doubt = " (that it counts is unverified)" if weak else ""
    why = f": {source.left_out}" if source.left_out else doubt
    return f"{number_}{source.what}{unit}, line {source.line}{why}"


def about_rounding(step: Step) -> str:
    """To what, how, what it does, how sure."""
    point = step.rounded
    assert point is not None
    mode = {"half-up": "half up", "down": "down"}.get(point.mode, point.mode)
    does = f"{number(point.before, step.decimals)} becomes {number(step.value, step.decimals)}"
    done = "nothing to round" if point.before == step.value else does
    return f"rounded {mode} to {point.to}: {done} ({point.confidence.name}: {point.reference})"


def confidence_said(line: Line) -> str:
    """The mark of the line and what it comes from."""
    if line.confidence is None:
        return "Confidence: not known"
    if line.confidence is Confidence.sourced:
        return "Confidence: sourced, every number, every rounding point and the rule"
    weakest = ", ".join(line.weakest) or "what the inputs rest on"
    return f"Confidence: {line.confidence.name}, because of {weakest}"


def result_said(line: Line) -> str:
    """What it comes to, beside what is declared."""
    if line.outcome == NOT_COMPUTED or line.computed_amount is None:
        return f"not computed; {euro(line.declared_amount)} EUR declared"
    if line.declared_amount is None:
        return f"{euro(line.computed_amount)} EUR is due, nothing is declared"
    computed = f"{euro(line.computed_amount)} EUR by the rules"
    if line.outcome == EQUAL:
        return f"{computed}, as declared"
    return f"{computed}, {euro(line.declared_amount)} EUR declared"
