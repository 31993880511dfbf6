"""``kwartaal synth``: writes synthetic declarations as files."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TextIO

import click
from pyarrow import csv

from pipelines.cli.synth_dimona import dimona
from pipelines.cli.synth_options import (
    added,
    defect_option,
    file_options,
    processes,
    release_option,
    volume_options,
    writing_options,
)
from schemas.quarter import Quarter
from transforms.reference import SCHEMAS, Reference
from transforms.synth.defects import AGAINST_SCHEMA, BY_NAME, WRONG_AMOUNTS, spread
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


synth.add_command(dimona)


@synth.command()
@volume_options
@release_option(release.label for release in RELEASES)
@file_options
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
@defect_option(BY_NAME, "A named defect; the share is of the forms that have what it spoils")
@writing_options("a form")
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
    shares = added(spread(broken, AGAINST_SCHEMA), spread(wrong, WRONG_AMOUNTS), defects)
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
    with processes(jobs) as mapped:
        total = _total(mapped(_write, batches), truth)
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
