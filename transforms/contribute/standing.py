"""What is certain about declared deductions before any of them is computed.

Some are excluded (``exclusions.yaml``): they are due as 0, and take nothing from what is left for
the others. Of those that are not, one structural and one target-group reduction count for an
occupation, and one work bonus for a worker record: the first that asks for an amount, or the first
where none does. What stands behind it is due as 0 when that one is computed; while that one is
open, so is what stands behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from transforms.contribute.claim import Claim, Doubts
from transforms.contribute.exclusions import Excluded, excluded
from transforms.contribute.lines import ABSENT
from transforms.contribute.rights import BLOCK, quarters_of_right, right_starts
from transforms.contribute.rules import EXCLUDED, family
from transforms.exact import Truth
from transforms.formula import Column
from transforms.reference import UNKNOWN
from transforms.shredded import Rows

if TYPE_CHECKING:
    from transforms.contribute.payroll import Payroll

STRUCTURAL, WORK_BONUS = "3000", "0001"
SECOND_TARGET_GROUP = (
    "an employer chooses one target-group reduction, and the first is not computed"
)
REPEATED = "this deduction stands here already, and the first is not computed"
_REDUCTIONS = ("structural_reduction", "first_hires", "older_workers", "horeca", "lump_sums")
_BONUS = "work_bonus"
_NONE = -1


@dataclass(frozen=True, slots=True)
class Standing:
    """``excluded``: claims for what is; ``counts``: for each deduction line that is not excluded
    the line that counts in its place (itself or another), -1 for all other lines."""

    excluded: tuple[Claim, ...]
    counts: Rows

    def open(self, lines: Rows) -> Rows:
        """Those of the lines that count."""
        return np.asarray(lines[self.counts[lines] == lines], dtype=np.int64)


def standing(payroll: "Payroll") -> Standing:
    """How the declared deductions stand to each other and to what is excluded."""
    counts = np.full(payroll.lines.table.num_rows, _NONE)
    lines = payroll.lines.of(BLOCK)
    claims, out = [], np.zeros(len(lines), dtype=np.bool_)
    for at, found in _excluded(payroll, lines):
        out[at[found.at]] = True
        claims.append(found.claim(lines[at], payroll.lines.record[lines[at]]))
    reductions, bonus = lines[~out], payroll.lines.of("worker_deduction", [WORK_BONUS])
    structural = payroll.lines.code[reductions].among({STRUCTURAL})
    counts[reductions] = _counting(
        payroll, reductions, payroll.lines.occupation[reductions] * 2 + structural
    )
    counts[bonus] = _counting(payroll, bonus, payroll.lines.record[bonus])
    return Standing(tuple(claims), counts)


def behind(payroll: "Payroll", computed: Truth) -> Iterator[Claim]:
    """Claims for what stands behind a line that counts; ``computed``: by declared line."""
    counts, code = payroll.standing.counts, payroll.lines.code
    lines = np.flatnonzero((counts != _NONE) & (counts != np.arange(len(counts))))
    same = np.asarray(code.texts_of(lines) == code.texts_of(counts[lines]), dtype=np.bool_)
    for name in (*_REDUCTIONS, _BONUS):
        own = code[lines].among(set(codes_of(name)))
        for repeats in (True, False):
            at = lines[own & (same == repeats)]
            if len(at):
                settled = computed[counts[at]]
                yield _settled(payroll, name, at[settled], repeats)
                yield _unsettled(payroll, name, at[~settled], repeats)


def codes_of(name: str) -> tuple[str, ...]:
    """The deduction codes of a family."""
    if name == "structural_reduction":
        return (STRUCTURAL,)
    return (WORK_BONUS,) if name == _BONUS else tuple(family(name).cases)


def _excluded(payroll: "Payroll", lines: Rows) -> Iterator[tuple[Rows, Excluded]]:
    """What the rules exclude of the reductions of occupations, with the places of the lines of
    the family among all lines."""
    facts, starts = _facts(payroll, lines), right_starts(payroll, lines)
    codes = payroll.lines.code[lines]
    for name in _REDUCTIONS:
        at = np.flatnonzero(codes.among(set(codes_of(name))))
        if not len(at):
            continue
        own = {fact: column[at] for fact, column in facts.items()}
        quarter, book = payroll.quarter, payroll.book
        for found in excluded(name, quarter, book, codes[at], own, starts[at]):
            if len(found.at):
                yield at, found


def _facts(payroll: "Payroll", lines: Rows) -> Mapping[str, Column]:
    occupation, record = payroll.lines.occupation[lines], payroll.lines.record[lines]
    category = payroll.category[record].astype(np.int64)
    headcount = payroll.employer_fact(payroll.reference.headcount)[record]
    quarters = quarters_of_right(payroll, lines)
    unknown = np.isnat(right_starts(payroll, lines))
    return {
        "excluding": payroll.excluded[occupation].astype(np.int64),
        "part_time": payroll.part_time[occupation].astype(np.int64),
        "of_horeca": payroll.of_horeca[occupation].astype(np.int64),
        "category": np.where(category < 0, ABSENT, np.minimum(category + 1, 3)),
        "headcount": np.where(headcount == UNKNOWN, ABSENT, headcount),
        "quarters": np.where(unknown, ABSENT, quarters),
    }


def _counting(payroll: "Payroll", lines: Rows, place: Rows) -> Rows:
    """The line that counts in the place of each line."""
    asks = payroll.lines.cents("declared_amount", lines) > 0
    order = np.lexsort((~asks, place))[::-1]
    first = np.full(int(place.max(initial=_NONE)) + 1, _NONE)
    first[place[order]] = lines[order]
    return first[place]


def _settled(payroll: "Payroll", name: str, lines: Rows, repeats: bool) -> Claim:
    case, asked = ("repeated", "repeats") if repeats else ("second_target_group", "follows")
    formula = family(name).apply(EXCLUDED + case, payroll.quarter, payroll.book)
    found = Excluded(formula, np.arange(len(lines)), {asked: np.ones(len(lines), dtype=np.int64)})
    return found.claim(lines, payroll.lines.record[lines])


def _unsettled(payroll: "Payroll", name: str, lines: Rows, repeats: bool) -> Claim:
    doubts = Doubts.none(len(lines))
    doubts.add(True, REPEATED if repeats else SECOND_TARGET_GROUP)
    return Claim(name, lines, payroll.lines.record[lines], doubts)
