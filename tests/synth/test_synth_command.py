"""``kwartaal synth dmfa`` writes files."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import etree

from pipelines.cli.synth import synth
from transforms.synth.defects import WRONG_AMOUNTS
from transforms.synth.releases import ROOT


def run(output: Path, *options: str) -> Result:
    arguments = ["dmfa", "--quarter", "2023Q1", "--output", str(output), *options]
    return CliRunner().invoke(synth, arguments)


def files(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir())}


def test_one_file_a_declaration(tmp_path: Path) -> None:
    result = run(tmp_path, "--employers", "12", "--seed", "3")
    assert result.exit_code == 0, result.output
    assert result.output.startswith("12 files, 12 forms, ")
    found = files(tmp_path)
    assert list(found) == [f"dmfa-2023Q1-{n:06}.xml" for n in range(12)]
    for content in found.values():
        root = etree.fromstring(content)
        assert root.tag == ROOT
        assert list(root.attrib.values()) == ["DmfAOriginal_20231.xsd"]
        assert len(root) == 1


def test_the_same_files_with_several_processes(tmp_path: Path) -> None:
    common = ("--employers", "14", "--forms-per-file", "3", "--defect", "bad-date=0.3")
    run(tmp_path / "one", *common, "--truth", str(tmp_path / "one.jsonl"))
    result = run(tmp_path / "two", *common, "--jobs", "2", "--truth", str(tmp_path / "two.jsonl"))
    assert result.exit_code == 0, result.output
    assert files(tmp_path / "one") == files(tmp_path / "two")
    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_the_truth_tells_what_is_wrong_where(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    result = run(tmp_path / "out", "--employers", "30", "--broken", "0.5", "--truth", str(truth))
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    assert [row["employer"] for row in rows] == list(range(30))
    assert {row["defect"] is None for row in rows} == {True, False}
    assert all((tmp_path / "out" / row["file"]).exists() for row in rows)


def test_wrong_amounts_are_told_with_their_code(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    run(tmp_path / "out", "--employers", "60", "--wrong", "1", "--truth", str(truth))
    rows = [json.loads(line) for line in truth.read_text().splitlines()]
    wrong = {defect.name: defect.code for defect in WRONG_AMOUNTS}
    found = {row["defect"] for row in rows} - {None}
    assert found <= wrong.keys()
    assert len(found) >= 6
    assert all(row["code"] == wrong.get(row["defect"]) for row in rows)


def test_the_files_are_the_same_with_and_without_tables(tmp_path: Path) -> None:
    run(tmp_path / "one", "--employers", "8")
    run(tmp_path / "two", "--employers", "8", "--reference", str(tmp_path / "tables"))
    assert files(tmp_path / "one") == files(tmp_path / "two")
    names = {file.name for file in (tmp_path / "tables").iterdir()}
    assert names == {"workers.csv", "employers.csv", "vehicles.csv"}


def test_white_space_and_release_can_be_chosen(tmp_path: Path) -> None:
    result = run(tmp_path, "--employers", "3", "--no-indent", "--release", "2022/2")
    assert result.exit_code == 0, result.output
    content = files(tmp_path)["dmfa-2023Q1-000000.xml"]
    assert content.count(b"\n") == 2
    assert b'"DmfAOriginal_20222.xsd"' in content


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--defect", "no-such=0.1"), "no-such"),
        (("--defect", "bad-date"), "bad-date=0.01"),
        (("--defect", "bad-date=2"), "more than 1"),
        (("--release", "2019/1"), "2023/1"),
        (("--broken", "1.5"), "--broken"),
        (("--wrong", "0.6", "--broken", "0.5"), "more than 1"),
    ],
)
def test_wrong_options_are_usage_errors(
    options: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    result = run(tmp_path, "--employers", "3", *options)
    assert result.exit_code == 2
    assert said in result.output
