"""``kwartaal explain`` on a lake with a sound quarter and one whose amounts were changed."""

import json
from collections.abc import Iterator
from pathlib import Path

import click
import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from click.testing import CliRunner, Result
from declared import (
    INSS,
    NSSO,
    Q1_2023,
    Q2_2022,
    contribution,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    unrelated,
)
from evidenced import commit, lake_of

from pipelines.cli import cli
from warehouse.extensions import connect

WORKED = occupation(service(6500, 49_400), remun(600_000), remun(1_000, "010", number=2))
HELD = record(WORKED, contribution(1, 600_000))
EXEMPT = record(WORKED, contribution(228_600, 600_000), contribution(0, code="856"))
SOUND = document(
    form(person(HELD), person(EXEMPT, inss=INSS[1], number=2), unrelated(886, 10_000), net=229_487),
    form(person(HELD), nsso="0", company="0341367348", net=1),
)
EARLIER = document(form(person(HELD), quarter="20222", net=1), release=Q2_2022)
SPELLED = f"{INSS[0][:2]}.{INSS[0][2:4]}.{INSS[0][4:6]}-{INSS[0][6:9]}.{INSS[0][9:]}"


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """One for all commands: loading the extensions takes a third of a second."""
    made = connect()
    made.execute("SET threads = 1")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warehouse.explain.connect", made.cursor)
        yield made
    made.close()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory, connection: duckdb.DuckDBPyConnection) -> Path:
    place = tmp_path_factory.mktemp("explained") / "lake"
    with lake_of(place, connection) as made:
        commit(made, "r1", SOUND, quarter=Q1_2023)
        commit(made, "r2", EARLIER, quarter=Q2_2022, change=a_cent_more)
    return place


def a_cent_more(contributions: pa.Table) -> pa.Table:
    at = contributions.column_names.index("computed_amount")
    more = pc.add(contributions.column("computed_amount"), 1)
    return contributions.set_column(at, "computed_amount", more)


def explain(lake: Path, *args: str, code: int = 0) -> Result:
    """``code``: what ``main`` would exit with."""
    done = CliRunner().invoke(cli, ["explain", "--lake", str(lake), *args], standalone_mode=False)
    error = done.exception
    found = error.exit_code if isinstance(error, click.ClickException) else done.return_value
    assert found == code, (done.output, error)
    return done


def of_person(lake: Path, *args: str, inss: str = INSS[0], code: int = 0) -> Result:
    about = ("--quarter", "2023Q1", "--employer", NSSO, "--inss", inss)
    return explain(lake, *about, *args, code=code)


def test_a_person_is_explained_line_by_line(lake: Path) -> None:
    told = of_person(lake).output
    assert told.startswith(f"Employer 1123673-21, person {SPELLED}, 2023Q1\n")
    assert "in/a.xml, form 1, line " in told
    assert "left out" in told
    assert "code 010 does not count" in told
    assert "0.01 EUR declared" in told


def test_numbers_may_be_written_with_dots_dashes_and_without_zeros(lake: Path) -> None:
    expected = of_person(lake).output
    assert of_person(lake, inss=SPELLED).output == expected
    spelled = ("--quarter", "2023/1", "--employer", "01123673-21", "--inss", INSS[0])
    assert explain(lake, *spelled).output == expected
    young = of_person(lake, inss=INSS[1].lstrip("0")).output
    assert "PERSON" in young.upper()
    assert "NOT COMPUTED" in young


def test_a_declaration_has_its_balances_and_its_persons(lake: Path) -> None:
    told = explain(lake, "--quarter", "2023Q1", "--employer", NSSO).output
    assert "net amount declared  2,294.87 EUR" in told
    assert "Lines not tied to a person" in told
    (row,) = [line for line in told.splitlines() if line.startswith(SPELLED)]
    assert row.split()[1:5] == ["0", "1", "0", "0.01"]
    assert "Taken from the declaration" in told.split("Persons")[0]
    assert "Taken from the declaration" not in told.split("Persons")[1]


def test_all_explains_every_person_too(lake: Path) -> None:
    about = ("--quarter", "2023Q1", "--employer", NSSO, "--all", "--format", "json")
    told = json.loads(explain(lake, *about).output)
    assert [person["inss"] for person in told["people"]] == [INSS[0], INSS[1]]
    assert [len(person["lines"]) for person in told["people"]] == [1, 2]
    assert told["declarations"][0]["net_declared"] == "2294.87"


