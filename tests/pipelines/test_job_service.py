"""The graph through the portable job service, the protocol of Flink and Spark runners."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from clusters import job_service, kwartaal_run, worker_pool
from lakes import different_tables
from operators import Operator, write_quarter


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with job_service(tmp_path_factory.mktemp("jobs")) as found:
        yield found


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    defects = {"wrong-order": 0.2, "wrong-quarter": 0.2}
    return write_quarter(tmp_path_factory.mktemp("some") / "files", employers=8, defects=defects)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory, files: Path) -> Operator:
    here = Operator(tmp_path_factory.mktemp("here") / "lake")
    here.run(files)
    return here


def check(lake: Path, files: Path, expected: Operator, *beam_args: str) -> None:
    said = kwartaal_run(lake, files, "--runner=PortableRunner", *beam_args)
    assert said.returncode == 1, said.stderr
    assert "longest of 1 batches" in said.stdout
    assert list(different_tables(expected, Operator(lake))) == []


def test_workers_in_the_process_that_submits(
    tmp_path: Path, endpoint: str, files: Path, expected: Operator
) -> None:
    where = ("--environment_type=LOOPBACK",)
    check(tmp_path / "lake", files, expected, f"--job_endpoint={endpoint}", *where)


def test_workers_of_a_pool(tmp_path: Path, endpoint: str, files: Path, expected: Operator) -> None:
    with worker_pool(tmp_path) as pool:
        where = ("--environment_type=EXTERNAL", f"--environment_config={pool}")
        check(tmp_path / "lake", files, expected, f"--job_endpoint={endpoint}", *where)
