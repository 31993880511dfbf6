"""What an answer opens with: what it is, which form it answers, and about whom that was.

A declaration that was refused is answered with the employer and the worker that it gave itself, and
not with those of the period that it names: that may be another employer's.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import WAITING
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.markup import (
    ZONE,
    Texts,
    block,
    element,
    escaped,
    moments,
    repeated,
    together,
)
from transforms.dimona.answers.names import file_names, tickets

CHANNEL = "0"
"""Zone 00737: file transfer. By which channel a file came is not kept (derived)."""

FINAL, PROVISIONAL = "FA", "PA"
"""Type of an answer (zone 00297)."""

_REFERENCES: Mapping[str, str] = {
    "1": "own_reference",
    "6": "refused_reference",
    "7": "employer_reference",
    "8": "worker_reference",
}
"""Column by reference type (zone 00221)."""

SENDER, NSSO = "1", "2"
"""Who gave a reference (zone 00298)."""


@dataclass(frozen=True, slots=True)
class Telling:
    """How answers are told. ``made``: when, with a time zone; ``language``: of ``LANGUAGES``."""

    made: datetime
    language: str = "nl"


def identification(telling: Telling, kind: str, types: Texts) -> Texts:
    """The zones that every form of an answer begins with; ``types``: of the answer."""
    opening = f"<Identification>{kind}</Identification>{made(telling)}"
    return together(
        repeated(f"{opening}<AttestationStatus>0</AttestationStatus>", len(types)),
        element("TypeForm", types),
    )


def made(telling: Telling) -> str:
    """When the answer is made, in Belgian time."""
    local = telling.made.astimezone(ZoneInfo(ZONE))
    hour = f"{local:%H:%M:%S}.{local.microsecond // 1000:03}"
    return (
        f"<FormCreationDate>{local:%Y-%m-%d}</FormCreationDate>"
        f"<FormCreationHour>{hour}</FormCreationHour>"
    )


def head(given: Given, telling: Telling) -> Texts:
    """From the identification to the ticket."""
    return together(
        identification(telling, "NOTI001", _types(given)),
        file_reference(given.files, given.said("file_id")),
        _reception(given),
        _handled_form(given),
        _references(given),
        _employer(given),
        block("NaturalPerson", element("INSS", _who(given, "inss", "filed_inss"))),
        _ticket(given),
    )


def file_reference(files: pa.Table, ids: pa.Array) -> Texts:
    """The received file, by the name that its sender gave it."""
    row = pc.index_in(ids, value_set=pc.cast(files.column("file_id"), pa.string()).combine_chunks())
    names = escaped(file_names(files.column("name"))).take(row)
    return block("FileReference", element("FileName", names), _origin(names, SENDER))


def _types(given: Given) -> Texts:
    """A declaration that waits for the identification of its worker gets a final answer later."""
    return pc.if_else(given.result_is(WAITING), PROVISIONAL, FINAL)


def _reception(given: Given) -> Texts:
    days, hours = moments(given.said("received_at"))
    return block(
        "FileReceptionInformation",
        element("ReceptionDate", days),
        element("ReceptionHour", hours),
        element("Channel", repeated(CHANNEL, given.count)),
    )


def _handled_form(given: Given) -> Texts:
    return block(
        "HandledOriginalForm",
        repeated("<Identification>DIMONA</Identification>", given.count),
        element("FormCreationDate", given.said("form_creation_date")),
        element("FormCreationHour", given.said("form_creation_hour")),
        element("AttestationStatus", given.said("attestation_status")),
        element("TypeForm", given.said("type_form")),
    )


def _references(given: Given) -> Texts:
    """Those that the declaration gave."""
    return together(
        *(
            reference("Reference", kind, SENDER, escaped(given.said(name)))
            for kind, name in _REFERENCES.items()
        )
    )


def reference(name: str, kind: str, origin: str, numbers: Texts) -> Texts:
    before = f"<ReferenceType>{kind}</ReferenceType><ReferenceOrigin>{origin}</ReferenceOrigin>"
    inside = pc.binary_join_element_wise(before, element("ReferenceNbr", numbers), "")
    return element(name, inside)


def _origin(numbers: Texts, origin: str) -> Texts:
    return pc.if_else(pc.is_valid(numbers), f"<ReferenceOrigin>{origin}</ReferenceOrigin>", None)


def _ticket(given: Given) -> Texts:
    told = pc.coalesce(escaped(given.said("ticket")), tickets(given.said("receipt")))
    return reference("HandledReference", "1", NSSO, told)


def _who(given: Given, said: str, filed: str) -> pa.Array:
    """What the declaration says, or where it is filed once it was accepted."""
    return pc.if_else(given.accepted, given.said(filed), given.said(said))


def _employer(given: Given) -> Texts:
    """Numbers as the declaration says them, or as they are known of its period; 0 for one that
    is not known, where the schema asks for a number."""
    periods = given.of_periods
    noss, provisional, company = (
        pc.coalesce(periods.column(name), given.said(name))
        for name in ("noss", "provisional_noss", "company")
    )
    return employer(noss, provisional, company)


def employer(noss: pa.Array, provisional: pa.Array, company: pa.Array) -> Texts:
    """The block EmployerId, where any of the numbers is there."""
    known = pc.or_(pc.is_valid(noss), pc.or_(pc.is_valid(provisional), pc.is_valid(company)))
    is_provisional = pc.and_(pc.is_null(noss), pc.is_valid(provisional))
    by_noss = pc.if_else(is_provisional, None, pc.fill_null(noss, "0"))
    numbers = together(
        element("NOSSRegistrationNbr", by_noss),
        element("ProvisionalNSSONbr", pc.if_else(is_provisional, provisional, None)),
        element("CompanyID", pc.fill_null(company, "0")),
    )
    return element("EmployerId", pc.if_else(known, numbers, None))


def as_first(first: pa.Table, again: pa.Table) -> pa.Table:
    """Rows of ``LOG`` to answer deliveries of what was received before (``REPEATED``): as the
    ``first`` ones (``LOG``), at their own place and moment."""
    row = pc.index_in(again.column("first_receipt"), value_set=first.column("receipt"))
    there = pc.is_valid(row)
    answered = first.take(row.filter(there))
    own = again.filter(there)
    for name in ("file_id", "form_no", "line", "received_at"):
        at = answered.column_names.index(name)
        answered = answered.set_column(at, answered.schema.field(at), own.column(name))
    return answered