def test_an_employer_without_nsso_number_goes_by_its_enterprise_number(lake: Path) -> None:
    told = explain(lake, "--quarter", "2023Q1", "--employer", "341.367.348").output
    assert told.startswith("Employer 0341.367.348, 2023Q1\n")


def test_one_code_is_explained_alone(lake: Path) -> None:
    told = json.loads(of_person(lake, "--code", "0495", "--format", "json").output)
    assert [line["code"] for line in told["people"][0]["lines"]] == ["495"]
    assert "no line of code 999" in str(of_person(lake, "--code", "999", code=2).exception)


def test_one_code_of_everybody(lake: Path) -> None:
    about = ("--quarter", "2023Q1", "--employer", NSSO, "--format", "json")
    told = json.loads(explain(lake, *about, "--code", "856").output)
    assert [(p["inss"], len(p["lines"])) for p in told["people"]] == [(INSS[1], 1)]
    assert json.loads(explain(lake, *about, "--code", "865").output)["people"] == []
    missing = explain(lake, *about, "--code", "999", code=2)
    assert "the employer has no line of code 999" in str(missing.exception)


def test_a_page_for_the_browser(lake: Path) -> None:
    told = of_person(lake, "--format", "html").output
    assert told.startswith("<!doctype html>")
    assert told.rstrip().endswith("</html>")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--quarter": "2024Q1"}, "no declaration of 2024Q1 is in the lake"),
        ({"--employer": "000000191"}, "employer 000000191 has no declaration of 2023Q1"),
        ({"--inss": INSS[2]}, "declares no person of this INSS number"),
        ({"--inss": INSS[2] + "1"}, "it has 11 digits at most"),
        ({"--inss": "85x73003328"}, "it has 11 digits at most"),
    ],
)
def test_what_is_unknown_is_told_without_the_number_of_the_person(
    lake: Path, changed: dict[str, str], said: str
) -> None:
    asked = {"--quarter": "2023Q1", "--employer": NSSO, "--inss": INSS[0]} | changed
    done = explain(lake, *(word for pair in asked.items() for word in pair), code=2)
    assert isinstance(done.exception, click.UsageError)
    assert said in done.exception.format_message()
    assert asked["--inss"] not in done.exception.format_message() + done.output


@pytest.mark.parametrize(
    "args",
    [
        (),
        ("--quarter", "2023Q1"),
        ("--replay", "--employer", "1"),
        ("--quarter", "2023Q1", "--employer", "1", "--inss", "1", "--all"),
    ],
)
def test_what_is_not_said_or_said_twice_is_wrong_usage(lake: Path, args: tuple[str, ...]) -> None:
    explain(lake, *args, code=2)


def test_as_of_before_a_run_its_quarter_is_unknown(lake: Path) -> None:
    earlier = ("--quarter", "2022Q2", "--employer", NSSO)
    assert "2022Q2" in explain(lake, *earlier).output
    unknown = explain(lake, *earlier, "--as-of", "2", code=2)
    assert "(quarters: 2023Q1)" in str(unknown.exception)


def test_an_amount_that_its_derivation_does_not_give_is_shouted(lake: Path) -> None:
    told = explain(lake, "--quarter", "2022Q2", "--employer", NSSO, "--all").output
    assert "THE STORED DERIVATION DOES NOT GIVE THE STORED AMOUNT" in told


def test_replay_derives_a_quarter_again(lake: Path) -> None:
    told = explain(lake, "--replay", "--quarter", "2023Q1").output
    assert "4 reproduce the stored amount exactly, 0 do not" in told
    few = explain(lake, "--replay", "--quarter", "2023Q1", "--sample", "0", "--format", "json")
    assert json.loads(few.output)["in_fractions"] == 0


def test_replay_tells_which_formulas_do_not_give_their_amounts(lake: Path) -> None:
    told = json.loads(explain(lake, "--replay", "--format", "json", code=1).output)
    assert (told["rows"], told["reproduced"]) == (5, 4)
    ((name, wrong),) = told["wrong"].items()
    assert (name.rsplit("/", 1)[0], wrong) == ("ordinary/category_1/2022Q2", 1)
