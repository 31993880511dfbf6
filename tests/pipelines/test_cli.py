"""The command line, as a person types it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from operators import Operator, write_quarter

from pipelines.cli import cli

KWARTAAL = str(Path(sys.executable).with_name("kwartaal"))
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("KWARTAAL_")}


def kwartaal(*args: str | Path, code: int = 0) -> str:
    """What a command prints on stdout; on stderr when it fails."""
    done = subprocess.run(
        [KWARTAAL, *map(str, args)], capture_output=True, text=True, env=ENVIRONMENT, timeout=120
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout or done.stderr


def test_every_command_has_help() -> None:
    assert "Usage: kwartaal" in kwartaal("--help")
    for name in cli.commands:
        assert f"Usage: cli {name}" in CliRunner().invoke(cli, [name, "--help"]).output


def test_a_quarter_from_nothing_to_an_answer(tmp_path: Path) -> None:
    files, lake = tmp_path / "files", tmp_path / "lake"
    said = kwartaal("synth", "dmfa", "--quarter", "2023/1", "--employers", "8", "--output", files)
    assert said.startswith("8 files, 8 forms")
    said = kwartaal("run", "dmfa", "--quarter", "20231", "--input", files, "--lake", lake)
    assert "accepted" in said
    assert "equal (ordinary, unverified)" in said
    assert f"--lake {lake}" in said
    answer = kwartaal("query", "select count(*) as n from dmfa.form", "--lake", lake)
    assert answer.splitlines()[2].strip() == "8"
    assert "8 accepted, 0 refused" in kwartaal("status", "--lake", lake)


def test_formats_of_an_answer(clean_lake: Operator) -> None:
    sql = "select 1 as one, 1.50::decimal(18,2) as euro, null as nothing, 'a,b' as text"
    as_csv = kwartaal("query", sql, "--lake", clean_lake.lake, "--format", "csv")
    assert as_csv == 'one,euro,nothing,text\n1,1.50,,"a,b"\n'
    as_json = kwartaal("query", sql, "--lake", clean_lake.lake, "--format", "json")
    assert json.loads(as_json) == {"one": 1, "euro": "1.50", "nothing": None, "text": "a,b"}


def test_wrong_usage_ends_with_2(tmp_path: Path, clean_lake: Operator) -> None:
    lake = clean_lake.lake
    run = ("run", "dmfa", "--lake", lake)
    assert "is not a quarter" in kwartaal(*run, "--quarter", "2023Q5", "--input", ".", code=2)
    assert "no such file" in kwartaal(
        *run, "--quarter", "2023Q1", "--input", tmp_path / "none", code=2
    )
    assert "nothing to read" in kwartaal(*run, "--quarter", "2023Q1", code=2)
    assert "is not one of" in kwartaal(
        "run", "dimono", "--lake", lake, "--quarter", "2023Q1", "--input", ".", code=2
    )
    assert "nowhere" in kwartaal("query", "select * from nowhere", "--lake", lake, code=2)


def test_what_is_no_lake_ends_with_3(tmp_path: Path) -> None:
    assert "is not a lake" in kwartaal("query", "select 1", "--lake", tmp_path, code=3)


def test_findings_end_with_1_and_are_told_as_json(
    tmp_path: Path, form_file: Callable[..., Path]
) -> None:
    path = form_file("bad.xml", (b"<Trusteeship>0", b"<Trusteeship>7"))
    run = ("run", "dmfa", "--quarter", "2023Q1", "--input", path, "--lake", tmp_path / "lake")
    summary = json.loads(kwartaal(*run, "--format", "json", code=1))
    assert (summary["forms_refused"], summary["refusals"]) == (1, {"00012-008": 1})


def test_a_reader_that_has_enough_is_no_error(clean_lake: Operator) -> None:
    sql = "select unnest(range(100000))"
    command = (
        f"{KWARTAAL} query '{sql}' --lake {clean_lake.lake} | head -1; echo ${{PIPESTATUS[0]}}"
    )
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.stdout.splitlines()[-1] == "0"
    assert done.stderr == ""


def test_output_that_cannot_be_written_is_told(clean_lake: Operator) -> None:
    command = f"{KWARTAAL} query 'select 1' --lake {clean_lake.lake} > /dev/full"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, env=ENVIRONMENT)
    assert done.returncode == 3
    assert done.stderr.strip().endswith("No space left on device")


def test_validate_prints_place_code_and_value(form_file: Callable[..., Path]) -> None:
    sound = form_file("sound.xml")
    assert "1 of 1 forms valid against release 2023/1" in kwartaal("validate", sound)
    bad = form_file("bad.xml", (b"<Trusteeship>0", b"<Trusteeship>7"))
    line = bad.read_text()[: bad.read_text().index("<Trusteeship>")].count("\n") + 1
    said = kwartaal("validate", sound, bad, code=1)
    expected = "00012-008 Trusteeship is above the largest allowed value [7]"
    assert f"line {line}, form 1: {expected}" in said
    report = json.loads(kwartaal("validate", bad, "--format", "json", code=1))
    assert report[0]["findings"][0]["zone"] == "00012"


def test_validate_does_not_start_beam(form_file: Callable[..., Path]) -> None:
    script = (
        "import sys; from pipelines.cli import cli; "
        f"cli.main(['validate', {str(form_file('sound.xml'))!r}], standalone_mode=False); "
        "assert 'apache_beam' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, env=ENVIRONMENT)


def test_a_release_is_registered_and_used(tmp_path: Path, shared: Path) -> None:
    official = shared / "official/xsd/dmfa/series-original/DmfAOriginal_20214.xsd"
    registry = ("--registry", tmp_path / "registry")
    assert "2021/4 registered" in kwartaal("schema", "add", official, *registry)
    assert "dmfa 2021/4  registered in" in kwartaal("schema", "list", *registry)
    assert "[90012] WorkerRecord 1..*" in kwartaal("schema", "show", "dmfa", "2021Q4", *registry)
    assert "is registered already" in kwartaal("schema", "add", official, *registry, code=1)


def test_messages_without_runs_are_shown_and_not_run(tmp_path: Path) -> None:
    registry = ("--registry", tmp_path / "registry")
    listed = kwartaal("schema", "list", *registry)
    assert "dimona 2022/2  shipped  also for 2022/3" in listed
    assert "notification 2022/3  shipped" in listed
    assert "[90377] DimonaOut 1" in kwartaal("schema", "show", "dimona", "2022/3", *registry)
    assert "any element" in kwartaal("schema", "show", "notification", "2022/3", *registry)
    run = ("run", "notification", "--input", tmp_path, "--lake", tmp_path)
    assert "is not one of 'dmfa', 'dimona', 'idflux'" in kwartaal(*run, code=2)
    assert "there is dmfa, dimona" in kwartaal("schema", "show", "limosa", "2023/1", code=2)


def test_a_killed_run_leaves_no_trace_and_starts_again(tmp_path: Path) -> None:
    files = write_quarter(tmp_path / "files", employers=120, forms_per_file=20)
    lake = tmp_path / "lake"
    command = ["run", "dmfa", "--quarter", "2023Q1", "--input", str(files), "--lake", str(lake)]
    killed = subprocess.Popen(
        [KWARTAAL, *command], env=ENVIRONMENT, stderr=subprocess.DEVNULL, start_new_session=True
    )
    _wait_for(lambda: any(lake.glob("runs/*/parts/*/*.parquet")), killed)
    killed.kill()
    killed.wait()
    _wait_for(lambda: not _alive_in_group(killed.pid))
    count = "select count(*) as n from "
    for table in ("ops.run", "dmfa.form", "core.relation"):
        assert kwartaal("query", count + table, "--lake", lake).splitlines()[2].strip() == "0"
    kwartaal(*command)
    assert len(list((lake / "runs").iterdir())) == 1
    answer = kwartaal("query", count + "dmfa.form", "--lake", lake)
    assert answer.splitlines()[2].strip() == "120"


@pytest.mark.parametrize("moment", ["runs/*/lock", "runs/*/receipts/*.json"])
def test_an_interrupted_run_says_so_and_ends_its_workers(tmp_path: Path, moment: str) -> None:
    files = write_quarter(tmp_path / "files", employers=120, forms_per_file=20)
    lake = tmp_path / "lake"
    command = ["run", "dmfa", "--quarter", "2023Q1", "--input", str(files), "--lake", str(lake)]
    running = subprocess.Popen(
        [KWARTAAL, *command],
        env=ENVIRONMENT,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    _wait_for(lambda: any(lake.glob(moment)), running)
    running.send_signal(signal.SIGINT)
    _, said = running.communicate(timeout=30)
    assert running.returncode == 3
    assert "interrupted: nothing was committed" in said
    _wait_for(lambda: not _alive_in_group(running.pid))
    assert "no run was committed yet" in kwartaal("status", "--lake", lake)


def _wait_for(
    condition: Callable[[], bool],
    running: "subprocess.Popen[str] | subprocess.Popen[bytes] | None" = None,
) -> None:
    for _ in range(600):
        if condition():
            return
        assert running is None or running.poll() is None, "ended before it could be stopped"
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def _alive_in_group(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
