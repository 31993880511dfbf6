"""Small quarters in a lake, written as parts: all that a run leaves behind, without a pipeline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from declared import CATALOGUE, DMFA, Q1_2023, outcome, release_of

from schemas import core, ops
from schemas.quarter import Quarter
from schemas.tables import Table, empty, from_rows
from transforms.contribute import contribute, rules_fingerprint
from transforms.identify import identify
from transforms.rates.book import RateBook, rate_book
from transforms.reference import NOTHING, Reference
from transforms.relate import relate
from transforms.shred import Shredder
from transforms.shredded import Shredded
from warehouse.commit import Commit
from warehouse.lake import Lake
from warehouse.parquet import write_part

MEASURES = {
    "persons": ("natural_person", None),
    "worker records": ("worker_record", None),
    "net owed cents": ("employer_declaration", "net_owed_amount"),
    "remuneration cents": ("remun", "remun_amount"),
    "contribution cents": ("worker_contribution", "contribution_amount"),
}


@dataclass(frozen=True)
class Received:
    """Valid documents of one release, by their names."""

    documents: Mapping[str, bytes]
    release: Quarter = Q1_2023

    def forms(self) -> Iterator[tuple[str, Any]]:
        for name, data in self.documents.items():
            found = outcome(data)
            assert found.accepted, found.codes()
            yield from ((name, form) for form in found.judged)

    def shredded(self) -> Shredded:
        shredder = Shredder(release_of(self.release).layout)
        for name, form in self.forms():
            shredder.add(form.element, name, form.form_no, form.line_shift, form.block_lines)
        return shredder.finish()


@dataclass
class _Run:
    """A run in the making."""

    home: Path
    quarter: Quarter
    parts: dict[str, list[str]] = field(default_factory=dict)
    forms: list[dict[str, Any]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)
    expected: dict[str, int] = field(default_factory=lambda: dict.fromkeys(MEASURES, 0))

    def take(self, received: Received, book: RateBook, reference: Reference) -> None:
        shredded = received.shredded()
        tables = CATALOGUE.tables(DMFA)
        for name, table in shredded.tables.items():
            self._part(tables[f"dmfa.{name}"], table, received)
        self._part(core.RELATION, relate(shredded), received)
        lines = contribute(shredded, self.quarter, book, reference)
        self._part(core.CONTRIBUTION, lines, received)
        self._count(shredded)
        self._note(received, shredded)

    def _part(self, layout: Table, table: pa.Table, received: Received) -> None:
        if table.num_rows:
            path = self.home / "parts" / layout.full_name / f"{received.release}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            write_part(path, table, layout)
            self.parts.setdefault(layout.full_name, []).append(str(path))

    def _count(self, shredded: Shredded) -> None:
        for measure, (table, column) in MEASURES.items():
            found = shredded.tables[table]
            counted = found.num_rows if column is None else shredded.numbers(table, column).sum()
            self.expected[measure] += int(counted)

    def _note(self, received: Received, shredded: Shredded) -> None:
        records = shredded.tables["worker_record"].select(["file_id", "form_no"]).to_pylist()
        own = {"run_id": self.home.name}
        for name, form in received.forms():
            who = identify(form.element, DMFA)
            place = {"file_id": name, "form_no": form.form_no}
            self.forms.append(
                own
                | place
                | {"disposition": "accepted", "quarter": who.quarter, "employer": who.employer}
                | {"trusteeship": who.trusteeship, "worker_records": records.count(place)}
            )
        self.files += [
            own | {"file_id": name, "disposition": "processed", "release": str(received.release)}
            for name in received.documents
        ]


def keep(
    place: Path,
    *received: Received,
    quarter: Quarter = Q1_2023,
    book: RateBook | None = None,
    reference: Reference = NOTHING,
    run_id: str = "run-1",
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Path:
    """A run of documents into the lake at ``place``, made when it is not there."""
    book = book or rate_book()
    derived = core.RELATION, core.RELATION_BY_PERSON, core.CONTRIBUTION
    tables = [*ops.TABLES, *derived, *CATALOGUE.tables(DMFA).values()]
    with Lake.open(place, create=True, connection=connection) as lake:
        lake.ensure_tables(tables)
        with lake.start_run(run_id) as home:
            run = _Run(Path(home.place.address), quarter)
            for one in received:
                run.take(one, book, reference)
            lake.commit(_commit(run, rules_fingerprint(book)))
    return place


def _commit(run: _Run, rules: str) -> Commit:
    about = {"run_id": run.home.name, "kind": "dmfa", "quarter": str(run.quarter), "rates": rules}
    moment: dict[str, object] = {"committed_at": datetime(2023, 5, 1, tzinfo=UTC)}
    rows: dict[str, pa.Table] = {
        "ops.run": from_rows(ops.RUN, [moment | about]),
        "ops.file": from_rows(ops.FILE, run.files),
        "ops.form": from_rows(ops.FORM, run.forms),
        "ops.finding": empty(ops.FINDING),
    }
    nothing = empty(ops.FORM).select(["file_id", "form_no"])
    expected = run.expected | {"forms accepted": len(run.forms)}
    return Commit(
        run.home.name, "tester", "a test", run.parts, rows, nothing, str(run.quarter), expected
    )


def snapshot(folder: Path) -> Sequence[tuple[str, bytes, int]]:
    """Every file below a folder: name, content, moment of its last change."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [(str(f.relative_to(folder)), f.read_bytes(), f.stat().st_mtime_ns) for f in files]
