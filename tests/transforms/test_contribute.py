"""Declared beside computed: outcomes, official codes, tolerance, and what adds up to the net."""

from typing import Any

import pytest
from computed import of, one_record, reference, rows, the_row
from declared import (
    INSS,
    compensation,
    contribution,
    deduction,
    document,
    form,
    occupation,
    outcome,
    person,
    record,
    remun,
    service,
    student,
    unrelated,
    usual_form,
    vehicle,
)
from lxml import etree

from schemas.quarter import Quarter
from transforms.contribute.compare import NO_FAMILY
from transforms.contribute.ordinary import REPEATED

CAR = {"plate": "1ABC234", "fuel": "diesel", "co2": 151, "ordered": None, "months": 3}
ALONE = {INSS[0]: "alone"}
ORDINARY = 342_900


def paid(*amounts: int, code: str = "001", committee: str = "200") -> str:
    pay = [remun(a, code=code, number=n) for n, a in enumerate(amounts, 1)]
    return occupation(*pay, committee=committee)


# --- one line ------------------------------------------------------------------------------------


def test_a_line_that_is_right() -> None:
    row = the_row(one_record(paid(500_000, 400_000), contribution(ORDINARY, 900_000)))
    assert row["outcome"] == "equal"
    assert (row["computed_base"], row["computed_amount"]) == (900_000, ORDINARY)
    assert (row["difference"], row["reason"], row["anomaly"]) == (0, None, None)
    assert (row["family"], row["confidence"], row["rate"]) == ("ordinary", "unverified", 38_100_000)
    assert (row["code"], row["type"], row["sign"]) == ("495", "0", 1)
    assert row["formula"].startswith("ordinary/category_1/2023Q1/")
    assert row["inputs"] == [900_000, 0]


@pytest.mark.parametrize(
    ("amount", "base", "anomaly"),
    [
        (ORDINARY, 900_001, "00084-044"),
        (ORDINARY, None, "00084-044"),
        (ORDINARY + 1, 900_000, "00085-044"),
        (ORDINARY - 1, 900_000, "00085-044"),
        (1, 1, "00084-044"),
    ],
)
def test_a_line_that_is_wrong_says_the_anomaly(amount: int, base: int | None, anomaly: str) -> None:
    row = the_row(one_record(paid(900_000), contribution(amount, base)))
    assert (row["outcome"], row["anomaly"], row["reason"]) == ("different", anomaly, None)
    assert row["difference"] == amount - ORDINARY
    assert (row["declared_base"], row["declared_amount"]) == (base, amount)


def test_a_line_that_is_due_and_not_declared() -> None:
    data = one_record(paid(900_000))
    row = the_row(data)
    assert (row["outcome"], row["reason"]) == ("different", "not declared")
    assert (row["anomaly"], row["difference"]) == ("00085-044", -ORDINARY)
    assert (row["declared_amount"], row["computed_amount"]) == (None, ORDINARY)
    assert (row["source_block"], row["code"], row["type"]) == ("worker_contribution", "495", "0")
    assert (row["seq"], row["inss"], row["employer_class"]) == (None, INSS[0], "000")
    assert row["line"] == data.count(b"\n", 0, data.index(b"<WorkerRecord>")) + 1


def test_without_pay_nothing_is_due() -> None:
    assert rows(one_record(occupation())) == []
    row = the_row(one_record(occupation(), contribution(0, 0)))
    assert (row["outcome"], row["computed_amount"]) == ("equal", 0)


def test_a_record_without_lines_beside_one_with_lines() -> None:
    """Both orders: the last record of all may be the one without."""
    with_line = record(paid(1000), contribution(381, 1000))
    without = record(paid(2000), employer_class="010")
    for records in ((with_line, without), (without, with_line)):
        found = rows(document(form(person(*records))))
        assert sorted((r["employer_class"], r["outcome"], r["reason"]) for r in found) == [
            ("000", "equal", None),
            ("010", "different", "not declared"),
        ]


def test_a_repeated_line_is_answered_once() -> None:
    line = contribution(381, 1000)
    found = rows(one_record(paid(1000), line, line))
    assert [(r["outcome"], r["reason"]) for r in found] == [
        ("equal", None),
        ("not computed", REPEATED),
    ]


