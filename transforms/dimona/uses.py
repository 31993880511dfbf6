"""What declarations that were accepted use of quotas, in order of receipt.

A start counts what its period plans, or its day; a change counts what it is afterwards and gives
back what it was; a cancellation gives it back (derived). A student's hours that were declared late
never count, nor do they after a change. A quota of days counts a day once, however many periods of
the worker start on it.

Quotas warn and refuse nothing, so they are counted once everything is judged. A quota spans what a
caller may keep apart: a worker's all employers, an employer's all workers. What is told of the use
so far is right for all messages and uses handed in; a caller that folds groups of workers counts
employers' days in a second pass (``employers``), from the uses that the groups added.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import QUOTA_ANSWER, QUOTA_USE
from transforms.dimona.quotas import QUOTAS, Quota
from transforms.dimona.store import NULL, column_of
from transforms.rates.values import Parameter
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.conditions import holding
from transforms.rules.quota import limits_at, sums_before


@dataclass(frozen=True, slots=True)
class Moves:
    """Declarations that were accepted: number of the message, receipt, the period that it made or
    changed (a row of ``periods``), and the period's changing columns before and after, ``NULL``
    where it was not there or is no more. ``starts``: those that made one. ``late``: came late."""

    message: Whole
    receipt: Whole
    period: Whole
    before: dict[str, Whole]
    after: dict[str, Whole]
    starts: Mask
    late: Mask


@dataclass(frozen=True, slots=True)
class Counted:
    """Rows of ``QUOTA_USE`` and ``QUOTA_ANSWER``; by quota, rows of messages with what was used
    before each and what it adds."""

    uses: pa.Table
    answers: pa.Table
    by_quota: dict[str, tuple[Whole, Whole, Whole]]


def counted(
    moves: Moves,
    periods: pa.Table,
    uses: pa.Table,
    limits: Mapping[str, Parameter],
    later: frozenset[str] = frozenset(),
) -> Counted:
    """``periods``: number, employer, worker, type and committees of each. ``uses``: of the same
    workers and employers so far. ``later``: quotas of which only the uses are asked for."""
    parts = [_counted(moves, periods, uses, quota, limits, later) for quota in QUOTAS]
    uses = pa.concat_tables([part.uses for part in parts])
    # Hours that never count leave no use behind, by which a change would take them for others.
    uses = uses.filter(pc.not_equal(uses.column("amount"), 0))
    return Counted(
        uses.sort_by("receipt").combine_chunks(),
        pa.concat_tables([part.answers for part in parts]).sort_by("receipt").combine_chunks(),
        {name: told for part in parts for name, told in part.by_quota.items()},
    )


@dataclass(frozen=True, slots=True)
class _Events:
    """What is added or taken back, in order of receipt, taken back first. ``gained``: what is so
    afterwards; ``lost``: hours that never count."""

    move: Whole
    year: Whole
    day: Whole
    amount: Whole
    gained: Mask
    lost: Whole


def _counted(
    moves: Moves,
    periods: pa.Table,
    uses: pa.Table,
    quota: Quota,
    limits: Mapping[str, Parameter],
    later: frozenset[str],
) -> Counted:
    uses = uses.filter(pc.equal(uses.column("quota"), quota.name)).combine_chunks()
    rows = _concerned(moves, periods, uses, quota)
    if not len(rows):
        none = np.zeros(0, dtype=np.int64)
        nothing = QUOTA_USE.inside.empty_table(), QUOTA_ANSWER.inside.empty_table()
        return Counted(*nothing, {quota.name: (none, none, none)})
    events = _events(moves, rows, quota)
    owners = periods.column(quota.by[0]).combine_chunks()
    workers = periods.column("inss").combine_chunks()
    slot = pa.array(moves.period[events.move])
    new = {
        "quota": pa.repeat(pa.scalar(quota.name), len(slot)),
        "owner": owners.take(slot),
        "year": pa.array(events.year),
        "counted": workers.take(slot) if quota.adds is None else pa.nulls(len(slot), pa.string()),
        "day": column_of(events.day, pa.date32()),
        "amount": pa.array(events.amount),
        "period_id": periods.column("period_id").combine_chunks().take(slot),
        "receipt": pa.array(moves.receipt[events.move]),
    }
    made = pa.table([new[name] for name in QUOTA_USE.inside.names], schema=QUOTA_USE.inside)
    if quota.name in later:
        return Counted(made, QUOTA_ANSWER.inside.empty_table(), {})
    told = answered(Made(made, events.gained, events.lost), uses, quota, limits)
    move = np.searchsorted(moves.receipt, told.receipts)
    return Counted(made, told.answers, {quota.name: (moves.message[move], told.used, told.adds)})


def _concerned(moves: Moves, periods: pa.Table, uses: pa.Table, quota: Quota) -> Whole:
    """The moves of periods that count for a quota."""
    as_starts = periods.append_column("action", pa.repeat("IN", len(periods)))
    columns = Columns(as_starts)
    counts = holding(columns, quota.when)
    for name in quota.by:
        counts &= columns.present(name)
    if quota.adds is not None:
        ids = uses.column("period_id").combine_chunks()
        used = pc.is_in(periods.column("period_id"), value_set=ids)
        timely = np.array(used, dtype=np.bool_)
        timely[moves.period[moves.starts & ~moves.late]] = True
        late = moves.starts & moves.late
        return np.flatnonzero(counts[moves.period] & (timely[moves.period] | late))
    return np.flatnonzero(counts[moves.period])


def _events(moves: Moves, rows: Whole, quota: Quota) -> _Events:
    """Both sides of each move that changes what counts."""
    sides = []
    for said, sign in ((moves.before, -1), (moves.after, 1)):
        day = said["starting_date"][rows]
        there = day != NULL
        amount = np.ones(len(rows), dtype=np.int64)
        if quota.adds is not None:
            hours = said[quota.adds][rows]
            amount = np.where(moves.starts[rows] & moves.late[rows], 0, hours)
            there &= hours != NULL
        year = np.where(there, day, 0).astype("datetime64[D]").astype("datetime64[Y]")
        known = year.astype(np.int64) + 1970
        what = np.full(len(rows), NULL) if quota.adds is not None else day
        sides.append((known, what, np.where(there, sign * amount, 0), there))
    (year, day, amount, had), (then, other, more, has) = sides
    same = had & has & (year == then) & (day == other) & (amount == -more)
    chosen = [np.flatnonzero(had & ~same), np.flatnonzero(has & ~same)]
    order = np.argsort(np.concatenate([chosen[0] * 2, chosen[1] * 2 + 1]), kind="stable")
    both = zip((rows, year, day, amount), (rows, then, other, more), strict=True)
    move, years, days, amounts = (
        np.concatenate([a[chosen[0]], b[chosen[1]]])[order] for a, b in both
    )
    gained = np.repeat([False, True], [len(side) for side in chosen])[order]
    lost = np.zeros(len(move), dtype=np.int64)
    if quota.adds is not None:
        never = moves.starts[move] & moves.late[move]
        lost[never] = moves.after[quota.adds][move[never]]
    return _Events(move, years, days, amounts, gained, lost)


@dataclass(frozen=True, slots=True)
class Made:
    """``uses``: rows of ``QUOTA_USE`` of one quota that declarations added, in order of receipt,
    what they take back first. By row, whether it is ``gained``, and hours that never count."""

    uses: pa.Table
    gained: Mask
    lost: Whole


@dataclass(frozen=True, slots=True)
class Answered:
    """Rows of ``QUOTA_ANSWER``; and of the declarations that add something, what was used before
    each and what it adds, by receipt."""

    answers: pa.Table
    receipts: Whole
    used: Whole
    adds: Whole


def answered(
    made: Made, before: pa.Table, quota: Quota, limits: Mapping[str, Parameter]
) -> Answered:
    """What each declaration met and adds, owner by owner and year by year. ``before``: rows of the
    same quota so far."""
    together = Columns(pa.concat_tables([before, made.uses]).combine_chunks())
    receipts = together.numbers("receipt")
    order = np.argsort(receipts, kind="stable")
    groups = _grouped([together.codes("owner")[0], together.numbers("year")])[order]
    amounts = together.numbers("amount")[order]
    if quota.adds is None:
        days = [together.codes("counted")[0][order], together.numbers("day")[order]]
        amounts = _once(_grouped([groups, *days]), amounts)
    total = _sums(groups, amounts)
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    own = place[len(before) :]
    if not len(own):
        none = np.zeros(0, dtype=np.int64)
        return Answered(QUOTA_ANSWER.inside.empty_table(), none, none, none)
    keys = _grouped([receipts[len(before) :], groups[own]])
    _, first, back = np.unique(keys, return_index=True, return_inverse=True)
    adds = np.zeros(len(first), dtype=np.int64)
    np.add.at(adds, back, amounts[own])
    gained = np.zeros(len(first), dtype=np.bool_)
    gained[back[made.gained]] = True
    used = (total - amounts)[own][first]
    row = made.uses.take(pa.array(first))
    told = {
        **{name: row.column(name) for name in ("receipt", "quota", "owner", "year")},
        "used": pa.array(used),
        "added": pa.array(adds),
        "beyond": _beyond(limits[quota.limit], row, used, adds, made.lost[first]),
    }
    answers = pa.table([told[n] for n in QUOTA_ANSWER.inside.names], schema=QUOTA_ANSWER.inside)
    adding = np.asarray(row.column("receipt"), dtype=np.int64)[gained]
    return Answered(answers, adding, used[gained], adds[gained])


def _beyond(limit: Parameter, answers: pa.Table, used: Whole, adds: Whole, lost: Whole) -> pa.Array:
    """What is beyond the limit of the year; hours of a late start are, all of them."""
    years = np.asarray(answers.column("year"), dtype=np.int64)
    begins = (years - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
    ceilings, known = limits_at(limit, begins)
    beyond = np.clip(used + adds - ceilings, 0, np.maximum(adds, 0))
    return pa.array(np.where(lost > 0, lost, beyond), mask=~known)


def _grouped(keys: Sequence[Whole]) -> Whole:
    _, groups = np.unique(np.stack(keys), axis=1, return_inverse=True)
    found: Whole = groups.reshape(-1).astype(np.int64)
    return found


def _once(days: Whole, amounts: Whole) -> Whole:
    """1 where a day is taken that was not, -1 where it is given back for the last time, else 0."""
    then = _sums(days, amounts)
    found: Whole = (then > 0).astype(np.int64) - (then - amounts > 0)
    return found


def _sums(groups: Whole, amounts: Whole) -> Whole:
    """Of each row, the sum of its group up to and with it."""
    return sums_before(groups, amounts) + amounts
