"""The first look at files of messages that have no quarter: Dimona."""

from io import BytesIO

import pytest
from declared import CATALOGUE
from dimona_forms import Q1_2023, dimona_in, document, form, release_of

from schemas.dimona import DIMONA
from schemas.quarter import Quarter
from transforms.survey import survey
from transforms.together import Received, judge_together


def test_each_form_is_found_and_no_employer_is_guessed() -> None:
    found = survey(BytesIO(document(form(dimona_in()), form(dimona_in()))), DIMONA, CATALOGUE)
    assert (found.forms, found.refused, found.set_aside) == (2, None, None)
    assert [part.employer for part in found.ranges] == ["", ""]


@pytest.mark.parametrize(
    ("created", "release"),
    [
        ("2023-01-10", Q1_2023),
        ("2025-07-01", Q1_2023),  # the newest there is
        ("2022-12-31", Quarter(2022, 2)),
        ("2022-03-31", None),  # before all that are known
        ("2022-13-31", None),
    ],
)
def test_the_day_of_a_form_picks_the_release_in_force(
    created: str, release: Quarter | None
) -> None:
    dated = form(dimona_in()).replace("2023-01-10", created, 1)
    assert survey(BytesIO(document(dated)), DIMONA, CATALOGUE).release == release


def test_forms_are_accepted_by_their_columns() -> None:
    data = form(dimona_in()).encode()
    where = survey(BytesIO(document(form(dimona_in()))), DIMONA, CATALOGUE).ranges[0]
    received = Received(data, where, b"<Dimona>", "utf-8")
    _, pack = judge_together([received], release_of())
    assert pack is not None


@pytest.mark.parametrize("told", ["O\tH", " OTH", "OTH ", "oth"])
def test_a_listed_text_with_other_blanks_is_left_to_the_schema_processor(told: str) -> None:
    changed = form(dimona_in()).replace(">OTH<", f">{told}<").encode()
    where = survey(BytesIO(document(form(dimona_in()))), DIMONA, CATALOGUE).ranges[0]
    _, pack = judge_together([Received(changed, where, b"<Dimona>", "utf-8")], release_of())
    assert pack is None
