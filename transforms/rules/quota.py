"""Quotas: what was used so far, what a row adds, and whether that is too much.

Rows count in the order in which they were received. Used up is what is counted, whether or not it
was too much.
"""

from datetime import date

import numpy as np
import numpy.typing as npt

from transforms.rates.values import Parameter
from transforms.rules.columns import Whole
from transforms.rules.question import Answer, Column, Limit, Question

_EPOCH = date(1970, 1, 1).toordinal()


def sums_before(groups: Whole, amounts: Whole) -> Whole:
    """Of each row, the sum of the earlier ones of its group."""
    order = np.argsort(groups, kind="stable")
    sums = np.cumsum(amounts[order]) - amounts[order]
    heads = np.flatnonzero(np.diff(groups[order], prepend=groups.min(initial=0) - 1))
    lengths = np.diff(np.append(heads, len(order)))
    before = np.empty(len(order), dtype=np.int64)
    before[order] = sums - np.repeat(sums[heads], lengths)
    return before


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
