"""A simulation: the declared quarter of a lake by two rate books. The lake is only read."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

import pyarrow as pa

from pipelines.reference import read_reference
from pipelines.simulate_pieces import Question, Work, all_done
from pipelines.simulated import Laid, Simulated
from pipelines.storage import InputError
from schemas.quarter import Quarter
from transforms.contribute import rules_fingerprint
from transforms.rates.book import Overlay, RateBook, rate_book
from transforms.rates.overlay import read_overlay
from transforms.simulate.reconcile import Stored, checks
from transforms.simulate.replay import Replayed
from transforms.simulate.suppress import Fewest
from transforms.simulate.tables import tables
from transforms.simulate.tally import Tally
from warehouse.blocks import QuarterBlocks
from warehouse.files import place
from warehouse.lake import Lake
from warehouse.location import Location

__all__ = ["Question", "simulate"]


def simulate(question: Question, progress: Callable[[int, int], None]) -> Simulated:
    """Asks the lake what if; ``progress`` is told worker records done and in all.

    Raises ``InputError`` for a quarter that is not there or a folder that will not do,
    ``RateFileError`` for an overlay that breaks a rule, ``LakeError``.
    """
    base, path = rate_book(), Path(question.overlay)
    content = path.read_bytes()
    overlay = read_overlay(content, path.name, base)
    read_reference(question.reference)
    _check_output(question)
    with (
        Lake.open(question.lake, read_only=True) as lake,
        QuarterBlocks(lake, str(question.quarter)) as blocks,
        _lines_folder(question) as folder,
    ):
        pieces = blocks.pieces(question.records)
        if not pieces:
            raise InputError(_nothing(lake, question.quarter))
        tally = Tally(blocks.people(), blocks.employers())
        work = Work(question, content, blocks.forms, len(pieces), folder)
        done = all_done(work, blocks, pieces, tally, progress)
        stored = Stored(*blocks.computed(), _rules(lake, question.quarter))
    again = sum((one.replayed for one in done), Replayed())
    fewest = Fewest(question.min_persons, question.min_employers)
    found = Simulated(
        question.quarter,
        overlay.title,
        _laid(base, overlay, question.quarter),
        fewest,
        tables(tally, fewest),
        checks(tally, stored, rules_fingerprint(base), again),
        _distinct(pa.concat_tables([one.formulas for one in done])),
    )
    if question.output is not None:
        found.write(Path(question.output))
    return found


def _check_output(question: Question) -> None:
    if question.output is None:
        if question.with_lines:
            raise InputError("lines go into a folder: give --output DIR with --lines")
        return
    if place(str(Path(question.output).resolve())).is_below(Location.of(question.lake).place):
        raise InputError(f"the output {question.output} lies within the lake")
    Path(question.output).mkdir(parents=True, exist_ok=True)


def _nothing(lake: Lake, quarter: Quarter) -> str:
    known = sorted({str(run["quarter"]) for run in lake.runs().to_pylist()})
    there = f"it has {', '.join(known)}" if known else "no run was committed to it yet"
    return f"{lake.place} has no accepted declaration of {quarter}: {there}"


def _rules(lake: Lake, quarter: Quarter) -> set[str]:
    """Fingerprints of the rules by which the quarter was computed."""
    runs = lake.runs().to_pylist()
    return {str(run["rates"]) for run in runs if run["quarter"] == str(quarter)}


@contextmanager
def _lines_folder(question: Question) -> Iterator[str | None]:
    """A folder for parts of lines while they are made."""
    if not question.with_lines:
        yield None
        return
    folder = mkdtemp(prefix=".lines-", dir=question.output)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _distinct(formulas: pa.Table) -> pa.Table:
    by_name = {row["formula"]: row for row in formulas.to_pylist()}
    rows = [by_name[name] for name in sorted(by_name)]
    return pa.Table.from_pylist(rows, schema=formulas.schema)


def _laid(base: RateBook, overlay: Overlay, quarter: Quarter) -> tuple[Laid, ...]:
    """What the overlay changes on the days of the quarter."""
    variant = base.overlaid(overlay)
    found = []
    for name in overlay.values:
        own = base.parameters[name]
        for first, last, value in variant.parameters[name].spans(
            quarter.first_day, quarter.last_day
        ):
            for start, end, held in own.spans(first, last):
                values = [str(v.value) if v else None for v in (held, value)]
                found.append(Laid(name, own.unit, start, end, *values))
    return tuple(found)
