"""What rules leave to the schema is refused by the schema of every release."""

import re

import pytest
from declared import block, zones
from dimona_forms import COMPANY, INSS, NSSO, PERIOD, dimona_in, document, form, release_of
from lxml import etree

from schemas.dimona import DIMONA
from schemas.quarter import Quarter
from transforms.dimona.anomalies import dimona_rules
from transforms.rules.rule import SCHEMA

LEFT = [
    rule
    for rule in dimona_rules().rules.values()
    if any(clause.mechanism == SCHEMA for clause in rule.clauses)
]
ADDRESS = block(
    "Address",
    zones(Street="S", HouseNbr="1", PostBox="1", ZIPCode="1", City="C", Country="00150"),
)
PERSON = block(
    "NaturalPerson",
    zones(
        INSS=INSS,
        WorkerName="N",
        WorkerFirstName="F",
        WorkerInitial="I",
        WorkerBirthdate="1985-07-30",
        WorkerBirthplace="B",
        WorkerBirthplaceCountry="00150",
        WorkerSex="1",
        WorkerStreet="S",
        WorkerHouseNbr="1",
        WorkerPostBox="1",
        WorkerZIPCode="1",
        WorkerCity="C",
        WorkerCountry="00150",
        Nationality="00150",
    ),
)
FEATURES = block(
    "DimonaFeatures",
    zones(JointCommissionNbr="322", WorkerType="IVT", SubEntityNbr="1"),
    block("UsingEmployer", zones(UsingEmployerName="U", UsingEmployerCompanyID=COMPANY), ADDRESS),
)
START = dimona_in(
    block("StudentPlaceOfWork", zones(Denomination="D")),
    block("SmallStatutesInformation", zones(EmploymentNature="WORKER", WorkerStatus="F1")),
    person=PERSON,
    features=FEATURES,
)
REFERENCES = ((1, "1"),)
WHOLE = (
    form(START, references=REFERENCES),
    form(START.replace("<EmployerId>", "<PlannedDaysNbr>1</PlannedDaysNbr>\n<EmployerId>")),
    form(
        block(
            "DimonaUpdate",
            zones(
                DimonaPeriodId=PERIOD,
                StartingDate="2023-01-10",
                StartingHour="0800",
                EndingDate="2023-01-11",
                EndingHour="1200",
                PlannedHoursNbr=1,
            ),
        )
    ),
    form(block("DimonaOut", zones(DimonaPeriodId=PERIOD, EndingDate="2023-01-11"))),
)
DATED = ("StartingDate", "EndingDate", "DimonaPeriodId")
"""Zones that some action may do without: they are mandatory in the forms given here."""


def spoilt(element: str, suffix: str) -> list[str]:
    """The forms with this element, each without it (001), with a value that it cannot have (003),
    or with one where it may not stand (005)."""
    if suffix == "005":
        return [WHOLE[0].replace("<EmployerId>", f"<{element}>{PERIOD}</{element}>\n<EmployerId>")]
    found = [one for one in WHOLE if f"<{element}>" in one]
    if suffix == "001" and element in DATED:
        found = [WHOLE[0]] if element == "StartingDate" else [WHOLE[3]]
    value = "" if suffix == "001" else f"<{element}>{'!' * 100}</{element}>"
    return [re.sub(f"<{element}>[^<]*</{element}>", value, one, count=1) for one in found]


def valid(one: str, release: Quarter) -> bool:
    return bool(release_of(release).validator.validate(etree.fromstring(document(one))))


@pytest.mark.parametrize("release", DIMONA.releases, ids=str)
def test_the_schema_refuses_what_rules_leave_to_it(release: Quarter) -> None:
    assert all(valid(one, release) for one in WHOLE)
    assert NSSO in WHOLE[0]
    for rule in LEFT:
        wrong = spoilt(rule.element, rule.code[-3:])
        assert wrong, rule.code
        assert not any(valid(one, release) for one in wrong), rule.code
