"""The graph of a run, from input paths to receipts.

Nothing of the declarations travels through the runner: what goes in are paths and byte ranges,
what comes out are the names of part files and counts. A declaration holds a whole employer, so
validation, shredding, relations and contributions of a batch need no shuffle. The one step that
looks at all files at once is the plan, which must not do the same content twice.

One graph for every runner, made of what all of them have: ``Create``, ``ParDo`` and ``GroupByKey``
over numbers. Dask leaves out ``Reshuffle``, so files and batches are spread by their number; it
spreads over as many partitions as the graph begins with, so it begins with ``LANES`` elements; and
``ToList`` would read a side input, which it computes anew. None of this costs the others anything.

The commit is not part of the graph: it is done once, by whoever started the run, after the
graph has ended (``pipelines.run``). A runner may try a step twice, and a catalog is not
reachable from every worker.
"""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipelines import coders
from pipelines.handover import keep_receipts, write_plan
from pipelines.process_step import process
from pipelines.survey_step import file_groups, plan, survey_files
from pipelines.work import (
    KNOWN_FILE,
    Batch,
    Job,
    Receipt,
    SurveyedFiles,
)

LANES = 256
"""Elements that a run begins with: a runner whose partitions are fixed from the beginning (Dask)
spreads the work over no more than these."""

_TOGETHER = 0
"""The key of what is gathered in one place."""


class QuarterRun(beam.PTransform):
    """From nothing to the number of batches that were done, or to no element when there were none.

    What travels is told by the annotations of the steps; ``pipelines.coders`` has its coders.
    """

    def __init__(self, job: Job, inputs: tuple[str, ...]) -> None:
        super().__init__()
        self._job = job
        self._inputs = inputs

    def expand(self, begin: beam.pvalue.PBegin) -> "beam.PCollection[int]":
        coders.register(SurveyedFiles, Batch, Receipt)
        return (
            begin
            | "Inputs" >> beam.Create(lanes(self._inputs), reshuffle=False)
            | "List inputs" >> beam.FlatMap(_numbered_groups)
            | "Spread files" >> beam.GroupByKey()
            | "Survey" >> beam.ParDo(_Survey(self._job))
            | "Gather" >> beam.GroupByKey()
            | "Plan" >> beam.ParDo(_Plan(self._job))
            | "Spread batches" >> beam.GroupByKey()
            | "Validate, shred, relate, contribute, write" >> beam.ParDo(_Process(self._job))
            | "Collect" >> beam.GroupByKey()
            | "Keep receipts" >> beam.Map(_keep_receipts, self._job)
        )


def lanes(inputs: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The inputs in one of ``LANES`` elements, nothing in the others."""
    return [inputs, *[()] * (LANES - 1)]


def _numbered_groups(inputs: tuple[str, ...]) -> Iterator[tuple[int, tuple[str, ...]]]:
    if inputs:
        yield from enumerate(file_groups(inputs))


class _Survey(beam.DoFn):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._files = Metrics.counter("survey", "files")
        self._bytes = Metrics.counter("survey", "bytes")

    def process(
        self, element: tuple[int, Iterable[tuple[str, ...]]]
    ) -> Iterator[tuple[int, SurveyedFiles]]:
        _, groups = element
        for group in groups:
            surveyed = survey_files(group, self._job)
            self._files.inc(len(surveyed))
            self._bytes.inc(sum(file.survey.size for file in surveyed))
            yield _TOGETHER, SurveyedFiles(surveyed)


class _Plan(beam.DoFn):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job

    def process(self, element: tuple[int, Iterable[SurveyedFiles]]) -> Iterator[tuple[int, Batch]]:
        _, surveyed = element
        known = frozenset((self._job.place / KNOWN_FILE).read_text().split())
        planned, batches = plan((group.files for group in surveyed), known, self._job)
        write_plan(planned, self._job.place)
        for batch in batches:
            yield batch.number, batch


class _Process(beam.DoFn):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._forms = {
            name: Metrics.counter("forms", name) for name in ("accepted", "refused", "quarantined")
        }
        self._bytes = Metrics.counter("process", "bytes")
        self._milliseconds = Metrics.distribution("process", "batch_milliseconds")

    def process(self, element: tuple[int, Iterable[Batch]]) -> Iterator[tuple[int, Receipt]]:
        _, batches = element
        for batch in batches:
            receipt = process(batch, self._job)
            self._count(receipt)
            yield _TOGETHER, receipt

    def _count(self, receipt: Receipt) -> None:
        for name, counter in self._forms.items():
            counter.inc(getattr(receipt, name))
        self._bytes.inc(receipt.bytes)
        self._milliseconds.update(int(1000 * sum(receipt.seconds.values())))


def _keep_receipts(element: tuple[int, Iterable[Receipt]], job: Job) -> int:
    _, receipts = element
    return keep_receipts(receipts, job)
