"""What is in a register, so that two can be compared; and what one fold makes of the same files."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
from operators import single

from pipelines.register.reading import read_files
from pipelines.register.work import RegisterJob
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    MESSAGE,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
)
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY, Folded
from warehouse.arrow_files import kept
from warehouse.lake import Lake
from warehouse.location import Location
from warehouse.parquet import inside

ORDER = {
    LOG: ["receipt"],
    PERIOD: ["period_id"],
    REGISTRATION: ["registration_id"],
    QUOTA_USE: ["receipt", "quota", "owner", "year", "amount"],
    FOUND_IN: ["receipt", "code"],
    QUOTA_ANSWER: ["receipt", "quota", "year"],
}


def in_lake(lake: Path) -> dict[str, list[dict[str, Any]]]:
    with Lake.open(lake, read_only=True, connection=single()) as opened:
        found = {}
        for table, order in ORDER.items():
            rows = opened.ask(f"SELECT * FROM {table.full_name}")
            columns = [inside(rows, column) for column in table.columns]
            same = pa.table(columns, schema=table.inside)
            found[table.full_name] = same.sort_by([(key, "ascending") for key in order]).to_pylist()
        return found


def at_once(folder: Path, home: Path) -> Folded:
    """Everything that is in a folder, read and folded in one go."""
    home.mkdir()
    job = RegisterJob("r", str(home), Location.of(home), (0, 0))
    paths = sorted(str(path) for path in folder.iterdir())
    rows = kept(read_files(0, paths, frozenset(), job).part)
    receipts = pa.array(range(1, len(rows) + 1), pa.int64())
    columns = [
        receipts if name == "receipt" else rows.column(name) for name in MESSAGE.inside.names
    ]
    return fold(EMPTY, pa.table(columns, schema=MESSAGE.inside))


def shown(folded: Folded) -> dict[str, list[dict[str, Any]]]:
    tables = {
        LOG: folded.log,
        PERIOD: folded.periods,
        REGISTRATION: folded.registrations,
        QUOTA_USE: folded.uses,
        FOUND_IN: folded.findings,
        QUOTA_ANSWER: folded.quotas,
    }
    return {
        table.full_name: rows.sort_by([(key, "ascending") for key in ORDER[table]]).to_pylist()
        for table, rows in tables.items()
    }


def batches(rows: Sequence[Any], size: int) -> list[Sequence[Any]]:
    return [rows[at : at + size] for at in range(0, len(rows), size)]
