"""Ctrl-C during a run: at once and cleanly, or not at all.

Before the commit nothing is visible, so the process may simply end: its workers end with it, its
directory is swept by the next run. A commit takes moments and is not cut short. Beam's own way of
ending would wait for threads that wait for workers.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from pipelines.progress import Progress


@contextmanager
def interruptible(
    progress: Progress,
    code: int,
    told: str = "nothing was committed",
    undo: Callable[[], None] | None = None,
) -> Iterator[None]:
    """While a run is under way Ctrl-C ends the process with ``code``, except in a commit.

    ``told``: what came of it; ``undo``: is called before the end.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        if progress.is_committing:
            _say("the run is being committed; it ends in a moment")
            return
        progress.abandon()
        if undo is not None:
            undo()
        _say(f"interrupted: {told}")
        os._exit(code)

    before = signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _say(message: str) -> None:
    sys.stderr.write(f"kwartaal: {message}\n")
    sys.stderr.flush()
