"""A killed run leaves no trace; a living or committed one is left alone."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from warehouse.commit import Commit
from warehouse.errors import LakeError
from warehouse.lake import Lake

Form = Callable[..., dict[str, Any]]
MakeCommit = Callable[..., Commit]

LIVING = """
import sys
from pathlib import Path
from warehouse.files import place
from warehouse.runs import FileHolds, start
run = start(place(sys.argv[1]), "r-other", FileHolds(Path(sys.argv[1])))
(run.parts / "part.parquet").write_text("a part")
print("started", flush=True)
sys.stdin.read()
"""


def test_a_killed_run_is_swept_and_a_living_one_is_not(lake: Lake) -> None:
    runs = lake.directory / "runs"
    process = subprocess.Popen(
        [sys.executable, "-c", LIVING, str(runs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        assert lake.sweep() == []
        assert (runs / "r-other" / "parts" / "part.parquet").exists()
        process.kill()
    assert lake.sweep() == ["r-other"]
    assert not (runs / "r-other").exists()


def test_a_committed_run_stays_after_it_ended(
    lake: Lake, a_form: Form, a_commit: MakeCommit
) -> None:
    with lake.start_run("r1") as run:
        assert run.parts.exists()
        assert run.quarantine.exists()
        lake.commit(a_commit("r1", [a_form("f1")]))
        assert lake.sweep() == []
    assert lake.sweep() == []
    assert run.place.exists()


def test_a_run_that_ended_without_commit_is_swept(lake: Lake) -> None:
    lake.start_run("r1").close()
    assert lake.sweep() == ["r1"]


def test_a_run_exists_once(lake: Lake) -> None:
    with lake.start_run("r1"), pytest.raises(LakeError, match="exists already"):
        lake.start_run("r1")


@pytest.mark.parametrize("name", ["../r1", "a/b", "", "."])
def test_a_run_stays_in_its_folder(lake: Lake, name: str) -> None:
    with pytest.raises(LakeError):
        lake.start_run(name)
