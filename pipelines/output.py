"""What a batch writes: parts of tables, ledgers of forms and findings, what was not accepted.

Everything is written under other names and renamed when it is whole: a runner may try a batch
twice, even at once, and both write the same bytes.
"""

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from io import BytesIO
from types import TracebackType

import pyarrow as pa

from pipelines.counted import ContributionCount, added, counted
from pipelines.keep import keep_refused
from pipelines.storage import check_unchanged, open_file
from pipelines.work import Job, Stretch
from schemas.core import CONTRIBUTION
from schemas.ops import FINDING, FORM
from schemas.tables import Table, empty, from_rows
from transforms.control import Totals
from transforms.findings import Finding
from transforms.identify import Identity
from transforms.judge import Judged
from warehouse.arrow_files import keep, kept
from warehouse.parquet import PartWriter

ACCEPTED, REFUSED, QUARANTINED = "accepted", "refused", "quarantined"
DOUBTED = "doubted"
"""Of a long form with a segment that is not simply accepted: it is judged as a whole afterwards."""


class Output:
    """The output of one batch, in a ``with`` statement; parts are there when it ends.

    ``counts``: forms by disposition; ``contributions``: rows of ``core.contribution`` by outcome.
    """

    def __init__(self, job: Job, number: int) -> None:
        self._job = job
        self._number = number
        self._forms: list[dict[str, object]] = []
        self._findings: list[dict[str, object]] = []
        self._anomalies: list[pa.Table] = []
        self._writers: dict[str, PartWriter] = {}
        self._open = ExitStack()
        self.parts: dict[str, tuple[str, ...]] = {}
        self.counts: Counter[str] = Counter()
        self.contributions: tuple[ContributionCount, ...] = ()

    def __enter__(self) -> "Output":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._open.__exit__(kind, error, trace)

    def close(self) -> None:
        """Ends the parts; nothing can be added any more."""
        self._open.close()

    def rows(self, layout: Table, table: pa.Table) -> None:
        """Adds rows (inside types) to the part of a table."""
        if not table.num_rows:
            return
        writer = self._writers.get(layout.full_name)
        if writer is None:
            path = self._job.folder(f"parts/{layout.full_name}") / f"{self._number:06}.parquet"
            sink = self._open.enter_context(path.replacing())
            writer = self._open.enter_context(PartWriter(sink, layout))
            self._writers[layout.full_name] = writer
            self.parts[layout.full_name] = (str(path),)
        writer.append(table)
        if layout is CONTRIBUTION:
            self.contributions = added((*self.contributions, *counted(table)))

    def form(
        self,
        stretch: Stretch,
        form_no: int,
        disposition: str,
        form: Judged | None = None,
        identity: Identity | None = None,
        totals: Totals | None = None,
    ) -> None:
        """What became of a form."""
        row: dict[str, object] = {
            "run_id": self._job.run_id,
            "file_id": stretch.survey.file_id,
            "form_no": form_no,
            "disposition": disposition,
        }
        if form is not None:
            row |= {"line": form.line, "byte_start": form.start, "byte_end": form.end}
        for facts in (identity, totals):
            if facts is not None:
                row |= {name: getattr(facts, name) for name in facts.__slots__}
        self._forms.append(row)
        # The segments of a long form have a row each, the first of them counts.
        self.counts[disposition] += stretch.part is None or stretch.part.forms

    def finding(self, stretch: Stretch, form_no: int | None, finding: Finding) -> None:
        """Why a form, or a whole file, is not accepted."""
        place = {"run_id": self._job.run_id, "file_id": stretch.survey.file_id, "form_no": form_no}
        self._findings.append(place | asdict(finding))

    def anomalies(self, found: pa.Table) -> None:
        """Findings about accepted forms: rows of ``ops.finding`` without a run."""
        at = FINDING.inside.get_field_index("run_id")
        run = pa.repeat(pa.scalar(self._job.run_id, pa.string()), found.num_rows)
        self._anomalies.append(found.set_column(at, "run_id", run))

    def set_aside(
        self,
        stretch: Stretch,
        form: Judged,
        received: bytes,
        identity: Identity,
        disposition: str,
        findings: tuple[Finding, ...],
    ) -> None:
        """A form that is not accepted: kept as received, next to the reasons."""
        self.form(stretch, form.form_no, disposition, form, identity)
        for finding in findings:
            self.finding(stretch, form.form_no, finding)
        name = f"{stretch.survey.file_id[:16]}-{form.form_no:06}"
        folder = self._job.folder("quarantine")
        keep_refused(folder, name, list(findings), BytesIO(received))

    def set_aside_file(self, stretch: Stretch, fault: Finding) -> None:
        """A file that is refused or set aside as a whole: kept with its reason."""
        self.finding(stretch, None, fault)
        disposition = REFUSED if stretch.survey.refused else QUARANTINED
        for form_no in range(1, stretch.survey.forms + 1):
            self.form(stretch, form_no, disposition)
        if stretch.stamp:
            name = stretch.survey.file_id[:16]
            with open_file(stretch.path) as source:
                keep_refused(self._job.folder("quarantine"), name, [fault], source)
            check_unchanged(stretch.path, stretch.stamp)

    def forms_ledger(self) -> str:
        """Writes the rows of ``ops.form``; the path."""
        return self._ledger(FORM, from_rows(FORM, self._forms))

    def findings_ledger(self) -> str:
        """Writes reasons of what was not accepted, then anomalies of what was; the path."""
        reasons = from_rows(FINDING, self._findings)
        return self._ledger(FINDING, pa.concat_tables([reasons, *self._anomalies]))

    def _ledger(self, layout: Table, table: pa.Table) -> str:
        return keep(self._job.folder("ledger") / f"{layout.name}-{self._number:06}.arrow", table)


def read_ledger(layout: Table, paths: Sequence[str]) -> pa.Table:
    """The rows of ledgers, inside types."""
    return pa.concat_tables([empty(layout), *map(kept, paths)])
