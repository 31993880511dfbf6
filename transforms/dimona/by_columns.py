"""A turn of messages onto their periods by columns: one message of a cluster at most."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import MUTABLE
from schemas.dimona.rule_data import STORED_PERIOD, STORED_REGISTRATION
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.batch import ACTIONS, TIMES, Batch
from transforms.dimona.judged import codes_of, taken
from transforms.dimona.store import NULL, numbers_of
from transforms.dimona.stored import with_period, with_registration
from transforms.rules.columns import Mask, Whole
from transforms.rules.run import run

NOTHING = np.zeros(0, dtype=np.int64)


def by_columns(batch: Batch, rows: Whole) -> None:
    """Judges and applies messages of different clusters."""
    slots, day_slots = batch.slots[rows], batch.day_slots[rows]
    starts, daily = batch.is_(rows, "IN"), batch.is_(rows, "DAILY")
    creates = daily & (batch.status[rows] == 0)
    # A registration that was refused leads to no period.
    lost = daily & ~creates & ~batch.days.known(day_slots)
    slots = np.where(lost & (day_slots >= 0), -1, slots)
    known = batch.periods.known(slots) & ~starts
    # Nothing published says what becomes of the days of a cancelled period: it has none.
    ended = known & daily & batch.periods.gone(slots)
    named = _named(batch, rows, lost)
    joined = _joined(batch, named, slots[known & ~ended], day_slots[daily & ~creates], ended)
    blocked = batch.refused[rows] | _judge(batch, rows, joined, slots)
    there = np.where(daily & ~creates, batch.days.known(day_slots), known & ~ended)
    accepted = ~blocked & (starts | (there & (batch.action[rows] >= 0)))
    _keep(batch, rows, slots, known, accepted, joined)
    _apply(batch, rows, slots, accepted & ~daily)
    _apply_days(batch, rows, day_slots, accepted & daily)


def _named(batch: Batch, rows: Whole, lost: Mask) -> pa.Table:
    """Messages of a turn with the periods that they name; ``lost``: those of no registration
    that is there."""
    messages = batch.messages.take(pa.array(rows))
    lost &= batch.day_slots[rows] >= 0
    if not lost.any():
        return messages
    at = messages.column_names.index("period_id")
    named = pc.if_else(pa.array(lost), None, messages.column("period_id"))
    return messages.set_column(at, "period_id", named)


def _joined(batch: Batch, messages: pa.Table, named: Whole, days: Whole, ended: Mask) -> pa.Table:
    """Messages of a turn beside what they name."""
    stored = batch.periods.table(np.unique(named), STORED_PERIOD.inside)
    beside = with_period(messages, stored)
    days = days[batch.days.known(days)]
    registrations = batch.days.table(np.unique(days), STORED_REGISTRATION.inside)
    if ended.any() and len(registrations):
        of = registrations.column("period_id")
        gone = pc.is_in(of, value_set=messages.filter(pa.array(ended)).column("period_id"))
        cancelled = pc.or_(registrations.column("is_cancelled"), gone)
        at = registrations.column_names.index("is_cancelled")
        registrations = registrations.set_column(at, "is_cancelled", cancelled)
    return with_registration(beside, registrations)


def _judge(batch: Batch, rows: Whole, joined: pa.Table, slots: Whole) -> Mask:
    """Which messages of a turn are refused for what is there."""
    near = batch.members.of(batch.of_message[rows])
    near = near[batch.periods.exists[near] & ~batch.periods.cancelled[near]]
    daily = slots[batch.is_(rows, "DAILY") & (slots >= 0)]
    days = batch.day_parents.of(daily) if len(daily) else NOTHING
    days = days[batch.days.exists[days] & ~batch.days.cancelled[days]]
    tables = {
        "declaration": joined,
        "periods": batch.periods.table(near, STORED_PERIOD.inside),
        "registrations": batch.days.table(days, STORED_REGISTRATION.inside),
    }
    actions = frozenset(ACTIONS[i] for i in np.unique(batch.action[rows]) if i >= 0)
    outcome = run(dimona_rules(), tables, codes_of("turns", actions))
    batch.done.doubt(outcome.not_run)
    return taken(batch.done, outcome.findings, rows)


def _keep(
    batch: Batch, rows: Whole, slots: Whole, known: Mask, accepted: Mask, joined: pa.Table
) -> None:
    done = batch.done
    done.accepted[rows], done.existed[rows] = accepted, known
    done.cancelled[rows[known]] = batch.periods.cancelled[slots[known]]
    for name in MUTABLE:
        done.before[name][rows] = batch.periods.at(name, slots, known)
        done.would[name][rows] = numbers_of(joined.column(f"after_{name}"))


def _apply(batch: Batch, rows: Whole, slots: Whole, accepted: Mask) -> None:
    cancels = accepted & batch.is_(rows, "CANCEL")
    batch.periods.cancelled[slots[cancels]] = True
    starts = accepted & batch.is_(rows, "IN")
    batch.periods.exists[slots[starts & ~batch.nameless[rows]]] = True
    changes = accepted & ~cancels
    for name in MUTABLE:
        batch.periods.values[name][slots[changes]] = batch.done.would[name][rows[changes]]


def _apply_days(batch: Batch, rows: Whole, slots: Whole, accepted: Mask) -> None:
    if not accepted.any():
        return
    rows, slots = rows[accepted], slots[accepted]
    batch.days.exists[slots] = True
    batch.days.cancelled[slots[batch.status[rows] == 3]] = True
    for name in TIMES:
        said = batch.said[name][rows]
        said = np.where(batch.status[rows] == 3, NULL, said)
        given = said != NULL
        batch.days.values[name][slots[given]] = said[given]
