"""The register with its history: what was known at a moment, what was true on a day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from confronted import EMPLOYER, FIRST, WORKER, Quarterly, tables

from schemas.dimona.confrontation import CONFRONTATION
from warehouse.lake import Lake
from warehouse.query import query
from warehouse.views import view

OTHER, THIRD = "00010100125", "64020100181"
START = datetime(2023, 1, 1, tzinfo=UTC)
KNOWN_AND_TRUE = """
    SELECT period_id
    FROM versions
    WHERE
        known_from <= $moment AND (known_until IS NULL OR known_until > $moment)
        AND starting_date <= $day AND (ending_date IS NULL OR ending_date >= $day)
        AND state IN ('OPEN', 'CLOSED')
    ORDER BY period_id
"""

LOG: list[tuple[str, str, str, date | None, date | None, str]] = [
    ("a", "IN", "A", date(2023, 1, 2), None, "OPEN"),
    ("b", "IN", "W", date(2023, 1, 5), date(2023, 1, 6), "CLOSED"),
    ("a", "OUT", "A", date(2023, 1, 2), date(2023, 1, 8), "CLOSED"),
    ("a", "UPDATE", "B", date(2023, 1, 2), date(2023, 1, 3), "CLOSED"),
    ("b", "CANCEL", "A", date(2023, 1, 5), date(2023, 1, 6), "CANCELLED"),
    ("c", "IN", "S", date(2023, 1, 1), None, "PENDING"),
    ("a", "UPDATE", "A", date(2023, 1, 4), date(2023, 1, 8), "CLOSED"),
    ("a", "DAILY", "A", None, None, "CLOSED"),
]
"""Period, action, result, start and end afterwards, state afterwards; received an hour apart."""


def known_then(moment: datetime, day: date) -> list[str]:
    """Declarations in order of receipt, up to a moment: the last accepted one of a period goes."""
    states: dict[str, tuple[date, date, str]] = {}
    for hour, (period, action, result, first, last, state) in enumerate(LOG):
        if START + timedelta(hours=hour) <= moment and result != "B" and action != "DAILY":
            assert first is not None
            states[period] = (first, last or date.max, state)
    return sorted(
        period
        for period, (first, last, state) in states.items()
        if state in ("OPEN", "CLOSED") and first <= day <= last
    )


@pytest.fixture
def logged() -> Quarterly:
    made = Quarterly()
    for receipt, (period, action, result, first, last, state) in enumerate(LOG):
        made.put(
            "dimona.declaration",
            of_period=period,
            action=action,
            result=result,
            receipt=receipt,
            received_at=START + timedelta(hours=receipt),
            filed_employer=EMPLOYER,
            filed_inss=None if state == "PENDING" else WORKER,
            worker_type="OTH" if action == "IN" else None,
            after_state=state,
            after_starting_date=first,
            after_ending_date=last,
        )
    made.fill()
    made.connection.execute(f"CREATE VIEW versions AS {view('core.period_version').text}")
    return made


def test_what_was_known_and_true_is_what_a_replay_of_the_log_gives(logged: Quarterly) -> None:
    moments = [START + timedelta(minutes=30 * n - 15) for n in range(2 * len(LOG) + 2)]
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(10)]
    for moment, day in product(moments, days):
        found = logged.ask(KNOWN_AND_TRUE, {"moment": moment, "day": day})
        assert found.column("period_id").to_pylist() == known_then(moment, day)


def test_a_version_keeps_the_type_of_its_start(logged: Quarterly) -> None:
    types = logged.ask("SELECT DISTINCT worker_type FROM versions").to_pylist()
    assert types == [{"worker_type": "OTH"}]


@pytest.fixture
def register(tmp_path: Path) -> Iterator[Lake]:
    with Lake.open(tmp_path / "lake", create=True) as lake:
        lake.ensure_tables((*tables(), CONFRONTATION))
        yield lake


def rows(told: Quarterly) -> list[dict[str, Any]]:
    told.fill()
    told.connection.execute(f"CREATE VIEW core.valid_number AS {view('core.valid_number').text}")
    return list(told.ask(f"{view('core.register').text} ORDER BY ALL").to_pylist())


def test_relations_stand_beside_their_periods() -> None:
    told = Quarterly()
    told.works()
    told.works(code="015", inss=OTHER)
    told.renames(OTHER, THIRD)
    numbers = {told.period(), told.period(date(2023, 3, 31), inss=THIRD)}
    told.period(state="CANCELLED")
    told.period(date(2023, 4, 1))
    told.period(date(2022, 1, 1), FIRST - timedelta(days=1))
    told.works(inss="90060464008")
    found = rows(told)
    assert {row["period_id"] for row in found} == {*numbers, None}
    assert [(r["inss"], r["valid_inss"]) for r in found] == [
        (OTHER, THIRD),
        (WORKER, WORKER),
        ("90060464008", None),
    ]


def test_a_lake_has_the_views_for_any_client(register: Lake) -> None:
    for name in ("core.valid_number", "core.register", "core.period_version"):
        assert query(f"FROM {name}", register.directory).num_rows == 0
