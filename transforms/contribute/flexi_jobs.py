"""Special contribution on flexi-jobs, worker codes 050 and 450 (``flexi_jobs.yaml``)."""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.rates.book import NoRate

NAME = "flexi_jobs"


def flexi_jobs(payroll: Payroll) -> Iterator[Claim]:
    """The line of the record's own code, type 0, on flexi pay and flexi premiums."""
    lines = payroll.lines
    records = np.flatnonzero(payroll.workers("workers_flexi"))
    own = payroll.own_lines
    line = lines.first(records, own[lines.type[own].among({"0"})])
    try:
        formula = family(NAME).apply("flexi", payroll.quarter, payroll.book)
    except NoRate as missing:
        yield unknown(NAME, line, records, str(missing))
        return
    pay = payroll.by_record(payroll.pay("remuneration_flexi"))[records]
    doubts = Doubts.none(len(records))
    yield Claim(NAME, line, records, doubts, formula, {"pay": pay}, type="0")
