"""Messages onto their periods one by one: what ``by_columns`` does, where turns are too small for
columns to pay.

A worker may have thousands of messages that can meet, such as hours of casual work on every day of
a year, or changes of one period. Then each is judged against what the one before left, as a row.
"""

from functools import cache

import numpy as np
import pyarrow as pa

from schemas.dimona.register import MUTABLE
from schemas.dimona.rule_data import PERIOD, REGISTRATION, STORED_PERIOD, STORED_REGISTRATION
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.batch import ACTIONS, TIMES, Batch
from transforms.dimona.judged import codes_of, taken
from transforms.dimona.store import NULL, Store
from transforms.dimona.stored import beside
from transforms.rules.columns import Whole
from transforms.rules.known import Known, Row, number, rows_of
from transforms.rules.singly import Found, Singly, findings, prepared, shown

_IN, _OUT, _UPDATE, _CANCEL, _DAILY = range(len(ACTIONS))
_CREATE, _GONE = 0, 3
"""Status of a daily registration: a new one, a cancellation."""

_HOURS = ("starting_hour", "ending_hour")
_BESIDE = (*PERIOD.table.columns, *REGISTRATION.table.columns)


def one_by_one(batch: Batch, rows: Whole) -> None:
    """Judges and applies messages, in order of receipt."""
    alone = _Alone(batch, rows)
    for at, message in zip(
        rows.tolist(), rows_of(batch.messages.take(pa.array(rows))), strict=True
    ):
        alone.take(at, message)
    taken(batch.done, findings(alone.found), np.arange(len(batch.refused)))


@cache
def _rules(action: str | None, columns: frozenset[str]) -> Singly:
    """The rules of turns for an action; ``columns``: of the messages as received."""
    tables = {
        "declaration": columns | {column.name for column in _BESIDE},
        "periods": STORED_PERIOD.inside.names,
        "registrations": STORED_REGISTRATION.inside.names,
    }
    actions = frozenset([action] if action else [])
    return prepared(dimona_rules(), codes_of("turns", actions), action, tables)


class _Rows:
    """Periods, or daily registrations, as rows, by slot; ``known``: those that others may meet."""

    def __init__(self, store: Store, slots: Whole, schema: pa.Schema) -> None:
        self._store = store
        rows = rows_of(store.table(slots, schema))
        self.row: dict[int, Row] = dict(zip(slots.tolist(), rows, strict=True))
        self.known = Known(store.key)
        for slot in slots.tolist():
            self._show(slot)

    def is_there(self, slot: int) -> bool:
        return slot >= 0 and bool(self._store.exists[slot])

    def is_gone(self, slot: int) -> bool:
        return slot >= 0 and bool(self._store.cancelled[slot])

    def change(self, slot: int, values: dict[str, int]) -> None:
        """Gives a slot other values, as numbers of the store."""
        for name, value in values.items():
            self._store.values[name][slot] = value
        said = {name: _said(name, value) for name, value in values.items()}
        gone = bool(self._store.cancelled[slot])
        self.row[slot] = {**self.row[slot], **said, "is_cancelled": gone}
        self._show(slot)

    def make(self, slot: int) -> None:
        self._store.exists[slot] = True

    def cancel(self, slot: int) -> None:
        self._store.cancelled[slot] = True

    def _show(self, slot: int) -> None:
        if self.is_there(slot) and not self.is_gone(slot):
            self.known.put(self.row[slot])
        else:
            self.known.drop(self.row[slot][self._store.key])


def _said(name: str, value: int) -> object:
    """A value of a store as rules see it in a row."""
    if value == NULL:
        return None
    return f"{value:04}" if name in _HOURS else value


def _numbered(value: object) -> int:
    """A value of a row as a store keeps it."""
    found = number(value)
    return NULL if found is None else found


