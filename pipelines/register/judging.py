"""Files of a message without a quarter: which of them are new, and which of their forms are valid.

What is against the schema is kept as it was received, beside its reasons.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from io import BytesIO

import pyarrow as pa

from pipelines.keep import keep_refused
from pipelines.register.work import ReadFile, RegisterJob
from pipelines.storage import check_unchanged, open_file, shown, stamp
from pipelines.survey_step import file_fault, unread
from schemas.kind import MessageKind
from schemas.ops import FILE, FINDING
from schemas.quarter import Quarter
from schemas.tables import from_rows
from transforms.findings import Finding
from transforms.judge import Judged
from transforms.limits import WINDOW_BYTES
from transforms.shred import Shredder
from transforms.shredded import Shredded
from transforms.survey import Survey, survey
from transforms.together import Received, judge_together
from warehouse.files import Place, place

KNOWN, REFUSED, QUARANTINED, PROCESSED = "known", "refused", "quarantined", "processed"

_NEVER = datetime.fromtimestamp(0, UTC)


def known_as(file_id: str, name: str) -> str:
    """By what a file is known that comes again: its content under another name is a second
    delivery, which is received like the first one."""
    return f"{file_id}/{name.rpartition('/')[2]}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A range of a file (by number) that was read, and the moment at which the file changed."""

    file: int
    found: Survey
    changed: datetime
    received: Received


Make = Callable[[Shredded, Sequence[Waiting]], pa.Table]
"""What is made of the tables of valid forms, and of the range that each of them comes from."""


@dataclass
class Reading:
    """Files that are being read. Forms are judged a window at a time, whatever files they are in:
    most files have one form, and a window costs some milliseconds. ``known``: files to leave alone,
    by ``known_as``."""

    job: RegisterJob
    kind: MessageKind
    known: frozenset[str]
    make: Make
    _met: list[ReadFile] = field(default_factory=list)
    _findings: list[dict[str, object]] = field(default_factory=list)
    _valid: Counter[int] = field(default_factory=Counter)
    _waiting: list[Waiting] = field(default_factory=list)
    _held: int = 0

    def windows(self, paths: Iterable[str]) -> Iterator[list[pa.Table]]:
        """What was made of the valid forms of a window, a table for each release that has any."""
        for path in paths:
            for waiting in self._take(path):
                self._waiting.append(waiting)
                self._held += len(waiting.received.data)
                if self._held >= WINDOW_BYTES:
                    yield from self._judged()
        yield from self._judged()

    def files(self) -> tuple[ReadFile, ...]:
        """The files, when everything was read."""
        return tuple(replace(file, valid=self._valid[file.number]) for file in self._met)

    def findings(self) -> pa.Table:
        """Rows of ``ops.finding``: why files and forms were not taken."""
        return from_rows(FINDING, self._findings)

    def _take(self, path: str) -> Iterator[Waiting]:
        """A file; the ranges of one that is to be judged."""
        try:
            stamped = stamp(path)
            with open_file(path) as stream:
                found = survey(stream, self.kind, self.job.catalogue)
            changed = place(path).changed()
        except OSError as error:
            found, changed, stamped = unread(path, error, self.job.run_id), _NEVER, ""
        disposition = self._disposition(found, path)
        release = str(found.release) if found.release else None
        number = len(self._met)
        about = (found.file_id, found.size, found.codec, release, changed.isoformat())
        self._met.append(ReadFile(number, path, *about, disposition, found.forms, 0))
        if disposition == PROCESSED:
            yield from _ranges(path, number, found, changed)
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

    def _judged(self) -> Iterator[list[pa.Table]]:
        """What is made of the forms that wait, release by release."""
        by_release: dict[Quarter, list[Waiting]] = {}
        for one in self._waiting:
            assert one.found.release is not None
            by_release.setdefault(one.found.release, []).append(one)
        self._waiting, self._held = [], 0
        found = (self._made(release, some) for release, some in sorted(by_release.items()))
        tables = [table for table in found if table is not None]
        if tables:
            yield tables

    def _made(self, quarter: Quarter, waiting: Sequence[Waiting]) -> pa.Table | None:
        """What is made of the valid forms of a release; the others are kept with their reasons."""
        release = self.job.catalogue.find(self.kind, quarter)
        assert release is not None
        judged, pack = judge_together([one.received for one in waiting], release)
        shredder = Shredder(release.layout)
        taken: list[Waiting] = []
        for one, forms in zip(waiting, judged, strict=True):
            for form in forms:
                if form.accepted:
                    shredder.take(form, one.found.file_id)
                    taken.append(one)
                else:
                    self._set_aside(one, form)
        self._valid.update(one.file for one in taken)
        return self.make(shredder.finish(pack), taken) if taken else None

    def _find(self, found: Survey, form_no: int | None, finding: Finding) -> None:
        place = {"run_id": self.job.run_id, "file_id": found.file_id, "form_no": form_no}
        self._findings.append(place | asdict(finding))

    def _set_aside(self, one: Waiting, form: Judged) -> None:
        """Keeps a form as it was received, beside its reasons."""
        for finding in form.findings:
            self._find(one.found, form.form_no, finding)
        name = f"{one.found.file_id[:16]}-{form.form_no:06}"
        start = one.received.where.start
        content = one.received.data[form.start - start : form.end - start]
        keep_refused(self._quarantine(), name, list(form.findings), BytesIO(content))

    def _quarantine(self) -> Place:
        return self.job.folder("quarantine")


def _ranges(path: str, number: int, found: Survey, changed: datetime) -> Iterator[Waiting]:
    assert found.codec is not None
    with open_file(path) as source:
        for part in found.ranges:
            source.seek(part.start)
            data = source.read(part.end - part.start)
            yield Waiting(number, found, changed, Received(data, part, found.root_tag, found.codec))


def file_rows(files: Sequence[ReadFile], run_id: str) -> pa.Table:
    """Rows of ``ops.file``."""
    rows: list[dict[str, object]] = [
        {
            "run_id": run_id,
            "file_id": file.file_id,
            "name": shown(file.path),
            "size": file.size,
            "encoding": file.codec,
            "release": file.release,
            "disposition": file.disposition,
            "forms": file.forms,
        }
        for file in files
    ]
    return from_rows(FILE, rows)
