"""``make bench-queries``: point questions and totals on a lake, given or made of eight quarters."""

import shutil
import subprocess
from pathlib import Path

import click
import report
from corpora import KWARTAAL, Corpus, announced
from options import Asked, asked_options
from queries import SPAN, Asking, answers
from results import Result, Row

from schemas.quarter import Quarter

FIRST_YEAR, FIRST_QUARTER = 2022, 2
LAKE_SHARE = 0.3


def quarters(number: int) -> list[Quarter]:
    """The first quarters of the oldest release that is shipped, and those after it."""
    places = [FIRST_YEAR * 4 + FIRST_QUARTER - 1 + n for n in range(number)]
    return [Quarter(place // 4, place % 4 + 1) for place in places]


def fill(lake: Path, corpora: list[Corpus], asked: Asked, keep: bool) -> None:
    """Makes and runs quarter after quarter into one lake; ``keep``: the corpora stay."""
    for corpus in corpora:
        corpus.make(asked.processes)
        command = [KWARTAAL, "run", "dmfa", "--quarter", str(corpus.quarter), "--format", "json"]
        command += ["--input", str(corpus.files), "--lake", str(lake)]
        beam = ["--", f"--direct_num_workers={asked.processes}"]
        subprocess.run([*command, *beam], check=True, stdout=subprocess.DEVNULL)
        asked.tell(f"  {corpus.quarter} is in the lake")
        if not keep:
            corpus.remove()


def made_lake(asked: Asked, employers: int, number: int) -> Path:
    """A lake of several quarters, kept for the next time; its name says what is in it."""
    lake = asked.data / f"bench-lake-{employers}-{number}-quarters"
    done = lake.with_name(f"{lake.name}.made")
    if not done.exists():
        shutil.rmtree(lake, ignore_errors=True)
        corpora = [Corpus(str(q), employers, q, below=asked.data) for q in quarters(number)]
        asked.data.mkdir(parents=True, exist_ok=True)
        size = sum(corpus.expected_bytes for corpus in corpora)
        for line in announced(corpora, asked.processes, beside=int(LAKE_SHARE * size)):
            asked.tell(line)
        fill(lake, corpora, asked, keep=True)
        done.touch()
    return lake


def ask(lake: str | Path) -> tuple[list[Row], list[str]]:
    """The rows of all questions, and what else has to be said about them."""
    catalog = str(lake)
    if ":" not in catalog:
        catalog = f"ducklake:sqlite:{Path(lake).resolve() / 'catalog.sqlite'}"
    asking = Asking.to(catalog)
    rows = [answered.row for answered in answers(asking)]
    notes = [f"queries: {asking.told()}"]
    if not asking.is_national:
        notes.append(f"queries: the targets are those of {SPAN} quarters of the country")
    return rows, notes


@click.command()
@click.option("--lake", help="A lake, or what DuckDB attaches; without it one is made.")
@click.option("--employers", type=click.IntRange(min=1), default=1000, show_default=True)
@click.option("--quarters", "number", type=click.IntRange(min=1), default=SPAN, show_default=True)
@asked_options
def main(asked: Asked, lake: str | None, employers: int, number: int) -> None:
    """p50 and p95 of questions, each about at least 50 random keys."""
    result = Result(asked.command, asked.processes, 1)
    place = lake or made_lake(asked, employers, number)
    result.rows, notes = ask(place)
    result.notes = [f"lake: {place}", *notes]
    asked.deliver(report.text(result), result.to_json(), report.markdown(result.rows))


if __name__ == "__main__":
    main()
