"""Worker records with occupations: from a person and their terms to text."""

from dataclasses import replace

from transforms.synth.days import FULL_WEEK, iso
from transforms.synth.deductions import record_deductions
from transforms.synth.desk import Desk
from transforms.synth.lines import contribution_lines, extra_line
from transforms.synth.occupations import Extras, occupation, termination_indemnity
from transforms.synth.pay import Stretch
from transforms.synth.people import Holder
from transforms.synth.terms import MANUAL_CODE, WHITE_CODE, Terms, employer_class
from transforms.synth.using import using_employer

_FIRST_WHITE_CODE = "400"
"""Worker codes below are those of manual workers and artists (annex 2)."""
_AGE_CLASSES = 5
"""Types of contribution 260: by age when the exemption began."""
_DAY = 100
"""Hundredths of a day."""
_SHORTEST_SPLIT = 40
"""Days in the quarter from which a job may change halfway."""


def wrap(desk: Desk, terms: Terms, inside: str) -> str:
    """A WorkerRecord around what its branch holds."""
    ledger = desk.ledger
    ledger.records += 1
    ledger.manual = ledger.manual or terms.worker_code < _FIRST_WHITE_CODE
    return desk.blocks.record(
        (
            terms.employer_class,
            terms.worker_code,
            desk.first_day,
            desk.last_day,
            int(desk.hit("frontier")),
            f"W{ledger.records}" if desk.hit("user_reference") else None,
        ),
        inside,
    )


def ordinary_records(desk: Desk, terms: Terms, person: Holder) -> str:
    """One record, or two when the worker changed from manual to white-collar work or back."""
    stretch = whole_stretch(desk, terms, person)
    if stretch.last - stretch.first > _SHORTEST_SPLIT and desk.hit("second_record"):
        before, after = _cut(desk, stretch)
        text = ordinary_record(desk, terms, person, [before])
        return text + ordinary_record(desk, _other_side(desk, terms), person, [after])
    return ordinary_record(desk, terms, person, _stretches(desk, terms, stretch))


def ordinary_record(
    desk: Desk, terms: Terms, person: Holder, stretches: list[Stretch], extras: Extras | None = None
) -> str:
    """A record with an occupation for each stretch, its contributions and deductions."""
    extras = extras or _extras(desk, terms)
    pieces = [
        occupation(desk, terms, person, stretch, sequence, extras)
        for sequence, stretch in enumerate(stretches, 1)
    ]
    if _leaves(terms, person, stretches[-1]) and desk.hit("indemnity_on_leaving"):
        pieces.append(termination_indemnity(desk, terms, stretches[-1].last, len(pieces) + 1))
    gross = sum(piece.gross for piece in pieces)
    text = "".join([piece.text for piece in pieces])
    if extras.exempt:
        text += _activation(desk)
    if gross:
        text += contribution_lines(desk, terms, gross)
        if extras.exempt:
            text += extra_line(desk, f"260/{desk.between(0, _AGE_CLASSES)}")
        if extras.deductible:
            text += record_deductions(desk, terms, gross)
    return wrap(desk, terms, text)


def whole_stretch(desk: Desk, terms: Terms, person: Holder) -> Stretch:
    """The part of the job that lies in the quarter, without a change."""
    span = desk.span
    return Stretch(
        person.first,
        person.last,
        max(person.first, span.first),
        span.last if person.last is None else person.last,
        terms.hours,
        terms.days,
    )


def flexi_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Flexi-jobs are declared with an ending date, pay code 22 and no deductions."""
    stretch = whole_stretch(desk, terms, person)
    stretch.starts, stretch.ends = stretch.first, stretch.last
    return ordinary_record(desk, terms, person, [stretch], Extras(deductible=False))


def works_casually(desk: Desk, person: Holder) -> bool:
    """Draws the days of a casual worker, so many that no quota of the year is used up, with other
    days between them; none where the employer had its own already."""
    figures, span, casual = desk.figures, desk.span, desk.ledger.casual
    left = figures.whole("casual_days_employer") - sum(len(days) for days in casual)
    most, days = min(figures.whole("casual_days"), left), list[int]()
    day = max(person.first, span.first) + desk.within("casual_gap") - 2
    while day <= (span.last if person.last is None else person.last) and len(days) < most:
        days.append(day)
        day += desk.within("casual_gap")
    if days:
        casual.append(days)
    return bool(days)


def casual_record(desk: Desk, terms: Terms, person: Holder) -> str:
    """Casual work in hotels and catering: from the first to the last of its days."""
    days = desk.ledger.casual[-1]
    stretch = Stretch(days[0], days[-1], days[0], days[-1], terms.hours, terms.days)
    extras = Extras(deductible=False, worked=len(days) * _DAY)
    return ordinary_record(desk, terms, person, [stretch], extras)


def apprentice_record(desk: Desk, terms: Terms, person: Holder) -> str:
    stretch = whole_stretch(desk, terms, person)
    return ordinary_record(desk, terms, person, [stretch], Extras(deductible=False))


def _leaves(terms: Terms, person: Holder, stretch: Stretch) -> bool:
    return terms.kind == "ordinary" and person.last == stretch.ends is not None


def _extras(desk: Desk, terms: Terms) -> Extras:
    """What few occupations have: a user, a measure, exemption from work."""
    extras = Extras()
    if desk.agency_users and desk.employer.sector.kind == "agency":
        extras.after_pay = using_employer(desk)
    if terms.part_time and desk.hit("reorganisation"):
        extras.measure = desk.pick("reorganisation_measure")
    elif desk.hit("activation"):
        extras.exempt = True
    return extras


def _activation(desk: Desk) -> str:
    """Block 90578: exempt from work since some time, with or without training."""
    since = desk.span.first - desk.within("exempt_since")
    training = desk.between(0, 2)
    return desk.blocks.activation((iso(since), iso(since + 30), training))


def _stretches(desk: Desk, terms: Terms, stretch: Stretch) -> list[Stretch]:
    """One stretch, or two with other hours where working time changed in the quarter."""
    if stretch.last - stretch.first <= _SHORTEST_SPLIT or not desk.hit("two_occupations"):
        return [stretch]
    before, after = _cut(desk, stretch)
    if terms.part_time:
        after.hours, after.days = terms.full_hours, FULL_WEEK
    else:
        after.hours, after.days = terms.full_hours * 4 // 5, FULL_WEEK * 4 // 5
    return [before, after]


def _cut(desk: Desk, stretch: Stretch) -> tuple[Stretch, Stretch]:
    """Two stretches that follow each other, both inside the quarter."""
    day = desk.between(stretch.first + 10, stretch.last - 10)
    return (
        replace(stretch, ends=day, last=day),
        replace(stretch, starts=day + 1, first=day + 1),
    )


def _other_side(desk: Desk, terms: Terms) -> Terms:
    """The same work on the other side of the line between manual and white-collar."""
    sector = desk.employer.sector
    return replace(
        terms,
        worker_code=WHITE_CODE if terms.manual else MANUAL_CODE,
        employer_class=employer_class(desk, not terms.manual),
        committee=sector.white_committee if terms.manual else sector.manual_committee,
        manual=not terms.manual,
    )
