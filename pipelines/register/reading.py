"""Reads files of Dimona messages: judges their forms, and makes rows of those that are valid."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines import survey_step
from pipelines.register.judging import Reading, Waiting
from pipelines.register.work import FILE, ReadFiles, RegisterJob
from schemas.dimona import DIMONA
from schemas.dimona.register import MESSAGE
from transforms.dimona.flat import messages
from transforms.shredded import Shredded
from warehouse.arrow_files import keep

GROUP_BYTES = 16 * 1024 * 1024
FILES_IN_GROUP = 2_000
"""Small files that one worker reads at once: bytes in all, and number."""

_MOMENT = pa.timestamp("us", "UTC")

ROW = pa.schema([*(f for f in MESSAGE.inside if f.name != "receipt"), ("file", pa.int64())])
"""Columns of a part: messages without their receipt, in order of file and form."""


def file_groups(inputs: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Paths below the inputs in groups that are read together, in order."""
    return survey_step.file_groups(inputs, GROUP_BYTES, FILES_IN_GROUP)


def read_files(
    number: int, paths: Iterable[str], known: frozenset[str], job: RegisterJob
) -> ReadFiles:
    """Reads some files into one part. ``number`` names it; ``known``: files to leave alone, by
    ``known_as``."""
    start = time.perf_counter()
    rows = _Rows(job.reception)
    reading = Reading(job, DIMONA, known, rows.of)
    part = job.folder("read") / f"{number:06}.arrow"
    with part.replacing() as sink, pa.ipc.new_file(sink, ROW) as writer:
        for window in reading.windows(paths):
            writer.write_table(_in_order(window))
    ledger = keep(job.folder("ledger") / f"finding-{number:06}.arrow", reading.findings())
    files = tuple(
        replace(file, received=rows.first.get(file.number, file.received))
        for file in reading.files()
    )
    return ReadFiles(str(part), ledger, files, time.perf_counter() - start)


def _in_order(tables: Sequence[pa.Table]) -> pa.Table:
    """Rows of several releases in order of file and form."""
    rows = pa.concat_tables(tables)
    if len(tables) > 1:
        rows = rows.sort_by([("file", "ascending"), ("form_no", "ascending")])
    return rows.combine_chunks()


@dataclass
class _Rows:
    """Makes rows of a part. ``first``: when the first message of each file was received."""

    reception: str
    first: dict[int, str] = field(default_factory=dict)

    def of(self, shredded: Shredded, taken: Sequence[Waiting]) -> pa.Table:
        """``taken``: where each form comes from."""
        table = messages(shredded)
        file = np.array([one.file for one in taken], dtype=np.int64)
        numbers, firsts, places = np.unique(file, return_index=True, return_inverse=True)
        changed = pa.array([taken[row].changed for row in firsts], _MOMENT)
        moments = changed.take(pa.array(places)) if self.reception == FILE else _made_at(table)
        for number, row in zip(numbers.tolist(), firsts.tolist(), strict=True):
            self.first.setdefault(number, moments[row].as_py().isoformat())
        columns = {name: table.column(name) for name in table.column_names}
        columns |= {
            "received_at": moments,
            "ticket": pa.nulls(len(taken), pa.string()),
            "file": pa.array(file),
        }
        return pa.table([columns[name] for name in ROW.names], schema=ROW)


def _made_at(table: pa.Table) -> pa.Array:
    """When the forms say that they were made, in Belgian time."""
    hours = pc.fill_null(table.column("form_creation_hour"), "00:00:00")
    days = pc.cast(table.column("form_creation_date"), pa.string())
    joined = pc.binary_join_element_wise(days, pc.utf8_slice_codeunits(hours, 0, 8), "T")
    local = pc.cast(joined, pa.timestamp("us"))
    told = pc.assume_timezone(local, "Europe/Brussels", ambiguous="earliest", nonexistent="latest")
    return pc.cast(told, pa.timestamp("us", "UTC"))
