"""Units: what a number on the wire counts, and that nothing about it is inexact."""

from pathlib import Path

import pyarrow as pa
import pytest
import yaml

from schemas.units import UNITS, UNKNOWN

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


def test_every_unit_of_the_zone_records_is_a_unit() -> None:
    found = set()
    for zones in SCHEMAS.glob("*/zones.yaml"):
        records = yaml.safe_load(zones.read_text(encoding="utf-8"))
        found |= {record["unit"] for record in records.values()}
    assert found == set(UNITS)


def test_no_unit_is_kept_as_a_float() -> None:
    for unit in (*UNITS.values(), UNKNOWN):
        for kept in (unit.inside, unit.rest):
            assert not pa.types.is_floating(kept)


@pytest.mark.parametrize("name", ["identifier", "code", "text", "quarter", "percent text"])
def test_identifiers_and_codes_are_text(name: str) -> None:
    assert (UNITS[name].inside, UNITS[name].rest) == (pa.string(), pa.string())


@pytest.mark.parametrize(
    ("name", "shown", "scale"),
    [
        ("cents", "euro", 2),
        ("thousandths of a euro", "euro", 3),
        ("hundredths of an hour", "hours", 2),
        ("hundredths of a day", "days", 2),
        ("hundredths of a percent", "percent", 2),
        ("hundredths of a month", "months", 2),
    ],
)
def test_scaled_units_are_whole_inside_and_exact_at_rest(name: str, shown: str, scale: int) -> None:
    unit = UNITS[name]
    assert (unit.inside, unit.rest) == (pa.int64(), pa.decimal128(18, scale))
    assert (unit.wire, unit.shown) == (name, shown)


@pytest.mark.parametrize("name", ["sequence", "months", "whole days", "whole hours", "minutes"])
def test_whole_units_are_whole_everywhere(name: str) -> None:
    assert UNITS[name].inside == UNITS[name].rest == pa.int64()


def test_what_is_not_known_is_text_and_says_so() -> None:
    assert UNKNOWN.rest == pa.string()
    assert UNKNOWN.wire not in UNITS
    assert "unknown" in UNKNOWN.shown
