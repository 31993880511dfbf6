"""Small valid DmfA documents, spelled out block by block: one element a line, two spaces a level.

Every function returns XML text; what is not given has a value that is valid in both releases.
"""

import io
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from schemas.catalogue import Catalogue, Release
from schemas.kinds import kind_named
from schemas.quarter import Quarter
from transforms.judge import Judged
from transforms.shred import Shredder
from transforms.shredded import Shredded
from transforms.survey import Survey, survey
from transforms.together import Received, judge_together

DMFA = kind_named("dmfa")
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
NSSO, COMPANY = "112367321", "0341367348"
INSS = ("85073003328", "00010100125", "64020100181")
Q1_2023, Q2_2022 = Quarter(2023, 1), Quarter(2022, 2)
RELEASES = DMFA.releases


def zone(name: str, value: object) -> str:
    return f"<{name}>{value}</{name}>"


def zones(**values: object) -> str:
    """Zones in the order given; those without a value are left out."""
    return "\n".join(zone(name, value) for name, value in values.items() if value is not None)


def block(name: str, *content: str) -> str:
    lines = [f"  {line}" for part in content if part for line in part.split("\n")]
    return "\n".join([f"<{name}>", *lines, f"</{name}>"])


def root_tag(release: Quarter | None = Q1_2023) -> str:
    """The start tag of a document that names its release, or names none."""
    location = "" if release is None else f' xsi:noNamespaceSchemaLocation="{file_of(release)}"'
    return f'<DmfAOriginal xmlns:xsi="{XSI}"{location}>'


def file_of(release: Quarter) -> str:
    return f"DmfAOriginal_{release.wire}.xsd"


def document(*forms: str, release: Quarter | None = Q1_2023) -> bytes:
    lines = [DECLARATION, root_tag(release), *forms, "</DmfAOriginal>", ""]
    return "\n".join(lines).encode()


def form(
    *content: str,
    quarter: str = "20231",
    nsso: str = NSSO,
    company: str = COMPANY,
    trusteeship: int = 0,
    net: int = 0,
    reference: str | None = None,
) -> str:
    """A form; `content` is what follows the zones of its employer declaration."""
    head = zones(
        Identification="DMFA",
        FormCreationDate="2023-04-20",
        FormCreationHour="16:38:00.000",
        AttestationStatus=0,
        TypeForm="SU",
    )
    about = zones(ReferenceType=1, ReferenceOrigin=1, ReferenceNbr=reference)
    declared = zones(
        Quarter=quarter,
        NOSSRegistrationNbr=nsso,
        Trusteeship=trusteeship,
        CompanyID=company,
        NetOwedAmount=net,
    )
    return block(
        "Form",
        head,
        "" if reference is None else block("Reference", about),
        block("EmployerDeclaration", declared, *content),
    )


def person(*records: str, inss: str = INSS[0], number: int = 1) -> str:
    return block("NaturalPerson", zones(NaturalPersonSequenceNbr=number, INSS=inss), *records)


def record(*content: str, employer_class: str = "000", code: str = "495") -> str:
    head = zones(
        EmployerClass=employer_class,
        WorkerCode=code,
        NOSSQuarterStartingDate="2023-01-01",
        NOSSQuarterEndingDate="2023-03-31",
        Border=0,
    )
    return block("WorkerRecord", head, *content)


def occupation(
    *content: str,
    number: int = 1,
    start: str | None = "2020-01-01",
    end: str | None = None,
    committee: str = "200",
    week: int = 500,
    full_time: int | None = 3800,
    hours: int | None = None,
) -> str:
    """``week``: days a week; ``full_time`` and ``hours``: weekly hours of the reference person and
    of the worker; all in hundredths."""
    head = zones(
        OccupationSequenceNbr=number,
        OccupationStartingDate=start,
        OccupationEndingDate=end,
        JointCommissionNbr=committee,
        WorkingDaysSystem=week,
        ContractType=0 if hours is None else 1,
        RefMeanWorkingHours=full_time,
        MeanWorkingHours=hours,
        Retired=0,
    )
    return block("Occupation", head, *content)


def service(days: int, hours: int | None = None, code: str = "001", number: int = 1) -> str:
    return block(
        "Service",
        zones(
            ServiceSequenceNbr=number,
            ServiceCode=code,
            ServiceNbrDays=days,
            ServiceNbrHours=hours,
        ),
    )


def remun(amount: int, code: str = "001", number: int = 1) -> str:
    head = zones(RemunSequenceNbr=number, RemunCode=code, RemunAmount=amount)
    return block("Remun", head)


