"""What a fold judges its messages by, and what is known of each once it was judged."""

from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pyarrow as pa

from schemas.dimona.register import FOUND_IN, MUTABLE
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.store import NULL
from transforms.rules.columns import Mask, Whole
from transforms.rules.rule import Rule
from transforms.rules.run import NotRun

_STATE = {"period", "periods", "registration", "registrations"}
_LAST = {"lateness", "quota_use"}
_EMPLOYER_DAYS = {"employer_casual_days_used", "employer_casual_days_added"}


@cache
def codes_of(stage: str, actions: frozenset[str] | None = None) -> tuple[str, ...]:
    """Codes of the rules of a stage that are about some actions: the ``first`` need the message
    alone, those of ``turns`` what is stored, the ``last`` whether it came late or what it uses, and
    those of ``employers`` what all declarations of its employer use."""
    found = []
    for rule in dimona_rules().rules.values():
        about = actions is None or not rule.actions or bool(actions & set(rule.actions))
        if about and _stage(rule) == stage:
            found.append(rule.code)
    return tuple(found)


def _stage(rule: Rule) -> str:
    needs = {name for clause in rule.clauses for name in clause.needs}
    if needs & _STATE:
        return "turns"
    if _EMPLOYER_DAYS & {name for c in rule.clauses for name in c.uses.get("quota_use", ())}:
        return "employers"
    return "last" if needs & _LAST else "first"


@cache
def used(stage: str) -> frozenset[str]:
    """Columns that rules of a stage may look at."""
    rules = (dimona_rules().rules[code] for code in codes_of(stage))
    clauses = [clause for rule in rules for clause in rule.clauses]
    return frozenset(name for c in clauses for names in c.uses.values() for name in names)


@dataclass(slots=True)
class Turned:
    """By message: whether it was accepted, and whether its period was there before it;
    ``before``, ``would``: its changing columns before it, and as it would have them."""

    accepted: Mask
    existed: Mask
    cancelled: Mask
    before: dict[str, Whole]
    would: dict[str, Whole]
    findings: list[pa.Table] = field(default_factory=list)
    not_run: dict[tuple[str, str, str], NotRun] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int) -> "Turned":
        """So many messages of which nothing is known."""
        accepted, existed, cancelled = np.zeros((3, count), dtype=np.bool_)
        before, would = (
            {n: np.full(count, NULL, dtype=np.int64) for n in MUTABLE} for _ in range(2)
        )
        return cls(accepted, existed, cancelled, before, would)

    def doubt(self, told: tuple[NotRun, ...]) -> None:
        """Adds what was not run; rows add up."""
        for one in told:
            key = one.code, one.condition, one.reason
            before = self.not_run.get(key)
            if before is not None:
                of_all = before.rows is None or one.rows is None
                rows = None if of_all else (before.rows or 0) + (one.rows or 0)
                one = replace(one, rows=rows)
            self.not_run[key] = one


def taken(done: Turned, findings: pa.Table, rows: Whole) -> Mask:
    """Keeps findings by number of the message; which of ``rows`` they refuse."""
    refused = np.zeros(len(rows), dtype=np.bool_)
    if len(findings):
        own = np.asarray(findings.column("row"), dtype=np.int64)
        refused[own[np.asarray(findings.column("blocking").combine_chunks())]] = True
        done.findings.append(findings.set_column(0, "row", pa.array(rows[own])))
    return refused


def numbered(findings: pa.Table, receipts: pa.Array) -> pa.Table:
    """Rows of ``FOUND_IN`` from those of ``FOUND``; ``receipts``: by number of the row."""
    columns = [receipts.take(findings.column("row")), *findings.columns[1:]]
    return pa.table(columns, schema=FOUND_IN.inside).combine_chunks()
