"""Messages onto periods, cluster by cluster in order of receipt, by the rules on what is stored.

All clusters take a turn together, so that rules judge columns. What a message finds and what it
leaves behind is kept by message.
"""

from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import MUTABLE
from schemas.dimona.rule_data import STORED_PERIOD, STORED_REGISTRATION
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.clusters import Members, clusters, in_turns
from transforms.dimona.filing import Filed
from transforms.dimona.store import NULL, Store, numbers_of
from transforms.dimona.stored import with_period, with_registration
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.run import NotRun, run

_STATE = {"period", "periods", "registration", "registrations"}
_LAST = {"lateness", "quota_use"}
_NAMING = ("OUT", "UPDATE", "CANCEL")
_TIMES = MUTABLE[:4]
_EITHER = ("IN", *_NAMING, "DAILY")

NOTHING = np.zeros(0, dtype=np.int64)


@cache
def codes_of(stage: str, actions: frozenset[str] | None = None) -> tuple[str, ...]:
    """Codes of the rules of a stage that are about some actions: the ``first`` need the message
    alone, those of ``turns`` what is stored, the ``last`` whether it came late or what it uses."""
    found = []
    for rule in dimona_rules().rules.values():
        needs = {name for clause in rule.clauses for name in clause.needs}
        own = "turns" if needs & _STATE else "last" if needs & _LAST else "first"
        about = actions is None or not rule.actions or bool(actions & set(rule.actions))
        if own == stage and about:
            found.append(rule.code)
    return tuple(found)


@cache
def _used(stage: str) -> frozenset[str]:
    """Columns that rules of a stage may look at."""
    rules = (dimona_rules().rules[code] for code in codes_of(stage))
    clauses = [clause for rule in rules for clause in rule.clauses]
    return frozenset(name for c in clauses for used in c.uses.values() for name in used)


@dataclass(slots=True)
class Turned:
    """By message: whether it was accepted, and whether its period was there before it;
    ``before``, ``would``: its changing columns before it, and as it would have them."""

    accepted: Mask
    existed: Mask
    cancelled: Mask
    before: dict[str, Whole]
    would: dict[str, Whole]
    findings: list[pa.Table] = field(default_factory=list)
    not_run: dict[tuple[str, str, str], NotRun] = field(default_factory=dict)

    def doubt(self, told: tuple[NotRun, ...]) -> None:
        """Adds what was not run; rows add up."""
        for one in told:
            key = one.code, one.condition, one.reason
            before = self.not_run.get(key)
            if before is not None and before.rows is not None and one.rows is not None:
                rows = before.rows + one.rows
                one = NotRun(one.code, one.condition, one.missing, one.reason, rows)
            self.not_run[key] = one


def turned(filed: Filed, periods: Store, days: Store, refused: Mask) -> Turned:
    """Judges and applies messages. ``refused``: those that are whatever is stored. Both stores
    (``days``: daily registrations) are changed."""
    count = len(filed.messages)
    none = {name: np.full(count, NULL, dtype=np.int64) for name in MUTABLE}
    done = Turned(
        np.zeros(count, dtype=np.bool_),
        np.zeros(count, dtype=np.bool_),
        np.zeros(count, dtype=np.bool_),
        none,
        {name: column.copy() for name, column in none.items()},
    )
    if count:
        _Turning(filed, periods, days, refused, done).run()
    return done


