"""What a benchmark found: samples by corpus and contender, kept as JSON for comparing."""

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from corpora import Contents
from figures_of import Spread
from process_tree import Peak


@dataclass(frozen=True)
class Sample:
    """One measured command. ``stages``: seconds by stage over all workers, of a run of kwartaal."""

    wall: float
    cpu: float
    read: int
    peaks: tuple[Peak, ...]
    stages: Mapping[str, float] = field(default_factory=dict)

    def peak(self, role: str) -> int:
        return max((peak.memory for peak in self.peaks if peak.role == role), default=0)


@dataclass(frozen=True)
class Row:
    """A line of the table of targets. ``verdict``: met, missed, or not measured."""

    measure: str
    target: str
    measured: str
    verdict: str


@dataclass
class Result:
    """``samples``: corpus, contender, measurements in the order of rounds."""

    command: str
    processes: int
    runs: int
    corpora: dict[str, Contents] = field(default_factory=dict)
    samples: dict[str, dict[str, list[Sample]]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    machine: dict[str, str] = field(default_factory=lambda: machine())

    def add(self, corpus: str, contender: str, sample: Sample) -> None:
        self.samples.setdefault(corpus, {}).setdefault(contender, []).append(sample)

    def has(self, corpus: str, *contenders: str) -> bool:
        return all(self.samples.get(corpus, {}).get(name) for name in contenders)

    def wall(self, corpus: str, contender: str) -> Spread:
        return Spread.of([sample.wall for sample in self.samples[corpus][contender]])

    def cpu(self, corpus: str, contender: str) -> Spread:
        return Spread.of([sample.cpu for sample in self.samples[corpus][contender]])

    def peak(self, corpus: str, contender: str, role: str) -> int:
        """The largest of all rounds."""
        return max(sample.peak(role) for sample in self.samples[corpus][contender])

    def speed(self, corpus: str, contender: str) -> float:
        """Bytes of the corpus a second of wall clock, at the median."""
        return self.corpora[corpus].bytes / self.wall(corpus, contender).median

    def stages(self, corpus: str, contender: str) -> dict[str, float]:
        """Median seconds by stage, in the order of the run."""
        samples = self.samples[corpus][contender]
        names = dict.fromkeys(name for sample in samples for name in sample.stages)
        return {
            name: Spread.of([sample.stages.get(name, 0.0) for sample in samples]).median
            for name in names
        }

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=1)


def rows_of(path: Path) -> tuple[Sequence[Row], Mapping[str, str], str]:
    """The rows of a stored result, its machine, and the command that printed it."""
    stored = json.loads(path.read_text())
    return [Row(**row) for row in stored["rows"]], stored["machine"], stored["command"]


def machine() -> dict[str, str]:
    """What a figure depends on, for whoever compares it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {
        "processor": _processor(),
        "cores": str(os.cpu_count()),
        "memory": f"{memory / 1e9:.0f} GB",
        "python": platform.python_version(),
        "kwartaal": version("kwartaal"),
        "day": f"{datetime.now(UTC):%Y-%m-%d}",
        "load at the start": f"{os.getloadavg()[0]:.1f}",
    }


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())
