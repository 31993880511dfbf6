"""Work bonus, deduction 0001 of a worker record (``work_bonus.yaml``).

Monthly pay is not declared. The bonus is computed where the months of the quarter are alike: one
occupation, during the whole quarter, without a premium.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim, Doubts, picked, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.contribute.standing import WORK_BONUS
from transforms.exact import Truth
from transforms.formula import Column
from transforms.rates.book import NoRate
from transforms.shredded import Rows

NAME = "work_bonus"
BLOCK = "worker_deduction"
MONTHS = "monthly pay is not declared, and the months of this record are not alike"
PREMIUM = "a premium counts only up to a limit that was not found"
NO_TIME = "no paid day or hour in the record"


def work_bonus(payroll: Payroll) -> Iterator[Claim]:
    """Every declared work bonus that counts, white collars and manual workers apart."""
    lines = payroll.standing.open(payroll.lines.of(BLOCK, [WORK_BONUS]))
    records = payroll.lines.record[lines]
    yield from _side(payroll, lines[payroll.manual[records]], "manual")
    yield from _side(payroll, lines[~payroll.manual[records]], "white")


def _side(payroll: Payroll, lines: Rows, case: str) -> Iterator[Claim]:
    records = payroll.lines.record[lines]
    if not len(lines):
        return
    try:
        formula = family(NAME).apply(case, payroll.quarter, payroll.book)
    except NoRate as missing:
        yield unknown(NAME, lines, records, str(missing))
        return
    doubts = _doubts(payroll, lines)
    yield Claim(NAME, lines, records, doubts, formula, picked(_inputs(payroll), records))


def _inputs(payroll: Payroll) -> dict[str, Column]:
    """By worker record; time in the unit of its only occupation."""
    return {
        "pay": payroll.by_record(payroll.pay("remuneration_work_bonus")),
        "subject": payroll.subject_of_record,
        "worked": payroll.by_record(payroll.worked),
        "possible": payroll.by_record(payroll.possible),
    }


def _doubts(payroll: Payroll, lines: Rows) -> Doubts:
    records = payroll.lines.record[lines]
    doubts = Doubts.none(len(lines))
    payroll.uncovered(records, doubts, needs_category=False)
    doubts.add(~_alike(payroll)[records], MONTHS)
    limited = payroll.by_record(payroll.pay("remuneration_work_bonus_limited"))
    doubts.add(limited[records] > 0, PREMIUM)
    worked = payroll.by_record(payroll.worked)
    doubts.add(
        (worked[records] == 0) | (payroll.by_record(payroll.possible)[records] == 0), NO_TIME
    )
    return doubts


def _alike(payroll: Payroll) -> Truth:
    """Records with one occupation that lasts the whole quarter."""
    whole = payroll.by_record(payroll.whole_quarter.astype(np.int64))
    return np.asarray((payroll.occupations_of == 1) & (whole == 1), dtype=np.bool_)
