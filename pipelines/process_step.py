"""One batch: bytes in, part files and ledgers out. The order of the stages is this module.

Forms are judged, counted and shredded for some megabytes of XML at a time (``WINDOW_BYTES``), so
that memory does not grow with the batch, and numpy and Arrow have enough to do at once.
"""

import time
from collections.abc import Iterator, Sequence
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
from transforms.control import Totals, count_form, count_judged
from transforms.findings import refusal
from transforms.identify import Identity, glimpse, identify, identify_bytes
from transforms.judge import Judged
from transforms.limits import WINDOW_BYTES
from transforms.long_form import is_own, placed
from transforms.ranges import Range, Segment
from transforms.rates.book import rate_book
from transforms.relate import relate
from transforms.shred import Shredder
from transforms.shredded import Shredded
from transforms.together import Received, judge_segment, judge_together


def process(batch: Batch, job: Job) -> Receipt:
    """Judges the forms of a batch, shreds those accepted, derives and writes their tables."""
    with Output(job, batch.number) as output:
        working = _Working(job, output)
        for stretch, parts in ahead(batch.stretches, parts_of, attrgetter("size")):
            working.take(stretch, parts)
        working.finish_window()
        with working.timed("write"):
            # Parts are whole when the last of their rows are written.
            output.close()
    receipt = working.receipt(batch.number)
    (job.folder("receipts") / f"{batch.number:06}.json").write_text(receipt.to_json())
    return receipt


@dataclass(frozen=True)
class _Waiting:
    """A range of forms that has been read."""

    stretch: Stretch
    received: Received
    release: Release


@dataclass
class _Working:
    """The batch in progress: what has been read of the window (``held`` bytes), and what was
    counted so far."""

    job: Job
    output: Output
    waiting: list[_Waiting] = field(default_factory=list)
    held: int = 0
    totals: Totals = field(default_factory=Totals)
    size: int = 0
    relations: int = 0
    formulas: set[str] = field(default_factory=set)
    seconds: dict[str, float] = field(default_factory=dict)

    def take(self, stretch: Stretch, parts: tuple[bytes, ...]) -> None:
        """A stretch of a file, and what was read of it; a file that is not processed is kept with
        its reason."""
        self.size += stretch.size
        if stretch.part is None:
            fault = file_fault(stretch.survey)
            assert fault is not None
            self.output.set_aside_file(stretch, fault)
        elif stretch.part.segment is not None:
            self.finish_window()
            self._segment(stretch, parts, stretch.part, stretch.part.segment)
        else:
            self.waiting.append(self._received(stretch, parts[0], stretch.part))
            self.held += len(parts[0])
            if self.held >= WINDOW_BYTES:
                self.finish_window()

    def _received(self, stretch: Stretch, data: bytes, part: Range) -> _Waiting:
        """What judges the forms of a file, and how they are written."""
        found = stretch.survey
        assert found.release is not None
        assert found.codec is not None
        release = self.job.catalogue.find(self.job.kind, found.release)
        assert release is not None
        return _Waiting(stretch, Received(data, part, found.root_tag, found.codec), release)

    def finish_window(self) -> None:
        """Verdicts on the forms that wait, tables of those accepted, and what is derived from them,
        release by release."""
        by_release: dict[Quarter, list[_Waiting]] = {}
        for one in self.waiting:
            by_release.setdefault(one.release.quarter, []).append(one)
        self.waiting.clear()
        self.held = 0
        for quarter in sorted(by_release):
            # What was read, and found in it, is let go before more is derived.
            shredded = self._shredded(by_release.pop(quarter))
            if shredded is not None:
                self._derive(shredded)

    def _shredded(self, waiting: Sequence[_Waiting]) -> Shredded | None:
        """The tables of the accepted forms of one release, if there are any."""
        release = waiting[0].release
        with self.timed("validate"):
            judged, pack = judge_together([one.received for one in waiting], release)
        taken: list[tuple[Stretch, Judged, Identity]] = []
        for one, forms in zip(waiting, judged, strict=True):
            if len(forms) != one.received.where.forms:
                raise RuntimeError(f"{len(forms)} forms judged, {one.received.where} surveyed")
            for form in forms:
                identity = self._accepted(one, form)
                if identity is not None:
                    taken.append((one.stretch, form, identity))
        if not taken:
            return None
        with self.timed("count"):
            counted = count_judged([form for _, form, _ in taken], pack)
        with self.timed("shred"):
            shredder = Shredder(release.layout)
            for stretch, form, _ in taken:
                shredder.take(form, stretch.survey.file_id)
            shredded = shredder.finish(pack)
        for (stretch, form, identity), totals in zip(taken, counted, strict=True):
            self.totals += totals
            self.output.form(stretch, form.form_no, ACCEPTED, form, identity, totals)
        return shredded

    def _accepted(self, one: _Waiting, form: Judged) -> Identity | None:
        """Whose form it is, when it is accepted; another one is set aside."""
        kind, quarter = self.job.kind, str(self.job.quarter)
        identity = _identity(form, kind) if form.accepted else glimpse(form.content, kind)
        if form.accepted and identity.quarter == quarter:
            return identity
        disposition, findings = REFUSED, form.findings
        if form.accepted:
            message = f"the form declares {identity.quarter}, this run is for {quarter}"
            disposition = QUARANTINED
            findings = (refusal("other-quarter", message, form.line, identity.quarter),)
        data, start = one.received.data, one.received.where.start
        received = data[form.start - start : form.end - start]
        self.output.set_aside(one.stretch, form, received, identity, disposition, findings)
        return None

    def _segment(
        self, stretch: Stretch, parts: tuple[bytes, ...], part: Range, segment: Segment
    ) -> None:
        """A segment of a long form: accepted for its part, or the form is left in doubt."""
        inner = parts[1]
        one = self._received(stretch, inner, part)
        with self.timed("validate"):
            form, pack = judge_segment(parts[0], parts[2], one.received, one.release)
        identity = _identity(form, self.job.kind) if form is not None else None
        if form is None or identity is None or identity.quarter != str(self.job.quarter):
            self.output.form(stretch, part.form_no, DOUBTED)
            return
        with self.timed("count"):
            totals = count_form(form.content if segment.number == 0 else inner)
        with self.timed("shred"):
            shredder = Shredder(one.release.layout)
            shredder.take(form, stretch.survey.file_id)
            shredded = placed(shredder.finish(pack), segment, self.job.kind)
        self.totals += totals
        self.output.form(stretch, part.form_no, ACCEPTED, form, identity, totals)
        self._derive(shredded, segment)

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
            self.output.contributions,
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


def parts_of(stretch: Stretch) -> tuple[bytes, ...]:
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
