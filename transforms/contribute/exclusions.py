"""Declared lines that the rules exclude with certainty: they are due as 0 (``exclusions.yaml``)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from schemas.quarter import Quarter
from transforms.contribute.claim import Claim, Doubts
from transforms.contribute.codes import Coded
from transforms.contribute.lines import ABSENT
from transforms.contribute.rights import Days
from transforms.contribute.rules import EXCLUDED, family
from transforms.exact import Exact, Truth
from transforms.formula import Column, Formula
from transforms.rates.book import NoRate, RateBook
from transforms.shredded import Rows

_OPENED_LATE = "opened_late"


@dataclass(frozen=True, slots=True)
class Excluded:
    """Lines, by their place among those asked about, that a formula says are due as 0."""

    formula: Formula
    at: Rows
    inputs: Mapping[str, Column]

    def claim(self, lines: Rows, records: Rows) -> Claim:
        """``lines`` and ``records``: of everything that was asked about."""
        nothing = Doubts.none(len(self.at))
        name = self.formula.family
        return Claim(
            name, lines[self.at], records[self.at], nothing, self.formula, dict(self.inputs)
        )


def excluded(
    name: str,
    quarter: Quarter,
    book: RateBook,
    codes: Coded,
    facts: Mapping[str, Column],
    starts: Days | None = None,
) -> Iterator[Excluded]:
    """What a family excludes of some lines, each line once.

    ``codes``, ``facts`` and ``starts`` (of the right) have an entry a line; a fact is ``ABSENT``
    where it is not known. An exclusion that asks for another fact is left to who knows it.
    """
    left = np.ones(len(codes), dtype=np.bool_)
    for case, era in family(name).exclusions(quarter):
        known = dict(facts) | _late(starts, era.content)
        try:
            formula = family(name).apply(EXCLUDED + case, quarter, book)
        except NoRate:
            continue
        if any(asked.name not in known for asked in formula.inputs):
            continue
        found = _holding(formula, known, left & _about(codes, era.content))
        left[found.at] = False
        yield found


def _holding(formula: Formula, known: Mapping[str, Column], where: Truth) -> Excluded:
    """Those of the lines that are known well enough and fulfil the condition."""
    columns = {asked.name: known[asked.name] for asked in formula.inputs}
    at = np.flatnonzero(np.logical_and.reduce([where, *(c != ABSENT for c in columns.values())]))
    if len(at):
        holds = formula.columns({n: c[at] for n, c in columns.items()})["excluded"]
        assert isinstance(holds, Exact)
        at = at[holds.whole(1) > 0]
    return Excluded(formula, at, {n: c[at] for n, c in columns.items()})


def _about(codes: Coded, content: Mapping[str, Any]) -> Truth:
    if "codes" not in content:
        return np.ones(len(codes), dtype=np.bool_)
    return codes.among(set(content["codes"]))


def _late(starts: Days | None, content: Mapping[str, Any]) -> dict[str, Column]:
    """Whether rights began when none could open any more."""
    if starts is None or "abolished" not in content:
        return {}
    late = (starts >= np.datetime64(content["abolished"])).astype(np.int64)
    return {_OPENED_LATE: np.where(np.isnat(starts), ABSENT, late)}
