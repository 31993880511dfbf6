"""Solidarity contribution of students, worker codes 840 and 841 (``students.yaml``).

The quota of hours counts over all employers of a year, which one declaration cannot tell: the view
``core.student_quota`` sums it over the lake.
"""

from collections.abc import Iterator

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.rates.book import NoRate

NAME = "students"


def students(payroll: Payroll) -> Iterator[Claim]:
    """The amount of every student block, on the pay that stands in it."""
    lines = payroll.lines.of("student_contribution")
    records = payroll.lines.record[lines]
    try:
        formula = family(NAME).apply("student", payroll.quarter, payroll.book)
    except NoRate as missing:
        yield unknown(NAME, lines, records, str(missing))
        return
    doubts = Doubts.none(len(lines))
    doubts.add(~payroll.workers("workers_student")[records], "not a worker code of students")
    pay = payroll.lines.cents("declared_base", lines)
    yield Claim(NAME, lines, records, doubts, formula, {"pay": pay})
