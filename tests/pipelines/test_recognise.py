"""A run that has nothing to do is over before there are workers."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest
from operators import Operator

from pipelines import recognise
from pipelines.recognise import known_ids
from pipelines.storage import ChangedError, open_file

WITHOUT_BEAM = """
import sys

sys.modules["apache_beam"] = None
from pipelines.cli import cli

cli.main(sys.argv[1:], standalone_mode=False)
"""


def file_id(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def paths(tmp_path: Path) -> list[str]:
    for number in range(5):
        (tmp_path / f"{number}.xml").write_text(f"<{number}/>" * 1000)
    return sorted(map(str, tmp_path.iterdir()))


def test_every_file_is_compared(paths: list[str]) -> None:
    known = {file_id(Path(path)) for path in paths}
    assert sorted(known_ids(paths, known) or ()) == sorted(known)
    for path in paths:
        assert known_ids(paths, known - {file_id(Path(path))}) is None
    assert known_ids(paths, set()) is None


def test_it_stops_soon_at_what_is_new(paths: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []

    def watched(path: str) -> BinaryIO:
        opened.append(path)
        return open_file(path)

    monkeypatch.setattr(recognise, "open_file", watched)
    monkeypatch.setattr(recognise, "_FIRST", 2)
    assert known_ids(paths, {file_id(Path(path)) for path in paths[:3]}) is None
    assert opened
    assert set(opened) <= set(paths[3:])


def test_what_cannot_be_read_is_not_known(paths: list[str]) -> None:
    known = {file_id(Path(path)) for path in paths}
    Path(paths[0]).unlink()
    assert known_ids(paths, known) is None


def test_a_file_that_changes_while_it_is_read_is_told(
    paths: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {file_id(Path(path)) for path in paths}

    def stamped(path: str) -> str:
        Path(path).write_text("<other/>")
        return "before"

    monkeypatch.setattr(recognise, "stamp", stamped)
    with pytest.raises(ChangedError):
        known_ids(paths, known)


def test_nothing_new_is_told_without_beam(
    operator: Operator, form_file: Callable[..., Path]
) -> None:
    path = form_file("first.xml")
    operator.run(path)
    form_file("second.xml")  # the same content under another name
    command = ["run", "dmfa", "--quarter", "2023Q1", "--input", str(path.parent)]
    where = ["--lake", str(operator.lake), "--format", "json"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("KWARTAAL_")}
    said = subprocess.run(
        [sys.executable, "-c", WITHOUT_BEAM, *command, *where],
        capture_output=True,
        text=True,
        env=environment,
    )
    assert said.returncode == 0, said.stderr
    summary = json.loads(said.stdout)
    assert (summary["files"], summary["files_known"], summary["snapshot"]) == (2, 2, None)
    told = operator.run(path.parent)
    assert set(summary) == set(json.loads(told.to_json()))
    assert len(list((operator.lake / "runs").iterdir())) == 1
