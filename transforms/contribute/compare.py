"""Declared beside computed: lays what the families give over the declared lines."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.core import CONTRIBUTION
from transforms.contribute.claim import Claim
from transforms.contribute.evaluate import Evaluated, evaluated
from transforms.contribute.in_force import not_in_force
from transforms.contribute.lines import ABSENT, FILLED, SOURCES
from transforms.contribute.payroll import Payroll
from transforms.exact import Truth
from transforms.formula import Column
from transforms.rates.book import Confidence
from transforms.shredded import Rows

EQUAL, DIFFERENT, NOT_COMPUTED = "equal", "different", "not computed"
NO_FAMILY = "no contribution family computes this line yet"
NOT_DECLARED = "not declared"
BASE_DIFFERS = "00084-044"
"""Official code of a calculation basis that differs when recomputed."""
_NONE = -1


class Answers:
    """What the families give, claim after claim."""

    def __init__(self, payroll: Payroll) -> None:
        self._payroll = payroll
        self.parts: list[Evaluated] = []

    def add(self, claim: Claim) -> None:
        """Evaluates a claim; what it grants lowers what the next reductions may take."""
        if not claim.rows:
            return
        part = evaluated(claim)
        self.parts.append(part)
        if claim.occupation is not None:
            self._grant(part, claim.occupation)

    def _grant(self, part: Evaluated, occupation: Rows) -> None:
        """What a reduction takes; one that was not computed leaves open what is left."""
        absent = part.amount == ABSENT
        np.add.at(self._payroll.granted, occupation, np.where(absent, 0, part.amount))
        self._payroll.open_ceiling[occupation[absent]] = True

    @property
    def computed(self) -> Truth:
        """The declared lines that have an amount so far."""
        found = np.zeros(self._payroll.lines.table.num_rows, dtype=np.bool_)
        for part in self.parts:
            found[part.claim.line[(part.claim.line >= 0) & (part.amount != ABSENT)]] = True
        return found


@dataclass(frozen=True, slots=True)
class _Texts:
    """Texts of entries as numbers into few values; below 0 there is none. ``number`` has one
    entry more, for lines without an entry (-1)."""

    values: list[str]
    number: Rows

    @classmethod
    def repeated(cls, texts: list[tuple[str | None, int]]) -> "_Texts":
        """Each text so many times."""
        numbers = [at if text is not None else _NONE for at, (text, _) in enumerate(texts)]
        times = [rows for _, rows in texts]
        number = np.repeat([*numbers, _NONE], [*times, 1]).astype(np.int64)
        return cls([text or "" for text, _ in texts], number)

    @classmethod
    def reasons(cls, claims: list[Claim]) -> "_Texts":
        values: list[str] = []
        numbers: list[Rows] = []
        for doubts in (claim.doubts for claim in claims):
            numbers.append(np.where(doubts.number < 0, _NONE, doubts.number + len(values)))
            values += doubts.texts
        return cls(values, _concatenated(numbers, _NONE))

    def at(self, rows: Rows, where: Truth | None = None) -> pa.Array:
        """The texts of some entries; null for no entry (-1) and where it is not wanted."""
        number = self.number[rows]
        absent = number < 0 if where is None else (number < 0) | ~where
        return pa.array(self.values, pa.string()).take(pa.array(number, mask=absent))


@dataclass(frozen=True, slots=True)
class _Entries:
    """The entries of all claims, one after the other. ``base``, ``amount`` and ``rate`` have one
    number more, ``ABSENT``, for lines without an entry (-1)."""

    line: Rows
    record: Rows
    base: Column
    amount: Column
    rate: Column
    texts: dict[str, _Texts]
    inputs: pa.ListArray
    due: Truth

    @classmethod
    def of(cls, parts: list[Evaluated]) -> "_Entries":
        claims = [part.claim for part in parts]
        line = _concatenated([claim.line for claim in claims])
        amount = _concatenated([part.amount for part in parts], ABSENT)
        typed = np.repeat(
            np.array([claim.type is not None for claim in claims], dtype=np.bool_),
            np.array([claim.rows for claim in claims], dtype=np.int64),
        )
        return cls(
            line,
            _concatenated([claim.record for claim in claims]),
            _concatenated([part.base for part in parts], ABSENT),
            amount,
            _concatenated([part.rate for part in parts], ABSENT),
            {
                "family": _Texts.repeated([(c.family, c.rows) for c in claims]),
                "formula": _Texts.repeated(
                    [(c.formula.id if c.formula else None, c.rows) for c in claims]
                ),
                "type": _Texts.repeated([(c.type, c.rows) for c in claims]),
                "confidence": _Texts(
                    [mark.name for mark in Confidence],
                    _concatenated([_confidence(part) for part in parts], _NONE),
                ),
                "reason": _Texts.reasons(claims),
            },
            pa.concat_arrays([*(p.inputs for p in parts), pa.nulls(0, pa.list_(pa.int64()))]),
            (line < 0) & (amount[:-1] > 0) & typed,
        )


def compared(payroll: Payroll, answers: Answers, tolerance: int) -> pa.Table:
    """Rows of ``core.contribution``: declared lines, then those due but not declared."""
    entries = _Entries.of(answers.parts)
    return pa.concat_tables(
        [_declared(payroll, entries, tolerance), _not_declared(payroll, entries, tolerance)]
    )


def _declared(payroll: Payroll, entries: _Entries, tolerance: int) -> pa.Table:
    """The declared lines with what is expected of each."""
    table, lines = payroll.lines.table, payroll.lines.table.num_rows
    at = np.full(lines, _NONE)
    answering = entries.line >= 0
    at[entries.line[answering]] = np.flatnonzero(answering)
    every = payroll.lines.everything
    amounts, bases = every("declared_amount"), every("declared_base")
    base, amount = entries.base[at], entries.amount[at]
    computed = amount != ABSENT
    base_differs = computed & (base != ABSENT) & (bases != base)
    amount_differs = computed & (amounts != amount)
    texts = entries.texts
    answered = {
        "family": texts["family"].at(at),
        "computed_base": _nullable(base),
        "computed_amount": _nullable(amount),
        "difference": pa.array(amounts - amount, mask=~computed | (amounts == ABSENT)),
        "rate": _nullable(entries.rate[at]),
        "confidence": texts["confidence"].at(at, computed),
        "outcome": _outcome(computed, base_differs | amount_differs),
        "anomaly": _anomaly(
            payroll,
            base_differs & _beyond(bases, base, tolerance),
            amount_differs & _beyond(amounts, amount, tolerance),
        ),
        "reason": _reasons(payroll, texts["reason"], at, computed),
        "formula": texts["formula"].at(at, computed),
        "inputs": entries.inputs.take(pa.array(at, mask=at < 0)),
    }
    return _assembled({name: table.column(name) for name in FILLED} | answered, lines)


def _outcome(computed: Truth, differs: Truth) -> pa.Array:
    names = pa.array([NOT_COMPUTED, EQUAL, DIFFERENT])
    return names.take(pa.array(np.where(computed, np.where(differs, 2, 1), 0)))


def _anomaly(payroll: Payroll, base: Truth, amount: Truth) -> pa.Array:
    """The code of the zone that the receiver would recompute to something else."""
    names = pa.array([None, BASE_DIFFERS, *(source.anomaly for source in SOURCES)])
    by_source = np.where(amount, payroll.lines.source + 2, 0)
    return names.take(pa.array(np.where(base, 1, by_source)))


def _beyond(declared: Column, computed: Column, tolerance: int) -> Truth:
    """Where two amounts are apart by more; what is not declared is apart from everything."""
    apart = np.abs(np.where(declared == ABSENT, 0, declared) - computed)
    return np.asarray((declared == ABSENT) | (apart > tolerance), dtype=np.bool_)


def _reasons(payroll: Payroll, answered: _Texts, at: Rows, computed: Truth) -> pa.Array:
    """Why lines are not computed. For those that no family answers for: a code or type that is
    not in force, or that there is no family."""
    rows = np.flatnonzero(at < 0)
    doubts = not_in_force(payroll.lines, rows, payroll.quarter)
    values = [*answered.values, NO_FAMILY, *doubts.texts]
    number = answered.number[at]
    no_family = len(answered.values)
    number[rows] = np.where(doubts.number < 0, no_family, no_family + 1 + doubts.number)
    number[(number < 0) & ~computed] = no_family
    return pa.array(values, pa.string()).take(pa.array(number, mask=computed | (number < 0)))


def _not_declared(payroll: Payroll, entries: _Entries, tolerance: int) -> pa.Table:
    """Lines that are due (amount above zero) although nothing is declared."""
    rows = np.flatnonzero(entries.due)
    records = payroll.shredded.tables["worker_record"].take(pa.array(entries.record[rows]))
    amount = entries.amount[rows]
    inherited = ("quarter", "employer", "inss", "employer_class", "worker_code")
    columns = {name: records.column(name) for name in (*inherited, "file_id", "form_no", "line")}
    texts = {name: column.at(rows) for name, column in entries.texts.items()}
    beyond = pa.array(amount > tolerance)
    return _assembled(
        columns
        | texts
        | {
            "source_block": pa.repeat(pa.scalar("worker_contribution"), len(rows)),
            "code": records.column("worker_code"),
            "sign": pa.array(np.ones(len(rows), dtype=np.int64)),
            "inputs": entries.inputs.take(pa.array(rows)),
            "computed_base": _nullable(entries.base[rows]),
            "computed_amount": pa.array(amount),
            "difference": pa.array(-amount),
            "rate": _nullable(entries.rate[rows]),
            "outcome": pa.repeat(pa.scalar(DIFFERENT), len(rows)),
            "anomaly": pc.if_else(beyond, SOURCES[0].anomaly, pa.scalar(None, pa.string())),
            "reason": pa.repeat(pa.scalar(NOT_DECLARED), len(rows)),
        },
        len(rows),
    )


def _confidence(part: Evaluated) -> Rows:
    """The weakest mark of each entry."""
    claim = part.claim
    mark = _NONE if claim.formula is None else claim.formula.confidence.value
    marks = np.full(claim.rows, mark)
    return marks if claim.weak is None else np.where(claim.weak, Confidence.unverified.value, marks)


def _nullable(values: Column) -> pa.Array:
    return pa.array(values, mask=values == ABSENT)


def _concatenated(arrays: list[Column], *more: int) -> Column:
    return np.concatenate([*arrays, np.array(more, dtype=np.int64)])


def _assembled(columns: dict[str, pa.Array], rows: int) -> pa.Table:
    schema = CONTRIBUTION.inside
    arrays = [columns.get(f.name, pa.nulls(rows, f.type)) for f in schema]
    return pa.table(arrays, schema=schema)
