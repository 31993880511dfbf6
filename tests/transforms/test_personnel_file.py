"""Requests for the personnel file and their answers."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pyarrow as pa
import pytest
from dimona_answers import CATALOGUE, TELLING, pfreq, valid
from dimona_streams import DAY, cancel, inss, nsso, number, out, start, stream, table, unidentified
from lxml import etree

from schemas.dimona import PERSONNEL_FILE_ANSWER
from transforms.dimona.answers import personnel_file as asked
from transforms.dimona.answers.personnel_file import personnel_file, touching
from transforms.dimona.answers.request import Request, read_request
from transforms.dimona.fold import fold
from transforms.dimona.register import EMPTY

NO_QUOTAS = pa.table(
    {
        "period_id": pa.array([], pa.string()),
        "quota": pa.array([], pa.string()),
        "beyond": pa.array([], pa.int64()),
    }
)


def request(first: date | None = None, last: date | None = None, quotas: bool = True) -> Request:
    days = "".join(
        f"<{tag}>{day}</{tag}>"
        for tag, day in (("RefStartingDate", first), ("RefEndingDate", last))
        if day
    )
    period = f"<ReferencePeriod>{days}</ReferencePeriod>" if days else ""
    option = "<DataOption><Location>QuotaFeatures</Location></DataOption>" if quotas else ""
    read = read_request(BytesIO(pfreq(period + option)), CATALOGUE)
    assert isinstance(read, Request)
    return read


def periods(*rows: dict[str, Any]) -> pa.Table:
    return fold(EMPTY, table(rows)).periods


def answer(given: Request, found: pa.Table, beyond: pa.Table = NO_QUOTAS) -> etree._Element:
    root = valid(personnel_file(given, found, beyond, TELLING), PERSONNEL_FILE_ANSWER)
    consult = root.find("Form/PersonnelFileConsult")
    assert consult is not None
    return consult


def test_a_request_is_read() -> None:
    read = request(DAY, DAY + timedelta(9))
    assert (read.reference, read.quotas) == ("A&1", True)
    assert (read.first, read.last) == (DAY, DAY + timedelta(9))
    assert read.employers == ["000000001"]


def test_a_request_that_is_none_says_why() -> None:
    found = read_request(BytesIO(b"<Dimona/>"), CATALOGUE)
    assert not isinstance(found, Request)
    assert found[0].code == "root-element"
    found = read_request(BytesIO(pfreq(employer="")), CATALOGUE)
    assert not isinstance(found, Request)
    assert found


def test_every_period_is_told_as_it_is() -> None:
    done = fold(EMPTY, table(stream(5, 400)))
    found = done.periods
    rows = {row["period_id"]: row for row in found.to_pylist() if row["state"] != "PENDING"}
    consult = answer(request(), found)
    told = {one.findtext("DimonaPeriodId"): one for one in consult.iter("DimonaPeriod")}
    assert list(told) == sorted(rows)
    for name, row in rows.items():
        one = told[name]
        assert one.findtext("IsCancelled") == str(int(row["state"] == "CANCELLED"))
        assert one.findtext("IsLate") == str(row["is_late"]).lower()
        assert one.findtext("StartingDate") == str(row["starting_date"])
        ending = row["ending_date"]
        assert one.findtext("EndingDate") == (None if ending is None else str(ending))
        assert one.findtext("NaturalPerson/INSS") == row["inss"]
        assert [code.text for code in one.iter("ErrorID")] == (row["anomalies"] or [])
        assert (one.find("AnomalyClass") is not None) == bool(row["anomalies"])


@pytest.mark.parametrize(("first", "last"), [(None, None), (0, None), (None, 0), (3, 5), (-9, -8)])
def test_periods_are_chosen_by_the_days_that_they_have(first: int | None, last: int | None) -> None:
    starts = [
        start(n, inss=inss(n), starting_date=DAY + timedelta(n - 5), ending_date=end)
        for n in range(1, 9)
        for end in [None if n % 3 == 0 else DAY + timedelta(n - 4)]
    ]
    found = periods(*starts, cancel(9, number(2)), unidentified(10))
    begins, ends = (None if n is None else DAY + timedelta(n) for n in (first, last))
    chosen = touching(request(begins, ends), found).column("period_id").to_pylist()
    low, high = begins or date.min, ends or date.max
    wanted = [
        row["period_id"]
        for row in found.to_pylist()
        if row["inss"] and row["starting_date"] <= high and (row["ending_date"] or date.max) >= low
    ]
    assert chosen == sorted(wanted)


def test_none_and_too_many_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = periods(start(1), out(2, number(1)), start(3, inss=inss(9)))
    assert answer(request(DAY.replace(year=1999), DAY.replace(year=1999)), found).findtext(
        "ResultCodeResearch"
    ) == ("1")
    monkeypatch.setattr(asked, "MOST_PERIODS", 1)
    consult = answer(request(), found)
    assert consult.findtext("ResultCodeResearch") == "5"
    assert consult.find("DimonaPeriod") is None


def test_what_is_beyond_a_quota_is_told_when_asked_for() -> None:
    times = {"ending_date": DAY + timedelta(5), "planned_hours": 30}
    found = periods(start(1, employer=nsso(1), worker_type="STU", **times))
    assert found.num_rows == 1
    beyond = pa.table({"period_id": [number(1)], "quota": ["STUDENT"], "beyond": [70]})
    consult = answer(request(), found, beyond)
    assert consult.findtext("DimonaPeriod/QuotaFeatures/ExceedingHoursNbr") == "30"
    assert answer(request(quotas=False), found, beyond).find(".//QuotaFeatures") is None
