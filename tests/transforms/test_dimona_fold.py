"""What a declaration does to a period: every row of the state machine, when it may and may not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from dimona_streams import (
    DAY,
    OPEN,
    Row,
    cancel,
    casual,
    daily,
    inss,
    message,
    nsso,
    number,
    out,
    start,
    student,
    table,
    unidentified,
    update,
)

from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY, State, after

END = DAY + timedelta(30)
FIRST = number(1)


def story(*rows: Row, state: State = EMPTY) -> tuple[State, list[Row], dict[int, set[str]]]:
    """The state afterwards, the log of the messages, and codes by receipt."""
    folded = fold(state, table(rows))
    codes: dict[int, set[str]] = {}
    for found in folded.findings.to_pylist():
        codes.setdefault(found["receipt"], set()).add(found["code"])
    return after(state, folded), folded.log.to_pylist(), codes


def results(*rows: Row, state: State = EMPTY) -> str:
    return "".join(row["result"] for row in story(*rows, state=state)[1])


def state_of(state: State, period: str = FIRST) -> str | None:
    found = [p["state"] for p in state.periods.to_pylist() if p["period_id"] == period]
    return found[0] if found else None


def test_a_start_makes_a_period_that_is_open_or_has_an_end() -> None:
    state, log, _ = story(start(1), start(2, inss=inss(2), ending_date=END))
    assert [state_of(state), state_of(state, number(2))] == ["OPEN", "CLOSED"]
    assert [(r["before_state"], r["after_state"], r["result"]) for r in log] == [
        (None, "OPEN", "A"),
        (None, "CLOSED", "A"),
    ]


def test_a_refused_start_makes_none() -> None:
    state, log, codes = story(start(1, worker_type="STU"))
    assert len(state.periods) == 0
    assert (log[0]["result"], log[0]["after_state"]) == ("B", None)
    assert codes[1]


def test_the_same_period_and_one_at_the_same_time_are_refused() -> None:
    _, log, codes = story(start(1), start(2), start(3, starting_date=DAY + timedelta(9)))
    assert [row["result"] for row in log] == ["A", "B", "B"]
    assert "90373-333" in codes[2]
    assert codes[3] == {"90373-334"}


def test_another_type_may_run_at_the_same_time() -> None:
    assert results(start(1), student(2, 40)) == "AA"


def test_a_start_without_inss_waits_and_no_other_message_knows_its_period() -> None:
    state, log, codes = story(unidentified(1), out(2, FIRST))
    assert state_of(state) == "PENDING"
    assert [row["result"] for row in log] == ["S", "B"]
    assert codes[2] == {"00913-354"}
    assert "00913-354" in story(cancel(3, FIRST), state=state)[2][3]


def test_an_end_closes_what_is_open_once() -> None:
    state, log, codes = story(start(1), out(2, FIRST, END), out(3, FIRST, END))
    assert state_of(state) == "CLOSED"
    assert [row["result"] for row in log] == ["A", "A", "B"]
    assert codes[3] == {"00913-356"}
    assert log[1]["after_ending_date"] == END


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"period": number(7)}, "00913-354"),
        ({"period": FIRST, "inss": inss(2)}, "00024-347"),
        ({"period": FIRST, "noss": nsso(2), "employer": nsso(2)}, "00011-347"),
        ({"period": FIRST, "end": DAY - timedelta(1)}, "00911-014"),
    ],
)
def test_an_end_that_does_not_fit_is_refused(said: dict[str, Any], code: str) -> None:
    state, log, codes = story(start(1), out(2, **said))
    assert (state_of(state), log[1]["result"]) == ("OPEN", "B")
    assert code in codes[2]


def test_a_change_replaces_dates_and_keeps_the_state() -> None:
    earlier = DAY - timedelta(2)
    state, log, _ = story(start(1), update(2, FIRST, starting_date=earlier))
    assert state_of(state) == "OPEN"
    assert log[1]["before_starting_date"] == DAY
    assert log[1]["after_starting_date"] == earlier
    assert state.periods.column("starting_date").to_pylist() == [earlier]


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({}, "90378-360"),
        ({"starting_date": DAY}, "90378-444"),
        ({"ending_date": END}, "00913-359"),
        ({"ending_date": OPEN}, "90378-444"),
    ],
)
def test_a_change_of_an_open_period_that_does_not_fit(said: dict[str, Any], code: str) -> None:
    state, log, codes = story(start(1), update(2, FIRST, **said))
    assert (state_of(state), log[1]["result"]) == ("OPEN", "B")
    assert code in codes[2]


def test_a_change_opens_a_period_again_unless_its_type_needs_an_end() -> None:
    state, _, _ = story(start(1), out(2, FIRST), update(3, FIRST, ending_date=OPEN))
    assert state_of(state) == "OPEN"
    state, _, codes = story(student(1, 40), update(2, FIRST, ending_date=OPEN))
    assert state_of(state) == "CLOSED"
    assert "90378-368" in codes[2]


def test_a_change_may_not_meet_another_period() -> None:
    other = start(2, starting_date=DAY + timedelta(40))
    _, log, codes = story(
        start(1, ending_date=END), other, update(3, FIRST, ending_date=DAY + timedelta(41))
    )
    assert [row["result"] for row in log] == ["A", "A", "B"]
    assert codes[3] == {"90378-334"}


def test_what_is_cancelled_stays_so_and_leaves_room() -> None:
    late = {"at": datetime(2023, 1, 11, tzinfo=UTC)}
    tail = (cancel(3, FIRST), out(4, FIRST), update(5, FIRST, starting_date=OPEN), start(6, **late))
    state, log, codes = story(start(1), cancel(2, FIRST), *tail)
    assert [row["result"] for row in log] == ["A", "A", "B", "B", "B", "W"]
    assert all("00913-355" in codes[receipt] for receipt in (3, 4, 5))
    assert codes[6] == {"90373-460"}
    assert [state_of(state), state_of(state, number(6))] == ["CANCELLED", "OPEN"]
    assert state.periods.column("is_cancelled").to_pylist() == [True, False]


@pytest.mark.parametrize(
    ("flag", "code"), [("is_locked", "00913-362"), ("has_blocking_anomaly", "00913-357")]
)
def test_a_period_may_be_closed_to_its_employer(flag: str, code: str) -> None:
    state, _, _ = story(start(1))
    at = state.periods.column_names.index(flag)
    locked = state.periods.set_column(at, state.periods.schema.field(at), pa.array([True]))
    state = State(locked, state.registrations, state.uses, state.aliases, state.log)
    rows = (out(2, FIRST), update(3, FIRST, starting_date=END), cancel(4, FIRST))
    then, log, codes = story(*rows, state=state)
    assert [row["result"] for row in log] == ["B", "B", "B"]
    assert all(code in found for found in codes.values())
    assert then.periods.to_pylist() == state.periods.to_pylist()


def test_days_are_registered_changed_and_cancelled() -> None:
    state, log, codes = story(
        start(1),
        daily(2, FIRST),
        daily(3, FIRST, starting_hour="1100"),
        daily(4, registration_id=number(2), daily_status="1", ending_hour="1300"),
        daily(5, registration_id=number(2), daily_status="1", ending_hour="1300"),
        daily(6, registration_id=number(2), daily_status="3"),
        daily(7, registration_id=number(2), daily_status="3"),
        daily(8, FIRST, starting_date=DAY - timedelta(1)),
        daily(9, FIRST),
        daily(10, number(7)),
    )
    assert "".join(row["result"] for row in log) == "AABABABBAB"
    assert codes[3] == {"90480-334"}
    assert codes[5] == {"90480-444"}
    assert codes[7] == {"01085-355"}
    assert codes[8] == {"00910-462"}
    assert codes[10] == {"00913-354"}
    rows = state.registrations.to_pylist()
    assert [(r["registration_id"], r["ending_hour"], r["is_cancelled"]) for r in rows] == [
        (number(2), "1300", True),
        (number(9), "1200", False),
    ]


def test_a_cancelled_period_takes_no_days() -> None:
    rows = (start(1), daily(2, FIRST), cancel(3, FIRST), daily(4, FIRST, starting_hour="1300"))
    change = daily(5, registration_id=number(2), daily_status="1", ending_hour="1300")
    assert results(*rows, change) == "AAABB"


def test_the_third_day_in_a_row_of_casual_work_is_refused() -> None:
    days = [casual(i + 1, DAY + timedelta(i)) for i in range(4)]
    assert results(*days) == "AABA"
    assert results(*days, casual(5, DAY + timedelta(2), employer=nsso(2))) == "AABAA"


def test_a_form_without_an_action_is_refused() -> None:
    row = {**message(1, "IN"), "action": None}
    assert results(row) == "B"


def test_a_late_declaration_is_accepted_and_its_period_stays_late() -> None:
    late = datetime(2023, 2, 1, tzinfo=UTC)
    state, log, codes = story(start(1, at=late), out(2, FIRST, date(2023, 3, 1), at=late))
    assert [(row["late"], row["result"]) for row in log] == [(True, "W"), (False, "A")]
    assert codes == {1: {"90373-460"}}
    period = state.periods.to_pylist()[0]
    assert (period["is_late"], period["anomalies"]) == (True, ["90373-460"])
    assert (period["first_receipt"], period["last_receipt"]) == (1, 2)


def test_messages_that_name_no_employer_are_filed_where_their_period_is() -> None:
    log = story(start(1, ending_date=END), cancel(2, FIRST), out(3, number(9)))[1]
    assert (log[1]["filed_employer"], log[1]["filed_inss"]) == (nsso(1), inss(1))
    assert (log[2]["filed_employer"], log[2]["filed_inss"]) == (None, None)


def test_a_second_delivery_is_not_logged_again() -> None:
    first = start(1, own_reference="R1")
    state, log, _ = story(first)
    again = {**first, "receipt": 2, "file_id": "another"}
    folded = fold(state, table([again, {**first, "receipt": 3}, first]))
    assert len(folded.log) == len(folded.periods) == 0
    told = [(row["receipt"], row["first_receipt"]) for row in folded.repeated.to_pylist()]
    assert told == [(2, 1), (3, 1)]
    assert len(log) == 1


def test_without_a_reference_only_the_same_form_of_the_same_file_is_a_second_delivery() -> None:
    state, _, _ = story(start(1))
    again = fold(state, table([{**start(1), "receipt": 2}]))
    other = fold(state, table([{**start(1), "receipt": 2, "file_id": "another"}]))
    assert (len(again.log), len(again.repeated)) == (0, 1)
    assert (other.log.column("result").to_pylist(), len(other.repeated)) == (["B"], 0)


def test_hours_of_a_student_span_employers_and_are_given_back() -> None:
    rows = (
        student(1, 590),
        student(2, 40, employer=nsso(2)),
        cancel(3, FIRST),
        student(4, 40, employer=nsso(3)),
        update(5, number(4), planned_hours=60),
    )
    folded = fold(EMPTY, table(rows))
    told = [(r["receipt"], r["used"], r["added"], r["beyond"]) for r in folded.quotas.to_pylist()]
    assert told == [
        (1, 0, 590, 0),
        (2, 590, 40, 30),
        (3, 630, -590, 0),
        (4, 40, 40, 0),
        (5, 80, 20, 0),
    ]
    codes = folded.findings.to_pylist()
    assert [(row["receipt"], row["code"]) for row in codes] == [(2, "90017-369")]
    assert folded.log.column("result").to_pylist() == ["A", "W", "A", "A", "A"]


def test_hours_that_were_declared_late_never_count() -> None:
    late = datetime(2023, 1, 20, tzinfo=UTC)
    folded = fold(
        EMPTY, table([student(1, 100, at=late), update(2, FIRST, planned_hours=50, at=late)])
    )
    assert [(r["added"], r["beyond"]) for r in folded.quotas.to_pylist()] == [(0, 100)]
    state = after(EMPTY, folded)
    more = fold(state, table([update(3, FIRST, planned_hours=60, at=late)]))
    assert len(more.quotas) == 0


def test_a_day_of_casual_work_counts_once_and_comes_back_when_nothing_is_left() -> None:
    evening: Row = {"starting_hour": "1800", "ending_hour": "2200"}
    rows = (casual(1), casual(2, **evening), cancel(3, FIRST), cancel(4, number(2)))
    folded = fold(EMPTY, table(rows))
    told = [(r["receipt"], r["quota"], r["added"]) for r in folded.quotas.to_pylist()]
    assert sorted(told) == sorted(
        (receipt, quota, added)
        for receipt, added in ((1, 1), (2, 0), (3, 0), (4, -1))
        for quota in ("HORECA_WORKER", "HORECA_EMPLOYER")
    )
