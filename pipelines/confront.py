"""DmfA against Dimona: asked of a lake, kept in it, and told by code."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date

import pyarrow as pa

from schemas import core, ops
from schemas.catalogue import Catalogue
from schemas.dimona import register
from schemas.dimona.confrontation import CONFRONTATION, basis
from schemas.kinds import kind_named
from schemas.quarter import Quarter
from schemas.tables import Table
from transforms.rates.book import rate_book
from transforms.rates.values import NoRate
from warehouse.confront import Question, confront, has_register
from warehouse.lake import Lake
from warehouse.location import Location

_MEMORY = "1500MB"
"""Of a confrontation. That of a country takes 3 GB as a whole, and a quarter more time so."""


@dataclass(frozen=True)
class Told:
    """What a confrontation tells its operator. ``rows``: what was found, None where the lake has no
    register. ``snapshot``: None where the lake held these findings already."""

    quarter: str
    on: date
    is_due: bool
    counts: Mapping[str, int]
    not_told: Mapping[str, str]
    rows: pa.Table | None
    snapshot: int | None
    seconds: float

    def to_json(self) -> str:
        said = {f.name: getattr(self, f.name) for f in fields(self) if f.name != "rows"}
        said["has_register"] = self.rows is not None
        return json.dumps(said, indent=2, default=str)

    def text(self) -> Iterator[str]:
        """Lines; no personal numbers."""
        yield f"DmfA against Dimona, {self.quarter}, as of {self.on}"
        if self.rows is None:
            yield "The lake has no register: no Dimona was received, so nothing was confronted."
            return
        known = {code.code: code for code in basis().codes}
        for code, count in self.counts.items():
            about = known[code]
            yield f"  {count:>9,}  {code:<28}  {about.condition} ({about.certainty})"
        if not self.counts:
            yield "  nothing differs"
        for code, reason in self.not_told.items():
            yield f"  {'not told':>9}  {code:<28}  {reason}"
        if self.snapshot is None:
            yield f"The lake holds this already; {self.seconds:.1f} s."
        else:
            yield f"Committed as snapshot {self.snapshot} in {self.seconds:.1f} s."


def confronted(location: Location, quarter: Quarter, on: date, author: str) -> Told:
    """Confront a quarter and keep what differs in ``core.confrontation``.

    Raises ``LakeError``; nothing was committed then.
    """
    clock = time.perf_counter()
    question = Question(quarter, on, _student_hours(quarter))
    with Lake.open(location) as lake:
        if has_register(lake):
            lake.ensure_tables(_tables())
        with lake.bounded(_MEMORY):
            found = confront(lake, question)
        snapshot = None
        if found.rows is not None:
            snapshot = lake.replace(CONFRONTATION, str(quarter), found.rows, author)
    return Told(
        str(quarter),
        on,
        question.is_due,
        _counts(found.rows) if found.rows is not None else {},
        found.not_told,
        found.rows,
        snapshot,
        time.perf_counter() - clock,
    )


def _tables() -> Iterator[Table]:
    """All that is read, and what is written: a lake may hold the one and not yet the other."""
    yield from (*ops.TABLES, *core.TABLES, *register.TABLES, CONFRONTATION)
    yield from Catalogue().tables(kind_named("dmfa")).values()


def _student_hours(quarter: Quarter) -> int | None:
    """Hours of the quota of students in the year, None where no law is known."""
    first, last = date(quarter.year, 1, 1), date(quarter.year, 12, 31)
    try:
        return int(rate_book().parameters["student_hours_quota"].during(first, last).value)
    except NoRate:
        return None


def _counts(rows: pa.Table) -> dict[str, int]:
    """How often each code was found, in the order of the codes."""
    found = Counter(rows.column("code").to_pylist())
    return {code.code: found[code.code] for code in basis().codes if found[code.code]}
