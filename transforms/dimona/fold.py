"""Folds declarations onto the register: what each does to the periods of its employer and worker.

``fold`` is pure. State is what is stored of the buckets (employer and worker) that the messages
touch; the result says what is new or replaced. Folding all messages at once, or in batches cut
anywhere in order of receipt, gives the same; so does a batch that is tried again, with or without
the result of the first time in its state.

1. ``filing``: in order of receipt, second deliveries aside; which period each message names.
2. The rules that need the message alone judge all of them (``judged.codes_of("first")``).
3. ``turning``: cluster by cluster in turn, the rules that ask what is stored, and what follows.
4. ``deadlines`` and ``uses``: what came late, and what quotas are used; that warns, no more.
5. ``projected``: the rows of the register.

A start without INSS waits for the identification of its worker: it has a number and the state
PENDING, and there is no period that others could name until it is known who it is.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import (
    FOUND_IN,
    MESSAGE,
    MUTABLE,
    RESULTS,
)
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.deadlines import with_lateness, with_reception_day
from transforms.dimona.filing import Filed, filed, settled
from transforms.dimona.judged import Turned, codes_of, numbered, taken
from transforms.dimona.opening import day_slots, period_slots
from transforms.dimona.projected import (
    beside,
    changed_days,
    changed_periods,
    log_rows,
    states,
    with_anomalies,
)
from transforms.dimona.quotas import EMPLOYERS
from transforms.dimona.register import EMPTY, Folded, State
from transforms.dimona.store import NULL, Store, column_of
from transforms.dimona.turning import turned
from transforms.dimona.uses import Counted, Moves, counted
from transforms.rates.book import rate_book
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.run import run

_USED = {
    "STUDENT": "student_hours",
    "HORECA_WORKER": "casual_days",
    "HORECA_EMPLOYER": "employer_casual_days",
}
"""Columns of ``rule_data.QUOTA_USE`` by quota."""


def fold(state: State, messages: pa.Table, employers: bool = True) -> Folded:
    """What messages (``MESSAGE``, in any order) do to a state.

    Beside the columns of ``MESSAGE`` they may have others of ``schemas.dimona.rule_data``, such as
    those of the directory of employers; rules that need what is not there are told as not run.
    ``employers``: days of casual work of employers are counted too; without it that is left to a
    second pass over all groups of workers (``employers``), for which their uses are told.
    Raises ``ValueError`` for a receipt that is no number of ten digits.
    """
    given = filed(state, messages)
    periods, days = period_slots(state, given), day_slots(state, given)
    judged = with_reception_day(given.valid)
    first = run(dimona_rules(), {"declaration": judged}, codes_of("first"))
    every = np.arange(len(judged))
    refused = np.zeros(len(judged), dtype=np.bool_)
    blocking = first.findings.filter(first.findings.column("blocking"))
    refused[np.asarray(blocking.column("row"), dtype=np.int64)] = True
    done = turned(given, periods, days, refused)
    done.doubt(first.not_run)
    taken(done, first.findings, every)
    given = settled(given, done.accepted)
    slots = periods.find(given.period)
    timed = _timed(judged, done, periods, slots)
    columns = Columns(timed)
    what = _What(columns, done, slots)
    later = frozenset([] if employers else [EMPLOYERS.name])
    uses = _uses(state, given, periods, slots, what, columns, later)
    codes = codes_of("last") + (codes_of("employers") if employers else ())
    last = run(dimona_rules(), {"declaration": _with_use(timed, uses)}, codes)
    done.doubt(last.not_run)
    taken(done, last.findings, every)
    findings = _findings(done)
    log = _log(given, done, timed, what, findings)
    return Folded(
        log,
        _changed(given, periods, slots, what, columns, findings),
        _changed_days(given, days, what),
        uses.uses,
        numbered(findings, given.messages.column("receipt").combine_chunks()),
        uses.answers,
        given.repeated,
        given.behind,
        tuple(done.not_run.values()),
    )


def refold(state: State, behind: pa.Table) -> Folded:
    """All messages of the log with some that came behind: what the state would be had they come in
    order. ``state`` has to be whole: everything that the messages of its log ever touched.

    Periods that no declaration of the log made, such as those of an agent of NSSO, are taken as
    they are. The result replaces the state: nothing of it is added to what was.
    """
    made = pc.is_in(
        state.periods.column("first_receipt"),
        value_set=state.log.column("receipt").combine_chunks(),
    )
    started = State(
        state.periods.filter(pc.invert(made)).combine_chunks(),
        EMPTY.registrations,
        EMPTY.uses,
        state.aliases,
        EMPTY.log,
    )
    logged = state.log.select(MESSAGE.inside.names)
    return fold(started, pa.concat_tables([logged, behind.select(MESSAGE.inside.names)]))


class _What:
    """Which messages did what; ``changed``: accepted and about a period itself."""

    def __init__(self, columns: Columns, done: Turned, slots: Whole) -> None:
        codes, actions = columns.codes("action")
        self.accepted = done.accepted
        self._action = np.array([*actions, ""], dtype=object)[codes]
        self.starts = done.accepted & self.of("IN")
        self.waits = self.starts & ~columns.present("inss")
        self.cancels = done.accepted & self.of("CANCEL")
        self.daily = done.accepted & self.of("DAILY")
        self.changed = done.accepted & ~self.daily & (slots >= 0)

    def of(self, action: str) -> Mask:
        found: Mask = self._action == action
        return found


def _receipts(table: pa.Table) -> Whole:
    return np.asarray(table.column("receipt"), dtype=np.int64)


def _timed(judged: pa.Table, done: Turned, periods: Store, slots: Whole) -> pa.Table:
    """Messages with their deadlines, for which each has what was there and would be."""
    named = np.asarray(pc.is_valid(judged.column("period_id")))
    table = judged.append_column("period_known", pa.array(done.existed, mask=~named))
    types = periods.fixed.column("worker_type").combine_chunks()
    table = table.append_column(
        "period_worker_type", types.take(pa.array(slots, mask=~done.existed))
    )
    for name in MUTABLE:
        kind = judged.schema.field(name).type
        table = table.append_column(f"period_{name}", column_of(done.before[name], kind))
        table = table.append_column(f"after_{name}", column_of(done.would[name], kind))
    return with_lateness(table)


def _uses(
    state: State,
    given: Filed,
    periods: Store,
    slots: Whole,
    what: _What,
    columns: Columns,
    later: frozenset[str],
) -> Counted:
    """What accepted declarations of identified workers use of quotas."""
    rows = np.flatnonzero(what.changed & ~what.waits)
    gone = what.cancels[rows]
    moves = Moves(
        rows,
        _receipts(given.messages)[rows],
        slots[rows],
        {name: _numbers_in(columns, f"period_{name}")[rows] for name in MUTABLE},
        {
            name: np.where(gone, NULL, _numbers_in(columns, f"after_{name}")[rows])
            for name in MUTABLE
        },
        what.starts[rows],
        columns.present("late")[rows],
    )
    return counted(moves, periods.fixed, state.uses, rate_book().parameters, later)


def _numbers_in(columns: Columns, name: str) -> Whole:
    """Numbers of a column, ``NULL`` where there is none."""
    found: Whole = np.where(columns.numeric(name), columns.numbers(name), NULL)
    return found


def _with_use(timed: pa.Table, uses: Counted) -> pa.Table:
    """Messages with the columns of ``rule_data.QUOTA_USE``, null where they use nothing."""
    for quota, (rows, used, added) in uses.by_quota.items():
        for name, numbers_ in (("used", used), ("added", added)):
            column = np.full(len(timed), NULL, dtype=np.int64)
            column[rows] = numbers_
            told = column_of(column, pa.int64())
            timed = timed.append_column(f"{_USED[quota]}_{name}", told)
    return timed


def _findings(done: Turned) -> pa.Table:
    """What was found, by number of the message and code."""
    keys = [("row", "ascending"), ("code", "ascending")]
    return (
        pa.concat_tables(done.findings).sort_by(keys).combine_chunks()
        if done.findings
        else _NO_FINDINGS
    )


_NO_FINDINGS = pa.table(
    [pa.array([], f.type) for f in FOUND_IN.inside],
    names=["row", *FOUND_IN.inside.names[1:]],
)


def _log(given: Filed, done: Turned, timed: pa.Table, what: _What, findings: pa.Table) -> pa.Table:
    found = np.zeros(len(timed), dtype=np.bool_)
    found[np.asarray(findings.column("row"), dtype=np.int64)] = True
    result = np.where(~what.accepted, 2, np.where(what.waits, 3, found.astype(np.int64)))
    kept = {
        name: np.where(what.changed & ~what.cancels, done.would[name], done.before[name])
        for name in MUTABLE
    }
    none = np.zeros(len(timed), dtype=np.bool_)
    there = done.existed | what.starts
    gone = done.cancelled | what.cancels
    more = {
        "result": pa.array(RESULTS).take(pa.array(result)),
        "deadline": timed.column("deadline"),
        "late": timed.column("late"),
        **beside(
            "before",
            states(done.existed, none, done.cancelled, done.before["ending_date"]),
            done.before,
            done.existed,
        ),
        **beside("after", states(there, what.waits, gone, kept["ending_date"]), kept, there),
    }
    return log_rows(given, more)


def _changed(
    given: Filed, periods: Store, slots: Whole, what: _What, columns: Columns, findings: pa.Table
) -> pa.Table:
    """The periods that were made or changed, with what was found in their declarations."""
    rows = np.flatnonzero(what.changed)
    received = given.messages.column("received_at").combine_chunks().take(pa.array(rows))
    late = columns.present("late")[rows]
    table, own = changed_periods(
        periods, slots[rows], _receipts(given.messages)[rows], received, late, what.waits[rows]
    )
    found = np.asarray(findings.column("row"), dtype=np.int64)
    told = np.flatnonzero(what.changed[found])
    codes = findings.column("code").combine_chunks().take(pa.array(told))
    return with_anomalies(table, own, slots[found[told]], codes)


def _changed_days(given: Filed, days: Store, what: _What) -> pa.Table:
    rows = np.flatnonzero(what.daily)
    slots = days.find(given.registration)[rows]
    return changed_days(days, slots, _receipts(given.messages)[rows])
