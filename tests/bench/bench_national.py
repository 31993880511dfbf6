"""``make bench-national``: a whole quarter of the country, really run, and asked afterwards.

265,000 generated employers have about 4.7 million worker records in 18 GB of XML, more than the
country's 240,000 declarations and 4.5 million persons: none of the three figures is smaller here.
Says first what it takes, and stops when the disk has no room for it.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import report
from bench import here, sizes_beside
from bench_queries import ask, fill, quarters
from contenders import AGAIN, FLOOR, RUN
from corpora import QUARTER, Corpus, announced, expected, timed_make
from options import Asked, asked_options
from results import Result
from rounds import measured, run_round
from targets import NATIONAL, SMALL, judged

NATIONAL_EMPLOYERS = 265_000
LAKE_SHARE = 0.15
"""A lake beside its corpus, and once more while parts are merged."""


def estimated(corpora: list[Corpus], asked: Asked) -> Iterator[str]:
    """``corpora``: a quarter each, of which the first is measured; its files come first and stay
    longest, so that two corpora are on the disk at most."""
    first = corpora[0]
    lakes = int(LAKE_SHARE * first.expected_bytes * (len(corpora) + 1))
    beside = lakes + (first.expected_bytes if len(corpora) > 1 else 0)
    yield from announced([first], asked.processes, beside)
    floor, run, again, _ = expected(first, asked.processes)
    yield (
        f"then about {(floor + run + again) * asked.runs / 60:.0f} minutes of measuring: "
        f"{floor / 60:.1f} for the floor, {run / 60:.1f} for a run, {asked.runs} times"
    )
    if len(corpora) > 1:
        yield f"then {len(corpora) - 1} quarters more, each made, run and thrown away"


def measure_quarter(result: Result, corpus: Corpus, lake: Path, asked: Asked) -> None:
    """Floor, run, again; the lake of the last run stays."""
    for number in range(asked.runs):
        corpus.warm()
        shutil.rmtree(lake, ignore_errors=True)
        for contender in (*here((FLOOR,), result), RUN, AGAIN):
            sample = measured(contender, corpus, lake, asked.processes)
            result.add(corpus.name, contender.name, sample)
            asked.tell(f"  round {number + 1}, {contender.name}: {sample.wall:.1f} s")


def measure_sizes(result: Result, corpora: list[Corpus], asked: Asked) -> None:
    """Smaller quarters, for the cost of a declaration."""
    for corpus in corpora:
        corpus.make(asked.processes)
        result.corpora[corpus.name] = corpus.contents
        for number in range(3):
            run_round(result, corpus, [[RUN]], number, asked.data, asked.tell)


@click.command()
@click.option(
    "--employers", type=click.IntRange(min=2), default=NATIONAL_EMPLOYERS, show_default=True
)
@click.option("--quarters", "number", type=click.IntRange(1, 8), default=1, show_default=True)
@click.option(
    "--sizes", multiple=True, type=click.IntRange(min=2), default=(1000,), show_default=True
)
@click.option("--keep/--no-keep", default=True, help="The corpus and the lake.")
@asked_options
def main(asked: Asked, employers: int, number: int, sizes: tuple[int, ...], keep: bool) -> None:
    """Floor, run, the same run again, and questions, on a whole quarter."""
    asked.data.mkdir(parents=True, exist_ok=True)
    result = Result(asked.command, asked.processes, asked.runs)
    corpus = Corpus(SMALL, employers, QUARTER, below=asked.data)
    others = [q for q in quarters(8) if q != QUARTER][: number - 1]
    more = [Corpus(str(q), employers, q, below=asked.data) for q in others]
    for line in estimated([corpus, *more], asked):
        asked.tell(line)
    seconds = timed_make(corpus, asked.processes)
    if seconds:
        result.notes.append(f"the corpus was made in {seconds / 60:.1f} minutes")
    result.corpora[corpus.name] = corpus.contents
    lake = asked.data / f"bench-national-lake-{employers}"
    measure_quarter(result, corpus, lake, asked)
    result.notes.append(f"the lake takes {_size(lake) / 1e9:.2f} GB: {lake}")
    measure_sizes(result, sizes_beside(sizes, employers, asked.data), asked)
    fill(lake, more, asked, keep=False)
    rows, notes = ask(lake)
    result.rows = judged(result, NATIONAL) + rows
    result.notes += notes
    if not keep:
        corpus.remove()
        shutil.rmtree(lake)
    asked.deliver(report.text(result), result.to_json(), report.markdown(result.rows))


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
