"""Titles of zones and blocks in the languages of notices."""

from pathlib import Path

import pytest
import yaml

from schemas.dimona import DIMONA
from schemas.dmfa import DMFA
from schemas.kind import block_titles, titles, zone_facts
from schemas.notice import LANGUAGES

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"


@pytest.mark.parametrize("family", ["dmfa", "dimona"])
def test_records_are_ordered_and_have_one_shape(family: str) -> None:
    text = (SCHEMAS / family / "titles.yaml").read_text(encoding="utf-8")
    records = yaml.safe_load(text)
    keys = [line.split(":")[0].strip('"') for line in text.splitlines() if line.startswith('"')]
    assert keys == sorted(set(keys)) == list(records)
    for number, record in records.items():
        assert set(record) - {"certainty"} == {"nl", "fr"}, number
        assert record.get("certainty", "inferred") == "inferred", number


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_zone_and_block_of_the_dmfa_has_a_title(language: str) -> None:
    known = {*zone_facts(DMFA), *block_titles(DMFA)}
    assert titles(DMFA, language).keys() == known


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_block_of_the_dimona_has_a_title(language: str) -> None:
    assert block_titles(DIMONA).keys() <= titles(DIMONA, language).keys()
    assert titles(DIMONA, language).keys() <= {*zone_facts(DIMONA), *block_titles(DIMONA)}
    assert titles(DIMONA, language)["90022"] != titles(DMFA, language)["90022"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_zones_of_a_block_can_be_confused(language: str) -> None:
    """Titles say which zone is meant where zones of one message stand together."""
    found = [title for number, title in titles(DMFA, language).items() if number < "9"]
    twice = {title for title in found if found.count(title) > 1}
    allowed = {"Street", "House number", "Letter box", "Postal code", "Municipality"}
    assert twice <= allowed
