"""Questions that consumers of a lake ask, from plain DuckDB: no kwartaal between client and lake.

One connection asks everything: starting DuckDB and attaching the lake are told, not counted. Each
question is asked about many keys drawn at random from the lake, another key every time.
"""

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
from figures_of import percentile
from results import Row
from targets import NATIONAL_RELATIONS, POINT_SECONDS, TOTALS_SECONDS, at_scale

from warehouse.extensions import connect

KEYS = 60
TOTALS_TIMES = 5
SPAN = 8
"""Quarters that a history covers."""


@dataclass(frozen=True)
class Question:
    """``sql`` has the parameters of ``keys``: a query for the keys to ask about, or None."""

    name: str
    sql: str
    keys: str | None
    limit: float


EMPLOYER_KEYS = """
    SELECT DISTINCT quarter, employer FROM lake.core.relation
    WHERE hash(employer) % {share} = {turn} ORDER BY ALL"""
PERSON_KEYS = """
    SELECT DISTINCT inss, $first, $last FROM lake.core.relation
    WHERE hash(inss) % {share} = {turn} ORDER BY ALL"""
QUESTIONS = (
    Question(
        "one employer, one quarter: its relations",
        "SELECT * FROM lake.core.relation WHERE quarter = ? AND employer = ?",
        EMPLOYER_KEYS,
        POINT_SECONDS,
    ),
    Question(
        "one employer, one quarter: its contributions, declared and computed",
        """SELECT code, outcome, count(*), sum(declared_amount), sum(computed_amount)
           FROM lake.core.contribution WHERE quarter = ? AND employer = ? GROUP BY ALL""",
        EMPLOYER_KEYS,
        POINT_SECONDS,
    ),
    Question(
        "one person over the quarters: relations",
        """SELECT * FROM lake.core.relation_by_person
           WHERE inss = ? AND quarter BETWEEN ? AND ? ORDER BY quarter""",
        PERSON_KEYS,
        POINT_SECONDS,
    ),
    Question(
        "one person over the quarters: remuneration lines",
        """SELECT quarter, employer, remun_code, sum(remun_amount) FROM lake.dmfa.remun
           WHERE inss = ? AND quarter BETWEEN ? AND ? GROUP BY ALL ORDER BY ALL""",
        PERSON_KEYS,
        POINT_SECONDS,
    ),
    Question(
        "totals by joint committee over the quarters",
        """SELECT quarter, joint_committees, count(*), sum(gross_remuneration),
                  sum(contributions_declared)
           FROM lake.core.relation WHERE quarter BETWEEN ? AND ? GROUP BY ALL ORDER BY ALL""",
        None,
        TOTALS_SECONDS,
    ),
)
"""A relation with several joint committees is counted under their list: totals add up."""


@dataclass(frozen=True)
class Answered:
    """Seconds of one question, one figure a key. ``is_national``: the lake holds the country."""

    question: Question
    seconds: tuple[float, ...]
    is_national: bool

    @property
    def row(self) -> Row:
        p50, p95 = (percentile(self.seconds, share) for share in (0.50, 0.95))
        text = f"p95 {_shown(p95)}, p50 {_shown(p50)}, {len(self.seconds)} times"
        verdict = at_scale(p95, self.question.limit, self.is_national)
        return Row(self.question.name, f"p95 ≤ {_shown(self.question.limit)}", text, verdict)


@dataclass(frozen=True)
class Asking:
    """A connection to a lake, with the seconds that it took and what the lake holds."""

    duck: duckdb.DuckDBPyConnection
    connecting: float
    attaching: float
    quarters: tuple[str, ...]
    relations: int

    @classmethod
    def to(cls, catalog: str) -> "Asking":
        """``catalog``: what DuckDB attaches, like ``ducklake:sqlite:lake/catalog.sqlite``."""
        start = time.perf_counter()
        duck = connect()
        connected = time.perf_counter()
        duck.execute(f"ATTACH '{catalog}' AS lake (READ_ONLY)")
        held = duck.sql("SELECT quarter, count(*) FROM lake.core.relation GROUP BY 1 ORDER BY 1")
        rows = held.fetchall()
        attached = time.perf_counter()
        quarters = tuple(str(row[0]) for row in rows)[-SPAN:]
        count = sum(row[1] for row in rows)
        return cls(duck, connected - start, attached - connected, quarters, count)

    @property
    def span(self) -> tuple[str, str]:
        return self.quarters[0], self.quarters[-1]

    @property
    def is_national(self) -> bool:
        """Eight quarters of the country."""
        return len(self.quarters) == SPAN and self.relations >= SPAN * NATIONAL_RELATIONS

    def told(self) -> str:
        first, last = self.span
        return (
            f"{len(self.quarters)} quarters ({first} to {last}), {self.relations:,} relations; not "
            f"counted: connecting {_shown(self.connecting)}, attaching and the first question "
            f"{_shown(self.attaching)}"
        )


def answers(asking: Asking, seed: int = 1) -> Iterator[Answered]:
    """Every question in turn; the first key of each is asked once before the clock runs."""
    for question in QUESTIONS:
        keys = drawn(asking, question, random.Random(seed))
        asking.duck.execute(question.sql, keys[0]).fetchall()
        seconds = tuple(_ask(asking.duck, question.sql, key) for key in keys)
        yield Answered(question, seconds, asking.is_national)


def drawn(asking: Asking, question: Question, rng: random.Random) -> Sequence[Sequence[str]]:
    """Keys at random over the whole lake: as many as are asked about, without repetition."""
    if question.keys is None:
        return [asking.span] * TOTALS_TIMES
    share = max(1, asking.relations // 2000)
    sql = question.keys.format(share=share, turn=rng.randrange(share))
    first, last = asking.span
    sql = sql.replace("$first", f"'{first}'").replace("$last", f"'{last}'")
    found = asking.duck.execute(sql).fetchall()
    return rng.sample(found, min(KEYS, len(found)))


def _ask(duck: duckdb.DuckDBPyConnection, sql: str, key: Sequence[str]) -> float:
    start = time.perf_counter()
    duck.execute(sql, key).fetchall()
    return time.perf_counter() - start


def _shown(seconds: float) -> str:
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
