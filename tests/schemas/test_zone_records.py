"""Every zone and block of every release has a record, and our schemas number them as official."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import XSD, reachable, read_element
from lxml import etree

from schemas.catalogue import folder_name
from schemas.dmfa import DMFA

RELEASES = {folder_name(q): DMFA.file_name(q) for q in DMFA.releases}
FOLDER = Path(__file__).resolve().parents[2] / "schemas" / "dmfa"
UNITS = {
    "cents",
    "code",
    "count",
    "date",
    "hundredths (hours or services)",
    "hundredths of a day",
    "hundredths of a month",
    "hundredths of a percent",
    "hundredths of an hour",
    "identifier",
    "minutes",
    "months",
    "percent text",
    "quarter",
    "sequence",
    "text",
    "thousandths of a euro",
    "time",
    "whole days",
    "whole hours",
    "year-month",
}
Records = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def zones() -> Records:
    return records("zones.yaml")


@pytest.fixture(scope="module")
def blocks() -> Records:
    return records("blocks.yaml")


def records(name: str) -> Records:
    loaded: Records = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    return loaded


def numbers(folder: Path, pattern: str) -> dict[str, str]:
    """Official number by element name, from the annotations of the schema files in a folder."""
    return {
        str(element.get("name")): str(element.findtext(f".//{{{XSD}}}documentation"))
        for path in sorted(folder.glob(pattern))
        for element in etree.parse(path).iterfind(f"{{{XSD}}}element")
    }


@pytest.mark.parametrize("name", RELEASES)
def test_own_zones_and_blocks_have_a_record(name: str, zones: Records, blocks: Records) -> None:
    known = {record["name"]: number for number, record in (zones | blocks).items()}
    found = numbers(FOLDER / "releases" / name, "*.xsd")
    assert found == {element: known[element] for element in found}


@pytest.mark.parametrize("name", RELEASES)
def test_official_zones_and_blocks_have_a_record(
    name: str, shared: Path, zones: Records, blocks: Records
) -> None:
    known = {record["name"]: number for number, record in (zones | blocks).items()}
    found = official_numbers(shared, name)
    assert found == {element: known[element] for element in found}


@pytest.mark.parametrize("name", RELEASES)
def test_official_zones_that_can_occur_are_ours(name: str, shared: Path) -> None:
    official = official_numbers(shared, name)
    model = read_element(official_folder(shared) / RELEASES[name], "DmfAOriginal")
    expected = {element.name: official[element.name] for element in reachable(model)}
    assert numbers(FOLDER / "releases" / name, "*.xsd") == expected


def official_folder(shared: Path) -> Path:
    return shared / "official" / "xsd" / "dmfa" / "series-original"


def official_numbers(shared: Path, name: str) -> dict[str, str]:
    return numbers(official_folder(shared), RELEASES[name])


@pytest.mark.parametrize("name", RELEASES)
def test_zones_stand_in_the_order_of_their_numbers(name: str) -> None:
    found = list(numbers(FOLDER / "releases" / name, "zones.xsd").values())
    assert found == sorted(found)


@pytest.mark.parametrize("file", ["zones.yaml", "blocks.yaml"])
def test_records_are_ordered_and_unique(file: str) -> None:
    lines = (FOLDER / file).read_text(encoding="utf-8").splitlines()
    keys = [line.split(":")[0].strip('"') for line in lines if line.startswith('"')]
    assert keys == sorted(set(keys)) == list(records(file))
    assert all(len(key) == 5 and key.isdigit() for key in keys)


def test_zone_records_have_one_shape(zones: Records, blocks: Records) -> None:
    for number, record in zones.items():
        assert set(record) - {"certainty"} == {"name", "unit", "title", "source"}, number
        assert record["unit"] in UNITS, number
        assert record.get("certainty", "inferred") == "inferred", number
    for number, record in blocks.items():
        assert set(record) == {"name", "title"}, number
