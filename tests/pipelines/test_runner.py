"""Which runner a run gets, and which options it takes."""

from pathlib import Path

import pytest
from clusters import kwartaal_run
from lakes import different_tables
from operators import Operator

from pipelines.request import OptionError
from pipelines.runner import configured
from pipelines.survey_step import SHARED_BYTES


@pytest.mark.parametrize(
    ("option", "told"),
    [
        ("--direct_num_wrokers=1", "no option of Beam or of this runner: --direct_num_wrokers=1"),
        ("--direct_num_work=1", "no option of Beam"),
        ("-direct_num_workers=1", "no option of Beam"),
        ("declarations", "no option of Beam or of this runner: declarations"),
        ("--direct_num_workers=many", "invalid int value: 'many'"),
        ("--runner=NoRunner", "Unexpected pipeline runner: NoRunner"),
        ("--runner=no.such.Runner", "needs the package no, which is not installed"),
        ("--dask_npartitions=none --runner=DaskRunner", "invalid int value: 'none'"),
    ],
)
def test_an_option_that_nobody_knows_is_refused(option: str, told: str) -> None:
    with pytest.raises(OptionError, match=told):
        configured(option.split(), 0)


def test_a_job_service_may_know_more_options() -> None:
    endpoint = ["--runner=PortableRunner", "--job_endpoint=localhost:1"]
    configured([*endpoint, "--its_own_option=1"], 0)


def test_dask_spreads_unless_it_is_told_how() -> None:
    _, options = configured(["--runner=DaskRunner"], 0)
    assert options.get_all_options()["npartitions"] == 16
    _, options = configured(["--runner=DaskRunner", "--dask_partition_size=3"], 0)
    told = options.get_all_options()
    assert (told["npartitions"], told["partition_size"]) == (None, 3)


def test_one_batch_needs_no_worker_processes() -> None:
    def environment(size: int, *options: str) -> str:
        runner, _ = configured(options, size)
        return str(runner._default_environment.to_runner_api(None).urn)

    assert environment(SHARED_BYTES).endswith("embedded_python:v1")
    assert environment(SHARED_BYTES + 1).endswith("subprocess_python:v1")
    assert environment(0, "--direct_num_workers=2").endswith("subprocess_python:v1")


def test_wrong_options_are_wrong_usage_and_make_no_lake(
    tmp_path: Path, quarter_files: Path
) -> None:
    said = kwartaal_run(tmp_path / "lake", quarter_files, "--direct_num_wrokers=1")
    assert said.returncode == 2
    assert said.stderr.splitlines()[-1] == (
        "Error: no option of Beam or of this runner: --direct_num_wrokers=1"
    )
    assert not (tmp_path / "lake").exists()


def test_worker_processes_give_the_same_lake(
    tmp_path: Path, quarter_files: Path, clean_lake: Operator
) -> None:
    there = Operator(tmp_path / "lake")
    assert kwartaal_run(there.lake, quarter_files, "--direct_num_workers=2").returncode == 0
    assert list(different_tables(clean_lake, there)) == []
