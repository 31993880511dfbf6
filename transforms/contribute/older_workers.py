"""Target-group reduction for older workers, by region (``older_workers.yaml``).

The code says which region's rule is meant: 6320 and 6321 Flanders, 7320 Brussels, 8320 Wallonia,
9300 the German-speaking Community.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import (
    NO_AGE,
    NO_START,
    Doubtful,
    about_starts,
    by_line,
    reduction,
    reference_wage_unknown,
)
from transforms.contribute.rights import BLOCK, right_starts
from transforms.contribute.rules import family

NAME = "older_workers"


def older_workers(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes."""
    no_age = by_line(payroll, payroll.ages < 0, "record"), NO_AGE
    doubtful = [*reference_wage_unknown(payroll), no_age]
    for code in family(NAME).cases:
        yield from reduction(payroll, NAME, code, code, [*_doubtful(payroll, code), *doubtful])


def _doubtful(payroll: Payroll, code: str) -> list[Doubtful]:
    """A newly hired worker has a right that began one day."""
    if code != "6321":
        return []
    starts = right_starts(payroll, payroll.lines.of(BLOCK))
    return about_starts(payroll, [(np.isnat(starts), NO_START)])
