"""One batch: bytes in, part files and ledgers out. The order of the stages is this module."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from io import BytesIO

import pyarrow as pa

from pipelines.keep import keep_refused, replacing
from pipelines.reference import read_reference
from pipelines.storage import check_unchanged, open_file
from pipelines.survey_step import file_fault
from pipelines.work import Batch, Job, Receipt, Stretch
from schemas.catalogue import Release
from schemas.core import CONTRIBUTION, RELATION
from schemas.ops import FINDING, FORM
from schemas.quarter import Quarter
from schemas.tables import Table, from_rows
from transforms.check import check
from transforms.contribute import contribute
from transforms.contribute.findings import anomalies
from transforms.control import Totals, count_form
from transforms.findings import Finding, refusal
from transforms.identify import Identity, glimpse, identify
from transforms.judge import Judged, judge
from transforms.rates.book import rate_book
from transforms.relate import relate
from transforms.shred import Shredder
from warehouse.parquet import write_part

ACCEPTED, REFUSED, QUARANTINED = "accepted", "refused", "quarantined"


def process(batch: Batch, job: Job) -> Receipt:
    """Judges the forms of a batch, shreds those accepted, derives and writes their tables."""
    working = _Working(job, batch.number)
    for stretch in batch.stretches:
        if stretch.part is None:
            working.whole_file(stretch)
        else:
            working.stretch(stretch)
    working.write_tables()
    receipt = working.receipt()
    path = job.folder("receipts") / f"{batch.number:06}.json"
    with replacing(path) as draft:
        draft.write_text(receipt.to_json())
    return receipt


@dataclass
class _Working:
    """The batch in progress: what was gathered so far."""

    job: Job
    number: int
    shredders: dict[Quarter, Shredder] = field(default_factory=dict)
    forms: list[dict[str, object]] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)
    anomalies: list[pa.Table] = field(default_factory=list)
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    size: int = 0
    relations: int = 0
    formulas: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)

    def whole_file(self, stretch: Stretch) -> None:
        """A file that is refused or set aside as a whole: kept with its reason."""
        fault = file_fault(stretch.survey)
        assert fault is not None
        self._finding(stretch, None, fault)
        disposition = REFUSED if stretch.survey.refused else QUARANTINED
        for form_no in range(1, stretch.survey.forms + 1):
            self._form(stretch, form_no, disposition)
        name = stretch.survey.file_id[:16]
        if stretch.stamp:
            with open_file(stretch.path) as source:
                keep_refused(self.job.folder("quarantine"), name, [fault], source)
            check_unchanged(stretch.path, stretch.stamp)
        self.size += stretch.survey.size

    def stretch(self, stretch: Stretch) -> None:
        """A range of forms: each accepted, refused, or set aside."""
        part = stretch.part
        assert part is not None
        assert stretch.survey.release is not None
        assert stretch.survey.codec is not None
        release = self.job.catalogue.find(self.job.kind, stretch.survey.release)
        assert release is not None
        with self._timed("read"), open_file(stretch.path) as source:
            source.seek(part.start)
            data = source.read(part.end - part.start)
        check_unchanged(stretch.path, stretch.stamp)
        with self._timed("validate"):
            judged = judge(data, part, stretch.survey.root_tag, stretch.survey.codec, release)
        if len(judged) != part.forms:
            raise RuntimeError(f"{part.forms} forms were surveyed, {len(judged)} were judged")
        for form in judged:
            received = data[form.start - part.start : form.end - part.start]
            self._judged(stretch, form, received, release)
        self.size += len(data)

    def _judged(self, stretch: Stretch, form: Judged, received: bytes, release: Release) -> None:
        kind = self.job.kind
        if not form.accepted or form.element is None:
            self._set_aside(
                stretch, form, received, glimpse(form.content, kind), REFUSED, form.findings
            )
            return
        identity = identify(form.element, kind)
        if identity.quarter != str(self.job.quarter):
            message = f"the form declares {identity.quarter}, this run is for {self.job.quarter}"
            finding = refusal("other-quarter", message, form.line, identity.quarter)
            self._set_aside(stretch, form, received, identity, QUARANTINED, (finding,))
            return
        with self._timed("count"):
            totals = count_form(form.content)
        with self._timed("shred"):
            shredder = self.shredders.get(release.quarter)
            if shredder is None:
                shredder = self.shredders[release.quarter] = Shredder(release.layout)
            shredder.add(
                form.element,
                stretch.survey.file_id,
                form.form_no,
                form.line_shift,
                form.block_lines,
                form.content,
            )
        self.totals += totals
        self._form(stretch, form.form_no, ACCEPTED, form, identity, totals)

    def _set_aside(
        self,
        stretch: Stretch,
        form: Judged,
        received: bytes,
        identity: Identity,
        disposition: str,
        findings: tuple[Finding, ...],
    ) -> None:
        self._form(stretch, form.form_no, disposition, form, identity)
        for finding in findings:
            self._finding(stretch, form.form_no, finding)
        name = f"{stretch.survey.file_id[:16]}-{form.form_no:06}"
        folder = self.job.folder("quarantine")
        keep_refused(folder, name, list(findings), BytesIO(received))

    def _form(
        self,
        stretch: Stretch,
        form_no: int,
        disposition: str,
        form: Judged | None = None,
        identity: Identity | None = None,
        totals: Totals | None = None,
    ) -> None:
        row: dict[str, object] = {
            "run_id": self.job.run_id,
            "file_id": stretch.survey.file_id,
            "form_no": form_no,
            "disposition": disposition,
        }
        if form is not None:
            row |= {"line": form.line, "byte_start": form.start, "byte_end": form.end}
        if identity is not None:
            row |= asdict(identity)
        if totals is not None:
            row |= asdict(totals)
        self.forms.append(row)

    def _finding(self, stretch: Stretch, form_no: int | None, finding: Finding) -> None:
        place = {"run_id": self.job.run_id, "file_id": stretch.survey.file_id, "form_no": form_no}
        self.findings.append(place | asdict(finding))

    def write_tables(self) -> None:
        """Parts of the block tables and of what is derived from them, for each release."""
        for quarter, shredder in sorted(self.shredders.items()):
            with self._timed("shred"):
                shredded = shredder.finish()
            with self._timed("check"):
                self.anomalies.append(check(shredded))
            with self._timed("relate"):
                relations = relate(shredded)
            with self._timed("contribute"):
                contributions = contribute(
                    shredded,
                    self.job.quarter,
                    rate_book(),
                    read_reference(self.job.reference),
                    self.job.tolerance,
                )
                used = contributions.column("formula").unique().to_pylist()
                self.formulas.update(name for name in used if name)
                self.anomalies.append(anomalies(contributions))
            with self._timed("write"):
                name = f"{self.number:06}-{quarter}.parquet"
                tables = self.job.catalogue.tables(self.job.kind)
                for block in shredded.layout:
                    layout = tables[block.table.full_name]
                    self._part(layout, shredded.tables[block.table.name], name)
                self._part(RELATION, relations, name)
                self._part(CONTRIBUTION, contributions, name)
            self.relations += relations.num_rows

    def _part(self, layout: Table, table: pa.Table, name: str) -> None:
        if table.num_rows:
            path = self.job.folder(f"parts/{layout.full_name}") / name
            with replacing(path) as draft:
                write_part(draft, table, layout)
            self.parts[layout.full_name] = (*self.parts.get(layout.full_name, ()), str(path))

    def receipt(self) -> Receipt:
        dispositions = [row["disposition"] for row in self.forms]
        return Receipt(
            self.number,
            self.parts,
            self._ledger(FORM, from_rows(FORM, self.forms)),
            self._ledger(FINDING, self._all_findings()),
            self.size,
            dispositions.count(ACCEPTED),
            dispositions.count(REFUSED),
            dispositions.count(QUARANTINED),
            self.relations,
            self.totals,
            self.seconds,
            tuple(sorted(self.formulas)),
        )

    def _all_findings(self) -> pa.Table:
        """Reasons of what was not accepted, then anomalies of what was."""
        run = pa.scalar(self.job.run_id, pa.string())
        at = FINDING.inside.get_field_index("run_id")
        signed = [
            found.set_column(at, "run_id", pa.repeat(run, found.num_rows))
            for found in self.anomalies
        ]
        return pa.concat_tables([from_rows(FINDING, self.findings), *signed])

    def _ledger(self, layout: Table, table: pa.Table) -> str:
        path = self.job.folder("ledger") / f"{layout.name}-{self.number:06}.arrow"
        with (
            replacing(path) as draft,
            pa.OSFile(str(draft), "wb") as sink,
            pa.ipc.new_file(sink, table.schema) as writer,
        ):
            writer.write_table(table)
        return str(path)

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent
