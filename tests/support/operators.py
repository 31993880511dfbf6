"""An operator who runs generated quarters on the runner of one machine, in this process."""

import io
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from pipelines.progress import Progress
from pipelines.request import Request
from pipelines.run import run
from pipelines.summary import Summary
from schemas.quarter import Quarter
from transforms.synth.documents import documents
from transforms.synth.plan import Plan
from warehouse.extensions import connect
from warehouse.location import Location
from warehouse.query import query

IN_THIS_PROCESS = ("--runner=FnApiRunner",)
QUARTER = Quarter(2023, 1)


def single() -> duckdb.DuckDBPyConnection:
    """A connection with one thread: twice as fast on a handful of rows."""
    made = connect()
    made.execute("SET threads = 1")
    return made


@cache
def _reader() -> duckdb.DuckDBPyConnection:
    """One for all questions: loading the extensions takes a third of a second."""
    return single()


def write_quarter(
    folder: Path, employers: int = 6, quarter: Quarter = QUARTER, **options: Any
) -> Path:
    """Files of a generated quarter in a new folder; ``options`` are those of ``Plan``."""
    folder.mkdir(parents=True)
    for name, content in documents(Plan(quarter, employers, **({"seed": 7} | options))):
        (folder / name).write_bytes(b"".join(content))
    return folder


@dataclass
class Operator:
    """Runs quarters into one lake and asks it questions."""

    lake: Path
    beam_args: tuple[str, ...] = IN_THIS_PROCESS
    summaries: list[Summary] = field(default_factory=list)
    elsewhere: Location | None = None
    """The lake, when it is not the folder ``lake``."""

    @property
    def location(self) -> Location:
        return self.elsewhere or Location.of(self.lake)

    def run(
        self,
        *inputs: Path | str,
        quarter: Quarter = QUARTER,
        registry: str | None = None,
        reference: Path | None = None,
        tolerance: int = 0,
    ) -> Summary:
        request = Request(
            kind="dmfa",
            quarter=quarter,
            inputs=tuple(map(str, inputs)),
            lake=self.location,
            registry=registry,
            author="tester",
            reference=None if reference is None else str(reference),
            tolerance=tolerance,
            beam_args=self.beam_args,
        )
        self.summaries.append(run(request, Progress(Console(file=io.StringIO()))))
        return self.summaries[-1]

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return list(query(sql, self.location, connection=_reader()).to_pylist())

    def value(self, sql: str) -> Any:
        """The one value of a query with one row and one column."""
        (row,) = self.ask(sql)
        (value,) = row.values()
        return value
