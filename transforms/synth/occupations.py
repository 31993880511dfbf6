"""Occupations: a stretch of a job with its days, hours and pay."""

from dataclasses import dataclass
from datetime import date

from transforms.synth.days import iso, working_time
from transforms.synth.deductions import occupation_deductions
from transforms.synth.desk import Desk
from transforms.synth.informations import informations
from transforms.synth.pay import (
    WORK,
    Stretch,
    paid_days,
    remuneration_line,
    remuneration_lines,
    service_lines,
    services,
    worked_fraction,
)
from transforms.synth.people import Holder
from transforms.synth.terms import Terms
from transforms.synth.xml import Field

_INDEMNITY_UNIT = "8999999894"
"""Fictitious establishment unit: not applicable (zone 00042)."""
_INDEMNITY_CODE = "003"
_LOCAL_GOVERNMENT = "84114"
NO_COMMITTEE = "999"
_WEEK = 7
_DAYS_A_MONTH = 30


@dataclass(slots=True)
class Piece:
    """An occupation as text, with its pay subject to contributions in cents."""

    text: str
    gross: int


@dataclass(slots=True)
class Extras:
    """What only some occupations have: a measure, exemption from work, blocks of their own.

    ``worked``: days of work, in hundredths, where they do not follow from the regime.
    """

    measure: str | None = None
    exempt: bool = False
    after_informations: str = ""
    after_pay: str = ""
    deductible: bool = True
    worked: int | None = None


def occupation(
    desk: Desk, terms: Terms, person: Holder, stretch: Stretch, sequence: int, extras: Extras
) -> Piece:
    """One occupation with everything inside."""
    worked = extras.worked
    by_code = services(desk, terms, stretch) if worked is None else [(WORK, worked)]
    fraction = worked_fraction(desk, terms, stretch, paid_days(by_code))
    gross, pay = remuneration_lines(desk, terms, fraction)
    inside = (
        informations(desk, terms, extras.exempt)
        + extras.after_informations
        + service_lines(desk, terms, stretch, by_code)
        + pay
        + extras.after_pay
    )
    if extras.deductible:
        inside += occupation_deductions(desk, terms, person, gross, fraction)
    head = _head(desk, terms, stretch, sequence, extras.measure)
    return Piece(desk.blocks.occupation(head, inside), gross)


def termination_indemnity(desk: Desk, terms: Terms, last_day: int, sequence: int) -> Piece:
    """An occupation of its own for indemnity pay, from the day after ``last_day``."""
    starts = last_day + 1
    ends = min(last_day + desk.within("indemnity_weeks") * _WEEK, _last_day_of_year(starts))
    days = working_time(starts, ends, terms.days)
    amount = terms.wage * terms.hours * (ends - starts + 1) // (terms.full_hours * _DAYS_A_MONTH)
    if not days or not amount:
        return Piece("", 0)
    stretch = Stretch(starts, ends, starts, ends, terms.hours, terms.days)
    inside = service_lines(desk, terms, stretch, [(WORK, days)]) + remuneration_line(
        desk, 1, _INDEMNITY_CODE, amount
    )
    head = _head(desk, terms, stretch, sequence, None, unit=_INDEMNITY_UNIT)
    return Piece(desk.blocks.occupation(head, inside), amount)


def _head(
    desk: Desk,
    terms: Terms,
    stretch: Stretch,
    sequence: int,
    measure: str | None,
    unit: str | None = None,
) -> tuple[Field, ...]:
    referenced = desk.hit("user_reference")
    public = terms.committee == NO_COMMITTEE
    return (
        sequence,
        iso(stretch.starts),
        None if stretch.ends is None else iso(stretch.ends),
        terms.committee,
        stretch.days,
        int(stretch.hours < terms.full_hours),
        terms.full_hours,
        terms.status,
        stretch.hours,
        measure,
        terms.retired,
        terms.apprentice,
        f"J{terms.unit[2:8]}-{sequence}" if referenced else None,
        _LOCAL_GOVERNMENT if public else None,
        unit or terms.unit,
    )


def _last_day_of_year(ordinal: int) -> int:
    return date(date.fromordinal(ordinal).year, 12, 31).toordinal()