@pytest.mark.parametrize(
    ("code", "employer_class", "line_code", "kind"),
    [
        ("495", "352", "495", 0),
        ("011", "000", "011", 1),
        ("495", "000", "830", 0),
        ("495", "000", "495", 2),
        ("015", "000", "015", 0),
        ("495", "000", "015", 1),
    ],
)
def test_a_line_that_no_family_computes(
    code: str, employer_class: str, line_code: str, kind: int
) -> None:
    line = contribution(38, 100, code=line_code, kind=kind)
    data = one_record(occupation(), line, code=code, employer_class=employer_class)
    row = the_row(data)
    assert (row["outcome"], row["reason"], row["family"]) == ("not computed", NO_FAMILY, None)


# --- official codes and tolerance ----------------------------------------------------------------

WORKED = service(6500, 49_400)


def every_block(off: int) -> bytes:
    """One line of each block that a family computes, all of them off by some cents.

    S is 2,999.00 x 1, R 0.14 x (10,585.95 - 2,999) + 0.4 x (6,375.19 - 2,999) = 2,412.65: above
    the 749.75 that is due. The work bonus is 3 x 130.66, all of the personal contribution. Three
    months of a diesel car of 151 g/km are 3 x 95.16.
    """
    reduced = deduction(74_975 + off, "OccupationDeduction")
    worked = occupation(WORKED, remun(299_900), reduced)
    ordinary = contribution(114_262 + off, 299_900)
    bonus = deduction(39_198 + off, "WorkerDeduction", "0001")
    return document(
        form(
            person(record(worked, ordinary, contribution(off, code="856"), bonus)),
            person(record(student(1000, 81 + off, hours=10), code="840"), inss=INSS[1], number=2),
            vehicle("1ABC234"),
            unrelated(28_548 + off, code="862"),
        )
    )


CODES = {
    "495": "00085-044",
    "856": "00085-044",
    None: "00077-044",
    "3000": "00089-044",
    "0001": "00089-044",
    "862": "00022-044",
}


@pytest.mark.parametrize(
    ("off", "tolerance", "told"), [(0, 0, 0), (1, 0, 6), (2, 1, 6), (2, 2, 0), (1, 5, 0)]
)
def test_a_difference_within_the_tolerance_is_a_difference_without_a_code(
    off: int, tolerance: int, told: int
) -> None:
    found = rows(every_block(off), reference=reference(ALONE, vehicles=[CAR]), tolerance=tolerance)
    assert {row["code"]: row["difference"] for row in found} == dict.fromkeys(CODES, off)
    assert {row["outcome"] for row in found} == {"different" if off else "equal"}
    anomalies = {row["code"]: row["anomaly"] for row in found if row["anomaly"]}
    assert anomalies == (CODES if told else {})


def test_quarters_that_nobody_has_looked_at_are_not_computed() -> None:
    data = one_record(paid(900_000), contribution(ORDINARY, 900_000))
    assert the_row(data, Quarter(2025, 4))["computed_amount"] is not None
    row = the_row(data, Quarter(2026, 1))
    assert (row["outcome"], row["computed_amount"]) == ("not computed", None)
    assert "known up to 2025Q4" in row["reason"]


@pytest.mark.parametrize(("tolerance", "anomaly"), [(9, "00084-044"), (10, None)])
def test_a_base_has_the_same_tolerance(tolerance: int, anomaly: str | None) -> None:
    data = one_record(paid(900_000), contribution(ORDINARY, 900_010))
    row = the_row(data, tolerance=tolerance)
    assert (row["outcome"], row["anomaly"]) == ("different", anomaly)


@pytest.mark.parametrize(("tolerance", "anomaly"), [(380, "00085-044"), (381, None)])
def test_what_is_not_declared_may_be_within_the_tolerance(
    tolerance: int, anomaly: str | None
) -> None:
    row = the_row(one_record(paid(1000)), tolerance=tolerance)
    assert (row["outcome"], row["reason"], row["anomaly"]) == ("different", "not declared", anomaly)


@pytest.mark.parametrize("pay", [299_900, 2_000_000])
def test_a_reduction_without_an_amount_differs(pay: int) -> None:
    """Also where nothing would be granted."""
    reduced = deduction(None, "OccupationDeduction")
    (row,) = of(rows(one_record(occupation(WORKED, remun(pay), reduced))), "3000")
    assert (row["outcome"], row["anomaly"], row["difference"]) == ("different", "00089-044", None)


# --- every block that carries an amount ----------------------------------------------------------


