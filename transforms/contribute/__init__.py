"""Contributions: what is declared beside what the rules give.

``FAMILIES`` is the table of contents: each family is one file with its data beside it, and they
are applied in this order. A declared line that no family answers for is "not computed", never
equal.
"""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import CONTRIBUTION
from schemas.quarter import Quarter
from transforms.contribute.expected import Expected
from transforms.contribute.lines import Lines, declared_lines
from transforms.contribute.ordinary import ordinary
from transforms.contribute.schemes import ordinary_rules
from transforms.rates.book import RateBook
from transforms.shredded import Shredded

Family = Callable[[Shredded, Lines, Quarter, RateBook], Iterator[Expected]]

FAMILIES: tuple[Family, ...] = (ordinary,)

EQUAL, DIFFERENT, NOT_COMPUTED = "equal", "different", "not computed"
NO_FAMILY = "no contribution family computes this line yet"
RATE_SCALE = 10**8


def rules_fingerprint(book: RateBook) -> str:
    """Changes when anything that a computed amount rests on does."""
    parts = (book.fingerprint, ordinary_rules().fingerprint)
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:16]


def contribute(shredded: Shredded, quarter: Quarter, book: RateBook) -> pa.Table:
    """Rows of ``core.contribution`` (inside types): every declared line, then every line that
    is due but was not declared."""
    lines = declared_lines(shredded)
    expectations = [e for family in FAMILIES for e in family(shredded, lines, quarter, book)]
    declared = _compared(lines, expectations)
    missing = [_not_declared(shredded, expected) for expected in expectations]
    return pa.concat_tables([declared, *missing])


def _compared(lines: Lines, expectations: list[Expected]) -> pa.Table:
    """The declared lines with what is expected of each."""
    answered = _Answers(lines.table.num_rows)
    for expected in expectations:
        answered.fill(expected)
    declared = lines.table
    same = pc.and_(
        pc.equal(declared.column("declared_amount"), answered.amount),
        pc.equal(declared.column("declared_base"), answered.base),
    )
    outcome = pc.if_else(
        pc.is_valid(answered.amount),
        pc.if_else(pc.fill_null(same, False), EQUAL, DIFFERENT),
        NOT_COMPUTED,
    )
    return _assembled(
        {name: declared.column(name) for name in declared.column_names}
        | answered.columns
        | {
            "outcome": outcome,
            "reason": _reasons(declared, answered),
            "difference": pc.subtract(declared.column("declared_amount"), answered.amount),
        },
        declared.num_rows,
    )


def _reasons(declared: pa.Table, answered: "_Answers") -> pa.Array:
    """The recomputation anomaly where a line differs, or why nothing was computed."""
    base_differs = pc.not_equal(declared.column("declared_base"), answered.base)
    anomaly = pc.if_else(pc.fill_null(base_differs, True), "00084-044", "00085-044")
    amount_differs = pc.not_equal(declared.column("declared_amount"), answered.amount)
    differs = pc.or_(pc.fill_null(base_differs, True), pc.fill_null(amount_differs, True))
    computed = pc.is_valid(answered.amount)
    nothing = pa.scalar(None, pa.string())
    return pc.if_else(
        computed,
        pc.if_else(differs, anomaly, nothing),
        pc.coalesce(answered.reason, pa.scalar(NO_FAMILY)),
    )


class _Answers:
    """Expectations laid out over the declared lines; null where nothing is expected."""

    def __init__(self, lines: int) -> None:
        self._lines = lines
        self.base = pa.nulls(lines, pa.int64())
        self.amount = pa.nulls(lines, pa.int64())
        self.rate = pa.nulls(lines, pa.int64())
        self.family = pa.nulls(lines, pa.string())
        self.confidence = pa.nulls(lines, pa.string())
        self.reason = pa.nulls(lines, pa.string())

    @property
    def columns(self) -> dict[str, pa.Array]:
        return {
            "computed_base": self.base,
            "computed_amount": self.amount,
            "rate": self.rate,
            "family": self.family,
            "confidence": self.confidence,
        }

    def fill(self, expected: Expected) -> None:
        """Puts the entries that answer a declared line where that line stands."""
        entry = np.full(self._lines, -1)
        answered = expected.line >= 0
        entry[expected.line[answered]] = np.flatnonzero(answered)
        at = pa.array(entry, mask=entry < 0)
        known = pc.is_null(expected.reason)
        nothing = pa.scalar(None, pa.int64())
        for name, values in (
            ("base", pc.if_else(known, pa.array(expected.base), nothing)),
            ("amount", pc.if_else(known, pa.array(expected.amount), nothing)),
            ("rate", pc.if_else(known, _rate(expected), nothing)),
            ("family", pa.array([expected.family] * len(expected.record), pa.string())),
            ("confidence", pc.if_else(known, expected.confidence, pa.scalar(None, pa.string()))),
            ("reason", expected.reason),
        ):
            setattr(self, name, pc.coalesce(values.take(at), getattr(self, name)))


def _rate(expected: Expected) -> pa.Scalar:
    return pa.scalar(int(expected.rate * RATE_SCALE) if expected.rate else None, pa.int64())


def _not_declared(shredded: Shredded, expected: Expected) -> pa.Table:
    """Lines that are due (amount above zero) although nothing is declared."""
    due = (expected.line < 0) & (expected.amount > 0) & np.asarray(pc.is_null(expected.reason))
    rows = np.flatnonzero(due)
    records = shredded.tables["worker_record"].take(pa.array(expected.record[rows]))
    amount = pa.array(expected.amount[rows])
    inherited = ("quarter", "employer", "inss", "employer_class", "worker_code")
    columns = {name: records.column(name) for name in (*inherited, "file_id", "form_no", "line")}
    return _assembled(
        columns
        | {
            "source_block": _text("worker_contribution", len(rows)),
            "code": records.column("worker_code"),
            "type": _text(expected.type, len(rows)),
            "sign": pa.array(np.ones(len(rows), dtype=np.int64)),
            "family": _text(expected.family, len(rows)),
            "computed_base": pa.array(expected.base[rows]),
            "computed_amount": amount,
            "difference": pc.negate(amount),
            "rate": pa.array([_rate(expected).as_py()] * len(rows), pa.int64()),
            "confidence": expected.confidence.take(pa.array(rows)),
            "outcome": _text(DIFFERENT, len(rows)),
            "reason": _text("not declared", len(rows)),
        },
        len(rows),
    )


def _text(value: str, length: int) -> pa.Array:
    return pa.array([value] * length, pa.string())


def _assembled(columns: dict[str, pa.Array], rows: int) -> pa.Table:
    schema = CONTRIBUTION.inside
    arrays = [columns.get(f.name, pa.nulls(rows, f.type)) for f in schema]
    return pa.table(arrays, schema=schema)
