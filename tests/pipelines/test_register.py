"""Runs that take Dimona messages into the register of a lake."""

import json
import os
from datetime import UTC, date, datetime
from io import StringIO
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from dimona_forms import dimona_in, document, form
from dimona_streams import (
    cancel,
    casual,
    inss,
    nsso,
    number,
    out,
    season,
    start,
    stream,
    unidentified,
    update,
)
from dimona_xml import take_in, write
from operators import single
from registers import at_once, batches, in_lake, shown
from rich.console import Console

from pipelines.register import holding, planning
from schemas.dimona.register import FOUND_IN, LOG, PERIOD
from warehouse.errors import ControlError, LakeError
from warehouse.lake import Lake

SINCE = datetime(2023, 1, 12, 6, tzinfo=UTC)
BEYOND = "90256-369"
"""Code of an employer who goes beyond the days of casual work."""


def test_runs_and_groups_make_the_register_that_one_fold_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "SHARED_MESSAGES", 110)  # several groups
    monkeypatch.setattr(holding, "GROUPS_A_SHARE", 2)  # several shares of the employers
    rows = [*stream(1, 60), *season(1, 330, 61)]
    files = batches(rows, 30)
    write(tmp_path / "all", files, SINCE)
    warned = []
    for run, (first, last) in enumerate(pairwise((0, 11, len(files)))):
        write(tmp_path / f"in{run}", files[first:last], SINCE, first)
        summary = take_in(tmp_path / "lake", tmp_path / f"in{run}", engine=None)
        assert summary.snapshot is not None
        warned.append(summary.anomalies.get(BEYOND, 0))
    assert all(warned)
    made = in_lake(tmp_path / "lake")
    assert made == shown(at_once(tmp_path / "all", tmp_path / "home"))
    assert sum(warned) == sum(found["code"] == BEYOND for found in made[FOUND_IN.full_name])
    assert any(BEYOND in (p["anomalies"] or ()) for p in made[PERIOD.full_name])


def test_employments_are_made_of_periods(tmp_path: Path) -> None:
    end = date(2023, 2, 9)
    rows = [
        start(1, ending_date=end),
        start(2, starting_date=date(2023, 3, 11)),
        start(3, inss=inss(2), ending_date=end),
        start(4, inss=inss(3)),
        cancel(5, number(4)),
        unidentified(6),
    ]
    write(tmp_path / "in", [rows], SINCE)
    take_in(tmp_path / "lake", tmp_path / "in")
    with Lake.open(tmp_path / "lake", read_only=True, connection=single()) as lake:
        found = lake.ask("SELECT * FROM core.employment ORDER BY inss").to_pylist()
    assert [tuple(row.values()) for row in found] == [
        (nsso(1), inss(1), date(2023, 1, 10), None, 2),
        (nsso(1), inss(2), date(2023, 1, 10), end, 1),
    ]


def test_a_run_says_which_rules_it_did_not_judge_and_of_what(tmp_path: Path) -> None:
    write(tmp_path / "in", [[start(1), casual(2), start(3, inss=inss(2))]], SINCE)
    summary = take_in(tmp_path / "lake", tmp_path / "in")
    told = {(one.code, one.reason): one.declarations for one in summary.not_run}
    assert told["00011-235", "no employer_directory"] is None  # all
    assert told["00035-003", "the list of country codes is not here"] is None
    partly = {code: count for (code, _), count in told.items() if count is not None}
    assert partly == {"90256-369": 2}  # those that use no day of the employer
    console = Console(file=StringIO(), width=110)
    summary.show(console)
    shown = console.file.getvalue()  # type: ignore[attr-defined]
    assert "no employer_directory" in shown
    assert json.loads(summary.to_json())["not_run"][0]["declarations"] is None


