"""Every zone and block of every release has a record, and our schemas number them as official."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from documents import reachable, read_element
from published import ALIASES, RELEASES, Contract, numbers

from schemas.kind import MessageKind

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
FAMILIES = ["dmfa", "dimona"]
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


def records(folder: str, name: str) -> Records:
    loaded: Records = yaml.safe_load((SCHEMAS / folder / name).read_text(encoding="utf-8"))
    return loaded


def known(message: MessageKind) -> dict[str, str]:
    """Number by name of all zones and blocks that the message has records of."""
    files = [(folder, name) for folder in message.facts for name in ("zones.yaml", "blocks.yaml")]
    return {r["name"]: number for file in files for number, r in records(*file).items()}


def own_numbers(contract: Contract) -> dict[str, str]:
    return dict(numbers(*sorted(contract.own.parent.glob("*.xsd"))))


@pytest.mark.parametrize("contract", RELEASES, ids=str)
def test_own_zones_and_blocks_have_a_record(contract: Contract) -> None:
    recorded, found = known(contract.message), own_numbers(contract)
    assert found == {element: recorded[element] for element in found}


@pytest.mark.parametrize("contract", [*RELEASES, *ALIASES], ids=str)
def test_official_zones_and_blocks_have_a_record(contract: Contract, shared: Path) -> None:
    recorded, found = known(contract.message), numbers(contract.official(shared))
    assert found == {element: recorded[element] for element in found}


@pytest.mark.parametrize("contract", [*RELEASES, *ALIASES], ids=str)
def test_official_zones_that_can_occur_are_ours(contract: Contract, shared: Path) -> None:
    official = numbers(contract.official(shared))
    model = read_element(contract.official(shared), contract.message.root)
    expected = {element.name: official[element.name] for element in reachable(model)}
    assert own_numbers(contract) == expected


@pytest.mark.parametrize("contract", RELEASES, ids=str)
def test_zones_stand_in_the_order_of_their_numbers(contract: Contract) -> None:
    found = list(numbers(contract.own.with_name("zones.xsd")).values())
    assert found == sorted(found)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("file", ["zones.yaml", "blocks.yaml"])
def test_records_are_ordered_and_unique(family: str, file: str) -> None:
    lines = (SCHEMAS / family / file).read_text(encoding="utf-8").splitlines()
    keys = [line.split(":")[0].strip('"') for line in lines if line.startswith('"')]
    assert keys == sorted(set(keys)) == list(records(family, file))
    assert all(len(key) == 5 and key.isdigit() for key in keys)


@pytest.mark.parametrize("family", FAMILIES)
def test_zone_records_have_one_shape(family: str) -> None:
    for number, record in records(family, "zones.yaml").items():
        assert set(record) - {"certainty"} == {"name", "unit", "title", "source"}, number
        assert record["unit"] in UNITS, number
        assert record.get("certainty", "inferred") == "inferred", number
    for number, record in records(family, "blocks.yaml").items():
        assert set(record) == {"name", "title"}, number


def test_nothing_is_said_twice() -> None:
    """A zone has one record; a block may have another title where it stands elsewhere."""
    first, second = (records(family, "zones.yaml") for family in FAMILIES)
    assert not first.keys() & second.keys()
    first, second = (records(family, "blocks.yaml") for family in FAMILIES)
    for number in first.keys() & second.keys():
        assert first[number]["name"] == second[number]["name"]
        assert first[number]["title"] != second[number]["title"]


def test_every_record_is_of_some_message() -> None:
    """Of the Dimona: those of the DmfA describe earlier releases too."""
    found = {n for contract in RELEASES for n in own_numbers(contract).values()}
    for file in ("zones.yaml", "blocks.yaml"):
        assert records("dimona", file).keys() <= found
