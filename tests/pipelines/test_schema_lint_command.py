"""`kwartaal schema lint` as it is typed."""

import json
from pathlib import Path

import click
from click.testing import CliRunner
from shop_schemas import A, content, value, write

from pipelines.cli import cli
from schemas.lint.rules import Rule


def lint(*arguments: str | Path) -> tuple[int, str]:
    """Exit code and output."""
    words = ["schema", "lint", *map(str, arguments)]
    done = CliRunner().invoke(cli, words, standalone_mode=False)
    error = done.exception
    code = error.exit_code if isinstance(error, click.ClickException) else done.return_value
    assert error is None or isinstance(error, click.ClickException)
    return code or 0, done.stdout


def test_findings_are_told_with_place_and_advice_and_end_with_code_1(tmp_path: Path) -> None:
    bounds = '<xs:minInclusive value="5"/>\n<xs:maxInclusive value="3"/>'
    path = write(tmp_path, value(bounds))
    code, output = lint(path)
    assert code == 1
    assert output == (
        f"{path}:5: error contradicting-facets shop/price\n"
        "    element price: minInclusive 5 leaves nothing up to maxInclusive 3\n"
        "    No value satisfies both: mend one of them.\n"
        "1 file: 1 error, 0 warnings, 0 notes\n"
    )


def test_what_is_not_grave_enough_ends_with_code_0(tmp_path: Path) -> None:
    path = write(tmp_path, value('<xs:pattern value="[2,8]"/>', "xs:string"))
    assert lint(path)[0] == 0
    assert lint("--fail-on", "warning", path)[0] == 1
    left_out = ("--disable", Rule.SUSPICIOUS_PATTERN.value)
    assert lint("--fail-on", "warning", *left_out, path)[0] == 0


def test_json_has_every_finding_of_every_file(tmp_path: Path) -> None:
    sound = write(tmp_path, content(A % ""))
    broken = write(tmp_path, content('<xs:element ref="none"/>'), "broken.xsd")
    code, output = lint("--format", "json", sound, broken)
    told = json.loads(output)
    assert code == 1
    assert told["version"] == 1
    assert told["counts"] == {"error": 1, "warning": 0, "note": 0}
    assert [(one["file"], len(one["findings"])) for one in told["files"]] == [
        (str(sound), 0),
        (str(broken), 1),
    ]
    (finding,) = told["files"][1]["findings"]
    assert finding["rule"] == "undeclared"
    assert finding["at"] == {"file": str(broken), "line": 3}


def test_the_rules_can_be_listed() -> None:
    code, output = lint("--rules")
    assert code == 0
    assert all(rule.value in output for rule in Rule)


def test_a_file_or_a_rule_that_does_not_exist_is_a_usage_error(tmp_path: Path) -> None:
    assert lint(tmp_path / "none.xsd")[0] == 2
    assert lint("--disable", "nonsense", write(tmp_path, ""))[0] == 2
    assert lint()[0] == 2
