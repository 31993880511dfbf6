"""Answers to declarations, as whoever declared gets them."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pyarrow as pa
from lxml import etree

from schemas.catalogue import Catalogue
from schemas.dimona import NOTIFICATION
from schemas.kind import MessageKind
from schemas.quarter import Quarter
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.head import Telling
from transforms.dimona.answers.notification import document, notifications
from transforms.dimona.register import Folded

TELLING = Telling(datetime(2023, 7, 1, 22, 30, 15, 250_000, tzinfo=UTC), "en")
RELEASE = Quarter(2022, 3)
CATALOGUE = Catalogue()


def valid(content: bytes, kind: MessageKind = NOTIFICATION) -> etree._Element:
    """The root of a document that the schema of its message admits."""
    release = CATALOGUE.find(kind, RELEASE)
    assert release is not None
    root = etree.fromstring(content)
    assert root.tag == kind.root
    validator = release.validator
    assert validator.validate(root), validator.error_log.last_error
    return root


def files_of(declarations: pa.Table) -> pa.Table:
    """A name for each file of some declarations."""
    ids = declarations.column("file_id").unique()
    names = [f"/in/FI.DIMN.<{one}>&.T.1.1" for one in ids.to_pylist()]
    return pa.table({"file_id": ids, "name": pa.array(names, pa.string())})


def given(folded: Folded) -> Given:
    return Given(
        folded.log,
        folded.findings,
        folded.quotas,
        folded.periods,
        folded.registrations,
        files_of(folded.log),
    )


def answered(folded: Folded, telling: Telling = TELLING) -> Sequence[etree._Element]:
    """The forms that answer the declarations of a fold, in order of the log."""
    return list(valid(document(notifications(given(folded), telling).to_pylist())))


def pfreq(more: str = "", employer: str = "<NOSSRegistrationNbr>1</NOSSRegistrationNbr>") -> bytes:
    """A request for the personnel file; ``more``: zones behind the employer."""
    return (
        "<PersonnelFileConsultationRequest><Form><Identification>PFREQ</Identification>"
        "<FormCreationDate>2023-03-01</FormCreationDate>"
        "<FormCreationHour>10:00:00.000</FormCreationHour><AttestationStatus>0</AttestationStatus>"
        "<TypeForm>RE</TypeForm><Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1"
        "</ReferenceOrigin><ReferenceNbr>A&amp;1</ReferenceNbr></Reference>"
        f"<EmployerId>{employer}<CompanyID>0</CompanyID></EmployerId>{more}"
        "</Form></PersonnelFileConsultationRequest>"
    ).encode()
