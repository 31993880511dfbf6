"""Records without ordinary occupations: students, indemnities, dismissed statutory staff."""

from transforms.synth.amounts import part
from transforms.synth.days import iso
from transforms.synth.desk import Desk
from transforms.synth.lines import asbestos_line
from transforms.synth.people import Holder
from transforms.synth.records import wrap
from transforms.synth.terms import Terms
from transforms.synth.using import using_employer

_HALF_TIME_ONLY = "9"
_AGE_CLASSES = 6
_YEAR = 365
_DAYS_A_MONTH = 26
"""In the six-day regime of zone 00073."""
_HOURS_MIN = 4


def student_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Hours within the quota of the glossary; pay by the hour; several users at an agency."""
    number = desk.figures.number
    hours = int(desk.rng.expovariate(1 / number["student_hours_mean"])) + _HOURS_MIN
    hours = min(hours, int(number["student_hours_max"]))
    pay = int(hours * number["student_pay_hour"] * desk.ratio("student_pay"))
    amount = part(pay, int(desk.by_quarter("student_ppm")))
    users = ""
    if desk.agency_users and desk.employer.sector.kind == "agency":
        users = "".join(using_employer(desk) for _ in range(desk.within("student_users")))
    text = desk.blocks.student((pay, amount, hours, terms.unit), users)
    return wrap(desk, terms, text + asbestos_line(desk, pay))


def accident_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Classes 027 and 028: contributions on indemnities for accidents and diseases."""
    terms.worker_code = desk.pick("accident_code")
    natures = {"0"} if terms.employer_class == "028" else {desk.pick("accident_nature")}
    if "0" not in natures and desk.hit("two_indemnities"):
        natures.add(desk.pick("accident_nature"))
    total, indemnities = 0, ""
    for nature in sorted(natures):
        amount, degree = desk.within("accident"), desk.within("incapacity")
        total += amount
        indemnities += desk.blocks.accident_indemnity(
            (nature, f"{degree // 100:03},{degree % 100:02}", amount)
        )
    due = part(total, desk.figures.whole("accident_ppm"))
    line = desk.blocks.contribution((terms.worker_code, 0, total, due))
    return wrap(desk, terms, line + indemnities)


def dismissed_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Statutory staff dismissed: sickness insurance (876) and unemployment (877) after the fact."""
    unemployment = desk.hit("dismissed_unemployment")
    terms.worker_code = "877" if unemployment else "876"
    days = desk.within("dismissed_unemployment" if unemployment else "dismissed_sickness")
    gross = terms.wage * days // _DAYS_A_MONTH
    amount = part(gross, desk.figures.whole("dismissed_ppm"))
    inside = desk.blocks.dismissed(
        (gross, amount, days, iso(desk.span.first - days // 2), desk.last_day)
    )
    return wrap(desk, terms, inside)


def early_retirement_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """A block of quarters up to 2010/1 that the schema still holds."""
    terms.worker_code = "879"
    amount = desk.within("early_retirement")
    return wrap(desk, terms, desk.blocks.early_retirement((0, desk.between(1, 4), amount)))


def indemnity_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Indemnities on top of unemployment, career break or early retirement."""
    terms.worker_code = desk.pick("indemnity_kind")
    early = terms.worker_code == "879"
    first = desk.span.first - desk.within("indemnity_since")
    difficulty = early and desk.hit("in_difficulty")
    head = (
        0,
        terms.committee,
        "00000",
        "0",
        iso(first),
        desk.between(1, 4),
        _HALF_TIME_ONLY if terms.worker_code == "883" else "0",
        "0" if terms.worker_code == "885" else "9",
        "0",
        "0",
        iso(first - desk.within("indemnity_notice")) if early else None,
        ("1" if difficulty else "0") if early else None,
        iso(first - _YEAR) if difficulty else None,
        iso(first + _YEAR) if difficulty else None,
    )
    return wrap(desk, terms, desk.blocks.indemnity(head, _indemnity_lines(desk, terms, early)))


def _indemnity_lines(desk: Desk, terms: Terms, early: bool) -> str:
    monthly = desk.within("indemnity_month")
    age_class = desk.between(0, _AGE_CLASSES)
    codes = (("270", age_class), ("295", 0)) if early else ((terms.worker_code, 0),)
    lines = []
    for code, contribution_type in codes:
        amount = part(monthly * 3, desk.figures.whole("indemnity_ppm"))
        benefit = desk.within("welfare_benefit") if code == "295" else None
        lines.append(
            desk.blocks.indemnity_contribution(
                (code, contribution_type, 0, 1, monthly, "0", benefit, 3, 0, amount)
            )
        )
    return "".join(lines)
