"""Answers to declarations of a quarter that differ from the Dimona."""

from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from dimona_answers import TELLING, valid
from dimona_streams import inss, nsso, number, start, table
from lxml import etree

from schemas.dimona.confrontation import CONFRONTATION, basis
from schemas.tables import from_rows
from transforms.dimona.answers.codes import confronted_error
from transforms.dimona.answers.confronted import confronted_forms
from transforms.dimona.answers.notification import document
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY

FORM = {
    "file_id": "f",
    "form_no": 3,
    "quarter": "2023Q1",
    "noss": nsso(1),
    "company": None,
    "reference": "A&B",
    "form_creation_date": date(2023, 4, 20),
    "form_creation_hour": "12:04:00.000",
}
FILES = pa.table({"file_id": ["f"], "name": ["in/d.xml"]})


def finding(code: str, **more: Any) -> dict[str, Any]:
    known = next(one for one in basis().codes if one.code == code)
    place = {"file_id": "f", "form_no": 3, "line": 14, "quarter": "2023Q1", "employer": nsso(1)}
    told = {"code": code, "class": known.anomaly_class, "element": known.element}
    return {"period_ids": [], **place, **told, **more}


def answer(*findings: dict[str, Any], periods: pa.Table = EMPTY.periods) -> etree._Element:
    forms = pa.Table.from_pylist([FORM], FORMS)
    rows = from_rows(CONFRONTATION, list(findings))
    (form,) = valid(document(confronted_forms(forms, rows, periods, FILES, TELLING).to_pylist()))
    return form


FORMS = pa.schema(
    [
        *((name, pa.string()) for name in ("file_id", "quarter", "noss", "company", "reference")),
        ("form_no", pa.int64()),
        ("form_creation_date", pa.date32()),
        ("form_creation_hour", pa.string()),
    ]
)


def test_numbers_of_workers_and_who_is_missing_are_told() -> None:
    form = answer(
        finding("90007-262", measure="workers", dmfa_number=27, dimona_number=23),
        finding("kwartaal:no_dimona", inss=inss(1), line=80),
    )
    assert form.findtext("DeclarationComplInformations/DMFAWorkersNbr") == "27"
    assert form.findtext("DeclarationComplInformations/DIMONAWorkersNbr") == "23"
    assert form.findtext("ConcernedQuarter/Quarter") == "20231"
    assert form.findtext("Reference/ReferenceNbr") == "A&B"
    reports = form.findall("HandlingResult/AnomalyReport")
    assert [one.findtext("ErrorID") for one in reports] == ["90007-262", "KWART-101"]
    assert [one.findtext("AnomalyLocation/LineNbr") for one in reports] == ["14", "80"]
    assert [one.findtext("Path/INSS") for one in reports] == [None, inss(1)]
    assert (reports[1].findtext("AnomalyLabel") or "").startswith("kwartaal: Worker in the DmfA")


def test_hours_of_students_are_told_with_their_periods() -> None:
    received = datetime(2023, 1, 10, 6, tzinfo=UTC)
    periods = fold(EMPTY, table([start(1, at=received)])).periods
    form = answer(
        finding(
            "90017-502",
            inss=inss(1),
            measure="hours",
            dmfa_number=54,
            dimona_number=27,
            period_ids=[number(1), "000000099999"],
        ),
        finding(
            "kwartaal:student_over_quota", inss=inss(1), measure="hours", dmfa_number=640, quota=600
        ),
        periods=periods,
    )
    hours, over = form.findall("HandlingResult/AnomalyReport/AnomalyComplInformation")
    assert hours.findtext("DmfADimonaConfrontation/StudentHoursNbr") == "54"
    assert hours.findtext("DmfADimonaConfrontation/InQuotaPlannedHoursNbr") == "27"
    assert [one.text for one in hours.iter("DimonaPeriodId")] == [number(1)]
    assert hours.findtext("DimonaPeriod/LastUpdateHour") == "07:00:00.000"
    assert over.findtext("QuotaFeatures/ExceedingHoursNbr") == "40"
    assert over.find("DmfADimonaConfrontation") is None


def test_an_employer_by_enterprise_number_and_an_occupation() -> None:
    place = {"employer": "0341367348", "employer_class": "017", "worker_code": "020"}
    form = answer(finding("90015-456", inss=inss(1), **place))
    path = form.find("HandlingResult/AnomalyReport/Path")
    assert path is not None
    assert [zone.text for zone in path] == ["20231", "0341367348", inss(1), "017", "020"]


def test_every_code_of_a_confrontation_fits_an_answer() -> None:
    told = [confronted_error(one.code) for one in basis().codes]
    assert all(len(code) == 9 for code in told)
    assert len(set(told)) == len(told)
