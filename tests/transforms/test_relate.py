"""Relations, against sums per key that are read from the XML itself."""

import random
from collections import defaultdict
from datetime import date
from typing import Any

import pytest
from declared import (
    COMPANY,
    INSS,
    NSSO,
    RELEASES,
    contribution,
    deduction,
    document,
    file_ids,
    form,
    occupation,
    outcome,
    person,
    record,
    remun,
    service,
    shredded,
    student,
    usual_form,
)
from lxml import etree
from spelled import valid_documents

from schemas.core import RELATION
from schemas.quarter import Quarter
from transforms.relate import relate

Row = dict[str, Any]
Key = tuple[str, ...]
KEY = ("quarter", "employer", "inss", "employer_class", "worker_code")
SUMS = {
    "days": {"ServiceNbrDays": 1, "StudentNbrDays": 100},
    "hours": {"ServiceNbrHours": 1, "StudentHoursNbr": 100},
    "gross_remuneration": {"RemunAmount": 1, "StudentRemunAmount": 1},
    "contributions_declared": {
        "ContributionAmount": 1,
        "StudentContributionAmount": 1,
        "EarlyRetirementContributionAmount": 1,
        "GrossRefRemunContributionAmount": 1,
    },
    "deductions_declared": {"DeductionAmount": 1},
}
COUNTS = {"occupations": "Occupation", "services": "Service", "remunerations": "Remun"}
PLAIN = etree.XMLParser(remove_comments=True, remove_pis=True)


def brute_force(documents: list[bytes]) -> list[Row]:
    """One row a key and declaration: its place is that of its first worker record."""
    groups: dict[tuple[Key, str, int], list[etree._Element]] = defaultdict(list)
    for file_id, data in zip(file_ids(), documents, strict=False):
        for form_no, node in enumerate(etree.fromstring(data, PLAIN), 1):
            for found in node.iter("WorkerRecord"):
                groups[key_of(found), file_id, form_no].append(found)
    rows = [row_of(*group, records) for group, records in groups.items()]
    return sorted(rows, key=lambda row: tuple(row[name] for name in KEY))


def key_of(node: etree._Element) -> Key:
    def zone(path: str) -> str:
        return str(node.findtext(path)).strip()

    quarter, nsso, company = zone("../../Quarter"), zone("../../NOSSRegistrationNbr"), "CompanyID"
    number = int(nsso)
    employer = f"{number:09}" if number else f"{int(zone(f'../../{company}')):010}"
    shown = f"{quarter[:4]}Q{quarter[4]}"
    return shown, employer, zone("../INSS"), zone("EmployerClass"), zone("WorkerCode")


def row_of(place: tuple[Key, str, int] | Key, file_id: str, form_no: int, nodes: Any) -> Row:
    occupations = [o for node in nodes for o in node.iterfind("Occupation")]
    starts = [day(o, "OccupationStartingDate") for o in occupations]
    ends = [day(o, "OccupationEndingDate") for o in occupations]
    committees = {str(o.findtext("JointCommissionNbr")) for o in occupations}
    row: Row = dict(zip(KEY, place, strict=True))
    row["first_date"] = min((d for d in starts if d), default=None)
    row["last_date"] = max((d for d in ends if d), default=None) if all(ends) else None
    row["joint_committees"] = sorted(committees) if occupations else None
    for measure, zones in SUMS.items():
        row[measure] = sum(
            factor * int((zone.text or "").strip() or 0)
            for name, factor in zones.items()
            for node in nodes
            for zone in node.iter(name)
        )
    row["worker_records"] = len(nodes)
    for measure, name in COUNTS.items():
        row[measure] = sum(1 for node in nodes for _ in node.iter(name))
    return row | {"file_id": file_id, "form_no": form_no, "line": nodes[0].sourceline}


def day(node: etree._Element, name: str) -> date | None:
    text = (node.findtext(name) or "").strip()
    return date.fromisoformat(text) if text else None


def rows(*documents: bytes, release: Quarter) -> list[Row]:
    table = relate(shredded(*documents, release=release))
    assert table.schema == RELATION.inside
    found: list[Row] = table.to_pylist()
    return found


def ordered(found: list[Row]) -> list[Row]:
    """In an order that does not depend on how equal keys are broken."""
    return sorted(found, key=lambda r: (*(r[n] for n in KEY), r["file_id"], r["form_no"]))


