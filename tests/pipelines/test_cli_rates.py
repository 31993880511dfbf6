"""``kwartaal rates``: listing and showing the numbers of the law."""

import csv
import io
import json

import pytest
from click.testing import CliRunner

from pipelines.cli import cli
from transforms.rates.book import rate_book


def rates(*args: str, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["rates", *args])
    assert done.exit_code == code, done.output
    return done.output


def listed(*args: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(rates("list", "--format", "csv", *args))))


def test_all_parameters_with_the_time_for_which_they_are_known() -> None:
    rows = {row["parameter"]: row for row in listed()}
    assert list(rows) == list(rate_book().parameters)
    assert rows["asbestos_fund"]["known"] == "2021Q1 to 2025Q4"
    assert rows["artists_wage_limit"]["known"] == "2022Q3, from 2025Q2"
    assert rows["work_bonus_S_mid"]["known"] == "2023Q3 to 2024Q1"
    assert rows["asbestos_fund"]["confidence"] == "derived, sourced"


def test_the_values_of_a_quarter() -> None:
    rows = listed("--quarter", "2022/3", "--topic", "work_bonus")
    assert [
        (row["from"], row["until"], row["value"], row["confidence"])
        for row in rows
        if row["parameter"] == "work_bonus_S_low"
    ] == [
        ("2022-07-01", "2022-07-31", "1897.55", "sourced"),
        ("2022-08-01", "2022-09-30", "1935.50", "derived"),
    ]
    march = listed("--quarter", "2022/1", "--topic", "work_bonus")
    assert [r["value"] for r in march if r["parameter"] == "work_bonus_S_low"] == ["1742.14", ""]
    everything = listed("--quarter", "2022Q3")
    assert {row["parameter"] for row in everything} == set(rate_book().parameters)


def test_a_table_says_where_there_is_no_value() -> None:
    lines = rates("list", "--quarter", "2022Q4", "--topic", "target_groups").splitlines()
    (artists,) = (line for line in lines if "artists_wage_limit" in line)
    assert "  no value  " in artists
    assert lines[-1] == "(16 rows)"


def test_json_has_null_where_there_is_no_value() -> None:
    said = rates("list", "--quarter", "2022Q4", "--topic", "target_groups", "--format", "json")
    found = {row["parameter"]: row["value"] for row in map(json.loads, said.splitlines())}
    assert found["artists_wage_limit"] is None
    assert found["target_group_beta_low"] == "1.00"


def test_a_parameter_with_all_its_values() -> None:
    shown = rates("show", "student_hours_quota")
    assert "hours/year" in shown
    assert "from 2017-01-01 until 2022-12-31: 475 (sourced)\n  SST, " in shown
    assert "from 2025-01-01 on: 650 (sourced)" in shown


@pytest.mark.parametrize(
    ("args", "suggested"),
    [
        (("show", "student_hour_quota"), "student_hours_quota"),
        (("show", "asbestos"), "asbestos_fund"),
        (("list", "--topic", "student"), "students"),
    ],
)
def test_an_unknown_name_is_wrong_usage(args: tuple[str, ...], suggested: str) -> None:
    assert f"did you mean {suggested}" in rates(*args, code=2)
