"""Dimona: the immediate declaration that somebody starts or stops working, and its answers.

A Dimona form is one action on one period of one worker. NSSO acknowledges the file (ACRF),
answers each form (NOTIFICATION, which answers DmfA forms too), tells of identifiers that changed
(IDFLUX), and opens the personnel file: all periods of an employer.

Who declares and for whom stands in blocks beside each other (``EmployerId``,
``NaturalPerson``), or in the form that another action refers to. No column can be inherited from
that, so the tables have no keys: a form's rows are tied by ``file_id`` and ``form_no``.
"""

from schemas.kind import MessageKind
from schemas.quarter import Quarter

_FACTS = ("dmfa", "dimona")

DIMONA = MessageKind(
    name="dimona",
    title="Immediate declaration of employment (Dimona)",
    home="dimona",
    facts=_FACTS,
    root="Dimona",
    form="Form",
    schema_file="Dimona_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 2), Quarter(2023, 1)),
    # Published anew with its declarations in another order; the contract is the same.
    aliases={Quarter(2022, 3): Quarter(2022, 2)},
)

ACRF = MessageKind(
    name="acrf",
    title="Acknowledgement of receipt of a file (ACRF)",
    home="dimona/acrf",
    facts=_FACTS,
    root="ACRF",
    form="Form",
    schema_file="ACRF_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 3),),
    aliases={Quarter(2023, 1): Quarter(2022, 3)},
    tables=False,
)

NOTIFICATION = MessageKind(
    name="notification",
    title="Notification of the handling of a form",
    home="dimona/notification",
    facts=_FACTS,
    root="NOTIFICATION",
    form="Form",
    schema_file="NOTIFICATION_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 3),),
    tables=False,
)

IDFLUX = MessageKind(
    name="idflux",
    title="Changed identification of a worker or an employer (IDFLUX)",
    home="dimona/idflux",
    facts=_FACTS,
    root="IDFLUX",
    form="Form",
    schema_file="IDFLUX_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 3),),
    aliases={Quarter(2023, 1): Quarter(2022, 3)},
)

PERSONNEL_FILE_REQUEST = MessageKind(
    name="personnel_file_request",
    title="Request to consult the personnel file (PFREQ)",
    home="dimona/personnel_file_request",
    facts=_FACTS,
    root="PersonnelFileConsultationRequest",
    form="Form",
    schema_file="PersonnelFileConsultationRequest_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 3),),
    aliases={Quarter(2023, 1): Quarter(2022, 3)},
)

PERSONNEL_FILE_ANSWER = MessageKind(
    name="personnel_file_answer",
    title="Answer to a consultation of the personnel file (PFANS)",
    home="dimona/personnel_file_answer",
    facts=_FACTS,
    root="PersonnelFileConsultationAnswer",
    form="Form",
    schema_file="PersonnelFileConsultationAnswer_{}.xsd",
    release_zone="FormCreationDate",
    releases=(Quarter(2022, 3),),
    tables=False,
)
