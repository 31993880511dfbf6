"""``kwartaal simulate``: a quarter of a lake by other numbers, as an analyst asks for it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as csv
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from declared import (
    CATALOGUE,
    DMFA,
    NSSO,
    Q1_2023,
    Q2_2022,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    student,
    unrelated,
)
from operators import single
from quarters import Received, keep, snapshot

from pipelines.cli import cli
from pipelines.simulate import Question, simulate
from schemas.core import CONTRIBUTION
from schemas.simulation import BREAKDOWNS
from transforms.contribute import contribute
from transforms.contribute.written import read
from transforms.rates.book import rate_book
from transforms.unshred import unshredded
from warehouse.blocks import Piece, QuarterBlocks
from warehouse.lake import Lake

Row = dict[str, Any]
SMALL, LARGE, TRUSTEE = "112367420", NSSO, "112367519"


def worker(number: int, pay: int, committee: str = "200") -> str:
    """A white collar with an ordinary line and a structural reduction."""
    worked = occupation(
        service(6500), remun(pay), deduction(100, "OccupationDeduction"), committee=committee
    )
    line = contribution(pay * 381 // 1000, pay)
    return person(record(worked, line), inss=f"{number:011}")


def undeclared(number: int, pay: int) -> str:
    """A white collar whose ordinary line was forgotten."""
    return person(record(occupation(service(6500), remun(pay))), inss=f"{number:011}")


def received() -> list[Received]:
    """A firm of twelve, one of two with a student, and one that a trustee declares for as well."""
    twelve = [worker(n, 300_000 + 50_000 * n) for n in range(1, 13)]
    two = worker(20, 900_000, "140.03"), undeclared(21, 400_000)
    holiday = person(record(student(1000, 81, hours=10), code="840"), inss=f"{22:011}")
    own, other = form(worker(30, 100_000), nsso=TRUSTEE), worker(30, 60_000)
    late = form(other, nsso=TRUSTEE, trusteeship=1), form(worker(1, 50_000), nsso="112367618")
    return [
        Received(
            {
                "b": document(form(*twelve, unrelated(500), nsso=LARGE)),
                "a": document(form(*two, holiday, nsso=SMALL), own),
            }
        ),
        Received({"c": document(*late, release=Q2_2022)}, Q2_2022),
    ]


@pytest.fixture(scope="session")
def quarter_lake(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lake with documents of two releases; only for reading."""
    connection = single()
    place = keep(tmp_path_factory.mktemp("simulated") / "lake", *received(), connection=connection)
    connection.close()
    return place


def written(folder: Path, **values: str) -> Path:
    lines = ["title: What a test supposes", "parameters:"]
    for name, value in values.items():
        lines += [f"  {name}:", f'    - {{from: 2023-01-01, value: "{value}", reference: a test}}']
    path = folder / "overlay.yaml"
    path.write_text("\n".join(lines) + "\n")
    return path