class _Turning:
    def __init__(
        self, filed: Filed, periods: Store, days: Store, refused: Mask, done: Turned
    ) -> None:
        self.periods, self.days, self.refused, self.done = periods, days, refused, done
        self.slots = periods.find(filed.period)
        self.day_slots = days.find(filed.registration)
        columns = Columns(filed.valid)
        self.of_slot, self.of_message = clusters(periods, self.slots, columns)
        self.members = Members(self.of_slot)
        self.day_parents = Members(periods.find(days.fixed.column("period_id").combine_chunks()))
        codes, actions = columns.codes("action")
        which = np.array([_EITHER.index(action) for action in actions] + [-1])
        self.actions = which[codes]
        self.status = columns.numbers("daily_status")
        self.nameless = ~columns.present("inss")
        self.messages = self._looked_at(filed)
        self.said = {name: numbers_of(filed.valid.column(name)) for name in MUTABLE}

    @staticmethod
    def _looked_at(filed: Filed) -> pa.Table:
        """The columns that rules of this stage look at; a daily registration names its period."""
        messages = filed.valid
        daily = pc.fill_null(pc.equal(messages.column("action"), "DAILY"), False)
        named = pc.if_else(daily, filed.period, messages.column("period_id"))
        at = messages.column_names.index("period_id")
        messages = messages.set_column(at, "period_id", named)
        keep = {*_used("turns"), "action", *_WHO_AND_WHEN}
        return messages.select([name for name in messages.column_names if name in keep])

    def run(self) -> None:
        for rows in in_turns(self.of_message):
            self._turn(rows)

    def _is(self, rows: Whole, *actions: str) -> Mask:
        return np.isin(self.actions[rows], [_EITHER.index(action) for action in actions])

    def _turn(self, rows: Whole) -> None:
        slots, day_slots = self.slots[rows], self.day_slots[rows]
        starts, daily = self._is(rows, "IN"), self._is(rows, "DAILY")
        creates = daily & (self.status[rows] == 0)
        # A registration that was refused leads to no period.
        lost = daily & ~creates & ~self.days.known(day_slots)
        slots = np.where(lost & (day_slots >= 0), -1, slots)
        known = self.periods.known(slots) & ~starts
        # Nothing published says what becomes of the days of a cancelled period: it has none.
        ended = known & daily & self.periods.gone(slots)
        named = self._named(rows, lost)
        joined = self._joined(named, slots[known & ~ended], day_slots[daily & ~creates], ended)
        blocked = self.refused[rows] | self._judge(rows, joined, slots)
        there = np.where(daily & ~creates, self.days.known(day_slots), known & ~ended)
        accepted = ~blocked & (starts | (there & (self.actions[rows] >= 0)))
        self._keep(rows, slots, known, accepted, joined)
        self._apply(rows, slots, accepted & ~daily)
        self._apply_days(rows, day_slots, accepted & daily)

    def _named(self, rows: Whole, lost: Mask) -> pa.Table:
        """Messages of a turn with the periods that they name; ``lost``: those of no registration
        that is there."""
        messages = self.messages.take(pa.array(rows))
        lost &= self.day_slots[rows] >= 0
        if not lost.any():
            return messages
        at = messages.column_names.index("period_id")
        named = pc.if_else(pa.array(lost), None, messages.column("period_id"))
        return messages.set_column(at, "period_id", named)

    def _joined(self, messages: pa.Table, named: Whole, days: Whole, ended: Mask) -> pa.Table:
        """Messages of a turn beside what they name."""
        stored = self.periods.table(np.unique(named), STORED_PERIOD.inside)
        beside = with_period(messages, stored)
        days = days[self.days.known(days)]
        registrations = self.days.table(np.unique(days), STORED_REGISTRATION.inside)
        if ended.any() and len(registrations):
            of = registrations.column("period_id")
            gone = pc.is_in(of, value_set=messages.filter(pa.array(ended)).column("period_id"))
            cancelled = pc.or_(registrations.column("is_cancelled"), gone)
            at = registrations.column_names.index("is_cancelled")
            registrations = registrations.set_column(at, "is_cancelled", cancelled)
        return with_registration(beside, registrations)

    def _judge(self, rows: Whole, joined: pa.Table, slots: Whole) -> Mask:
        """Which messages of a turn are refused for what is there."""
        near = self.members.of(self.of_message[rows])
        near = near[self.periods.exists[near] & ~self.periods.cancelled[near]]
        daily = slots[self._is(rows, "DAILY") & (slots >= 0)]
        days = self.day_parents.of(daily) if len(daily) else NOTHING
        days = days[self.days.exists[days] & ~self.days.cancelled[days]]
        tables = {
            "declaration": joined,
            "periods": self.periods.table(near, STORED_PERIOD.inside),
            "registrations": self.days.table(days, STORED_REGISTRATION.inside),
        }
        actions = frozenset(_EITHER[i] for i in np.unique(self.actions[rows]) if i >= 0)
        outcome = run(dimona_rules(), tables, codes_of("turns", actions))
        self.done.doubt(outcome.not_run)
        return taken(self.done, outcome.findings, rows)

    def _keep(
        self, rows: Whole, slots: Whole, known: Mask, accepted: Mask, joined: pa.Table
    ) -> None:
        done = self.done
        done.accepted[rows], done.existed[rows] = accepted, known
        done.cancelled[rows[known]] = self.periods.cancelled[slots[known]]
        for name in MUTABLE:
            done.before[name][rows] = self.periods.at(name, slots, known)
            done.would[name][rows] = numbers_of(joined.column(f"after_{name}"))

    def _apply(self, rows: Whole, slots: Whole, accepted: Mask) -> None:
        cancels = accepted & self._is(rows, "CANCEL")
        self.periods.cancelled[slots[cancels]] = True
        starts = accepted & self._is(rows, "IN")
        self.periods.exists[slots[starts & ~self.nameless[rows]]] = True
        changes = accepted & ~cancels
        for name in MUTABLE:
            self.periods.values[name][slots[changes]] = self.done.would[name][rows[changes]]

    def _apply_days(self, rows: Whole, slots: Whole, accepted: Mask) -> None:
        if not accepted.any():
            return
        rows, slots = rows[accepted], slots[accepted]
        self.days.exists[slots] = True
        self.days.cancelled[slots[self.status[rows] == 3]] = True
        for name in _TIMES:
            said = self.said[name][rows]
            said = np.where(self.status[rows] == 3, NULL, said)
            given = said != NULL
            self.days.values[name][slots[given]] = said[given]


_WHO_AND_WHEN = (
    *("employer", "inss", "worker_type", "joint_committee", "user_joint_committee"),
    *("period_id", "registration_id", *MUTABLE),
)
"""What a period and a registration beside a message are made from."""


def taken(done: Turned, findings: pa.Table, rows: Whole) -> Mask:
    """Keeps findings by number of the message; which of ``rows`` they refuse."""
    refused = np.zeros(len(rows), dtype=np.bool_)
    if len(findings):
        own = np.asarray(findings.column("row"), dtype=np.int64)
        refused[own[np.asarray(findings.column("blocking").combine_chunks())]] = True
        done.findings.append(findings.set_column(0, "row", pa.array(rows[own])))
    return refused
