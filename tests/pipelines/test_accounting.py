"""Nothing of a run goes missing unnoticed: batches, forms, files that change under it."""

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from operators import Operator

from pipelines import survey_step
from pipelines.collect import IncompleteRun
from pipelines.process_step import process
from pipelines.storage import ChangedError, InputError
from pipelines.survey_step import file_groups, plan, survey_files
from pipelines.work import RECEIPTS_FILE, Batch, Job
from schemas.quarter import Quarter
from warehouse.files import LocalPlace


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job("run", "dmfa", Quarter(2023, 1), str(tmp_path / "home"))


@pytest.fixture
def batches(job: Job, quarter_files: Path, monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    monkeypatch.setattr(survey_step, "SHARED_BYTES", 10_000)
    surveyed = [survey_files(group, job) for group in file_groups([str(quarter_files)])]
    return plan(surveyed, frozenset(), job)[1]


def test_a_lost_receipt_stops_the_commit(
    operator: Operator, quarter_files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(survey_step, "SHARED_BYTES", 10_000)

    write_text = LocalPlace.write_text

    def losing(place: LocalPlace, text: str) -> None:
        lines = text.splitlines(keepends=True)
        write_text(place, "".join(lines[:-1]) if place.name == RECEIPTS_FILE else text)

    monkeypatch.setattr(LocalPlace, "write_text", losing)
    with pytest.raises(IncompleteRun, match="batches were planned"):
        operator.run(quarter_files)
    assert operator.value("select count(*) from ops.run") == 0


def test_a_batch_that_is_tried_twice_writes_the_same(job: Job, batches: list[Batch]) -> None:
    first = process(batches[0], job)
    content = {path: Path(path).read_bytes() for paths in first.parts.values() for path in paths}
    second = process(batches[0], job)
    assert first.parts == second.parts
    assert all(Path(path).read_bytes() == before for path, before in content.items())
    assert not list(Path(job.home).rglob(".*"))


def test_a_file_that_changes_while_it_is_read_stops_the_run(
    operator: Operator, form_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = form_file("changing.xml")
    content = path.read_bytes()

    def surveying(paths: tuple[str, ...], job: Job) -> object:
        surveyed = survey_files(paths, job)
        path.write_bytes(content.replace(b"<NetOwedAmount>", b"<NetOwedAmount>0"))
        return surveyed

    monkeypatch.setattr("pipelines.graph.survey_files", surveying)
    with pytest.raises(RuntimeError, match="changed while the run was reading it"):
        operator.run(path)
    assert operator.value("select count(*) from ops.run") == 0
    assert issubclass(ChangedError, RuntimeError)


def test_a_flag_in_another_spelling_declares_the_same(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    operator.run(form_file("first.xml"))
    flag = b"<Trusteeship>0</Trusteeship>"
    again = form_file("second.xml", (flag, flag.replace(b"0", b"00")))
    assert operator.run(again).refusals == {"90007-006": 1}


def test_inputs_that_cannot_be_meant(operator: Operator, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no file in"):
        operator.run(tmp_path / "empty")
    (tmp_path / "a.xml").write_bytes(b"x")
    with pytest.raises(InputError, match="lies within the input"):
        operator.run(tmp_path)


def test_an_unreadable_file_is_set_aside_and_tried_again(
    operator: Operator, form_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = form_file("sound.xml")

    def denied(_: str) -> BinaryIO:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patched:
        patched.setattr(survey_step, "open_file", denied)
        summary = operator.run(path)
    assert (summary.refusals, summary.forms_in) == ({"unreadable": 1}, 0)
    assert operator.value("select disposition from ops.file") == "quarantined"
    assert operator.run(path).forms_accepted == 1
