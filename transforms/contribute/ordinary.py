"""Ordinary contribution line: pay times one combined rate per worker code.

Law: personal contribution, employer contribution with wage moderation, and the small items of
``ordinary.yaml``, on 100 % of the pay, or on 108 % for manual workers. Sources: the references
in ``ordinary.yaml`` and in the rate files.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas.quarter import Quarter
from transforms.contribute.expected import Expected
from transforms.contribute.lines import Lines
from transforms.contribute.schemes import Applied, CodeList, OrdinaryRules, Scheme, ordinary_rules
from transforms.money import Cents, sum_by
from transforms.rates.book import Confidence, NoRate, RateBook
from transforms.shredded import Rows, Shredded

FAMILY = "ordinary"

_Mask = npt.NDArray[np.bool_]


def ordinary(
    shredded: Shredded, lines: Lines, quarter: Quarter, book: RateBook
) -> Iterator[Expected]:
    """Expected ordinary lines, one group for each scheme of ``ordinary.yaml``."""
    rules = ordinary_rules()
    gross, doubtful = _gross(shredded, rules, quarter)
    undecidable = _undecidable(shredded, rules, quarter)
    for scheme in rules.in_force(quarter):
        rows = _covered(shredded, scheme)
        line = lines.first(rows, scheme.worker_code, scheme.contribution_type)
        try:
            applied = rules.applied(scheme, quarter, book)
        except NoRate as error:
            yield Expected.unknown(FAMILY, scheme.contribution_type, rows, line, str(error))
        else:
            yield _expected(applied, rows, line, gross[rows], doubtful[rows], undecidable[rows])


def _expected(
    applied: Applied, rows: Rows, line: Rows, gross: Cents, doubtful: _Mask, undecidable: _Mask
) -> Expected:
    base = applied.base(gross)
    marks = np.where(doubtful, Confidence.unverified.name, applied.confidence.name)
    reason = "the joint committee leaves the structural category open"
    return Expected(
        family=FAMILY,
        type=applied.scheme.contribution_type,
        record=rows,
        line=line,
        base=base,
        amount=applied.amount(base),
        rate=applied.rate,
        confidence=pa.array(marks, pa.string()),
        reason=pc.if_else(pa.array(undecidable), reason, pa.scalar(None, pa.string())),
    )


def _covered(shredded: Shredded, scheme: Scheme) -> Rows:
    """Worker records with the code and one of the classes of a scheme."""
    records = shredded.tables["worker_record"]
    code = pc.equal(records.column("worker_code"), scheme.worker_code)
    classes = pa.array(sorted(scheme.employer_classes))
    covered = pc.and_(code, pc.is_in(records.column("employer_class"), value_set=classes))
    return np.flatnonzero(np.asarray(covered))


def _gross(shredded: Shredded, rules: OrdinaryRules, quarter: Quarter) -> tuple[Cents, _Mask]:
    """Pay per worker record that counts, and whether a doubtful code is part of it."""
    records = shredded.tables["worker_record"].num_rows
    owner = shredded.owners("remun", "worker_record")
    codes = _without_zeros(shredded.tables["remun"].column("remun_code"))
    amounts = shredded.numbers("remun", "remun_amount")
    gross = np.zeros(records, dtype=np.int64)
    doubtful = np.zeros(records, dtype=np.bool_)
    for codes_that_count in rules.remuneration_codes:
        if codes_that_count.holds(quarter):
            counted = _is_in(codes, codes_that_count)
            gross += sum_by(owner[counted], amounts[counted], records)
            if codes_that_count.confidence is Confidence.unverified:
                doubtful[owner[counted]] = True
    return gross, doubtful


def _undecidable(shredded: Shredded, rules: OrdinaryRules, quarter: Quarter) -> _Mask:
    """Records with an occupation whose committee does not tell the structural category."""
    found = np.zeros(shredded.tables["worker_record"].num_rows, dtype=np.bool_)
    committees = pc.utf8_slice_codeunits(
        shredded.tables["occupation"].column("joint_commission_nbr"), 0, 3
    )
    owner = shredded.owners("occupation", "worker_record")
    for committees_open in rules.category_not_decidable:
        if committees_open.holds(quarter):
            found[owner[_is_in(committees, committees_open)]] = True
    return found


def _is_in(values: pa.ChunkedArray, codes: CodeList) -> _Mask:
    return np.asarray(pc.is_in(values, value_set=pa.array(sorted(codes.codes))), dtype=np.bool_)


def _without_zeros(codes: pa.ChunkedArray) -> pa.ChunkedArray:
    """Annex 7 lists codes without the zeros that messages may carry."""
    return pc.utf8_ltrim(codes, characters="0")
