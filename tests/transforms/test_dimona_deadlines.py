"""When a declaration has to be there, on working days and clocks of Belgium."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dimona.declaration import DECLARATION
from schemas.dimona.rule_data import LATENESS, PERIOD, RECEPTION, STORED_PERIOD
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.deadlines import deadlines, with_lateness, with_reception_day
from transforms.dimona.stored import with_period
from transforms.dimona.working_days import BRUSSELS, instants, next_working_days
from transforms.rules.run import run

Row = dict[str, Any]
EPOCH = datetime(1970, 1, 1)
PERIODS = {
    "open": {"worker_type": "OTH", "starting_date": date(2023, 1, 2)},
    "closed": {
        "worker_type": "OTH",
        "starting_date": date(2023, 1, 10),
        "ending_date": date(2023, 4, 6),
    },
    "casual": {
        "worker_type": "EXT",
        "starting_date": date(2023, 1, 10),
        "starting_hour": "1800",
        "ending_date": date(2023, 1, 10),
        "ending_hour": "2200",
    },
}


def messages(*rows: Row) -> pa.Table:
    """Declarations with the period that they name beside them."""
    received = RECEPTION.table.inside
    schema = pa.schema([*DECLARATION.inside, received.field("received_at")])
    said = pa.Table.from_pylist(list(rows), schema=schema)
    known = [{"period_id": name, **period} for name, period in PERIODS.items()]
    return with_period(said, pa.Table.from_pylist(known, schema=STORED_PERIOD.inside))


def local(moment: datetime | None) -> str | None:
    return None if moment is None else f"{moment.astimezone(BRUSSELS):%Y-%m-%d %H:%M}"


def update(period: str, **said: Any) -> Row:
    return {"action": "UPDATE", "period_id": period, **said}


def start(day: date, hour: str | None = None) -> Row:
    return {"action": "IN", "starting_date": day, "starting_hour": hour}


@pytest.mark.parametrize(
    ("row", "latest"),
    [
        (start(date(2023, 1, 10)), "2023-01-11 00:00"),
        (start(date(2023, 1, 10), "0830"), "2023-01-10 08:30"),
        # Friday, a weekend, a legal holiday in the week, the eve of Easter.
        ({"action": "OUT", "ending_date": date(2023, 2, 3)}, "2023-02-07 00:00"),
        ({"action": "OUT", "ending_date": date(2023, 2, 4)}, "2023-02-07 00:00"),
        ({"action": "OUT", "ending_date": date(2023, 7, 20)}, "2023-07-25 00:00"),
        ({"action": "OUT", "ending_date": date(2023, 4, 7)}, "2023-04-12 00:00"),
        # A start moves to an earlier day; to a later one there is no deadline that is known.
        (update("closed", starting_date=date(2023, 1, 9)), "2023-01-10 00:00"),
        (update("closed", starting_date=date(2023, 1, 11)), None),
        # The end moves: Thursday 6 April is followed by Good Friday, which is a working day.
        (update("closed", ending_date=date(2023, 3, 31)), "2023-04-04 00:00"),
        (update("closed", ending_date=date(2023, 5, 31)), "2023-04-08 00:00"),
        (update("closed", ending_date=date(9999, 12, 31)), "2023-04-08 00:00"),
        # Of two things that move the first deadline counts.
        (
            update("closed", starting_date=date(2023, 1, 9), ending_date=date(2023, 3, 31)),
            "2023-01-10 00:00",
        ),
        (update("closed", planned_hours=5), None),
        (update("unknown", ending_date=date(2023, 3, 31)), None),
        ({"action": "CANCEL", "period_id": "closed"}, "2023-01-11 00:00"),
        ({"action": "CANCEL", "period_id": "unknown"}, None),
        # Casual work by the hour.
        (update("casual", starting_hour="1700"), "2023-01-10 17:00"),
        (update("casual", starting_hour="1900"), "2023-01-10 18:00"),
        (update("casual", ending_hour="2300"), "2023-01-11 06:00"),
        (update("casual", ending_hour="2100"), "2023-01-11 00:00"),
        ({"action": "DAILY", "daily_status": "0", "starting_date": date(2023, 1, 10)}, None),
        ({}, None),
    ],
)
def test_the_latest_moment_of_a_declaration(row: Row, latest: str | None) -> None:
    found = deadlines(messages(row)).to_pylist()
    assert [local(moment) for moment in found] == [latest]


def test_a_declaration_in_its_last_moment_is_not_late() -> None:
    at = datetime(2023, 1, 10, 7, 30, tzinfo=UTC)
    rows = [
        {**start(date(2023, 1, 10), "0830"), "received_at": at + timedelta(microseconds=more)}
        for more in (0, 1)
    ]
    rows.append({"action": "DAILY", "received_at": at})
    found = with_lateness(messages(*rows))
    assert found.column("late").to_pylist() == [False, True, None]
    assert [c.name for c in LATENESS.table.columns] == found.column_names[-2:]


def test_late_starts_and_changes_are_told_and_refuse_nothing() -> None:
    at = datetime(2023, 6, 1, tzinfo=UTC)
    rows = [start(date(2023, 1, 10)), update("closed", ending_date=date(2023, 5, 31))]
    rows += [{"action": "CANCEL", "period_id": "closed"}]
    found = with_lateness(messages(*({**row, "received_at": at} for row in rows)))
    codes = ["90373-460", "90378-460"]
    outcome = run(dimona_rules(), {"declaration": found}, codes)
    told = [(r["row"], r["code"], r["blocking"]) for r in outcome.findings.to_pylist()]
    assert told == [(0, "90373-460", False), (1, "90378-460", False)]
    assert found.column("late").to_pylist() == [True, True, True]


def test_the_day_of_reception_is_that_of_belgium() -> None:
    moments = [datetime(2023, 1, 9, 23, 30, tzinfo=UTC), datetime(2023, 7, 9, 21, 59, tzinfo=UTC)]
    rows = [{"action": "IN", "received_at": moment} for moment in moments] + [{"action": "IN"}]
    days = with_reception_day(messages(*rows)).column("received_on").to_pylist()
    assert days == [date(2023, 1, 10), date(2023, 7, 9), None]


def test_without_stored_periods_starts_and_ends_have_a_deadline() -> None:
    rows = [start(date(2023, 1, 10)), {"action": "OUT", "ending_date": date(2023, 2, 3)}]
    said = pa.Table.from_pylist([*rows, update("closed")], schema=DECLARATION.inside)
    assert deadlines(said).is_valid().to_pylist() == [True, True, False]


# --- days and clocks ----------------------------------------------------------------------------


def test_the_ten_legal_holidays_are_no_working_days() -> None:
    legal = ["01-01", "04-10", "05-01", "05-18", "05-29", "07-21", "08-15", "11-01", "11-11"]
    for holiday in (date.fromisoformat(f"2023-{day}") for day in [*legal, "12-25"]):
        (following,) = next_working_days(np.array([days(holiday - timedelta(1))]))
        assert following > days(holiday)


def days(day: date) -> int:
    return (day - EPOCH.date()).days


@given(st.lists(st.dates(date(1990, 1, 1), date(2098, 12, 31)), max_size=5))
@settings(max_examples=30)
def test_a_next_working_day_is_no_weekend_and_at_most_five_days_on(some: list[date]) -> None:
    numbers = np.array([days(day) for day in some], dtype=np.int64)
    following = next_working_days(numbers)
    assert all(1 <= after <= 5 for after in following - numbers)
    assert all((EPOCH + timedelta(int(day))).weekday() < 5 for day in following)


@given(
    st.lists(
        st.one_of(
            st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 31)),
            st.datetimes(datetime(2023, 3, 26), datetime(2023, 3, 26, 5)),
            st.datetimes(datetime(2023, 10, 29), datetime(2023, 10, 29, 5)),
        ).map(lambda moment: moment.replace(second=0, microsecond=0, fold=0)),
        max_size=8,
    )
)
@settings(max_examples=60)
def test_clocks_of_belgium_are_those_of_the_time_zone(clocks: list[datetime]) -> None:
    minutes = np.array([(c - EPOCH) // timedelta(minutes=1) for c in clocks], dtype=np.int64)
    expected = [
        int(clock.replace(tzinfo=ZoneInfo("Europe/Brussels")).timestamp() * 1_000_000)
        for clock in clocks
    ]
    assert instants(minutes).tolist() == expected


def test_no_day_is_too_late_to_have_a_deadline() -> None:
    row = {"action": "OUT", "ending_date": date(9999, 12, 31)}
    assert deadlines(messages(row)).is_valid().to_pylist() == [True]
    assert len(next_working_days(np.array([], dtype=np.int64))) == 0


# --- the stored period --------------------------------------------------------------------------

AFTER = ("after_worker_type", "after_starting_date", "after_ending_date", "after_ending_hour")


@pytest.mark.parametrize(
    ("row", "after"),
    [
        (start(date(2023, 1, 10)) | {"worker_type": "STU"}, ("STU", date(2023, 1, 10), None, None)),
        (
            {"action": "OUT", "period_id": "open", "ending_date": date(2023, 2, 3)},
            ("OTH", date(2023, 1, 2), date(2023, 2, 3), None),
        ),
        (
            update("casual", starting_date=date(2023, 1, 11), ending_hour="2300"),
            ("EXT", date(2023, 1, 11), date(2023, 1, 10), "2300"),
        ),
        (
            update("casual", ending_date=date(9999, 12, 31)),
            ("EXT", date(2023, 1, 10), None, None),
        ),
        ({"action": "CANCEL", "period_id": "open"}, (None, None, None, None)),
        (update("unknown", ending_date=date(2023, 2, 3)), (None, None, date(2023, 2, 3), None)),
    ],
)
def test_what_would_become_of_a_period(row: Row, after: tuple[object, ...]) -> None:
    found = messages(row).to_pylist()[0]
    assert tuple(found[name] for name in AFTER) == after


def test_a_stored_period_stands_beside_what_names_it() -> None:
    found = messages(update("closed"), update("unknown"), start(date(2023, 1, 10)))
    assert found.column("period_known").to_pylist() == [True, False, None]
    assert found.column("period_ending_date").to_pylist() == [date(2023, 4, 6), None, None]
    names = [column.name for column in PERIOD.table.columns]
    assert set(names) <= set(found.column_names)
    assert found.select(names).schema == PERIOD.table.inside
