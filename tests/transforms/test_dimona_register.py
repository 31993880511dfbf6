"""Whatever the batches, the same declarations make the same register; and what always holds of it.

``KWARTAAL_FUZZ_SECONDS`` sets how long streams of messages are tried.
"""

import os
import random
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from dimona_streams import Row, stream, table
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.dimona.register import FOUND_IN, LOG_KEYS, MUTABLE
from transforms.dimona.filing import touched
from transforms.dimona.fold import fold, refold
from transforms.dimona.register import EMPTY, Folded, State, after
from transforms.rates.book import rate_book

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "0.5"))
MESSAGES = 60
Register = tuple[State, pa.Table]
"""A state, and all findings."""


def seeds(seconds: float = SECONDS) -> Iterator[int]:
    """Seeds until time is up, three at least."""
    until, seed = time.monotonic() + seconds, 0
    while seed < 3 or time.monotonic() < until:
        yield seed
        seed += 1


def at_once(rows: list[Row]) -> Register:
    return in_batches([rows])


def in_batches(batches: list[list[Row]]) -> Register:
    state, found = EMPTY, [FOUND_IN.inside.empty_table()]
    for rows in batches:
        folded = fold(state, table(rows))
        assert len(folded.behind) == 0
        state = after(state, folded)
        found.append(folded.findings)
    return state, pa.concat_tables(found)


def shown(register: Register) -> dict[str, list[Row]]:
    """Everything in an order of its own, so that it can be compared."""
    state, findings = register
    by = {
        "periods": (state.periods, ["period_id"]),
        "registrations": (state.registrations, ["registration_id"]),
        "log": (state.log, ["receipt"]),
        "uses": (state.uses, ["receipt", "quota", "owner", "year", "amount"]),
        "findings": (findings, ["receipt", "code"]),
    }
    return {
        name: rows.sort_by([(key, "ascending") for key in keys]).to_pylist()
        for name, (rows, keys) in by.items()
    }


def cut(rows: list[Row], choose: random.Random) -> list[list[Row]]:
    """Batches in order of receipt, each in any order."""
    places = sorted(choose.sample(range(len(rows)), choose.randrange(1, 8)))
    batches = [rows[a:b] for a, b in pairwise([0, *places, len(rows)])]
    for batch in batches:
        choose.shuffle(batch)
    return batches


def test_the_order_within_batches_and_their_cut_do_not_matter() -> None:
    for seed in seeds():
        rows, choose = stream(seed, MESSAGES), random.Random(seed)
        whole = shown(at_once(rows))
        assert shown(in_batches(cut(rows, choose))) == whole, f"seed {seed}"


def test_one_message_after_the_other_is_as_all_together() -> None:
    rows = stream(99, 50)
    assert shown(in_batches([[row] for row in rows])) == shown(at_once(rows))


def test_a_batch_that_is_tried_again_adds_nothing() -> None:
    for seed in seeds(SECONDS / 2):
        rows, choose = stream(seed, MESSAGES), random.Random(seed)
        whole = at_once(rows)
        state = whole[0]
        for batch in cut(rows, choose):
            folded = fold(state, table(batch))
            changed = (folded.log, folded.periods, folded.registrations, folded.uses)
            assert [len(part) for part in changed] == [0, 0, 0, 0], f"seed {seed}"
        crashed, recut = cut(rows, choose), cut(rows, choose)
        fold(EMPTY, table(crashed[0]))
        assert shown(in_batches(recut)) == shown(whole), f"seed {seed}"


def test_replaying_the_log_gives_the_register() -> None:
    for seed in seeds(SECONDS / 2):
        whole = at_once(stream(seed, MESSAGES))
        again = refold(whole[0], whole[0].log.slice(0, 0))
        assert shown((after(EMPTY, again), again.findings)) == shown(whole), f"seed {seed}"


def test_what_comes_behind_later_messages_is_put_in_its_place() -> None:
    behind = 0
    for seed in seeds():
        rows, choose = stream(seed, MESSAGES), random.Random(seed)
        batches = cut(rows, choose)
        choose.shuffle(batches)
        state, findings = EMPTY, FOUND_IN.inside.empty_table()
        for batch in batches:
            folded = fold(state, table(batch))
            state, findings = after(state, folded), pa.concat_tables([findings, folded.findings])
            if len(folded.behind):
                behind += 1
                again = refold(state, folded.behind)
                state, findings = after(EMPTY, again), again.findings
        # A bucket that nothing came behind of may know periods of another bucket too late.
        again = refold(state, state.log.slice(0, 0))
        whole = shown(at_once(rows))
        assert shown((after(EMPTY, again), again.findings)) == whole, f"seed {seed}"
    assert behind


def test_only_the_touched_buckets_are_needed() -> None:
    for seed in seeds(SECONDS / 2):
        rows = stream(seed, MESSAGES)
        first, second = rows[:40], rows[40:]
        whole = at_once(rows)
        state, findings = at_once(first)
        part = part_of(state, table(second))
        folded = fold(part, table(second))
        assert after(part, folded).log.column_names == list(LOG_KEYS)
        told = after(state, folded), pa.concat_tables([findings, folded.findings])
        assert shown(told) == shown(whole), f"seed {seed}"


