"""What may stand once in its parent. The schemas have no keys, so it is tested here."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from transforms.shredded import Rows, Shredded


def repeated_person(shredded: Shredded) -> Rows:
    """90017-006. The same INSS in more than one NaturalPerson of a declaration."""
    return _repeated(shredded, "natural_person", ("inss",))


def repeated_worker_record(shredded: Shredded) -> Rows:
    """90012-006. Two worker records of one person with the same class and worker code."""
    return _repeated(shredded, "worker_record", ("employer_class", "worker_code"))


def _repeated(shredded: Shredded, table: str, key: Sequence[str]) -> Rows:
    """Rows whose key another row of the same parent had before."""
    rows = shredded.tables[table]
    numbered = pa.table(
        {
            "parent": pa.array(shredded.parents[table]),
            **{name: rows.column(name) for name in key},
            "row": pa.array(np.arange(rows.num_rows)),
        }
    )
    first = numbered.group_by(["parent", *key], use_threads=False).aggregate([("row", "min")])
    again = pc.invert(pc.is_in(numbered.column("row"), value_set=first.column("row_min")))
    return np.flatnonzero(np.asarray(again))
