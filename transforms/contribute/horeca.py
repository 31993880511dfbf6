"""Target-group reduction for permanent workers of the horeca, code 3900 (``horeca.yaml``)."""

from collections.abc import Iterator

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import NO_AGE, by_line, reduction

NAME = "horeca"
CODE = "3900"


def horeca(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of the code."""
    no_age = by_line(payroll, payroll.ages < 0, "record"), NO_AGE
    yield from reduction(payroll, NAME, CODE, CODE, [no_age])
