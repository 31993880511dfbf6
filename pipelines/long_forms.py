"""Long forms, put together from their segments when all batches are done.

A form of which every segment was accepted gets one row and the checks that need the whole
declaration. A form in doubt is judged once more as a whole, as if it had never been cut: its rows
are left out of the parts, and the same steps make them again. So is one that declares a person
twice, since relations were made segment by segment.
"""

import json
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.counted import counted_in
from pipelines.output import ACCEPTED, DOUBTED, read_ledger
from pipelines.process_step import process
from pipelines.survey_step import PATHS, survey_files
from pipelines.work import Batch, Job, Receipt, Stretch
from schemas.catalogue import Release
from schemas.core import CONTRIBUTION, RELATION
from schemas.ops import FINDING, FORM, MEASURES
from schemas.quarter import Quarter
from schemas.tables import from_rows
from transforms.check import CHECKS, check
from transforms.contribute.lines import SOURCES
from transforms.long_form import rejoined
from transforms.shredded import Shredded
from warehouse.files import place
from warehouse.parts import rows_of_form, without

_SUMMED = tuple(measure.form_column for measure in MEASURES)
_RELATION, _CONTRIBUTION = RELATION.full_name, CONTRIBUTION.full_name
_LOOKED_AT = {"employer_declaration", "natural_person", *(source.table for source in SOURCES)}
"""Tables that the checks of a whole declaration look at; reading the others would take long."""
_PERSON_TWICE = "90017-006"


@dataclass(frozen=True)
class Settled:
    """What the batches brought, with every form in one row."""

    receipts: tuple[Receipt, ...]
    forms: pa.Table
    findings: pa.Table


def settle(job: Job, receipts: tuple[Receipt, ...], forms: pa.Table, findings: pa.Table) -> Settled:
    """Puts the long forms of a run together; other forms stay as they are."""
    segments = _segments(forms)
    if not segments:
        return Settled(receipts, forms, findings)
    merged = [_merged(rows) for rows in segments]
    anomalies = _anomalies(job, receipts, [row for row in merged if _is_sound(row)])
    again = [row for row in merged if not _is_sound(row) or _repeats(anomalies[_place(row)])]
    settled = [row for row in merged if row not in again]
    told = [anomalies[_place(row)] for row in settled]
    gone = pa.table(
        {
            "file_id": pa.array([row["file_id"] for row in again], pa.string()),
            "form_no": pa.array([row["form_no"] for row in again], pa.int64()),
        }
    )
    receipts = tuple(_cleaned(receipt, gone, job) for receipt in receipts)
    redone = tuple(_again(job, row, len(receipts) + n) for n, row in enumerate(again, 1))
    return Settled(
        (*receipts, *redone),
        pa.concat_tables(
            [
                _apart(forms, merged),
                from_rows(FORM, settled),
                read_ledger(FORM, [receipt.forms_ledger for receipt in redone]),
            ]
        ),
        pa.concat_tables(
            [
                _apart(findings, again),
                *told,
                read_ledger(FINDING, [receipt.findings_ledger for receipt in redone]),
            ]
        ),
    )


def _segments(forms: pa.Table) -> list[list[dict[str, Any]]]:
    """Rows of ``ops.form`` by form, of the forms that came in segments."""
    counts = forms.group_by(["file_id", "form_no"]).aggregate([([], "count_all")])
    several = counts.filter(pc.greater(counts.column("count_all"), 1))
    doubted = forms.filter(pc.equal(forms.column("disposition"), DOUBTED))
    places = {_place(row) for table in (several, doubted) for row in table.to_pylist()}
    return [_rows_of(forms, place) for place in sorted(places)]


def _rows_of(forms: pa.Table, place: tuple[str, int]) -> list[dict[str, Any]]:
    same_file = pc.equal(forms.column("file_id"), place[0])
    rows = forms.filter(pc.and_(same_file, pc.equal(forms.column("form_no"), place[1])))
    return list(rows.to_pylist())


