"""Target-group reduction for older workers, by region (``older_workers.yaml``).

The code says which region's rule is meant: 6320 and 6321 Flanders, 7320 Brussels, 8320 Wallonia,
9300 the German-speaking Community.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import CATEGORIES, Payroll
from transforms.contribute.reductions import (
    BLOCK,
    NO_AGE,
    NO_START,
    Doubtful,
    about_starts,
    by_line,
    reduction,
    reference_wage_unknown,
    right_starts,
)
from transforms.contribute.rules import family

NAME = "older_workers"
_ABOLISHED = np.datetime64("2024-07-01")
OTHER_CATEGORY = "not due: in Flanders only workers of structural category 1 have this reduction"
NO_NEW_RIGHT = "no right for a newly hired older worker opens in Flanders from July 2024"


def older_workers(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes."""
    no_age = by_line(payroll, payroll.ages < 0, "record"), NO_AGE
    doubtful = [*reference_wage_unknown(payroll), no_age]
    for code in family(NAME).cases:
        yield from reduction(payroll, NAME, code, code, [*_doubtful(payroll, code), *doubtful])


def _doubtful(payroll: Payroll, code: str) -> list[Doubtful]:
    """What is asked in Flanders: category 1 in service, a right that could open when hired."""
    if code == "6320":
        elsewhere = payroll.category > CATEGORIES.index("category_1")
        return [(by_line(payroll, elsewhere, "record"), OTHER_CATEGORY)]
    if code == "6321":
        starts = right_starts(payroll, payroll.lines.of(BLOCK))
        late = starts >= _ABOLISHED
        return about_starts(payroll, [(np.isnat(starts), NO_START), (late, NO_NEW_RIGHT)])
    return []
