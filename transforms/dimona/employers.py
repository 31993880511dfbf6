"""Days of casual work of employers, counted once all workers of a run were folded.

Whoever folds groups of workers sees but a part of what an employer uses. Then ``fold`` leaves this
quota out (``employers=False``) but for its uses, and what all groups added is counted here, with
what was used before. Nothing is refused by it: a declaration that was accepted gets a warning, and
its period the code.
"""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import ACCEPTED, WARNED
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.judged import codes_of, numbered
from transforms.dimona.projected import with_anomalies
from transforms.dimona.quotas import EMPLOYERS
from transforms.dimona.uses import Made, answered
from transforms.rates.values import Parameter
from transforms.rules.run import NotRun, run

DECLARED = ("receipt", "action", "employer", "starting_date")
"""Columns of the log of declarations that are judged by what they use."""


def uses_of_employers(uses: pa.Table) -> pa.Table:
    """Those of the rows of ``QUOTA_USE`` that are counted here."""
    return uses.filter(pc.equal(uses.column("quota"), EMPLOYERS.name)).combine_chunks()


def employers_counted(
    added: pa.Table, before: pa.Table, declared: pa.Table, limits: Mapping[str, Parameter]
) -> tuple[pa.Table, pa.Table, tuple[NotRun, ...]]:
    """Rows of ``QUOTA_ANSWER`` and of ``FOUND_IN``, in order of receipt; and what was not judged.

    ``added``, ``before``: rows of ``QUOTA_USE``, of a run and of all runs before, of some employers
    whole; those of other quotas are left alone. ``declared`` (``DECLARED``, with valid numbers): at
    least the declarations that added something.
    """
    order = [("receipt", "ascending"), ("amount", "ascending")]
    uses = uses_of_employers(added).sort_by(order).combine_chunks()
    gained = np.asarray(pc.greater(uses.column("amount"), 0))
    made = Made(uses, gained, np.zeros(len(uses), dtype=np.int64))
    told = answered(made, uses_of_employers(before), EMPLOYERS, limits)
    receipts = declared.column("receipt").combine_chunks()
    rows = pc.index_in(pa.array(told.receipts), value_set=receipts)
    judged = declared.select(DECLARED).take(rows)
    judged = judged.append_column("employer_casual_days_used", pa.array(told.used))
    judged = judged.append_column("employer_casual_days_added", pa.array(told.adds))
    outcome = run(dimona_rules(), {"declaration": judged}, codes_of("employers"))
    found = numbered(outcome.findings, judged.column("receipt").combine_chunks())
    answers = told.answers.sort_by("receipt").combine_chunks()
    return answers, found.sort_by("receipt"), outcome.not_run


def warned(log: pa.Table, periods: pa.Table, findings: pa.Table) -> tuple[pa.Table, pa.Table]:
    """Rows of ``LOG`` and of ``PERIOD`` with what was found in some accepted declarations: with a
    warning each, and with the codes. ``periods`` has all that these declarations are about."""
    at = log.column_names.index("result")
    found = pc.is_in(log.column("receipt"), value_set=findings.column("receipt").combine_chunks())
    accepted = pc.equal(log.column("result"), ACCEPTED)
    result = pc.if_else(pc.and_(found, accepted), WARNED, log.column("result"))
    of = pc.index_in(findings.column("receipt"), value_set=log.column("receipt").combine_chunks())
    named = log.column("of_period").combine_chunks().take(of.combine_chunks())
    slots = pc.index_in(named, value_set=periods.column("period_id").combine_chunks())
    own = np.arange(len(periods))
    codes = findings.column("code").combine_chunks()
    marked = with_anomalies(periods, own, np.asarray(slots, dtype=np.int64), codes)
    return log.set_column(at, log.schema.field(at), result), marked
