"""Rate files: what is refused, what holds in a quarter, and what is shipped."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from schemas.quarter import Quarter
from transforms.contribute.schemes import ordinary_rules, read_rules
from transforms.rates.book import (
    Confidence,
    NoRate,
    RateFileError,
    rate_book,
    read_book,
    read_parameter,
)

FILE = """\
parameter: small
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
"""


def test_a_file_that_keeps_the_rules() -> None:
    small = read_parameter(FILE.encode(), "small.yaml")
    assert (small.name, small.title, small.unit) == ("small", "Something small", "fraction")
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
    small = read_parameter(FILE.encode(), "small.yaml")
    assert small.at(Quarter(*quarter)).value == Decimal(value)


@pytest.mark.parametrize("quarter", [(2020, 4), (2021, 3), (2021, 4)])
def test_a_gap_is_not_zero(quarter: tuple[int, int]) -> None:
    small = read_parameter(FILE.encode(), "small.yaml")
    with pytest.raises(NoRate, match=f"small for {Quarter(*quarter)}"):
        small.at(Quarter(*quarter))


def test_a_value_that_changes_within_a_quarter_does_not_hold_it() -> None:
    content = FILE.replace("from: 2023-01-01", "from: 2023-02-01").encode()
    small = read_parameter(content, "small.yaml")
    with pytest.raises(NoRate):
        small.at(Quarter(2023, 1))
    assert small.at(Quarter(2023, 2)).value == 0


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("parameter: small", "parameter: small\nparameter: small", "twice"),
        ('    value: "0.0002"', '    value: "0.0002"\n    value: "0.0003"', "twice"),
        ('value: "0.0002"', "value: 0.0002", "string"),
        ('value: "0"', "value: 0", "string"),
        ('    value: "0"\n', "", "string"),
        ('value: "0"', 'value: "a few"', "not understood"),
        ('    reference: "None"\n', "", "reference"),
        ('reference: "None"', 'reference: ""', "reference"),
        ("confidence: derived", "confidence: sure", "not understood"),
        ("    confidence: derived\n", "", "not understood"),
        ("from: 2022-01-01", "from: 2022-13-01", "."),
        ("from: 2022-01-01", 'from: "2022"', "date"),
        ("  - from: 2022-01-01\n    value", "  - value", "date"),
        ("from: 2022-01-01", "from: 2020-01-01", "order"),
        ("from: 2022-01-01", "from: 2021-01-01", "order"),
        ("from: 2022-01-01", "from: 2021-06-30", "overlap"),
        ("from: 2022-01-01\n", "from: 2022-01-01\n    until: 2023-01-01\n", "overlap"),
        ("until: 2021-06-30", "until: 2020-06-30", "order"),
        ("until: 2021-06-30", 'until: "2021-06-30"', "until"),
        ("unit: fraction", "unit: percent", "unit"),
        ("title: Something small\n", "", "exactly"),
        ("unit: fraction", "unit: fraction\nsource: x", "exactly"),
        ("    confidence: derived", "    confidence: derived\n    note: x", "unknown keys"),
        ("parameter: small", "parameter: large", "named after"),
        ("values:", "values: [", "small.yaml"),
    ],
)
def test_what_is_refused(old: str, new: str, reason: str) -> None:
    assert old in FILE
    content = FILE.replace(old, new, 1).encode()
    with pytest.raises(RateFileError, match=reason) as error:
        read_parameter(content, "small.yaml")
    assert str(error.value).startswith("small.yaml")


@pytest.mark.parametrize("content", [b"", b"- a\n- b\n", b"just text"])
def test_a_file_is_a_mapping(content: bytes) -> None:
    with pytest.raises(RateFileError, match="mapping"):
        read_parameter(content, "small.yaml")


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_a_value_is_finite(value: str) -> None:
    content = FILE.replace('"0.0002"', f'"{value}"').encode()
    with pytest.raises(RateFileError):
        read_parameter(content, "small.yaml")


def test_a_book_is_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(FILE, encoding="utf-8")
    book = read_book(tmp_path.iterdir())
    assert set(book.parameters) == {"small"}
    (tmp_path / "small.yaml").write_text(FILE.replace("Another", "A third"), encoding="utf-8")
    assert read_book(tmp_path.iterdir()).fingerprint != book.fingerprint


# --- what is shipped -----------------------------------------------------------------------------


def test_every_shipped_value_has_reference_and_mark() -> None:
    book = rate_book()
    assert len(book.parameters) >= 6
    for parameter in book.parameters.values():
        assert parameter.values
        for value in parameter.values:
            assert len(value.reference) > 10
            assert value.confidence in Confidence
            assert value.value >= 0


def test_every_component_of_the_ordinary_line_is_in_the_book() -> None:
    known = set(rate_book().parameters)
    for scheme in ordinary_rules().schemes:
        assert set(scheme.components) <= known
        assert scheme.uplift is None or scheme.uplift in known


@pytest.mark.parametrize(
    ("code", "quarter", "rate"),
    [
        ("495", Quarter(2023, 1), "0.3810"),
        ("495", Quarter(2023, 3), "0.3809"),
        ("015", Quarter(2023, 1), "0.4367"),
        ("015", Quarter(2023, 3), "0.4366"),
    ],
)
def test_combined_rates(code: str, quarter: Quarter, rate: str) -> None:
    applied = ordinary_rules().apply(code, "000", quarter, rate_book())
    assert applied.rate == Decimal(rate)
    assert applied.uplift == (None if code == "495" else Decimal("1.08"))


@pytest.mark.parametrize(
    ("code", "employer_class", "quarter"),
    [
        ("495", "000", Quarter(2025, 3)),
        ("015", "010", Quarter(2025, 3)),
        ("495", "000", Quarter(2017, 4)),
        ("495", "000", Quarter(2024, 3)),
        ("495", "012", Quarter(2023, 1)),
        ("011", "000", Quarter(2023, 1)),
    ],
)
def test_what_is_not_known_has_no_rate(code: str, employer_class: str, quarter: Quarter) -> None:
    with pytest.raises(NoRate):
        ordinary_rules().apply(code, employer_class, quarter, rate_book())


def test_a_combined_rate_is_as_sure_as_its_weakest_part() -> None:
    applied = ordinary_rules().apply("495", "000", Quarter(2023, 1), rate_book())
    assert applied.confidence is Confidence.unverified


RULES = Path(__file__).resolve().parents[2] / "transforms" / "contribute" / "ordinary.yaml"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("mode: half-up, to: cent, confidence: unverified", "mode: up, to: cent", "rounding"),
        ('    reference: "Annexes 2 and 3 allow one line 495/0', '    note: "', "no reference"),
        ("rounding:", "schemes:\nrounding:", "twice"),
    ],
)
def test_rules_that_are_refused(old: str, new: str, reason: str) -> None:
    text = RULES.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(RateFileError, match=reason):
        read_rules(text.replace(old, new, 1).encode())
