"""Deductions of an occupation and of a worker record: plausible amounts, never above a ceiling."""

from transforms.synth.amounts import part
from transforms.synth.days import iso, quarter_span
from transforms.synth.desk import Desk
from transforms.synth.people import Holder
from transforms.synth.terms import Terms

_FIRST_HIRES = ("3315", "3324", "3333", "3342", "3352", "3360")
"""By rank of the job at a small employer: annex 4, reductions for first hires."""
_WITH_START = frozenset(("6300",))
_WITH_BASIS = frozenset(("1511",))
_WITH_DETAIL = frozenset(("3500",))
_HORECA_ONLY = "3900"


def occupation_deductions(
    desk: Desk, terms: Terms, person: Holder, gross: int, fraction: int
) -> str:
    """Structural reduction and at most one target-group reduction.

    ``fraction``: millionths of full-time work. Together they stay below the employer share.
    """
    number = desk.figures.number
    left = part(gross, desk.figures.whole("deduction_ceiling_ppm"))
    text = ""
    if left and desk.rng.random() < number["structural"]:
        amount = part(desk.within("structural"), fraction)
        amount = min(amount, left)
        left -= amount
        text = _line(desk, "3000", amount)
    if not left:
        return text
    if _first_hire(desk, person) and desk.rng.random() < number["first_hire"]:
        amount = min(part(desk.figures.whole("first_hire_high"), fraction), left)
        return text + _line(desk, _FIRST_HIRES[person.job], amount, start=iso(person.first))
    if desk.rng.random() < number["target_group"]:
        amount = min(part(desk.within("target_group"), fraction), left)
        return text + _target_group(desk, terms, person, amount)
    return text


def record_deductions(desk: Desk, terms: Terms, gross: int) -> str:
    """Work bonus of low wages; seldom one that needs more than an amount."""
    number = desk.figures.number
    text = ""
    if terms.wage < number["work_bonus_below"]:
        amount = part(gross, desk.figures.whole("work_bonus_ppm"))
        text = desk.blocks.deduction(("0001", None, desk.deduct(amount), None))
    if desk.rng.random() < number["other_record_deduction"]:
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
    return desk.blocks.deduction(("0601", None, desk.deduct(amount), start), detail)


def _first_hire(desk: Desk, person: Holder) -> bool:
    return (
        desk.employer.jobs <= len(_FIRST_HIRES)
        and person.first >= quarter_span(desk.figures.whole("first_hire_since")).first
    )


def _target_group(desk: Desk, terms: Terms, person: Holder, amount: int) -> str:
    code = desk.pick("target_group")
    if code == _HORECA_ONLY and terms.committee != "302":
        code = "6320"
    detail = ""
    if code in _WITH_DETAIL:
        detail = desk.blocks.occupation_deduction_detail((1, iso(person.first), 4000, 3800))
    return _line(
        desk,
        code,
        amount,
        basis=amount * 4 if code in _WITH_BASIS else None,
        start=iso(person.first) if code in _WITH_START else None,
        detail=detail,
    )


def _line(
    desk: Desk,
    code: str,
    amount: int,
    basis: int | None = None,
    start: str | None = None,
    detail: str = "",
) -> str:
    return desk.blocks.occupation_deduction((code, basis, desk.deduct(amount), start), detail)
