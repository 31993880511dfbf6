"""Contributions of small documents, as rows that are checked for what holds of every row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

import pyarrow as pa
from declared import Q1_2023, document, form, outcome, person, record, shredded_outcomes

from schemas.core import CONTRIBUTION
from schemas.quarter import Quarter
from transforms.contribute import contribute
from transforms.contribute.written import definition, formula_named, read
from transforms.formula import Formula
from transforms.rates.book import Confidence, Overlay, RateBook, Value, rate_book
from transforms.reference import EMPLOYERS, NOTHING, VEHICLES, WORKERS, Reference

Row = dict[str, Any]
CODES = {
    "worker_contribution": "00085-044",
    "student_contribution": "00077-044",
    "dismissed_statutory_worker_contribution": "00072-044",
    "compl_indemnity_contribution": "00085-044",
    "contribution_unrelated_to_np": "00022-044",
    "worker_deduction": "00089-044",
    "occupation_deduction": "00089-044",
}
"""The official code of an amount that differs, by block."""


def rows(
    data: bytes,
    quarter: Quarter = Q1_2023,
    reference: Reference = NOTHING,
    tolerance: int = 0,
    book: RateBook | None = None,
) -> list[Row]:
    valid = outcome(data)
    assert valid.accepted, valid.codes()
    book = book or rate_book()
    table = contribute(shredded_outcomes(valid), quarter, book, reference, tolerance)
    assert table.schema == CONTRIBUTION.inside
    found: list[Row] = table.to_pylist()
    for row in found:
        check(row, tolerance, book)
    return found


def the_row(
    data: bytes,
    quarter: Quarter = Q1_2023,
    reference: Reference = NOTHING,
    tolerance: int = 0,
    book: RateBook | None = None,
) -> Row:
    (row,) = rows(data, quarter, reference, tolerance, book)
    return row


def of(found: Iterable[Row], code: str) -> list[Row]:
    return [row for row in found if row["code"] == code]


def amounts(found: Iterable[Row], code: str | None = None) -> list[int | None]:
    """Computed amounts in document order, of one code or of all lines."""
    return [row["computed_amount"] for row in found if code in (None, row["code"])]


def one_record(*content: str, code: str = "495", employer_class: str = "000") -> bytes:
    return document(form(person(record(*content, code=code, employer_class=employer_class))))


# --- what holds of every row ---------------------------------------------------------------------


def check(row: Row, tolerance: int, book: RateBook) -> None:
    if row["outcome"] == "not computed":
        _check_open(row)
        return
    formula = replayable(row["formula"], book)
    assert formula.amount(row["inputs"]) * 100 == row["computed_amount"], row
    assert (formula.family, row["reason"] == "not declared") == (row["family"], row["seq"] is None)
    if row["seq"] is None:
        assert (row["outcome"], row["declared_amount"]) == ("different", None)
        assert row["difference"] == -row["computed_amount"] < 0
        assert row["anomaly"] == ("00085-044" if row["computed_amount"] > tolerance else None)
        return
    assert row["reason"] is None
    same_base = row["computed_base"] in (None, row["declared_base"])
    same = same_base and row["difference"] == 0
    assert row["outcome"] == ("equal" if same else "different"), row
    assert row["anomaly"] == _anomaly(row, tolerance), row
    if row["declared_amount"] is not None:
        assert row["difference"] == row["declared_amount"] - row["computed_amount"]


def _check_open(row: Row) -> None:
    computed = ("computed_base", "computed_amount", "difference", "rate", "confidence", "formula")
    assert {row[name] for name in (*computed, "inputs", "anomaly")} == {None}, row
    assert row["reason"]
    assert row["seq"] is not None


def _anomaly(row: Row, tolerance: int) -> str | None:
    declared, computed = row["declared_base"], row["computed_base"]
    if computed is not None and (declared is None or abs(declared - computed) > tolerance):
        return "00084-044"
    beyond = row["difference"] is None or abs(row["difference"]) > tolerance
    return CODES[row["source_block"]] if beyond else None


@cache
def _replayable(name: str, fingerprint: str) -> Formula:
    formula = formula_named(name, _BOOKS[fingerprint])
    kept = {
        "formula": formula.id,
        "family": formula.family,
        "case": formula.case,
        "title": formula.title,
        "reference": formula.reference,
        "confidence": formula.confidence.name,
        "definition": definition(formula),
    }
    again = read(kept)
    assert again == formula
    return again


_BOOKS: dict[str, RateBook] = {}


def replayable(name: str, book: RateBook) -> Formula:
    """The formula of a row as it comes back from the lake."""
    _BOOKS[book.fingerprint] = book
    return _replayable(name, book.fingerprint)


# --- what else is known --------------------------------------------------------------------------


def reference(
    households: Mapping[str, str] | None = None,
    employers: Sequence[Mapping[str, Any]] = (),
    vehicles: Sequence[Mapping[str, Any]] = (),
) -> Reference:
    """Households by INSS; employers and vehicles as rows, absent columns unknown."""
    people = [{"inss": inss, "household": h} for inss, h in (households or {}).items()]
    return Reference(
        pa.Table.from_pylist(people, WORKERS),
        pa.Table.from_pylist([dict(one) for one in employers], EMPLOYERS),
        pa.Table.from_pylist([dict(one) for one in vehicles], VEHICLES),
    )


EMPLOYER = "112367321"
"""The employer of ``declared.form`` as tables have it."""


def employer(**facts: Any) -> Reference:
    return reference(employers=[{"employer": EMPLOYER, **facts}])


def supposing(first: date, last: date, **values: str) -> RateBook:
    """The shipped book with other numbers from ``first`` to ``last``."""
    laid = {
        name: (Value(first, last, Decimal(value), Confidence.derived, "supposed by a test"),)
        for name, value in values.items()
    }
    return rate_book().overlaid(Overlay("a test", laid, repr((first, last, values))))


# --- numbers -------------------------------------------------------------------------------------


def half_up(value: Fraction, unit: Fraction | str = "0.01") -> Fraction:
    """In whole multiples of ``unit``, half away from zero."""
    of_unit = Fraction(unit)
    size = int(abs(value) / of_unit + Fraction(1, 2))
    return of_unit * (size if value >= 0 else -size)


def cents(value: Fraction) -> int:
    """A whole number of cents; half a cent goes up."""
    return int(half_up(value) * 100)


def euro(amount: int) -> Fraction:
    return Fraction(amount, 100)
