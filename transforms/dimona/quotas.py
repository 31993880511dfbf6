"""What declarations count for which quota, and what of it is beyond it, in order of reception.

A student's planned hours count in the year of the start, over all employers; those declared late
never do: all of them are beyond the quota (NSSO, Students - Dimona). A casual worker in hotels and
catering counts a day for each day on which work starts: two hours are a day, and a night over two
dates is one. Days for an agency count for the user too, whose NSSO number the declaration does not
give: they are left out of the days of an employer. These quotas only warn. Those of article 17
refuse, but their hours were not found, so nothing is computed for them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from transforms.rates.values import Parameter
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.conditions import Condition, holding, parse
from transforms.rules.quota import limits_at, running


@dataclass(frozen=True, slots=True)
class Quota:
    """``name``: its type in answers (zone 01018). ``by``: whose it is, in each calendar year.
    ``adds``: the column of hours that counts, or None for days. ``limit``: in the rate book.
    ``refuses``: whether more is refused."""

    name: str
    when: Condition
    by: tuple[str, ...]
    adds: str | None
    limit: str
    refuses: bool = False


_HORECA = {"action": "IN", "worker_type": "EXT", "joint_committee": "302"}
_AGENCY = {**_HORECA, "joint_committee": "322", "user_joint_committee": "302"}

EMPLOYERS = Quota(
    "HORECA_EMPLOYER", parse(_HORECA), ("employer",), None, "horeca_casual_days_employer"
)
"""Days of an employer: the one quota that spans workers."""

QUOTAS = (
    Quota(
        "STUDENT",
        parse({"action": "IN", "worker_type": "STU"}),
        ("inss",),
        "planned_hours",
        "student_hours_quota",
    ),
    Quota("HORECA_WORKER", parse([_HORECA, _AGENCY]), ("inss",), None, "horeca_casual_days_worker"),
    EMPLOYERS,
)
"""Quotas of which the limit is known."""

NOT_COMPUTED = (
    *("A17_PUBTV", "A17_YEAR_SPORT", "A17_QUARTER_SPORT", "A17_STUDENT_SPORT"),
    *("A17_YEAR_OTHER", "A17_QUARTER_OTHER", "A17_STUDENT_OTHER"),
)
"""Quotas of article 17: their hours were not found."""


def used_up(
    messages: pa.Table, quota: Quota, limits: Mapping[str, Parameter], used: Whole, late: Mask
) -> tuple[Whole, Whole, Mask]:
    """Of each declaration in order of reception: what it adds, what of that is beyond the quota,
    and whether that is known.

    ``used``: what its group used in the year before the first of them. ``late``: which came late.
    """
    columns = Columns(messages)
    counted = holding(columns, quota.when) & columns.numeric("starting_date")
    for name in quota.by:
        counted &= columns.present(name)
    rows = np.flatnonzero(counted)
    groups = _groups(columns, quota.by, rows)
    amounts, lost = _added(columns, quota, rows, groups, late[rows])
    ceilings, known = limits_at(limits[quota.limit], columns.numbers("starting_date")[rows])
    run = running(groups, amounts, ceilings, used[rows], quota.refuses)
    adds, beyond = np.zeros((2, len(columns)), dtype=np.int64)
    computed = ~counted
    adds[rows], beyond[rows], computed[rows] = amounts, run.excess + lost, known
    return adds, np.where(computed, beyond, 0), computed


def _added(
    columns: Columns, quota: Quota, rows: Whole, groups: Whole, late: Mask
) -> tuple[Whole, Whole]:
    """What each row adds, and what it would have added had it not come late."""
    if quota.adds is None:
        day = columns.numbers("starting_date")[rows]
        who = _groups(columns, ("employer", "inss"), rows) if "employer" in quota.by else groups
        return _first_of(np.stack([who, groups, day])), np.zeros(len(rows), dtype=np.int64)
    hours = columns.numbers(quota.adds)[rows]
    return np.where(late, 0, hours), np.where(late, hours, 0)


def _groups(columns: Columns, by: Sequence[str], rows: Whole) -> Whole:
    """A number for each combination of values in each year of a start."""
    years = columns.numbers("starting_date")[rows].astype("datetime64[D]").astype("datetime64[Y]")
    keys = np.stack([years.astype(np.int64), *(columns.codes(name)[0][rows] for name in by)])
    _, groups = np.unique(keys, axis=1, return_inverse=True)
    return groups.reshape(-1).astype(np.int64)


def _first_of(keys: Whole) -> Whole:
    """1 for the first of equal columns, 0 for the others."""
    first = np.zeros(keys.shape[1], dtype=np.int64)
    _, index = np.unique(keys, axis=1, return_index=True)
    first[index] = 1
    return first
