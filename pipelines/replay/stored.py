"""Declarations of a lake, written again from their rows and judged by both schemas."""

import threading
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache

import pyarrow as pa

from pipelines.replay.work import Portion, ReplayJob
from pipelines.storage import InputError
from schemas.catalogue import Catalogue, Release
from schemas.dmfa import DMFA
from schemas.given import Side
from schemas.ops import FORM
from schemas.quarter import Quarter
from transforms.ranges import Range
from transforms.rebuild import lines_of, rebuilt
from transforms.replay.forms import FormOf, tally_forms
from transforms.replay.tally import Example, Tally
from transforms.shredded import Shredded
from transforms.together import Received
from transforms.unshred import unshredded
from warehouse.blocks import QuarterBlocks
from warehouse.errors import LakeError
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.statements import statement

KIND = DMFA
"""Whose declarations a lake keeps as rows of their blocks."""

RECORDS = 5_000
"""Worker records of a piece: some 15 MB of XML, without blanks; it takes a worker 0.9 GB."""


def portions(location: Location, quarter: Quarter | None, releases: Catalogue) -> list[Portion]:
    """The accepted forms of a quarter of a lake, or of all, in pieces.

    Raises ``InputError`` when the lake has none, or some that were judged by a release that is not
    among ``releases``; ``LakeError``.
    """
    found: list[Portion] = []
    with Lake.open(location, read_only=True) as lake:
        known = _quarters(lake)
        if quarter is not None and str(quarter) not in known:
            there = f"it has {', '.join(known)}" if known else "it has none of any quarter"
            raise InputError(f"{lake.place} has no accepted declaration of {quarter}: {there}")
        if not known:
            raise InputError(f"{lake.place} has no accepted declaration")
        for name in known if quarter is None else [str(quarter)]:
            with QuarterBlocks(lake, name) as blocks:
                for piece in blocks.pieces(RECORDS):
                    _ = release_of(releases, piece.release)
                    number = len(found) + 1
                    place = (piece.release, piece.first, piece.last, blocks.forms)
                    found.append(Portion(number, (), (), name, *place))
    return found


def release_of(releases: Catalogue, name: str) -> Release:
    release = releases.find(KIND, Quarter.parse(name))
    if release is None:
        raise InputError(f"release {name} is not known here: give its --registry")
    return release


def _quarters(lake: Lake) -> list[str]:
    """Quarters with accepted declarations."""
    if not lake.has(FORM):
        return []
    return [row["quarter"] for row in lake.ask(statement("accepted_quarters")).to_pylist()]


_SETTINGS = ("threads = 1", "enable_external_file_cache = false")
"""A worker has one core; and what it has read of a part it does not read again."""


class _Desks(threading.local):
    """The lake that a thread has open: a connection is for one at a time."""

    def __init__(self) -> None:
        self.open: tuple[ReplayJob, str, _Desk, ExitStack] | None = None


_of_this_thread = _Desks()
_open: list[ExitStack] = []


def forget() -> None:
    """Closes what this process has open."""
    _of_this_thread.open = None
    while _open:
        _open.pop().close()


def tally_stored(portion: Portion, job: ReplayJob) -> Tally:
    """Judges the forms of a piece of a lake."""
    tally = _desk(portion, job).tally(portion, job)
    # What DuckDB gives back stays with the C library: 150 MB more with every piece of 30 MB.
    pa.system_memory_pool().release_unused()
    return tally


def _desk(portion: Portion, job: ReplayJob) -> "_Desk":
    at_hand = _of_this_thread.open
    if at_hand is None or at_hand[0].run_id != job.run_id or at_hand[1] != portion.quarter:
        assert job.lake is not None
        if at_hand is not None:
            at_hand[3].close()
        held = ExitStack()
        lake = held.enter_context(Lake.open(job.lake, read_only=True))
        blocks = held.enter_context(QuarterBlocks(lake, portion.quarter))
        _open.append(held)
        for setting in _SETTINGS:
            lake.ask(f"SET {setting}")
        at_hand = job, portion.quarter, _Desk(lake, blocks), held
        _of_this_thread.open = at_hand
    if at_hand[2].blocks.forms != portion.forms:
        raise LakeError("another run was committed meanwhile: replay again")
    return at_hand[2]


@dataclass(frozen=True)
class _Desk:
    """An open lake and the forms of one quarter."""

    lake: Lake
    blocks: QuarterBlocks

    def tally(self, portion: Portion, job: ReplayJob) -> Tally:
        release = release_of(job.known_releases, portion.release)
        piece = portion.piece
        shredded = unshredded(release.layout, lambda b: self.blocks.rows(b.table, piece))
        forms = _forms(shredded, release)
        tally = Tally(files=len({one.file for one in forms}))
        tally.bytes = sum(len(one.received.data) for one in forms)
        tally_forms(forms, job.bench, KIND, tally, Side(release.path, KIND))
        self._place(tally, shredded, release, forms)
        return tally

    def _place(
        self, tally: Tally, shredded: Shredded, release: Release, forms: list[FormOf]
    ) -> None:
        """Gives examples the names and lines of the files that were received."""
        rows = {(one.file, one.received.where.form_no): at for at, one in enumerate(forms)}

        @cache
        def lines(row: int) -> Mapping[int, int]:
            return lines_of(shredded, release.layout, row)

        def placed(one: Example) -> Example:
            line = lines(rows[one.file, one.form]).get(one.line, 0)
            return replace(one, file=self._name(one.file), line=line)

        for counts in tally.counts():
            for count in counts.values():
                count.examples = tuple(map(placed, count.examples))

    def _name(self, file_id: str) -> str:
        """Of a file as it was given to its run."""
        sql = "SELECT name FROM ops.file WHERE file_id = ? AND disposition = 'processed' LIMIT 1"
        (row,) = self.lake.ask(sql, [file_id]).to_pylist()
        return str(row["name"])


def _forms(shredded: Shredded, release: Release) -> list[FormOf]:
    """The forms of a piece, each written again; named by the id of its file."""
    table = shredded.tables[release.layout[0].table.name]
    files, numbers = (table.column(name).to_pylist() for name in ("file_id", "form_no"))
    root_tag = f"<{release.kind.root}>".encode()
    return [
        FormOf(file, Received(data, Range(0, len(data), 1, number, 1), root_tag, "utf-8"))
        for file, number, text in zip(files, numbers, rebuilt(shredded, release), strict=True)
        for data in (text.as_py().encode(),)
    ]
