"""Reads files of Dimona messages: judges their forms, and makes rows of those that are valid."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.keep import keep_refused
from pipelines.register.work import FILE, ReadFile, ReadFiles, RegisterJob
from pipelines.storage import check_unchanged, list_files, open_file, stamp
from pipelines.survey_step import file_fault, unread
from schemas.dimona import DIMONA
from schemas.dimona.register import MESSAGE
from schemas.ops import FINDING
from schemas.tables import from_rows
from transforms.dimona.flat import messages
from transforms.findings import Finding
from transforms.judge import Judged
from transforms.limits import WINDOW_BYTES
from transforms.ranges import Range
from transforms.shred import Shredder
from transforms.survey import Survey, survey
from transforms.together import Received, judge_together
from warehouse.arrow_files import keep
from warehouse.files import Place, place

GROUP_BYTES = 16 * 1024 * 1024
FILES_IN_GROUP = 2_000
"""Small files that one worker reads at once: bytes in all, and number."""

_NEVER = datetime.fromtimestamp(0, UTC)

KNOWN, REFUSED, QUARANTINED, PROCESSED = "known", "refused", "quarantined", "processed"

ROW = pa.schema([*(f for f in MESSAGE.inside if f.name != "receipt"), ("file", pa.int64())])
"""Columns of a part: messages without their receipt, in order of file and form."""


def file_groups(inputs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Paths below the inputs in groups, in order."""
    group: list[str] = []
    size = 0
    for path, length in list_files(inputs):
        if group and (size + length > GROUP_BYTES or len(group) == FILES_IN_GROUP):
            yield tuple(group)
            group, size = [], 0
        group.append(path)
        size += length
    if group:
        yield tuple(group)


def read_files(
    number: int, paths: Iterable[str], known: frozenset[str], job: RegisterJob
) -> ReadFiles:
    """Reads some files into one part. ``number`` names it; ``known``: ids of files to leave."""
    start = time.perf_counter()
    reading = _Reading(job, number, known)
    part = job.folder("read") / f"{number:06}.arrow"
    with part.replacing() as sink, pa.ipc.new_file(sink, ROW) as writer:
        for path in paths:
            for table in reading.take(path):
                writer.write_table(table)
    found = from_rows(FINDING, reading.findings)
    ledger = keep(job.folder("ledger") / f"finding-{number:06}.arrow", found)
    return ReadFiles(str(part), ledger, tuple(reading.files), time.perf_counter() - start)


@dataclass
class _Reading:
    job: RegisterJob
    number: int
    known: frozenset[str]
    files: list[ReadFile] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)

    def take(self, path: str) -> Iterator[pa.Table]:
        """Rows of a file, some at a time."""
        try:
            stamped = stamp(path)
            with open_file(path) as stream:
                found = survey(stream, DIMONA, self.job.catalogue)
            received = place(path).changed()
        except OSError as error:
            found, received, stamped = unread(path, error, self.job.run_id), _NEVER, ""
        first, valid = received, 0
        disposition = self._disposition(found)
        if disposition == PROCESSED:
            for table in self._rows(path, found, received):
                first = table.column("received_at")[0].as_py() if valid == 0 else first
                valid += table.num_rows
                yield table
        elif (fault := file_fault(found)) is not None and disposition != KNOWN:
            self._find(found, None, fault)
            if stamped:
                with open_file(path) as source:
                    keep_refused(self._quarantine(), found.file_id[:16], [fault], source)
        if stamped:
            check_unchanged(path, stamped)
        release = str(found.release) if found.release else None
        self.files.append(
            ReadFile(
                len(self.files), path, found.file_id, found.size, found.codec, release,
                first.isoformat(), disposition, found.forms, valid,
            )
        )  # fmt: skip

    def _disposition(self, found: Survey) -> str:
        if found.file_id in self.known:
            return KNOWN
        if found.refused is not None:
            return REFUSED
        return QUARANTINED if found.set_aside is not None else PROCESSED

    def _rows(self, path: str, found: Survey, received: datetime) -> Iterator[pa.Table]:
        with open_file(path) as source:
            for window in _windows(found.ranges):
                data = []
                for part in window:
                    source.seek(part.start)
                    data.append(source.read(part.end - part.start))
                table = self._messages(window, data, found)
                if table is not None:
                    yield self._received(table, received)

    def _messages(
        self, window: Sequence[Range], data: Sequence[bytes], found: Survey
    ) -> pa.Table | None:
        """Rows of the valid forms of a window; the others are kept with their reasons."""
        assert found.release is not None
        assert found.codec is not None
        release = self.job.catalogue.find(DIMONA, found.release)
        assert release is not None
        received = [
            Received(content, part, found.root_tag, found.codec)
            for content, part in zip(data, window, strict=True)
        ]
        judged, pack = judge_together(received, release)
        shredder = Shredder(release.layout)
        count = 0
        for forms, content, part in zip(judged, data, window, strict=True):
            for form in forms:
                if form.accepted:
                    shredder.take(form, found.file_id)
                    count += 1
                else:
                    self._set_aside(found, form, content, part)
        return messages(shredder.finish(pack)) if count else None

    def _received(self, table: pa.Table, received: datetime) -> pa.Table:
        """Rows with what their reception adds."""
        count = table.num_rows
        moments = pa.repeat(pa.scalar(received, pa.timestamp("us", "UTC")), count)
        if self.job.reception != FILE:
            moments = _made_at(table)
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {
            "received_at": moments,
            "ticket": pa.nulls(count, pa.string()),
            "file": pa.repeat(pa.scalar(len(self.files), pa.int64()), count),
        }
        return pa.table([columns[name] for name in ROW.names], schema=ROW)

    def _find(self, found: Survey, form_no: int | None, finding: Finding) -> None:
        place = {"run_id": self.job.run_id, "file_id": found.file_id, "form_no": form_no}
        self.findings.append(place | asdict(finding))

    def _set_aside(self, found: Survey, form: Judged, data: bytes, part: Range) -> None:
        """Keeps a form of a range (``data``) as it was received, beside its reasons."""
        for finding in form.findings:
            self._find(found, form.form_no, finding)
        name = f"{found.file_id[:16]}-{form.form_no:06}"
        content = data[form.start - part.start : form.end - part.start]
        keep_refused(self._quarantine(), name, list(form.findings), BytesIO(content))

    def _quarantine(self) -> Place:
        return self.job.folder("quarantine")


def _windows(ranges: Sequence[Range]) -> Iterator[list[Range]]:
    window: list[Range] = []
    size = 0
    for part in ranges:
        window.append(part)
        size += part.end - part.start
        if size >= WINDOW_BYTES:
            yield window
            window, size = [], 0
    if window:
        yield window


def _made_at(table: pa.Table) -> pa.Array:
    """When the forms say that they were made, in Belgian time."""
    hours = pc.fill_null(table.column("form_creation_hour"), "00:00:00")
    days = pc.cast(table.column("form_creation_date"), pa.string())
    joined = pc.binary_join_element_wise(days, pc.utf8_slice_codeunits(hours, 0, 8), "T")
    local = pc.cast(joined, pa.timestamp("us"))
    told = pc.assume_timezone(local, "Europe/Brussels", ambiguous="earliest", nonexistent="latest")
    return pc.cast(told, pa.timestamp("us", "UTC"))
