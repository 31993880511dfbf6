"""Special contribution for social security, code 856 (``special_contribution.yaml``).

The household is not declared: it comes from the reference table of workers. Where it is not known,
the amount is computed only if every household would give the same.
"""

from collections.abc import Iterator, Mapping

import numpy as np

from transforms.contribute.claim import Claim, Doubts, picked, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.exact import Exact, Truth
from transforms.formula import Column, Formula
from transforms.rates.book import NoRate
from transforms.reference import HOUSEHOLDS, UNKNOWN
from transforms.shredded import Rows

NAME = "special_contribution"
CODE = "856"
NO_HOUSEHOLD = "the household of the worker is not known (reference table of workers)"
SEVERAL_RECORDS = "the worker has several records: how they share the brackets was not found"
REPEATED = "a line of this code stands in the record already"


def special_contribution(payroll: Payroll) -> Iterator[Claim]:
    """The declared lines of the code, household by household."""
    lines = payroll.lines.of("worker_contribution", [CODE])
    records = payroll.lines.record[lines]
    try:
        formulas = {h: family(NAME).apply(h, payroll.quarter, payroll.book) for h in HOUSEHOLDS}
    except NoRate as missing:
        yield unknown(NAME, lines, records, str(missing))
        return
    inputs = picked(
        {"pay": payroll.subject_of_record, "manual": payroll.manual.astype(np.int64)}, records
    )
    household = _households(payroll)[records]
    household[(household == UNKNOWN) & _agreed(formulas, inputs)] = 0
    doubts = _doubts(payroll, lines, household)
    for number, name in enumerate(HOUSEHOLDS):
        at = np.flatnonzero(household == number)
        used = picked(inputs, at)
        yield Claim(NAME, lines[at], records[at], doubts.of(at), formulas[name], used)
    rest = np.flatnonzero(household == UNKNOWN)
    yield Claim(NAME, lines[rest], records[rest], doubts.of(rest))


def _doubts(payroll: Payroll, lines: Rows, household: Rows) -> Doubts:
    records = payroll.lines.record[lines]
    doubts = Doubts.none(len(lines))
    payroll.uncovered(records, doubts, needs_category=False)
    doubts.add(payroll.lines.first(records, lines) != lines, REPEATED)
    doubts.add(payroll.records_of_person[records] > 1, SEVERAL_RECORDS)
    doubts.add(household == UNKNOWN, NO_HOUSEHOLD)
    return doubts


def _households(payroll: Payroll) -> Rows:
    """Index into ``HOUSEHOLDS`` of each worker record."""
    inss = payroll.shredded.tables["worker_record"].column("inss")
    return np.append(payroll.reference.household, UNKNOWN)[payroll.reference.by_inss.find(inss)]


def _agreed(formulas: Mapping[str, Formula], inputs: Mapping[str, Column]) -> Truth:
    """Where every household gives the same amount."""
    amounts = [formula.columns(inputs)["amount"] for formula in formulas.values()]
    cents = [amount.whole(100) for amount in amounts if isinstance(amount, Exact)]
    return np.asarray(np.all([cents[0] == other for other in cents], axis=0), dtype=np.bool_)
