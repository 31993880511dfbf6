"""The plan: which files, in which batches, whatever the order of the workers."""

import os
import random
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from pipelines import survey_step
from pipelines.survey_step import file_groups, plan, survey_files
from pipelines.work import Job, SurveyedFile
from schemas.quarter import Quarter


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job("run", "dmfa", Quarter(2023, 1), str(tmp_path / "home"))


@pytest.fixture
def surveyed(job: Job, quarter_files: Path) -> list[tuple[SurveyedFile, ...]]:
    return [survey_files(group, job) for group in file_groups([str(quarter_files)])]


def test_groups_hold_every_file_once_in_order(
    quarter_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_step, "SURVEY_BYTES", 100_000)
    groups = list(file_groups([str(quarter_files)]))
    assert len(groups) > 1
    assert [path for group in groups for path in group] == sorted(map(str, quarter_files.iterdir()))


def test_hidden_files_are_left_out_and_other_names_are_not(tmp_path: Path) -> None:
    for name in ("a.txt", ".hidden", ".git/b.xml", "below/c.xml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    (group,) = file_groups([str(tmp_path), str(tmp_path / "a.txt")])
    assert [Path(path).name for path in group] == ["a.txt", "c.xml"]


def test_order_of_the_workers_does_not_matter(
    job: Job, surveyed: list[tuple[SurveyedFile, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_step, "SHARED_BYTES", 10_000)
    single = [(file,) for group in surveyed for file in group]
    first = plan(single, frozenset(), job)
    random.Random(3).shuffle(single)
    assert plan(single, frozenset(), job) == first
    assert len(first[1]) > 1


def test_known_content_is_left_alone(job: Job, surveyed: list[tuple[SurveyedFile, ...]]) -> None:
    known = surveyed[0][2].survey.file_id
    planned, batches = plan(surveyed, frozenset({known}), job)
    assert (planned.files, planned.known) == (6, 1)
    assert known not in {s.survey.file_id for batch in batches for s in batch.stretches}
    ledger = pq.read_table(planned.files_ledger).to_pylist()
    assert [row["disposition"] for row in ledger].count("known") == 1


def test_a_file_that_cannot_be_read_is_never_taken_for_known(tmp_path: Path) -> None:
    gone = str(tmp_path / "gone.xml")
    ids = {
        survey_files([gone], Job(run, "dmfa", Quarter(2023, 1), str(tmp_path)))[0].survey.file_id
        for run in ("one", "two")
    }
    assert len(ids) == 2


def test_what_is_no_file_is_set_aside_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.xml")
    (tmp_path / "nowhere.xml").symlink_to(tmp_path / "gone")
    (group,) = file_groups([str(tmp_path)])
    assert [Path(path).name for path in group] == ["nowhere.xml", "pipe.xml"]
    found = survey_files(group, Job("run", "dmfa", Quarter(2023, 1), str(tmp_path / "home")))
    assert [f.survey.set_aside.code for f in found if f.survey.set_aside] == ["unreadable"] * 2


def test_a_name_that_is_no_text_is_shown_and_read(tmp_path: Path, quarter_files: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    odd = os.fsdecode(os.fsencode(folder) + b"/odd\xff.xml")
    Path(odd).write_bytes(sorted(quarter_files.iterdir())[0].read_bytes())
    job = Job("run", "dmfa", Quarter(2023, 1), str(tmp_path / "home"))
    planned, batches = plan([survey_files([odd], job)], frozenset(), job)
    (row,) = pq.read_table(planned.files_ledger).to_pylist()
    assert row["name"].endswith("odd\\xff.xml")
    assert batches[0].stretches[0].path == odd
