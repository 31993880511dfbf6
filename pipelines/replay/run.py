"""A replay: what it goes over, and the whole of it. Nothing is changed, nothing is kept."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

from pipelines.progress import Progress
from pipelines.replay.result import Replayed, Source
from pipelines.replay.work import TALLY_FILE, Portion, ReplayJob, from_json
from pipelines.storage import InputError, check_inputs
from schemas.compare.difference import Comparison, Difference
from schemas.given import Side, message_of_both
from schemas.quarter import Quarter
from transforms.replay.tally import Tally
from warehouse.errors import LakeError
from warehouse.location import Location
from warehouse.runs import new_run_id

_DOING = "judge by both schemas"


@dataclass(frozen=True)
class ReplayRequest:
    """What is asked. ``old``, ``new``: the schemas that were compared. ``inputs``: files and
    folders, or the folder of one lake, of which ``quarter`` may name a quarter. ``catalog``: of a
    lake whose catalog is in PostgreSQL."""

    old: Path
    new: Path
    inputs: tuple[str, ...]
    quarter: Quarter | None = None
    registry: str | None = None
    catalog: str | None = None


def replay(request: ReplayRequest, comparison: Comparison, progress: Progress) -> Replayed:
    """Judges what was declared by both schemas, and says which differences it fails for.

    Raises ``InputError`` for what cannot be read as input, ``SchemaError`` for a schema that does
    not compile, ``LakeError``, or what the runner raises.
    """
    clock = time.perf_counter()
    old, new = request.old.resolve(), request.new.resolve()
    for path in (old, new):
        _ = Side(path).validator
    message = message_of_both(old, new)
    lake = _lake(request)
    with home() as folder:
        job = ReplayJob(
            new_run_id(datetime.now(UTC)),
            folder,
            str(old),
            str(new),
            message.name if message else None,
            tuple(map(_told, comparison.differences)),
            lake,
            request.registry,
        )
        work = _of_files(request) if lake is None else _of_lake(job, lake, request.quarter)
        tally = _tally(job, work, progress)
    source = Source(
        request.inputs,
        job.message,
        lake is not None,
        str(request.quarter) if request.quarter else None,
    )
    return Replayed(comparison, source, tally, time.perf_counter() - clock)


_SIZE_OF_LAKE = 1 << 30
"""Of several pieces: enough for worker processes."""


def _told(one: Difference) -> Difference:
    """A difference without its proofs: workers only look it up."""
    return replace(one, reader_witness=None, writer_witness=None)


def _lake(request: ReplayRequest) -> Location | None:
    """The lake that is meant, if one is."""
    here = [Location(one, request.catalog) for one in request.inputs]
    lakes = [one for one in here if _is_lake(one)]
    if not lakes:
        return None
    if len(here) > 1:
        raise InputError("a lake is replayed alone: give no other files beside it")
    return lakes[0]


def _is_lake(location: Location) -> bool:
    try:
        return location.is_lake
    except (LakeError, OSError):
        return False


@dataclass(frozen=True)
class _Work:
    """Files, ``files`` of ``size`` bytes below ``inputs``; or portions of a lake."""

    inputs: tuple[str, ...] = ()
    files: int = 0
    size: int = 0
    portions: tuple[Portion, ...] = ()


def _of_files(request: ReplayRequest) -> _Work:
    if request.quarter is not None:
        there = ", ".join(request.inputs)
        raise InputError(f"--quarter is for a lake, and there is none in {there}")
    sizes = [size for _, size in check_inputs(request.inputs)]
    return _Work(request.inputs, len(sizes), sum(sizes))


def _of_lake(job: ReplayJob, lake: Location, quarter: Quarter | None) -> _Work:
    from pipelines.replay.stored import KIND, portions

    if job.message != KIND.name:
        described = "another message" if job.message is None else job.message
        raise InputError(
            f"the lake {lake} keeps declarations of {KIND.name}; these schemas describe"
            f" {described}: give the files instead"
        )
    found = tuple(portions(lake, quarter, job.known_releases))
    return _Work(size=_SIZE_OF_LAKE if len(found) > 1 else 0, portions=found)


def _tally(job: ReplayJob, work: _Work, progress: Progress) -> Tally:
    """The work itself; Beam is imported here."""
    from pipelines.handover import write_plan
    from pipelines.launch import launch_graph
    from pipelines.replay.graph import Replay, planned
    from pipelines.replay.stored import forget
    from pipelines.runner import configured
    from pipelines.work import Plan

    portions = len(work.portions) or planned(work.files, work.size)
    write_plan(Plan(0, 0, 0, portions, ""), job.place)
    try:
        with progress.watching(job.place, _DOING):
            graph = Replay(job, work.inputs, work.size, work.portions)
            launch_graph(configured((), work.size), graph, job.place)
    finally:
        forget()
    return from_json((job.place / TALLY_FILE).read_text())


_homes: list[str] = []


@contextmanager
def home() -> Iterator[str]:
    """A folder for receipts, gone afterwards."""
    folder = mkdtemp(prefix="kwartaal-replay-")
    _homes.append(folder)
    try:
        yield folder
    finally:
        tidy()


def tidy() -> None:
    """Removes what a replay that is cut short has left."""
    while _homes:
        shutil.rmtree(_homes.pop(), ignore_errors=True)
