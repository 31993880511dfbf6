"""One batch: bytes in, part files and ledgers out. The order of the stages is this module.

Forms are judged one by one; the tables of those accepted are made for some megabytes of XML at a
time (``WINDOW_BYTES``), so that memory does not grow with the batch.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from operator import attrgetter
from typing import BinaryIO

from pipelines.ahead import ahead
from pipelines.output import ACCEPTED, DOUBTED, QUARANTINED, REFUSED, Output
from pipelines.reference import read_reference
from pipelines.storage import check_unchanged, open_file
from pipelines.survey_step import file_fault
from pipelines.work import Batch, Job, Receipt, Stretch
from schemas.catalogue import Release
from schemas.core import CONTRIBUTION, RELATION
from schemas.kind import Kind
from schemas.quarter import Quarter
from transforms.check import CHECKS, check
from transforms.contribute import contribute
from transforms.contribute.findings import anomalies
from transforms.control import Totals, count_form
from transforms.findings import refusal
from transforms.identify import Identity, glimpse, identify, identify_bytes
from transforms.judge import Judged, judge, judge_segment
from transforms.limits import WINDOW_BYTES
from transforms.long_form import is_own, placed
from transforms.ranges import Range, Segment
from transforms.rates.book import rate_book
from transforms.relate import relate
from transforms.shred import Shredder
from transforms.shredded import Shredded
from transforms.survey import Survey


def process(batch: Batch, job: Job) -> Receipt:
    """Judges the forms of a batch, shreds those accepted, derives and writes their tables."""
    with Output(job, batch.number) as output:
        working = _Working(job, output)
        for stretch, parts in ahead(batch.stretches, _parts, attrgetter("size")):
            working.take(stretch, parts)
        working.finish_window()
        with working.timed("write"):
            # Parts are whole when the last of their rows are written.
            output.close()
    receipt = working.receipt(batch.number)
    (job.folder("receipts") / f"{batch.number:06}.json").write_text(receipt.to_json())
    return receipt


@dataclass
class _Working:
    """The batch in progress: the forms of the window, and what was counted so far."""

    job: Job
    output: Output
    shredders: dict[Quarter, Shredder] = field(default_factory=dict)
    waiting: int = 0
    totals: Totals = field(default_factory=Totals)
    size: int = 0
    relations: int = 0
    formulas: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)

    def take(self, stretch: Stretch, parts: tuple[bytes, ...]) -> None:
        """A stretch of a file, and what was read of it; a file that is not processed is kept with
        its reason."""
        if stretch.part is None:
            fault = file_fault(stretch.survey)
            assert fault is not None
            self.output.set_aside_file(stretch, fault)
        elif stretch.part.segment is not None:
            self._segment(stretch, parts, stretch.part, stretch.part.segment)
        else:
            self._judge(stretch, parts[0], stretch.part)
        self.size += stretch.size
        if self.waiting >= WINDOW_BYTES:
            self.finish_window()

    def _judge(self, stretch: Stretch, data: bytes, part: Range) -> None:
        """A range of forms: each accepted, refused, or set aside."""
        release, codec = self._contract(stretch.survey)
        with self.timed("validate"):
            judged = judge(data, part, stretch.survey.root_tag, codec, release)
        if len(judged) != part.forms:
            raise RuntimeError(f"{part.forms} forms were surveyed, {len(judged)} were judged")
        for form in judged:
            received = data[form.start - part.start : form.end - part.start]
            self._judged(stretch, form, received, release)

    def _segment(
        self, stretch: Stretch, parts: tuple[bytes, ...], part: Range, segment: Segment
    ) -> None:
        """A segment of a long form: accepted for its part, or the form is left in doubt."""
        release, codec = self._contract(stretch.survey)
        head, inner, tail = parts
        with self.timed("validate"):
            form = judge_segment(head, inner, tail, part, stretch.survey.root_tag, codec, release)
        identity = _identity(form, self.job.kind) if form is not None else None
        if form is None or identity is None or identity.quarter != str(self.job.quarter):
            self.output.form(stretch, part.form_no, DOUBTED)
            return
        with self.timed("count"):
            whole = form.content, form.markup
            totals = count_form(*whole) if segment.number == 0 else count_form(inner)
        self.finish_window()
        with self.timed("shred"):
            shredder = Shredder(release.layout)
            shredder.take(form, stretch.survey.file_id)
            shredded = placed(shredder.finish(), segment, self.job.kind)
        self.totals += totals
        self.output.form(stretch, part.form_no, ACCEPTED, form, identity, totals)
        self._derive(shredded, segment)

    def _contract(self, found: Survey) -> tuple[Release, str]:
        """What judges the forms of a file, and their codec."""
        assert found.release is not None
        assert found.codec is not None
        release = self.job.catalogue.find(self.job.kind, found.release)
        assert release is not None
        return release, found.codec

    def _judged(self, stretch: Stretch, form: Judged, received: bytes, release: Release) -> None:
        kind, quarter = self.job.kind, str(self.job.quarter)
        if not form.accepted:
            identity = glimpse(form.content, kind)
            self.output.set_aside(stretch, form, received, identity, REFUSED, form.findings)
            return
        identity = _identity(form, kind)
        if identity.quarter != quarter:
            message = f"the form declares {identity.quarter}, this run is for {quarter}"
            finding = refusal("other-quarter", message, form.line, identity.quarter)
            self.output.set_aside(stretch, form, received, identity, QUARANTINED, (finding,))
            return
        with self.timed("count"):
            totals = count_form(form.content, form.markup)
        with self.timed("shred"):
            self._shredder(release).take(form, stretch.survey.file_id)
        self.waiting += len(form.content)
        self.totals += totals
        self.output.form(stretch, form.form_no, ACCEPTED, form, identity, totals)

    def _shredder(self, release: Release) -> Shredder:
        if release.quarter not in self.shredders:
            self.shredders[release.quarter] = Shredder(release.layout)
        return self.shredders[release.quarter]

    def finish_window(self) -> None:
        """Tables of the forms that wait, and what is derived from them, release by release."""
        for _, shredder in sorted(self.shredders.items()):
            with self.timed("shred"):
                shredded = shredder.finish()
            self._derive(shredded)
        self.shredders.clear()
        self.waiting = 0

    def _derive(self, shredded: Shredded, segment: Segment | None = None) -> None:
        """What follows from some forms, or from a segment of one: its own blocks are written."""
        kind = self.job.kind
        blocks = [b for b in shredded.layout if segment is None or is_own(b.path, segment, kind)]
        own = {block.table.name for block in blocks}
        with self.timed("check"):
            checks = [c for c in CHECKS if c.table in own and not (segment and c.whole)]
            self.output.anomalies(check(shredded, checks))
        with self.timed("relate"):
            relations = relate(shredded)
        with self.timed("contribute"):
            contributions = contribute(
                shredded,
                self.job.quarter,
                rate_book(),
                read_reference(self.job.reference),
                self.job.tolerance,
            )
            used = contributions.column("formula").unique().to_pylist()
            self.formulas.update(name for name in used if name)
            self.output.anomalies(anomalies(contributions))
        with self.timed("write"):
            tables = self.job.catalogue.tables(kind)
            for block in blocks:
                layout = tables[block.table.full_name]
                self.output.rows(layout, shredded.tables[block.table.name])
            self.output.rows(RELATION, relations)
            self.output.rows(CONTRIBUTION, contributions)
        self.relations += relations.num_rows

    def receipt(self, number: int) -> Receipt:
        counts = self.output.counts
        return Receipt(
            number,
            self.output.parts,
            self.output.forms_ledger(),
            self.output.findings_ledger(),
            self.size,
            counts[ACCEPTED],
            counts[REFUSED],
            counts[QUARANTINED],
            self.relations,
            self.totals,
            self.seconds,
            tuple(sorted(self.formulas)),
        )

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self.seconds[stage] = self.seconds.get(stage, 0.0) + spent


def _identity(form: Judged, kind: Kind) -> Identity:
    if form.tree is None:
        return identify_bytes(form.content, kind)
    return identify(form.tree, kind)


def _parts(stretch: Stretch) -> tuple[bytes, ...]:
    """What has to be read of a stretch: the range, or head, inner part and tail of a segment."""
    part = stretch.part
    if part is None:
        return ()
    segment = part.segment
    spans = (segment.head, segment.inner, segment.tail) if segment else ((part.start, part.end),)
    with open_file(stretch.path) as source:
        data = tuple(_bytes_of(source, *span) for span in spans)
    check_unchanged(stretch.path, stretch.stamp)
    return data


def _bytes_of(source: BinaryIO, start: int, end: int) -> bytes:
    source.seek(start)
    return source.read(end - start)
