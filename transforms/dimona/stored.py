"""What is stored of the period or the daily registration that a declaration names, beside it."""

from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.declaration import OPEN_END
from schemas.dimona.rule_data import AFTER, PERIOD, REGISTRATION
from schemas.rules import Dataset
from transforms.rules.known import Row

_NO_END = pa.scalar(date.fromisoformat(OPEN_END), pa.date32())
_LAST_DAY = (_NO_END.as_py() - date(1970, 1, 1)).days
_CHANGES = ("OUT", "UPDATE")
_END = ("ending_date", "ending_hour")
_IDENTITY = ("employer", "inss", "worker_type", "joint_committee", "user_joint_committee")
_AFTER = tuple(column.name for column in AFTER)


def _taken(dataset: Dataset, prefix: str) -> tuple[tuple[str, str], ...]:
    """Columns that stand beside a declaration, and those of what is stored."""
    names = (c.name for c in dataset.table.columns if c.name.startswith(prefix))
    return tuple((n, n.removeprefix(prefix)) for n in names if n != f"{prefix}known")


_TAKEN = {
    "period_": _taken(PERIOD, "period_"),
    "registration_": _taken(REGISTRATION, "registration_"),
}


def with_period(messages: pa.Table, periods: pa.Table) -> pa.Table:
    """Declarations with the columns of ``schemas.dimona.rule_data.PERIOD``.

    ``periods`` (``STORED_PERIOD``): one row a period, cancelled ones too. A declaration that names
    one with 11 or fewer digits, or with wrong ones, names an unknown one.
    """
    joined = _joined(messages, periods, "period_id", "period_", PERIOD)
    for column in AFTER:
        after = _after(joined, column.name)
        joined = joined.append_column(f"after_{column.name}", after.cast(column.inside))
    return joined


def beside(message: Row, period: Row | None, registration: Row | None) -> Row:
    """One declaration with both: what ``with_period`` and ``with_registration`` say of a row that
    names these, or nothing that is there."""
    row = dict(message)
    for key, prefix, stored in (
        ("period_id", "period_", period),
        ("registration_id", "registration_", registration),
    ):
        row[f"{prefix}known"] = None if message[key] is None else stored is not None
        for name, column in _TAKEN[prefix]:
            row[name] = None if stored is None else stored[column]
    action = message["action"]
    no_end = message["ending_date"] == _LAST_DAY
    for name in _AFTER:
        said, kept = message[name], row[f"period_{name}"]
        after = None
        if action == "IN" or (action in _CHANGES and name not in _IDENTITY and said is not None):
            after = said
        elif action in _CHANGES:
            after = kept
        if action in _CHANGES and no_end and name in _END:
            after = None
        row[f"after_{name}"] = after
    return row


def with_registration(messages: pa.Table, registrations: pa.Table) -> pa.Table:
    """Declarations with the columns of ``REGISTRATION``, from rows of ``STORED_REGISTRATION``."""
    return _joined(messages, registrations, "registration_id", "registration_", REGISTRATION)


def _joined(
    messages: pa.Table, stored: pa.Table, key: str, prefix: str, dataset: Dataset
) -> pa.Table:
    """The stored row that each declaration names, and whether there is one."""
    named = messages.column(key).combine_chunks()
    row = pc.index_in(named, value_set=stored.column(key), skip_nulls=True)
    known = pc.if_else(pc.is_valid(named), pc.is_valid(row), None)
    for column in dataset.table.columns:
        if column.name == f"{prefix}known":
            messages = messages.append_column(column.name, known)
        elif column.name.startswith(prefix):
            values = stored.column(column.name.removeprefix(prefix)).combine_chunks().take(row)
            messages = messages.append_column(column.name, values)
    return messages


def _after(joined: pa.Table, name: str) -> pa.Array:
    """A column of the period as it would be: what a start says, what an end or a change leaves or
    replaces; null where the declaration is neither."""
    said, kept = joined.column(name), joined.column(f"period_{name}")
    if name in _IDENTITY:
        changed = kept
    elif name in _END:
        no_end = pc.fill_null(pc.equal(joined.column("ending_date"), _NO_END), False)
        changed = pc.if_else(no_end, None, pc.coalesce(said, kept))
    else:
        changed = pc.coalesce(said, kept)
    action = joined.column("action")
    changes = pc.is_in(action, value_set=pa.array(_CHANGES))
    starts = pc.fill_null(pc.equal(action, "IN"), False)
    return pc.if_else(starts, said, pc.if_else(changes, changed, None))
