"""Messages that are judged one by one come to what turns of columns make of them.

``KWARTAAL_FUZZ_SECONDS`` sets how long streams of messages are tried.
"""

import os
import time
from dataclasses import fields
from datetime import timedelta

import pytest
from dimona_streams import DAY, Row, casual, crowded, number, start, stream, table, update

from transforms.dimona import turning
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY, Folded, State, after

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "0.7"))


def folded(state: State, rows: list[Row], few: int, monkeypatch: pytest.MonkeyPatch) -> Folded:
    """With turns of fewer than ``few`` messages one by one, whatever that costs."""
    monkeypatch.setattr(turning, "FEW", few)
    monkeypatch.setattr(turning, "_cheaper", lambda batch, turns: True)
    return fold(state, table(rows))


def same(one: Folded, other: Folded) -> None:
    for field in fields(Folded):
        if field.name != "not_run":
            assert getattr(one, field.name).equals(getattr(other, field.name)), field.name
    assert set(one.not_run) == set(other.not_run)


def test_one_by_one_is_as_by_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    until, seed = time.monotonic() + SECONDS, 0
    while seed < 2 or time.monotonic() < until:
        rows = crowded(seed, 900, workers=60) if seed % 3 else stream(seed, 60)
        half, state = len(rows) // 2, EMPTY
        for part in (rows[:half], rows[half:]):
            slow = folded(state, part, 0, monkeypatch)
            same(folded(state, part, 1 << 40, monkeypatch), slow)
            same(folded(state, part, 30, monkeypatch), slow)
            state = after(state, slow)
        seed += 1


def test_streams_of_casual_work_find_every_way_to_meet() -> None:
    found = fold(EMPTY, table(crowded(0, 1000, workers=20))).findings
    assert set(found.column("code").to_pylist()) >= {
        *("90373-333", "90373-334", "90378-333", "90378-334", "00910-459"),
        *("00913-354", "00913-355", "90378-444", "00011-347", "00778-345"),
    }


def test_hot_groups_take_no_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not by time, which says little on a busy machine: by how many turns are taken."""
    turns: list[int] = []
    monkeypatch.setattr(turning, "by_columns", lambda batch, rows: turns.append(len(rows)))
    shifts = [
        casual(n + 1, DAY + timedelta(n // 3), starting_hour=f"{n % 3 * 8:02}00", ending_hour=end)
        for n, end in enumerate(["0800", "1600", "2300"] * 60)
    ]
    changes = [
        update(n, number(1000), ending_date=DAY + timedelta(n % 7)) for n in range(1002, 1200)
    ]
    log = fold(EMPTY, table([*shifts, start(1000, ending_date=DAY), *changes])).log
    assert log.column("result").to_pylist().count("B") == 60
    assert turns == []
