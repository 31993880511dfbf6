"""Contributions of the employer beside the ordinary line (``employer_lines.yaml``).

The head count is not declared, but the type of 809 and the presence of 855 say it. Where the
reference table of employers has it, a type that contradicts it is told.
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim, Doubts, picked, unknown
from transforms.contribute.exclusions import excluded
from transforms.contribute.lines import ABSENT
from transforms.contribute.payroll import NOT_MODELLED, Payroll
from transforms.contribute.rules import family
from transforms.rates.book import NoRate
from transforms.reference import UNKNOWN
from transforms.shredded import Rows

NAME = "employer_lines"
CODES = ("256", "809", "810", "811", "852", "855", "857", "859")
_ALSO_STUDENTS = ("256",)
_EXCLUDING = ("855", "857")
_OF_LARGE = ("4", "5")
REPEATED = "a line of this code and type stands in the record already"
_EXEMPT = "8"
_LARGE = "ffe_commercial_headcount"


def employer_lines(payroll: Payroll) -> Iterator[Claim]:
    """Every declared line of these codes, code by code and type by type."""
    for code in CODES:
        lines = payroll.lines.of("worker_contribution", [code])
        if code in _EXCLUDING:
            for claim in _excluded(payroll, lines):
                yield claim
                lines = np.setdiff1d(lines, claim.line)
        for kind, where in payroll.lines.type[lines].distinct().items():
            yield _claimed(payroll, code, kind, lines[where])


def _excluded(payroll: Payroll, lines: Rows) -> Iterator[Claim]:
    """Lines that are due as 0 (``exclusions.yaml``)."""
    records, codes = payroll.lines.record[lines], payroll.lines.code[lines]
    headcount = payroll.employer_fact(payroll.reference.headcount)[records]
    known = (headcount != UNKNOWN) & (payroll.category[records] != NOT_MODELLED)
    facts = {"headcount": np.where(known, headcount, ABSENT)}
    for found in excluded(NAME, payroll.quarter, payroll.book, codes, facts):
        yield found.claim(lines, records)


def _claimed(payroll: Payroll, code: str, kind: str, lines: Rows) -> Claim:
    records = payroll.lines.record[lines]
    if kind == _EXEMPT:
        return unknown(NAME, lines, records, "exempt by the type declared")
    if f"{code}/{kind}" not in family(NAME).cases:
        return unknown(NAME, lines, records, f"type {kind} of {code} is not known")
    try:
        formula = family(NAME).apply(f"{code}/{kind}", payroll.quarter, payroll.book)
    except NoRate as missing:
        return unknown(NAME, lines, records, str(missing))
    inputs = {"pay": payroll.pay_of_record, "manual": payroll.manual.astype(np.int64)}
    doubts = _doubts(payroll, code, kind, lines)
    weak = payroll.doubtful_pay[records]
    return Claim(NAME, lines, records, doubts, formula, picked(inputs, records), weak=weak)


def _doubts(payroll: Payroll, code: str, kind: str, lines: Rows) -> Doubts:
    records = payroll.lines.record[lines]
    doubts = Doubts.none(len(lines))
    student = payroll.workers("workers_student")[records] & (code in _ALSO_STUDENTS)
    payroll.uncovered(records, doubts, but=student)
    doubts.add(payroll.lines.first(records, lines) != lines, REPEATED)
    headcount = payroll.employer_fact(payroll.reference.headcount)[records]
    known = headcount != UNKNOWN
    if code == "809":
        large = int(payroll.book.at(_LARGE, payroll.quarter).value)
        doubts.add(
            known & ((headcount >= large) != (kind in _OF_LARGE)),
            "the head count of the reference table asks for another type",
        )
    return doubts
