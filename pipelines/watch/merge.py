"""Takes what is in the journal into the lake, in one commit."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.parts import KEYS, write_rows
from pipelines.run_row import run_row
from pipelines.watch.journal import TABLES, Batch
from schemas.dimona import DIMONA
from schemas.dimona.register import (
    LOG,
    PERIOD,
    PERIOD_NUMBER,
    REFUSED,
    REPEATED,
)
from schemas.ops import FILE, FINDING, RUN
from transforms.dimona.register import replaced
from warehouse.lake import Lake
from warehouse.register_commit import RegisterCommit, Replaced

_OPS = (FILE, FINDING)


def merge(
    lake: Lake,
    run_id: str,
    batches: Sequence[Batch],
    register: tuple[int, int],
    author: str,
    contract: str,
) -> int:
    """Commits some batches, the first ones of the journal; the number of the snapshot.

    ``register``: the version that the first batch was folded onto. Raises ``LakeError`` when the
    register of the lake is another one by now; nothing is committed then.
    """
    started = datetime.now(UTC)
    tables = together(batches)
    with lake.start_run(run_id) as home:
        parts = {}
        for table in TABLES:
            rows = tables[table.full_name]
            if table not in _OPS and rows.num_rows:
                path = home.parts / f"{table.full_name}.parquet"
                parts[table.full_name] = [write_rows(path, table, rows)]
        made = _made(tables[PERIOD.full_name], register[0])
        if made.num_rows:
            path = home.parts / f"{PERIOD_NUMBER.full_name}.parquet"
            parts[PERIOD_NUMBER.full_name] = [write_rows(path, PERIOD_NUMBER, made)]
        for batch in batches:
            if batch.quarantine().exists():
                shutil.copytree(
                    batch.quarantine(), Path(home.quarantine.address), dirs_exist_ok=True
                )
        received = sum(tables[table.full_name].num_rows for table in (LOG, REPEATED))
        row = _run_row(run_id, tables, author, contract, started)
        return lake.commit(
            RegisterCommit(
                run_id=run_id,
                author=author,
                message=f"dimona: {received} declarations as they came",
                parts=parts,
                rows={t.full_name: _signed(tables[t.full_name], run_id) for t in _OPS}
                | {RUN.full_name: row},
                replaced=_replaced(tables, register[0]),
                version=register,
                received=received,
            )
        )


def together(batches: Sequence[Batch]) -> dict[str, pa.Table]:
    """What batches brought, one after another."""
    found = {table.full_name: table.inside.empty_table() for table in TABLES}
    for batch in batches:
        for name, rows in batch.tables().items():
            if name in KEYS:
                found[name] = replaced(found[name], rows, KEYS[name])
            else:
                found[name] = pa.concat_tables([found[name], rows])
    return {name: rows.combine_chunks() for name, rows in found.items()}


def _made(periods: pa.Table, last: int) -> pa.Table:
    """Numbers of periods that began behind a receipt."""
    new = periods.filter(pc.greater(periods.column("first_receipt"), last))
    return new.select(PERIOD_NUMBER.inside.names)


def _replaced(tables: Mapping[str, pa.Table], last: int) -> dict[str, Replaced]:
    """Rows that the lake has in an older state."""
    found = {}
    for name, key in KEYS.items():
        rows = tables[name]
        old = rows.filter(pc.less_equal(rows.column("first_receipt"), last))
        if old.num_rows:
            found[name] = Replaced(key, old.column(key))
    return found


def _signed(rows: pa.Table, run_id: str) -> pa.Table:
    at = rows.column_names.index("run_id")
    return rows.set_column(at, "run_id", pa.array([run_id] * rows.num_rows, pa.string()))


def _run_row(
    run_id: str, tables: Mapping[str, pa.Table], author: str, contract: str, started: datetime
) -> pa.Table:
    files, log = tables[FILE.full_name], tables[LOG.full_name]
    forms = int(pc.sum(files.column("forms")).as_py() or 0)
    refused = int(pc.sum(pc.equal(log.column("result"), REFUSED)).as_py() or 0)
    return run_row(
        run_id=run_id,
        kind=DIMONA.name,
        started_at=started,
        author=author,
        contract=contract,
        files_in=files.num_rows,
        files_known=0,
        bytes_in=int(pc.sum(files.column("size")).as_py() or 0),
        forms_in=forms,
        forms_accepted=log.num_rows - refused,
        forms_refused=forms - log.num_rows - tables[REPEATED.full_name].num_rows + refused,
        forms_quarantined=0,
    )
