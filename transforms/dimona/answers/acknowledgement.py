"""Acknowledgements (``ACRF001``): whether a file could be taken in; they say nothing of what is in
it."""

from collections.abc import Sequence

from transforms.dimona.answers.codes import FILE, error_id
from transforms.dimona.answers.head import FINAL, Telling, made
from transforms.dimona.answers.markup import escaped_text
from transforms.dimona.answers.notification import NOK, OK, document

Fault = tuple[str, str | None]
"""Code and suffix of a finding about a whole file."""


def acknowledgement(name: str, faults: Sequence[Fault], telling: Telling) -> bytes:
    """The acknowledgement of a file as a document; with faults the file was refused."""
    errors = (f"<ErrorID>{error_id(*fault, without_zone=FILE)}</ErrorID>" for fault in faults)
    form = (
        f"<Form><Identification>ACRF001</Identification>{made(telling)}"
        f"<AttestationStatus>0</AttestationStatus><TypeForm>{FINAL}</TypeForm>"
        f"<FileReference><FileName>{escaped_text(name)}</FileName></FileReference>"
        f"<ReceptionResult><ResultCode>{NOK if faults else OK}</ResultCode>{''.join(errors)}"
        "</ReceptionResult></Form>\n"
    )
    return document([form], "ACRF")
