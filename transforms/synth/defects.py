"""What can be wrong in a declaration, on purpose: one table, each defect a small change.

A defect of a *form* changes that form: its text (``damage``) or its amounts (``wrong``). A defect
of a *file* concerns the document around it: with several forms in a file all of them share its
fate. A form gets one defect at most. Shares count the forms that lend themselves to a defect: where
it cannot be applied (two persons are needed and there is one), there is none. ``WRONG_AMOUNTS``
stand in for each other: where the one that was drawn cannot be applied, another of those asked for
is, so that their shares together are of all forms with a computed line.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from transforms.synth.damage import (
    Change,
    attribute,
    bad_date,
    bad_enumeration,
    bad_inss_check_digit,
    bad_number,
    duplicate_declaration,
    duplicate_person,
    empty_numeric,
    missing_mandatory,
    not_well_formed,
    out_of_range,
    truncated_form,
    unknown_element,
    wrong_net_amount,
    wrong_order,
    wrong_quarter,
)
from transforms.synth.wrong import (
    Falsify,
    another_amount,
    another_basis,
    missing_line,
    negative_class,
    repeated,
)

_CONTRIBUTION, _DEDUCTION = "00085-044", "00089-044"
"""Official codes of a contribution and of a deduction that differ when recomputed."""


@dataclass(frozen=True, slots=True)
class Defect:
    """``level`` says what refuses it: ``syntax``, ``schema``, ``rules`` or ``file``.

    ``code`` is the official anomaly that the receiver would answer with, where one is known:
    zone or block and suffix for rules, suffix of the acknowledgement of the file otherwise.
    ``change`` is to the text, ``falsify`` to the amounts. ``copies``: how often the form is sent.
    """

    name: str
    level: str
    code: str | None
    meaning: str
    change: Change | None = None
    falsify: Falsify | None = None
    copies: int = 1


DEFECTS = (
    Defect("not-well-formed", "syntax", "102", "an end tag is missing", not_well_formed),
    Defect("truncated-form", "syntax", "102", "the form stops in a tag", truncated_form),
    Defect("unknown-element", "schema", "312", "an element no schema has", unknown_element),
    Defect("missing-mandatory", "schema", "312", "CompanyID is missing", missing_mandatory),
    Defect("wrong-order", "schema", "312", "CompanyID stands before Trusteeship", wrong_order),
    Defect("bad-date", "schema", "312", "a date is 30 February", bad_date),
    Defect("bad-number", "schema", "312", "an amount has a decimal comma", bad_number),
    Defect("out-of-range", "schema", "312", "a code of 0 or 1 is 7", out_of_range),
    Defect(
        "bad-enumeration", "schema", "312", "a code of the form is not in its list", bad_enumeration
    ),
    Defect("empty-numeric", "schema", "312", "a mandatory number is empty", empty_numeric),
    Defect("attribute", "schema", "312", "an element carries an attribute", attribute),
    Defect("doctype", "file", None, "a document type with an entity"),
    Defect("bad-encoding", "file", "138", "a byte that is not UTF-8"),
    Defect("wrong-root", "file", "312", "the root element is another one"),
    Defect("wrong-quarter", "rules", None, "the quarter before is declared", wrong_quarter),
    Defect(
        "duplicate-declaration",
        "rules",
        "90007-006",
        "the same employer and quarter twice",
        duplicate_declaration,
        copies=2,
    ),
    Defect(
        "bad-inss-check-digit",
        "rules",
        "00024-004",
        "an INSS with wrong check digits",
        bad_inss_check_digit,
    ),
    Defect("duplicate-person", "rules", "90017-006", "two persons with one INSS", duplicate_person),
    Defect(
        "wrong-net-amount", "rules", "00015-007", "the net amount is too high", wrong_net_amount
    ),
    Defect(
        "wrong-contribution",
        "rules",
        _CONTRIBUTION,
        "an ordinary line is too high",
        falsify=another_amount("ordinary"),
    ),
    Defect(
        "wrong-basis",
        "rules",
        "00084-044",
        "the basis of an ordinary line is too high",
        falsify=another_basis,
    ),
    Defect(
        "wrong-employer-line",
        "rules",
        _CONTRIBUTION,
        "a line beside the ordinary one is too high",
        falsify=another_amount("employer_lines"),
    ),
    Defect(
        "wrong-special-contribution",
        "rules",
        _CONTRIBUTION,
        "a special contribution for social security is too high",
        falsify=another_amount("special_contribution"),
    ),
    Defect(
        "wrong-student",
        "rules",
        "00077-044",
        "the contribution of a student is too high",
        falsify=another_amount("students"),
    ),
    Defect(
        "wrong-structural-reduction",
        "rules",
        _DEDUCTION,
        "a structural reduction is too high",
        falsify=another_amount("structural_reduction"),
    ),
    Defect(
        "wrong-target-group",
        "rules",
        _DEDUCTION,
        "a target-group reduction is too high",
        falsify=another_amount("first_hires", "older_workers", "horeca"),
    ),
    Defect(
        "repeated-deduction",
        "rules",
        _DEDUCTION,
        "a deduction is declared twice",
        falsify=repeated("structural_reduction", "first_hires", "older_workers", "work_bonus"),
    ),
    Defect(
        "wrong-work-bonus",
        "rules",
        _DEDUCTION,
        "a work bonus is too high",
        falsify=another_amount("work_bonus"),
    ),
    Defect(
        "wrong-unrelated",
        "rules",
        "00022-044",
        "a contribution not tied to a person is too high",
        falsify=another_amount("company_cars", "unrelated"),
    ),
    Defect(
        "missing-ordinary-line",
        "rules",
        _CONTRIBUTION,
        "an ordinary line is not declared",
        falsify=missing_line,
    ),
    Defect(
        "negative-class",
        "rules",
        "00015-011",
        "deductions of an employer class are higher than its contributions",
        falsify=negative_class,
    ),
)
"""Everything that can be wrong, in the order in which shares are laid out."""

BY_NAME = {defect.name: defect for defect in DEFECTS}

AGAINST_SCHEMA = tuple(defect for defect in DEFECTS if defect.level == "schema")
WRONG_AMOUNTS = tuple(defect for defect in DEFECTS if defect.falsify is not None)


def chosen(shares: Mapping[str, float], draw: float) -> Defect | None:
    """The defect of the form with this ``draw``, uniform in 0..1; ``None``: it stays sound."""
    for defect in DEFECTS:
        draw -= shares.get(defect.name, 0.0)
        if draw < 0:
            return defect
    return None


def instead(shares: Mapping[str, float], defect: Defect, draw: float) -> list[Defect]:
    """What is tried in turn: a defect, and for a wrong amount the others that are asked for, from
    one of them on by ``draw``, uniform in 0..1."""
    if defect.falsify is None:
        return [defect]
    others = [one for one in WRONG_AMOUNTS if shares.get(one.name) and one is not defect]
    start = int(draw * len(others))
    return [defect, *others[start:], *others[:start]]


class Named(Protocol):
    """A defect of any table."""

    @property
    def name(self) -> str: ...


def spread(share: float, among: Iterable[Named]) -> dict[str, float]:
    """A share of forms, evenly over some defects."""
    names = [defect.name for defect in among]
    return {name: share / len(names) for name in names}