def kwartaal(*args: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(cli, ["simulate", *map(str, args)], terminal_width=200)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def asked(overlay: Path, lake: Path, *more: str | Path) -> Mapping[str, Any]:
    args = (overlay, "--quarter", "2023Q1", "--lake", lake, "--format", "json")
    found: Mapping[str, Any] = json.loads(kwartaal(*args, *more))
    return found


@dataclass(frozen=True)
class Answer:
    """What came of one simulation, shown to all who ask: as JSON, and as files."""

    told: Mapping[str, Any]
    folder: Path
    overlay: Path
    lake_before: Sequence[tuple[str, bytes, int]]


@pytest.fixture(scope="session")
def answer(quarter_lake: Path, tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """A higher personal contribution, and a higher structural reduction for low wages."""
    folder = tmp_path_factory.mktemp("answer")
    values = {"personal_contribution": "0.14", "structural_alpha_category_1": "0.20"}
    overlay, before = written(folder, **values), snapshot(quarter_lake)
    files = "--output", folder / "out", "--lines"
    told = asked(overlay, quarter_lake, "--min-persons", "1", "--min-employers", "1", *files)
    return Answer(told, folder / "out", overlay, before)


# --- the lake, read back -------------------------------------------------------------------------


def recomputed(blocks: QuarterBlocks, pieces: Sequence[Piece]) -> list[Row]:
    found: list[Row] = []
    for piece in pieces:
        release = CATALOGUE.find(DMFA, {"2023Q1": Q1_2023, "2022Q2": Q2_2022}[piece.release])
        assert release is not None
        shredded = unshredded(release.layout, lambda b, p=piece: blocks.rows(b.table, p))  # type: ignore[misc]
        found += contribute(shredded, Q1_2023, rate_book()).to_pylist()
    return found


def test_rows_are_those_that_the_run_stored(quarter_lake: Path) -> None:
    with (
        Lake.open(quarter_lake, read_only=True) as lake,
        QuarterBlocks(lake, "2023Q1") as blocks,
    ):
        pieces = blocks.pieces(3)
        found = recomputed(blocks, pieces)
        names = ", ".join(f'"{name}"' for name in CONTRIBUTION.rest.names)
        stored = lake.ask(f"SELECT {names} FROM core.contribution")
    assert [(piece.release, piece.records) for piece in pieces] == [
        ("2022Q2", 2),
        ("2023Q1", 12),
        ("2023Q1", 3),
        ("2023Q1", 1),
    ]
    layout = CONTRIBUTION.inside
    told = pa.Table.from_pylist(found, layout).to_pylist()
    cents = [_cents(row) for row in stored.to_pylist()]
    assert sorted(map(repr, told)) == sorted(map(repr, cents))
    assert len(told) == 35


def _cents(row: Row) -> Row:
    scale = {"rate": 10**8}
    return {
        name: int(value * scale.get(name, 100)) if isinstance(value, Decimal) else value
        for name, value in row.items()
    }


# --- the command ---------------------------------------------------------------------------------


def test_what_is_laid_over_the_book_and_what_comes_of_it(answer: Answer) -> None:
    assert answer.told["parameters"][0] == {
        "parameter": "personal_contribution",
        "unit": "fraction",
        "first": "2023-01-01",
        "last": "2023-03-31",
        "base": "0.1307",
        "variant": "0.14",
    }
    (total,) = answer.told["totals"]
    assert (total["persons"], total["employers"]) == (16, 4)
    families = {row["family"]: row for row in answer.told["family"]}
    assert families["ordinary"]["change"] > 0 > families["structural_reduction"]["change"]
    for name in BREAKDOWNS:
        assert sum(row["change"] for row in answer.told[name]) == total["change"]
        assert sum(row["base"] for row in answer.told[name]) == total["base"]
    sizes = {row["employer_size"]: row["employers"] for row in answer.told["employer_size"]}
    assert sizes == {"1-4": 3, "10-19": 1}


def test_what_is_checked_holds(answer: Answer) -> None:
    assert len(answer.told["checks"]) == 7
    assert {check["holds"] for check in answer.told["checks"]} == {True}


def test_the_band_of_a_relation_counts_both_of_its_declarations(answer: Answer) -> None:
    bands = {row["wage_band"]: row for row in answer.told["wage_band"]}
    # 1,000.00 and 600.00 of one relation; 500.00 of another person, and a student's 10.00.
    assert (bands["1500-2999"]["persons"], bands["0-1499"]["persons"]) == (1, 2)


def test_a_total_that_moves_is_that_of_the_person_at_all_employers(answer: Answer) -> None:
    persons = [row for row in answer.told["moves"] if row["who"] == "persons"]
    assert sum(row["count"] for row in persons) == 16
    assert sum(row["change"] for row in persons) == answer.told["totals"][0]["change"]


def test_the_lake_is_only_read(quarter_lake: Path, answer: Answer) -> None:
    assert snapshot(quarter_lake) == answer.lake_before


def test_a_book_that_changes_nothing_gives_no_change(quarter_lake: Path, tmp_path: Path) -> None:
    same = written(tmp_path, personal_contribution="0.1307")
    found = asked(same, quarter_lake, "--min-persons", "1", "--min-employers", "1")
    for name in ("totals", *BREAKDOWNS):
        assert {row["change"] for row in found[name]} == {0}
        assert {row["changed"] for row in found[name]} == {0}
    moved = {row["move"]: row["count"] for row in found["moves"] if row["who"] == "persons"}
    assert moved == {"rises": 0, "falls": 0, "stays": 16}


def test_what_is_not_computed_is_told_apart(quarter_lake: Path, tmp_path: Path) -> None:
    half = tmp_path / "half.yaml"
    half.write_text(
        "title: From March on\nparameters:\n  personal_contribution:\n"
        '    - {from: 2023-03-01, value: "0.14", reference: a test}\n'
    )
    found = asked(half, quarter_lake, "--min-persons", "1", "--min-employers", "1")
    assert [row["first"] for row in found["parameters"]] == ["2023-01-01", "2023-03-01"]
    apart = {(row["family"], row["computed"]): row for row in found["apart"]}
    ordinary = apart[("ordinary", "base only")]
    assert ordinary["variant"] is None
    assert ordinary["base"] > 0
    assert "ordinary" not in {row["family"] for row in found["family"]}
    assert {check["holds"] for check in found["checks"]} == {True}


def test_text_is_for_a_reader(
    quarter_lake: Path, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the rules have changed since the run: then the base is not compared."""
    monkeypatch.setattr("pipelines.simulate.rules_fingerprint", lambda _: "others")
    said = kwartaal(answer.overlay, "--quarter", "2023/1", "--lake", quarter_lake)
    assert said.startswith("2023Q1  what if: What a test supposes\n")
    assert "about fewer than 5 persons" in said
    assert "no answer  the rules have changed since" in said
    assert "FAILS" not in said
    for number in (1, 20, 30):
        assert f"{number:011}" not in said


def test_processes_of_their_own_find_the_same(quarter_lake: Path, answer: Answer) -> None:
    told: list[tuple[int, int]] = []
    overlay, lake = str(answer.overlay), str(quarter_lake)
    question = Question(overlay, Q1_2023, lake, min_persons=1, min_employers=1, records=12)
    found = simulate(question, lambda *done: told.append(done))
    for name, table in found.tables.items():
        assert table.to_pylist() == answer.told[name]
    assert [check.holds for check in found.checks] == [True] * 7
    assert (told[0], told[-1]) == ((0, 18), (18, 18))
    assert len(told) > 2


# --- files ---------------------------------------------------------------------------------------


def test_tables_are_kept_as_parquet_and_csv(answer: Answer) -> None:
    for name in ("totals", *BREAKDOWNS, "moves", "apart"):
        kept = pq.read_table(answer.folder / f"{name}.parquet").to_pylist()
        assert [_cents(row) for row in kept] == answer.told[name]
        assert csv.read_csv(answer.folder / f"{name}.csv").num_rows == len(kept)


def test_lines_replay_from_the_formulas_beside_them(answer: Answer) -> None:
    lines = pq.read_table(answer.folder / "lines.parquet").to_pylist()
    kept = pq.read_table(answer.folder / "formulas.parquet").to_pylist()
    formulas = {row["formula"]: read(row) for row in kept}
    assert len(lines) == 35
    replayed = 0
    for row in lines:
        for side in ("base", "variant"):
            if row[f"{side}_amount"] is not None:
                formula = formulas[row[f"{side}_formula"]]
                assert formula.amount(row[f"{side}_inputs"]) == row[f"{side}_amount"]
                replayed += 1
    assert replayed > 60


def test_lines_are_kept_only_when_they_are_asked_for(
    quarter_lake: Path, answer: Answer, tmp_path: Path
) -> None:
    assert (answer.folder / "lines.parquet").exists()
    assert not list(answer.folder.glob(".lines-*"))
    asked(answer.overlay, quarter_lake, "--output", tmp_path / "new" / "out")
    found = {path.name for path in (tmp_path / "new" / "out").iterdir()}
    assert found == {path.name for path in answer.folder.iterdir()} - {"lines.parquet"}
    rows = pq.read_table(tmp_path / "new" / "out" / "sector.parquet").to_pylist()
    assert {row["suppressed"] for row in rows} == {True}
    assert {row["change"] for row in rows} == {None}


# --- wrong usage ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"no_such_rate": "1"}, "no parameter 'no_such_rate' is in the book"),
        (
            {"personal_contribution": "13.07"},
            "13.07 is not within 0 and 1, 8 decimals at most",
        ),
        ({"personal_contribution": "a few"}, "'a few' is not a number"),
    ],
)
def test_an_overlay_that_breaks_a_rule(
    quarter_lake: Path, tmp_path: Path, values: dict[str, str], said: str
) -> None:
    broken = written(tmp_path, **values)
    assert said in kwartaal(broken, "--quarter", "2023Q1", "--lake", quarter_lake, code=2)


def test_a_quarter_that_is_not_in_the_lake(quarter_lake: Path, answer: Answer) -> None:
    said = kwartaal(answer.overlay, "--quarter", "2022Q4", "--lake", quarter_lake, code=2)
    assert "no accepted declaration of 2022Q4: it has 2023Q1" in said


def test_where_the_output_may_be(quarter_lake: Path, answer: Answer) -> None:
    args = (answer.overlay, "--quarter", "2023Q1", "--lake", quarter_lake)
    assert "lies within the lake" in kwartaal(*args, "--output", quarter_lake / "out", code=2)
    assert "give --output DIR" in kwartaal(*args, "--lines", code=2)
    assert not (quarter_lake / "out").exists()
