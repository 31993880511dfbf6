"""Functional checks of accepted forms: what is wrong although the schema allows it.

``CHECKS`` is the table of contents, in the order of the findings. A check is one function over the
block tables that returns the rows in question; its docstring opens with the official code. What
they find are anomalies: they are told (``ops.finding``), they refuse nothing yet. Which of them are
blocking is their severity; whether a rule is documented or derived travels with each finding.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.ops import FINDING
from transforms.check.identifiers import (
    enterprise_check_digits,
    inss_check_digits,
    nsso_check_digits,
)
from transforms.check.sums import class_balance_negative, net_amount_differs
from transforms.check.uniqueness import repeated_person, repeated_worker_record
from transforms.shredded import Rows, Shredded


@dataclass(frozen=True, slots=True)
class Check:
    """``code``: official anomaly; ``table`` whose rows ``find`` returns; ``column``: the value to
    show; ``certainty``: documented, or derived by us from documented facts; ``whole``: whether it
    needs the whole declaration, while others need no more than one person."""

    code: str
    severity: str
    certainty: str
    table: str
    column: str | None
    message: str
    find: Callable[[Shredded], Rows]
    whole: bool = False


CHECKS = (
    Check(
        "00015-007",
        "B",
        "documented",
        "employer_declaration",
        "net_owed_amount",
        "NetOwedAmount is not the sum of the declared contributions less the deductions (cents)",
        net_amount_differs,
        whole=True,
    ),
    Check(
        "00015-011",
        "B",
        "documented",
        "employer_declaration",
        "net_owed_amount",
        "for an employer class the deductions exceed the contributions (core.class_balance)",
        class_balance_negative,
        whole=True,
    ),
    Check(
        "00011-004",
        "B",
        "derived",
        "employer_declaration",
        "noss_registration_nbr",
        "the check digits of NOSSRegistrationNbr do not fit",
        nsso_check_digits,
    ),
    Check(
        "00014-004",
        "B",
        "derived",
        "employer_declaration",
        "company_id",
        "the check digits of CompanyID do not fit",
        enterprise_check_digits,
    ),
    Check(
        "00024-004",
        "B",
        "derived",
        "natural_person",
        "inss",
        "the check digits of INSS do not fit",
        inss_check_digits,
    ),
    Check(
        "90017-006",
        "B",
        "documented",
        "natural_person",
        "inss",
        "this person stands in the declaration already",
        repeated_person,
        whole=True,
    ),
    Check(
        "90012-006",
        "B",
        "documented",
        "worker_record",
        "worker_code",
        "this person has a worker record of the same class and code already",
        repeated_worker_record,
    ),
)


def check(shredded: Shredded, checks: Sequence[Check] = CHECKS) -> pa.Table:
    """Rows of ``ops.finding`` without a run, check by check, each in document order."""
    return pa.concat_tables([_found(shredded, one) for one in checks])


def _found(shredded: Shredded, one: Check) -> pa.Table:
    rows = shredded.tables[one.table].take(pa.array(one.find(shredded)))
    zone, _, suffix = one.code.partition("-")
    said = {
        "code": one.code,
        "suffix": suffix,
        "severity": one.severity,
        "certainty": one.certainty,
        "zone": zone,
        "message": one.message,
    }
    columns = {name: pa.array([text] * rows.num_rows, pa.string()) for name, text in said.items()}
    columns |= {name: rows.column(name) for name in ("file_id", "form_no", "line")}
    if one.column is not None:
        columns["value"] = pc.cast(rows.column(one.column), pa.string())
    schema = FINDING.inside
    return pa.table(
        [columns.get(f.name, pa.nulls(rows.num_rows, f.type)) for f in schema], schema=schema
    )
