"""Batch after batch, until it is told to stop."""

import fcntl
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.register.collect import file_rows
from pipelines.register.reading import read_files
from pipelines.register.unjudged import Unjudged, together, unjudged
from pipelines.register.work import RegisterJob
from pipelines.watch.inbox import Inbox
from pipelines.watch.journal import Batch, Journal, deliver
from pipelines.watch.live import Live
from pipelines.watch.merge import merge, new_run_id
from schemas import ops
from schemas.dimona import DIMONA
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    MESSAGE,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
    TABLES,
)
from schemas.ops import FILE, FINDING
from transforms.dimona.register import Folded
from warehouse.arrow_files import kept
from warehouse.errors import LakeError
from warehouse.lake import Lake
from warehouse.location import Location

FOLDER = "watch"
"""Of the lake: where the journal is."""
MERGING = "merging.json"

MOST_FILES = 250
MOST_BYTES = 8 * 1024 * 1024
"""Of a batch: it has to be answered within seconds."""
MOST_WAITING = 50_000
"""Declarations in the journal from which on it is merged whatever the clock says."""

Answer = Callable[[Mapping[str, pa.Table], Sequence[int], Live], Mapping[str, bytes]]
"""Answers by the name of their file, from the tables of a batch and the number of declarations that
each of its files has."""


@dataclass(frozen=True)
class Watched:
    """What is watched, and how. ``merge_after``: seconds after which the lake gets what came."""

    lake: Location
    inbox: Path
    outbox: Path
    taken: Path
    registry: str | None
    author: str
    answer: Answer
    merge_after: float = 300.0
    pause: float = 0.1


