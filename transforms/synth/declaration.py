"""One declaration from first to last: who is in it, what is owed, the form around it."""

from collections.abc import Sequence

from transforms.synth import people, public, records, special
from transforms.synth.amounts import part
from transforms.synth.desk import Desk
from transforms.synth.facts import VehicleFacts
from transforms.synth.kept import MARK
from transforms.synth.people import ADULT
from transforms.synth.terms import Terms, terms_of
from transforms.synth.xml import Values

_MONTHS = 3
_LAST = 4
REFERENCE_PREFIX = "KW-"

_WRITERS = {
    "ordinary": records.ordinary_records,
    "flexi": records.flexi_record,
    "apprentice": records.apprentice_record,
    "casual": records.casual_record,
    "student": special.student_record,
    "fedris": special.accident_record,
    "indemnity": special.indemnity_record,
    "early_retirement": special.early_retirement_record,
    "dismissed": special.dismissed_record,
    "public": public.contractual_record,
    "statutory": public.statutory_record,
}
"""Who writes the worker records of which kind of terms."""


def form(desk: Desk, created: str, vehicles: Sequence[VehicleFacts]) -> str:
    """The text of one Form, with a mark for the net amount and for each block with an amount.

    Pieces are put together once: a declaration may have 80 million characters.
    """
    persons = written_persons(desk)
    rest = _vehicles(desk, vehicles) + _unrelated(desk, bool(persons)) + _compensation(desk)
    blocks = desk.blocks
    return "".join(
        (_form_head(desk, created), *persons, rest, blocks.employer.end, blocks.form.end)
    )


def written_persons(desk: Desk) -> list[str]:
    """The text of each person; who holds which job stands in the ledger then."""
    return [] if _without_persons(desk) else _persons(desk)


def _form_head(desk: Desk, created: str) -> str:
    """Everything before the first person, written last: rows come after what they hold."""
    employer, blocks = desk.employer, desk.blocks
    reference = blocks.reference(
        (1, 1, f"{REFERENCE_PREFIX}{desk.quarter.wire}-{employer.index:07}")
    )
    hour = f"{8 + employer.index % 10:02}:{employer.index % 60:02}:00.000"
    head = ("DMFA", created, hour, 0, "SU")
    blocks.employer.keep(_declaration(desk, None))
    blocks.form.keep(head)
    return blocks.form.head(head) + reference + blocks.employer.head(_declaration(desk, MARK))


def _declaration(desk: Desk, net: str | None) -> Values:
    """The leaves of EmployerDeclaration with this net amount."""
    employer = desk.employer
    holidays = desk.ledger.manual and desk.quarter.number == _LAST
    return (
        desk.quarter.wire,
        employer.nsso,
        employer.trusteeship,
        employer.company,
        net,
        f"{desk.quarter.year + 1}-07-10" if holidays else None,
    )


def _persons(desk: Desk) -> list[str]:
    written: list[str] = []
    for job in range(desk.employer.jobs):
        person = people.holder(desk.figures, desk.seed, desk.employer, job, desk.index)
        terms = terms_of(desk, person)
        if not _active(desk, person, terms):
            continue
        terms.inss = inss = inss_of(desk, person, terms)
        desk.ledger.held.append((person, terms))
        inside = _WRITERS[terms.kind](desk, terms, person)
        written.append(
            desk.blocks.person(
                (len(written) + 1, inss, f"P{job + 1:05}" if desk.hit("user_reference") else None),
                inside,
            )
        )
    desk.ledger.persons = len(written)
    return written


def inss_of(desk: Desk, person: people.Holder, terms: Terms) -> str:
    """The number of who holds a job."""
    if person.shared and terms.years == ADULT:
        return people.shared_inss(desk.figures, desk.seed, desk.employer, person.job)
    return people.inss(desk.figures, desk.seed, desk.employer, person, terms.years)


def _active(desk: Desk, person: people.Holder, terms: Terms) -> bool:
    """Whether there is anything to declare: students and casual workers do not always work."""
    if terms.kind == "student":
        return desk.rng.random() < desk.by_quarter("student_active")
    return terms.kind != "casual" or records.works_casually(desk, person)


def _vehicles(desk: Desk, vehicles: Sequence[VehicleFacts]) -> str:
    return "".join(
        [
            desk.blocks.vehicle((number, plate, 1 if desk.hit("eco_vehicle") else None))
            for number, (plate, *_) in enumerate(vehicles, 1)
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
            desk.blocks.unrelated((employer.employer_class, code, base, amount))
            for code, (base, amount) in sorted(dues.items())
        ]
    )


def _compensation(desk: Desk) -> str:
    """Where the release and the quarter have it; a share of the net amount, so not known yet."""
    private = desk.employer.sector.kind in ("private", "agency")
    if not (desk.compensations and private and desk.hit("compensation")):
        return ""
    return desk.blocks.compensation(("01", 0))


def _without_persons(desk: Desk) -> bool:
    return desk.employer.jobs == 1 and desk.hit("no_persons")
