from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identifiers import (
    BIS_KNOWN_SEX,
    BIS_UNKNOWN_SEX,
    enterprise_valid,
    inss_valid,
    make_enterprise,
    make_inss,
    make_nsso,
    make_unit,
    nsso_valid,
    unit_valid,
)

FICTITIOUS_UNITS = ("8999999993", "8999999104", "8999999203", "8999999302", "8999999401")


@given(
    st.dates(date(1900, 1, 1), date(2099, 12, 31)),
    st.integers(1, 998),
    st.sampled_from((0, BIS_UNKNOWN_SEX, BIS_KNOWN_SEX)),
)
def test_an_inss_that_is_made_is_valid(birth: date, serial: int, offset: int) -> None:
    text = make_inss(birth, serial, offset)
    assert len(text) == 11
    assert inss_valid(text)
    assert text[:2] == f"{birth.year % 100:02}"
    assert int(text[2:4]) == birth.month + offset


@given(st.integers(1000, 1_999_999))
def test_an_nsso_number_that_is_made_is_valid(number: int) -> None:
    text = make_nsso(number)
    assert len(text) == 9
    assert nsso_valid(text)
    assert nsso_valid(str(int(text)))


@given(st.integers(0, 19_999_999))
def test_an_enterprise_number_that_is_made_is_valid(serial: int) -> None:
    assert enterprise_valid(make_enterprise(serial))


@given(st.integers(20_000_000, 89_999_999))
def test_a_unit_number_that_is_made_is_valid(serial: int) -> None:
    assert unit_valid(make_unit(serial))


def test_both_ends_of_the_nsso_range_are_as_the_schema_bounds_them() -> None:
    assert make_nsso(1000) == "000100006"
    assert make_nsso(1_999_999) == "199999934"


@pytest.mark.parametrize("unit", FICTITIOUS_UNITS)
def test_the_fictitious_units_of_the_glossary_pass(unit: str) -> None:
    assert unit_valid(unit)


def test_remainder_zero_gives_97_and_not_00() -> None:
    body = next(n for n in range(850101001, 850101998) if n % 97 == 0)
    assert inss_valid(f"{body:09}97")
    assert not inss_valid(f"{body:09}00")


@pytest.mark.parametrize(
    ("valid", "text"),
    [
        (inss_valid, "85073003328"),
        (nsso_valid, "000100006"),
        (enterprise_valid, "1999999943"),
        (unit_valid, "8999999993"),
    ],
)
def test_one_wrong_digit_is_noticed(valid: Callable[[str], bool], text: str) -> None:
    assert valid(text)
    for place in range(len(text)):
        wrong = text[:place] + str((int(text[place]) + 1) % 10) + text[place + 1 :]
        assert not valid(wrong)


@pytest.mark.parametrize(
    "text", ["", "0", "8507300332", "850730033280", "8507300332x", "²5073003328"]
)
def test_what_is_no_number_of_eleven_digits_is_no_inss(text: str) -> None:
    assert not inss_valid(text)


@pytest.mark.parametrize("text", ["", "0", "99", "100005", "199999935", "2000000031", "-100006"])
def test_what_lies_outside_the_bounds_is_no_nsso_number(text: str) -> None:
    assert not nsso_valid(text)


def test_an_enterprise_number_may_lack_its_leading_zero() -> None:
    text = make_enterprise(4_567_890)
    assert text[0] == "0"
    assert enterprise_valid(text[1:])
    assert not enterprise_valid("")
    assert not enterprise_valid("2" + text[1:])


def test_a_unit_starts_with_2_to_8() -> None:
    assert not unit_valid(make_enterprise(12_345_678))
    assert not unit_valid("")
