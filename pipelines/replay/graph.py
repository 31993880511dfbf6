"""The graph of a replay, from inputs to one tally.

As in ``pipelines.graph``: nothing of the declarations travels, and one graph serves every runner.
There is no step that knows all files: a million forms would fill it. Small files go by their paths,
some at a time; only a large file is surveyed first, so that several workers share its forms.
"""

from collections.abc import Iterable, Iterator
from math import ceil
from operator import attrgetter

import apache_beam as beam

from pipelines import coders
from pipelines.graph import lanes
from pipelines.replay.judging import judge_portion
from pipelines.replay.work import TALLY_FILE, Portion, ReplayJob, from_json, to_json
from pipelines.survey_step import (
    FILES_PER_SURVEY,
    SURVEY_BYTES,
    file_groups,
    stretches_of,
    survey_files,
)
from pipelines.work import Stretch
from transforms.replay.tally import Tally

_TOGETHER = 0
"""The key of what is gathered in one place."""

_PORTIONS = 2_000
"""Of large inputs, about: each has a tally, and all of them are added up in one place."""

_OF_ONE_FILE = 1_000_000
"""Numbers that are kept for the portions of one file."""


def portion_bytes(size: int) -> int:
    """Bytes that a worker takes at once, of inputs of so many."""
    return max(SURVEY_BYTES, size // _PORTIONS)


class Replay(beam.PTransform):
    """From nothing to the number of forms, or to no element when there was nothing to judge.

    ``inputs``: paths, of ``size`` bytes; or ``portions``, of a lake.
    """

    def __init__(
        self,
        job: ReplayJob,
        inputs: tuple[str, ...],
        size: int,
        portions: tuple[Portion, ...] = (),
    ) -> None:
        super().__init__()
        self._job = job
        self._inputs = inputs
        self._most = portion_bytes(size)
        self._portions = portions

    def expand(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[int]":
        coders.register(Portion)
        return (
            (self._of_lake(begin) if self._portions else self._of_files(begin))
            | "Spread" >> beam.GroupByKey()
            | "Judge by both" >> beam.ParDo(_Judge(self._job))
            | "Collect" >> beam.GroupByKey()
            | "Add up" >> beam.Map(_added_up, self._job)
        )

    def _of_lake(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[tuple[int, Portion]]":
        numbered = [(one.number, one) for one in self._portions]
        return begin | "Pieces" >> beam.Create(numbered, reshuffle=False)

    def _of_files(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[tuple[int, Portion]]":
        return (
            begin
            | "Inputs" >> beam.Create(lanes(self._inputs), reshuffle=False)
            | "List files" >> beam.FlatMap(_numbered_groups, self._most)
            | "Spread files" >> beam.GroupByKey()
            | "Survey large files" >> beam.FlatMap(_portions_of, self._job, self._most)
        )


def _numbered_groups(inputs: tuple[str, ...], most: int) -> Iterator[tuple[int, tuple[str, ...]]]:
    if inputs:
        yield from enumerate(file_groups(inputs, most))


def _portions_of(
    element: tuple[int, Iterable[tuple[str, ...]]], job: ReplayJob, most: int
) -> Iterator[tuple[int, Portion]]:
    """What is to be done of some files: a large one stands alone, and is divided."""
    group, listed = element
    for paths in listed:
        first = group * _OF_ONE_FILE
        if job.message is None or len(paths) > 1:
            yield first, Portion(first, paths)
            continue
        (file,) = survey_files(paths, job)
        shares = ceil(max(file.survey.size, 1) / most)
        divided: dict[int, list[Stretch]] = {}
        for one in stretches_of(file):
            start = one.part.start if one.part else 0
            divided.setdefault(start * shares // max(file.survey.size, 1), []).append(one)
        for at, stretches in divided.items():
            yield first + at, Portion(first + at, stretches=tuple(stretches))


def planned(files: int, size: int) -> int:
    """About how many portions there will be of so many files and bytes."""
    return max(ceil(size / portion_bytes(size)), ceil(files / FILES_PER_SURVEY))


class _Judge(beam.DoFn):
    def __init__(self, job: ReplayJob) -> None:
        super().__init__()
        self._job = job

    def process(self, element: tuple[int, Iterable[Portion]]) -> Iterator[tuple[int, str]]:
        _, portions = element
        for portion in sorted(portions, key=attrgetter("number")):
            yield _TOGETHER, to_json(judge_portion(portion, self._job))


def _added_up(element: tuple[int, Iterable[str]], job: ReplayJob) -> int:
    _, tallies = element
    whole = Tally()
    for one in tallies:
        whole.add(from_json(one))
    (job.place / TALLY_FILE).write_text(to_json(whole))
    return whole.forms
