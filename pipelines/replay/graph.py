"""The graph of a replay, from inputs to one tally.

As in ``pipelines.graph``: nothing of the declarations travels, and one graph serves every runner.
Files of forms are surveyed before their ranges are shared out; documents of other schemas and
pieces of a lake are shared out as they are.
"""

from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter

import apache_beam as beam

from pipelines import coders
from pipelines.graph import lanes
from pipelines.replay.judging import judge_portion
from pipelines.replay.work import TALLY_FILE, Portion, ReplayJob, from_json, to_json
from pipelines.survey_step import batches_of, file_groups, stretches_of, survey_files
from pipelines.work import PLAN_FILE, Plan, Stretch, SurveyedFiles
from transforms.replay.tally import Tally

_TOGETHER = 0
"""The key of what is gathered in one place."""


class Replay(beam.PTransform):
    """From nothing to the number of forms, or to no element when there was nothing to judge.

    ``inputs``: paths; or ``portions``, of a lake.
    """

    def __init__(
        self, job: ReplayJob, inputs: tuple[str, ...], portions: tuple[Portion, ...] = ()
    ) -> None:
        super().__init__()
        self._job = job
        self._inputs = inputs
        self._portions = portions

    def expand(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[int]":
        coders.register(SurveyedFiles, Portion)
        return (
            begin
            | "Share out" >> self._shared_out()
            | "Spread" >> beam.GroupByKey()
            | "Judge by both" >> beam.ParDo(_Judge(self._job))
            | "Collect" >> beam.GroupByKey()
            | "Add up" >> beam.Map(_added_up, self._job)
        )

    def _shared_out(self) -> beam.PTransform:
        """Portions by their number."""
        if self._portions:
            return beam.Create([(one.number, one) for one in self._portions], reshuffle=False)
        listed = "Inputs" >> beam.Create(lanes(self._inputs), reshuffle=False)
        if self._job.message is None:
            return _Chain(listed, "List documents" >> beam.FlatMap(_documents))
        return _Chain(
            listed,
            "List files" >> beam.FlatMap(_numbered_groups),
            "Spread files" >> beam.GroupByKey(),
            "Survey" >> beam.ParDo(_Survey(self._job)),
            "Gather" >> beam.GroupByKey(),
            "Plan" >> beam.FlatMap(_planned, self._job),
        )


class _Chain(beam.PTransform):
    """Transforms one after the other."""

    def __init__(self, *parts: beam.PTransform) -> None:
        super().__init__()
        self._parts = parts

    def expand(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[tuple[int, Portion]]":
        for part in self._parts:
            begin = begin | part
        return begin


def _numbered_groups(inputs: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if inputs:
        yield from enumerate(file_groups(inputs))


def _documents(inputs: tuple[str, ...]) -> Iterator[tuple[int, Portion]]:
    for number, paths in _numbered_groups(inputs):
        yield number, Portion(number, documents=paths)


class _Survey(beam.DoFn):
    def __init__(self, job: ReplayJob) -> None:
        super().__init__()
        self._job = job

    def process(
        self, element: tuple[int, Iterable[tuple[str, ...]]]
    ) -> Iterator[tuple[int, SurveyedFiles]]:
        _, groups = element
        for group in groups:
            yield _TOGETHER, SurveyedFiles(survey_files(group, self._job))


def _planned(
    element: tuple[int, Iterable[SurveyedFiles]], job: ReplayJob
) -> Iterator[tuple[int, Portion]]:
    """Every file counts, also one whose content comes twice: each was given."""
    _, surveyed = element
    files = list(chain.from_iterable(group.files for group in surveyed))
    stretches = sorted(chain.from_iterable(map(stretches_of, files)), key=_place)
    portions = [Portion(one.number, one.stretches) for one in batches_of(stretches)]
    write_plan(len(files), sum(file.survey.size for file in files), len(portions), job)
    yield from ((one.number, one) for one in portions)


def _place(stretch: Stretch) -> tuple[str, int]:
    return stretch.path, stretch.part.start if stretch.part else 0


def write_plan(files: int, size: int, portions: int, job: ReplayJob) -> None:
    """What the progress is counted by."""
    (job.place / PLAN_FILE).write_text(Plan(files, 0, size, portions, "").to_json())


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
