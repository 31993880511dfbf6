"""The answers to a batch: an acknowledgement of each file, and of its forms a notification."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.reading import PROCESSED
from pipelines.watch.live import Live
from schemas.dimona.register import FOUND_IN, LOG, QUOTA_ANSWER, REPEATED
from schemas.ops import FILE, FINDING
from transforms.dimona.answers.acknowledgement import Fault, acknowledgement
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.head import Telling, as_first
from transforms.dimona.answers.names import ACKNOWLEDGEMENT, ANSWERS, answer_name
from transforms.dimona.answers.notification import document, notifications, unread_forms


def answers(tables: Mapping[str, pa.Table], live: Live, language: str) -> dict[str, bytes]:
    """By the name of their file. ``tables``: what the batch brought (``journal.TABLES``), folded
    onto ``live`` already."""
    telling = Telling(datetime.now(UTC), language)
    files = tables[FILE.full_name].select(["file_id", "name", "disposition"]).to_pylist()
    faults = _faults(tables[FINDING.full_name])
    forms = _forms(tables, live, telling)
    found = {}
    for file in files:
        name, file_id = file["name"], file["file_id"]
        of_file = faults.get(file_id, ())
        told = acknowledgement(name, of_file, telling)
        found[answer_name(ACKNOWLEDGEMENT, name)] = told
        if file["disposition"] == PROCESSED:
            texts = forms.get(file_id, [])
            found[answer_name(ANSWERS, name)] = document(texts)
    return found


def _faults(findings: pa.Table) -> dict[str, list[Fault]]:
    """What is wrong with whole files, by file."""
    told: dict[str, list[Fault]] = {}
    for row in findings.filter(pc.is_null(findings.column("form_no"))).to_pylist():
        told.setdefault(row["file_id"], []).append((row["code"], row["suffix"]))
    return told


def _forms(
    tables: Mapping[str, pa.Table], live: Live, telling: Telling
) -> dict[str, Sequence[str]]:
    """Answers to the forms of each file, in order."""
    names = tables[FILE.full_name].select(["file_id", "name"])
    log, repeated = tables[LOG.full_name], tables[REPEATED.full_name]
    earlier = live.received(repeated.column("first_receipt").combine_chunks().unique())
    again = as_first(pa.concat_tables([earlier[LOG.full_name], log]), repeated)
    found = {
        name: pa.concat_tables([tables[name], earlier[name]]).combine_chunks()
        for name in (FOUND_IN.full_name, QUOTA_ANSWER.full_name)
    }
    periods, days = live.after(pa.concat_tables([log, again]))
    keys = [("file_id", "ascending"), ("form_no", "ascending")]
    given = Given(
        pa.concat_tables([log, again]).sort_by(keys).combine_chunks(),
        found[FOUND_IN.full_name],
        found[QUOTA_ANSWER.full_name],
        periods,
        days,
        names.combine_chunks(),
    )
    rows: list[tuple[str, int, str]] = list(
        zip(
            given.declarations.column("file_id").to_pylist(),
            given.declarations.column("form_no").to_pylist(),
            notifications(given, telling).to_pylist(),
            strict=True,
        )
    )
    findings = tables[FINDING.full_name]
    unread = findings.filter(pc.is_valid(findings.column("form_no")))
    if unread.num_rows:
        told = unread_forms(unread, names, telling).to_pylist()
        rows += [(one["file_id"], one["form_no"], one["answer"]) for one in told]
    by_file: dict[str, list[str]] = {}
    for file_id, _, text in sorted(rows):
        by_file.setdefault(file_id, []).append(text)
    return dict(by_file)