def test_a_file_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path / "in", [[start(1), out(2, number(1))]], SINCE)
    first = take_in(tmp_path / "lake", tmp_path / "in")
    again = take_in(tmp_path / "lake", tmp_path / "in")
    assert (first.declarations, again.snapshot, again.files_known) == (2, None, 1)
    copy = tmp_path / "in" / "a copy"
    copy.write_bytes(next((tmp_path / "in").iterdir()).read_bytes())
    write(tmp_path / "in", [[start(3, employer="112367321")]], SINCE, 1)
    third = take_in(tmp_path / "lake", tmp_path / "in")
    assert (third.files_known, third.declarations, third.repeated) == (1, 3, 2)
    assert take_in(tmp_path / "lake", tmp_path / "in").files_known == 3


def test_a_form_with_a_reference_is_known_in_another_file(tmp_path: Path) -> None:
    row = start(1, own_reference="A1")
    write(tmp_path / "a", [[row]], SINCE)
    write(tmp_path / "b", [[row, update(2, number(1))]], SINCE, 1)
    take_in(tmp_path / "lake", tmp_path / "a")
    assert take_in(tmp_path / "lake", tmp_path / "b").repeated == 1


def test_what_is_against_the_schema_is_kept_with_its_reason(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a").write_bytes(document(form(dimona_in()), "<Form><No/></Form>"))
    (folder / "b").write_bytes(b"<Dimona>")
    (folder / "c").write_bytes(b"<NoDimona/>")
    summary = take_in(tmp_path / "lake", folder)
    assert (summary.forms_in, summary.declarations, summary.has_findings) == (2, 1, True)
    kept_files = list((tmp_path / "lake" / "runs").glob("*/quarantine/*.json"))
    assert len(kept_files) == 3
    assert sum(summary.refusals.values()) == sum(len(json.loads(k.read_text())) for k in kept_files)


def test_files_count_in_the_order_of_their_reception(tmp_path: Path) -> None:
    """The names say otherwise: the end comes before the start, and is of no period."""
    write(tmp_path / "in", [[start(1)], [out(2, number(2))]], SINCE)
    first, second = sorted((tmp_path / "in").iterdir())
    os.utime(first, (SINCE.timestamp() + 9_000, SINCE.timestamp() + 9_000))
    summary = take_in(tmp_path / "lake", tmp_path / "in")
    assert summary.results == {"IN W": 1, "OUT B": 1}  # late
    assert second.exists()


def test_the_moment_of_the_form_may_be_taken_for_that_of_reception(tmp_path: Path) -> None:
    write(tmp_path / "in", [[start(1)]], datetime(2023, 6, 1, tzinfo=UTC))
    assert take_in(tmp_path / "late", tmp_path / "in").late == 1
    assert take_in(tmp_path / "timely", tmp_path / "in", reception="form").late == 0


def test_a_register_that_changed_meanwhile_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a", [[start(1)]], SINCE)
    write(tmp_path / "b", [[start(2, employer="112367321")]], SINCE, 1)
    real = Lake.commit

    def late(lake: Lake, commit: Any) -> int:
        monkeypatch.setattr(Lake, "commit", real)
        take_in(tmp_path / "lake", tmp_path / "b")
        return real(lake, commit)

    monkeypatch.setattr(Lake, "commit", late)
    with pytest.raises(LakeError, match="changed the register meanwhile"):
        take_in(tmp_path / "lake", tmp_path / "a")
    assert len(in_lake(tmp_path / "lake")[LOG.full_name]) == 1


def test_nothing_is_visible_when_a_declaration_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "a", [[start(1)]], SINCE)
    monkeypatch.setattr("pipelines.register.collect.RegisterCommit", _greedy)
    with pytest.raises(ControlError):
        take_in(tmp_path / "lake", tmp_path / "a")
    assert in_lake(tmp_path / "lake")[LOG.full_name] == []


def _greedy(**given: Any) -> Any:
    from warehouse.register_commit import RegisterCommit

    return RegisterCommit(**{**given, "received": given["received"] + 1})
