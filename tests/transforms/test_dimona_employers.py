"""Days of employers that are counted once all groups of workers were folded."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from dimona_streams import DAY, Row, cancel, casual, inss, nsso, number, season, table, update

from schemas.dimona.register import FOUND_IN, LOG, PERIOD, QUOTA_ANSWER, QUOTA_USE
from transforms.dimona.employers import DECLARED, employers_counted, warned
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY, Folded, State, after
from transforms.rates.book import rate_book

BEYOND = "90256-369"
GROUPS = 3


def together(tables: list[pa.Table]) -> pa.Table:
    return pa.concat_tables(tables).combine_chunks()


def in_groups(state: State, rows: list[Row], worker: dict[int, int]) -> dict[str, pa.Table]:
    """Groups of workers each by itself, then the days of employers of all of them."""
    parts = [
        fold(state, table(r for r in rows if worker[r["receipt"]] == group), employers=False)
        for group in range(GROUPS)
    ]
    log = together([part.log for part in parts])
    added = together([part.uses for part in parts])
    answers, findings, _ = employers_counted(
        added, state.uses, log.select(DECLARED), rate_book().parameters
    )
    log, periods = warned(log, together([part.periods for part in parts]), findings)
    return {
        LOG.name: log,
        PERIOD.name: periods,
        QUOTA_USE.name: added,
        QUOTA_ANSWER.name: together([*(part.quotas for part in parts), answers]),
        FOUND_IN.name: together([*(part.findings for part in parts), findings]),
    }


def of(folded: Folded) -> dict[str, pa.Table]:
    return {
        LOG.name: folded.log,
        PERIOD.name: folded.periods,
        QUOTA_USE.name: folded.uses,
        QUOTA_ANSWER.name: folded.quotas,
        FOUND_IN.name: folded.findings,
    }


def shown(tables: dict[str, pa.Table]) -> dict[str, list[dict[str, Any]]]:
    keys = ("period_id", "receipt", "code", "quota", "year", "amount")
    return {
        name: rows.sort_by([(k, "ascending") for k in keys if k in rows.column_names]).to_pylist()
        for name, rows in tables.items()
    }


@pytest.mark.parametrize("seed", range(3))
def test_groups_and_a_second_pass_are_as_one_fold(seed: int) -> None:
    rows = season(seed, 500)
    batches, state = (rows[:270], rows[270:]), EMPTY
    for batch in batches:
        whole = fold(state, table(batch))
        filed = whole.log.select(["receipt", "filed_inss"]).to_pylist()
        worker = {row["receipt"]: int(row["filed_inss"] or 0) // 100 % GROUPS for row in filed}
        assert shown(in_groups(state, list(batch), worker)) == shown(of(whole))
        state = after(state, whole)
    assert BEYOND in whole.findings.column("code").to_pylist()


def test_the_day_beyond_the_quota_is_warned_of_whoever_works_it() -> None:
    """200 days of other workers are used; one is given back and taken again by a change."""
    before = [casual(n + 1, DAY, inss=inss(1000 + n)) for n in range(200)]
    state = after(EMPTY, fold(EMPTY, table(before)))
    rows = [
        casual(301, DAY, inss=inss(1)),
        casual(302, DAY, inss=inss(1), starting_hour="1800", ending_hour="2300"),
        cancel(303, number(1)),
        cancel(304, number(2)),
        casual(305, DAY, inss=inss(2)),
        update(306, number(3), starting_date=DAY.replace(day=20), ending_date=DAY.replace(day=20)),
        casual(307, DAY, inss=inss(3), employer=nsso(2), noss=nsso(2)),
    ]
    folded = fold(state, table(rows), employers=False)
    assert BEYOND not in folded.findings.column("code").to_pylist()
    assert "HORECA_EMPLOYER" not in folded.quotas.column("quota").to_pylist()
    answers, findings, not_run = employers_counted(
        folded.uses, state.uses, folded.log.select(DECLARED), rate_book().parameters
    )
    told = [(r["receipt"], r["used"], r["added"], r["beyond"]) for r in answers.to_pylist()]
    assert told == [
        (301, 200, 1, 1),
        (302, 201, 0, 0),
        (303, 201, -1, 0),
        (304, 200, -1, 0),
        (305, 199, 1, 0),
        (306, 200, 0, 0),
        (307, 0, 1, 0),
    ]
    assert findings.column("receipt").to_pylist() == [301, 302]
    log, periods = warned(folded.log, folded.periods, findings)
    results = dict(
        zip(log.column("receipt").to_pylist(), log.column("result").to_pylist(), strict=True)
    )
    assert not_run == ()
    assert [results[n] for n in range(301, 308)] == list("WWAAAAA")
    marked = periods.filter(pc.is_valid(periods.column("anomalies")))
    assert sorted(marked.column("period_id").to_pylist()) == sorted([number(301), number(302)])


def test_nothing_used_is_nothing_found() -> None:
    folded = fold(EMPTY, table([]), employers=False)
    answers, findings, not_run = employers_counted(
        folded.uses, EMPTY.uses, folded.log.select(DECLARED), rate_book().parameters
    )
    assert (len(answers), len(findings), not_run) == (0, 0, ())
    assert warned(folded.log, folded.periods, findings) == (folded.log, folded.periods)


def test_days_of_a_year_without_a_limit_are_not_judged_and_that_is_said() -> None:
    row = casual(1, date(2021, 6, 1), at=datetime(2021, 5, 31, 6, tzinfo=UTC))
    folded = fold(EMPTY, table([row]), employers=False)
    answers, findings, not_run = employers_counted(
        folded.uses, EMPTY.uses, folded.log.select(DECLARED), rate_book().parameters
    )
    assert answers.column("beyond").to_pylist() == [None]
    assert (len(findings), [(one.code, one.rows) for one in not_run]) == (0, [(BEYOND, 1)])
