"""Ordinary contribution lines, against a calculation with Decimal that reads the XML itself."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from declared import (
    INSS,
    Q1_2023,
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
    shredded,
    student,
    unrelated,
    usual_form,
)
from lxml import etree

from schemas.core import CONTRIBUTION
from schemas.quarter import Quarter
from transforms.contribute import NO_FAMILY, contribute
from transforms.rates.book import rate_book

Row = dict[str, Any]
RATES = {"495": Decimal("0.3810"), "015": Decimal("0.4367")}
TYPES = {"495": "0", "015": "1"}
UPLIFT = {"495": Decimal(1), "015": Decimal("1.08")}
COUNTED, DOUBTFUL = (1, 2, 3, 4, 5, 7, 9), (6, 12)
OPEN = ("318", "319", "327", "329", "330", "331", "332", "337")
OPEN_REASON = "the joint committee leaves the structural category open"


def cents(amount: Decimal) -> int:
    return int(amount.quantize(Decimal(1), ROUND_HALF_UP))


def rows(data: bytes, quarter: Quarter = Q1_2023) -> list[Row]:
    table = contribute(shredded(data), quarter, rate_book())
    assert table.schema == CONTRIBUTION.inside
    found: list[Row] = table.to_pylist()
    return found


def one_record(*content: str, code: str = "495", employer_class: str = "000") -> bytes:
    return document(form(person(record(*content, code=code, employer_class=employer_class))))


def paid(*amounts: int, committee: str = "200", code: str = "001") -> str:
    pay = [remun(a, code=code, number=n) for n, a in enumerate(amounts, 1)]
    return occupation(*pay, committee=committee)


def the_row(data: bytes, quarter: Quarter = Q1_2023) -> Row:
    (row,) = rows(data, quarter)
    return row


# --- one line ------------------------------------------------------------------------------------


def test_a_white_collar_line_that_is_right() -> None:
    row = the_row(one_record(paid(500_000, 400_000), contribution(342_900, 900_000)))
    assert row["outcome"] == "equal"
    assert (row["computed_base"], row["computed_amount"]) == (900_000, 342_900)
    assert (row["difference"], row["reason"], row["family"]) == (0, None, "ordinary")
    assert Decimal(row["rate"]) / 10**8 == RATES["495"]
    assert (row["code"], row["type"], row["sign"]) == ("495", "0", 1)
    assert row["confidence"] == "unverified"


@pytest.mark.parametrize("written", ["1", "01"])
def test_a_manual_line_that_is_right(written: str) -> None:
    """108 % of 6,789.13 euro is 7,332.26; half a cent goes up in neither place here."""
    base = cents(678_913 * UPLIFT["015"])
    amount = cents(base * RATES["015"])
    assert (base, amount) == (733_226, 320_200)
    line = contribution(amount, base, code="015", kind=written)
    row = the_row(one_record(paid(678_913), line, code="015"))
    assert (row["outcome"], row["computed_base"], row["computed_amount"]) == (
        "equal",
        base,
        amount,
    )


@pytest.mark.parametrize(("gross", "amount"), [(500, 191), (1500, 572), (2500, 953)])
def test_half_a_cent_goes_up(gross: int, amount: int) -> None:
    """5 euro at 0.3810 is 190.5 cents. (108 % of whole cents never ends in half a cent.)"""
    assert gross * RATES["495"] == amount - Decimal("0.5")
    assert the_row(one_record(paid(gross), contribution(amount, gross)))["outcome"] == "equal"


@pytest.mark.parametrize(
    ("amount", "base", "reason"),
    [
        (342_900, 900_001, "00084-044"),
        (342_900, None, "00084-044"),
        (342_901, 900_000, "00085-044"),
        (342_899, 900_000, "00085-044"),
        (1, 1, "00084-044"),
    ],
)
def test_a_line_that_is_wrong_says_the_anomaly(amount: int, base: int | None, reason: str) -> None:
    row = the_row(one_record(paid(900_000), contribution(amount, base)))
    assert (row["outcome"], row["reason"]) == ("different", reason)
    assert row["difference"] == amount - 342_900
    assert (row["declared_base"], row["declared_amount"]) == (base, amount)


def test_a_line_that_is_due_and_not_declared() -> None:
    data = one_record(paid(900_000))
    row = the_row(data)
    assert (row["outcome"], row["reason"]) == ("different", "not declared")
    assert (row["declared_amount"], row["computed_amount"]) == (None, 342_900)
    assert row["difference"] == -342_900
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


def test_only_unrelated_lines_beside_a_record() -> None:
    found = rows(document(form(person(record(paid(1000))), unrelated(5))))
    assert [r["reason"] for r in found] == [NO_FAMILY, "not declared"]


@pytest.mark.parametrize("committee", [*OPEN, "318.02", "329.01"])
def test_a_committee_that_leaves_the_category_open(committee: str) -> None:
    row = the_row(one_record(paid(900_000, committee=committee), contribution(342_900, 900_000)))
    assert (row["outcome"], row["reason"]) == ("not computed", OPEN_REASON)
    nothing = {row[name] for name in ("computed_base", "computed_amount", "difference", "rate")}
    assert nothing == {None}
    assert row["family"] == "ordinary"


def test_one_such_committee_among_the_occupations_is_enough() -> None:
    two = paid(1000), occupation(remun(500), number=2, committee="318")
    row = the_row(one_record(*two, contribution(381, 1000)))
    assert (row["outcome"], row["reason"]) == ("not computed", OPEN_REASON)
    assert rows(one_record(*two)) == []


@pytest.mark.parametrize(
    ("code", "employer_class", "line_code", "kind"),
    [
        ("495", "012", "495", 0),
        ("011", "000", "011", 1),
        ("495", "000", "855", 0),
        ("495", "000", "495", 2),
        ("015", "000", "015", 0),
    ],
)
def test_a_line_that_no_family_computes(
    code: str, employer_class: str, line_code: str, kind: int
) -> None:
    line = contribution(38, 100, code=line_code, kind=kind)
    data = one_record(occupation(), line, code=code, employer_class=employer_class)
    row = the_row(data)
    assert (row["outcome"], row["reason"]) == ("not computed", NO_FAMILY)
    assert (row["family"], row["computed_amount"], row["difference"]) == (None, None, None)


def test_a_repeated_line_is_answered_once() -> None:
    line = contribution(381, 1000)
    found = rows(one_record(paid(1000), line, line))
    assert [(r["outcome"], r["reason"]) for r in found] == [
        ("equal", None),
        ("not computed", NO_FAMILY),
    ]


@pytest.mark.parametrize("code", ["010", "099", "014"])
def test_pay_that_does_not_count(code: str) -> None:
    data = one_record(occupation(remun(1000), remun(777, code=code)), contribution(381, 1000))
    assert the_row(data)["outcome"] == "equal"


def test_a_quarter_that_is_not_modelled() -> None:
    row = the_row(one_record(paid(1000), contribution(381, 1000)), Quarter(2025, 3))
    assert row["outcome"] == "not computed"
    assert "2025Q3" in row["reason"]
    assert rows(one_record(paid(1000)), Quarter(2025, 3)) == []


def test_the_rate_is_that_of_the_quarter() -> None:
    row = the_row(one_record(paid(1_000_000)), Quarter(2023, 3))
    assert (row["computed_amount"], row["rate"]) == (380_900, 38_090_000)


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


# --- many lines ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """An expected row in the words of the test: who, what is declared, what comes out."""

    inss: str
    code: str
    declared: int | None
    computed: int | None
    outcome: str
    reason: str | None


def brute_force(data: bytes) -> Iterator[Line]:
    for node in etree.fromstring(data).iter("WorkerRecord"):
        inss = str(node.findtext("../INSS"))
        code, group = str(node.findtext("WorkerCode")), node.findtext("EmployerClass")
        due = due_of(node, code) if code in RATES and group in ("000", "010") else None
        open_category = any(
            str(o.findtext("JointCommissionNbr"))[:3] in OPEN for o in node.iter("Occupation")
        )
        for line in node.iterfind("WorkerContribution"):
            amount = int(str(line.findtext("ContributionAmount")))
            own = (line.findtext("ContributionWorkerCode"), line.findtext("ContributionType"))
            if due is None or own != (code, TYPES[code]):
                yield Line(inss, str(own[0]), amount, None, "not computed", NO_FAMILY)
                continue
            (base, computed), due = due, None
            if open_category:
                yield Line(inss, code, amount, None, "not computed", OPEN_REASON)
                open_category = False
            elif line.findtext("ContributionCalculationBasis") != str(base):
                yield Line(inss, code, amount, computed, "different", "00084-044")
            elif amount != computed:
                yield Line(inss, code, amount, computed, "different", "00085-044")
            else:
                yield Line(inss, code, amount, computed, "equal", None)
        if due is not None and due[1] > 0 and not open_category:
            yield Line(inss, code, None, due[1], "different", "not declared")


def due_of(node: etree._Element, code: str) -> tuple[int, int]:
    """(base, amount)"""
    gross = sum(
        int(str(pay.findtext("RemunAmount")))
        for pay in node.iter("Remun")
        if int(str(pay.findtext("RemunCode"))) in COUNTED + DOUBTFUL
    )
    base = cents(gross * UPLIFT[code])
    return base, cents(base * RATES[code])


def random_document(rng: random.Random) -> bytes:
    """Workers of general and other classes, with lines that are right, wrong or not there."""
    people = []
    for number in range(1, rng.randint(2, 9)):
        records = [random_record(rng) for _ in range(rng.randint(1, 3))]
        people.append(person(*records, inss=rng.choice(INSS), number=number))
    return document(form(*people), usual_form())


def random_record(rng: random.Random) -> str:
    code = rng.choice(("495", "015", "495", "015", "011"))
    worked = [
        occupation(
            *(
                remun(rng.choice((0, 1, 25, rng.randrange(10**6))), f"{rng.randint(1, 15):03}")
                for _ in range(rng.randint(0, 4))
            ),
            number=number,
            committee=rng.choice(("200", "200", "200", "124", "318", "329.02")),
        )
        for number in range(1, rng.randint(2, 4))
    ]
    group = rng.choice(("000", "010", "000", "012"))
    draft = record(*worked, code=code, employer_class=group)
    base, amount = due_of(etree.fromstring(draft), code) if code in RATES else (100, 38)
    lines = [
        contribution(
            max(0, amount + rng.choice((0, 0, 0, 1, -1))),
            rng.choice((base, base, base, base + 1, None)),
            rng.choice((code, code, code, "855")),
            rng.choice((TYPES.get(code, "0"),) * 4 + ("2",)),
        )
        for _ in range(rng.choice((0, 1, 1, 1, 2)))
    ]
    return record(*worked, *lines, code=code, employer_class=group)


@pytest.mark.parametrize("seed", range(40))
def test_random_declarations(seed: int) -> None:
    data = random_document(random.Random(f"contribute {seed}"))
    found = [
        Line(
            row["inss"],
            row["code"],
            row["declared_amount"],
            row["computed_amount"],
            row["outcome"],
            row["reason"],
        )
        for row in rows(data)
    ]
    expected = list(brute_force(data))
    assert sorted(map(str, found)) == sorted(map(str, expected))
    assert len(expected) > 0


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
