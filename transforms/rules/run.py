"""Runs a set of rules on tables."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.quarter import Quarter
from schemas.rules import FOUND
from transforms.findings import VALUE_LIMIT
from transforms.rules.columns import Columns, Mask, Whole
from transforms.rules.conditions import holding
from transforms.rules.mechanisms import MECHANISMS
from transforms.rules.question import Answer, Question
from transforms.rules.rule import NOT_RUN, SCHEMA, Clause, Presence, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class NotRun:
    """A clause that was not judged: data that lacks, or the reason. ``rows``: how many it was not
    judged of, None for all."""

    code: str
    condition: str
    missing: tuple[str, ...]
    reason: str
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Rows of ``schemas.rules.FOUND`` in order of row, and what was not run."""

    findings: pa.Table
    not_run: tuple[NotRun, ...]


def run(
    rules: RuleSet,
    tables: Mapping[str, pa.Table],
    codes: Collection[str] | None = None,
    release: Quarter | None = None,
) -> Outcome:
    """Judges every row by every rule, or by those with ``codes``.

    ``tables`` are the judged table with the columns of the data sets that stand beside it, and
    the data sets that are tables, by name; what lacks is told. ``release``: whose classes count.
    """
    judge = _Judge(rules, tables)
    asked = rules.rules.values() if codes is None else [rules.rules[code] for code in codes]
    parts = [part for rule in asked for part in judge.judge(rule, release)]
    return Outcome(_in_order(parts), tuple(judge.not_run))


def told(findings: pa.Table, rules: RuleSet, language: str) -> pa.Array:
    """The texts of findings in a language (``schemas.rules.LANGUAGES``)."""
    coded = findings.column("code").combine_chunks().dictionary_encode()
    texts = [rules.rules[code].texts[language] for code in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)


@dataclass(slots=True)
class _Judge:
    """The tables of a run, and what was made of them so far."""

    rules: RuleSet
    tables: Mapping[str, pa.Table]
    not_run: list[NotRun] = field(default_factory=list)
    _columns: dict[str, Columns] = field(default_factory=dict)

    def judge(self, rule: Rule, release: Quarter | None) -> Iterator[pa.Table]:
        """What the clauses of a rule find, a row once."""
        if rule.table not in self.tables:
            for clause in rule.clauses:
                self._skip(rule, clause, (rule.table,))
            return
        rows = self.columns(rule.table)
        known = np.zeros(len(rows), dtype=np.bool_)
        for clause in rule.clauses:
            found = self._found(rule, clause, rows)
            if found is not None:
                fresh = np.flatnonzero(found & ~known)
                known |= found
                if len(fresh):
                    yield _findings(rule, clause, rows, fresh, release)

    def columns(self, table: str) -> Columns:
        if table not in self._columns:
            self._columns[table] = Columns(self.tables[table])
        return self._columns[table]

    def _found(self, rule: Rule, clause: Clause, rows: Columns) -> Mask | None:
        """Where a clause is broken, None when it was not run."""
        if clause.mechanism == SCHEMA:
            return None
        if clause.mechanism == NOT_RUN:
            self.not_run.append(NotRun(rule.code, clause.condition, (), clause.reason or ""))
            return None
        missing = tuple(name for name, used in clause.uses.items() if not self._there(name, used))
        if missing:
            self._skip(rule, clause, missing)
            return None
        asked = self._asked(rule, clause, rows)
        if not asked.any():
            return asked
        question = Question(
            rows,
            {name: self.columns(name) for name in clause.needs if name in self.tables},
            self.rules.lists,
            self.rules.limits,
            lambda name: self._demanded(rows, name),
            asked,
        )
        answer = MECHANISMS[clause.mechanism](question, **clause.parameters)
        if isinstance(answer, Answer):
            self._doubt(rule, clause, answer, asked)
            answer = answer.found
        return answer & asked

    def _asked(self, rule: Rule, clause: Clause, rows: Columns) -> Mask:
        asked = holding(rows, clause.when)
        if rule.actions and self.rules.scope:
            codes, values = rows.codes(self.rules.scope)
            within = np.array([value in rule.actions for value in values] + [False])
            asked = asked & within[codes]
        return asked

    def _demanded(self, rows: Columns, name: str) -> Mapping[str, Mask]:
        """Where a table of presence is not kept, by what it demands."""
        table = self.rules.presence[name]
        return {
            demand: rows.once(f"{name} {demand}", partial(_not_kept, rows, table, demand))
            for demand in ("mandatory", "forbidden")
        }

    def _there(self, name: str, used: frozenset[str]) -> bool:
        """Whether a data set is there with the columns that are used of it."""
        table = self.rules.datasets[name].beside or name
        return table in self.tables and used <= self.columns(table).names

    def _skip(self, rule: Rule, clause: Clause, missing: tuple[str, ...]) -> None:
        reason = f"no {', no '.join(missing)}"
        self.not_run.append(NotRun(rule.code, clause.condition, missing, reason))

    def _doubt(self, rule: Rule, clause: Clause, answer: Answer, asked: Mask) -> None:
        count = int((answer.unknown & asked).sum())
        if count:
            self.not_run.append(NotRun(rule.code, clause.condition, (), answer.why, count))


def _not_kept(rows: Columns, table: Presence, demand: str) -> Mask:
    decided = np.zeros(len(rows), dtype=np.bool_)
    demanded = np.zeros(len(rows), dtype=np.bool_)
    for condition, said in table.rows:
        here = holding(rows, condition) & ~decided
        decided |= here
        if said == demand:
            demanded |= here
    present = rows.present(table.column)
    return demanded & (~present if demand == "mandatory" else present)


def _findings(
    rule: Rule, clause: Clause, rows: Columns, found: Whole, release: Quarter | None
) -> pa.Table:
    class_ = clause.class_ or rule.class_at(release)
    said = {
        "code": rule.code,
        "clause": clause.name,
        "class": class_,
        "blocking": class_ == "B",
        "certainty": clause.certainty.name,
        "element": rule.element,
    }
    arrays = {"row": pa.array(found)}
    for name, value in said.items():
        kind = FOUND.inside.field(name).type
        arrays[name] = pa.repeat(pa.scalar(value, kind), len(found))
    arrays["value"] = pa.nulls(len(found), pa.string())
    if clause.column is not None:
        arrays["value"] = pc.utf8_slice_codeunits(rows.texts(clause.column, found), 0, VALUE_LIMIT)
    return pa.table([arrays[name] for name in FOUND.inside.names], schema=FOUND.inside)


def _in_order(parts: list[pa.Table]) -> pa.Table:
    if not parts:
        return FOUND.inside.empty_table()
    found = pa.concat_tables(parts)
    order = np.argsort(np.asarray(found.column("row")), kind="stable")
    return found.take(pa.array(order)).combine_chunks()
