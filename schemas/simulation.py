"""Tables of a simulation: the same declared quarter by two rate books (no tables of a lake).

``base`` is the book of today, ``variant`` the same book with an overlay laid over it.
"""

import pyarrow as pa

from schemas.core import PLACE, RELATION_KEY
from schemas.tables import Column, Table, euro, text, whole

BREAKDOWNS = {
    "family": "Contribution family",
    "sector": "First three digits of the joint committee of the record's first occupation, or none",
    "employer_size": "Number of persons in the declaration",
    "wage_band": "Gross pay of the relation in the quarter (euro), or none",
}
"""What totals are broken down by, in this order; columns of ``LINES``."""

BOTH, BASE_ONLY, VARIANT_ONLY, NEITHER = "both", "base only", "variant only", "neither"
"""In which of the two a line was computed."""


def _inputs(name: str, comment: str) -> Column:
    return Column(name, pa.list_(pa.int64()), pa.list_(pa.int64()), comment)


LINES = Table(
    "simulation",
    "lines",
    "Every line with what both books give; with the formulas each amount can be replayed",
    (
        *RELATION_KEY,
        text("source_block", "Block of the message that declares the amount"),
        text("code", "Contribution, deduction, unrelated or compensation code"),
        text("type", "Contribution type (zone 00083), null where the block has none"),
        whole("sign", "1 adds to the net amount, -1 lowers it"),
        text("computed", "In which run it was computed: both, base only, variant only, neither"),
        euro("declared_amount", "Declared amount, unsigned; null: due by the rules, not declared"),
        euro("base_amount", "Amount by the book of today, unsigned; null when not computed"),
        euro("variant_amount", "Amount by the overlaid book, unsigned; null when not computed"),
        euro("change", "Change of the net amount: sign times variant less base"),
        text("base_confidence", "Weakest mark of what the base amount rests on"),
        text("variant_confidence", "Weakest mark of what the variant amount rests on"),
        text("base_reason", "Why there is no base amount"),
        text("variant_reason", "Why there is no variant amount"),
        text("base_formula", "Rule of the base amount: a row of formulas"),
        _inputs("base_inputs", "What that formula was given, in its order"),
        text("variant_formula", "Rule of the variant amount: a row of formulas"),
        _inputs("variant_inputs", "What that formula was given, in its order"),
        *(text(name, comment) for name, comment in BREAKDOWNS.items()),
        *PLACE,
        whole("seq", "Number of the declaring block in its form; null when not declared"),
    ),
)

_SUPPRESSED = Column(
    "suppressed", pa.bool_(), pa.bool_(), "Whether figures are left out, so that none is of a few"
)


def _counted(table: str, comment: str, *named: Column) -> Table:
    """A table of figures over lines; ``named``: what its rows are about."""
    return Table(
        "simulation",
        table,
        comment,
        (
            *named,
            whole("lines", "Lines"),
            whole("persons", "Distinct persons with such a line"),
            whole("employers", "Distinct employers with such a line"),
            whole("changed", "Persons (employers where lines have no person) with a change"),
            euro("base", "By the book of today, deductions below zero"),
            euro("variant", "By the overlaid book, deductions below zero"),
            euro("change", "Variant less base"),
            _SUPPRESSED,
        ),
    )


def breakdown(name: str) -> Table:
    """The table of totals by one of ``BREAKDOWNS``."""
    comment = f"Lines computed by both books, by {name}"
    return _counted(name, comment, text(name, BREAKDOWNS[name]))


TOTALS = _counted("totals", "All lines computed by both books")

APART = Table(
    "simulation",
    "apart",
    "Lines that are in no total, since one of the books or both do not compute them",
    (
        text("family", "Contribution family, null when none computes such lines"),
        text("computed", "base only, variant only or neither"),
        text("reason", "Why it was not computed"),
        whole("lines", "Lines"),
        whole("persons", "Distinct persons with such a line"),
        whole("employers", "Distinct employers with such a line"),
        euro("declared", "Declared, deductions below zero"),
        euro("base", "By the book of today; null when not computed"),
        euro("variant", "By the overlaid book; null when not computed"),
        _SUPPRESSED,
    ),
)

MOVES = Table(
    "simulation",
    "moves",
    "Whose total rises, falls or stays, over the lines computed by both books",
    (
        text("who", "persons or employers"),
        text("move", "rises, falls or stays: what is due for them in all"),
        whole("count", "How many"),
        euro("change", "Sum of their changes"),
        euro("largest", "Largest change among them"),
        _SUPPRESSED,
    ),
)
