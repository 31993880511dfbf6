"""A run: prepare, process, collect, commit. Nothing is visible before the commit.

What happens to a run that dies: its directory is not referenced by the catalog, and the next
run sweeps it away. What happens to one that is repeated: files are recognised by their content,
and when nothing is left to do nothing is committed.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

from pipelines.earlier import Kept, Options, kept_amounts
from pipelines.progress import Progress
from pipelines.recognise import known_ids
from pipelines.reference import read_reference
from pipelines.request import Request
from pipelines.storage import check_inputs
from pipelines.summary import Summary
from pipelines.work import KNOWN_FILE, PLAN_FILE, RECEIPTS_FILE, Job
from schemas import core, ops
from schemas.catalogue import Catalogue
from schemas.kinds import kind_named
from warehouse.errors import LakeError
from warehouse.files import Place
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.runs import new_run_id

Engine = Callable[[Job, tuple[str, ...], AbstractSet[str]], Mapping[str, int]]
"""Processes the inputs of a run but for known files (by id), and leaves plan and receipts
(``handover``); its counters."""


def run(request: Request, progress: Progress, engine: Engine | None = None) -> Summary:
    """Runs a quarter and commits it. ``engine``: in place of Beam, which a benchmark compares.

    Raises ``InputError``, ``OptionError``, ``LakeError``, or what the runner raises; nothing was
    committed then.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    location = Location.of(request.lake)
    files = check_inputs(request.inputs, location.place)
    read_reference(request.reference)
    size = sum(size for _, size in files)
    if request.beam_args:
        _check_options(request, size)
    with Lake.open(location, create=True) as lake:
        lake.sweep()
        run_id = new_run_id(started)
        known = _known_files(lake, request)
        with progress.recognising():
            nothing_new = known_ids([path for path, _ in files], known)
        if nothing_new is not None:
            summary = Summary.of_nothing(run_id, request.kind, str(request.quarter), len(files))
            summary = replace(summary, kept=_kept(request, lake, nothing_new))
        else:
            engine = engine or _beam(request, size, progress)
            with lake.start_run(run_id) as home:
                job = _job(run_id, request, home.place)
                summary = _process_and_commit(lake, job, request, known, started, progress, engine)
            if summary.snapshot is None:
                lake.sweep()
    if summary.snapshot is not None:
        counts, not_told = _confronted(request, location, started.date())
        summary = replace(summary, confrontation=counts, not_confronted=not_told)
    return replace(
        summary,
        lake=location.data,
        catalog=location.catalog_shown,
        seconds=time.perf_counter() - clock,
    )


def _confronted(
    request: Request, location: Location, on: date
) -> tuple[Mapping[str, int] | None, Mapping[str, str]]:
    """How often the DmfA of the quarter differs from the Dimona now, by code, None where the lake
    has no register or cannot be asked; and what is not told, with the reason.

    The run is committed, whatever happens here.
    """
    from pipelines.confront import confronted

    try:
        told = confronted(location, request.quarter, on, request.author)
    except LakeError as error:
        return None, {"all codes": str(error)}
    return None if told.rows is None else told.counts, told.not_told


def _check_options(request: Request, size: int) -> None:
    """What is wrong with Beam's options is told before anything is made."""
    from pipelines.runner import configured

    configured(request.beam_args, size)


def _known_files(lake: Lake, request: Request) -> set[str]:
    """File ids that earlier runs of this kind and quarter dealt with."""
    catalogue = Catalogue(Path(request.registry) if request.registry else None)
    contract = catalogue.fingerprint(kind_named(request.kind))
    return lake.known_files(request.kind, str(request.quarter), contract)


def _kept(request: Request, lake: Lake, file_ids: Sequence[str]) -> tuple[Kept, ...]:
    """Files left alone whose amounts an earlier run computed with other options."""
    if not file_ids:
        return ()
    runs = lake.earlier_runs(request.kind, str(request.quarter), list(file_ids))
    return kept_amounts(Options.of(request), runs.to_pylist())


def _beam(request: Request, size: int, progress: Progress) -> Engine:
    """The engine of every run that the command line starts; Beam is imported here."""
    from pipelines.launch import launch
    from pipelines.runner import configured

    return partial(launch, configured(request.beam_args, size), progress)


def _job(run_id: str, request: Request, home: Place) -> Job:
    return Job(
        run_id,
        request.kind,
        request.quarter,
        home.address,
        request.registry,
        request.reference,
        request.tolerance,
    )


def _process_and_commit(
    lake: Lake,
    job: Job,
    request: Request,
    known: AbstractSet[str],
    started: datetime,
    progress: Progress,
    engine: Engine,
) -> Summary:
    """The work of a run that has any."""
    from pipelines.collect import Collected

    tables = job.catalogue.tables(job.kind).values()
    lake.ensure_tables([*ops.TABLES, *core.TABLES, *tables])
    metrics = engine(job, request.inputs, known)
    declared = lake.declared(str(job.quarter))
    collected = Collected.of(job, declared, lake.known_formulas(), lake.known_rates())
    summary = replace(collected.summary(metrics), kept=_kept(request, lake, collected.known_files))
    if not collected.changes_nothing:
        progress.committing()
        snapshot = lake.commit(collected.commit(request.author, started))
        summary = replace(summary, snapshot=snapshot)
        _tidy(job.place)
    return summary


def _tidy(home: Place) -> None:
    """Removes what only mattered while the run was under way; all of it is in the tables now."""
    for name in ("ledger", "receipts", "temporary"):
        with suppress(OSError):  # the run is committed, whatever stays
            (home / name).remove_tree()
    for name in (KNOWN_FILE, PLAN_FILE, RECEIPTS_FILE):
        with suppress(OSError):
            (home / name).remove()
