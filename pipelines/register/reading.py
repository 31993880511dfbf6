"""Reads files of Dimona messages: judges their forms, and makes rows of those that are valid."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO

import pyarrow as pa
import pyarrow.compute as pc

from pipelines import survey_step
from pipelines.keep import keep_refused
from pipelines.register.work import FILE, ReadFile, ReadFiles, RegisterJob
from pipelines.storage import check_unchanged, open_file, shown, stamp
from pipelines.survey_step import file_fault, unread
from schemas.dimona import DIMONA
from schemas.dimona.register import MESSAGE
from schemas.ops import FINDING
from schemas.quarter import Quarter
from schemas.tables import from_rows
from transforms.dimona.flat import messages
from transforms.findings import Finding
from transforms.judge import Judged
from transforms.limits import WINDOW_BYTES
from transforms.shred import Shredder
from transforms.survey import Survey, survey
from transforms.together import Received, judge_together
from warehouse.arrow_files import keep
from warehouse.files import Place, place

GROUP_BYTES = 16 * 1024 * 1024
FILES_IN_GROUP = 2_000
"""Small files that one worker reads at once: bytes in all, and number."""

_MOMENT = pa.timestamp("us", "UTC")
_NEVER = datetime.fromtimestamp(0, UTC)

KNOWN, REFUSED, QUARANTINED, PROCESSED = "known", "refused", "quarantined", "processed"

ROW = pa.schema([*(f for f in MESSAGE.inside if f.name != "receipt"), ("file", pa.int64())])
"""Columns of a part: messages without their receipt, in order of file and form."""


def file_groups(inputs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Paths below the inputs in groups that are read together, in order."""
    return survey_step.file_groups(inputs, GROUP_BYTES, FILES_IN_GROUP)


def read_files(
    number: int, paths: Iterable[str], known: frozenset[str], job: RegisterJob
) -> ReadFiles:
    """Reads some files into one part. ``number`` names it; ``known``: files to leave alone, by
    ``known_as``."""
    start = time.perf_counter()
    reading = _Reading(job, known)
    part = job.folder("read") / f"{number:06}.arrow"
    with part.replacing() as sink, pa.ipc.new_file(sink, ROW) as writer:
        for path in paths:
            for table in reading.take(path):
                writer.write_table(table)
        for table in reading.rest():
            writer.write_table(table)
    found = from_rows(FINDING, reading.findings)
    ledger = keep(job.folder("ledger") / f"finding-{number:06}.arrow", found)
    return ReadFiles(str(part), ledger, reading.files(), time.perf_counter() - start)


def known_as(file_id: str, name: str) -> str:
    """By what a file is known that comes again: its content under another name is a second
    delivery, which is received like the first one."""
    return f"{file_id}/{name.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A range of a file (by number) that was read, and the moment at which the file changed."""

    file: int
    found: Survey
    changed: datetime
    received: Received


