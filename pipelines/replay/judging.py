"""One portion of a replay: bytes in, a tally out."""

from dataclasses import dataclass, field
from itertools import chain
from operator import attrgetter

from pipelines.ahead import ahead
from pipelines.process_step import parts_of
from pipelines.replay.work import Portion, ReplayJob
from pipelines.storage import announce, open_file, shown
from pipelines.survey_step import file_fault, stretches_of, survey_files
from pipelines.work import Stretch
from schemas.kind import MessageKind
from transforms.findings import REFUSALS
from transforms.limits import WINDOW_BYTES
from transforms.replay.documents import tally_document
from transforms.replay.forms import FormOf, tally_forms
from transforms.replay.tally import Example, Tally
from transforms.replay.verdict import Bench
from transforms.together import Received

_WORDS = {one.code: one.meaning for one in REFUSALS}
"""What is said of a file that cannot be judged: the findings themselves may quote it."""


def judge_portion(portion: Portion, job: ReplayJob) -> Tally:
    """Judges what the portion names; leaves a receipt in the folder of the replay."""
    if portion.paths and job.message is None:
        tally = _documents(portion, job)
    elif portion.paths or portion.stretches:
        tally = _forms(portion, job)
    else:
        from pipelines.replay.stored import tally_stored

        tally = tally_stored(portion, job)
    (job.folder("receipts") / f"{portion.number:012}.json").write_text("")
    return tally


def _documents(portion: Portion, job: ReplayJob) -> Tally:
    tally, bench = Tally(), job.bench
    for path in portion.paths:
        announce(path)
    for path in portion.paths:
        try:
            with open_file(path) as stream:
                tally_document(stream, shown(path), bench, tally)
        except OSError as error:
            _cannot_open(path, error, tally)
    return tally


def _cannot_open(path: str, error: OSError, tally: Tally) -> None:
    why = f"the file cannot be read: {error.strerror}"
    tally.cannot_read("unreadable", Example(shown(path), 0, 1, "", why))


def _forms(portion: Portion, job: ReplayJob) -> Tally:
    """Small files are looked at and judged by the same worker: they are read while they are at
    hand, and nothing of them travels."""
    window = _Window(job.kind, job.bench)
    surveyed = survey_files(portion.paths, job)
    stretches = [*portion.stretches, *chain.from_iterable(map(stretches_of, surveyed))]
    for stretch, parts in ahead(stretches, parts_of, attrgetter("size")):
        window.take(stretch, parts)
    window.finish()
    return window.tally


@dataclass
class _Window:
    """Forms that have been read and are judged together, and what was counted so far."""

    kind: MessageKind
    bench: Bench
    tally: Tally = field(default_factory=Tally)
    waiting: list[FormOf] = field(default_factory=list)
    held: int = 0

    def take(self, stretch: Stretch, parts: tuple[bytes, ...]) -> None:
        """What was read of a stretch; nothing for a file that is not judged as a whole."""
        self.tally.bytes += stretch.size
        if stretch.part is None:
            self._refused(stretch)
            return
        found = stretch.survey
        assert found.codec is not None
        received = Received(parts[0], stretch.part, found.root_tag, found.codec)
        self.tally.files += stretch.part.form_no == 1
        self.waiting.append(FormOf(shown(stretch.path), received))
        self.held += len(parts[0])
        if self.held >= WINDOW_BYTES:
            self.finish()

    def _refused(self, stretch: Stretch) -> None:
        """A file that cannot be judged counts with the forms that were met in it, at least one."""
        fault = file_fault(stretch.survey)
        assert fault is not None
        self.tally.files += 1
        example = Example(shown(stretch.path), 0, fault.line or 1, "", _WORDS.get(fault.code, ""))
        self.tally.cannot_read(fault.code, example, max(1, stretch.survey.forms))

    def finish(self) -> None:
        """Judges what waits."""
        tally_forms(self.waiting, self.bench, self.kind, self.tally)
        self.waiting = []
        self.held = 0
