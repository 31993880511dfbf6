"""Contributions not tied to a person that are a share of their basis (``unrelated.yaml``)."""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.rates.book import NoRate

NAME = "unrelated"
NO_BASIS = "the calculation basis is not declared"


def unrelated(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of the codes of the family."""
    for code in family(NAME).cases:
        lines = payroll.lines.of("contribution_unrelated_to_np", [code])
        nobody = np.full(len(lines), -1)
        try:
            formula = family(NAME).apply(code, payroll.quarter, payroll.book)
        except NoRate as missing:
            yield unknown(NAME, lines, nobody, str(missing))
            continue
        base = payroll.lines.cents("declared_base", lines)
        doubts = Doubts.none(len(lines))
        doubts.add(payroll.lines.without("declared_base", lines), NO_BASIS)
        yield Claim(NAME, lines, nobody, doubts, formula, {"declared_base": base})
