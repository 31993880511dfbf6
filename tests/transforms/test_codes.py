"""Lists of codes: what is refused, what holds when, and what is shipped."""

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from schemas.quarter import Quarter
from transforms.contribute.codes import Coded, code_lists, read_code_lists
from transforms.rates.book import Confidence, RateFileError

FILE = """\
small:
  - {codes: ["1", "02"], from: 2020-01-01, until: 2022-12-31, confidence: sourced, reference: a}
  - {codes: ["3"], from: 2021-01-01, confidence: unverified, reference: b}
  - {codes: ["1"], from: 2023-01-01, confidence: derived, reference: c}
"""
SURE, DERIVED, UNSURE = Confidence.sourced, Confidence.derived, Confidence.unverified


def test_the_codes_of_a_quarter_with_their_marks() -> None:
    lists = read_code_lists(FILE.encode())
    assert lists.of("small", Quarter(2020, 1)) == {"1": SURE, "02": SURE}
    assert lists.of("small", Quarter(2022, 4)) == {"1": SURE, "02": SURE, "3": UNSURE}
    assert lists.of("small", Quarter(2023, 1)) == {"1": DERIVED, "3": UNSURE}
    assert lists.of("small", Quarter(2019, 4)) == {}
    with pytest.raises(KeyError):
        lists.of("large", Quarter(2023, 1))


def test_a_list_that_ends_within_a_quarter_does_not_hold_in_it() -> None:
    lists = read_code_lists(FILE.replace("2022-12-31", "2022-12-30").encode())
    assert lists.of("small", Quarter(2022, 4)) == {"3": UNSURE}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('["3"]', '["1"]', "stand in two lists at one time"),
        ("until: 2022-12-31, ", "", "stand in two lists at one time"),
        ('["3"]', "[3]", "codes are written as strings"),
        ('["3"]', '"3"', "codes are written as strings"),
        ("reference: b", 'reference: ""', "every list has a reference"),
        (", reference: b", "", "a list has codes, from, until, confidence, reference"),
        ("reference: b", "reference: b, note: x", "a list has codes"),
        ("confidence: unverified", "confidence: certain", "confidence"),
        ("from: 2021-01-01", 'from: "2021"', "from"),
        ("small:", "small: [", "codes.yaml"),
        ("small:\n", "small: []\nsmall:\n", "twice"),
    ],
)
def test_lists_that_are_refused(old: str, new: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(RateFileError, match=reason):
        read_code_lists(FILE.replace(old, new, 1).encode())


def test_codes_are_compared_without_leading_zeros() -> None:
    column = pa.chunked_array([["015", "15"], ["0", None, "000", "150"]])
    coded = Coded(column)
    assert coded.among({"15"}).tolist() == [True, True, False, False, False, False]
    assert coded.among({"00"}).tolist() == [False, False, True, False, True, False]
    assert coded.among(set()).tolist() == [False] * 6
    assert coded.texts_of(np.array([0, 2, 3, 5])).tolist() == ["15", "0", "", "150"]
    assert coded[np.array([1, 3])].among({"015"}).tolist() == [True, False]


def test_codes_that_differ_in_zeros_only_are_one() -> None:
    """Else a family would claim the lines of one code twice."""
    distinct = Coded(pa.chunked_array([["0", "00", None, "8", "1"]])).distinct()
    assert {code: rows.tolist() for code, rows in distinct.items()} == {
        "0": [True, True, False, False, False],
        "8": [False, False, False, True, False],
        "1": [False, False, False, False, True],
    }


@pytest.mark.parametrize("values", [[], [None, None]])
def test_a_column_without_codes(values: list[str | None]) -> None:
    coded = Coded(pa.chunked_array([values], pa.string()))
    assert coded.among({"1"}).tolist() == [False] * len(values)
    assert coded.distinct() == {}


# --- what is shipped -----------------------------------------------------------------------------


def test_a_worker_code_or_committee_has_one_meaning() -> None:
    for prefix in ("workers_", "committees_category"):
        names = [name for name in code_lists().lists if name.startswith(prefix)]
        every = [code for name in names for code in code_lists().of(name, Quarter(2023, 1))]
        assert len(every) == len(set(every)) > 3


def test_every_list_says_where_it_comes_from() -> None:
    for name, lists in code_lists().lists.items():
        for listed in lists:
            assert listed.codes, name
            assert len(listed.reference) > 10, name
            assert listed.first <= date(2022, 1, 1), name


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("remuneration_subject", "1 2 3 4 5 6 7 9 12"),
        ("remuneration_reference", "1 2 4 5 12"),
        ("remuneration_excluding", "3 9 22"),
        ("remuneration_flexi", "22 23"),
        ("services_paid", "1 3 4 5 20"),
        ("services_counted", "1 2 3 4 5 12 20 72"),
        ("workers_manual", "015"),
        ("workers_white_collar", "495"),
        ("workers_flexi", "050 450"),
        ("workers_student", "840 841"),
        ("workers_young", "027 035 047 439 487"),
        ("committees_category_1", "318"),
        ("committees_category_2", "319 329 330 331 332"),
        ("committees_category_3", "327"),
        ("committees_category_open", "152 225 337"),
    ],
)
def test_lists_of_the_dossier(name: str, codes: str) -> None:
    assert set(code_lists().of(name, Quarter(2023, 1))) == set(codes.split())
