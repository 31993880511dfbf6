"""``make bench-schema``: how long it takes to say what a change of a schema breaks.

Two releases that kwartaal ships, as a whole process with proofs; and, where the published series is
in the folder ``shared`` beside the checkout, all its releases one after the other in one process,
loading and checking each schema once.
"""

import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from statistics import median

import click

from schemas.compare.comparison import compare_schemas
from schemas.compare.component import Schema

KWARTAAL = Path(sys.executable).parent / "kwartaal"
SERIES = Path(__file__).resolve().parents[3] / "shared/official/xsd/dmfa"


@click.command()
@click.option("--runs", default=5, show_default=True, help="Processes, of which the median counts.")
def bench(runs: int) -> None:
    """Time comparisons of schemas."""
    taken = sorted(map(_one, range(runs)))
    spread = f"{taken[0]:.2f} to {taken[-1]:.2f}"
    click.echo(f"one comparison of two releases: {median(taken):.2f} s ({spread}, {runs} runs)")
    if SERIES.is_dir():
        seconds, transitions, witnesses = _series()
        click.echo(
            f"{transitions} transitions of the published series: {seconds:.1f} s,"
            f" {witnesses} documents that prove them"
        )
    else:
        click.echo("the published series is not beside the checkout: not compared")


def _one(_run: int) -> float:
    start = time.perf_counter()
    command = [str(KWARTAAL), "schema", "diff", "dmfa@2022/2", "dmfa@2023/1"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def _series() -> tuple[float, int, int]:
    """(seconds, transitions, witnesses)"""
    start = time.perf_counter()
    transitions = witnesses = 0
    for name in ("series-original", "series-update"):
        schemas = [Schema(path) for path in sorted((SERIES / name).glob("*.xsd"))]
        for old, new in pairwise(schemas):
            comparison = compare_schemas(old, new, (old.path.name, new.path.name))
            transitions += 1
            for one in comparison.differences:
                found = one.reader_witness, one.writer_witness
                witnesses += sum(witness is not None for witness in found)
    return time.perf_counter() - start, transitions, witnesses


if __name__ == "__main__":
    bench()
