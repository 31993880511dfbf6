"""What the generator knows and no declaration tells."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli.synth import synth
from pipelines.reference import read_reference
from schemas.quarter import Quarter
from transforms.reference import KEYS, SCHEMAS, Reference
from transforms.synth.facts import merged, reference, vehicle_facts
from transforms.synth.figures import figures
from transforms.synth.law import category_of
from transforms.synth.plan import Plan, drafts

SEED = 4


def known(quarter: Quarter, first: int = 0, last: int = 120) -> Reference:
    facts = [d.facts for d in drafts(Plan(quarter, 200, seed=SEED, indent=False), first, last)]
    return reference(figures(), SEED, facts)


@pytest.fixture(scope="module")
def winter() -> Reference:
    return known(Quarter(2023, 4))


@pytest.fixture(scope="module")
def spring() -> Reference:
    return known(Quarter(2024, 1))


def rows(table: str, of: Reference) -> dict[str, tuple[object, ...]]:
    found = getattr(of, table).to_pylist()
    return {row[KEYS[table]]: tuple(row.values()) for row in found}


@pytest.mark.parametrize("table", SCHEMAS)
def test_every_key_stands_once(table: str, winter: Reference) -> None:
    keys = getattr(winter, table).column(KEYS[table]).to_pylist()
    assert keys
    assert len(keys) == len(set(keys))


def test_people_at_several_employers_stand_once_in_merged_tables(winter: Reference) -> None:
    quarter = Quarter(2023, 4)
    parts = [known(quarter, 0, 50), known(quarter, 50, 90), known(quarter, 90, 120)]
    together = merged(parts)
    assert sum(part.workers.num_rows for part in parts) > together.workers.num_rows
    for table in SCHEMAS:
        assert getattr(together, table).equals(getattr(winter, table))


@pytest.mark.parametrize("table", ["workers", "employers"])
def test_facts_are_the_same_in_every_quarter(
    table: str, winter: Reference, spring: Reference
) -> None:
    first, second = rows(table, winter), rows(table, spring)
    both = first.keys() & second.keys()
    assert len(both) > 0.5 * len(first)
    assert all(first[key] == second[key] for key in both)


def test_cars_keep_their_plate_and_are_replaced() -> None:
    index = 2023 * 4
    life = [vehicle_facts(figures(), SEED, 17, index + n) for n in range(40)]
    cars = {plate: (fuel, co2, ordered) for plate, fuel, co2, ordered, _ in life}
    assert len(cars) > 2
    assert all(cars[plate] == (fuel, co2, ordered) for plate, fuel, co2, ordered, _ in life)
    assert {months for *_, months in life} >= {3}


def test_cars_are_ordered_before_the_quarter() -> None:
    index = 2024 * 4
    cars = [vehicle_facts(figures(), SEED, number, index) for number in range(500)]
    ordered = [day for _, _, _, day, _ in cars]
    assert max(ordered) < Quarter(2024, 1).first_day
    assert 0.05 < sum(day >= date(2023, 7, 1) for day in ordered) / 500 < 0.25
    assert 0 < sum(co2 is None for _, _, co2, _, _ in cars) < 50
    assert {fuel for _, fuel, *_ in cars} == {"petrol", "diesel", "gas", "electric"}
    assert len({plate for plate, *_ in cars}) == 500


def test_categories_are_told_where_the_committee_leaves_them_open(winter: Reference) -> None:
    told = winter.employers.column("structural_category")
    assert 0 < len(told) - told.null_count < len(told) / 4
    assert category_of("337") is None
    assert [category_of(c) for c in ("200", "329.02", "327.01")] == ["1", "2", "3"]


def test_tables_are_written_as_a_run_reads_them(tmp_path: Path) -> None:
    options = ["dmfa", "--quarter", "2023Q4", "--employers", "30", "--seed", str(SEED)]
    for jobs in ("1", "2"):
        folder = tmp_path / jobs
        result = CliRunner().invoke(
            synth,
            [*options, "--jobs", jobs, "--output", str(folder), "--reference", str(folder / "r")],
        )
        assert result.exit_code == 0, result.output
    found, again = (read_reference(str(tmp_path / jobs / "r")) for jobs in ("1", "2"))
    expected = known(Quarter(2023, 4), 0, 30)
    for table in SCHEMAS:
        assert getattr(found, table).equals(getattr(expected, table))
        assert getattr(again, table).equals(getattr(expected, table))
