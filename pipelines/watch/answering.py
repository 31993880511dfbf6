"""The answers to a batch: an acknowledgement of each file, and of its forms a notification."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.judging import PROCESSED
from pipelines.watch.live import Live
from schemas.dimona.register import FOUND_IN, LOG, QUOTA_ANSWER, REPEATED
from schemas.ops import FILE, FINDING
from transforms.dimona.answers.acknowledgement import Fault, acknowledgement
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.head import Telling, as_first
from transforms.dimona.answers.names import ACKNOWLEDGEMENT, ANSWERS, AnswerNames
from transforms.dimona.answers.notification import document, notifications, unread_forms


def answers(
    tables: Mapping[str, pa.Table], valid: Sequence[int], live: Live, language: str
) -> dict[str, bytes]:
    """By the name of their file. ``tables``: what the batch brought (``journal.TABLES``), folded
    onto ``live`` already; ``valid``: the declarations that each of its files has."""
    telling = Telling(datetime.now(UTC), language)
    files = tables[FILE.full_name].select(["file_id", "name", "disposition"]).to_pylist()
    faults = _faults(tables[FINDING.full_name])
    forms = _forms(tables, valid, live, telling)
    names = AnswerNames()
    found = {}
    start = 0
    for file, count in zip(files, valid, strict=True):
        name, file_id = file["name"], file["file_id"]
        told = acknowledgement(name, faults.get(file_id, ()), telling)
        found[names.of(ACKNOWLEDGEMENT, name)] = told
        if file["disposition"] == PROCESSED:
            unread = _unread(tables[FINDING.full_name], file_id, name, telling)
            texts = [*forms[start : start + count], *unread]
            found[names.of(ANSWERS, name)] = document(texts)
        start += count
    return found


def _faults(findings: pa.Table) -> dict[str, list[Fault]]:
    """What is wrong with whole files, by file."""
    told: dict[str, list[Fault]] = {}
    for row in findings.filter(pc.is_null(findings.column("form_no"))).to_pylist():
        told.setdefault(row["file_id"], []).append((row["code"], row["suffix"]))
    return told


def _forms(
    tables: Mapping[str, pa.Table], valid: Sequence[int], live: Live, telling: Telling
) -> list[str]:
    """Answers to the declarations of a batch in order of their receipts, those that were received
    before among them."""
    # A content may come under two names: here a file is known by its number in the batch.
    numbers = pa.array(map(str, range(len(valid))), pa.string())
    names = pa.table({"file_id": numbers, "name": tables[FILE.full_name].column("name")})
    of_forms = numbers.take(pa.array(np.repeat(np.arange(len(valid)), valid)))
    log, repeated = tables[LOG.full_name], tables[REPEATED.full_name]
    earlier = live.received(repeated.column("first_receipt").combine_chunks().unique())
    first = pa.concat_tables([earlier[LOG.full_name], log])
    again = as_first(first, repeated)
    if again.num_rows < repeated.num_rows:
        raise RuntimeError("a declaration that was received before is in no log")
    found = {
        name: pa.concat_tables([tables[name], earlier[name]]).combine_chunks()
        for name in (FOUND_IN.full_name, QUOTA_ANSWER.full_name)
    }
    declarations = pa.concat_tables([log, again])
    receipts = pa.chunked_array([*log.column("receipt").chunks, *repeated.column("receipt").chunks])
    ordered = declarations.take(pc.sort_indices(receipts))
    at = ordered.column_names.index("file_id")
    given = Given(
        ordered.set_column(at, ordered.schema.field(at), of_forms).combine_chunks(),
        found[FOUND_IN.full_name],
        found[QUOTA_ANSWER.full_name],
        live.known.periods,
        live.known.registrations,
        names.combine_chunks(),
    )
    texts: list[str] = notifications(given, telling).to_pylist()
    return texts


def _unread(findings: pa.Table, file_id: str, name: str, telling: Telling) -> list[str]:
    """Answers to the forms of a file that the schema refused. A content that came twice has its
    findings twice."""
    of_file = pc.equal(findings.column("file_id"), file_id)
    rows = findings.filter(pc.and_(of_file, pc.is_valid(findings.column("form_no"))))
    if not rows.num_rows:
        return []
    once = rows.group_by(rows.column_names, use_threads=False).aggregate([])
    files = pa.table({"file_id": [file_id], "name": [name]})
    texts: list[str] = unread_forms(once, files, telling).column("answer").to_pylist()
    return texts