def part_of(state: State, messages: pa.Table) -> State:
    """The buckets that messages touch, found as a caller finds them."""
    wanted = touched(messages, state.aliases)
    registrations = state.registrations.to_pylist()
    ids = set(wanted.period_ids.to_pylist())
    named = set(wanted.registration_ids.to_pylist())
    ids |= {r["period_id"] for r in registrations if r["registration_id"] in named}
    buckets = {(row["employer"], row["inss"]) for row in wanted.buckets.to_pylist()}
    periods = state.periods.to_pylist()
    buckets |= {(p["employer"], p["inss"]) for p in periods if p["period_id"] in ids}
    owners = {number for bucket in buckets for number in bucket}
    mine = [(p["employer"], p["inss"]) in buckets for p in periods]
    kept = {p["period_id"] for p, own in zip(periods, mine, strict=True) if own}
    logged = [(r["filed_employer"], r["filed_inss"]) in buckets for r in state.log.to_pylist()]
    return State(
        state.periods.filter(pa.array(mine, pa.bool_())).combine_chunks(),
        state.registrations.filter(
            pa.array([r["period_id"] in kept for r in registrations], pa.bool_())
        ).combine_chunks(),
        state.uses.filter(
            pa.array([u["owner"] in owners for u in state.uses.to_pylist()], pa.bool_())
        ).combine_chunks(),
        state.aliases,
        state.log.filter(pa.array(logged, pa.bool_())).select(LOG_KEYS).combine_chunks(),
    )


@settings(max_examples=max(8, int(SECONDS * 8)), deadline=None, derandomize=True)
@given(seed=st.integers(1000, 1 << 40))
def test_what_always_holds(seed: int) -> None:
    folded = fold(EMPTY, table(stream(seed, MESSAGES)))
    state = after(EMPTY, folded)
    log = state.log.sort_by("receipt").to_pylist()
    a_period_has_one_start(state, log)
    no_two_periods_are_alike(state)
    what_was_after_is_before(log)
    a_refusal_changes_nothing_and_cancelled_is_for_good(log)
    changes_keep_who_and_what(state, log)
    late_stays_late(state, log)
    quotas_are_what_was_accepted(state, folded, log)


def a_period_has_one_start(state: State, log: list[Row]) -> None:
    starts = [r["of_period"] for r in log if r["action"] == "IN" and r["result"] != "B"]
    assert len(starts) == len(set(starts))
    assert sorted(starts) == state.periods.column("period_id").to_pylist()


def no_two_periods_are_alike(state: State) -> None:
    who = ("employer", "inss", "worker_type", "joint_committee", *MUTABLE[:4])
    there = [p for p in state.periods.to_pylist() if p["state"] in ("OPEN", "CLOSED")]
    alike = [tuple(p[name] for name in who) for p in there]
    assert len(alike) == len(set(alike))
    for p in there:
        assert p["state"] == ("OPEN" if p["ending_date"] is None else "CLOSED")


def what_was_after_is_before(log: list[Row]) -> None:
    last: dict[str, list[Any]] = {}
    names = ("state", *MUTABLE)
    for row in log:
        before, then = ([row[f"{side}_{n}"] for n in names] for side in ("before", "after"))
        if row["of_period"] in last and last[row["of_period"]][0] != "PENDING":
            assert before == last[row["of_period"]], row["receipt"]
        if row["result"] != "B":
            last[row["of_period"]] = then


def a_refusal_changes_nothing_and_cancelled_is_for_good(log: list[Row]) -> None:
    for row in log:
        before, then = ([row[f"{side}_{n}"] for n in MUTABLE] for side in ("before", "after"))
        if row["result"] == "B":
            assert (before, row["before_state"]) == (then, row["after_state"])
        if row["before_state"] == "CANCELLED":
            assert (row["result"], row["after_state"]) == ("B", "CANCELLED")


def changes_keep_who_and_what(state: State, log: list[Row]) -> None:
    started = {r["of_period"]: r for r in log if r["action"] == "IN"}
    for period in state.periods.to_pylist():
        start = started[period["period_id"]]
        for name in ("employer", "inss", "worker_type", "joint_committee", "user_company"):
            assert period[name] == start[name]


def late_stays_late(state: State, log: list[Row]) -> None:
    late = {r["of_period"] for r in log if r["late"] and r["result"] in "AWS"}
    assert {p["period_id"] for p in state.periods.to_pylist() if p["is_late"]} == late


def quotas_are_what_was_accepted(state: State, folded: Folded, log: list[Row]) -> None:
    limit = next(
        v for v in rate_book().parameters["student_hours_quota"].values if v.first.year == 2023
    )
    late = {r["of_period"] for r in log if r["action"] == "IN" and r["late"]}
    used: dict[str, int] = {}
    for p in state.periods.to_pylist():
        if p["worker_type"] == "STU" and p["state"] == "CLOSED" and p["period_id"] not in late:
            used[p["inss"]] = used.get(p["inss"], 0) + p["planned_hours"]
    uses = state.uses.filter(pc.equal(state.uses.column("quota"), "STUDENT"))
    sums = uses.group_by("owner").aggregate([("amount", "sum")]).to_pylist()
    assert {r["owner"]: r["amount_sum"] for r in sums if r["amount_sum"]} == used
    timely = {r["receipt"] for r in log if not r["late"]}
    for row in folded.quotas.to_pylist():
        if row["quota"] == "STUDENT" and row["receipt"] in timely:
            beyond = row["used"] + row["added"] - int(limit.value)
            assert row["beyond"] == min(max(beyond, 0), max(row["added"], 0))


def test_streams_have_everything_in_them() -> None:
    log = at_once(stream(1, 400))[0].log.to_pylist()
    assert {(r["action"], r["result"]) for r in log} >= {
        *(("IN", result) for result in "AWBS"),
        *((action, result) for action in ("OUT", "UPDATE", "CANCEL", "DAILY") for result in "AB"),
    }
    assert {r["after_state"] for r in log} == {"OPEN", "CLOSED", "CANCELLED", "PENDING", None}
    assert len(log) < 400
