"""Deductions of an occupation and of a worker record: those that the worker has a right to.

Amounts are shapes until the rules compute them; shapes stay below the employer share. What the
rules compute as 0 is not declared in the end.
"""

from datetime import date

from transforms.synth.amounts import MILLION, part
from transforms.synth.days import iso, quarter_span
from transforms.synth.desk import Desk
from transforms.synth.law import FIRST_HIRES, first_hire
from transforms.synth.people import Holder, age
from transforms.synth.terms import Terms

_WITH_START = frozenset(("6300",))
_WITH_BASIS = frozenset(("1511",))
_WITH_DETAIL = frozenset(("3500",))
_HORECA, _HORECA_COMMITTEE = "3900", "302"
_FLANDERS, _FLEMISH_CATEGORY = "6320", "1"


def occupation_deductions(
    desk: Desk, terms: Terms, person: Holder, gross: int, fraction: int
) -> str:
    """Structural reduction and at most one target-group reduction.

    ``fraction``: millionths of full-time work.
    """
    if not gross:
        return ""
    text, left = "", part(gross, desk.figures.whole("deduction_ceiling_ppm"))
    category = desk.employer.category(terms.committee)
    if desk.law.structural(category, gross * MILLION // fraction):
        amount = min(part(desk.within("structural"), fraction), left)
        left -= amount
        text = desk.blocks.occupation_deduction(("3000", None, amount, None))
    return text + _target_group(desk, terms, person, fraction, left)


def record_deductions(desk: Desk, terms: Terms, gross: int) -> str:
    """Work bonus of low wages; seldom one that needs more than an amount."""
    text = ""
    if terms.wage < desk.law.work_bonus:
        amount = part(gross, desk.figures.whole("work_bonus_ppm"))
        text = desk.blocks.deduction(("0001", None, amount, None))
    if desk.hit("other_record_deduction"):
        text += _rare_record_deduction(desk, gross)
    return text


def _rare_record_deduction(desk: Desk, gross: int) -> str:
    """2001, which carries no amount, or 0601 with the start of the right and a detail.

    No deduction in force asks for DeductionDetail: it is written so that the block occurs.
    """
    if desk.hit("rare_deduction_empty"):
        return desk.blocks.deduction(("2001", None, None, None))
    amount = part(gross, desk.figures.whole("rare_deduction_ppm"))
    start = iso(desk.span.first - desk.figures.whole("rare_deduction_days"))
    detail = desk.blocks.deduction_detail((1, amount, "CP200/2020/017", None, None))
    return desk.blocks.deduction(("0601", None, amount, start), detail)


def _target_group(desk: Desk, terms: Terms, person: Holder, fraction: int, left: int) -> str:
    """The first right that the worker has, of first hires, the horeca, older workers, others."""
    block, number = desk.blocks.occupation_deduction, desk.figures.number
    code = _first_hire(desk, person)
    if code and desk.hit("first_hire"):
        amount = min(part(desk.figures.whole("first_hire_high"), fraction), left)
        return block((code, None, amount, iso(person.first)))
    other = desk.rng.random()
    if _permanent_in_horeca(desk, terms, person):
        code = _HORECA
    else:
        code = _older(desk, terms) if other < number["older_worker"] else None
    if code is None and other >= number["target_group"]:
        return ""
    amount = min(part(desk.within("target_group"), fraction), left)
    return block((code, None, amount, None)) if code else _unknown(desk, person, amount)


def _first_hire(desk: Desk, person: Holder) -> str | None:
    """The code for the worker in this job of a small employer, whose right began with the job."""
    since = quarter_span(desk.figures.whole("first_hire_since")).first
    if desk.employer.jobs > FIRST_HIRES or person.first < since:
        return None
    start = date.fromordinal(person.first)
    began = start.year * 4 + (start.month - 1) // 3
    return first_hire(person.job, start, desk.index - began + 1)


def _permanent_in_horeca(desk: Desk, terms: Terms, person: Holder) -> bool:
    """One of the full-time workers that a small employer chose."""
    return (
        terms.committee == _HORECA_COMMITTEE
        and not terms.part_time
        and person.job < desk.law.horeca_workers
        and desk.employer.jobs <= desk.law.horeca_jobs
    )


def _older(desk: Desk, terms: Terms) -> str | None:
    """The code of the region of the employer, for those of the right age and category."""
    years = age(terms.inss, date.fromordinal(desk.span.last))
    code = desk.figures.table["region"].pick(desk.employer.index % 10 / 10)
    if code == _FLANDERS:
        due = desk.employer.category(terms.committee) == _FLEMISH_CATEGORY
        return code if due and 0 < desk.law.flemish_older_age <= years else None
    return code if years >= desk.figures.number["older_age"] else None


def _unknown(desk: Desk, person: Holder, amount: int) -> str:
    """A code that no rules compute yet."""
    code = desk.pick("target_group")
    detail = ""
    if code in _WITH_DETAIL:
        detail = desk.blocks.occupation_deduction_detail((1, iso(person.first), 4000, 3800))
    basis = amount * 4 if code in _WITH_BASIS else None
    start = iso(person.first) if code in _WITH_START else None
    return desk.blocks.occupation_deduction((code, basis, amount, start), detail)