@pytest.mark.parametrize("release", RELEASES, ids=str)
@pytest.mark.parametrize("seed", range(2))
def test_random_documents(release: Quarter, seed: int) -> None:
    documents = list(valid_documents(release, f"relate {release} {seed}", 60))
    found = rows(*documents, release=release)
    keys = [tuple(row[name] for name in KEY) for row in found]
    assert keys == sorted(keys)
    assert ordered(found) == ordered(brute_force(documents))
    assert len(found) > 50


@pytest.mark.parametrize("seed", range(15))
def test_declarations_with_repeated_keys(seed: int) -> None:
    rng = random.Random(f"repeated {seed}")
    documents = [document(*(random_form(rng) for _ in range(3))) for _ in range(2)]
    found = rows(*documents, release=Quarter(2023, 1))
    assert ordered(found) == ordered(brute_force(documents))
    assert any(row["worker_records"] > 1 for row in found) or len(found) > 5


def random_form(rng: random.Random) -> str:
    people = [
        person(*(random_record(rng) for _ in range(rng.randint(1, 4))), inss=rng.choice(INSS))
        for _ in range(rng.randint(1, 4))
    ]
    return form(*people, trusteeship=rng.randint(0, 1), nsso=rng.choice((NSSO, "0")))


def random_record(rng: random.Random) -> str:
    if rng.random() < 0.25:
        length = rng.choice(({"hours": 5}, {"days": 3}))
        return record(student(rng.randrange(10**5), 7, **length), code="840")
    worked = [
        occupation(
            *(
                service(rng.randrange(9000), rng.choice((None, 700)))
                for _ in range(rng.randint(0, 3))
            ),
            *(remun(rng.randrange(10**6)) for _ in range(rng.randint(0, 2))),
            *([deduction(12, "OccupationDeduction")] if rng.random() < 0.3 else []),
            start=rng.choice((None, "2020-01-01", "2022-12-31")),
            end=rng.choice((None, "2023-01-31", "2023-03-31")),
            committee=rng.choice(("200", "124", "302")),
        )
        for _ in range(rng.randint(1, 3))
    ]
    lines = [contribution(rng.randrange(10**5)) for _ in range(rng.randint(0, 2))]
    cut = [deduction(rng.choice((None, 500))) for _ in range(rng.randint(0, 2))]
    return record(*worked, *lines, *cut, code=rng.choice(("495", "015")))


def test_two_declarations_of_an_employer_stay_apart() -> None:
    by_employer = form(person(record(occupation(service(2000)))))
    by_trustee = form(person(record(occupation(service(500)))), trusteeship=1)
    found = rows(document(by_employer, by_trustee), release=Quarter(2023, 1))
    assert [(row["days"], row["form_no"]) for row in found] == [(2000, 1), (500, 2)]
    assert found[0]["employer"] == NSSO != COMPANY


def test_an_occupation_that_runs_on_leaves_the_relation_open() -> None:
    ended, running = occupation(end="2023-01-31"), occupation(number=2)
    (row,) = rows(document(form(person(record(ended, running)))), release=Quarter(2023, 1))
    assert (row["first_date"], row["last_date"]) == (date(2020, 1, 1), None)


def test_no_worker_no_relation() -> None:
    assert rows(release=Quarter(2023, 1)) == []
    only_unrelated = form(
        "<ContributionUnrelatedToNP><UnrelatedEmployerClass>010</UnrelatedEmployerClass>"
        "<UnrelatedWorkerCode>865</UnrelatedWorkerCode><UnrelatedAmount>1</UnrelatedAmount>"
        "</ContributionUnrelatedToNP>"
    )
    assert outcome(document(only_unrelated)).accepted
    assert rows(document(only_unrelated), release=Quarter(2023, 1)) == []


def test_a_student_has_days_or_hours_and_no_occupation() -> None:
    held = record(student(90_000, 7_317, hours=60), code="840")
    (row,) = rows(
        document(usual_form().replace("495", "015"), form(person(held))), release=Quarter(2023, 1)
    )[1:]
    assert (row["hours"], row["days"], row["gross_remuneration"]) == (6000, 0, 90_000)
    assert (row["contributions_declared"], row["occupations"]) == (7_317, 0)
    assert (row["first_date"], row["joint_committees"]) == (None, None)
