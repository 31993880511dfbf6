"""``make bench-register``: a month of Dimona messages into a register, by the command line.

The register and the messages are made first and stay in the data folder for the next time. Each run
starts from a copy of the same register.
"""

import json
import shutil
import statistics
from dataclasses import asdict, dataclass
from pathlib import Path

import click
from options import Asked, asked_options
from process_tree import Measured, measure
from register_corpus import Population, Stored, register, write_messages

NATIONAL = 10_000_000, 3_750_000
"""Periods and messages of a country in a month, of which the defaults are a fiftieth."""
_FOUND_SOMETHING = 1


@dataclass(frozen=True)
class Sample:
    """Seconds, and bytes of the largest worker and the driver."""

    wall: float
    cpu: float
    worker: int
    driver: int
    stages: dict[str, float]

    @classmethod
    def of(cls, measured: Measured, stages: dict[str, float]) -> "Sample":
        peaks = measured.peak("worker"), measured.peak("driver")
        return cls(measured.wall, measured.cpu, *peaks, stages)


@click.command()
@asked_options
@click.option("--periods", type=click.IntRange(min=1000), default=NATIONAL[0] // 50)
@click.option("--messages", type=click.IntRange(min=100), default=NATIONAL[1] // 50)
def main(asked: Asked, periods: int, messages: int) -> None:
    """Messages a second, CPU time of a message, and memory."""
    folder = asked.data / f"register-{periods}-{messages}"
    size = _corpus(folder, periods, messages, asked)
    samples = []
    for number in range(asked.runs):
        asked.tell(f"run {number + 1} of {asked.runs}")
        samples.append(_run(folder, asked))
    wall = statistics.median(s.wall for s in samples)
    cpu = statistics.median(s.cpu for s in samples)
    worker, driver = (max(getattr(s, role) for s in samples) for role in ("worker", "driver"))
    lines = [
        f"{messages:,} messages ({size / 1e6:.0f} MB) into a register of {periods:,} periods",
        f"wall clock {wall:.1f} s (of {asked.runs}), {messages / wall:,.0f} messages a second",
        f"CPU {cpu:.1f} s, {cpu / messages * 1e6:.0f} microseconds a message",
        f"largest worker {worker / 1e6:.0f} MB, driver {driver / 1e6:.0f} MB",
        *(f"  {stage}: {spent:.1f} s, all workers" for stage, spent in samples[-1].stages.items()),
    ]
    as_json = json.dumps([asdict(sample) for sample in samples], indent=1)
    asked.deliver("\n".join(lines), as_json, "\n".join(lines))


def _corpus(folder: Path, periods: int, messages: int, asked: Asked) -> int:
    """Makes what is not there; bytes of the messages."""
    made = folder / "made"
    if not made.exists():
        asked.tell(f"making {periods:,} periods and {messages:,} messages in {folder}")
        shutil.rmtree(folder, ignore_errors=True)
        people = Population.of(periods)
        stored = Stored.drawn(periods, people, seed=1)
        register(folder / "lake", stored, people)
        made.write_text(str(write_messages(folder / "in", messages, stored, people, seed=1)))
    return int(made.read_text())


def _run(folder: Path, asked: Asked) -> Sample:
    lake, report = folder / "run", folder / "report.json"
    shutil.rmtree(lake, ignore_errors=True)
    shutil.copytree(folder / "lake", lake)
    command = ["sh", "-c", 'exec "$0" "$@" > ' + str(report)]
    command += ["kwartaal", "run", "dimona", str(folder / "in"), "--lake", str(lake)]
    command += ["--format", "json"]
    measured = measure(command, accepted=(0, _FOUND_SOMETHING))
    shutil.rmtree(lake)
    return Sample.of(measured, json.loads(report.read_text())["stages"])


if __name__ == "__main__":
    main()
