"""The slots that a fold begins with: what is stored, and what its messages may start."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import MUTABLE, PENDING, PERIOD, REGISTRATION
from transforms.dimona.filing import Filed
from transforms.dimona.numbers import numbers
from transforms.dimona.register import State
from transforms.dimona.store import Store

_TIMES = MUTABLE[:4]


def period_slots(state: State, given: Filed) -> Store:
    """Stored periods, and one for each start."""
    starts = given.valid.filter(pc.fill_null(pc.equal(given.valid.column("action"), "IN"), False))
    made = starts.append_column(
        "new", numbers(np.asarray(starts.column("receipt"), dtype=np.int64))
    )
    made = made.drop_columns(["period_id"]).rename_columns(
        ["period_id" if n == "new" else n for n in made.column_names if n != "period_id"]
    )
    store = _store(state.periods, made, "period_id", PERIOD.inside, MUTABLE)
    gone = state.periods.column("is_cancelled").combine_chunks()
    store.cancelled[: len(gone)] = np.asarray(pc.fill_null(gone, False))
    waiting = np.asarray(pc.fill_null(pc.equal(state.periods.column("state"), PENDING), False))
    store.exists[: len(gone)] &= ~waiting
    return store


def day_slots(state: State, given: Filed) -> Store:
    """Stored daily registrations, and one for each that may be made."""
    creates = np.asarray(
        pc.and_(
            pc.fill_null(pc.equal(given.valid.column("action"), "DAILY"), False),
            pc.fill_null(pc.equal(given.valid.column("daily_status"), "0"), False),
        )
    )
    rows = pa.array(np.flatnonzero(creates))
    times = given.valid.select(list(_TIMES)).take(rows)
    made = times.append_column("registration_id", given.registration.take(rows))
    made = made.append_column("period_id", given.period.take(rows))
    store = _store(state.registrations, made, "registration_id", REGISTRATION.inside, _TIMES)
    gone = state.registrations.column("is_cancelled").combine_chunks()
    store.cancelled[: len(gone)] = np.asarray(pc.fill_null(gone, False))
    return store


def _store(
    stored: pa.Table, made: pa.Table, key: str, schema: pa.Schema, changing: tuple[str, ...]
) -> Store:
    columns = [
        made.column(f.name).cast(f.type) if f.name in made.column_names else _nulls(made, f.type)
        for f in schema
    ]
    new = pa.table(columns, schema=schema)
    together = pa.concat_tables([stored.cast(schema), new]).combine_chunks()
    return Store(key, together, together, changing, len(stored))


def _nulls(table: pa.Table, kind: pa.DataType) -> pa.Array:
    return pa.nulls(len(table), kind)
