"""Surveying batches of files, and planning batches of work from what was found."""

import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from math import ceil
from operator import attrgetter
from typing import BinaryIO, Protocol

import pyarrow as pa

from pipelines.storage import announce, check_unchanged, list_files, open_file, shown, stamp
from pipelines.work import Batch, Job, Plan, Stretch, SurveyedFile
from schemas.catalogue import Catalogue
from schemas.kind import MessageKind
from schemas.ops import FILE
from transforms.findings import Finding, refusal
from transforms.survey import Survey, survey
from warehouse.parquet import write_part

_KNOWN = "known"
PATHS = "paths.json"
"""Where the files are, by file id: a path may hold bytes that no text column takes."""

FILES_PER_SURVEY = 500
SURVEY_BYTES = 12 * 1024 * 1024
"""Small files surveyed by one worker at once: number, and bytes in all."""

_SHORT = 1024 * 1024
"""A file of fewer bytes is read at once."""

_ANNOUNCED = 16
"""Files that the system is told of before they are read. No thread reads ahead here, as in
``process_step``: handing over small files takes longer than reading them."""

BATCH_BYTES = 512 * 1024 * 1024
"""At most about as much XML in a batch, that is in a part of each table: large parts are what makes
a commit and a query fast. Memory does not grow with it: see ``WINDOW_BYTES``."""

SHARED_BYTES = 12 * 1024 * 1024
BATCHES = 16
"""A run of more bytes than the first is divided until it has as many batches, for several workers
to share."""
_EVEN = 8
"""Two, four or eight workers have as much to do."""


def file_groups(
    inputs: Sequence[str], most_bytes: int | None = None, most_files: int | None = None
) -> Iterator[tuple[str, ...]]:
    """Paths below the inputs in order, in groups of about ``most_bytes``."""
    most_bytes, most_files = most_bytes or SURVEY_BYTES, most_files or FILES_PER_SURVEY
    group: list[str] = []
    size = 0
    for path, length in list_files(inputs):
        if group and (size + length > most_bytes or len(group) == most_files):
            yield tuple(group)
            group, size = [], 0
        group.append(path)
        size += length
    if group:
        yield tuple(group)


class Surveying(Protocol):
    """What a survey has to know of a job: the message, and the releases of its files."""

    @property
    def run_id(self) -> str: ...

    @property
    def kind(self) -> MessageKind: ...

    @property
    def catalogue(self) -> Catalogue: ...


def survey_files(paths: Iterable[str], job: Surveying) -> tuple[SurveyedFile, ...]:
    """The first look at some files."""
    listed = tuple(paths)
    for path in listed[:_ANNOUNCED]:
        announce(path)
    return tuple(_survey(*two, job) for two in zip_longest(listed, listed[_ANNOUNCED:]))


def _survey(path: str, later: str | None, job: Surveying) -> SurveyedFile:
    if later is not None:
        announce(later)
    try:
        stamped = stamp(path)
        with open_file(path) as stream:
            found = survey(_at_hand(stream), job.kind, job.catalogue)
        check_unchanged(path, stamped)
        return SurveyedFile(path, found, stamped)
    except OSError as error:
        return SurveyedFile(path, unread(path, error, job.run_id), "")


def _at_hand(stream: BinaryIO) -> BinaryIO:
    """The stream, in memory when it is short: most files are, and are read with one call then."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(0)
    return io.BytesIO(stream.read(size)) if size < _SHORT else stream


def unread(path: str, error: OSError, run_id: str) -> Survey:
    """Nothing was read, so nothing can be recognised: the next run looks at it anew."""
    name = hashlib.sha256(f"{run_id}\0{path}".encode()).hexdigest()
    finding = refusal("unreadable", f"the file cannot be read: {error.strerror}")
    return Survey(name, 0, None, b"", None, (), 0, set_aside=finding)


def plan(
    surveyed: Iterable[Iterable[SurveyedFile]], known: frozenset[str], job: Job
) -> tuple[Plan, list[Batch]]:
    """Which files are worked on, and in which batches.

    A file whose content was processed by an earlier run, or stands in this run under another
    name, is left alone. Depends on the order of paths only, not on that of the workers.
    """
    files = sorted((f for group in surveyed for f in group), key=attrgetter("path"))
    met = set(known)
    dispositions: list[str] = []
    stretches: list[Stretch] = []
    fresh_bytes = 0
    for file in files:
        if file.survey.file_id in met:
            dispositions.append(_KNOWN)
            continue
        met.add(file.survey.file_id)
        dispositions.append(_disposition(file.survey))
        fresh_bytes += file.survey.size
        stretches += stretches_of(file)
    part = job.folder("ledger") / "files.parquet"
    with part.replacing() as sink:
        write_part(sink, _file_rows(files, dispositions, job), FILE)
    batches = list(_batches(sorted(stretches, key=_place)))
    paths = {f.survey.file_id: f.path for f in files if f.survey.file_id not in known}
    (job.folder("ledger") / PATHS).write_text(json.dumps(paths))
    known_files = dispositions.count(_KNOWN)
    return Plan(len(files), known_files, fresh_bytes, len(batches), str(part)), batches


def stretches_of(file: SurveyedFile) -> list[Stretch]:
    """What is to be read of a file: its ranges, or nothing of one that is refused as a whole."""
    parts = file.survey.ranges or (None,)
    without = file.survey.without_ranges()
    return [Stretch(file.path, without, file.stamp, part) for part in parts]


def _place(stretch: Stretch) -> tuple[str, str, int]:
    """Where a stretch is processed: in order of employer, as the parts of the lake are then."""
    part = stretch.part
    return (part.employer, stretch.path, part.start) if part else ("", stretch.path, 0)


def _batches(stretches: Sequence[Stretch]) -> Iterator[Batch]:
    """Batches of about the same size."""
    total = sum(stretch.size for stretch in stretches)
    shares = _shares(total)
    groups: dict[int, list[Stretch]] = {}
    before = 0
    for stretch in stretches:
        groups.setdefault(before * shares // max(total, 1), []).append(stretch)
        before += stretch.size
    for number, group in enumerate(groups.values(), 1):
        yield Batch(number, tuple(group))


def _shares(size: int) -> int:
    """Into how many batches ``size`` bytes are divided: 1, 2, 4, 8 or a multiple of 8."""
    needed = ceil(max(size / BATCH_BYTES, min(size / SHARED_BYTES, BATCHES), 1))
    return 1 << (needed - 1).bit_length() if needed <= _EVEN else -(-needed // _EVEN) * _EVEN


def _file_rows(files: Sequence[SurveyedFile], dispositions: list[str], job: Job) -> pa.Table:
    """Rows of ``ops.file``."""
    found = [file.survey for file in files]
    columns = {
        "run_id": [job.run_id] * len(files),
        "file_id": [one.file_id for one in found],
        "name": [shown(file.path) for file in files],
        "size": [one.size for one in found],
        "encoding": [one.codec for one in found],
        "release": [str(one.release) if one.release else None for one in found],
        "disposition": dispositions,
        "forms": [one.forms for one in found],
    }
    return pa.table(columns, schema=FILE.inside)


def _disposition(found: Survey) -> str:
    if found.refused is not None:
        return "refused"
    return "quarantined" if found.set_aside is not None else "processed"


def file_fault(found: Survey) -> Finding | None:
    """Why the file as a whole is not processed."""
    return found.refused or found.set_aside
