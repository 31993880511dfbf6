"""Rules on rows that come singly, each judged against what the one before left behind.

``run`` judges columns, and costs milliseconds however few rows there are. Here a set of rules is
prepared once for a value of its scope (the action of a declaration); then a row costs a microsecond
or so a clause. Both find the same.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import pyarrow as pa

from schemas.rules import FOUND
from transforms.findings import VALUE_LIMIT
from transforms.rules.known import Row
from transforms.rules.rowwise import ROWWISE, Judge, Others, holding, present
from transforms.rules.rule import NOT_RUN, SCHEMA, Clause, Presence, Rule, RuleSet
from transforms.rules.run import NotRun

Found = tuple[int, Rule, Clause, str | None]
"""Number of the row, what was found by which clause, and the value to show."""

_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Singly:
    """Rules that are prepared: of each, its clauses in order. ``not_run``: what cannot be."""

    rules: tuple[tuple[Rule, tuple[tuple[Clause, Judge], ...]], ...]
    not_run: tuple[NotRun, ...]

    def judge(self, row: Row, others: Others) -> Iterator[tuple[Rule, Clause]]:
        """What is found in a row, a rule once."""
        for rule, clauses in self.rules:
            for clause, judge in clauses:
                if judge(row, others):
                    yield rule, clause
                    break


def prepared(
    rules: RuleSet,
    codes: Collection[str],
    scope: str | None,
    columns: Mapping[str, Collection[str]],
) -> Singly:
    """The rules with ``codes`` for rows with a value of the scope.

    ``columns``: of the judged table and of the others, by name of the table. Raises ``ValueError``
    for a mechanism that cannot be asked of a row alone.
    """
    not_run: list[NotRun] = []
    known = {rules.scope: scope} if rules.scope else {}
    ready = []
    for rule in (rules.rules[code] for code in codes):
        clauses = []
        for clause in rule.clauses:
            untold = _untold(rules, rule, clause, columns)
            if untold is not None:
                not_run.append(untold)
            elif clause.runs and (not rule.actions or not rules.scope or scope in rule.actions):
                judge = _judge(rules, clause, known)
                if judge is not None:
                    clauses.append((clause, judge))
        if clauses:
            ready.append((rule, tuple(clauses)))
    return Singly(tuple(ready), tuple(not_run))


def _untold(
    rules: RuleSet, rule: Rule, clause: Clause, columns: Mapping[str, Collection[str]]
) -> NotRun | None:
    """Why a clause cannot be judged; None where it can, or needs not."""
    if rule.table not in columns:
        return _lacking(rule, clause, (rule.table,))
    if clause.mechanism == SCHEMA:
        return None
    if clause.mechanism == NOT_RUN:
        return NotRun(rule.code, clause.condition, (), clause.reason or "")
    missing = []
    for name, used in clause.uses.items():
        table = rules.datasets[name].beside or name
        if table not in columns or not used <= set(columns[table]):
            missing.append(name)
    return _lacking(rule, clause, tuple(missing)) if missing else None


def _lacking(rule: Rule, clause: Clause, missing: tuple[str, ...]) -> NotRun:
    reason = f"no {', no '.join(missing)}"
    return NotRun(rule.code, clause.condition, missing, reason)


def _judge(rules: RuleSet, clause: Clause, known: Row) -> Judge | None:
    """Judges a row by a clause; None where it can find nothing."""
    asked = holding(clause.when, known)
    if asked is None:
        return None
    if clause.mechanism == "presence":
        judged = _presence(rules.presence, known, **clause.parameters)
    elif clause.mechanism in ROWWISE:
        judged = partial(ROWWISE[clause.mechanism], **clause.parameters)
    else:
        raise ValueError(f"{clause.mechanism} is not asked of a row alone")
    return lambda row, others: asked(row) and judged(row, others)


def _presence(tables: Mapping[str, Presence], known: Row, *, column: Any, demands: Any) -> Judge:
    """By the table of presence of a column, as the mechanism of that name."""
    told = [(holding(condition, known), said) for condition, said in tables[column].rows]
    rows = [(holds, said == demands) for holds, said in told if holds is not None]
    wrong = demands == "forbidden"

    def judge(row: Row, others: Others) -> bool:
        demanded = next((told for holds, told in rows if holds(row)), False)
        return demanded and present(row[column]) is wrong

    return judge


def findings(found: Iterable[Found]) -> pa.Table:
    """Rows of ``FOUND``, in the order in which they were found."""
    columns: dict[str, list[object]] = {name: [] for name in FOUND.inside.names}
    for number, rule, clause, value in found:
        class_ = clause.class_ or rule.class_at()
        columns["row"].append(number)
        columns["code"].append(rule.code)
        columns["clause"].append(clause.name)
        columns["class"].append(class_)
        columns["blocking"].append(class_ == "B")
        columns["certainty"].append(clause.certainty.name)
        columns["element"].append(rule.element)
        columns["value"].append(value)
    return pa.table(columns, schema=FOUND.inside)


def shown(row: Row, clause: Clause, days: Collection[str]) -> str | None:
    """The value that a clause shows of a row, as ``run`` does; ``days``: columns that are days."""
    value = None if clause.column is None else row[clause.column]
    if value is None:
        return None
    if clause.column in days:
        return (_EPOCH + timedelta(value)).isoformat()
    return (str(value).lower() if isinstance(value, bool) else str(value))[:VALUE_LIMIT]
