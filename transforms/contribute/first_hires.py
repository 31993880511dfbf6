"""Target-group reduction for first hires, codes 3315 to 3361 (``first_hires.yaml``).

The rank of the worker and the stretch of quarters are what the declared code says. Amounts are
known for rights opened from 2017; the fourth to sixth worker open none from 2024.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import (
    BLOCK,
    NO_START,
    Doubtful,
    about_starts,
    quarters_of_right,
    reduction,
    right_starts,
)
from transforms.contribute.rules import family

NAME = "first_hires"
_KNOWN_SINCE, _ABOLISHED = np.datetime64("2017-01-01"), np.datetime64("2024-01-01")
_ABOLISHED_RANKS = ("3342", "3343", "3352", "3353", "3360", "3361")
_LONGEST = 20
_UNLIMITED = "3315"
OLD_RIGHT = "rights opened before 2017 have other amounts"
NOT_YET = "the right begins after the quarter"
USED_UP = "a right is over 20 quarters after it began"
NO_NEW_RIGHT = "no right for a fourth to sixth worker opens from 2024"


def first_hires(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes."""
    for code in family(NAME).cases:
        yield from reduction(payroll, NAME, code, code, _doubtful(payroll, code))


def _doubtful(payroll: Payroll, code: str) -> list[Doubtful]:
    """Conditions on the declared start of the right; none for the first worker."""
    if code == _UNLIMITED:
        return []
    starts = right_starts(payroll, payroll.lines.of(BLOCK))
    quarters = quarters_of_right(payroll, payroll.lines.of(BLOCK))
    abolished = (starts >= _ABOLISHED) & (code in _ABOLISHED_RANKS)
    return about_starts(
        payroll,
        [
            (np.isnat(starts), NO_START),
            (starts < _KNOWN_SINCE, OLD_RIGHT),
            (abolished, NO_NEW_RIGHT),
            ((quarters == 0) & ~np.isnat(starts), NOT_YET),
            (quarters > _LONGEST, USED_UP),
        ],
    )
