"""One declaration from first to last: who is in it, what is owed, the form around it."""

from transforms.synth import people, public, records, special
from transforms.synth.amounts import part
from transforms.synth.desk import Desk
from transforms.synth.people import ADULT
from transforms.synth.terms import terms_of

_MONTHS = 3
REFERENCE_PREFIX = "KW-"
_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"

_WRITERS = {
    "ordinary": records.ordinary_records,
    "flexi": records.flexi_record,
    "apprentice": records.apprentice_record,
    "student": special.student_record,
    "fedris": special.accident_record,
    "indemnity": special.indemnity_record,
    "early_retirement": special.early_retirement_record,
    "dismissed": special.dismissed_record,
    "public": public.contractual_record,
    "statutory": public.statutory_record,
}
"""Who writes the worker records of which kind of terms."""


def form(desk: Desk, created: str) -> str:
    """The text of one Form; the totals are in ``desk.ledger`` afterwards.

    Pieces are put together once: a declaration may have 80 million characters.
    """
    persons = [] if _without_persons(desk) else _persons(desk)
    rest = _vehicles(desk) + _unrelated(desk, bool(persons)) + _compensation(desk)
    blocks = desk.blocks
    return "".join(
        (_form_head(desk, created), *persons, rest, blocks.employer.end, blocks.form.end)
    )


def _form_head(desk: Desk, created: str) -> str:
    """Everything before the first person; the net amount has to be known."""
    employer, ledger, blocks = desk.employer, desk.ledger, desk.blocks
    declaration = blocks.employer.head(
        (
            desk.quarter.wire,
            employer.nsso,
            employer.trusteeship,
            employer.company,
            ledger.net,
            f"{desk.quarter.year + 1}-07-10" if ledger.manual and _year_ends(desk) else None,
        )
    )
    reference = blocks.reference(
        (1, 1, f"{REFERENCE_PREFIX}{desk.quarter.wire}-{employer.index:07}")
    )
    hour = f"{8 + employer.index % 10:02}:{employer.index % 60:02}:00.000"
    return blocks.form.head(("DMFA", created, hour, 0, "SU")) + reference + declaration


def _persons(desk: Desk) -> list[str]:
    written: list[str] = []
    shared: set[str] = set()
    for job in range(desk.employer.jobs):
        person = people.holder(desk.figures, desk.seed, desk.employer, job, desk.index)
        terms = terms_of(desk, person)
        if terms.kind == "student" and desk.rng.random() >= desk.by_quarter("student_active"):
            continue
        inss = people.inss(desk.figures, desk.seed, desk.employer, person, terms.years)
        if person.shared and terms.years == ADULT:
            other = people.shared_inss(
                desk.figures, desk.seed, desk.employer, job, person.rng.random()
            )
            inss = inss if other in shared else other
            shared.add(other)
        inside = _WRITERS[terms.kind](desk, terms, person)
        written.append(
            desk.blocks.person(
                (len(written) + 1, inss, f"P{job + 1:05}" if desk.hit("user_reference") else None),
                inside,
            )
        )
    desk.ledger.persons = len(written)
    return written


def _vehicles(desk: Desk) -> str:
    employer = desk.employer
    first = employer.first_job * 7 + desk.seed
    return "".join(
        [
            desk.blocks.vehicle((n + 1, _plate(first + n), 1 if desk.hit("eco_vehicle") else None))
            for n in range(employer.vehicles)
        ]
    )


def _unrelated(desk: Desk, persons: bool) -> str:
    """Contributions not tied to a person: one code at most once."""
    employer = desk.employer
    dues: dict[str, tuple[int | None, int]] = {}
    if employer.vehicles:
        dues["862"] = None, desk.within("vehicle_month") * _MONTHS * employer.vehicles
    if employer.pension_plan or not (persons or dues):
        base = desk.within("pension_plan") * employer.jobs
        dues[desk.pick("unrelated")] = base, part(base, desk.figures.whole("pension_plan_ppm"))
    if desk.quarter.number == 2 and persons and desk.hit("double_holiday_pay"):
        base = desk.within("double_holiday") * employer.jobs
        dues["870"] = base, part(base, desk.figures.whole("double_holiday_ppm"))
    return "".join(
        [
            desk.blocks.unrelated((employer.employer_class, code, base, desk.owe(amount)))
            for code, (base, amount) in sorted(dues.items())
        ]
    )


def _compensation(desk: Desk) -> str:
    """A share of the contributions of the employer, where the release and the quarter have it."""
    if not desk.compensations or desk.employer.sector.kind not in ("private", "agency"):
        return ""
    amount = part(desk.ledger.net, desk.figures.whole("compensation_ppm"))
    if not amount or not desk.hit("compensation"):
        return ""
    return desk.blocks.compensation(("01", desk.deduct(amount)))


def _without_persons(desk: Desk) -> bool:
    return desk.employer.jobs == 1 and desk.hit("no_persons")


def _year_ends(desk: Desk) -> bool:
    return desk.quarter.number == 4


def _plate(number: int) -> str:
    """Belgian pattern of one digit, three letters, three digits: another for every number."""
    letters, digits = divmod(number, 1000)
    text = ""
    for _ in range(3):
        letters, letter = divmod(letters, len(_PLATE_LETTERS))
        text += _PLATE_LETTERS[letter]
    return f"{1 + letters % 2}-{text}-{digits:03}"
