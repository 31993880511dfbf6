"""What reductions of employer contributions have in common: the occupation that they are for.

The structural reduction goes first, then one target-group reduction; each is limited to the
employer contributions that are left (``Payroll.granted`` keeps what went before). What is excluded
and what counts is settled before (``transforms.contribute.standing``).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import numpy as np

from transforms.contribute.claim import Claim, Doubts, picked
from transforms.contribute.payroll import CATEGORIES, Payroll
from transforms.contribute.rights import BLOCK, quarters_of_right
from transforms.contribute.rules import family
from transforms.exact import Truth
from transforms.formula import Column
from transforms.rates.book import NoRate
from transforms.reference import UNKNOWN
from transforms.shredded import Rows

MID_2024 = date(2024, 6, 30)
"""The day whose age decides who keeps the Flemish reduction for older workers."""
NO_REGIME = "the weekly working time of the occupation is 0"
NO_TIME = "the hours of a part-time occupation of the worker are not declared"
BEFORE = "a reduction that goes first is not computed: what it leaves is not known"
NO_PAID_TIME = "no paid day or hour in the occupation: the reference wage cannot be computed"
NO_AGE = "the birth date is not in the INSS"
PREMIUM = "whether a third party pays the year-end premium is not known (table of employers)"
NO_START = "the start of the right is not declared"


def reduction(
    payroll: Payroll, name: str, code: str, case: str | None, doubtful: "Sequence[Doubtful]" = ()
) -> Iterator[Claim]:
    """Claims for the declared lines of a deduction code that count, by structural category.

    ``case`` is the case of the code in the rules of the family, joined with the category;
    ``doubtful`` are more conditions, by line, under which nothing is computed.
    """
    lines = payroll.standing.open(payroll.lines.of(BLOCK, [code]))
    if not len(lines):
        return
    occupation = payroll.lines.occupation[lines]
    record = payroll.lines.record[lines]
    doubts = _doubts(payroll, lines)
    for where, reason in doubtful:
        doubts.add(where[lines], reason)
    for number, category in enumerate(CATEGORIES):
        at = np.flatnonzero(payroll.category[record] == number)
        full_case = f"{case}+{category}" if case else category
        if len(at):
            yield _claim(payroll, name, full_case, lines[at], doubts.of(at))
    rest = np.flatnonzero(payroll.category[record] < 0)
    yield Claim(name, lines[rest], record[rest], doubts.of(rest), occupation=occupation[rest])


Doubtful = tuple[Truth, str]
"""Lines (by row of the declared lines) about which something is not known, and what."""


def _claim(payroll: Payroll, name: str, case: str, lines: Rows, doubts: Doubts) -> Claim:
    occupation, record = payroll.lines.occupation[lines], payroll.lines.record[lines]
    try:
        formula = family(name).apply(case, payroll.quarter, payroll.book)
    except NoRate as missing:
        doubts.add(True, str(missing))
        return Claim(name, lines, record, doubts, occupation=occupation)
    wanted = {i.name for i in formula.inputs}
    doubts.add(payroll.open_ceiling[occupation] & ("granted" in wanted), BEFORE)
    inputs = {k: v for k, v in inputs_of(payroll, lines).items() if k in wanted}
    return Claim(name, lines, record, doubts, formula, inputs, occupation)


def inputs_of(payroll: Payroll, lines: Rows) -> Mapping[str, Column]:
    """Everything that a reduction may look at, for each line."""
    occupation, record = payroll.lines.occupation[lines], payroll.lines.record[lines]
    by_occupation = {
        "pay": payroll.pay("remuneration_reference"),
        "basis": payroll.basis,
        "granted": payroll.granted,
        "worked": payroll.worked,
        "counted": payroll.counted,
        "week": payroll.week,
        "mu_glob": payroll.mu_glob,
    }
    agency = payroll.agency[occupation].astype(np.int64)
    first, fourth = payroll.quarter.number == 1, payroll.quarter.number == 4
    return picked(by_occupation, occupation) | {
        "third_party": np.maximum(_third_party(payroll)[record], 0) * fourth,
        "agency": agency * first,
        "raised": agency * first | np.full(len(lines), int(fourth)),
        "age": payroll.ages[record],
        "age_mid_2024": payroll.ages_on(MID_2024)[record],
        "quarters": quarters_of_right(payroll, lines),
    }


def _doubts(payroll: Payroll, lines: Rows) -> Doubts:
    occupation, record = payroll.lines.occupation[lines], payroll.lines.record[lines]
    doubts = Doubts.none(len(lines))
    payroll.uncovered(record, doubts)
    doubts.add(payroll.week[occupation] == 0, NO_REGIME)
    doubts.add(payroll.performance_unknown[occupation], NO_TIME)
    return doubts


def by_line(payroll: Payroll, where: Truth, of: str) -> Truth:
    """A condition on occupations or records as one on declared lines."""
    rows = payroll.lines.occupation if of == "occupation" else payroll.lines.record
    return np.append(where, False)[rows]


def reference_wage_unknown(payroll: Payroll) -> list[Doubtful]:
    """What stands in the way of S, the reference quarterly wage."""
    unknown_premium = _third_party(payroll) == UNKNOWN
    fourth = payroll.quarter.number == 4
    return [
        (by_line(payroll, payroll.worked == 0, "occupation"), NO_PAID_TIME),
        (by_line(payroll, unknown_premium & fourth, "record"), PREMIUM),
    ]


def _third_party(payroll: Payroll) -> Rows:
    return payroll.employer_fact(payroll.reference.third_party_premium)


def about_starts(payroll: Payroll, conditions: "Sequence[Doubtful]") -> "list[Doubtful]":
    """Conditions on the rows of all deductions of occupations as ones on declared lines."""
    lines = payroll.lines.of(BLOCK)
    everywhere = []
    for where, reason in conditions:
        found = np.zeros(payroll.lines.table.num_rows, dtype=np.bool_)
        found[lines] = where
        everywhere.append((found, reason))
    return everywhere
