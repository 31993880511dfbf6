"""A quarter of Dimona and DmfA of the same employers, from files to what differs between them."""

import json
from datetime import date
from pathlib import Path

import pytest
from dimona_xml import take_in
from operators import Operator, single, write_quarter

from pipelines.cli import cli
from pipelines.confront import confronted
from schemas.quarter import Quarter
from warehouse.errors import LakeError
from warehouse.lake import Lake

QUARTER = Quarter(2023, 1)
EMPLOYERS, SEED = 90, 4
DEFECTS = {
    "no-dimona": 0.02,
    "no-dmfa": 0.02,
    "start-differs": 0.5,
    "end-differs": 0.1,
    "casual-without-ext": 0.3,
    "flexi-not-covered": 0.3,
    "student-hours-differ": 0.2,
    "student-without-hours": 0.2,
    "student-over-quota": 0.2,
}


def synthetic_dimona(folder: Path, truth: Path) -> None:
    spoiled = [f"--defect={name}={share}" for name, share in DEFECTS.items()]
    about = [f"--quarter={QUARTER}", f"--employers={EMPLOYERS}", f"--seed={SEED}"]
    where = [f"--output={folder}", f"--truth={truth}", "--forms-per-file=500"]
    cli.main(["synth", "dimona", *about, *where, *spoiled], standalone_mode=False)


def test_a_confrontation_finds_what_was_injected_and_nothing_else(tmp_path: Path) -> None:
    truth = tmp_path / "truth"
    synthetic_dimona(tmp_path / "dimona", truth)
    operator = Operator(tmp_path / "lake")
    summary = take_in(operator.lake, tmp_path / "dimona")
    ran = operator.run(write_quarter(tmp_path / "dmfa", EMPLOYERS, QUARTER, seed=SEED))
    told = [json.loads(line) for line in truth.read_text().splitlines()]
    late = sum(one["code"] == "90373-460" for one in told)
    assert (summary.refused, summary.late) == (0, late)
    assert ran.confrontation is not None
    assert ran.confrontation["90007-262"] > 0
    assert "other quarters" in ran.not_confronted["90017-429"]
    again = confronted(operator.location, QUARTER, date(2023, 6, 1), "tester")
    assert (again.snapshot, again.counts) == (None, ran.confrontation)  # asked after the deadline
    with Lake.open(operator.lake, read_only=True, connection=single()) as lake:
        rows = lake.ask("SELECT code, employer, inss FROM core.confrontation").to_pylist()
    expected = {
        (one["code"], one["nsso"], one["inss"])
        for one in told
        if one["stage"] == "confrontation" and one["code"]
    }
    assert {(row["code"], row["employer"], row["inss"]) for row in rows} == expected
    assert {code for code, _, _ in expected} >= {
        *("90007-262", "90007-263", "90015-456", "90015-485", "90017-502", "90017-504"),
        *("kwartaal:no_dimona", "kwartaal:no_dmfa", "kwartaal:dates_differ"),
    }


def test_a_run_is_committed_whatever_happens_to_its_confrontation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> None:
        raise LakeError("somebody else is writing")

    monkeypatch.setattr("pipelines.confront.confronted", fails)
    operator = Operator(tmp_path / "lake")
    ran = operator.run(write_quarter(tmp_path / "dmfa", 2, QUARTER, seed=SEED))
    assert ran.snapshot is not None
    assert ran.not_confronted == {"all codes": "somebody else is writing"}
