"""Hands the graph of a run to its runner and waits: what is left of a run for Beam."""

import tempfile
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager

import apache_beam as beam
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.runner import PipelineResult, PipelineRunner

from pipelines.graph import QuarterRun
from pipelines.progress import Progress
from pipelines.work import KNOWN_FILE, Job
from warehouse.files import Place, is_remote


def launch(
    chosen: tuple[PipelineRunner, PipelineOptions],
    progress: Progress,
    job: Job,
    inputs: tuple[str, ...],
    known: AbstractSet[str],
) -> Mapping[str, int]:
    """Runs the graph; the counters that the runner kept. ``known``: file ids to leave alone."""
    (job.place / KNOWN_FILE).write_text("\n".join(known))
    with progress.watching(job.place):
        return launch_graph(chosen, QuarterRun(job, inputs), job.place)


def launch_graph(
    chosen: tuple[PipelineRunner, PipelineOptions], graph: beam.PTransform, home: Place
) -> Mapping[str, int]:
    """Runs a graph whose run has its directory in ``home``; the counters that the runner kept."""
    runner, options = chosen
    with _temporary_files(home):
        pipeline = beam.Pipeline(runner=runner, options=options)
        _ = pipeline | graph
        result = pipeline.run()
        result.wait_until_finish()
    return _counters(result)


@contextmanager
def _temporary_files(home: Place) -> Iterator[None]:
    """Beam's go where a killed run is swept away, if that is on this machine."""
    if is_remote(home.address):
        yield
        return
    before = tempfile.tempdir
    temporary = home / "temporary"
    temporary.make()
    tempfile.tempdir = temporary.address
    try:
        yield
    finally:
        tempfile.tempdir = before


def _counters(result: PipelineResult) -> dict[str, int]:
    """Counters by name, and the largest of each distribution as ``<name>_max``; none from a
    runner that keeps none."""
    try:
        found = result.metrics().query()
    except NotImplementedError:
        return {}
    counters = {
        f"{m.key.metric.namespace}.{m.key.metric.name}": m.result for m in found["counters"]
    }
    for metric in found["distributions"]:
        name = f"{metric.key.metric.namespace}.{metric.key.metric.name}"
        counters[f"{name}_max"] = metric.result.max
        counters[f"{name}_count"] = metric.result.count
    return counters