@dataclass
class Watch:
    """Takes in what arrives; use it in a ``with`` statement, which waits for nobody: a second one
    on the same lake raises ``LakeError``."""

    watched: Watched
    answered: int = 0
    declarations: int = 0
    not_run: tuple[Unjudged, ...] = ()
    _stopping: bool = False
    _merged_at: float = field(default_factory=time.monotonic)

    def __enter__(self) -> "Watch":
        watched = self.watched
        self._inbox = Inbox(watched.inbox, watched.taken)
        for folder in (watched.inbox, watched.outbox, watched.taken):
            folder.mkdir(parents=True, exist_ok=True)
        self._lake = Lake.open(watched.lake, create=True)
        try:
            self._lake.sweep()
            self._lake.ensure_tables([*ops.TABLES, *TABLES])
            self._folder = self._lake.directory / FOLDER
            self._folder.mkdir(exist_ok=True)
            self._lock = _locked(self._folder)
            self._journal = Journal(self._folder / "journal")
            self._finish_merge()
            self._begin()
        except BaseException:
            self._lake.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._lock)
        self._lake.close()

    def stop(self) -> None:
        """After the batch under way, the journal is merged and ``run`` returns."""
        self._stopping = True

    def run(self) -> None:
        """Until ``stop``."""
        while not self._stopping:
            if not self.step():
                time.sleep(self.watched.pause)
        self.merge()

    def step(self) -> bool:
        """Takes in what has arrived, and merges when it is time; whether anything had arrived."""
        files = self._due()
        if files:
            self._take(files)
        waiting = sum(1 for _ in self._waiting)
        late = time.monotonic() - self._merged_at > self.watched.merge_after
        if waiting and (late or len(self._live.since.log) >= MOST_WAITING):
            self.merge()
        return bool(files)

    def merge(self) -> None:
        """Takes the journal into the lake."""
        self._merged_at = time.monotonic()
        if not self._waiting:
            return
        run_id = new_run_id()
        told = {"run_id": run_id, "last": self._waiting[-1].number}
        (self._folder / MERGING).write_text(json.dumps(told))
        contract = self._job().catalogue.fingerprint(DIMONA)
        merge(self._lake, run_id, self._waiting, self._live.version, self.watched.author, contract)
        self._finish_merge()
        self._begin()

    def _finish_merge(self) -> None:
        """Drops batches that are in the lake."""
        marker = self._folder / MERGING
        if not marker.exists():
            return
        told = json.loads(marker.read_text())
        if self._lake.is_committed(told["run_id"]):
            done = [batch for batch in self._journal.batches() if batch.number <= told["last"]]
            self._journal.drop(done)
            self._number = told["last"]
        marker.unlink()

    def _begin(self) -> None:
        """From what the lake and the journal have."""
        self._live = Live(self._lake)
        self._waiting = self._journal.batches()
        self._number = max([self._number, *(batch.number for batch in self._waiting)])
        for batch in self._waiting:
            self._live.take(batch.tables(), batch.last_receipt())
            self._deliver(batch)

    _number = 0

    def _due(self) -> list[Path]:
        files: list[Path] = []
        size = 0
        for path in self._inbox.arrived(MOST_FILES):
            size += path.stat().st_size
            if files and size > MOST_BYTES:
                break
            files.append(path)
        return files

    def _job(self, home: Path | None = None) -> RegisterJob:
        watched = self.watched
        place = str(home or self._folder)
        return RegisterJob("", place, watched.lake, self._live.version, watched.registry)

    def _take(self, files: Sequence[Path]) -> None:
        draft = self._journal.draft()
        job = self._job(draft)
        read = read_files(0, map(str, files), frozenset(), job)
        rows = kept(read.part)
        folded = self._live.fold(_received(rows, self._live.last_receipt))
        tables = _tables(folded)
        tables[FILE.full_name] = file_rows(read.files, "")
        tables[FINDING.full_name] = kept(read.ledger)
        for folder in ("read", "ledger"):
            shutil.rmtree(draft / folder)
        valid = [file.valid for file in read.files]
        answers = self.watched.answer(tables, valid, self._live)
        self._live.keep(tables)
        self._number += 1
        inputs = {path.name: r.file_id for path, r in zip(files, read.files, strict=True)}
        batch = self._journal.add(self._number, draft, inputs, tables, answers)
        self._waiting.append(batch)
        self.declarations += rows.num_rows
        self.not_run = together([*self.not_run, *unjudged(folded.not_run)])
        self._deliver(batch)

    def _deliver(self, batch: Batch) -> None:
        self.answered += deliver(batch, self.watched.outbox)
        self._inbox.put_away(batch.inputs)


def _received(rows: pa.Table, last: int) -> pa.Table:
    """Messages with the receipts that follow the last one."""
    receipts = pa.array(last + 1 + np.arange(rows.num_rows))
    columns = [receipts if n == "receipt" else rows.column(n) for n in MESSAGE.inside.names]
    return pa.table(columns, schema=MESSAGE.inside).combine_chunks()


def _tables(folded: Folded) -> dict[str, pa.Table]:
    return {
        LOG.full_name: folded.log,
        PERIOD.full_name: folded.periods,
        REGISTRATION.full_name: folded.registrations,
        QUOTA_USE.full_name: folded.uses,
        QUOTA_ANSWER.full_name: folded.quotas,
        FOUND_IN.full_name: folded.findings,
        REPEATED.full_name: folded.repeated,
    }


def _locked(folder: Path) -> int:
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise LakeError(f"{folder.parent} is being watched already") from None
    return handle


@contextmanager
def unwatched(lake: Location) -> Iterator[None]:
    """While a run changes the register, nobody takes messages in beside it. Raises ``LakeError``
    when somebody does, or when there are messages that are not in the lake yet."""
    folder = Path(lake.place.address) / FOLDER
    if not folder.exists():
        yield
        return
    handle = _locked(folder)
    try:
        if Journal(folder / "journal").batches():
            raise LakeError(
                f"{lake} has messages that are not in the register yet: start 'kwartaal watch"
                " dimona' and stop it again, which takes them in"
            )
        yield
    finally:
        os.close(handle)
