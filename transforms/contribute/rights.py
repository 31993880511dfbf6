"""When the right to a reduction began, as the deduction lines of occupations declare it."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from transforms.shredded import Rows

if TYPE_CHECKING:
    from transforms.contribute.payroll import Payroll

BLOCK = "occupation_deduction"
Days = npt.NDArray[np.datetime64]


def right_starts(payroll: "Payroll", lines: Rows) -> Days:
    """The declared start of the right of each deduction line, not-a-time without one."""
    column = payroll.shredded.column(BLOCK, "deduction_right_starting_date")
    starts: Days = np.asarray(column, dtype="datetime64[D]")
    found: Days = starts[lines - payroll.lines.of(BLOCK)[:1]]
    return found


def quarters_of_right(payroll: "Payroll", lines: Rows) -> Rows:
    """Quarters from the one in which the right began to this one, both included: 0 or less before
    it begins, and 0 without a start."""
    starts = right_starts(payroll, lines)
    began = starts.astype("datetime64[M]").astype(np.int64) // 3
    now = (payroll.quarter.year - 1970) * 4 + payroll.quarter.number - 1
    return np.where(np.isnat(starts), 0, now - began + 1)