def test_students_and_other_sources() -> None:
    data = document(
        form(
            person(record(student(1000, 81, hours=10), code="840")),
            person(
                record(
                    occupation(deduction(7, "OccupationDeduction")),
                    contribution(0, 0),
                    deduction(20),
                    deduction(None),
                ),
                inss=INSS[1],
                number=2,
            ),
            unrelated(50, 600),
            compensation(3),
        )
    )
    found = {
        (r["source_block"], r["sign"], r["declared_base"], r["declared_amount"], r["code"])
        for r in rows(data)
    }
    assert found == {
        ("student_contribution", 1, 1000, 81, None),
        ("worker_contribution", 1, 0, 0, "495"),
        ("worker_deduction", -1, None, 20, "3000"),
        ("worker_deduction", -1, None, None, "3000"),
        ("occupation_deduction", -1, None, 7, "3000"),
        ("contribution_unrelated_to_np", 1, 600, 50, "865"),
        ("employer_compensation", -1, None, 3, "01"),
    }


def test_an_unrelated_line_has_the_employer_class_of_its_own() -> None:
    (row,) = rows(document(form(unrelated(50, 600), net=50)))
    assert (row["employer_class"], row["inss"], row["worker_code"]) == ("010", None, None)
    assert (row["employer"], row["quarter"]) == ("112367321", "2023Q1")


NET = {
    "ContributionAmount": 1,
    "UnrelatedAmount": 1,
    "StudentContributionAmount": 1,
    "EarlyRetirementContributionAmount": 1,
    "GrossRefRemunContributionAmount": 1,
    "DeductionAmount": -1,
    "CompensationAmount": -1,
}


def test_signed_amounts_make_up_the_net_amount() -> None:
    """Zone 00015 of a consistent declaration, whatever blocks it has."""
    early = (
        "<EarlyRetirementContribution><EarlyRetirementCode>1</EarlyRetirementCode>"
        "<EarlyRetirementContributionAmount>900</EarlyRetirementContributionAmount>"
        "</EarlyRetirementContribution>"
    )
    dismissed = (
        "<DismissedStatutoryWorkerContribution><GrossRefRemunAmount>5000</GrossRefRemunAmount>"
        "<GrossRefRemunContributionAmount>1100</GrossRefRemunContributionAmount>"
        "<RefNbrDays>10</RefNbrDays><SubjectionStartingDate>2022-01-01</SubjectionStartingDate>"
        "<SubjectionEndingDate>2022-02-01</SubjectionEndingDate>"
        "</DismissedStatutoryWorkerContribution>"
    )
    content = (
        person(
            record(student(1000, 81, hours=10), contribution(13, code="855"), code="840"),
            record(early, code="879"),
            record(dismissed, code="671"),
            record(
                occupation(remun(1000), deduction(7, "OccupationDeduction")),
                contribution(381, 1000),
                deduction(20),
            ),
        ),
        unrelated(50, 600),
        compensation(3),
    )
    draft = etree.fromstring(form(*content))
    net = sum(sign * int(n.text or 0) for name, sign in NET.items() for n in draft.iter(name))
    data = document(form(*content, net=net))
    assert outcome(data).accepted
    signed = sum(row["sign"] * (row["declared_amount"] or 0) for row in rows(data))
    assert signed == net == 2495


# --- independence --------------------------------------------------------------------------------


def told(found: list[dict[str, Any]]) -> list[str]:
    """Rows apart from where they stand."""
    place = ("file_id", "form_no", "line", "seq")
    return sorted(str({k: v for k, v in row.items() if k not in place}) for row in found)


def test_another_employer_in_the_file_changes_nothing() -> None:
    known = reference(ALONE, vehicles=[CAR])
    alone = every_block(1)
    start, end = alone.index(b"<Form>"), alone.rindex(b"</Form>") + len(b"</Form>")
    mine = alone[start:end].decode()
    other = usual_form(inss=INSS[2]).replace("112367321", "112367420")
    both = [row for row in rows(document(other, mine), reference=known) if row["inss"] != INSS[2]]
    assert told(both) == told(rows(alone, reference=known))


@pytest.mark.parametrize("step", [1, -1])
def test_the_order_of_records_and_lines_does_not_matter(step: int) -> None:
    lines = [contribution(38, 100), contribution(1, 100, "809"), contribution(1, code="856")]
    jobs = [occupation(remun(60)), occupation(remun(40), number=2, committee="124")]
    people = [
        person(record(*jobs[::step], *lines[::step])),
        person(record(paid(7), code="015"), inss=INSS[1], number=2),
    ]
    found = rows(document(form(*people[::step])), reference=reference(ALONE))
    assert sorted((row["code"], row["computed_amount"]) for row in found) == [
        ("015", 3),
        ("495", 38),
        ("809", 0),
        ("856", 0),
    ]
