"""A number that is replaced: what was under it is under the other, and nothing comes or goes."""

import random
from typing import Any

import pyarrow as pa
import pytest
from dimona_streams import DAY, casual, inss, nsso, number, out, start, stream, student, table
from hypothesis import given
from hypothesis import strategies as st

from schemas.dimona.register import ALIAS
from schemas.tables import from_rows
from transforms.dimona.fold import fold
from transforms.dimona.idflux import added, rekeyed, resolved
from transforms.dimona.register import EMPTY, after


def replacing(receipt: int, old: str, new: str, kind: str = "inss") -> dict[str, Any]:
    place = {"file_id": f"idflux{receipt}", "form_no": 1, "line": 1}
    why = {"since": DAY, "justification": "1", "receipt": receipt}
    return {"kind": kind, "outdated": old, "valid": new, **why, **place}


def aliases(*rows: dict[str, Any]) -> pa.Table:
    return from_rows(ALIAS, rows)


def told(known: pa.Table) -> dict[str, str]:
    """Where outdated INSS numbers lead."""
    leads = resolved(known)["inss"]
    return dict(zip(leads.outdated.to_pylist(), leads.valid.to_pylist(), strict=True))


def one_after_the_other(known: pa.Table) -> dict[str, str]:
    """The same by going through all numbers at each replacement."""
    leads: dict[str, str] = {}
    for row in known.sort_by("receipt").to_pylist():
        outdated, valid = row["outdated"], row["valid"]
        before, then = leads.get(outdated, outdated), leads.get(valid, valid)
        if before == then:
            if before != outdated:
                continue
            then = valid
        for number_ in [before, *(n for n, target in leads.items() if target == before)]:
            leads[number_] = then
        leads.pop(then, None)
    return leads


@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda p: p[0] != p[1])),
    st.integers(0, 30),
)
def test_numbers_lead_where_one_replacement_after_the_other_leads(
    pairs: list[tuple[int, int]], wide: int
) -> None:
    """``wide``: further numbers, each replaced once."""
    once = [(100 + n, 200 + n) for n in range(wide)]
    rows = [replacing(i, str(old), str(new)) for i, (old, new) in enumerate([*pairs, *once])]
    random.Random(len(rows)).shuffle(rows)
    assert told(aliases(*rows)) == one_after_the_other(aliases(*rows))


def test_chains_and_numbers_that_are_given_back() -> None:
    chain = aliases(replacing(1, "A", "B"), replacing(2, "B", "C"))
    assert told(chain) == {"A": "C", "B": "C"}
    back = added(chain, aliases(replacing(3, "C", "A")))
    assert told(back) == {"B": "A", "C": "A"}
    assert added(back, back).equals(back)


@pytest.mark.parametrize("seed", range(6))
def test_which_numbers_were_replaced_together_does_not_matter(seed: int) -> None:
    choose = random.Random(seed)
    pairs = [choose.sample([inss(i) for i in range(5)], 2) for _ in range(8)]
    rows = [replacing(i + 1, old, new) for i, (old, new) in enumerate(pairs)]
    state = after(EMPTY, fold(EMPTY, table(stream(seed, 60))))
    one_by_one = state
    for row in rows:
        one_by_one = rekeyed(one_by_one, aliases(row))
    at_once = rekeyed(state, aliases(*rows))
    assert at_once.periods.equals(one_by_one.periods)
    assert at_once.uses.equals(one_by_one.uses)
    assert rekeyed(at_once, aliases(*rows)).periods.equals(at_once.periods)
    ids = at_once.periods.column("period_id")
    assert ids.equals(state.periods.column("period_id"))
    assert len(set(ids.to_pylist())) == len(ids)


def test_a_message_under_the_old_number_finds_the_period_under_the_new_one() -> None:
    state = after(EMPTY, fold(EMPTY, table([start(1)])))
    state = rekeyed(state, aliases(replacing(1, inss(1), inss(9))))
    assert state.periods.column("inss").to_pylist() == [inss(9)]
    folded = fold(state, table([start(2), start(3, inss=inss(9)), out(4, number(1), inss=inss(1))]))
    assert folded.log.column("result").to_pylist() == ["B", "B", "A"]
    assert folded.log.column("inss").to_pylist() == [inss(1), inss(9), inss(1)]
    assert folded.log.column("filed_inss").to_pylist() == [inss(9)] * 3


def test_uses_of_quotas_go_along() -> None:
    state = after(EMPTY, fold(EMPTY, table([student(1, 590), casual(2)])))
    numbers = aliases(
        replacing(1, inss(1), inss(9)), replacing(2, nsso(1), nsso(9), kind="employer")
    )
    owners = {(u["quota"], u["owner"]) for u in rekeyed(state, numbers).uses.to_pylist()}
    assert owners == {
        ("STUDENT", inss(9)),
        ("HORECA_WORKER", inss(9)),
        ("HORECA_EMPLOYER", nsso(9)),
    }
    more = fold(rekeyed(state, numbers), table([student(3, 40, inss=inss(9), employer=nsso(2))]))
    assert [(r["used"], r["beyond"]) for r in more.quotas.to_pylist()] == [(590, 30)]
