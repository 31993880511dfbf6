"""Every check has a declaration that passes it and one that fails it."""

from dataclasses import dataclass
from datetime import date

import pytest
from declared import (
    INSS,
    compensation,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    shredded,
    student,
    unrelated,
    usual_form,
    zone,
)

from transforms.check import CHECKS, check
from transforms.identifiers import make_enterprise, make_inss, make_nsso

WORKED = occupation(service(6500, 49400), remun(900_000))
SOUND = usual_form(net=342_900)


@dataclass(frozen=True)
class Case:
    """A sound form, and one in which ``failing`` rows are found with ``value`` shown."""

    code: str
    sound: str
    wrong: str
    value: str | None
    failing: int = 1


def numbered(nsso: str, company: str) -> str:
    return SOUND.replace(
        SOUND[SOUND.index("<NOSSRegistrationNbr>") : SOUND.index("<Trusteeship>")],
        zone("NOSSRegistrationNbr", nsso),
    ).replace(
        SOUND[SOUND.index("<CompanyID>") : SOUND.index("<NetOwedAmount>")],
        zone("CompanyID", company),
    )


OTHER = make_inss(date(2001, 2, 3), 45)
NSSO, COMPANY = make_nsso(12345), make_enterprise(2_345_678)
LAST = record(WORKED, contribution(342_900, 900_000))
STUDENT = record(student(100_000, 8_140, hours=40), code="840")
IN_BALANCE = record(WORKED, contribution(500, 900_000), deduction(500))
OVERDRAWN = record(WORKED, contribution(500, 900_000), deduction(501), employer_class="011")
"""A class whose deductions are a cent more than its contributions."""
CASES = (
    Case("00015-007", SOUND, usual_form(net=342_901), "342901"),
    Case(
        "00015-011",
        form(person(IN_BALANCE), net=0),
        form(person(IN_BALANCE, OVERDRAWN), unrelated(50), net=49),
        "49",
    ),
    Case("00011-004", numbered(NSSO, "0"), numbered(str(int(NSSO) + 1), "0"), str(int(NSSO) + 1)),
    Case("00014-004", numbered("0", COMPANY), numbered("0", COMPANY[:-2] + "00"), None),
    Case("00024-004", SOUND, usual_form(net=342_900, inss="85073003329"), "85073003329"),
    Case(
        "90017-006",
        form(person(LAST), person(LAST, inss=OTHER, number=2), net=685_800),
        form(person(LAST), person(LAST, number=2), person(LAST, number=3), net=1_028_700),
        INSS[0],
        2,
    ),
    Case(
        "90012-006",
        form(person(LAST, STUDENT), net=351_040),
        form(person(LAST, LAST), net=685_800),
        "495",
    ),
)


def codes(*forms: str) -> list[tuple[str, int, str | None]]:
    found = check(shredded(document(*forms))).to_pylist()
    return [(row["code"], row["form_no"], row["value"]) for row in found]


def test_every_check_has_a_case() -> None:
    assert [case.code for case in CASES] == [one.code for one in CHECKS]
    assert len({one.code for one in CHECKS}) == len(CHECKS)


@pytest.mark.parametrize("case", CASES, ids=[case.code for case in CASES])
def test_a_check_finds_what_is_wrong_and_nothing_else(case: Case) -> None:
    assert codes(case.sound) == []
    found = codes(case.sound, case.wrong, case.sound)
    assert [(code, form_no) for code, form_no, _ in found] == [(case.code, 2)] * case.failing
    if case.value is not None:
        assert {value for *_, value in found} == {case.value}


def test_every_kind_of_amount_counts_for_the_net_amount() -> None:
    held = record(WORKED, contribution(342_900, 900_000), deduction(40_000))
    whole = form(person(held, STUDENT), unrelated(5_000), compensation(1_000), net=315_040)
    assert codes(whole) == []


def test_an_unrelated_contribution_and_a_compensation_are_not_of_the_class_of_the_workers() -> None:
    """Class 000 lacks the cent that class 010 of the unrelated contribution has too much."""
    short = record(WORKED, contribution(500, 900_000), deduction(501))
    assert [code for code, *_ in codes(form(person(short), unrelated(1), net=0))] == ["00015-011"]
    assert codes(form(person(IN_BALANCE), unrelated(50), compensation(50), net=0)) == []


def test_the_same_person_may_stand_in_two_declarations() -> None:
    assert codes(SOUND, SOUND) == []


def test_a_finding_says_where_and_how_sure() -> None:
    (row,) = check(shredded(document(usual_form(net=342_900, inss="85073003329")))).to_pylist()
    assert (row["suffix"], row["zone"], row["certainty"]) == ("004", "00024", "derived")
    lines = document(usual_form(net=342_900)).decode().splitlines()
    assert "<NaturalPerson>" in lines[row["line"] - 1]
