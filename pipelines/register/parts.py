"""Parts of the register's tables: in which order their rows are."""

from collections.abc import Mapping

import pyarrow as pa

from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    PERIOD,
    PERIOD_NUMBER,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
)
from schemas.tables import Table
from warehouse.files import Place
from warehouse.parquet import write_part
from warehouse.register import ROWS_IN_GROUP

KEYS = {PERIOD.full_name: "period_id", REGISTRATION.full_name: "registration_id"}
"""Columns by which rows of a table replace those that were."""

_ORDER: Mapping[str, tuple[str, ...]] = {
    LOG.full_name: ("filed_inss", "receipt"),
    PERIOD.full_name: ("inss", "employer", "period_id"),
    REGISTRATION.full_name: ("registration_id",),
    QUOTA_USE.full_name: ("owner", "receipt"),
    QUOTA_ANSWER.full_name: ("receipt",),
    FOUND_IN.full_name: ("receipt", "code"),
    REPEATED.full_name: ("receipt",),
    PERIOD_NUMBER.full_name: ("period_id",),
}
"""In what order the rows of a part are."""


def write_rows(path: Place, table: Table, rows: pa.Table) -> str:
    """Writes rows of a table as a part, in its order; the address of the file."""
    ordered = rows.sort_by([(name, "ascending") for name in _ORDER[table.full_name]])
    with path.replacing() as sink:
        write_part(sink, ordered, table, ROWS_IN_GROUP)
    return path.address
