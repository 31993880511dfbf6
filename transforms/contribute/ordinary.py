"""Ordinary contribution line: pay times one combined rate per worker code (``ordinary.yaml``).

Lines of worker codes subject to all branches in employer classes of the private sector. White
collars declare type 0 (100 % of pay), manual workers type 1 (108 %).
"""

from collections.abc import Iterator

import numpy as np

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import (
    CATEGORIES,
    NOT_MODELLED,
    OPEN_CATEGORY,
    UNDECIDED,
    Payroll,
)
from transforms.contribute.rules import family
from transforms.exact import Truth
from transforms.formula import Formula
from transforms.money import sum_by
from transforms.rates.book import NoRate
from transforms.shredded import Rows

NAME = "ordinary"
CEILING = "ceiling"
REPEATED = "an ordinary line stands in the record already"
SHARED_CEILING = (
    "several records above the ceiling on employer contributions: how they share it was not found"
)


def ordinary(payroll: Payroll) -> Iterator[Claim]:
    """One claim for each structural category, and for what is undecided or not known."""
    rules = family(NAME)
    for manual in (False, True):
        side = payroll.manual if manual else payroll.white_collar
        kind = "1" if manual else "0"
        for number, case in enumerate(CATEGORIES):
            rows = np.flatnonzero((payroll.category == number) & side)
            line = _lines(payroll, rows, kind)
            try:
                formula = rules.apply(case, payroll.quarter, payroll.book)
            except NoRate as missing:
                yield unknown(NAME, line, rows, str(missing))
                continue
            inputs = {
                "pay": payroll.subject_of_record[rows],
                "manual": np.full(len(rows), int(manual)),
            }
            doubts = Doubts.none(len(rows))
            if CEILING in formula.given:
                doubts.add(_shares_ceiling(payroll, formula)[rows], SHARED_CEILING)
            weak = payroll.doubtful_pay[rows]
            yield Claim(NAME, line, rows, doubts, formula, inputs, weak=weak, type=kind)
        yield _left_open(payroll, (payroll.category == UNDECIDED) & side, kind, OPEN_CATEGORY)
        yield _repeated(payroll, side, kind)
    yield from _young(payroll)


def _shares_ceiling(payroll: Payroll, formula: Formula) -> Truth:
    """Records of persons with several, whose pay may be above the ceiling in all."""
    persons = payroll.shredded.tables["natural_person"].num_rows
    basis = payroll.by_record(payroll.basis)
    of_person = sum_by(payroll.person_of, basis, persons)[payroll.person_of]
    ceiling = int(formula.given[CEILING].value.value * 100)
    return np.asarray((payroll.records_of_person > 1) & (of_person > ceiling), dtype=np.bool_)


def _lines(payroll: Payroll, records: Rows, kind: str) -> Rows:
    """The ordinary line of each record: its own worker code, the type of its side."""
    lines, own = payroll.lines, payroll.own_lines
    return lines.first(records, own[lines.type[own].among({kind})])


def _repeated(payroll: Payroll, side: Truth, kind: str) -> Claim:
    """Further lines like the ordinary one: pay is compared with the first."""
    lines, own = payroll.lines, payroll.own_lines
    candidates = own[lines.type[own].among({kind})]
    candidates = candidates[(side & (payroll.category != NOT_MODELLED))[lines.record[candidates]]]
    again = candidates[lines.first(lines.record[candidates], candidates) != candidates]
    return unknown(NAME, again, lines.record[again], REPEATED)


def _left_open(payroll: Payroll, where: Truth, kind: str, reason: str) -> Claim:
    rows = np.flatnonzero(where)
    return unknown(NAME, _lines(payroll, rows, kind), rows, reason)


def _young(payroll: Payroll) -> Iterator[Claim]:
    """Pupils and apprentices: their rule is not known, their lines are of this family."""
    young = payroll.workers("workers_young") & payroll.private & (payroll.category == NOT_MODELLED)
    try:
        family(NAME).apply("young", payroll.quarter, payroll.book)
    except NoRate as missing:
        for kind in ("0", "1"):
            yield _left_open(payroll, young, kind, str(missing))