@dataclass
class _Reading:
    """Files that are being read. Forms are judged a window at a time, whatever files they are in:
    most files have one form, and a window costs some milliseconds. ``held``: its bytes."""

    job: RegisterJob
    known: frozenset[str]
    met: list[ReadFile] = field(default_factory=list)
    findings: list[dict[str, object]] = field(default_factory=list)
    valid: Counter[int] = field(default_factory=Counter)
    first: dict[int, datetime] = field(default_factory=dict)
    waiting: list[_Waiting] = field(default_factory=list)
    held: int = 0

    def take(self, path: str) -> Iterator[pa.Table]:
        """A file; rows of those that are ready."""
        try:
            stamped = stamp(path)
            with open_file(path) as stream:
                found = survey(stream, DIMONA, self.job.catalogue)
            changed = place(path).changed()
        except OSError as error:
            found, changed, stamped = unread(path, error, self.job.run_id), _NEVER, ""
        disposition = self._disposition(found, path)
        release = str(found.release) if found.release else None
        number = len(self.met)
        about = (found.file_id, found.size, found.codec, release, changed.isoformat())
        self.met.append(ReadFile(number, path, *about, disposition, found.forms, 0))
        if disposition == PROCESSED:
            yield from self._ranges(path, number, found, changed)
        elif disposition != KNOWN and (fault := file_fault(found)) is not None:
            self._find(found, None, fault)
            if stamped:
                with open_file(path) as source:
                    keep_refused(self._quarantine(), found.file_id[:16], [fault], source)
        if stamped:
            check_unchanged(path, stamped)

    def _disposition(self, found: Survey, path: str) -> str:
        if known_as(found.file_id, shown(path)) in self.known:
            return KNOWN
        if found.refused is not None:
            return REFUSED
        return QUARANTINED if found.set_aside is not None else PROCESSED

    def _ranges(
        self, path: str, number: int, found: Survey, changed: datetime
    ) -> Iterator[pa.Table]:
        assert found.codec is not None
        with open_file(path) as source:
            for part in found.ranges:
                source.seek(part.start)
                data = source.read(part.end - part.start)
                received = Received(data, part, found.root_tag, found.codec)
                self.waiting.append(_Waiting(number, found, changed, received))
                self.held += len(data)
                if self.held >= WINDOW_BYTES:
                    yield from self.rest()

    def rest(self) -> Iterator[pa.Table]:
        """Rows of the forms that wait, in order of file and form."""
        by_release: dict[Quarter, list[_Waiting]] = {}
        for one in self.waiting:
            assert one.found.release is not None
            by_release.setdefault(one.found.release, []).append(one)
        self.waiting, self.held = [], 0
        tables = [self._messages(release, some) for release, some in sorted(by_release.items())]
        rows = pa.concat_tables([ROW.empty_table(), *tables])
        if len(tables) > 1:
            rows = rows.sort_by([("file", "ascending"), ("form_no", "ascending")])
        if rows.num_rows:
            yield rows.combine_chunks()

    def _messages(self, quarter: Quarter, waiting: Sequence[_Waiting]) -> pa.Table:
        """Rows of the valid forms of a release; the others are kept with their reasons."""
        release = self.job.catalogue.find(DIMONA, quarter)
        assert release is not None
        judged, pack = judge_together([one.received for one in waiting], release)
        shredder = Shredder(release.layout)
        taken: list[_Waiting] = []
        for one, forms in zip(waiting, judged, strict=True):
            for form in forms:
                if form.accepted:
                    shredder.take(form, one.found.file_id)
                    taken.append(one)
                else:
                    self._set_aside(one, form)
        if not taken:
            return ROW.empty_table()
        return self._received(messages(shredder.finish(pack)), taken)

    def _received(self, table: pa.Table, taken: Sequence[_Waiting]) -> pa.Table:
        """Rows with what their reception adds, from where each was taken."""
        moments = pa.array([one.changed for one in taken], _MOMENT)
        if self.job.reception != FILE:
            moments = _made_at(table)
        files = [one.file for one in taken]
        self.valid.update(files)
        for file, moment in zip(files, moments, strict=True):
            if file not in self.first:
                self.first[file] = moment.as_py()
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {
            "received_at": moments,
            "ticket": pa.nulls(len(taken), pa.string()),
            "file": pa.array(files, pa.int64()),
        }
        return pa.table([columns[name] for name in ROW.names], schema=ROW)

    def files(self) -> tuple[ReadFile, ...]:
        """The files, when everything was read."""
        return tuple(
            replace(
                file,
                valid=self.valid[file.number],
                received=self.first[file.number].isoformat()
                if file.number in self.first
                else file.received,
            )
            for file in self.met
        )

    def _find(self, found: Survey, form_no: int | None, finding: Finding) -> None:
        place = {"run_id": self.job.run_id, "file_id": found.file_id, "form_no": form_no}
        self.findings.append(place | asdict(finding))

    def _set_aside(self, one: _Waiting, form: Judged) -> None:
        """Keeps a form as it was received, beside its reasons."""
        for finding in form.findings:
            self._find(one.found, form.form_no, finding)
        name = f"{one.found.file_id[:16]}-{form.form_no:06}"
        start = one.received.where.start
        content = one.received.data[form.start - start : form.end - start]
        keep_refused(self._quarantine(), name, list(form.findings), BytesIO(content))

    def _quarantine(self) -> Place:
        return self.job.folder("quarantine")


def _made_at(table: pa.Table) -> pa.Array:
    """When the forms say that they were made, in Belgian time."""
    hours = pc.fill_null(table.column("form_creation_hour"), "00:00:00")
    days = pc.cast(table.column("form_creation_date"), pa.string())
    joined = pc.binary_join_element_wise(days, pc.utf8_slice_codeunits(hours, 0, 8), "T")
    local = pc.cast(joined, pa.timestamp("us"))
    told = pc.assume_timezone(local, "Europe/Brussels", ambiguous="earliest", nonexistent="latest")
    return pc.cast(told, pa.timestamp("us", "UTC"))
