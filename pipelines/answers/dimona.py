"""The answers to the Dimona messages of a run: an acknowledgement for each file that it received,
and for those that it took in a notification with an answer to each form.

Answers of a file are in order of its forms, those to forms that the schema refused behind the
others.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.judging import PROCESSED
from schemas.dimona.register import FOUND_IN, LOG, PERIOD, QUOTA_ANSWER, REGISTRATION, REPEATED
from transforms.dimona.answers.acknowledgement import acknowledgement
from transforms.dimona.answers.given import Given
from transforms.dimona.answers.head import Telling, as_first
from transforms.dimona.answers.names import ACKNOWLEDGEMENT, ANSWERS, AnswerNames
from transforms.dimona.answers.notification import (
    closing,
    notifications,
    opening,
    unread_forms,
)
from warehouse.answers import AnsweredFile, Answers
from warehouse.files import Place

READ_FORMS = 100_000
"""Forms of which the rows are read from the lake at once: each time all rows of the run are looked
at."""

MADE_FORMS = 5_000
"""Answers that are made at once: each is a text of one or two kilobytes."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Files that are answered together, or a part of one; ``first`` and ``last``: receipts;
    ``ends``: nothing of these files comes behind."""

    files: tuple[AnsweredFile, ...]
    first: int | None
    last: int | None
    ends: bool = True


def stretches(files: Sequence[AnsweredFile], size: int = READ_FORMS) -> Iterator[Stretch]:
    """Files, in order of receipt, in stretches of about ``size`` forms."""
    group: list[AnsweredFile] = []
    forms = 0
    for file in files:
        if group and forms + file.forms > size:
            yield _whole(group)
            group, forms = [], 0
        if file.forms > size and file.first is not None and file.last is not None:
            yield from _parts(file, file.first, file.last, size)
            continue
        group.append(file)
        forms += file.forms
    if group:
        yield _whole(group)


def _whole(files: list[AnsweredFile]) -> Stretch:
    firsts = [file.first for file in files if file.first is not None]
    lasts = [file.last for file in files if file.last is not None]
    return Stretch(tuple(files), min(firsts, default=None), max(lasts, default=None))


def _parts(file: AnsweredFile, first: int, last: int, size: int) -> Iterator[Stretch]:
    for start in range(first, last + 1, size):
        end = min(start + size - 1, last)
        yield Stretch((file,), start, end, end == last)


@dataclass
class Answered:
    """What was written: files with answers, files acknowledged, and forms by their result."""

    answers: int = 0
    acknowledged: int = 0
    forms: Counter[str] = field(default_factory=Counter)


def answer_run(lake: Answers, run_id: str, output: Place, telling: Telling) -> Answered:
    """Answers a committed run into a folder. Raises ``OSError``, ``LakeError``."""
    return _Answering(lake, run_id, output, telling).all()


class _Answering:
    def __init__(self, lake: Answers, run_id: str, output: Place, telling: Telling) -> None:
        self.lake, self.run_id, self.output, self.telling = lake, run_id, output, telling
        self.done = Answered()
        self._names = AnswerNames()
        self._open: tuple[AnsweredFile, Any] | None = None
        self._resources = ExitStack()

    def all(self) -> Answered:
        self.output.make()
        files = self.lake.files(self.run_id)
        self._acknowledge(files)
        taken = [file for file in files if file.disposition == PROCESSED]
        with self._resources:
            for stretch in stretches(taken):
                self._answer(stretch)
        return self.done

    def _acknowledge(self, files: Sequence[AnsweredFile]) -> None:
        faults = self.lake.faults(self.run_id)
        for file in files:
            content = acknowledgement(file.name, faults.get(file.file_id, ()), self.telling)
            with (self.output / self._names.of(ACKNOWLEDGEMENT, file.name)).replacing() as sink:
                sink.write(content)
            self.done.acknowledged += 1

    def _answer(self, stretch: Stretch) -> None:
        unread = self._unread(stretch)
        for number, text in self._texts(stretch):
            if self._open is not None and self._open[0] is not stretch.files[number]:
                self._close(unread)
            self._write(stretch.files[number], text)
        if not stretch.ends:
            return
        if self._open is not None:
            self._close(unread)
        for file in stretch.files:
            if file.first is None and file in unread:
                self._write(file, b"")
                self._close(unread)

    def _texts(self, stretch: Stretch) -> Iterator[tuple[int, Any]]:
        """Answers of each file, by its number in the stretch, some at a time."""
        if stretch.first is None or stretch.last is None:
            return
        given = self._given(stretch, stretch.first, stretch.last)
        self.done.forms.update(given.declarations.column("result").to_pylist())
        for start in range(0, given.count, MADE_FORMS):
            part = given.declarations.slice(start, MADE_FORMS)
            forms = notifications(replace(given, declarations=part), self.telling)
            yield from _by_file(part.column("file_id"), forms)

    def _given(self, stretch: Stretch, first: int, last: int) -> Given:
        """What a stretch is answered from, in order of receipt. Its files are known by their number
        there: a content may come twice."""
        rows = self.lake.received(first, last)
        log, repeated = rows[LOG.full_name], rows[REPEATED.full_name]
        known = pc.is_in(repeated.column("first_receipt"), value_set=log.column("receipt"))
        repeated = repeated.filter(known)
        own = log.filter(pc.greater_equal(log.column("receipt"), first))
        answered = pa.concat_tables([own, as_first(log, repeated)])
        received = np.concatenate([own.column("receipt"), repeated.column("receipt")])
        order = np.argsort(received)
        begins = [file.first for file in stretch.files if file.first is not None]
        numbers = np.searchsorted(begins, received[order], side="right") - 1
        at = answered.column_names.index("file_id")
        named = pa.array(numbers).cast(pa.string())
        return Given(
            answered.take(order).set_column(at, "file_id", named).combine_chunks(),
            rows[FOUND_IN.full_name],
            rows[QUOTA_ANSWER.full_name],
            rows[PERIOD.full_name],
            rows[REGISTRATION.full_name],
            _names(map(str, range(len(stretch.files))), stretch.files),
        )

    def _unread(self, stretch: Stretch) -> dict[AnsweredFile, list[str]]:
        """Answers to the forms that were refused by the schema, of files that end here."""
        told: dict[AnsweredFile, list[str]] = {}
        if not stretch.ends:
            return told
        findings = self.lake.unread(self.run_id, [file.file_id for file in stretch.files])
        for files in _once(stretch.files):
            names = _names(files, files.values())
            ids = pa.array(list(files), pa.string())
            of_files = findings.filter(pc.is_in(findings.column("file_id"), value_set=ids))
            for row in unread_forms(of_files, names, self.telling).to_pylist():
                told.setdefault(files[row["file_id"]], []).append(row["answer"])
        return told

    def _write(self, file: AnsweredFile, text: Any) -> None:
        if self._open is None:
            place = self.output / self._names.of(ANSWERS, file.name)
            sink = self._resources.enter_context(place.replacing())
            sink.write(opening().encode())
            self._open = (file, sink)
        self._open[1].write(text)

    def _close(self, unread: Mapping[AnsweredFile, Sequence[str]]) -> None:
        assert self._open is not None
        file, sink = self._open
        more = unread.get(file, ())
        sink.write("".join([*more, closing()]).encode())
        self._resources.close()
        self._open = None
        self.done.answers += 1
        self.done.forms[UNREAD] += len(more)


UNREAD = "unread"
"""Beside the results of the register: forms that the schema refused."""


def _names(ids: Iterable[str], files: Iterable[AnsweredFile]) -> pa.Table:
    """Names of files, by what they are known by."""
    told = {"file_id": list(ids), "name": [file.name for file in files]}
    return pa.table(told, schema=pa.schema([("file_id", pa.string()), ("name", pa.string())]))


def _once(files: Sequence[AnsweredFile]) -> Iterator[dict[str, AnsweredFile]]:
    """Files by their content: those that come first, then those that come a second time ..."""
    left = list(files)
    while left:
        chosen: dict[str, AnsweredFile] = {}
        later = [file for file in left if chosen.setdefault(file.file_id, file) is not file]
        yield chosen
        left = later


def _by_file(numbers: pa.ChunkedArray, forms: pa.Array) -> Iterator[tuple[int, pa.Buffer]]:
    """The texts of neighbours that belong to the same file, joined."""
    of_file = np.asarray(numbers.cast(pa.int64()))
    starts = np.flatnonzero(np.diff(of_file, prepend=-1))
    ends = pa.array([*starts.tolist(), len(of_file)], pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(ends, forms), "")
    for start, text in zip(starts.tolist(), joined, strict=True):
        yield int(of_file[start]), text.as_buffer()
