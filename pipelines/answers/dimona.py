"""The answers to the Dimona messages of a run: an acknowledgement for each file that it received,
and for those that it took in a notification with an answer to each form.

Answers of a file are in order of its forms, those to forms that the schema refused behind the
others.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.reading import PROCESSED
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
        self._open: tuple[str, Any] | None = None
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
        names = pa.table(
            {
                "file_id": pa.array([file.file_id for file in stretch.files], pa.string()),
                "name": pa.array([file.name for file in stretch.files], pa.string()),
            }
        )
        by_id = {file.file_id: file for file in stretch.files}
        unread = self._unread(stretch, names)
        for file_id, text in self._texts(stretch, names):
            if self._open is not None and self._open[0] != file_id:
                self._close(unread.get(self._open[0], ()))
            self._write(by_id[file_id], text)
        if not stretch.ends:
            return
        if self._open is not None:
            self._close(unread.pop(self._open[0], ()))
        for file_id in [file_id for file_id in unread if by_id[file_id].first is None]:
            self._write(by_id[file_id], b"")
            self._close(unread[file_id])

    def _texts(self, stretch: Stretch, names: pa.Table) -> Iterator[tuple[str, Any]]:
        """Answers of each file, some at a time."""
        if stretch.first is None or stretch.last is None:
            return
        given = self._given(stretch.first, stretch.last, names)
        self.done.forms.update(given.declarations.column("result").to_pylist())
        for start in range(0, given.count, MADE_FORMS):
            part = given.declarations.slice(start, MADE_FORMS)
            forms = notifications(replace(given, declarations=part), self.telling)
            yield from _by_file(part.column("file_id"), forms)

    def _given(self, first: int, last: int, names: pa.Table) -> Given:
        rows = self.lake.received(first, last)
        log = rows[LOG.full_name]
        again = as_first(log, rows[REPEATED.full_name])
        own = log.filter(pc.greater_equal(log.column("receipt"), first))
        answered = pa.concat_tables([own, again])
        place = pc.index_in(answered.column("file_id"), value_set=names.column("file_id"))
        keys = pa.table({"file": place, "form": answered.column("form_no")})
        order = pc.sort_indices(keys, [("file", "ascending"), ("form", "ascending")])
        return Given(
            answered.take(order).combine_chunks(),
            rows[FOUND_IN.full_name],
            rows[QUOTA_ANSWER.full_name],
            rows[PERIOD.full_name],
            rows[REGISTRATION.full_name],
            names,
        )

    def _unread(self, stretch: Stretch, names: pa.Table) -> dict[str, list[str]]:
        """Answers to the forms that were refused by the schema, of files that end here."""
        told: dict[str, list[str]] = {}
        if stretch.ends:
            ids = [file.file_id for file in stretch.files]
            findings = self.lake.unread(self.run_id, ids)
            for row in unread_forms(findings, names, self.telling).to_pylist():
                told.setdefault(row["file_id"], []).append(row["answer"])
        return told

    def _write(self, file: AnsweredFile, text: Any) -> None:
        if self._open is None:
            place = self.output / self._names.of(ANSWERS, file.name)
            sink = self._resources.enter_context(place.replacing())
            sink.write(opening().encode())
            self._open = (file.file_id, sink)
        self._open[1].write(text)

    def _close(self, unread: Sequence[str]) -> None:
        assert self._open is not None
        self._open[1].write("".join([*unread, closing()]).encode())
        self._resources.close()
        self._open = None
        self.done.answers += 1
        self.done.forms[UNREAD] += len(unread)


UNREAD = "unread"
"""Beside the results of the register: forms that the schema refused."""


def _by_file(ids: pa.ChunkedArray, forms: pa.Array) -> Iterator[tuple[str, pa.Buffer]]:
    """The texts of neighbours that belong to the same file, joined."""
    coded = np.asarray(pc.dictionary_encode(ids.combine_chunks()).indices)
    starts = np.flatnonzero(np.diff(coded, prepend=-1))
    ends = pa.array([*starts.tolist(), len(coded)], pa.int32())
    joined = pc.binary_join(pa.ListArray.from_arrays(ends, forms), "")
    for start, text in zip(starts.tolist(), joined, strict=True):
        yield ids[start].as_py(), text.as_buffer()
