"""Progress of a run on stderr, when it is a terminal.

The FnApi runner tells its counters only at the end, so what moves the bar are the receipts that
workers write when a batch is done: they are there on every runner that shares the lake's files.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from pipelines.work import PLAN_FILE, Plan
from warehouse.files import Place, is_remote

INTERVAL = 0.2
"""Seconds between two looks."""

REMOTE_INTERVAL = 3.0
"""The same where a look is a request."""

_RUN = "validate, shred, relate, contribute, write"


class Progress:
    """Shows how far a run is; silent when ``console`` is not a terminal."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self.is_committing = False

    @contextmanager
    def recognising(self) -> Iterator[None]:
        """While files are compared with those of earlier runs."""
        if not self._console.is_terminal:
            yield
            return
        with self._bar() as bar:
            bar.add_task("looking for new files", total=None)
            yield

    @contextmanager
    def watching(self, home: Place, doing: str = _RUN) -> Iterator[None]:
        """While the graph of the run in ``home`` is at work; ``doing``: what it does then."""
        if not self._console.is_terminal:
            yield
            return
        done = threading.Event()
        with self._bar() as bar:
            task = bar.add_task("surveying files", total=None)
            watcher = threading.Thread(
                target=_watch, args=(bar, task, home, doing, done), daemon=True
            )
            watcher.start()
            try:
                yield
            finally:
                done.set()
                watcher.join()

    def abandon(self) -> None:
        """Gives the terminal back as it was."""
        self._console.show_cursor(True)

    def committing(self) -> None:
        self.is_committing = True
        if self._console.is_terminal:
            self._console.print("checking control totals and committing", style="dim")

    def _bar(self) -> Bar:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        return Bar(*columns, TimeElapsedColumn(), console=self._console, transient=True)


def _watch(bar: Bar, task: TaskID, home: Place, doing: str, done: threading.Event) -> None:
    planned = home / PLAN_FILE
    receipts = home / "receipts"
    while not done.wait(REMOTE_INTERVAL if is_remote(home.address) else INTERVAL):
        if planned.exists():
            total = Plan.from_json(planned.read_text()).batches
            finished = sum(file.name.endswith(".json") for file, _ in receipts.files())
            bar.update(task, description=doing, total=total, completed=finished)
