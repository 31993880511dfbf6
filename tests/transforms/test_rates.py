"""Rate files: what is refused, what holds when, and what is shipped."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.quarter import Quarter
from transforms.rates.book import Confidence, NoRate, Parameter, RateFileError, rate_book, read_book
from transforms.rates.reading import read_topic
from transforms.rates.units import UNITS, number

FILE = """\
topic: small
title: Small things
parameters:
  pebble:
    title: Something small
    unit: fraction
    values:
      - from: 2021-01-01
        until: 2021-06-30
        value: "0.0001"
        confidence: sourced
        reference: "A text"
      - from: 2022-01-01
        value: "0.0002"
        confidence: derived
        reference: "Another text"
      - from: 2023-01-01
        value: "0"
        confidence: unverified
        reference: "None"
  heap:
    title: How many
    unit: workers
    values:
      - {from: 2022-01-01, value: "12", confidence: sourced, reference: "A text"}
"""


def pebble(content: str = FILE) -> Parameter:
    return read_topic(content.encode(), "small.yaml")[0]


def test_a_file_that_keeps_the_rules() -> None:
    small, heap = read_topic(FILE.encode(), "small.yaml")
    assert (heap.name, heap.unit, str(heap.values[0].value)) == ("heap", "workers", "12")
    assert (small.name, small.topic, small.title) == ("pebble", "small", "Something small")
    assert [(v.first, v.last, v.value, v.confidence) for v in small.values] == [
        (date(2021, 1, 1), date(2021, 6, 30), Decimal("0.0001"), Confidence.sourced),
        (date(2022, 1, 1), date(2022, 12, 31), Decimal("0.0002"), Confidence.derived),
        (date(2023, 1, 1), None, Decimal(0), Confidence.unverified),
    ]


@pytest.mark.parametrize(
    ("quarter", "value"),
    [((2021, 1), "0.0001"), ((2021, 2), "0.0001"), ((2022, 4), "0.0002"), ((2031, 4), "0")],
)
def test_the_value_of_a_quarter(quarter: tuple[int, int], value: str) -> None:
    assert pebble().at(Quarter(*quarter)).value == Decimal(value)


@pytest.mark.parametrize("quarter", [(2020, 4), (2021, 3), (2021, 4)])
def test_a_gap_is_not_zero(quarter: tuple[int, int]) -> None:
    with pytest.raises(NoRate, match=f"no value of pebble for {Quarter(*quarter)}"):
        pebble().at(Quarter(*quarter))


def test_a_value_that_changes_within_a_quarter_holds_its_months_only() -> None:
    small = pebble(FILE.replace("from: 2023-01-01", "from: 2023-02-01"))
    with pytest.raises(NoRate):
        small.at(Quarter(2023, 1))
    assert small.at(Quarter(2023, 2)).value == 0
    assert small.during(date(2023, 1, 1), date(2023, 1, 31)).value == Decimal("0.0002")
    with pytest.raises(NoRate, match="no value of pebble for 2023-01-31 to 2023-02-01"):
        small.during(date(2023, 1, 31), date(2023, 2, 1))


def test_spans_tell_values_from_gaps() -> None:
    spans = list(pebble().spans(date(2020, 12, 1), date(2022, 3, 31)))
    assert [(str(a), str(b), v and str(v.value)) for a, b, v in spans] == [
        ("2020-12-01", "2020-12-31", None),
        ("2021-01-01", "2021-06-30", "0.0001"),
        ("2021-07-01", "2021-12-31", None),
        ("2022-01-01", "2022-03-31", "0.0002"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("topic: small", "topic: small\ntopic: small", "twice"),
        ("  heap:", "  pebble:", "twice"),
        ('        value: "0.0002"', '        value: "0.0002"\n        value: "0.0003"', "twice"),
        ('value: "0.0002"', "value: 0.0002", "pebble from 2022-01-01: .* string"),
        ('        value: "0"\n', "", "string"),
        ('value: "0"', 'value: "a few"', "plain notation"),
        ('value: "0.0002"', 'value: "1.5"', "within 0 and 1"),
        ('        reference: "None"\n', "", "reference"),
        ('reference: "None"', 'reference: " "', "reference"),
        ("confidence: derived", "confidence: sure", "none of unverified, derived, sourced"),
        ("confidence: derived", "confidence: [derived]", "none of"),
        ("        confidence: derived\n", "", "needs a confidence"),
        ("from: 2022-01-01\n", "from: 2022-13-01\n", "month"),
        ("from: 2022-01-01\n", 'from: "2022"\n', "date"),
        ("from: 2022-01-01\n", "from: 2022-01-01 10:00:00\n", "date"),
        ("      - from: 2022-01-01\n        value", "      - value", "date"),
        ("from: 2022-01-01\n", "from: 2020-01-01\n", "order"),
        ("from: 2022-01-01\n", "from: 2021-01-01\n", "order"),
        ("from: 2022-01-01\n", "from: 2021-06-30\n", "overlap"),
        ("from: 2022-01-01\n", "from: 2022-01-01\n        until: 2023-01-01\n", "overlap"),
        ("until: 2021-06-30", "until: 2020-06-30", "order"),
        ("until: 2021-06-30", "until: soon", "until"),
        ("until: 2021-06-30", "until:", "until"),
        ("unit: fraction", "unit: percent", "unit 'percent' is none of fraction"),
        ("    title: Something small\n", "", "exactly title, unit, values"),
        ("unit: fraction", "unit: fraction\n    source: x", "exactly"),
        ("title: Small things", "title: 7", "title"),
        ("title: Small things\n", "", "exactly parameters, title, topic"),
        (
            "        confidence: derived",
            "        confidence: derived\n        note: x",
            "keys note",
        ),
        ("  pebble:", "  a pebble:", "no name"),
        ("topic: small", "topic: large", "named after its topic"),
        ("parameters:", "parameters: [", "small.yaml"),
    ],
)
def test_what_is_refused(old: str, new: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(RateFileError, match=reason) as error:
        pebble(FILE.replace(old, new, 1))
    assert str(error.value).startswith("small.yaml")


@pytest.mark.parametrize(
    "content",
    [
        "",
        "- a\n",
        "just text",
        "topic: small\ntitle: t\nparameters: []",
        "topic: small\ntitle: t\nparameters: {a: 1}",
        "topic: small\ntitle: t\nparameters: {a: {title: t, unit: EUR, values: []}}",
        "topic: small\ntitle: t\nparameters: {a: {title: t, unit: EUR, values: [1]}}",
    ],
)
def test_a_file_of_another_shape_is_refused(content: str) -> None:
    with pytest.raises(RateFileError, match=r"mapping|list"):
        pebble(content)


def test_a_name_belongs_to_one_topic(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(FILE, encoding="utf-8")
    (tmp_path / "tiny.yaml").write_text(FILE.replace("topic: small", "topic: tiny"), "utf-8")
    with pytest.raises(RateFileError, match=r"tiny.yaml: pebble stands in small.yaml too"):
        read_book(tmp_path.iterdir())


def test_a_book_changes_its_fingerprint_with_any_file(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(FILE, encoding="utf-8")
    book = read_book(tmp_path.iterdir())
    assert set(book.parameters) == {"pebble", "heap"}
    (tmp_path / "small.yaml").write_text(FILE.replace("Another", "A third"), encoding="utf-8")
    assert read_book(tmp_path.iterdir()).fingerprint != book.fingerprint


@pytest.mark.parametrize(
    ("unit", "good", "bad"),
    [
        ("fraction", ["0", "1", "0.0002"], ["1.01", "-0.1"]),
        ("fraction/year", ["0.07"], ["7"]),
        ("factor", ["1.08", "0.28"], ["0", "-1"]),
        ("index", ["114.08"], ["0.00"]),
        ("EUR", ["0", "4000", "88.93"], ["88.930", "-1"]),
        ("EUR per g/km", ["9"], ["9.001"]),
        ("g/km", ["182"], ["182.0", "-1"]),
        ("quarters", ["0", "5"], ["4.5"]),
        ("hours/year", ["475"], ["NaN", "Infinity", "1e2", "1_000", " 1", "١", ""]),
    ],
)
def test_a_unit_says_which_numbers_it_allows(unit: str, good: list[str], bad: list[str]) -> None:
    assert unit in UNITS
    assert [str(number(text, unit)) for text in good] == good
    for text in bad:
        with pytest.raises(ValueError, match=r"plain notation|as .* asks"):
            number(text, unit)


# --- what is shipped -----------------------------------------------------------------------------

BOOK = rate_book()


def test_every_shipped_value_says_where_it_comes_from() -> None:
    assert len(BOOK.parameters) > 150
    for name, parameter in BOOK.parameters.items():
        assert name == parameter.name
        assert parameter.unit in UNITS
        for value in parameter.values:
            assert len(value.reference) > 10
            assert "https://" in value.reference or value.confidence is not Confidence.sourced


@pytest.mark.parametrize(
    ("quarter", "rate"), [(Quarter(2023, 1), "0.3810"), (Quarter(2023, 3), "0.3809")]
)
def test_the_parts_of_the_ordinary_line_of_a_white_collar(quarter: Quarter, rate: str) -> None:
    parts = (
        "personal_contribution",
        "employer_base_and_wage_moderation_category_1_3",
        "work_accident_special",
        "asbestos_fund",
    )
    assert sum(BOOK.at(name, quarter).value for name in parts) == Decimal(rate)


def test_the_base_rate_of_the_tax_shift_gives_25_per_cent_with_wage_moderation() -> None:
    quarter = Quarter(2023, 1)
    base = BOOK.at("employer_base_category_1_3", quarter).value
    moderation = BOOK.at("wage_moderation_rate_category_1_3", quarter).value
    total = base + moderation * (1 + base)
    expected = BOOK.at("employer_base_and_wage_moderation_category_1_3", quarter).value
    assert total.quantize(Decimal("0.0001")) == expected


@pytest.mark.parametrize("letter", ["S0_category_1", "S0_category_2", "S2_category_3"])
def test_structural_limits_rise_in_steps_of_2_per_cent(letter: str) -> None:
    cent, step = Decimal("0.01"), Decimal("1.02")
    limits = [
        BOOK.at(f"structural_{letter}", Quarter(*quarter)).value
        for quarter in ((2022, 2), (2022, 3), (2022, 4), (2023, 1))
    ]
    half_way = (limits[2] * step).quantize(cent)
    assert [(limit * step).quantize(cent) for limit in limits[:2]] == limits[1:3]
    assert (half_way * step).quantize(cent) == limits[3]


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("work_bonus_S_low", date(2021, 2, 1), date(2021, 12, 31)),
        ("work_bonus_S_low", date(2022, 3, 1), date(2022, 3, 31)),
        ("ffe_special", date(2024, 1, 1), date(2025, 12, 31)),
        ("brussels_older_wage_limit_Q4", date(2022, 1, 1), date(2024, 6, 30)),
        ("artists_wage_limit", date(2022, 10, 1), date(2025, 3, 31)),
        ("structural_alpha_category_1", date(2022, 1, 1), date(2022, 3, 31)),
        ("structural_S2_category_3", date(2025, 7, 1), date(2025, 9, 30)),
        ("asbestos_fund", date(2026, 1, 1), date(2026, 3, 31)),
    ],
)
def test_what_is_not_known_stays_a_gap(name: str, first: date, last: date) -> None:
    (span,) = BOOK.parameters[name].spans(first, last)
    assert span == (first, last, None)
    with pytest.raises(NoRate):
        BOOK.during(name, first, first)
