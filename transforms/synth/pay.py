"""Days and pay of a stretch of work: service lines and remuneration lines."""

from dataclasses import dataclass

from transforms.synth.amounts import MILLION
from transforms.synth.days import working_time
from transforms.synth.desk import Desk
from transforms.synth.terms import Terms

WORK, LEGAL_HOLIDAY, SICKNESS = 1, 2, 50
_PAID_ABSENCES = frozenset((5, 10, 14))
_PAY_CODES = {"flexi": ("022", "023")}
"""Codes of pay and of premiums where they are not 1 and 2."""
_NOT_SUBJECT = frozenset(("10", "13", "20"))
_ONCE_A_YEAR = 12
_WORKING_DAYS = 6500
"""Hundredths of a day in a quarter, about: what the figures on holidays refer to."""
_MONTHS = 3
_HALF_DAY = 50
_HOURS_STATUS = frozenset(("S", "T", "D"))


@dataclass(slots=True)
class Stretch:
    """Part of a job without a change. Days are ordinals; hours and days a week hundredths.

    ``starts`` and ``ends`` are declared, ``first`` and ``last`` bound what lies in the quarter.
    """

    starts: int
    ends: int | None
    first: int
    last: int
    hours: int
    days: int


def services(desk: Desk, terms: Terms, stretch: Stretch) -> list[tuple[int, int]]:
    """Service codes with their days in hundredths; code 1 first, where there is work at all."""
    due = working_time(stretch.first, stretch.last, stretch.days)
    random, number = desk.rng.random, desk.figures.number
    if due and random() < number["sick_all_quarter"]:
        return [(SICKNESS, due)]
    absences: list[tuple[int, int]] = []
    if terms.manual and terms.kind == "ordinary":
        mean = desk.by_quarter("holiday_days") * 100 * due / _WORKING_DAYS
        absences.append((LEGAL_HOLIDAY, int(mean * desk.ratio("holiday_spread"))))
    if random() < number["sickness"]:
        longest = due * number["sickness_longest"]
        absences.append((SICKNESS, _length(longest, random() ** number["sickness_skew"])))
    if random() < number["other_absence"]:
        code = desk.pick("other_absence_manual" if terms.manual else "other_absence_white")
        longest = due * number["other_absence_longest"]
        absences.append((int(code), _length(longest, random() ** number["other_absence_skew"])))
    return _fitted(due, absences)


def _length(longest: float, draw: float) -> int:
    return _HALF_DAY + int(longest * draw)


def _fitted(due: int, absences: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Absences in half days, as long as half a day of work is left."""
    taken: list[tuple[int, int]] = []
    for code, days in absences:
        days = days // _HALF_DAY * _HALF_DAY
        if _HALF_DAY <= days < due:
            taken.append((code, days))
            due -= days
    taken.sort()
    return [(WORK, due), *taken] if due else taken


def service_lines(
    desk: Desk, terms: Terms, stretch: Stretch, days_by_code: list[tuple[int, int]]
) -> str:
    """Full-timers declare days, part-timers and some statuses days and hours."""
    block = desk.blocks.service
    with_hours = stretch.hours < terms.full_hours or terms.status in _HOURS_STATUS
    return "".join(
        [
            block(
                (
                    sequence,
                    f"{code:03}",
                    days,
                    (days * stretch.hours // stretch.days or 1) if with_hours else None,
                )
            )
            for sequence, (code, days) in enumerate(days_by_code, 1)
        ]
    )


def paid_days(days_by_code: list[tuple[int, int]]) -> int:
    """Days that the employer pays, in hundredths."""
    return sum(days for code, days in days_by_code if code == WORK or code in _PAID_ABSENCES)


def worked_fraction(desk: Desk, terms: Terms, stretch: Stretch, paid: int) -> int:
    """Paid work as millionths of full-time work during the whole quarter."""
    full = working_time(desk.span.first, desk.span.last, stretch.days)
    return paid * stretch.hours * MILLION // (full * terms.full_hours) if full else 0


def remuneration_lines(desk: Desk, terms: Terms, fraction: int) -> tuple[int, str]:
    """Pay subject to contributions in cents, and all remuneration lines."""
    pay = terms.wage * _MONTHS * fraction // MILLION
    if pay == 0:
        return 0, ""
    ordinary, bonus = _PAY_CODES.get(terms.kind, ("001", "002"))
    gross, lines = pay, [remuneration_line(desk, 1, ordinary, pay)]
    random, number = desk.rng.random, desk.figures.number
    premium = "year_end_premium" if desk.quarter.number == 4 else "other_premium"
    if random() < number[premium]:
        amount = 1 + int(terms.wage * fraction // MILLION * desk.ratio("premium"))
        frequency = _ONCE_A_YEAR if random() < number["premium_once_a_year"] else 0
        lines.append(remuneration_line(desk, 2, bonus, amount, frequency))
        gross += amount
    if terms.kind != "flexi" and random() < number["other_pay"]:
        code = desk.pick("other_pay")
        amount = 1 + int(pay * desk.ratio("other_pay"))
        lines.append(remuneration_line(desk, len(lines) + 1, f"{int(code):03}", amount))
        gross += 0 if code in _NOT_SUBJECT else amount
    return gross, "".join(lines)


def remuneration_line(
    desk: Desk, sequence: int, code: str, amount: int, frequency: int | None = None
) -> str:
    """One Remun block, counted in the ledger."""
    desk.ledger.remuneration += amount
    return desk.blocks.remun((sequence, code, frequency, amount))
