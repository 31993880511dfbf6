"""Special contributions of a worker on a declared basis: 260 and 888 (``per_worker.yaml``)."""

from collections.abc import Iterator

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.rates.book import NoRate
from transforms.shredded import Rows

NAME = "per_worker"
NO_BASIS = "the calculation basis is not declared"


def per_worker(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of the codes of the family, type by type."""
    for code in sorted({case.split("/")[0] for case in family(NAME).cases}):
        lines = payroll.lines.of("worker_contribution", [code])
        for kind, where in payroll.lines.type[lines].distinct().items():
            yield _claim(payroll, f"{code}/{kind}", lines[where])


def _claim(payroll: Payroll, case: str, lines: Rows) -> Claim:
    records = payroll.lines.record[lines]
    if case not in family(NAME).cases:
        return unknown(NAME, lines, records, f"the rate of {case} was not found")
    try:
        formula = family(NAME).apply(case, payroll.quarter, payroll.book)
    except NoRate as missing:
        return unknown(NAME, lines, records, str(missing))
    base = payroll.lines.cents("declared_base", lines)
    doubts = Doubts.none(len(lines))
    doubts.add(base == 0, NO_BASIS)
    return Claim(NAME, lines, records, doubts, formula, {"declared_base": base})