def _merged(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """One row for the segments of a form: totals added up, in doubt when one of them is."""
    doubtful = next((row for row in rows if row["disposition"] == DOUBTED), None)
    if doubtful is not None:
        return doubtful
    sums = {name: sum(row[name] for row in rows) for name in _SUMMED}
    return rows[0] | sums


def _place(row: dict[str, Any]) -> tuple[str, int]:
    return str(row["file_id"]), int(row["form_no"])


def _is_sound(row: dict[str, Any]) -> bool:
    return bool(row["disposition"] == ACCEPTED)


def _repeats(anomalies: pa.Table) -> bool:
    return _PERSON_TWICE in anomalies.column("code").to_pylist()


def _apart(table: pa.Table, rows: Sequence[dict[str, Any]]) -> pa.Table:
    """The rows of a ledger that are about other forms."""
    keep = np.ones(table.num_rows, dtype=np.bool_)
    for file_id, form_no in map(_place, rows):
        same_file = pc.equal(table.column("file_id"), file_id)
        same = pc.and_(same_file, pc.equal(table.column("form_no"), form_no))
        keep &= ~np.asarray(same.fill_null(False))
    return table.filter(pa.array(keep))


def _anomalies(
    job: Job, receipts: Sequence[Receipt], rows: Sequence[dict[str, Any]]
) -> dict[tuple[str, int], pa.Table]:
    """What the checks say that need the whole declaration, by form."""
    of_form = _receipts_by_form(receipts, rows)
    releases = _releases(job, rows)

    def found(row: dict[str, Any]) -> pa.Table:
        return _whole_checks(job, of_form[_place(row)], row, releases[row["file_id"]])

    with ThreadPoolExecutor(os.cpu_count()) as pool:  # Arrow reads without the interpreter
        return dict(zip(map(_place, rows), pool.map(found, rows), strict=True))


def _whole_checks(
    job: Job, receipts: Sequence[Receipt], row: dict[str, Any], release: Release
) -> pa.Table:
    """Rows of ``ops.finding``."""
    found = check(_read(job, receipts, row, release), [one for one in CHECKS if one.whole])
    at = FINDING.inside.get_field_index("run_id")
    run = pa.array([job.run_id] * found.num_rows, pa.string())
    return found.set_column(at, "run_id", run)


def _read(job: Job, receipts: Sequence[Receipt], row: dict[str, Any], release: Release) -> Shredded:
    """The block tables of one form as they were written. Rows are all owned by the first row of
    their parent's table: no check of a whole declaration asks for more than the declaration."""
    tables = {}
    for block in release.layout:
        layout = job.catalogue.tables(job.kind)[block.table.full_name]
        parts = [
            part
            for receipt in receipts
            for part in receipt.parts.get(block.table.full_name, ())
            if block.table.name in _LOOKED_AT
        ]
        tables[block.table.name] = rows_of_form(parts, layout, *_place(row), row["employer"])
    first = {name: max(table.num_rows, 1) for name, table in tables.items()}
    parents = {name: np.zeros(rows, dtype=np.int64) for name, rows in first.items()}
    return Shredded(release.layout, tables, parents)


def _receipts_by_form(
    receipts: Sequence[Receipt], rows: Sequence[dict[str, Any]]
) -> dict[tuple[str, int], list[Receipt]]:
    """The receipts of the batches that had a segment of each form."""
    found: dict[tuple[str, int], list[Receipt]] = {_place(row): [] for row in rows}
    files = pa.array([file_id for file_id, _ in found], pa.string())
    for receipt in receipts:
        ledger = read_ledger(FORM, [receipt.forms_ledger])
        of_files = ledger.filter(pc.is_in(ledger.column("file_id"), value_set=files))
        for place_ in {_place(row) for row in of_files.to_pylist()} & found.keys():
            found[place_].append(receipt)
    return found


def _releases(job: Job, rows: Sequence[dict[str, Any]]) -> dict[str, Release]:
    """By file id, the releases that judge the files of some forms."""
    asked = pa.array([row["file_id"] for row in rows], pa.string())
    files = pq.read_table((job.place / "ledger" / "files.parquet").source())
    files = files.filter(pc.is_in(files.column("file_id"), value_set=asked))
    releases = {}
    for file_id, name in zip(
        files.column("file_id").to_pylist(), files.column("release").to_pylist(), strict=True
    ):
        release = job.catalogue.find(job.kind, Quarter.parse(name)) if name else None
        if release is not None:
            releases[str(file_id)] = release
    return releases


def _cleaned(receipt: Receipt, gone: pa.Table, job: Job) -> Receipt:
    """A receipt whose parts are without the rows of some forms."""
    if not gone.num_rows:
        return receipt
    kept = job.place / "kept" / "long"
    parts = {
        name: tuple(without(paths, gone, kept / name / str(receipt.number)))
        for name, paths in receipt.parts.items()
    }
    if parts == receipt.parts:
        return receipt
    relations = [pq.ParquetFile(place(path).source()) for path in parts.get(_RELATION, ())]
    return replace(
        receipt,
        parts=parts,
        relations=sum(part.metadata.num_rows for part in relations),
        contributions=counted_in(parts.get(_CONTRIBUTION, ()), gone),
    )


def _again(job: Job, row: dict[str, Any], number: int) -> Receipt:
    """The receipt of a batch of one form, judged as a whole."""
    return process(Batch(number, tuple(_whole_stretch(job, row))), job)


def _whole_stretch(job: Job, row: dict[str, Any]) -> Iterator[Stretch]:
    path = json.loads((job.place / "ledger" / PATHS).read_text())[row["file_id"]]
    (file,) = survey_files([path], job)
    for part in rejoined(file.survey.ranges):
        if part.form_no == row["form_no"]:
            yield Stretch(file.path, replace(file.survey, ranges=()), file.stamp, part)
