"""What batches brought that is not in the lake yet: a folder for each, whole or not there."""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.watch.inbox import free
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
)
from schemas.ops import FILE, FINDING
from schemas.tables import empty
from warehouse.arrow_files import keep, kept
from warehouse.files import place

TABLES = (LOG, PERIOD, REGISTRATION, QUOTA_USE, QUOTA_ANSWER, FOUND_IN, REPEATED, FILE, FINDING)
_INPUTS = "inputs.json"
_ANSWERS = "answers"
_QUARANTINE = "quarantine"
_UNFINISHED = "unfinished"


@dataclass(frozen=True)
class Batch:
    """A batch in the journal; periods and registrations as it left them."""

    folder: Path

    @property
    def number(self) -> int:
        return int(self.folder.name)

    @property
    def inputs(self) -> dict[str, str]:
        """The files in the inbox that it was made of: SHA-256 by name."""
        files: dict[str, str] = json.loads((self.folder / _INPUTS).read_text())
        return files

    def tables(self) -> dict[str, pa.Table]:
        """By full name."""
        found = {}
        for table in TABLES:
            path = self.folder / f"{table.full_name}.arrow"
            found[table.full_name] = kept(str(path)) if path.exists() else empty(table)
        return found

    def last_receipt(self) -> int:
        """Of its declarations and second deliveries, 0 where there is none."""
        tables = self.tables()
        last = [pc.max(tables[t.full_name].column("receipt")).as_py() for t in (LOG, REPEATED)]
        return max(one or 0 for one in last)

    def answers(self) -> list[Path]:
        """Answers that are not in the outbox yet."""
        folder = self.folder / _ANSWERS
        return sorted(folder.iterdir()) if folder.exists() else []

    def quarantine(self) -> Path:
        """Where forms are that are against the schema."""
        return self.folder / _QUARANTINE


class Journal:
    """The batches since the last merge, in order."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def batches(self) -> list[Batch]:
        names = sorted(path for path in self._folder.iterdir() if path.name.isdigit())
        return [Batch(path) for path in names]

    def draft(self) -> Path:
        """An empty folder to write a batch in; what a killed one left there is gone."""
        draft = self._folder / _UNFINISHED
        shutil.rmtree(draft, ignore_errors=True)
        (draft / _ANSWERS).mkdir(parents=True)
        return draft

    def add(
        self,
        number: int,
        draft: Path,
        inputs: Mapping[str, str],
        tables: Mapping[str, pa.Table],
        answers: Mapping[str, bytes],
    ) -> Batch:
        """Commits a batch: from here on it counts."""
        (draft / _INPUTS).write_text(json.dumps(inputs))
        for name, table in tables.items():
            if table.num_rows:
                keep(place(str(draft / f"{name}.arrow")), table)
        for name, content in answers.items():
            (draft / _ANSWERS / name).write_bytes(content)
        for path in _files(draft):
            _sync(path)
        folder = self._folder / f"{number:09}"
        draft.rename(folder)
        _sync(self._folder)
        return Batch(folder)

    def drop(self, batches: Sequence[Batch]) -> None:
        """Removes batches that are in the lake."""
        for batch in batches:
            shutil.rmtree(batch.folder)


def deliver(batch: Batch, outbox: Path) -> int:
    """Moves the answers of a batch to the outbox; how many."""
    answers = batch.answers()
    for answer in answers:
        answer.rename(free(outbox / answer.name))
    return len(answers)


def _files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in names)
        yield Path(here)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