class _Alone:
    """What messages meet that come one by one. ``found``: what is wrong with them so far."""

    def __init__(self, batch: Batch, rows: Whole) -> None:
        self.batch, self.done, self.found = batch, batch.done, list[Found]()
        slots = batch.members.of(np.unique(batch.of_message[rows]))
        self.periods = _Rows(batch.periods, slots, STORED_PERIOD.inside)
        daily = np.unique(batch.slots[rows[batch.is_(rows, "DAILY")]])
        named = batch.day_slots[rows]
        days = np.union1d(batch.day_parents.of(daily[daily >= 0]), named[named >= 0])
        self.days = _Rows(batch.days, days, STORED_REGISTRATION.inside)
        self.others = {"periods": self.periods.known, "registrations": self.days.known}
        self._columns = frozenset(batch.messages.column_names)
        self._of_day = _days(batch.messages.schema)

    def take(self, at: int, message: Row) -> None:
        """Judges and applies a message."""
        slot, day_slot = int(self.batch.slots[at]), int(self.batch.day_slots[at])
        action, status = int(self.batch.action[at]), int(self.batch.status[at])
        changes_day = action == _DAILY and status != _CREATE
        # A registration that was refused leads to no period.
        if changes_day and day_slot >= 0 and not self.days.is_there(day_slot):
            slot, message = -1, {**message, "period_id": None}
        known = action != _IN and self.periods.is_there(slot)
        # Nothing published says what becomes of the days of a cancelled period: it has none.
        ended = known and action == _DAILY and self.periods.is_gone(slot)
        there = known and not ended
        period = self.periods.row[slot] if there else None
        day = self._day(day_slot, ended) if changes_day else None
        joined = beside(message, period, day)
        refused = bool(self.batch.refused[at]) | self._judge(at, joined)
        named = day is not None if changes_day else there
        accepted = not refused and (action == _IN or (named and action >= 0))
        would = {name: _numbered(joined[f"after_{name}"]) for name in MUTABLE}
        self._keep(at, slot, known, accepted, would)
        if accepted and action == _DAILY:
            self._apply_day(at, day_slot, status)
        elif accepted:
            self._apply(at, slot, action, would)

    def _day(self, slot: int, ended: bool) -> Row | None:
        """The daily registration that a message names."""
        if not self.days.is_there(slot):
            return None
        row = self.days.row[slot]
        return {**row, "is_cancelled": True} if ended else row

    def _judge(self, at: int, joined: Row) -> bool:
        """Whether a message is refused for what is there."""
        rules = _rules(joined["action"], self._columns)
        self.done.doubt(rules.not_run)
        refused = False
        for rule, clause in rules.judge(joined, self.others):
            self.found.append((at, rule, clause, shown(joined, clause, self._of_day)))
            refused |= (clause.class_ or rule.class_at()) == "B"
        return refused

    def _keep(self, at: int, slot: int, known: bool, accepted: bool, would: dict[str, int]) -> None:
        done, periods = self.done, self.batch.periods
        done.accepted[at], done.existed[at] = accepted, known
        done.cancelled[at] = known and periods.cancelled[slot]
        for name in MUTABLE:
            done.before[name][at] = periods.values[name][slot] if known else NULL
            done.would[name][at] = would[name]

    def _apply(self, at: int, slot: int, action: int, would: dict[str, int]) -> None:
        if action == _CANCEL:
            self.periods.cancel(slot)
            self.periods.change(slot, {})
            return
        if action == _IN and not self.batch.nameless[at]:
            self.periods.make(slot)
        self.periods.change(slot, would)

    def _apply_day(self, at: int, slot: int, status: int) -> None:
        self.days.make(slot)
        if status == _GONE:
            self.days.cancel(slot)
            self.days.change(slot, {})
            return
        said = {name: int(self.batch.said[name][at]) for name in TIMES}
        self.days.change(slot, {name: value for name, value in said.items() if value != NULL})


@cache
def _days(messages: pa.Schema) -> frozenset[str]:
    """Columns that are days."""
    beside_ = {column.name for column in _BESIDE if column.inside == pa.date32()}
    return frozenset(beside_ | {f.name for f in messages if f.type == pa.date32()})
