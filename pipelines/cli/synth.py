"""``kwartaal synth``: writes synthetic declarations as files."""

import json
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from multiprocessing import get_context
from pathlib import Path
from typing import TextIO

import click
from pyarrow import csv

from pipelines.cli.options import QuarterType, quarter_option
from schemas.quarter import Quarter
from transforms.reference import SCHEMAS, Reference
from transforms.synth.defects import AGAINST_SCHEMA, BY_NAME, DEFECTS, WRONG_AMOUNTS, spread
from transforms.synth.documents import contents, document_count
from transforms.synth.facts import Facts, merged, reference
from transforms.synth.figures import figures
from transforms.synth.plan import Draft, Plan
from transforms.synth.releases import RELEASES, release_labelled

_BATCH = 64
"""Files that a process writes at most before it takes new work."""
_BATCHES_A_PROCESS = 4
_UNTOLD = ("content", "facts")
"""What the truth does not say about a form."""


@dataclass(frozen=True, slots=True)
class _Batch:
    """Files ``first`` up to but not including ``last`` of a plan: the work of one process."""

    plan: Plan
    output: Path
    first: int
    last: int
    wants_truth: bool
    wants_reference: bool


@dataclass(slots=True)
class Written:
    """What was written; ``truth`` has one line of JSON a form, ``reference`` what is known."""

    files: int = 0
    forms: int = 0
    records: int = 0
    bytes: int = 0
    truth: str = ""
    reference: list[Reference] = field(default_factory=list)


@click.group()
def synth() -> None:
    """Make synthetic declarations: employers and workers who do not exist."""


def _shares(
    context: click.Context, parameter: click.Parameter, values: tuple[str, ...]
) -> dict[str, float]:
    shares: dict[str, float] = {}
    for value in values:
        name, _, share = value.partition("=")
        if name not in BY_NAME:
            raise click.BadParameter(f"{name!r} is none of {', '.join(BY_NAME)}")
        try:
            shares[name] = float(share)
        except ValueError:
            raise click.BadParameter(f"{value!r}: write NAME=SHARE, like {name}=0.01") from None
    return shares


@synth.command()
@quarter_option
@click.option("--employers", type=click.IntRange(min=1), required=True, help="Declarations.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option(
    "--output", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder."
)
@click.option(
    "--release",
    type=QuarterType(),
    help=f"Release of the schema, one of {', '.join(r.label.slash for r in RELEASES)}; "
    "by default the one of the quarter.",
)
@click.option(
    "--forms-per-file", type=click.IntRange(min=1), default=1, show_default=True, help="Forms."
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Jobs of every employer, in place of sizes as a country has them.",
)
@click.option(
    "--broken", type=click.FloatRange(0, 1), default=0.0, help="Share of forms against the schema."
)
@click.option(
    "--wrong",
    type=click.FloatRange(0, 1),
    default=0.0,
    help="Share of forms with a wrong amount, of every kind that they have a line for; a form in"
    " which nothing is computed stays sound.",
)
@click.option(
    "--defect",
    "defects",
    multiple=True,
    callback=_shares,
    metavar="NAME=SHARE",
    help="A named defect; the share is of the forms that have what it spoils: "
    f"{', '.join(d.name for d in DEFECTS)}.",
)
@click.option("--indent/--no-indent", default=True, show_default=True, help="White space or none.")
@click.option("--jobs", type=click.IntRange(min=1), default=1, show_default=True, help="Processes.")
@click.option("--truth", type=click.File("w"), help="File for one line of JSON a form.")
@click.option(
    "--reference",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for what declarations do not tell: workers.csv, employers.csv, vehicles.csv.",
)
def dmfa(
    quarter: Quarter,
    employers: int,
    seed: int,
    output: Path,
    release: Quarter | None,
    forms_per_file: int,
    workers: int | None,
    broken: float,
    wrong: float,
    defects: dict[str, float],
    indent: bool,
    jobs: int,
    truth: TextIO | None,
    reference: Path | None,
) -> None:
    """DmfA originals of one quarter, the same files for the same options.

    Employers and most of their workers come back in other quarters of the same seed.
    """
    shares: dict[str, float] = {}
    for part in (spread(broken, AGAINST_SCHEMA), spread(wrong, WRONG_AMOUNTS), defects):
        for name, share in part.items():
            shares[name] = shares.get(name, 0.0) + share
    try:
        label = release_labelled(release) if release else None
        plan = Plan(quarter, employers, seed, label, shares, forms_per_file, indent, workers)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    output.mkdir(parents=True, exist_ok=True)
    total = _written(plan, output, jobs, truth, reference)
    click.echo(
        f"{total.files} files, {total.forms} forms, {total.records} worker records, "
        f"{total.bytes / 1e6:.1f} MB in {output}"
    )


def _written(
    plan: Plan, output: Path, jobs: int, truth: TextIO | None, folder: Path | None
) -> Written:
    """Writes every file; the truth comes in the order of the files."""
    batches = list(_batches(plan, output, jobs, truth is not None, folder is not None))
    if jobs == 1:
        total = _total(map(_write, batches), truth)
    else:
        with ProcessPoolExecutor(jobs, get_context("spawn")) as pool:
            total = _total(pool.map(_write, batches), truth)
    if folder is not None:
        _write_reference(merged(total.reference), folder)
    return total


def _write_reference(known: Reference, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        csv.write_csv(getattr(known, name), folder / f"{name}.csv")


def _batches(
    plan: Plan, output: Path, jobs: int, wants_truth: bool, wants_reference: bool
) -> Iterator[_Batch]:
    count = document_count(plan)
    size = max(1, min(_BATCH, count // (_BATCHES_A_PROCESS * jobs)))
    for first in range(0, count, size):
        last = min(first + size, count)
        yield _Batch(plan, output, first, last, wants_truth, wants_reference)


def _total(parts: Iterable[Written], truth: TextIO | None) -> Written:
    total = Written()
    for part in parts:
        total.files += part.files
        total.forms += part.forms
        total.records += part.records
        total.bytes += part.bytes
        total.reference += part.reference
        if truth is not None:
            truth.write(part.truth)
    return total


def _write(batch: _Batch) -> Written:
    part, lines, facts = Written(), [], dict[int, Facts]()
    for document, content in contents(batch.plan, batch.first, batch.last):
        with (batch.output / document.name).open("wb") as file:
            for piece, draft in content:
                part.bytes += file.write(piece)
                if draft is not None:
                    part.forms += 1
                    part.records += draft.worker_records
                    lines.append(_truth(document.name, draft) if batch.wants_truth else "")
                    facts[draft.employer] = draft.facts
        part.files += 1
    part.truth = "".join(lines)
    if batch.wants_reference:
        part.reference.append(reference(figures(), batch.plan.seed, facts.values()))
    return part


def _truth(file: str, draft: Draft) -> str:
    """What is known about a form, with the official code of what is wrong with it."""
    code = BY_NAME[draft.defect].code if draft.defect else None
    told = {f.name: getattr(draft, f.name) for f in fields(draft) if f.name not in _UNTOLD}
    return json.dumps({"file": file} | told | {"code": code}) + "\n"
