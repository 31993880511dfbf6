"""Directories of runs: who lives holds its run, who is dead and not committed is swept.

A hold is a lock that ends with the process that has it, however that ends: of a file beside a
catalog file (``FileHolds``), of the server beside a catalog in PostgreSQL (``warehouse.postgres``).
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Protocol

from warehouse.errors import LakeError
from warehouse.files import Place

LOCK = "lock"


class Hold(Protocol):
    """The proof that a run lives."""

    def close(self) -> None:
        """Give it up."""


class Holds(Protocol):
    """The holds of a lake's runs."""

    def guarded(self) -> AbstractContextManager[object]:
        """One start or sweep at a time."""

    def take(self, run_id: str) -> Hold | None:
        """The hold of a run, None while a living process has it."""


@dataclass(frozen=True)
class RunDirectory:
    """Where one run writes, and the proof that the run lives: close it at the end of the run."""

    run_id: str
    place: Place
    hold: Hold

    @property
    def parts(self) -> Place:
        """Parquet parts of the tables."""
        return self.place / "parts"

    @property
    def quarantine(self) -> Place:
        """What was set aside."""
        return self.place / "quarantine"

    def close(self) -> None:
        """Give the hold up: without a commit, the next sweep removes the directory."""
        self.hold.close()

    def __enter__(self) -> "RunDirectory":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def new_run_id(started: datetime) -> str:
    """A name that no run has; names of later runs are behind those of earlier ones."""
    return f"{started:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}"


def start(runs: Place, run_id: str, holds: Holds) -> RunDirectory:
    """Make ``runs/<run_id>`` and hold it. Raises ``LakeError`` when the run exists."""
    if not run_id or "/" in run_id or run_id in (".", ".."):
        raise LakeError(f"{run_id!r} cannot name a run")
    place = runs / run_id
    with holds.guarded():
        if place.exists():
            raise LakeError(f"run {run_id} exists already in {runs.parent}")
        place.make()
        hold = holds.take(run_id)
    if hold is None:
        raise LakeError(f"run {run_id} is under way already")
    run = RunDirectory(run_id, place, hold)
    run.parts.make()
    run.quarantine.make()
    return run


def sweep(runs: Place, holds: Holds, committed: Callable[[], set[str]]) -> list[str]:
    """Remove what killed runs left; the ids of these runs, sorted.

    ``committed`` is asked again after the holds were tried: a run that commits and ends in
    between is then known to it.
    """
    with holds.guarded():
        unknown = sorted(set(runs.folders()) - committed())
        held = {run_id: holds.take(run_id) for run_id in unknown}
        try:
            free = [run_id for run_id, hold in held.items() if hold is not None]
            dead = sorted(set(free) - committed()) if free else []
            for run_id in dead:
                (runs / run_id).remove_tree()
        finally:
            for hold in held.values():
                if hold is not None:
                    hold.close()
    return dead


@dataclass(frozen=True)
class FileHolds:
    """Holds of runs below a folder of this machine: locks of files in their directories."""

    runs: Path

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """A directory is never seen between being made and being locked."""
        handle = os.open(self.runs, os.O_RDONLY)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def take(self, run_id: str) -> "_Lock | None":
        handle = os.open(self.runs / run_id / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            return None
        return _Lock(handle)


@dataclass(frozen=True)
class _Lock:
    handle: int

    def close(self) -> None:
        os.close(self.handle)
