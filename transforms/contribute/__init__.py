"""Contributions: what is declared beside what the rules give.

``FAMILIES`` is the table of contents: each family is one Python file (which lines, whose pay) with
one YAML file beside it (what is computed, with which dated numbers, rounded how), and they are
applied in this order. A declared line that no family answers for, or for which something is not
known, is "not computed" with the reason: never zero, never equal. What the rules exclude with
certainty is not unknown: it is computed, as 0 (``exclusions.yaml``).
"""

import hashlib
from collections.abc import Callable, Iterator

import pyarrow as pa

from schemas.quarter import Quarter
from transforms.contribute import in_force
from transforms.contribute.claim import Claim
from transforms.contribute.codes import code_lists
from transforms.contribute.company_cars import company_cars
from transforms.contribute.compare import Answers, compared
from transforms.contribute.employer_lines import employer_lines
from transforms.contribute.first_hires import first_hires
from transforms.contribute.flexi_jobs import flexi_jobs
from transforms.contribute.horeca import horeca
from transforms.contribute.lines import declared_lines
from transforms.contribute.lump_sums import lump_sums
from transforms.contribute.older_workers import older_workers
from transforms.contribute.ordinary import ordinary
from transforms.contribute.payroll import Payroll
from transforms.contribute.per_worker import per_worker
from transforms.contribute.rules import family
from transforms.contribute.special_contribution import special_contribution
from transforms.contribute.standing import behind
from transforms.contribute.structural_reduction import structural_reduction
from transforms.contribute.students import students
from transforms.contribute.unrelated import unrelated
from transforms.contribute.work_bonus import work_bonus
from transforms.rates.book import RateBook
from transforms.reference import NOTHING, Reference
from transforms.shredded import Shredded

FAMILIES: tuple[tuple[str, Callable[[Payroll], Iterator[Claim]]], ...] = (
    ("ordinary", ordinary),
    ("flexi_jobs", flexi_jobs),
    ("students", students),
    ("employer_lines", employer_lines),
    ("special_contribution", special_contribution),
    ("per_worker", per_worker),
    ("structural_reduction", structural_reduction),
    ("first_hires", first_hires),
    ("older_workers", older_workers),
    ("horeca", horeca),
    ("lump_sums", lump_sums),
    ("work_bonus", work_bonus),
    ("company_cars", company_cars),
    ("unrelated", unrelated),
)
"""Name and function of each family. Reductions of employer contributions come in the order in which
each lowers what is left for the next."""


def rules_fingerprint(book: RateBook) -> str:
    """Changes when anything does that a computed amount, or a reason for none, rests on."""
    digest = hashlib.sha256(book.fingerprint.encode())
    digest.update(code_lists().content)
    digest.update(in_force.content())
    for name, _ in FAMILIES:
        digest.update(family(name).fingerprint.encode())
    return digest.hexdigest()[:16]


def contribute(
    shredded: Shredded,
    quarter: Quarter,
    book: RateBook,
    reference: Reference = NOTHING,
    tolerance: int = 0,
) -> pa.Table:
    """Rows of ``core.contribution`` (inside types): every declared line, then every ordinary and
    flexi line that is due but was not declared.

    ``tolerance``: cents that an amount or a basis may differ before its official anomaly is told;
    a line that differs by less is different all the same.
    """
    payroll = Payroll(shredded, declared_lines(shredded), quarter, book, reference)
    answers = Answers(payroll)
    for claim in payroll.standing.excluded:
        answers.add(claim)
    for _, claims in FAMILIES:
        for claim in claims(payroll):
            answers.add(claim)
    for claim in behind(payroll, answers.computed):
        answers.add(claim)
    return compared(payroll, answers, tolerance)
