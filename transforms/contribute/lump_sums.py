"""Target-group reductions with one lump sum, codes 3500 to 3520 and 3800 (``lump_sums.yaml``)."""

from collections.abc import Iterator

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import reduction
from transforms.contribute.rules import family

NAME = "lump_sums"


def lump_sums(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes."""
    for code in family(NAME).cases:
        yield from reduction(payroll, NAME, code, code)
