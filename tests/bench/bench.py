"""``make bench``: floor, kwartaal, a bare pool and peers in turn, over three shapes of input.

Many small files, one batch file with the same forms, and one employer whose single form is as
large as all of them together (at most 60,000 workers). Corpora are made once and kept.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import report
from contenders import AGAIN, FLOOR, PEERS, POOL, RUN, Contender, WrongWork
from corpora import Corpus, announced, expected
from options import Asked, asked_options
from process_tree import CommandFailed
from results import Result
from rounds import run_round
from targets import BATCH, GIANT, ORDINARY, SCALING, SMALL, judged

GIANT_WORKERS = 60_000
LAKE_SHARE = 0.3
"""Room for a lake beside its corpus, parts before they are merged included."""


def shapes(employers: int, forms: int, workers: int | None, below: Path) -> list[Corpus]:
    """``forms`` of the batch file, ``workers`` of the giant."""
    small = Corpus(SMALL, employers, below=below)
    batch = Corpus(BATCH, forms, forms_per_file=forms, below=below)
    giant = Corpus(GIANT, 1, workers=workers or min(GIANT_WORKERS, small.jobs), below=below)
    return [small, batch, giant]


def sizes_beside(sizes: tuple[int, ...], employers: int, below: Path) -> list[Corpus]:
    """Corpora of other numbers of declarations, for the cost of one."""
    return [Corpus(f"{n:,}", n, below=below) for n in sorted(set(sizes) - {employers})]


def here(contenders: tuple[Contender, ...], result: Result) -> Iterator[Contender]:
    """Those that are installed; the others are noted with the reason."""
    for contender in contenders:
        if contender.absent is None:
            yield contender
        else:
            result.absent[contender.name] = contender.absent


def measure_all(asked: Asked, corpora: list[Corpus], others: list[Corpus], result: Result) -> None:
    floor, peers = list(here((FLOOR,), result)), list(here(PEERS, result))
    competing = [floor, [RUN, AGAIN], [POOL]] if floor else [[RUN, AGAIN], [POOL]]
    with TemporaryDirectory(dir=asked.data, prefix="bench-lakes-") as work:
        for number in range(asked.runs):
            for corpus in corpora:
                run_round(result, corpus, competing, number, Path(work), asked.tell)
            for corpus in others:
                run_round(result, corpus, [[RUN]], number, Path(work), asked.tell)
        for peer in peers if corpora else ():
            try:
                run_round(result, corpora[0], [[peer]], 0, Path(work), asked.tell)
            except (CommandFailed, WrongWork) as error:  # theirs; ours has been measured
                result.absent[peer.name] = str(error)


def prepare(compared: list[Corpus], others: list[Corpus], asked: Asked, result: Result) -> None:
    """Says what it takes, then makes what is missing."""
    corpora = [*compared, *others]
    asked.data.mkdir(parents=True, exist_ok=True)
    lake = int(LAKE_SHARE * max(corpus.expected_bytes for corpus in corpora))
    for line in announced(corpora, asked.processes, beside=lake):
        asked.tell(line)
    seconds = sum(sum(expected(corpus, asked.processes)) for corpus in compared)
    seconds += sum(expected(corpus, asked.processes).run for corpus in others)
    asked.tell(f"then about {seconds * asked.runs / 60:.0f} minutes of measuring")
    for corpus in corpora:
        corpus.make(asked.processes)
        result.corpora[corpus.name] = corpus.contents


@click.command()
@click.option("--employers", type=click.IntRange(min=2), default=2000, show_default=True)
@click.option("--forms", type=click.IntRange(min=2), help="Of the batch file; by default the same.")
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Of the giant; by default those of all employers, at most 60,000.",
)
@click.option(
    "--sizes", multiple=True, type=click.IntRange(min=2), help="More numbers of declarations."
)
@click.option("--shapes/--no-shapes", "wants_shapes", default=True, help="Or sizes alone.")
@click.option(
    "--at-least", default=0.0, help="Fails when a run over small files does fewer MB a second."
)
@asked_options
def main(
    asked: Asked,
    employers: int,
    forms: int | None,
    workers: int | None,
    sizes: tuple[int, ...],
    wants_shapes: bool,
    at_least: float,
) -> None:
    """Compare runs with the floor and with a bare pool."""
    result = Result(asked.command, asked.processes, asked.runs)
    corpora = shapes(employers, forms or employers, workers, asked.data) if wants_shapes else []
    others = sizes_beside(sizes, employers if wants_shapes else 0, asked.data)
    prepare(corpora, others, asked, result)
    measure_all(asked, corpora, others, result)
    result.rows = judged(result, ORDINARY if wants_shapes else SCALING)
    asked.deliver(report.text(result), result.to_json(), report.markdown(result.rows))
    if wants_shapes and result.speed(SMALL, "run") < at_least * 1e6:
        sys.exit(f"a run does {result.speed(SMALL, 'run') / 1e6:.1f} MB/s, not {at_least}")


if __name__ == "__main__":
    main()
