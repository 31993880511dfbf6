"""``kwartaal synth dimona``: writes the declarations of how synthetic workers start and stop."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click
import numpy as np

from pipelines.cli.synth_options import (
    Mapped,
    added,
    defect_option,
    file_options,
    processes,
    release_option,
    volume_options,
    writing_options,
)
from schemas.quarter import Quarter
from transforms.synth.defects import spread
from transforms.synth.dimona.clerk import Receipts
from transforms.synth.dimona.defects import BY_NAME, REFUSED
from transforms.synth.dimona.plan import (
    RELEASES,
    Delivery,
    DimonaPlan,
    begins,
    content,
    release_for,
    sent,
    still_open,
    usual_late,
    usual_second,
    wire_of,
)
from transforms.synth.dimona.truth import truth
from transforms.synth.plan import Plan

_share = click.FloatRange(0, 1)


@dataclass(frozen=True, slots=True)
class _Share:
    """One sender, whose slots begin with these receipts: the work of one process."""

    plan: DimonaPlan
    sender: int
    follows: Path | None
    output: Path
    first: dict[int, int]
    wants_truth: bool


@dataclass(slots=True)
class _Written:
    """What was written; ``open``: jobs with the receipts of their periods."""

    files: int
    forms: int
    bytes: int
    truth: str
    open: tuple[list[int], list[int]]


@click.command()
@volume_options
@release_option(RELEASES)
@file_options
@click.option(
    "--first-receipt",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Number of the first receipt. Others follow in order of the moment of reception (the time"
    " at which a file was modified), its name, and the form in it; periods are named by them.",
)
@click.option(
    "--stock/--no-stock",
    default=True,
    show_default=True,
    help="With the starts of jobs that began before the quarter, received when they began.",
)
@click.option(
    "--follow",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Open periods that the quarter before left; nothing is declared of their start. Without"
    " it and without stock, nothing is declared of periods from before.",
)
@click.option(
    "--open-periods",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File for the receipts of the periods that stay open, for --follow.",
)
@click.option(
    "--late",
    type=_share,
    default=usual_late,
    show_default="as the figures have it",
    help="Share of starts that are received too late.",
)
@click.option(
    "--second-delivery",
    type=_share,
    default=usual_second,
    show_default="as the figures have it",
    help="Share of files that are delivered twice.",
)
@click.option("--refused", type=_share, default=0.0, help="Share of jobs with a refused form.")
@defect_option(BY_NAME, "A named defect; the share is of the jobs that have what it spoils")
@writing_options("a defect or consequence")
def dimona(
    quarter: Quarter,
    employers: int,
    seed: int,
    output: Path,
    release: Quarter | None,
    forms_per_file: int,
    workers: int | None,
    first_receipt: int,
    stock: bool,
    follow: Path | None,
    open_periods: Path | None,
    late: float,
    second_delivery: float,
    refused: float,
    defects: dict[str, float],
    indent: bool,
    jobs: int,
    truth: TextIO | None,
) -> None:
    """The Dimona of the same employers and workers as ``synth dmfa`` with the same seed.

    Periods agree with the DmfA of the quarter, but for what is asked for by name.
    """
    try:
        plan = DimonaPlan(
            Plan(quarter, employers, seed, indent=indent, workers=workers),
            release or release_for(quarter),
            forms_per_file,
            stock,
            late,
            second_delivery,
            added(spread(refused, REFUSED), defects),
            first_receipt,
        )
        _check(follow, plan)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    output.mkdir(parents=True, exist_ok=True)
    with processes(jobs) as mapped:
        files, forms, size = _write(plan, output, mapped, follow, truth, open_periods)
    click.echo(
        f"{files} files, {forms} declarations, {size / 1e6:.1f} MB in {output}; receipts"
        f" {first_receipt} to {first_receipt + forms - 1}"
    )


def _check(follow: Path | None, plan: DimonaPlan) -> None:
    known, needed = _read(follow), len(still_open(plan))
    if known is not None and len(known) != needed:
        raise ValueError(f"{follow} is of {len(known)} jobs, not of {needed}: other options")


def _read(follow: Path | None) -> Receipts | None:
    return None if follow is None else np.load(follow, mmap_mode="r", allow_pickle=False)


def _write(
    plan: DimonaPlan,
    output: Path,
    mapped: Mapped,
    follow: Path | None,
    told: TextIO | None,
    open_periods: Path | None,
) -> tuple[int, int, int]:
    """Counts, then writes; files, forms and bytes."""
    senders = range(plan.senders)
    wanted = told is not None
    counting = (_Share(plan, n, follow, output, {}, wanted) for n in senders)
    first = begins(plan, mapped(_counts, counting))
    writing = (_Share(plan, n, follow, output, first[n], wanted) for n in senders)
    periods = still_open(plan)
    files = forms = size = 0
    for part in mapped(_written, writing):
        files, forms, size = files + part.files, forms + part.forms, size + part.bytes
        periods[part.open[0]] = part.open[1]
        if told is not None:
            told.write(part.truth)
    if open_periods is not None:
        with open_periods.open("wb") as file:
            np.save(file, periods, allow_pickle=False)
    return files, forms, size


def _counts(share: _Share) -> dict[int, int]:
    return sent(share.plan, share.sender, _read(share.follows)).counts()


def _written(share: _Share) -> _Written:
    made = sent(share.plan, share.sender, _read(share.follows))
    made.number(share.first)
    wire = wire_of(share.plan)
    sizes = [
        _deliver(share.output, delivery, content(share.plan, wire, delivery))
        for delivery in made.deliveries
    ]
    lines = "".join(truth(share.plan, made)) if share.wants_truth else ""
    receipts = [p if isinstance(p, int) else p.receipt for p in made.open.values()]
    forms = sum(len(delivery.messages) for delivery in made.deliveries)
    return _Written(len(sizes), forms, sum(sizes), lines, (list(made.open), receipts))


def _deliver(folder: Path, delivery: Delivery, content: bytes) -> int:
    path = folder / delivery.name
    path.write_bytes(content)
    os.utime(path, (delivery.modified, delivery.modified))
    return len(content)
