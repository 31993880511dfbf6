"""``make bench``: how long a run takes, and where the time goes.

Generates a corpus once, then runs it several times into new lakes, in turn with the floor where it
is installed: libxml2 alone (``xmllint --sax --schema``), two at a time. Prints medians and ratios.
"""

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import click

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.quarter import Quarter

KWARTAAL = str(Path(sys.executable).with_name("kwartaal"))
QUARTER = Quarter(2023, 1)


@click.command()
@click.option("--employers", default=2000, show_default=True)
@click.option("--runs", default=3, show_default=True)
def bench(employers: int, runs: int) -> None:
    """Time runs of a generated quarter."""
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "files")
        make = ["synth", "dmfa", "--quarter", str(QUARTER), "--employers", str(employers)]
        subprocess.run([KWARTAAL, *make, "--output", str(corpus), "--jobs", "2"], check=True)
        size = sum(path.stat().st_size for path in corpus.iterdir()) / 1e6
        times: dict[str, list[float]] = {}
        stages: dict[str, list[float]] = {}
        for number in range(runs):
            _time_run(corpus, Path(folder, f"lake{number}"), times, stages)
            if shutil.which("xmllint"):
                times.setdefault("xmllint, two at a time", []).append(_floor(corpus))
    click.echo(f"{employers} declarations, {size:.1f} MB, medians of {runs}")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        click.echo(f"  {name:32} {median:7.1f} s   {size / median:6.1f} MB/s")
    for name, seconds in stages.items():
        click.echo(f"    {name + ', all workers':30} {statistics.median(seconds):7.1f} s")


def _time_run(
    corpus: Path, lake: Path, times: dict[str, list[float]], stages: dict[str, list[float]]
) -> None:
    command = ["run", "dmfa", "--quarter", str(QUARTER), "--input", str(corpus)]
    start = time.perf_counter()
    done = subprocess.run(
        [KWARTAAL, *command, "--lake", str(lake), "--format", "json"],
        check=True,
        capture_output=True,
        text=True,
    )
    times.setdefault("kwartaal run, whole", []).append(time.perf_counter() - start)
    for stage, seconds in json.loads(done.stdout)["stages"].items():
        stages.setdefault(stage, []).append(seconds)
    shutil.rmtree(lake)


def _floor(corpus: Path) -> float:
    release = Catalogue().find(DMFA, QUARTER)
    assert release is not None
    files = sorted(map(str, corpus.iterdir()))
    start = time.perf_counter()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda part: _xmllint(str(release.path), part), (files[::2], files[1::2])))
    return time.perf_counter() - start


def _xmllint(schema: str, files: list[str]) -> None:
    command = ["xmllint", "--sax", "--noout", "--schema", schema]
    for first in range(0, len(files), 1000):
        subprocess.run(
            [*command, *files[first : first + 1000]], check=True, stderr=subprocess.DEVNULL
        )


if __name__ == "__main__":
    bench()
