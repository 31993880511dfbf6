"""What the batches of a run counted, less the forms that are withdrawn when all are done."""

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.counted import ContributionCount, added, counted_in
from pipelines.output import read_ledger
from pipelines.work import Receipt
from schemas.core import CONTRIBUTION, RELATION
from schemas.ops import FORM
from warehouse.files import place
from warehouse.parts import is_of


def remaining(
    receipts: Sequence[Receipt], gone: pa.Table
) -> tuple[int, tuple[ContributionCount, ...]]:
    """Relations of the forms that stay, each declaration's own, and their lines by outcome.

    ``gone``: (file_id, form_no) of the others; only batches that had one are counted again.
    """
    relations = 0
    counts: list[ContributionCount] = []
    for receipt in receipts:
        if gone.num_rows and _had(receipt, gone):
            relations += _rows(receipt.parts.get(RELATION.full_name, ()), gone)
            counts += counted_in(receipt.parts.get(CONTRIBUTION.full_name, ()), gone)
        else:
            relations += receipt.relations
            counts += receipt.contributions
    return relations, added(counts)


def _had(receipt: Receipt, gone: pa.Table) -> bool:
    ledger = read_ledger(FORM, [receipt.forms_ledger])
    return bool(pc.any(is_of(ledger, gone), min_count=0).as_py())


def _rows(parts: Sequence[str], gone: pa.Table) -> int:
    """Rows of part files that stay."""
    tables = (pq.ParquetFile(place(part).source()).read(gone.column_names) for part in parts)
    return sum(table.num_rows - int(pc.sum(is_of(table, gone)).as_py() or 0) for table in tables)
