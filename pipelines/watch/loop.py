"""Batch after batch, until it is told to stop."""

import json
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from pipelines.register.judging import file_rows
from pipelines.register.reading import read_files
from pipelines.register.unjudged import Unjudged, together, unjudged
from pipelines.register.work import RegisterJob
from pipelines.watch.alone import FOLDER, locked
from pipelines.watch.inbox import Inbox
from pipelines.watch.journal import Batch, Journal, deliver
from pipelines.watch.live import Live
from pipelines.watch.merge import merge
from schemas import ops
from schemas.dimona import DIMONA
from schemas.dimona.register import (
    MESSAGE,
    TABLES,
)
from schemas.ops import FILE, FINDING
from warehouse.arrow_files import kept
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.runs import new_run_id

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
    _number: int = 0
    _merged_at: float = field(default_factory=time.monotonic)

    def __enter__(self) -> "Watch":
        watched = self.watched
        self._inbox = Inbox(watched.inbox, watched.taken)
        for folder in (watched.inbox, watched.outbox, watched.taken):
            folder.mkdir(parents=True, exist_ok=True)
        with ExitStack() as undo:
            self._lake = undo.enter_context(Lake.open(watched.lake, create=True))
            self._lake.sweep()
            self._lake.ensure_tables([*ops.TABLES, *TABLES])
            self._folder = self._lake.directory / FOLDER
            self._folder.mkdir(exist_ok=True)
            undo.callback(os.close, locked(self._folder))
            self._journal = Journal(self._folder / "journal")
            self._finish_merge()
            self._begin()
            self._resources = undo.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._resources.close()

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
        late = time.monotonic() - self._merged_at > self.watched.merge_after
        if self._waiting and (late or len(self._live.since.log) >= MOST_WAITING):
            self.merge()
        return bool(files)

    def merge(self) -> None:
        """Takes the journal into the lake."""
        self._merged_at = time.monotonic()
        if not self._waiting:
            return
        run_id = new_run_id(datetime.now(UTC))
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
        tables = folded.tables
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
