"""What any action says stands in the same columns."""

from datetime import date

import pyarrow as pa
import pytest
from declared import block, zones
from dimona_forms import (
    COMPANY,
    INSS,
    NSSO,
    OTHER_INSS,
    PERIOD,
    PROVISIONAL,
    dimona_in,
    employer,
    form,
    release_of,
    shredded,
)
from hypothesis import given
from hypothesis import strategies as st

from schemas.dimona.declaration import DECLARATION
from schemas.quarter import Quarter
from transforms.assemble import employer_key
from transforms.dimona.flat import employer as keys_of
from transforms.dimona.flat import messages
from transforms.shred import Shredder

OUT = block(
    "DimonaOut",
    zones(DimonaPeriodId=PERIOD, EndingDate="2023-02-01", INSS=OTHER_INSS),
    employer(nsso="100006"),
)
UPDATE = block(
    "DimonaUpdate",
    zones(DimonaPeriodId=PERIOD, StartingHour="0800", EndingDate="9999-12-31", PlannedHoursNbr=40),
)
CANCEL = block("DimonaCancel", zones(DimonaPeriodId=PERIOD, INSS=0))
DAILY = block(
    "DailyRegistrationDeclaration",
    zones(AttestationStatus=3, DailyRegistrationId=PERIOD),
)


def row(*forms: str) -> dict[str, object]:
    table = messages(shredded(*forms))
    assert table.schema == DECLARATION.inside
    first: dict[str, object] = table.to_pylist()[0]
    return first


def said(row: dict[str, object]) -> dict[str, object]:
    """What the action of a form says: no place, no form head, no null, no block that lacks."""
    head = ("file_id", "form_no", "line", "type_form", "attestation_status")
    return {
        name: value
        for name, value in row.items()
        if value not in (None, False) and name not in head and not name.startswith("form_creation")
    }


def test_every_action_fills_the_same_columns() -> None:
    table = messages(shredded(*map(form, (dimona_in(), OUT, UPDATE, CANCEL, DAILY, ""))))
    rows = table.to_pylist()
    assert [r["form_no"] for r in rows] == [1, 2, 3, 4, 5, 6]
    assert [said(r) for r in rows] == [
        {
            "action": "IN",
            "starting_date": date(2023, 1, 10),
            "has_employer": True,
            "noss": NSSO,
            "company": COMPANY,
            "employer": NSSO,
            "has_person": True,
            "inss": INSS,
            "has_features": True,
            "joint_committee": "XXX",
            "worker_type": "OTH",
        },
        {
            "action": "OUT",
            "period_id": PERIOD,
            "ending_date": date(2023, 2, 1),
            "has_employer": True,
            "noss": "000100006",
            "employer": "000100006",
            "inss": OTHER_INSS,
        },
        {
            "action": "UPDATE",
            "period_id": PERIOD,
            "starting_hour": "0800",
            "ending_date": date(9999, 12, 31),
            "planned_hours": 40,
        },
        {"action": "CANCEL", "period_id": PERIOD},
        {"action": "DAILY", "daily_status": "3", "registration_id": PERIOD},
        {},
    ]


def test_a_start_with_all_its_blocks() -> None:
    place = block(
        "Address", zones(Street="Rue", HouseNbr="1", ZIPCode="1", City="X", Country="150")
    )
    user = block("UsingEmployer", zones(JointCommissionNbr="124", UsingEmployerName="U"), place)
    found = said(
        row(
            form(
                dimona_in(
                    block(
                        "ConstructionControlCards",
                        zones(FirstMonthC32ANbr="000000000012", NextMonthC32ANbr="13"),
                    ),
                    block("StudentPlaceOfWork", zones(Denomination="Shop")),
                    block(
                        "SmallStatutesInformation",
                        zones(EmploymentNature="WORKER", ActivityWithRisk="007", WorkerStatus="F1"),
                    ),
                    person=block("NaturalPerson", zones(WorkerName="N", Nationality="150")),
                    features=block(
                        "DimonaFeatures",
                        zones(JointCommissionNbr="322", WorkerType="BCW", SubEntityNbr="01"),
                        user,
                    ),
                )
            )
        )
    )
    assert (
        found.items()
        >= {
            "user_joint_committee": "124",
            "joint_committee": "322",
            "sub_entity": "01",
            "user_street": "Rue",
            "has_user_address": True,
            "first_month_card": "000000000012",
            "next_month_card": "13",
            "place_denomination": "Shop",
            "activity_with_risk": "007",
            "worker_name": "N",
            "nationality": "150",
        }.items()
    )
    assert "has_place_address" not in found


def test_a_block_that_is_empty_is_there() -> None:
    found = row(form(dimona_in(person="<NaturalPerson/>", features="")))
    assert (found["has_person"], found["inss"]) == (True, None)
    assert (found["has_place"], found["has_cards"]) == (False, False)


def test_references_by_type_and_one_that_is_repeated() -> None:
    table = messages(
        shredded(
            form(CANCEL, references=((1, "own"), (6, "refused"), (7, "0007"), (8, "worker"))),
            form(CANCEL, references=((1, "first"), (1, "again"))),
            form(CANCEL),
        )
    )
    names = ("own_reference", "refused_reference", "employer_reference", "worker_reference")
    rows = [[r[name] for name in names] for r in table.to_pylist()]
    assert rows[0] == ["own", "refused", "0007", "worker"]
    assert rows[1:] == [["again", None, None, None], [None] * 4]
    assert table.column("reference_repeated").to_pylist() == [False, True, False]


def test_no_form_at_all_and_the_earlier_release() -> None:
    assert messages(Shredder(release_of().layout).finish()).num_rows == 0
    earlier = messages(shredded(form(dimona_in()), release=Quarter(2022, 2)))
    assert earlier.equals(messages(shredded(form(dimona_in()))))


NUMBERS = st.one_of(st.none(), st.from_regex(r"\+?0{0,3}[0-9]{1,6}", fullmatch=True))


@given(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=20))
def test_the_employer_is_the_key_that_the_dmfa_makes(pairs: list[tuple[str, str]]) -> None:
    noss, company = (pa.array(numbers, pa.string()) for numbers in zip(*pairs, strict=True))
    found = keys_of(noss, pa.nulls(len(noss), pa.string()), company).to_pylist()
    assert found == [
        employer_key(*pair) if any(number and int(number) for number in pair) else None
        for pair in pairs
    ]


@pytest.mark.parametrize(
    ("numbers", "key"),
    [((None, PROVISIONAL, COMPANY), PROVISIONAL), ((NSSO, PROVISIONAL, None), NSSO)],
)
def test_a_provisional_number_stands_before_the_enterprise_number(
    numbers: tuple[str | None, ...], key: str
) -> None:
    assert keys_of(*(pa.array([n], pa.string()) for n in numbers)).to_pylist() == [key]
