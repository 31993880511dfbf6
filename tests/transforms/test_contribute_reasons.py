"""Every reason why a line is not computed can be told, and is told of a small declaration."""

from datetime import date
from importlib import import_module
from pathlib import Path

import pytest
from computed import employer, reference, rows, supposing
from declared import (
    INSS,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    unrelated,
    vehicle,
)

import transforms.contribute as contribute
from schemas.quarter import Quarter
from transforms.reference import NOTHING, Reference

Q1, Q4 = Quarter(2023, 1), Quarter(2023, 4)
MODULES = sorted(p.stem for p in Path(contribute.__path__[0]).glob("*.py") if p.stem != "__init__")
CAR = {"plate": "1ABC234", "fuel": "diesel", "co2": 151, "ordered": None, "months": 3}
WORKED = service(6500)


def reduced(*codes: str, start: str | None = None) -> str:
    return "\n".join(deduction(1, "OccupationDeduction", code, start) for code in codes)


def job(*content: str, committee: str = "200", **more: int) -> str:
    return occupation(*content, committee=committee, **more)  # type: ignore[arg-type]


def white(*content: str, code: str = "495") -> bytes:
    return document(form(person(record(*content, code=code))))


def unborn(*content: str) -> bytes:
    """A person whose number has no month of birth."""
    return document(form(person(record(*content), inss="64000000186")))


LINE = contribution(1, 1000, "859")
BONUS = deduction(1, "WorkerDeduction", "0001")
FULL = (WORKED, remun(600_000))
FORM_862 = unrelated(1, code="862")

REASONS: dict[str, tuple[bytes, Quarter, Reference]] = {
    "compare.NO_FAMILY": (white(job(), contribution(1, 1, "015", 1)), Q1, NOTHING),
    "compare.NOT_DECLARED": (white(job(remun(1000))), Q1, NOTHING),
    "ordinary.SHARED_CEILING": (
        document(form(person(*[record(job(remun(5_000_000)), contribution(1, 1))] * 2))),
        Quarter(2025, 3),
        NOTHING,
    ),
    "ordinary.REPEATED": (white(job(remun(1000)), *[contribution(381, 1000)] * 2), Q1, NOTHING),
    "payroll.NOT_COVERED": (white(job(), LINE, code="011"), Q1, NOTHING),
    "payroll.OPEN_CATEGORY": (white(job(committee="337"), LINE), Q1, NOTHING),
    "employer_lines.REPEATED": (white(job(), LINE, LINE), Q1, NOTHING),
    "special_contribution.NO_HOUSEHOLD": (
        white(job(remun(600_000)), contribution(1, code="856")),
        Q1,
        NOTHING,
    ),
    "special_contribution.SEVERAL_RECORDS": (
        document(form(person(*[record(job(), contribution(1, code="856"))] * 2))),
        Q1,
        NOTHING,
    ),
    "special_contribution.REPEATED": (
        white(job(), *[contribution(1, code="856")] * 2),
        Q1,
        reference({INSS[0]: "alone"}),
    ),
    "per_worker.NO_BASIS": (white(job(), contribution(1, code="260")), Q1, NOTHING),
    "unrelated.NO_BASIS": (document(form(unrelated(1, code="865"))), Q1, NOTHING),
    "standing.REPEATED": (white(job(*FULL, reduced("3000", "3000"))), Q4, NOTHING),
    "standing.SECOND_TARGET_GROUP": (
        white(job(*FULL, reduced("3324", "3900"), committee="302")),
        Q1,
        NOTHING,
    ),
    "reductions.NO_REGIME": (white(job(*FULL, reduced("3000"), week=0)), Q1, NOTHING),
    "reductions.NO_TIME": (
        white(job(*FULL, reduced("3000"), hours=1900)),
        Q1,
        NOTHING,
    ),
    "reductions.BEFORE": (white(job(*FULL, reduced("3000", "3315"))), Q4, NOTHING),
    "reductions.NO_PAID_TIME": (white(job(remun(1), reduced("3000"))), Q1, NOTHING),
    "reductions.PREMIUM": (white(job(*FULL, reduced("3000"))), Q4, NOTHING),
    "reductions.NO_AGE": (unborn(job(*FULL, reduced("6320"))), Q1, NOTHING),
    "reductions.NO_START": (white(job(*FULL, reduced("3324"))), Q1, NOTHING),
    "first_hires.OLD_RIGHT": (
        white(job(*FULL, reduced("3324", start="2016-12-31"))),
        Quarter(2021, 3),
        NOTHING,
    ),
    "work_bonus.MONTHS": (white(job(*FULL), job(), BONUS), Q1, NOTHING),
    "work_bonus.PREMIUM": (white(job(*FULL, remun(1, "002", 2)), BONUS), Q1, NOTHING),
    "work_bonus.NO_TIME": (white(job(remun(1)), BONUS), Q1, NOTHING),
    "company_cars.NO_PLATES": (document(form(FORM_862)), Q1, NOTHING),
    "company_cars.NO_FACTS": (document(form(vehicle("1ABC234"), FORM_862)), Q1, NOTHING),
    "company_cars.SEVERAL": (
        document(form(vehicle("1ABC234"), FORM_862, FORM_862)),
        Q1,
        reference(vehicles=[CAR]),
    ),
}

UNNAMED = {
    "exempt by the type declared": (white(job(), contribution(1, 1, "809", 8)), NOTHING),
    "type 3 of 859 is not known": (white(job(), contribution(1, 1, "859", 3)), NOTHING),
    "the rate of 260/3 was not found": (white(job(), contribution(1, 1, "260", 3)), NOTHING),
    "not a worker code of students": (None, NOTHING),
    "the head count of the reference table asks for another type": (
        white(job(), contribution(1, 1, "809", 5)),
        employer(headcount=1),
    ),
}
"""Reasons that no constant holds; that of students has its own test."""


def told(name: str) -> str:
    module, _, constant = name.partition(".")
    text = getattr(import_module(f"transforms.contribute.{module}"), constant)
    assert isinstance(text, str)
    return text


@pytest.mark.parametrize("name", REASONS)
def test_a_reason_is_told(name: str) -> None:
    data, quarter, known = REASONS[name]
    book = supposing(date(2025, 7, 1), date(2025, 12, 31), asbestos_fund="0")
    assert told(name) in {row["reason"] for row in rows(data, quarter, known, book=book)}


@pytest.mark.parametrize("reason", [r for r, (data, _) in UNNAMED.items() if data])
def test_a_reason_without_a_name_is_told(reason: str) -> None:
    data, known = UNNAMED[reason]
    assert data is not None
    assert reason in {row["reason"] for row in rows(data, reference=known)}


def test_no_reason_is_left_out() -> None:
    """Constants with several words are reasons, but for the name of an outcome."""
    constants = {
        f"{module}.{name}": value
        for module in MODULES
        for name, value in vars(import_module(f"transforms.contribute.{module}")).items()
        if name.isupper() and isinstance(value, str) and " " in value and not name.startswith("_")
    }
    reasons = {told(name) for name in REASONS}
    assert set(constants.values()) - {"not computed"} == reasons | {"not declared"}
