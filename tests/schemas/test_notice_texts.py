"""The phrases of notices: whole in every language, and numbers and days as each writes them."""

from collections.abc import Iterator, Mapping
from datetime import date
from string import Formatter
from typing import Any

import pytest

from schemas.compare.difference import OF_LISTS, Kind, Life
from schemas.model import Facets
from schemas.notice.contents import Contents, occurrence_of
from schemas.notice.markup import Markdown
from schemas.notice.saying import MUST
from schemas.notice.texts import LANGUAGES, Texts, load
from schemas.quarter import Quarter

Phrase = tuple[tuple[str, ...], Mapping[str, str]]


def phrases(node: Any, keys: tuple[str, ...] = ()) -> Iterator[Phrase]:
    if set(node) & set(LANGUAGES):
        yield keys, node
        return
    for key, below in node.items():
        yield from phrases(below, (*keys, key))


def test_every_phrase_is_in_every_language_with_the_same_values() -> None:
    found = list(phrases(load()))
    assert len(found) > 200
    for keys, texts in found:
        assert set(texts) == set(LANGUAGES), keys
        values = {frozenset(n for _, n, *_ in Formatter().parse(t) if n) for t in texts.values()}
        assert len(values) == 1, keys
        assert all(text and not set(text) & set("<>&`*|") for text in texts.values()), keys


def test_forms_come_whole() -> None:
    families = [{"one", "many"}, {"changed", "introduced", "dropped"}, {"declaration", "message"}]
    for keys, _ in phrases(load()):
        node = load()
        for key in keys[:-1]:
            node = node[key]
        for family in families:
            if keys[-1] in family:
                assert set(node) == family, keys


def test_every_kind_has_a_fact_and_what_must_be_done() -> None:
    kinds = set(Kind) - OF_LISTS  # a notice is about a message
    assert {kind.value for kind in kinds} <= set(load()["facts"])
    assert set(MUST) == kinds
    assert set(MUST.values()) == set(load()["must"])
    assert {life.value for life in Life} - {"added"} == set(load()["lives"])


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("nl", ["999", "1234", "12.345", "-100.000,50", "007", "00042", "1e3"]),
        ("fr", ["999", "1234", "12\u202f345", "-100\u202f000,50", "007", "00042", "1e3"]),
        ("en", ["999", "1234", "12,345", "-100,000.50", "007", "00042", "1e3"]),
    ],
)
def test_numbers(language: str, expected: list[str]) -> None:
    given = ["999", "1234", "12345", "-100000.50", "007", "00042", "1e3"]
    assert [Texts(language).number(text) for text in given] == expected


def test_days_and_quarters() -> None:
    days = [[Texts(x).day(d) for x in LANGUAGES] for d in (date(2023, 1, 1), date(2022, 8, 31))]
    assert days[0] == ["1 januari 2023", "1er janvier 2023", "1 January 2023"]
    assert days[1] == ["31 augustus 2022", "31 août 2022", "31 August 2022"]
    quarters = [Texts(x).quarter(Quarter(2023, 2)) for x in LANGUAGES]
    assert quarters == ["2e kwartaal van 2023", "2e trimestre 2023", "second quarter of 2023"]


def test_french_has_its_hard_spaces() -> None:
    text = Texts("fr").say("lists", "about", first="a", last="b")
    assert text == "a\u00a0: b"


@pytest.mark.parametrize(
    ("facets", "expected"),
    [
        (Facets("string", length=(None, 42)), "text, at most 42 characters"),
        (Facets("string", length=(1, 1)), "text, exactly 1 character"),
        (Facets("string", length=(2, 30)), "text, 2 to 30 characters"),
        (Facets("integer", minimum="0", maximum="999"), "whole number, from 0 to 999"),
        (
            Facets("integer", minimum="0", maximum="9" * 15),
            "whole number, at most 15 digits, not negative",
        ),
        (Facets("integer", minimum="1", maximum="250000"), "whole number, from 1 to 250,000"),
        (
            Facets("integer", maximum="1999999943", patterns=(r"0|\d{9}|\d{10}",)),
            "whole number, `0`, 9 or 10 digits",
        ),
        (Facets("integer", enumeration=("01", "02")), "one of the codes `01` or `02`"),
        (Facets("decimal", minimum="0.5"), "number, at least 0.5"),
        (
            Facets("date", minimum="1990-01-01", patterns=(r"\d{4}-\d{2}-\d{2}",)),
            "date (YYYY-MM-DD), 1 January 1990 at the earliest",
        ),
        (Facets("string", patterns=("[A-Z]{2}",)), "text, of the form `[A-Z]{2}`"),
    ],
)
def test_what_a_zone_may_contain(facets: Facets, expected: str) -> None:
    assert Contents(Texts("en"), Markdown()).content(facets) == expected


def test_long_lists_of_codes_are_cut() -> None:
    codes = [str(n) for n in range(100)]
    assert Contents(Texts("en"), Markdown()).codes(codes).endswith("`39` and 60 others")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0..1", "optional"),
        ("1..1", "mandatory"),
        ("1", "mandatory"),
        ("0..*", "optional, as often as needed"),
        ("1..*", "mandatory, one or more times"),
        ("3..*", "mandatory, at least 3 times"),
        ("0..99", "optional, at most 99 times"),
        ("2..2", "mandatory, exactly 2 times"),
        ("1..2", "mandatory, 1 to 2 times"),
        ("0..0", "not to be used"),
        ("required", "mandatory"),
        ("prohibited", "not to be used"),
        ("now and then", "`now and then`"),
    ],
)
def test_how_often(text: str, expected: str) -> None:
    assert Contents(Texts("en"), Markdown()).occurrence(text) == expected


def test_occurrences_as_numbers() -> None:
    texts = ["0..1", "1..*", "2", "optional", "x", None]
    assert [occurrence_of(t) for t in texts] == [(0, 1), (1, None), (2, 2), (0, 1), None, None]
