"""A run that changes the register: prepare, read, fold, commit. Nothing is visible before the
commit, as in ``pipelines.run``, which see for runs that die and runs that are repeated."""

import json
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipelines.progress import Progress
from pipelines.recognise import known_ids
from pipelines.register.collect import Collected
from pipelines.register.judging import known_as
from pipelines.register.opened import forget
from pipelines.register.summary import RegisterSummary
from pipelines.register.work import ALIASES_FILE, KNOWN_FILE, RegisterJob
from pipelines.request import RegisterRequest
from pipelines.storage import check_inputs
from pipelines.watch.alone import unwatched
from schemas import ops
from schemas.catalogue import Catalogue
from schemas.dimona import DIMONA
from schemas.dimona.register import TABLES
from warehouse.arrow_files import keep
from warehouse.files import Place
from warehouse.lake import Lake
from warehouse.register import Register
from warehouse.runs import new_run_id

Engine = Callable[[RegisterJob, tuple[str, ...]], object]
"""Does the work of a job on its inputs, and leaves it for ``collect``."""


def run(
    request: RegisterRequest, progress: Progress, engine: Engine | None = None
) -> RegisterSummary:
    """Takes Dimona messages into the register of a lake. ``engine``: in place of Beam.

    Raises ``InputError``, ``OptionError``, ``LakeError``, or what the runner raises; nothing was
    committed then.
    """
    started, clock = datetime.now(UTC), time.perf_counter()
    files = check_inputs(request.inputs, request.lake.place)
    size = sum(size for _, size in files)
    if request.beam_args:
        _check_options(request, size)
    run_id = new_run_id(started)
    with Lake.open(request.lake, create=True) as lake, unwatched(request.lake):
        lake.sweep()
        contract = Catalogue(_folder(request.registry)).fingerprint(DIMONA)
        known = lake.known_names(DIMONA.name, contract)
        paths = [path for path, _ in files]
        names = {name for _, name in known}
        nothing_new = None
        if all(path.rpartition("/")[2] in names for path in paths):
            with progress.recognising():
                nothing_new = known_ids(paths, {file_id for file_id, _ in known})
        if nothing_new is not None:
            summary = RegisterSummary(run_id, len(files), len(files), 0)
        else:
            lake.ensure_tables([*ops.TABLES, *TABLES])
            with lake.start_run(run_id) as home:
                job = _job(run_id, request, home.place, lake, known)
                does = engine or partial(_beam, request.beam_args, size)
                summary = _folded(lake, job, request, started, progress, does)
            if summary.snapshot is None:
                lake.sweep()
    return replace(
        summary,
        lake=request.lake.data,
        catalog=request.lake.catalog_shown,
        seconds=time.perf_counter() - clock,
    )


def _check_options(request: RegisterRequest, size: int) -> None:
    """What is wrong with Beam's options is told before anything is made."""
    from pipelines.runner import configured

    configured(request.beam_args, size)


def _folder(registry: str | None) -> Path | None:
    return Path(registry) if registry else None


def _job(
    run_id: str, request: RegisterRequest, home: Place, lake: Lake, known: set[tuple[str, str]]
) -> RegisterJob:
    """The job, with what its steps look up in the run's directory."""
    register = Register(lake)
    (home / KNOWN_FILE).write_text(json.dumps(sorted(known_as(*one) for one in known)))
    keep(home / ALIASES_FILE, register.aliases())
    return RegisterJob(
        run_id,
        home.address,
        request.lake,
        register.version(),
        request.registry,
        request.reception,
    )


def _folded(
    lake: Lake,
    job: RegisterJob,
    request: RegisterRequest,
    started: datetime,
    progress: Progress,
    engine: Engine,
) -> RegisterSummary:
    try:
        engine(job, request.inputs)
    finally:
        forget()
    collected = Collected.of(job)
    summary = collected.summary()
    if collected.changes_nothing:
        return summary
    progress.committing()
    snapshot = lake.commit(collected.commit(request.author, started))
    _tidy(job.place)
    return replace(summary, snapshot=snapshot)


def _beam(beam_args: Sequence[str], size: int, job: RegisterJob, inputs: tuple[str, ...]) -> None:
    """The engine of every run that the command line starts; Beam is imported here."""
    from pipelines.launch import launch_graph
    from pipelines.register.graph import RegisterRun
    from pipelines.runner import configured

    launch_graph(configured(beam_args, size), RegisterRun(job, inputs), job.place)


def _tidy(home: Place) -> None:
    """Removes what only mattered while the run was under way; all of it is in the tables now."""
    for name in ("read", "places", "routed", "held", "ledger", "temporary"):
        with suppress(OSError):  # the run is committed, whatever stays
            (home / name).remove_tree()
    for name in (KNOWN_FILE, ALIASES_FILE):
        with suppress(OSError):
            (home / name).remove()
