"""IDFLUX: what is under a number that was replaced goes to the valid one."""

from datetime import UTC, date, datetime
from pathlib import Path

from declared import block, zones
from dimona_streams import inss, nsso, number, out, start, student
from dimona_xml import take_in, write
from registers import in_lake

from pipelines.register.renumber import Renumbered, renumber
from pipelines.register.work import FILE
from pipelines.request import RegisterRequest
from warehouse.location import Location

SINCE = datetime(2023, 1, 10, 6, tzinfo=UTC)


def idflux(valid: str, outdated: str) -> bytes:
    person = {
        "WorkerName": "Name",
        "WorkerFirstName": "First",
        "WorkerBirthdate": "1985-01-01",
        "WorkerSex": 1,
    }
    form = block(
        "Form",
        zones(
            Identification="IDFLUX",
            FormCreationDate="2023-02-01",
            FormCreationHour="08:00:00.000",
            AttestationStatus=0,
            TypeForm="SU",
        ),
        block("Reference", zones(ReferenceType=1, ReferenceOrigin=2, ReferenceNbr="K1")),
        block(
            "IdfluxInformation",
            zones(JustificationCode=90, EffectiveStartingDate="2023-02-01"),
            block("EmployerId", zones(NOSSRegistrationNbr="112367321", CompanyID="0341367348")),
            block("ValidSituation", zones(INSS=valid, **person)),
            block("OutdatedSituation", zones(INSS=outdated)),
        ),
    )
    return f"<IDFLUX>{form}</IDFLUX>".encode()


def replaced(home: Path, valid: str, outdated: str) -> Renumbered:
    folder = home / "idflux"
    folder.mkdir(exist_ok=True)
    (folder / "a").write_bytes(idflux(valid, outdated))
    lake = Location.of(home / "lake")
    return renumber(RegisterRequest((str(folder),), lake, None, "tester", FILE))


def test_periods_and_hours_go_to_the_valid_number(tmp_path: Path) -> None:
    old, new, other = inss(1), inss(2), inss(3)
    end = date(2023, 2, 3)
    first = [start(1, inss=old, own_reference="A"), student(2, 400, inss=old, employer=nsso(2))]
    write(tmp_path / "a", [[*first, start(3, inss=other)]], SINCE)
    take_in(tmp_path / "lake", tmp_path / "a")

    done = replaced(tmp_path, new, old)
    assert (done.forms, done.refused, done.replaced, done.periods) == (1, 0, 1, 2)
    again = replaced(tmp_path, new, old)
    assert (again.files_known, again.snapshot) == (1, None)

    later = [
        first[0],  # received before
        out(5, number(1), end, inss=new),
        out(6, number(2), end, inss=old),  # its number was valid when its sender wrote it
        start(7, inss=old, employer=nsso(3)),
        student(8, 400, inss=new, employer=nsso(4)),
    ]
    write(tmp_path / "b", [later], SINCE, 1)
    summary = take_in(tmp_path / "lake", tmp_path / "b")
    assert summary.repeated == 1
    found = in_lake(tmp_path / "lake")
    periods = {row["inss"]: 0 for row in found["core.period"]}
    assert set(periods) == {new, other}
    assert {row["owner"] for row in found["dimona.quota_use"]} == {new}
    assert [row["code"] for row in found["dimona.finding"] if row["receipt"] == 9] == ["90017-369"]
    log = {row["receipt"]: row for row in found["dimona.declaration"]}
    assert [log[receipt]["result"] for receipt in (6, 8)] == ["A", "A"]
    assert log[1]["filed_inss"] == old


def test_what_is_no_idflux_is_kept_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "idflux"
    folder.mkdir()
    (folder / "broken").write_bytes(idflux(inss(2), inss(1)).replace(b">90<", b">xx<"))
    (folder / "other").write_bytes(b"<Dimona/>")
    done = replaced(tmp_path, inss(4), inss(3))
    assert (done.files, done.forms, done.refused, done.replaced) == (3, 2, 2, 1)
    kept = (tmp_path / "lake" / "runs" / done.run_id / "quarantine").glob("*.xml")
    other, form = sorted(path.read_bytes() for path in kept)
    assert (other, b">xx<" in form) == (b"<Dimona/>", True)
