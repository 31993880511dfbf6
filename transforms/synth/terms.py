"""On what terms a person works: code, regime, hours, pay. The same as long as the job is theirs."""

from dataclasses import dataclass
from math import exp

from transforms.synth.days import FULL_WEEK
from transforms.synth.desk import Desk
from transforms.synth.people import ADULT, RETIRED, YOUNG, Holder

MANUAL_CODE, WHITE_CODE = "015", "495"
_SIX_DAYS = 600
_HORECA = "302"
_APPRENTICES = {True: ("035", "027"), False: ("439", "487")}


@dataclass(slots=True)
class Terms:
    """``kind`` chooses who writes the record. Hours a week and days a week in hundredths.

    ``wage``: full-time pay a month in cents. ``years``: range of birth years of the holder, who
    has the number ``inss`` as soon as they are found.
    """

    kind: str
    worker_code: str
    employer_class: str
    committee: str
    manual: bool
    days: int
    full_hours: int
    hours: int
    wage: int
    unit: str
    years: str
    status: str | None = None
    retired: int = 0
    apprentice: int | None = None
    inss: str = ""

    @property
    def part_time(self) -> bool:
        return self.hours < self.full_hours


def terms_of(desk: Desk, person: Holder) -> Terms:
    """Draws from the generator of the person only, in an order that no quarter changes."""
    sector, employer = desk.employer.sector, desk.employer
    draw = person.rng.random
    manual = draw() < sector.manual
    kind, code, years = _kind(desk, manual, draw())
    full, hours, days = _regime(desk, kind, draw(), draw(), draw())
    terms = Terms(
        kind,
        code,
        employer_class(desk, manual),
        sector.manual_committee if manual else sector.white_committee,
        manual,
        days,
        full,
        hours,
        _wage(desk, manual, person.rng.gauss(0.0, 1.0), draw()),
        employer.units[int(draw() * len(employer.units))],
        years,
    )
    if kind == "ordinary":
        _particulars(desk, terms, draw(), draw())
    elif kind == "apprentice":
        terms.apprentice = 1
    return terms


def employer_class(desk: Desk, manual: bool) -> str:
    """The class under which an employer declares workers of this side."""
    other = "" if manual else desk.employer.sector.white_class
    return other or desk.employer.employer_class


def _kind(desk: Desk, manual: bool, draw: float) -> tuple[str, str, str]:
    """Kind of record, worker code, range of birth years."""
    sector, number = desk.employer.sector, desk.figures.number
    if sector.kind == "fedris":
        return "fedris", "", ADULT
    for share, kind in (
        (sector.student, "student"),
        (sector.flexi, "flexi"),
        (sector.apprentice, "apprentice"),
        (number["complementary_indemnity"], "indemnity"),
        (number["early_retirement"], "early_retirement"),
        (number["casual"] * (sector.manual_committee == _HORECA), "casual"),
    ):
        if draw < share:
            return kind, *_code(kind, manual, draw < share / 2)
        draw -= share
    if sector.kind == "public":
        return _public(desk, manual, draw)
    return "ordinary", MANUAL_CODE if manual else WHITE_CODE, ADULT


def _code(kind: str, manual: bool, first_half: bool) -> tuple[str, str]:
    match kind:
        case "student":
            return "840" if manual else "841", YOUNG
        case "flexi":
            return "050" if manual else "450", ADULT
        case "apprentice":
            return _APPRENTICES[manual][0 if first_half else 1], YOUNG
        case "casual":
            return MANUAL_CODE if manual else WHITE_CODE, ADULT
        case _:
            return "", RETIRED


def _public(desk: Desk, manual: bool, draw: float) -> tuple[str, str, str]:
    number = desk.figures.number
    if draw < number["dismissed_statutory"]:
        return "dismissed", "", ADULT
    if draw < number["statutory"] and desk.employer.employer_class != "753":
        return "statutory", "675", ADULT
    return "public", MANUAL_CODE if manual else WHITE_CODE, ADULT


def _regime(
    desk: Desk, kind: str, draw: float, fraction: float, week: float
) -> tuple[int, int, int]:
    """Hours of full time, hours of the worker, days a week."""
    table, number = desk.figures.table, desk.figures.number
    full = int(table["full_hours"].pick(draw))
    if kind == "flexi":
        return full, full // 5, FULL_WEEK // 5
    if kind == "casual":
        return full, full * 4 // 5, FULL_WEEK * 4 // 5
    if kind == "apprentice" or draw >= desk.employer.sector.part_time:
        return full, full, FULL_WEEK if week >= number["six_day_week"] else _SIX_DAYS
    hours = full * int(table["part_time_fraction"].pick(fraction)) // 100
    return full, hours, int(table["part_time_days"].pick(week))


def _wage(desk: Desk, manual: bool, deviation: float, draw: float) -> int:
    number = desk.figures.number
    factor = exp(number["wage_sigma"] * deviation) * desk.employer.sector.wage
    if manual:
        factor *= number["wage_manual"]
    if draw < number["wage_tail"]:
        factor *= number["wage_tail_factor"]
    return max(int(desk.wage_level * factor), desk.wage_floor)


def _particulars(desk: Desk, terms: Terms, retired: float, status: float) -> None:
    number = desk.figures.number
    if retired < number["retired"]:
        terms.retired, terms.years = 1, RETIRED
    if terms.committee == "322":
        terms.status = "T"
    elif status < number["worker_status"]:
        terms.status = desk.figures.table["worker_status"].pick(status / number["worker_status"])
