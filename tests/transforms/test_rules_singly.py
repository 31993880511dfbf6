"""Rules on rows that come singly find what rules on columns find."""

import inspect
import random
from datetime import date, timedelta

import pyarrow as pa
import pytest

from schemas.dimona.declaration import ACTIONS
from schemas.dimona.rule_data import PERIOD, REGISTRATION, STORED_PERIOD, STORED_REGISTRATION
from schemas.tables import Column, Table
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.judged import codes_of
from transforms.rules.known import Known, rows_of
from transforms.rules.mechanisms import MECHANISMS
from transforms.rules.rowwise import ROWWISE
from transforms.rules.run import run
from transforms.rules.singly import Found, findings, prepared, shown

DECLARATION = dimona_rules().datasets["declaration"].table
ROWS = 300
OPEN = date(9999, 12, 31)
VALUES: dict[str, list[object]] = {
    "worker_type": ["EXT", "EXT", "FLX", "STU", "OTH", "A17", "QUA"],
    "joint_committee": ["302", "322", "XXX"],
    "daily_status": ["0", "1", "3"],
    "planned_hours": [0, 20],
    "starting_hour": ["0000", "0900", "2200", "9"],
    "ending_hour": ["0000", "0900", "1700", "2400", "x"],
}
"""What columns have, by the end of their name; others have few values, so that they meet."""


def some(choose: random.Random, column: Column) -> object:
    """A value, which may be null."""
    if choose.random() < 0.15:
        return None
    for name, values in VALUES.items():
        if column.name.endswith(name):
            return choose.choice(values)
    if column.inside == pa.date32():
        last = column.name.endswith("ending_date") and choose.random() < 0.1
        return OPEN if last else date(2022, 12, 29) + timedelta(choose.randrange(7))
    if column.inside == pa.bool_():
        return choose.random() < 0.5
    return choose.choice(["1", "2"]) if column.inside == pa.string() else choose.randrange(3)


def drawn(choose: random.Random, count: int, *tables: Table, **fixed: list[object]) -> pa.Table:
    """Rows with the columns of some tables, ``fixed`` ones as they are given."""
    columns = [c for table in tables for c in table.columns]
    arrays = [
        pa.array(fixed.get(c.name) or [some(choose, c) for _ in range(count)], c.inside)
        for c in columns
    ]
    return pa.table(arrays, names=[c.name for c in columns])


@pytest.mark.parametrize("action", ACTIONS.values())
def test_a_row_alone_is_found_what_it_is_found_among_others(action: str) -> None:
    choose = random.Random(action)
    named: list[object] = [str(choose.randrange(12)) for _ in range(ROWS)]
    rows: dict[str, list[object]] = {
        "action": [action] * ROWS,
        "period_id": named,
        "registration_id": named,
    }
    beside = drawn(choose, ROWS, DECLARATION, PERIOD.table, REGISTRATION.table, **rows)
    ids: list[object] = [str(number) for number in range(10)]
    others = {
        "periods": drawn(choose, 10, STORED_PERIOD, period_id=ids),
        "registrations": drawn(choose, 10, STORED_REGISTRATION, registration_id=ids),
    }
    tables = {"declaration": beside, **others}
    codes = codes_of("turns", frozenset([action]))
    together = run(dimona_rules(), tables, codes)
    alone = prepared(
        dimona_rules(), codes, action, {name: table.column_names for name, table in tables.items()}
    )
    known = {"periods": Known("period_id"), "registrations": Known("registration_id")}
    for name, table in others.items():
        for row in rows_of(table):
            known[name].put(row)
    days = {field.name for field in beside.schema if field.type == pa.date32()}
    found: list[Found] = [
        (number, rule, clause, shown(row, clause, days))
        for number, row in enumerate(rows_of(beside))
        for rule, clause in alone.judge(row, known)
    ]
    keys = [("row", "ascending"), ("code", "ascending")]
    expected = together.findings.sort_by(keys).to_pylist()
    assert len({row["code"] for row in expected}) > 3
    assert findings(found).sort_by(keys).to_pylist() == expected
    assert set(alone.not_run) == set(together.not_run)


def test_data_that_lacks_is_told() -> None:
    codes = codes_of("turns", frozenset(["IN"]))
    columns = {"declaration": [c.name for c in DECLARATION.columns]}
    empty = {"declaration": DECLARATION.inside.empty_table()}
    told = prepared(dimona_rules(), codes, "IN", columns).not_run
    assert set(told) == set(run(dimona_rules(), empty, codes).not_run)
    assert any(one.missing == ("period", "periods") for one in told)
    none = prepared(dimona_rules(), codes, "IN", {}).not_run
    assert set(none) == set(run(dimona_rules(), {}, codes).not_run)


@pytest.mark.parametrize("name", ROWWISE)
def test_mechanisms_have_the_parameters_of_their_namesakes(name: str) -> None:
    one, other = (
        {p.name for p in inspect.signature(of).parameters.values() if p.kind is p.KEYWORD_ONLY}
        for of in (ROWWISE[name], MECHANISMS[name])
    )
    assert one == other


def test_a_mechanism_that_needs_columns_is_refused() -> None:
    rules = dimona_rules()
    code = next(
        rule.code
        for rule in rules.rules.values()
        if any(clause.mechanism == "malformed" for clause in rule.clauses)
    )
    columns = {"declaration": [c.name for c in DECLARATION.columns]}
    with pytest.raises(ValueError, match="malformed is not asked of a row alone"):
        prepared(rules, [code], "IN", columns)
