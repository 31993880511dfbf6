"""The graph on a Dask cluster: a scheduler and workers that are processes of their own."""

from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from clusters import dask_cluster, kwartaal_run
from lakes import different_tables
from operators import Operator, write_quarter

PRELOAD = """
import os
from pathlib import Path

from pipelines import graph, survey_step
from pipelines.process_step import process

folder = Path({folder!r})
survey_step.SHARED_BYTES = 2_000  # else a small quarter is one batch


def watched(batch, job):
    with (folder / "done").open("a") as log:
        log.write(f"{{os.getpid()}} {{batch.number}}\\n")
    if (folder / "full").exists() and batch.number == 3:
        raise OSError(28, "No space left on device")
    return process(batch, job)


graph.process = watched
"""
"""Loaded by every worker: writes down who did which batch, and fails when it is told to."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dask")


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    preload = folder / "preload.py"
    preload.write_text(PRELOAD.format(folder=str(folder)))
    with dask_cluster(folder, 2, preload) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    defects = {"wrong-order": 0.1, "wrong-quarter": 0.1, "wrong-root": 0.1}
    return write_quarter(tmp_path_factory.mktemp("many") / "files", employers=12, defects=defects)


def run(lake: Path, files: Path, address: str) -> CompletedProcess[str]:
    options = ("--runner=DaskRunner", f"--dask_client_address={address}", "--dask_npartitions=4")
    return kwartaal_run(lake, files, *options)


def test_a_run_that_fails_on_a_worker_commits_nothing_and_is_run_again(
    tmp_path: Path, folder: Path, files: Path, address: str
) -> None:
    here, there = Operator(tmp_path / "here"), Operator(tmp_path / "there")
    here.run(files)
    (folder / "full").touch()
    failed = run(there.lake, files, address)
    assert failed.returncode == 3
    assert failed.stderr.splitlines()[-1].endswith("No space left on device")
    assert there.value("select count(*) from ops.run") == 0
    (folder / "full").unlink()
    (folder / "done").unlink()
    assert run(there.lake, files, address).returncode == 1
    assert list(different_tables(here, there)) == []
    done = [line.split() for line in (folder / "done").read_text().splitlines()]
    assert len(done) == len({number for _, number in done}) > 2
    assert len({worker for worker, _ in done}) == 2
