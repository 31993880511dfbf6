"""The same declaration whoever makes it, when, and in what company."""

import re
import tracemalloc
from collections.abc import Callable
from itertools import pairwise

import pytest

from schemas.quarter import Quarter
from transforms.synth.days import quarter_index, quarter_span
from transforms.synth.employers import Employer, make_employer
from transforms.synth.figures import figures
from transforms.synth.people import holder
from transforms.synth.plan import Plan, drafts, drafts_of, forms
from transforms.synth.sizes import jobs, jobs_of

Persons = set[tuple[str, bytes]]
"""NSSO number and INSS."""

PLAN = Plan(Quarter(2023, 1), 90, seed=5)


def test_ranges_and_order_do_not_matter() -> None:
    whole = list(forms(PLAN))
    assert list(forms(PLAN, 60, 90)) == whole[60:]
    assert [next(forms(PLAN, n, n + 1)) for n in reversed(range(60, 90))] == whole[:59:-1]


def test_the_number_of_employers_does_not_matter() -> None:
    larger = Plan(PLAN.quarter, 50_000, seed=5)
    assert list(forms(larger, 70, 90)) == list(forms(PLAN, 70, 90))


def test_defects_elsewhere_do_not_matter() -> None:
    damaged = Plan(PLAN.quarter, 90, seed=5, defects={"wrong-net-amount": 0.5})
    pairs = list(zip(drafts(damaged, 60, 90), forms(PLAN, 60, 90), strict=True))
    assert {draft.content == sound for draft, sound in pairs} == {True, False}
    assert all((draft.defect is None) == (draft.content == sound) for draft, sound in pairs)


@pytest.mark.parametrize("other", [Plan(Quarter(2023, 2), 90, seed=5), Plan(PLAN.quarter, 90, 6)])
def test_seed_and_quarter_matter(other: Plan) -> None:
    assert list(forms(other, 60, 90)) != list(forms(PLAN, 60, 90))


def test_employers_come_back_with_most_of_their_workers(inss_of: Callable[[Plan], Persons]) -> None:
    first, second = inss_of(PLAN), inss_of(Plan(Quarter(2023, 2), 90, seed=5))
    later = inss_of(Plan(Quarter(2024, 1), 90, seed=5))
    assert 0.8 < len(first & second) / len(first) < 0.97
    assert 0.5 < len(first & later) / len(first) < len(first & second) / len(first)


def test_leavers_are_gone_and_newcomers_start_in_the_quarter() -> None:
    """Within one job: who ends in a quarter is followed by someone who starts in the next."""
    employer = employer_of(40)
    index = quarter_index(PLAN.quarter)
    for job in range(employer.jobs):
        now, after = (holder(figures(), 5, employer, job, n) for n in (index, index + 1))
        span, following = quarter_span(index), quarter_span(index + 1)
        assert now.first <= span.last
        if now.last is None:
            assert (now.first, now.turn) == (after.first, after.turn)
        else:
            assert span.first <= now.last <= span.last
            assert now.first <= now.last
            assert after.first >= following.first


def test_numbers_of_employers_are_all_different() -> None:
    employers = [employer_of(n) for n in range(3000)]
    assert len({e.nsso for e in employers}) == 3000
    units = [unit for e in employers for unit in e.units]
    assert len(units) == len(set(units))


def test_sizes_in_ranges_are_sizes_of_the_whole() -> None:
    sizes = jobs(figures(), 0, 10_000).tolist()
    for first, last in pairwise((0, 1, 4095, 4097, 9000)):
        assert jobs(figures(), first, last).tolist() == sizes[first:last]
    assert jobs_of(figures(), 8192) == (sizes[8192], sum(sizes[:8192]))


def test_memory_does_not_grow_with_the_number_of_forms() -> None:
    numbers = [n for n in range(900) if jobs_of(figures(), n)[0] < 40]
    plan = Plan(Quarter(2023, 1), 900, seed=5)
    tracemalloc.start()
    try:
        first = written(plan, numbers[:80])
        before = tracemalloc.get_traced_memory()[0]
        second = written(plan, numbers[80:300])
        retained = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert second > 2 * first > 1_000_000
    assert retained < 1_000_000


def written(plan: Plan, employers: list[int]) -> int:
    return sum(len(draft.content) for draft in drafts_of(plan, employers))


def test_forms_do_not_depend_on_which_are_computed_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    together = [draft.content for draft in drafts(PLAN, 60, 80)]
    monkeypatch.setattr("transforms.synth.plan._BATCH", 100_000)
    assert [draft.content for draft in drafts(PLAN, 60, 80)] == together


def employer_of(index: int, seed: int = 5) -> Employer:
    return make_employer(figures(), seed, index, *jobs_of(figures(), index))


@pytest.fixture(scope="module")
def inss_of() -> Callable[[Plan], Persons]:
    def read(plan: Plan) -> Persons:
        return {
            (draft.nsso, inss)
            for draft in drafts(plan)
            for inss in re.findall(rb"<INSS>(\d{11})", draft.content)
        }

    return read
