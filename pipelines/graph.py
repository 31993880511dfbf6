"""The graph of a run, from input paths to receipts.

Nothing of the declarations travels through the runner: what goes in are paths and byte ranges,
what comes out are the names of part files and counts. A declaration holds a whole employer, so
validation, shredding, relations and contributions of a batch need no shuffle. The one step that
looks at all files at once is the plan, which must not do the same content twice.

The commit is not part of the graph: it is done once, by whoever started the run, after the
graph has ended (``pipelines.run``). A runner may try a step twice, and a catalog is not
reachable from every worker.
"""

from collections.abc import Iterable, Iterator

import apache_beam as beam
from apache_beam.metrics import Metrics

from pipelines.process_step import process
from pipelines.survey_step import file_groups, plan, survey_files
from pipelines.work import Batch, Job, Plan, Receipt, SurveyedFile
from warehouse.files import place

PLAN_FILE = "plan.json"
RECEIPTS_FILE = "receipts.txt"


class QuarterRun(beam.PTransform):
    """Input paths (one element: all of them) to one element: the receipts of all batches."""

    def __init__(self, job: Job, known_files: str) -> None:
        super().__init__()
        self._job = job
        self._known_files = known_files

    def expand(self, inputs: "beam.PCollection[tuple[str, ...]]") -> "beam.PCollection[int]":
        return (
            inputs
            | "List inputs" >> beam.FlatMap(file_groups)
            | "Spread files" >> beam.Reshuffle()
            | "Survey" >> beam.ParDo(_Survey(self._job))
            | "Gather" >> beam.combiners.ToList()
            | "Plan" >> beam.ParDo(_Plan(self._job, self._known_files))
            | "Spread batches" >> beam.Reshuffle()
            | "Validate, shred, relate, contribute, write" >> beam.ParDo(_Process(self._job))
            | "Collect" >> beam.combiners.ToList()
            | "Keep receipts" >> beam.Map(_keep_receipts, self._job)
        )


class _Survey(beam.DoFn):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._files = Metrics.counter("survey", "files")
        self._bytes = Metrics.counter("survey", "bytes")

    def process(self, element: tuple[str, ...]) -> Iterator[tuple[SurveyedFile, ...]]:
        surveyed = survey_files(element, self._job)
        self._files.inc(len(surveyed))
        self._bytes.inc(sum(file.survey.size for file in surveyed))
        yield surveyed


class _Plan(beam.DoFn):
    def __init__(self, job: Job, known_files: str) -> None:
        super().__init__()
        self._job = job
        self._known_files = known_files

    def process(self, element: Iterable[tuple[SurveyedFile, ...]]) -> Iterator[Batch]:
        known = frozenset(place(self._known_files).read_text().split())
        planned, batches = plan(element, known, self._job)
        write_plan(planned, self._job)
        yield from batches


class _Process(beam.DoFn):
    def __init__(self, job: Job) -> None:
        super().__init__()
        self._job = job
        self._forms = {
            name: Metrics.counter("forms", name) for name in ("accepted", "refused", "quarantined")
        }
        self._bytes = Metrics.counter("process", "bytes")
        self._milliseconds = Metrics.distribution("process", "batch_milliseconds")

    def process(self, element: Batch) -> Iterator[Receipt]:
        receipt = process(element, self._job)
        for name, counter in self._forms.items():
            counter.inc(getattr(receipt, name))
        self._bytes.inc(receipt.bytes)
        self._milliseconds.update(int(1000 * sum(receipt.seconds.values())))
        yield receipt


def _keep_receipts(receipts: list[Receipt], job: Job) -> int:
    """The receipts of the batches that the runner holds for done, in order of number."""
    ordered = sorted(receipts, key=lambda receipt: receipt.number)
    lines = "".join(receipt.to_json() + "\n" for receipt in ordered)
    (job.place / RECEIPTS_FILE).write_text(lines)
    return len(ordered)


def write_plan(planned: Plan, job: Job) -> None:
    (job.place / PLAN_FILE).write_text(planned.to_json())
