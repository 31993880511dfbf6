"""Structural reduction of employer contributions, code 3000 (``structural_reduction.yaml``)."""

from collections.abc import Iterator

from transforms.contribute.claim import Claim
from transforms.contribute.payroll import Payroll
from transforms.contribute.reductions import reduction, reference_wage_unknown
from transforms.contribute.standing import STRUCTURAL

NAME = "structural_reduction"


def structural_reduction(payroll: Payroll) -> Iterator[Claim]:
    """Every declared structural reduction. One that is not declared is a right not used."""
    yield from reduction(payroll, NAME, STRUCTURAL, None, reference_wage_unknown(payroll))
