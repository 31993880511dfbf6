"""The graph of a run that changes the register, from input paths to what became of each group.

Steps and their reasons: see the package. As in ``pipelines.graph``, what travels are paths and
counts, and nothing but ``Create``, ``ParDo`` and ``GroupByKey`` over numbers is used.
"""

import json
from collections.abc import Iterable, Iterator

import apache_beam as beam

from pipelines import coders
from pipelines.graph import lanes
from pipelines.register import counting, folding, planning, reading, routing
from pipelines.register.collect import keep_files, keep_folded
from pipelines.register.work import (
    KNOWN_FILE,
    Brought,
    FoldedGroup,
    ReadFiles,
    RegisterJob,
    Route,
    Routed,
)

_TOGETHER = 0
"""The key of what is gathered in one place."""


class RegisterRun(beam.PTransform):
    """From nothing to the number of groups and shares, or to no element without any."""

    def __init__(self, job: RegisterJob, inputs: tuple[str, ...]) -> None:
        super().__init__()
        self._job = job
        self._inputs = inputs

    def expand(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[int]":
        coders.register(ReadFiles, Route, Routed, Brought, FoldedGroup)
        return (
            begin
            | "Inputs" >> beam.Create(lanes(self._inputs), reshuffle=False)
            | "List inputs" >> beam.FlatMap(_numbered_groups)
            | "Spread files" >> beam.GroupByKey()
            | "Read and validate" >> beam.ParDo(_Read(self._job))
            | "Gather" >> beam.GroupByKey()
            | "Plan" >> beam.ParDo(_Plan(self._job))
            | "Spread parts" >> beam.GroupByKey()
            | "Route" >> beam.ParDo(_Route(self._job))
            | "Group by workers" >> beam.GroupByKey()
            | "Fold" >> beam.ParDo(_Fold(self._job))
            | "Group by employers" >> beam.GroupByKey()
            | "Count days of employers" >> beam.ParDo(_Count(self._job))
            | "Collect" >> beam.GroupByKey()
            | "Keep" >> beam.Map(_keep_folded, self._job)
        )


def _numbered_groups(inputs: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if inputs:
        yield from enumerate(reading.file_groups(inputs))


class _Step(beam.DoFn):
    def __init__(self, job: RegisterJob) -> None:
        super().__init__()
        self._job = job


class _Read(_Step):
    def process(
        self, element: tuple[int, Iterable[tuple[str, ...]]]
    ) -> Iterator[tuple[int, ReadFiles]]:
        number, groups = element
        known = frozenset(json.loads((self._job.place / KNOWN_FILE).read_text()))
        for group in groups:
            yield _TOGETHER, reading.read_files(number, group, known, self._job)


class _Plan(_Step):
    def process(self, element: tuple[int, Iterable[ReadFiles]]) -> Iterator[tuple[int, Route]]:
        _, read = element
        parts = list(read)
        _, files, routes = planning.plan(parts, self._job)
        keep_files(parts, files, self._job)
        for one in routes:
            yield one.number, one


class _Route(_Step):
    def process(self, element: tuple[int, Iterable[Route]]) -> Iterator[tuple[int, Routed]]:
        _, routes = element
        for one in routes:
            for routed in routing.route(one, self._job):
                yield routed.group, routed


class _Fold(_Step):
    def process(self, element: tuple[int, Iterable[Routed]]) -> Iterator[tuple[int, Brought]]:
        number, routed = element
        yield from folding.fold_group(number, routed, self._job)


class _Count(_Step):
    def process(self, element: tuple[int, Iterable[Brought]]) -> Iterator[tuple[int, FoldedGroup]]:
        share, brought = element
        for one in counting.count_share(share, brought, self._job):
            yield _TOGETHER, one


def _keep_folded(element: tuple[int, Iterable[FoldedGroup]], job: RegisterJob) -> int:
    _, groups = element
    return keep_folded(groups, job)
