"""Pieces of a simulation: each is read, computed by both books and summed, in processes.

What comes back from a piece is small; its lines, when they are wanted, go into a file.
"""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import active_children, get_context
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.reference import read_reference
from pipelines.storage import InputError
from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.quarter import Quarter
from schemas.simulation import LINES
from transforms.rates.book import rate_book
from transforms.rates.overlay import read_overlay
from transforms.simulate import simulate as simulated
from transforms.simulate.replay import Replayed, formulas_of, replayed, spread
from transforms.simulate.sums import Sums, summed
from transforms.simulate.tally import Tally
from transforms.unshred import unshredded
from warehouse.blocks import Piece, QuarterBlocks
from warehouse.errors import LakeError
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.parquet import write_part

RECORDS = 50_000
"""Worker records that are computed at once."""
REPLAYED = 2_000
"""Lines whose derivations are replayed, spread over all pieces, unless all lines are."""


@dataclass(frozen=True)
class Question:
    """What an analyst asks. ``output``: folder for tables; ``with_lines``: with every line, which
    is personal data; figures about fewer than ``min_persons`` or ``min_employers`` are hidden."""

    overlay: str
    quarter: Quarter
    lake: str | Location
    registry: str | None = None
    reference: str | None = None
    output: str | None = None
    with_lines: bool = False
    min_persons: int = 5
    min_employers: int = 3
    records: int = RECORDS


@dataclass(frozen=True)
class Work:
    """What every process has to know: the question, its overlay, the forms it is about and in how
    many pieces, and where lines go."""

    question: Question
    overlay: bytes
    forms: int
    pieces: int
    lines: str | None


@dataclass(frozen=True)
class Done:
    """What is kept of a piece; the lines themselves are in ``part``."""

    replayed: Replayed
    formulas: pa.Table
    part: str | None


def all_done(
    work: Work,
    blocks: QuarterBlocks,
    pieces: list[Piece],
    tally: Tally,
    progress: Callable[[int, int], None],
) -> list[Done]:
    """Every piece, in the order of pieces; each is added to the tally as soon as it is there."""
    found: dict[int, Done] = {}
    total = sum(piece.records for piece in pieces)
    records = 0
    progress(0, total)
    for at, (sums, done) in _each_done(work, blocks, pieces):
        tally.add(sums)
        found[at] = done
        records += pieces[at].records
        progress(records, total)
    if work.lines is not None:
        _join([found[at].part for at in sorted(found)], Path(str(work.question.output)))
    return [found[at] for at in sorted(found)]


def _each_done(
    work: Work, blocks: QuarterBlocks, pieces: list[Piece]
) -> Iterator[tuple[int, tuple[Sums, Done]]]:
    """In processes of their own when there is enough to do: they take a second to start."""
    enough = sum(piece.records for piece in pieces) > work.question.records
    if enough and len(pieces) > 1:
        yield from _in_processes(work, pieces)
        return
    desk = _Desk(work, blocks)
    yield from ((at, desk.done(at, piece)) for at, piece in enumerate(pieces))


def _in_processes(work: Work, pieces: list[Piece]) -> Iterator[tuple[int, tuple[Sums, Done]]]:
    """As they are done. What is under way is dropped when something goes wrong."""
    processes = min(os.cpu_count() or 1, len(pieces))
    others = set(active_children())
    # A fork would share the threads of DuckDB.
    pool = ProcessPoolExecutor(processes, get_context("spawn"), _quietly)
    try:
        waiting = {pool.submit(_at_desk, work, at, one): at for at, one in enumerate(pieces)}
        for future in as_completed(waiting):
            yield waiting.pop(future), future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in set(active_children()) - others:
            process.terminate()
        raise
    pool.shutdown()


def _quietly() -> None:
    """Who interrupts ends the process, without a traceback of each."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class _Desk:
    """Where pieces are worked on: an open lake and both books."""

    def __init__(self, work: Work, blocks: QuarterBlocks) -> None:
        self._work = work
        self._blocks = blocks
        question = work.question
        self._base = rate_book()
        overlay = read_overlay(work.overlay, question.overlay, self._base)
        self._variant = self._base.overlaid(overlay)
        self._catalogue = Catalogue(Path(question.registry) if question.registry else None)
        self._reference = read_reference(question.reference)

    def done(self, at: int, piece: Piece) -> tuple[Sums, Done]:
        """Reads a piece, computes it by both books, and sums it."""
        lines = self._lines(piece)
        formulas = formulas_of(lines, self._base, self._variant)
        every = self._work.question.with_lines
        wanted = lines.num_rows if every else -(-REPLAYED // self._work.pieces)
        again = replayed(lines, formulas, spread(lines.num_rows, wanted))
        part = None
        if self._work.lines is not None:
            part = str(Path(self._work.lines, f"{at:06}.parquet"))
            write_part(part, lines, LINES)
        return summed(lines), Done(again, formulas, part)

    def _lines(self, piece: Piece) -> pa.Table:
        release = self._catalogue.find(DMFA, Quarter.parse(piece.release))
        if release is None:
            raise InputError(f"release {piece.release} is not known here: give its --registry")
        shredded = unshredded(release.layout, lambda b: self._blocks.rows(b.table, piece))
        gross = self._blocks.gross(piece)
        quarter = self._work.question.quarter
        return simulated(shredded, quarter, self._base, self._variant, gross, self._reference)


@lru_cache(maxsize=1)
def _desk(work: Work) -> _Desk:
    """The desk of a process of its own; its lake stays open as long as the process lives."""
    lake = Lake.open(work.question.lake, read_only=True)
    blocks = QuarterBlocks(lake, str(work.question.quarter)).__enter__()
    if blocks.forms != work.forms:
        raise LakeError("another run was committed meanwhile: simulate again")
    return _Desk(work, blocks)


def _at_desk(work: Work, at: int, piece: Piece) -> tuple[Sums, Done]:
    return _desk(work).done(at, piece)


def _join(parts: list[str | None], output: Path) -> None:
    """One file of all parts, one after the other."""
    with pq.ParquetWriter(output / "lines.parquet", LINES.rest, compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part, schema=LINES.rest))
