"""Target-group reduction for first hires, codes 3315 to 3361 (``first_hires.yaml``).

The rank of the worker and the stretch of quarters are what the declared code says. Amounts are
known for rights opened from 2017.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import (
    NO_START,
    Doubtful,
    about_starts,
    reduction,
)
from transforms.contribute.rights import BLOCK, right_starts
from transforms.contribute.rules import family

NAME = "first_hires"
_KNOWN_SINCE = np.datetime64("2017-01-01")
_UNLIMITED = "3315"
OLD_RIGHT = "rights opened before 2017 have other amounts"


def first_hires(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes."""
    doubtful = _doubtful(payroll)
    for code in family(NAME).cases:
        yield from reduction(payroll, NAME, code, code, [] if code == _UNLIMITED else doubtful)


def _doubtful(payroll: Payroll) -> list[Doubtful]:
    """Conditions on the declared start of a right that ends."""
    starts = right_starts(payroll, payroll.lines.of(BLOCK))
    return about_starts(payroll, [(np.isnat(starts), NO_START), (starts < _KNOWN_SINCE, OLD_RIGHT)])
