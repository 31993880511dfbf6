"""A run: prepare, process, collect, commit. Nothing is visible before the commit.

What happens to a run that dies: its directory is not referenced by the catalog, and the next
run sweeps it away. What happens to one that is repeated: files are recognised by their content,
and when nothing is left to do nothing is committed.
"""

import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime

import apache_beam as beam
from apache_beam.runners.runner import PipelineResult

from pipelines.collect import Collected
from pipelines.earlier import Kept, Options, kept_amounts
from pipelines.graph import PLAN_FILE, RECEIPTS_FILE, QuarterRun
from pipelines.progress import Progress
from pipelines.reference import read_reference
from pipelines.request import Request
from pipelines.runner import configured
from pipelines.storage import check_inputs
from pipelines.summary import Summary
from pipelines.work import Job
from schemas import core, ops
from warehouse.files import Place, is_remote
from warehouse.lake import Lake
from warehouse.location import Location

KNOWN_FILE = "known.txt"
"""Ids of the files that the lake knows."""


def run(request: Request, progress: Progress) -> Summary:
    """Runs a quarter and commits it.

    Raises ``InputError``, ``LakeError``, or what the runner raises; nothing was committed then.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    location = Location.of(request.lake)
    check_inputs(request.inputs, location.place)
    read_reference(request.reference)
    with Lake.open(location, create=True) as lake:
        lake.sweep()
        run_id = f"{started:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}"
        with lake.start_run(run_id) as home:
            job = Job(
                run_id,
                request.kind,
                request.quarter,
                home.place.address,
                request.registry,
                request.reference,
                request.tolerance,
            )
            tables = job.catalogue.tables(job.kind).values()
            lake.ensure_tables([*ops.TABLES, *core.TABLES, *tables])
            metrics = _process(job, request, lake, progress)
            declared = lake.declared(str(job.quarter))
            collected = Collected.of(job, declared, lake.known_formulas(), lake.known_rates())
            summary = replace(collected.summary(metrics), kept=_kept(job, lake, collected))
            if not collected.changes_nothing:
                progress.committing()
                snapshot = lake.commit(collected.commit(request.author, started))
                summary = replace(summary, snapshot=snapshot)
                _tidy(home.place)
        if collected.changes_nothing:
            lake.sweep()
    return replace(
        summary,
        lake=location.data,
        catalog=location.catalog_shown,
        seconds=time.perf_counter() - clock,
    )


def _kept(job: Job, lake: Lake, collected: Collected) -> tuple[Kept, ...]:
    """Files left alone whose amounts an earlier run computed with other options."""
    if not collected.known_files:
        return ()
    runs = lake.earlier_runs(job.kind_name, str(job.quarter), collected.known_files)
    return kept_amounts(Options.of(job), runs.to_pylist())


def _tidy(home: Place) -> None:
    """Removes what only mattered while the run was under way; all of it is in the tables now."""
    for name in ("ledger", "receipts", "temporary"):
        with suppress(OSError):  # the run is committed, whatever stays
            (home / name).remove_tree()
    for name in (KNOWN_FILE, PLAN_FILE, RECEIPTS_FILE):
        with suppress(OSError):
            (home / name).remove()


@contextmanager
def _temporary_files(job: Job) -> Iterator[None]:
    """Beam's go where a killed run is swept away, if that is on this machine."""
    if is_remote(job.home):
        yield
        return
    before = tempfile.tempdir
    tempfile.tempdir = job.folder("temporary").address
    try:
        yield
    finally:
        tempfile.tempdir = before


def _process(job: Job, request: Request, lake: Lake, progress: Progress) -> Mapping[str, int]:
    """Runs the graph; the counters that Beam kept."""
    known = job.place / KNOWN_FILE
    contract = job.catalogue.fingerprint(job.kind)
    known.write_text("\n".join(lake.known_files(job.kind_name, str(job.quarter), contract)))
    runner, options = configured(request.beam_args)
    with _temporary_files(job), progress.watching(job.place):
        pipeline = beam.Pipeline(runner=runner, options=options)
        _ = pipeline | beam.Create([request.inputs]) | QuarterRun(job, str(known))
        result = pipeline.run()
        result.wait_until_finish()
    return _counters(result)


def _counters(result: PipelineResult) -> dict[str, int]:
    """Counters by name, and the largest of each distribution as ``<name>_max``."""
    found = result.metrics().query()
    counters = {
        f"{m.key.metric.namespace}.{m.key.metric.name}": m.result for m in found["counters"]
    }
    for metric in found["distributions"]:
        name = f"{metric.key.metric.namespace}.{metric.key.metric.name}"
        counters[f"{name}_max"] = metric.result.max
        counters[f"{name}_count"] = metric.result.count
    return counters
