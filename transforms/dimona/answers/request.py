"""Requests to consult the personnel file (``PFREQ``)."""

from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO

from schemas.catalogue import Catalogue
from schemas.dimona import PERSONNEL_FILE_REQUEST
from transforms.findings import Finding
from transforms.judge import judge
from transforms.shred import Shredder
from transforms.survey import survey

_WIDTHS = {"noss": 9, "company": 10}


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked. ``noss``, ``local`` and ``company`` are the numbers as they are written, None
    where there is none; ``quotas``: what exceeds a quota is asked for too; ``digest``: of the file
    that it came in."""

    form_creation_date: date
    form_creation_hour: str
    reference: str | None
    noss: str | None
    local: str | None
    company: str
    first: date | None
    last: date | None
    quotas: bool
    digest: str

    @property
    def employers(self) -> list[str]:
        """The numbers under which the register may have the employer (derived: by either of them;
        it has no numbers of local authorities). A number of zeros is none."""
        told = ((self.noss, _WIDTHS["noss"]), (self.company, _WIDTHS["company"]))
        digits = ((number or "").lstrip("+0").rjust(width, "0") for number, width in told)
        return [number for number in digits if number.strip("0")]


def read_request(stream: BinaryIO, catalogue: Catalogue) -> Request | tuple[Finding, ...]:
    """The request in a file, or why it is none."""
    found = survey(stream, PERSONNEL_FILE_REQUEST, catalogue)
    if fault := found.refused or found.set_aside:
        return (fault,)
    assert found.release is not None
    assert found.codec is not None
    release = catalogue.find(PERSONNEL_FILE_REQUEST, found.release)
    assert release is not None
    part = found.ranges[0]
    stream.seek(part.start)
    data = stream.read(part.end - part.start)
    (form, *_) = judge(data, part, found.root_tag, found.codec, release)
    if not form.accepted:
        return form.findings
    shredder = Shredder(release.layout)
    shredder.take(form, found.file_id)
    tables = shredder.finish().tables
    rows = {name: (table.to_pylist() or [{}])[0] for name, table in tables.items()}
    return _request(rows, found.file_id)


def _request(rows: dict[str, dict[str, Any]], digest: str) -> Request:
    employer, period = rows["employer_id"], rows["reference_period"]
    return Request(
        rows["form"]["form_creation_date"],
        rows["form"]["form_creation_hour"],
        rows["reference"].get("reference_nbr"),
        employer["noss_registration_nbr"],
        employer["nosslpa_registration_nbr"],
        employer["company_id"],
        period.get("ref_starting_date"),
        period.get("ref_ending_date"),
        bool(rows["data_option"]),
        digest,
    )
