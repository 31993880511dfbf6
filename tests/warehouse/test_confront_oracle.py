"""Counts, presence, coverage and dates of random small employers, beside day by day counting."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

import pytest
from confronted import FIRST, LAST, Quarterly

WORKERS = ("85073003328", "00010100125", "64020100181")
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
KINDS = ("OTH", "OTH", "OTH", "FLX", "FLX", "DWD", "STG")
STATES = ("CLOSED", "CLOSED", "CLOSED", "CLOSED", "CANCELLED", "PENDING")
Span = tuple[date, date]


@dataclass
class Employer:
    """What one employer says on either side; occupations and periods by worker."""

    number: str
    work: list[tuple[str, str, Span]] = field(default_factory=list)
    periods: list[tuple[str, str, str, bool, Span]] = field(default_factory=list)


def a_span(random: Random) -> Span:
    """Days around the quarter; few bounds, so that many of them touch or agree."""
    bounds = [FIRST + timedelta(days=n) for n in (-40, -1, 0, 1, 9, 10, 11, 30, 31, 89, 90, 120)]
    first, last = sorted(random.choices(bounds, k=2))
    return first, last


def an_employer(random: Random, number: int) -> Employer:
    made = Employer(f"{number:09}")
    for _ in range(random.randint(1, 4)):
        code = random.choice(("495", "495", "450"))
        made.work.append((random.choice(WORKERS), code, a_span(random)))
    for _ in range(random.randint(0, 5)):
        who, kind, state = (random.choice(of) for of in (WORKERS, KINDS, STATES))
        made.periods.append((who, kind, state, random.random() < 0.2, a_span(random)))
    return made


def put(told: Quarterly, employer: Employer) -> None:
    for who, code, (first, last) in employer.work:
        told.works(first, last, employer.number, who, code)
    for who, kind, state, late, (first, last) in employer.periods:
        told.period(first, last, kind, employer.number, who, state=state, is_late=late)


def days(span: Span) -> set[date]:
    return {day for day in DAYS if span[0] <= day <= span[1]}


def spans(held: set[date]) -> Iterator[Span]:
    """Runs of days."""
    for day in DAYS:
        if day in held and day - timedelta(days=1) not in held:
            end = day
            while end + timedelta(days=1) in held:
                end += timedelta(days=1)
            yield day, end


def one_worker(employer: Employer, who: str) -> Iterator[str]:
    """Codes of one worker, and `dmfa` and `dimona` where he counts on that side."""
    work = [(code, days(span)) for worker, code, span in employer.work if worker == who]
    counted = [
        (kind, late, days(span))
        for worker, kind, state, late, span in employer.periods
        if worker == who and kind != "DWD" and state == "CLOSED" and days(span)
    ]
    expected = any(kind != "STG" for kind, _, _ in counted)
    at_work = any(held for _, held in work)
    if at_work or (work and counted):
        yield "dmfa"
    if counted and (expected or work):
        yield "dimona"
    if at_work and not counted:
        yield "kwartaal:no_dimona"
    if expected and not work:
        yield "kwartaal:no_dmfa"
    flexi = set().union(*(held for kind, late, held in counted if kind == "FLX" and not late))
    for code, held in work:
        if code == "450" and held - flexi:
            yield "90015-485"
    if work and counted:
        yield from dates(work, counted)


def dates(
    work: list[tuple[str, set[date]]], counted: list[tuple[str, bool, set[date]]]
) -> Iterator[str]:
    occupied = set().union(*(held for code, held in work if code != "450"))
    others = [(kind, held) for kind, _, held in counted if kind != "FLX"]
    registered = set().union(*(held for _, held in others))
    for span in spans(occupied):
        met = [other for other in spans(registered) if days(other) & days(span)]
        if not met or (met[0][0], met[-1][1]) != span:
            yield "kwartaal:dates_differ"
    for span in spans(registered):
        wanted = any(kind != "STG" and held & days(span) for kind, held in others)
        if wanted and not days(span) & occupied:
            yield "kwartaal:days_without_dmfa"


def expected(employer: Employer) -> list[str]:
    found = [code for who in WORKERS for code in one_worker(employer, who)]
    dmfa, dimona = found.count("dmfa"), found.count("dimona")
    codes = [code for code in found if code not in ("dmfa", "dimona")]
    if dmfa != dimona:
        codes.append(f"{'90007-262' if dmfa > dimona else '90007-263'} {dmfa} {dimona}")
    return sorted(codes)


@pytest.mark.parametrize("seed", [1, 2])
def test_findings_are_those_of_counting_day_by_day(seed: int) -> None:
    random, told = Random(seed), Quarterly()
    employers = [an_employer(random, number) for number in range(1, 301)]
    for employer in employers:
        put(told, employer)
    found: dict[str, list[str]] = {employer.number: [] for employer in employers}
    for row in told.found():
        said = f"{row['code']} {row['dmfa_number']} {row['dimona_number']}"
        found[row["employer"]].append(said if row["code"][:5] == "90007" else row["code"])
    for employer in employers:
        assert sorted(found[employer.number]) == expected(employer), employer


def test_counts_differ_by_who_is_on_one_side_alone() -> None:
    random, told = Random(3), Quarterly()
    for number in range(1, 101):
        put(told, an_employer(random, number))
    alone: dict[str, int] = {}
    counts: dict[str, int] = {}
    for row in told.found():
        who, code = row["employer"], row["code"]
        if code.startswith("kwartaal:no_"):
            alone[who] = alone.get(who, 0) + (1 if code == "kwartaal:no_dimona" else -1)
        elif code.startswith("90007"):
            counts[who] = row["dmfa_number"] - row["dimona_number"]
    assert counts
    assert counts == {who: difference for who, difference in alone.items() if difference}
