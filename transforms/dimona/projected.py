"""Rows of the register from what was judged: the log, periods, daily registrations."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import (
    CANCELLED,
    CLOSED,
    LOG,
    MUTABLE,
    OPEN,
    PENDING,
    PERIOD,
    REGISTRATION,
    STATES,
)
from transforms.dimona.filing import Filed
from transforms.dimona.store import NULL, Store, column_of
from transforms.rules.columns import Mask, Whole

_STATES = pa.array(STATES)


def states(exists: Mask, pending: Mask, cancelled: Mask, ends: Whole) -> pa.Array:
    """The state of periods; null where there is none. ``ends``: their last days."""
    number = np.where(ends == NULL, STATES.index(OPEN), STATES.index(CLOSED))
    number[cancelled] = STATES.index(CANCELLED)
    number[pending] = STATES.index(PENDING)
    return _STATES.take(pa.array(number, mask=~(exists | pending)))


def log_rows(filed: Filed, more: dict[str, pa.Array]) -> pa.Table:
    """Rows of ``LOG``: messages as received, where they are filed, and what ``more`` says."""
    columns = {name: filed.messages.column(name) for name in filed.messages.column_names}
    columns |= {
        "delivery": filed.deliveries,
        "filed_employer": filed.employer,
        "filed_inss": filed.inss,
        "of_period": filed.period,
        "of_registration": filed.registration,
        **more,
    }
    return pa.table([columns[name] for name in LOG.inside.names], schema=LOG.inside)


def beside(
    prefix: str, state: pa.Array, values: dict[str, Whole], there: Mask
) -> dict[str, pa.Array]:
    """The columns of a period before or after a declaration."""
    told = {f"{prefix}_state": state}
    for name in MUTABLE:
        numbers = np.where(there, values[name], NULL)
        told[f"{prefix}_{name}"] = column_of(numbers, LOG.inside.field(f"{prefix}_{name}").type)
    return told


def changed_periods(
    store: Store, slots: Whole, receipts: Whole, received: pa.Array, late: Mask, pending: Mask
) -> tuple[pa.Table, Whole]:
    """Periods as they are now, of the accepted messages with these ``slots``, in order of receipt;
    and the slot of each. ``received``, ``late``, ``pending``: of the messages."""
    own, first = np.unique(slots, return_index=True)
    last = len(slots) - 1 - np.unique(slots[::-1], return_index=True)[1]
    was_late = store.fixed.column("is_late").combine_chunks().take(pa.array(own))
    came_late = np.asarray(pc.fill_null(was_late, False)).copy()
    came_late[np.searchsorted(own, slots[late])] = True
    waits = np.zeros(len(own), dtype=np.bool_)
    waits[np.searchsorted(own, slots[pending])] = True
    rows = store.table(own, PERIOD.inside)
    made = {
        "state": states(
            store.exists[own], waits, store.cancelled[own], store.values["ending_date"][own]
        ),
        "is_late": pa.array(came_late),
        "first_receipt": pc.if_else(
            pa.array(first_time(store, own)), receipts[first], rows.column("first_receipt")
        ),
        "last_receipt": pa.array(receipts[last]),
        "last_update": received.take(pa.array(last)),
    }
    return _with(rows, made), own


def first_time(store: Store, slots: Whole) -> Mask:
    """Which slots are of what was not stored."""
    found: Mask = slots >= store.stored
    return found


def changed_days(store: Store, slots: Whole, receipts: Whole) -> pa.Table:
    """Daily registrations as they are now, of the accepted messages with these ``slots``."""
    own, first = np.unique(slots, return_index=True)
    last = len(slots) - 1 - np.unique(slots[::-1], return_index=True)[1]
    rows = store.table(own, REGISTRATION.inside)
    new = pa.array(first_time(store, own))
    made = {
        "first_receipt": pc.if_else(new, receipts[first], rows.column("first_receipt")),
        "last_receipt": pa.array(receipts[last]),
    }
    return _with(rows, made)


def with_anomalies(periods: pa.Table, own: Whole, slots: Whole, codes: pa.Array) -> pa.Table:
    """Periods with the codes of what was found in the accepted messages of their slots."""
    if not len(slots):
        return periods
    found: list[list[str] | None] = periods.column("anomalies").to_pylist()
    for at, code in zip(np.searchsorted(own, slots).tolist(), codes.to_pylist(), strict=True):
        found[at] = sorted({*(found[at] or ()), code})
    kind = PERIOD.inside.field("anomalies").type
    return _with(periods, {"anomalies": pa.array(found, kind)})


def _with(table: pa.Table, made: dict[str, pa.Array]) -> pa.Table:
    for name, array in made.items():
        at = table.column_names.index(name)
        kind = table.schema.field(at)
        if isinstance(array, pa.ChunkedArray):
            array = array.combine_chunks()
        table = table.set_column(at, kind, array.cast(kind.type))
    return table
