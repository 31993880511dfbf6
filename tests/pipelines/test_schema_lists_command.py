"""`kwartaal schema lists` as it is typed."""

import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from pipelines.cli import cli

OLD = "code,label,valid_to\n010,Novels,\n020,Poems,\n"


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "genres-1.csv", tmp_path / "genres-2.csv"
    old.write_text(OLD)
    new.write_text(OLD.replace("Poems,", "Poems,2022/4"))
    return old, new


def lists(*arguments: str | Path) -> tuple[int, str, str]:
    """Exit code, output and error message."""
    words = ["schema", "lists", *map(str, arguments)]
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    if isinstance(done.exception, click.ClickException):
        return done.exception.exit_code, done.stdout, done.exception.message
    assert done.exception is None
    return done.return_value or 0, done.stdout, ""


def test_what_changed_is_told_with_its_places(files: tuple[Path, Path]) -> None:
    old, new = files
    code, output, _ = lists(old, new)
    assert code == 0
    assert output == (
        "genres-1.csv -> genres-2.csv: 1 difference, narrowing\n"
        "020: entry-closed, narrowing\n"
        "    always -> ..2022-12-31\n"
        "    not valid any more from 2023-01-01 on\n"
        f"    {old}:3 -> {new}:3\n"
    )


def test_the_exit_code_can_tell_whether_something_breaks(files: tuple[Path, Path]) -> None:
    old, new = files
    assert lists("--exit-code", old, new)[0] == 1
    assert lists("--exit-code", old, old)[:2] == (
        0,
        "genres-1.csv -> genres-1.csv: no difference\n",
    )


def test_json_is_that_of_a_comparison(files: tuple[Path, Path]) -> None:
    told = json.loads(lists("--format", "json", *files)[1])
    assert told["verdict"] == "narrowing"
    (difference,) = told["differences"]
    assert difference["kind"] == "entry-closed"
    assert difference["life"] == "retired"
    assert difference["new_at"] == {"file": str(files[1]), "line": 3}


@pytest.mark.parametrize("form", ["markdown", "junit", "sarif", "github"])
def test_every_form_of_a_comparison_tells_of_an_entry(form: str, files: tuple[Path, Path]) -> None:
    code, output, _ = lists("--format", form, *files)
    assert code == 0
    assert "not valid any more from 2023-01-01 on" in output
    assert "020" in output


def test_columns_and_levels_are_named_with_commas(tmp_path: Path) -> None:
    old, new = tmp_path / "checks-1.csv", tmp_path / "checks-2.csv"
    old.write_text("zone,no,class\n00039,014,P\n00060,008,W\n")
    new.write_text("zone,no,class\n00039,014,B\n60,8,W\n")
    options = ("--key", "zone, no", "--severity", "class", "--levels", "W,NP,P,B")
    _, output, _ = lists(*options, "--as-number", "zone,no", old, new)
    assert output.splitlines()[1:4] == [
        "39 / 14: severity-changed, narrowing",
        "    P -> B",
        "    stricter: what was reported refuses now",
    ]
    assert lists(*options, old, old, "--ignore", "class")[0] == 0


def test_a_list_that_cannot_be_compared_is_a_usage_error(files: tuple[Path, Path]) -> None:
    code, _, message = lists("--key", "kode", *files)
    assert code == 2
    assert message == "genres-1.csv has no column 'kode': it has code, label, valid_to"
