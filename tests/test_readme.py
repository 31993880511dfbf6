"""What the README shows is run as it stands there."""

import os
import re
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from warehouse.extensions import connect

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shared: Path) -> Path:
    """A folder after every ``kwartaal`` command of the README, in order; ``lake``, which is made by
    ``make run``, has what the lake of the step by step has."""
    folder = tmp_path_factory.mktemp("readme")
    official = shared / "official/xsd/dmfa/series-original/DmfAOriginal_20214.xsd"
    shutil.copy(official, folder)
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "KWARTAAL_REGISTRY": str(folder / "registry")}
    (overlay,) = blocks("yaml")
    (folder / "alpha.yaml").write_text(overlay)
    commands = [line for block in blocks("sh") for line in block.splitlines()]
    step = next(n for n, line in enumerate(commands) if line.endswith(" --lake small"))
    commands.insert(step + 1, commands[step].replace(" --lake small", " --lake lake"))
    for command in commands:
        if command.startswith("kwartaal "):
            done = subprocess.run(
                command, shell=True, cwd=folder, env=environment, capture_output=True, text=True
            )
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
            (folder / _output(command)).write_text(done.stdout)
    return folder


def _output(command: str) -> str:
    """Where the fixture keeps what a command wrote."""
    return f"{sha256(command.encode()).hexdigest()}.out"


def test_every_make_target_that_is_shown_exists() -> None:
    shown = {
        word
        for block in blocks("sh")
        for line in block.splitlines()
        if line.startswith("make ")
        for word in line.split()[1:]
        if "=" not in word
    }
    makefile = (ROOT / "Makefile").read_text()
    assert {"run", "test"} <= shown
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in shown)


def test_what_the_commands_leave_is_what_is_shown(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One test, so that no two workers run all commands."""
    says_what_is_shown(folder)
    python_runs(folder)
    a_plain_client_reads_the_lake(folder, monkeypatch)


def says_what_is_shown(folder: Path) -> None:
    """Every line of the examples of ``schema diff`` is in the output of the command before it."""
    pattern = r"```sh\n(kwartaal schema diff [^\n]*)\n```\n\n```text\n(.*?)```"
    shown = re.findall(pattern, README, re.DOTALL)
    assert len(shown) >= 3
    for command, lines in shown:
        said = (folder / _output(command)).read_text().splitlines()
        for line in lines.splitlines():
            assert line == "..." or line in said, (command, line)


def a_plain_client_reads_the_lake(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (sql,) = blocks("sql")
    with connect() as duck:
        for statement in sql.split(";"):
            if statement.strip() and "INSTALL" not in statement:
                answer = duck.sql(statement)
        assert answer is not None
        ((quarter, relations, gross),) = answer.fetchall()
    assert quarter == "2023Q1"
    assert relations > 0
    assert gross > 0


def python_runs(folder: Path) -> None:
    for script in blocks("python"):
        done = subprocess.run(
            [sys.executable, "-c", script], cwd=folder, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert "count" in done.stdout


def test_every_command_is_in_the_readme() -> None:
    from pipelines.cli import cli

    for command in cli.commands:
        assert f"kwartaal {command}" in README


def test_the_table_of_what_is_computed_is_that_of_the_command() -> None:
    from pipelines.cli import cli

    done = CliRunner().invoke(cli, ["rates", "coverage"])
    shown = README.split("<!-- coverage -->\n")[1].split("<!-- /coverage -->")[0]
    assert shown == f"\n{done.stdout}\n"
