"""Sorts the rows of a part by group, so that each group finds its own."""

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from pipelines.register.planning import PLACES
from pipelines.register.reading import ROW
from pipelines.register.work import RegisterJob, Route, Routed
from schemas.dimona.register import MESSAGE
from warehouse.arrow_files import kept

FILED = pa.schema([*MESSAGE.inside, ("worker", pa.string())])
"""Messages, and the worker of whom state is needed."""


def route(one: Route, job: RegisterJob) -> Iterator[Routed]:
    """Writes the rows of a part again, a batch for each group."""
    rows, places = kept(one.part).select(ROW.names), kept(one.places).select(PLACES.names)
    group = np.asarray(places.column("group"), dtype=np.int64)
    order = np.argsort(group, kind="stable")
    columns = {name: rows.column(name) for name in rows.column_names}
    columns |= {name: places.column(name) for name in ("receipt", "worker")}
    table = pa.table([columns[name] for name in FILED.names], schema=FILED).take(pa.array(order))
    table = table.combine_chunks()
    begins = np.flatnonzero(np.diff(group[order], prepend=-1)).tolist()
    path = job.folder("routed") / f"{one.number:06}.arrow"
    with path.replacing() as sink, pa.ipc.new_file(sink, FILED) as writer:
        for first, last in zip(begins, [*begins[1:], len(order)], strict=True):
            writer.write_table(table.slice(first, last - first))
    for batch, first in enumerate(begins):
        yield Routed(int(group[order][first]), str(path), batch)
