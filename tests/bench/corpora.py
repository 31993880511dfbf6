"""Generated corpora, made once and kept: the folder's name says every parameter.

Volumes are known before anything is written: how many jobs employers have is a function of their
number (``transforms.synth.sizes``), and a worker record takes a stable number of bytes.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from schemas.quarter import Quarter
from transforms.synth.figures import figures
from transforms.synth.sizes import jobs

KWARTAAL = str(Path(sys.executable).with_name("kwartaal"))
QUARTER = Quarter(2023, 1)
SEED = 1
RECORDS_A_JOB = 0.994
BYTES_A_RECORD = 3803
"""Both of 4,000 employers of 2023Q1; other quarters differ by some percent."""
GENERATED_A_SECOND, FLOOR_A_SECOND, RUN_A_SECOND = 15e6, 90e6, 10e6
"""Bytes a second and process, for estimates only."""
START_SECONDS = 5
"""What a run takes without anything to do."""
_MADE = "made.json"


class NoRoom(RuntimeError):
    """The disk cannot take what was asked for."""


@dataclass(frozen=True)
class Contents:
    """What is in a corpus. ``forms``: declarations; ``reads``: bytes of all files."""

    files: int
    forms: int
    records: int
    bytes: int


@dataclass(frozen=True)
class Corpus:
    """Declarations of one quarter: ``workers`` fixes the jobs of each employer, ``forms_per_file``
    puts several declarations into one file."""

    name: str
    employers: int
    quarter: Quarter = QUARTER
    workers: int | None = None
    forms_per_file: int = 1
    below: Path = Path("data")

    @property
    def folder(self) -> Path:
        size = f"{self.employers}" + (f"x{self.workers}" if self.workers else "")
        together = f"-by{self.forms_per_file}" if self.forms_per_file > 1 else ""
        return self.below / f"bench-{self.quarter}-{size}{together}-seed{SEED}"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def is_made(self) -> bool:
        return (self.folder / _MADE).exists()

    @cached_property
    def jobs(self) -> int:
        if self.workers is not None:
            return self.employers * self.workers
        return int(jobs(figures(), 0, self.employers).sum())

    @property
    def expected_bytes(self) -> int:
        return int(self.jobs * RECORDS_A_JOB * BYTES_A_RECORD)

    @property
    def contents(self) -> Contents:
        return Contents(**json.loads((self.folder / _MADE).read_text()))

    def paths(self) -> list[Path]:
        return sorted(self.files.iterdir())

    def make(self, processes: int) -> None:
        """Writes the files, unless they are there."""
        if self.is_made:
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        self.files.mkdir(parents=True)
        command = [KWARTAAL, "synth", "dmfa", "--quarter", str(self.quarter), "--seed", str(SEED)]
        command += ["--employers", str(self.employers), "--output", str(self.files)]
        command += ["--forms-per-file", str(self.forms_per_file), "--jobs", str(processes)]
        if self.workers:
            command += ["--workers", str(self.workers)]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        (self.folder / _MADE).write_text(json.dumps(asdict(self._told(told))))

    def _told(self, text: str) -> Contents:
        """What ``synth`` says that it wrote: "500 files, 500 forms, 9321 worker records, ..."."""
        files, forms, records, *_ = (int(word) for word in text.split() if word.isdigit())
        size = sum(path.stat().st_size for path in self.files.iterdir())
        return Contents(files, forms, records, size)

    def warm(self) -> None:
        """Reads every byte once: every contender finds the files in the page cache."""
        for path in self.files.iterdir():
            with path.open("rb") as file:
                while file.read(1 << 20):
                    pass

    def remove(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def announced(corpora: list[Corpus], processes: int, beside: int = 0) -> Iterator[str]:
    """What making the corpora takes, line by line; ``beside``: bytes that lakes take.

    ``NoRoom`` when the disk has not enough.
    """
    missing = [corpus for corpus in corpora if not corpus.is_made]
    size = sum(corpus.expected_bytes for corpus in missing)
    seconds = sum(corpus.expected_bytes / _speed(corpus, processes) for corpus in missing)
    for corpus in corpora:
        state = "is there" if corpus.is_made else f"{corpus.expected_bytes / 1e6:,.0f} MB to make"
        yield f"{corpus.name}: {corpus.employers:,} declarations, {state}: {corpus.folder}"
    free = shutil.disk_usage(existing(corpora[0].below)).free
    needed = size + beside
    yield (
        f"to be made: {size / 1e9:.2f} GB in about {seconds / 60:.1f} minutes; "
        f"with lakes {needed / 1e9:.2f} GB of {free / 1e9:.1f} GB that are free"
    )
    if needed > free:
        raise NoRoom(f"{needed / 1e9:.1f} GB are needed, {free / 1e9:.1f} GB are free")


class Expected(NamedTuple):
    """Seconds of one round over a corpus."""

    floor: float
    run: float
    again: float
    pool: float


def expected(corpus: Corpus, processes: int) -> Expected:
    floor, run = (
        corpus.expected_bytes / speed / min(processes, os.cpu_count() or 1)
        for speed in (FLOOR_A_SECOND, RUN_A_SECOND)
    )
    return Expected(floor, run + START_SECONDS, START_SECONDS, run + START_SECONDS)


def _speed(corpus: Corpus, processes: int) -> float:
    """One file is written by one process."""
    files = -(-corpus.employers // corpus.forms_per_file)
    return GENERATED_A_SECOND * min(processes, files, os.cpu_count() or 1)


def existing(path: Path) -> Path:
    """The path, or the nearest folder above it that is there."""
    path = path.resolve()
    return path if path.exists() else existing(path.parent)


def timed_make(corpus: Corpus, processes: int) -> float:
    """Seconds that making took; 0 for a corpus that was there."""
    start = time.perf_counter()
    if corpus.is_made:
        return 0.0
    corpus.make(processes)
    return time.perf_counter() - start
