"""Notifications: a form for each declaration that says what became of it (``NOTI001``).

``notifications`` answers declarations that the register took in, ``unread_forms`` forms that were
refused by the schema and never came so far. Both give the forms as texts; ``document`` puts some of
them into a file. The element INSSUser is never written: its published pattern admits no value.
"""

from collections.abc import Iterable
from pathlib import PurePosixPath

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import REFUSED
from transforms.dimona.answers.anomalies import anomaly_reports, reports
from transforms.dimona.answers.codes import error_id, label
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.head import FINAL, Telling, file_reference, head, identification
from transforms.dimona.answers.impact import impact_report
from transforms.dimona.answers.markup import (
    ByKey,
    Texts,
    block,
    element,
    escaped,
    flat,
    repeated,
)

REFUSED_BLOCKING = "3"
"""Diagnosis (zone 00232): refused for an anomaly that blocks."""

NOK, OK = "0", "1"
"""Result (zone 00107). The glossary has 3 for a provisional one, which the schema does not admit:
such an answer says OK, and that it is provisional by its type (derived)."""

NOTIFICATION_ROOT = "NOTIFICATION"
_HEADER = '<?xml version="1.0" encoding="UTF-8"?>\n'


def opening(root: str = NOTIFICATION_ROOT) -> str:
    """What stands before the forms of a document."""
    return f"{_HEADER}<{root}>\n"


def closing(root: str = NOTIFICATION_ROOT) -> str:
    """What stands behind them."""
    return f"</{root}>\n"


def document(forms: Iterable[str], root: str = NOTIFICATION_ROOT) -> bytes:
    """Forms as a file."""
    return f"{opening(root)}{''.join(forms)}{closing(root)}".encode()


def notifications(given: Given, telling: Telling) -> Texts:
    """The answer to each declaration, a line of text each."""
    refused = given.result_is(REFUSED)
    result = block(
        "HandlingResult",
        element("ResultCode", pc.if_else(refused, NOK, OK)),
        element("Diagnosis", pc.if_else(refused, REFUSED_BLOCKING, None)),
        anomaly_reports(given, telling.language),
        impact_report(given),
    )
    return lines(block("Form", head(given, telling), result))


def lines(forms: Texts) -> Texts:
    """Each text on a line of its own."""
    return pc.binary_join_element_wise(forms, "\n", "")


def unread_forms(findings: pa.Table, files: pa.Table, telling: Telling) -> pa.Table:
    """``file_id``, ``form_no`` and ``answer`` of each form with findings (``ops.FINDING``, of forms
    alone), in their order. What such a form says is not known beyond what is wrong in it."""
    keys = ["file_id", "form_no"]
    forms = findings.group_by(keys, use_threads=False).aggregate([]).combine_chunks()
    count = forms.num_rows
    told = ByKey(_key(findings), _reports(findings, telling.language)).of(_key(forms))
    answers = block(
        "Form",
        identification(telling, "NOTI001", repeated(FINAL, count)),
        file_reference(files, flat(forms.column("file_id"))),
        repeated(_UNREAD, count),
        block(
            "HandlingResult",
            repeated(f"<ResultCode>{NOK}</ResultCode>", count),
            repeated(f"<Diagnosis>{REFUSED_BLOCKING}</Diagnosis>", count),
            told,
        ),
    )
    return forms.select(keys).append_column("answer", lines(answers))


_UNREAD = (
    "<HandledOriginalForm><Identification>DIMONA</Identification></HandledOriginalForm>"
    "<HandledReference><ReferenceType>1</ReferenceType><ReferenceOrigin>2</ReferenceOrigin>"
    "</HandledReference>"
)
"""Such a form gets no receipt, so there is no ticket."""


def _reports(findings: pa.Table, language: str) -> Texts:
    names = ("code", "suffix", "message", "path")
    codes, suffixes, messages, paths = (findings.column(name).to_pylist() for name in names)
    errors = [error_id(*told) for told in zip(codes, suffixes, strict=True)]
    words = [label(error, language, said) for error, said in zip(errors, messages, strict=True)]
    tags = [PurePosixPath(path).name.partition("[")[0] if path else None for path in paths]
    return reports(
        pa.array(errors, pa.string()),
        escaped(pa.array(tags, pa.string())),
        escaped(findings.column("value")),
        findings.column("severity"),
        escaped(pa.array(words, pa.string())),
        findings.column("line"),
    )


def _key(table: pa.Table) -> Texts:
    ids, numbers = flat(table.column("file_id")), flat(table.column("form_no"))
    return pc.binary_join_element_wise(ids, numbers.cast(pa.string()), " ")
