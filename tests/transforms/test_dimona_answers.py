"""Notifications and acknowledgements."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pyarrow as pa
import pytest
from dimona_answers import TELLING, answered, files_of, given, valid
from dimona_streams import (
    DAY,
    OPEN,
    cancel,
    casual,
    daily,
    inss,
    nsso,
    number,
    out,
    start,
    stream,
    student,
    table,
    unidentified,
    update,
)
from lxml import etree

from schemas.dimona import ACRF
from schemas.ops import FINDING
from schemas.rules import LANGUAGES
from schemas.tables import from_rows
from transforms.dimona.answers.acknowledgement import acknowledgement
from transforms.dimona.answers.codes import error_id, label
from transforms.dimona.answers.head import as_first
from transforms.dimona.answers.names import ACKNOWLEDGEMENT, ANSWERS, answer_name
from transforms.dimona.answers.notification import document, notifications, unread_forms
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY, Folded
from transforms.findings import REFUSALS

Form = etree._Element
HOSTILE = "<a & b>\u00e9]]>\r\n"


def folded(*rows: dict[str, Any]) -> Folded:
    return fold(EMPTY, table(rows))


def said(form: Form, path: str) -> list[str | None]:
    return [found.text for found in form.iterfind(path)]


def period(form: Form, name: str) -> dict[str, str | None] | None:
    """What an answer says of the period before or after."""
    found = form.find(f"HandlingResult/ImpactReport/DimonaImpactReport/DimonaPeriod{name}")
    return None if found is None else {str(zone.tag): zone.text for zone in found}


def logged(row: dict[str, Any], prefix: str) -> dict[str, str]:
    zones = {
        "StartingDate": "starting_date",
        "StartingHour": "starting_hour",
        "EndingDate": "ending_date",
        "EndingHour": "ending_hour",
        "PlannedHoursNbr": "planned_hours",
    }
    found = {tag: row[f"{prefix}_{name}"] for tag, name in zones.items()}
    return {tag: str(value) for tag, value in found.items() if value is not None}


@pytest.mark.parametrize("seed", range(10))
def test_answers_say_what_the_register_does(seed: int) -> None:
    rows = [row | {"worker_reference": HOSTILE} for row in stream(seed, 250)]
    done = folded(*rows)
    codes: dict[int, list[str]] = {}
    for one in done.findings.to_pylist():
        codes.setdefault(one["receipt"], []).append(one["code"])
    for row, form in zip(done.log.to_pylist(), answered(done), strict=True):
        assert form.find(".//INSSUser") is None
        assert said(form, "HandlingResult/ResultCode") == ["0" if row["result"] == "B" else "1"]
        assert said(form, "TypeForm") == ["PA" if row["result"] == "S" else "FA"]
        found = said(form, "HandlingResult/AnomalyReport/ErrorID")
        assert found == codes.get(row["receipt"], [])
        assert bool(found) == (row["result"] in "BW") or row["result"] == "S"
        assert said(form, "Reference/ReferenceNbr")[-1] == HOSTILE
        assert said(form, "FileReference/FileName") == [f"FI.DIMN.<{row['file_id']}>&.T.1.1"]
        changed = row["result"] in "AW"
        assert (form.find("HandlingResult/ImpactReport") is not None) == changed
        if changed and row["action"] != "DAILY":
            assert said(form, "NaturalPerson/INSS") == [row["filed_inss"]]
            assert (period(form, "Before") or {}) == logged(row, "before")
            after = {} if row["action"] == "CANCEL" else logged(row, "after")
            assert (period(form, "After") or {}) == after


def test_a_period_is_before_as_it_was_after(a_life: list[Form]) -> None:
    afters = [period(form, "After") for form in a_life]
    befores = [period(form, "Before") for form in a_life]
    assert befores == [None, *afters[:-1]]
    assert afters[-1] is None


@pytest.fixture(name="a_life")
def life() -> list[Form]:
    name = number(1)
    rows = (
        start(1),
        update(2, name, starting_date=DAY.replace(day=12)),
        out(3, name),
        update(4, name, ending_date=OPEN),
        cancel(5, name),
    )
    return list(answered(folded(*rows)))


def test_a_start_tells_its_whole_period() -> None:
    more = {
        "user_joint_committee": "302",
        "joint_committee": "322",
        "has_user": True,
        "user_name": HOSTILE,
        "has_user_address": True,
        "user_street": "Straat & Zoon",
        "user_house_nbr": "1",
        "user_zip_code": "1000",
        "user_city": "Brussel",
        "user_country": "00150",
        "ending_date": DAY,
    }
    (form,) = answered(folded(start(1, **more)))
    report = form.find("HandlingResult/ImpactReport/DimonaImpactReport")
    assert report is not None
    assert said(report, "DimonaFeatures/UsingEmployer/UsingEmployerName") == [HOSTILE]
    street = said(report, "DimonaFeatures/UsingEmployer/Address/Street")
    assert street == ["Straat & Zoon"]


def test_who_is_refused_learns_nothing_of_another_period() -> None:
    own, other = nsso(1), nsso(2)
    done = folded(
        start(1, employer=own, inss=inss(1)),
        out(2, number(1), employer=other, noss=other, has_employer=True, inss=inss(2)),
    )
    refused = answered(done)[1]
    assert said(refused, "HandlingResult/ResultCode") == ["0"]
    assert said(refused, "HandlingResult/Diagnosis") == ["3"]
    text = etree.tostring(refused).decode()
    assert own not in text
    assert inss(1) not in text
    assert said(refused, "EmployerId/NOSSRegistrationNbr") == [other]


def test_what_exceeds_a_quota_is_told_with_its_finding() -> None:
    weeks = [DAY + timedelta(weeks=n) for n in range(5)]
    done = folded(
        *(
            student(n, 400, starting_date=day, ending_date=day + timedelta(5))
            for n, day in enumerate(weeks, 1)
        )
    )
    features = "HandlingResult/AnomalyReport/AnomalyComplInformation/QuotaFeatures"
    told = [form.find(features) for form in answered(done)]
    amounts = [None if one is None else one.findtext("ExceedingHoursNbr") for one in told]
    beyond = {one["receipt"]: one["beyond"] for one in done.quotas.to_pylist()}
    receipts = done.log.column("receipt").to_pylist()
    assert amounts == [str(beyond[n]) if beyond.get(n) else None for n in receipts]
    assert any(amounts)


def test_days_beyond_a_quota_are_days() -> None:
    days = [casual(n, DAY + timedelta(2 * n)) for n in range(1, 52)]
    last = answered(folded(*days))[-1]
    feature = last.find(".//QuotaFeatures")
    assert feature is not None
    assert (feature[0].text, feature[1].tag) == ("HORECA_WORKER", "ExceedingDaysNbr")


def test_one_who_waits_has_a_provisional_answer() -> None:
    (form,) = answered(folded(unidentified(1)))
    assert said(form, "TypeForm") == ["PA"]
    assert form.find("NaturalPerson") is None
    assert form.find("HandlingResult/ImpactReport") is None


def test_a_type_that_answers_do_not_know_is_left_out() -> None:
    done = folded(start(1, worker_type="ALT", starting_date=DAY.replace(year=2024)))
    (form,) = answered(done)
    features = form.find(".//DimonaFeatures")
    assert features is None or [zone.tag for zone in features] == ["JointCommissionNbr"]


def test_a_daily_registration_is_told_afterwards() -> None:
    done = folded(start(1), daily(2, number(1)))
    form = answered(done)[1]
    report = form.find(".//DailyRegistrationDclImpactReport")
    assert report is not None
    assert report.findtext("DimonaPeriodId") == number(1)
    assert report.findtext("DailyRegistrationAfter/EndingHour") == "1200"


def test_a_second_delivery_is_answered_as_the_first() -> None:
    row = start(1, own_reference="A1")
    done = folded(row, {**row, "receipt": 2, "file_id": "second", "form_no": 7})
    again = as_first(done.log, done.repeated)
    told = replace(given(done), declarations=again, files=files_of(again))
    (form,) = valid(document(notifications(told, TELLING).to_pylist()))
    assert said(form, "FileReference/FileName") == ["FI.DIMN.<second>&.T.1.1"]
    first = answered(done)[0]
    assert said(form, "HandledReference/ReferenceNbr") == said(
        first, "HandledReference/ReferenceNbr"
    )
    assert said(form, "HandlingResult/ResultCode") == ["1"]


def test_moments_are_belgian() -> None:
    (form,) = answered(folded(start(1)))
    assert said(form, "FormCreationDate") == ["2023-07-02"]
    assert said(form, "FormCreationHour") == ["00:30:15.250"]
    assert said(form, "FileReceptionInformation/ReceptionHour") == ["07:00:01.000"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_in_the_language_asked_for(language: str) -> None:
    (form,) = answered(folded(out(2, number(1))), replace(TELLING, language=language))
    told = said(form, "HandlingResult/AnomalyReport/AnomalyLabel")
    assert told == [label("00913-354", language)]


def finding(code: str, **more: Any) -> dict[str, Any]:
    return {"file_id": "f", "form_no": 1, "code": code, "severity": "B", "message": "?", **more}


def test_forms_against_the_schema_are_answered() -> None:
    path = "/Dimona/Form[2]/DimonaIn/StartingDate"
    place = {"line": 12, "path": path, "value": HOSTILE}
    rows = [
        finding("00910-002", suffix="002", **place),
        finding("schema-146", suffix="146", message="<Z> is not known"),
        finding("unjudgeable", form_no=3, message="x" * 600),
    ]
    names = pa.table({"file_id": ["f"], "name": ["in/FI.A"]})
    forms = unread_forms(from_rows(FINDING, rows), names, TELLING)
    assert forms.column("form_no").to_pylist() == [1, 3]
    first, second = valid(document(forms.column("answer").to_pylist()))
    reports = "HandlingResult/AnomalyReport/"
    assert said(first, f"{reports}ErrorID") == ["00910-003", "90059-146"]
    assert said(first, f"{reports}Value") == [HOSTILE]
    assert said(first, f"{reports}TagName") == ["StartingDate"]
    assert said(first, f"{reports}AnomalyLabel")[1] == "kwartaal: <Z> is not known"
    assert len(said(second, f"{reports}AnomalyLabel")[0] or "") == 500


def test_every_fault_has_a_code_that_answers_admit() -> None:
    told = [error_id(refusal.code, refusal.suffix) for refusal in REFUSALS]
    assert all(len(code) == 9 for code in told)


def test_files_are_acknowledged() -> None:
    taken = valid(acknowledgement("FI.A&B", [], TELLING), ACRF)
    refused = valid(acknowledgement("\x01", [("xml-syntax", "102")], TELLING), ACRF)
    assert [found.text for found in taken.iter("ResultCode", "FileName")] == ["FI.A&B", "1"]
    assert [found.text for found in refused.iter("ErrorID")] == ["ACRF-102"]


def test_answer_files_are_named_after_what_they_answer() -> None:
    received = "in/FI.DIMN.123456.20230101.00001.T.1.1"
    assert answer_name(ANSWERS, received) == "NO.DIMN.123456.20230101.00001.T.1.1"
    assert answer_name(ACKNOWLEDGEMENT, "other.xml") == "AC.other.xml"
