"""Directories of runs: who lives holds a lock, who is dead and not committed is swept."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from warehouse.errors import LakeError

LOCK = "lock"


@dataclass(frozen=True)
class RunDirectory:
    """Where one run writes, and the proof that the run lives: close it at the end of the run."""

    run_id: str
    path: Path
    lock: int

    @property
    def parts(self) -> Path:
        """Parquet parts of the tables."""
        return self.path / "parts"

    @property
    def quarantine(self) -> Path:
        """What was set aside."""
        return self.path / "quarantine"

    def close(self) -> None:
        """Give the lock up: without a commit, the next sweep removes the directory."""
        os.close(self.lock)

    def __enter__(self) -> "RunDirectory":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def start(runs: Path, run_id: str) -> RunDirectory:
    """Make ``runs/<run_id>`` and lock it. Raises ``LakeError`` when the run exists."""
    path = runs / run_id
    if path.parent != runs:
        raise LakeError(f"{run_id!r} cannot name a run")
    with _guarded(runs):
        try:
            path.mkdir()
        except FileExistsError:
            raise LakeError(f"run {run_id} exists already in {runs.parent}") from None
        handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(handle, fcntl.LOCK_EX)
    run = RunDirectory(run_id, path, handle)
    run.parts.mkdir()
    run.quarantine.mkdir()
    return run


def sweep(runs: Path, committed: Callable[[], set[str]]) -> list[str]:
    """Remove what killed runs left; the ids of these runs, sorted.

    ``committed`` is asked for the committed runs only after the locks were tried: a run that
    commits and ends in between is then known to it.
    """
    with _guarded(runs):
        held = {path.name: _grip(path) for path in sorted(runs.iterdir()) if path.is_dir()}
        try:
            free = [run_id for run_id, handle in held.items() if handle is not None]
            dead = sorted(set(free) - committed()) if free else []
            for run_id in dead:
                shutil.rmtree(runs / run_id)
        finally:
            for handle in held.values():
                if handle is not None:
                    os.close(handle)
    return dead


@contextmanager
def _guarded(runs: Path) -> Iterator[None]:
    """One at a time: a directory is never seen between being made and being locked."""
    handle = os.open(runs, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _grip(path: Path) -> int | None:
    """A handle that holds the lock of a run, None while a living process holds it."""
    handle = os.open(path / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