def contribution(
    amount: int, base: int | None = None, code: str = "495", kind: int | str = 0
) -> str:
    return block(
        "WorkerContribution",
        zones(
            ContributionWorkerCode=code,
            ContributionType=kind,
            ContributionCalculationBasis=base,
            ContributionAmount=amount,
        ),
    )


def deduction(
    amount: int | None,
    block_name: str = "WorkerDeduction",
    code: str = "3000",
    start: str | None = None,
) -> str:
    """``start``: first day of the right to it."""
    said = zones(DeductionCode=code, DeductionAmount=amount, DeductionRightStartingDate=start)
    return block(block_name, said)


def student(pay: int, amount: int, hours: int | None = None, days: int | None = None) -> str:
    return block(
        "StudentContribution",
        zones(
            StudentRemunAmount=pay,
            StudentContributionAmount=amount,
            StudentNbrDays=days,
            StudentHoursNbr=hours,
        ),
    )


def unrelated(amount: int, base: int | None = None, code: str = "865") -> str:
    return block(
        "ContributionUnrelatedToNP",
        zones(
            UnrelatedEmployerClass="010",
            UnrelatedWorkerCode=code,
            UnrelatedCalculationBasis=base,
            UnrelatedAmount=amount,
        ),
    )


def vehicle(plate: str, number: int = 1) -> str:
    return block("CompanyVehicle", zones(CompanyVehicleSequenceNbr=number, LicensePlate=plate))


def compensation(amount: int) -> str:
    """From release 2023/1 on."""
    return block("EmployerCompensation", zones(CompensationCode="01", CompensationAmount=amount))


def usual_form(net: int = 0, inss: str = INSS[0], reference: str | None = None) -> str:
    """One white-collar worker with a service, pay and a contribution."""
    worked = occupation(service(6500, 49400), remun(900_000))
    held = record(worked, contribution(342_900, 900_000))
    return form(person(held, inss=inss), net=net, reference=reference)


# --- the way of a document through survey, judge and shred ---------------------------------------


CATALOGUE = Catalogue()
"""The shipped releases; shared, since a catalogue compiles each of them once."""


def release_of(quarter: Quarter = Q1_2023) -> Release:
    found = CATALOGUE.find(DMFA, quarter)
    assert found is not None
    return found


@dataclass(frozen=True)
class Outcome:
    """What became of a document."""

    survey: Survey
    judged: tuple[Judged, ...]

    @property
    def accepted(self) -> bool:
        """Whether nothing at all is wrong with it."""
        whole = self.survey.refused is None and self.survey.set_aside is None
        return whole and bool(self.judged) and all(form.accepted for form in self.judged)

    @property
    def code(self) -> str | None:
        """Why the file is refused or set aside as a whole."""
        finding = self.survey.refused or self.survey.set_aside
        return None if finding is None else finding.code

    def codes(self) -> list[list[str]]:
        """Codes of the findings, form by form."""
        return [[finding.code for finding in form.findings] for form in self.judged]


def outcome(data: bytes, catalogue: Catalogue = CATALOGUE) -> Outcome:
    """Survey and judgement of a document."""
    surveyed = survey(io.BytesIO(data), DMFA, catalogue)
    if surveyed.release is None:
        return Outcome(surveyed, ())
    release = catalogue.find(DMFA, surveyed.release)
    assert release is not None
    assert surveyed.codec is not None
    received = [
        Received(data[where.start : where.end], where, surveyed.root_tag, surveyed.codec)
        for where in surveyed.ranges
    ]
    judged, _ = judge_together(received, release)
    return Outcome(surveyed, tuple(form for forms in judged for form in forms))


def shredded(*documents: bytes, release: Quarter = Q1_2023) -> Shredded:
    """Tables of documents that have to be valid; the files are called as by `file_ids`."""
    return shredded_outcomes(*map(outcome, documents), release=release)


def shredded_outcomes(*outcomes: Outcome, release: Quarter = Q1_2023) -> Shredded:
    shredder = Shredder(release_of(release).layout)
    for file_id, found in zip(file_ids(), outcomes, strict=False):
        _add(shredder, file_id, found.judged)
    return shredder.finish()


def file_ids() -> Iterator[str]:
    """a, b, ... z, then a2, b2 and so on."""
    for round_ in count(1):
        for letter in string.ascii_lowercase:
            yield letter if round_ == 1 else f"{letter}{round_}"


def _add(shredder: Shredder, file_id: str, forms: Sequence[Judged]) -> None:
    for judged in forms:
        assert judged.accepted, judged.findings
        shredder.take(judged, file_id)
