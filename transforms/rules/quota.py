"""Quotas: what was used so far, what a row adds, and what of that is too much.

Rows count in the order in which they were received. Used up is what is counted, whether or not it
was too much; only where too much is refused is it not counted, and a later row may still fit.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from transforms.rates.values import Parameter
from transforms.rules.columns import Whole
from transforms.rules.question import Answer, Column, Limit, Question
from transforms.rules.turns import turns

_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True, slots=True)
class Running:
    """For each row: used before it, and what of it lies beyond the limit."""

    before: Whole
    excess: Whole


def running(
    groups: Whole, amounts: Whole, limits: Whole, used: Whole, refusing: bool = False
) -> Running:
    """Runs through rows in order, each group by itself (a worker's year, say).

    ``amounts``: what each row adds, 0 or more. ``limits``: of each row's group. ``used``: of each
    row's group, before the first row. ``refusing``: a row beyond the limit does not count.
    """
    if not refusing:
        before = used + _sums_before(groups, amounts)
        return Running(before, _beyond(before, amounts, limits))
    _, number = np.unique(groups, return_inverse=True)
    so_far = np.zeros(int(number.max(initial=-1)) + 1, dtype=np.int64)
    before, excess = np.zeros((2, len(groups)), dtype=np.int64)
    for turn in turns(number):
        before[turn] = used[turn] + so_far[number[turn]]
        excess[turn] = _beyond(before[turn], amounts[turn], limits[turn])
        so_far[number[turn]] += np.where(excess[turn] == 0, amounts[turn], 0)
    return Running(before, excess)


def _sums_before(groups: Whole, amounts: Whole) -> Whole:
    """Of each row, the sum of the earlier ones of its group."""
    order = np.argsort(groups, kind="stable")
    sums = np.cumsum(amounts[order]) - amounts[order]
    heads = np.flatnonzero(np.diff(groups[order], prepend=groups.min(initial=0) - 1))
    lengths = np.diff(np.append(heads, len(order)))
    before = np.empty(len(order), dtype=np.int64)
    before[order] = sums - np.repeat(sums[heads], lengths)
    return before


def _beyond(before: Whole, amounts: Whole, limits: Whole) -> Whole:
    excess: Whole = np.clip(before + amounts - limits, 0, amounts)
    return excess


def limits_at(parameter: Parameter, days: Whole) -> tuple[Whole, npt.NDArray[np.bool_]]:
    """The limit on each day, and on which days there is one."""
    limits, known = np.zeros(len(days), dtype=np.int64), np.zeros(len(days), dtype=np.bool_)
    for value in parameter.values:
        first, last = (day.toordinal() - _EPOCH for day in (value.first, value.end))
        within = (first <= days) & (days <= last)
        limits[within] = int(value.value)
        known |= within
    return limits, known


def over_limit(
    question: Question, *, adds: Column, used: Column, limit: Limit, at: Column
) -> Answer:
    """What is used and what the row adds are together more than the limit on a day. Not known
    where no limit is, or where it is not said what was used."""
    rows = question.rows
    limits, known = limits_at(question.limits[limit], rows.numbers(at))
    known &= rows.numeric(at) & rows.numeric(used)
    found = known & rows.numeric(adds) & (rows.numbers(used) + rows.numbers(adds) > limits)
    return Answer(found, ~known, f"no value of {limit} on that day, or what was used is not known")
