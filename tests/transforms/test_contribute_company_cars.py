"""Contribution on company cars (862), against section 7.5 of the dossier."""

import random
from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from computed import Row, cents, half_up, of, reference, rows
from declared import document, form, unrelated, vehicle
from hypothesis import given
from hypothesis import strategies as st

from schemas.quarter import Quarter
from transforms.contribute.company_cars import NO_FACTS, NO_PLATES, SEVERAL
from transforms.contribute.rules import family
from transforms.rates.book import rate_book

Car = Mapping[str, Any]
INDEX = {2022: "154.29", 2023: "171.64", 2024: "175.21", 2025: "181.93"}
DEDUCTION = {"petrol": 768, "diesel": 600, "gas": 990}
RECENT = date(2023, 7, 1)
QUARTERS = [Quarter(year, number) for year in INDEX for number in (1, 3)]


def month(car: Car, quarter: Quarter) -> Fraction:
    """Electric cars owe the minimum, and no multiplier."""
    recent = car["ordered"] is not None and car["ordered"] >= RECENT
    index = Fraction(INDEX[quarter.year]) / Fraction("114.08")
    least = Fraction("23.41" if recent and quarter.year == 2025 else "20.83")
    if car["fuel"] == "electric":
        return half_up(least * index)
    grams = car["co2"]
    if grams is None:
        grams = 165 if car["fuel"] == "diesel" else 182
    indexed = half_up(max(Fraction(grams * 9 - DEDUCTION[car["fuel"]], 12), least) * index)
    if recent and quarter >= Quarter(2023, 3):
        indexed *= Fraction("2.75" if quarter.year == 2025 else "2.25")
    return half_up(indexed)


def declared(cars: Sequence[Car], amount: int = 1) -> bytes:
    plates = [vehicle(car["plate"], number) for number, car in enumerate(cars, 1)]
    return document(form(*plates, unrelated(amount, code="862")))


def of_fleet(cars: Sequence[Car], quarter: Quarter, known: Sequence[Car] | None = None) -> Row:
    table = reference(vehicles=cars if known is None else known)
    (row,) = rows(declared(cars), quarter, table)
    return row


def car(plate: str = "1ABC234", **other: Any) -> Car:
    usual = {"plate": plate, "fuel": "diesel", "co2": 151, "ordered": None, "months": 3}
    return usual | other


# --- fleets --------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(16))
def test_random_fleets(seed: int) -> None:
    rng = random.Random(f"cars {seed}")
    quarter = QUARTERS[seed % len(QUARTERS)]
    cars = [
        car(
            f"1ABC{number:03}",
            fuel=rng.choice(("petrol", "diesel", "gas", "electric")),
            co2=rng.choice((None, 0, 40, rng.randint(60, 250))),
            ordered=rng.choice((None, date(2023, 6, 30), RECENT, date(2024, 5, 1))),
            months=rng.randint(0, 3),
        )
        for number in range(rng.randint(1, 12))
    ]
    row = of_fleet(cars, quarter)
    if quarter >= Quarter(2023, 3) and any(one["ordered"] is None for one in cars):
        assert (row["computed_amount"], row["reason"]) == (None, NO_FACTS)
        cars = [{**one, "ordered": one["ordered"] or RECENT} for one in cars]
        row = of_fleet(cars, quarter)
    assert row["computed_amount"] == cents(
        sum((month(one, quarter) * one["months"] for one in cars), Fraction(0))
    )
    assert len(row["inputs"]) == 7 * len(cars)
    turned = of_fleet(cars[::-1], quarter, known=cars)
    assert turned["computed_amount"] == row["computed_amount"]


def test_several_declarations_each_with_its_own_cars() -> None:
    cars = [car("1AAA111"), car("1BBB222", fuel="electric"), car("1CCC333", co2=None)]
    forms = [
        form(vehicle("1AAA111"), vehicle("1BBB222", 2), unrelated(1, code="862")),
        form(vehicle("1CCC333"), nsso="112367420"),
        form(vehicle("1CCC333"), unrelated(1, code="862"), nsso="112367519"),
    ]
    forms[1] = form(vehicle("1CCC333"), unrelated(1, 1, code="865"), nsso="112367420")
    found = of(rows(document(*forms), reference=reference(vehicles=cars)), "862")
    each = [cents(3 * month(one, Quarter(2023, 1))) for one in cars]
    assert [row["computed_amount"] for row in found] == [each[0] + each[1], each[2]]


def test_what_is_not_computed() -> None:
    quarter = Quarter(2023, 1)
    known = reference(vehicles=[car()])
    assert rows(document(form(unrelated(1, code="862"))), quarter, known)[0]["reason"] == NO_PLATES
    assert of_fleet([car()], quarter, known=[])["reason"] == NO_FACTS
    assert of_fleet([car(), car("1ABC235")], quarter, known=[car()])["reason"] == NO_FACTS
    twice = document(form(vehicle("1ABC234"), unrelated(1, code="862"), unrelated(2, code="862")))
    assert [row["reason"] for row in rows(twice, quarter, known)] == [SEVERAL] * 2


@pytest.mark.parametrize("fact", ["fuel", "months"])
def test_a_fact_that_is_empty_in_the_table_is_not_known(fact: str) -> None:
    half = {**car(), fact: None}
    assert of_fleet([half], Quarter(2023, 1))["reason"] == NO_FACTS


def test_a_plate_with_a_letter_beyond_ascii() -> None:
    assert of_fleet([car(), car("É12")], Quarter(2023, 1), known=[car()])["reason"] == NO_FACTS


# --- laws, on the formula ------------------------------------------------------------------------


def item(grams: int, fuel: str, recent: int, quarter: Quarter, months: int = 1) -> Fraction:
    law = family("company_cars").apply("car", quarter, rate_book())
    kinds = [int(fuel == kind) for kind in ("diesel", "gas", "electric")]
    return law.amount([grams, 0, *kinds, recent, months])


FLEETS = st.tuples(
    st.integers(0, 400),
    st.sampled_from(("petrol", "diesel", "gas", "electric")),
    st.integers(0, 1),
    st.sampled_from(QUARTERS),
)


@given(FLEETS, st.integers(0, 100))
def test_more_grams_are_never_cheaper(fleet: tuple[int, str, int, Quarter], more: int) -> None:
    grams, fuel, recent, quarter = fleet
    clean = item(grams, fuel, recent, quarter)
    assert item(grams + more, fuel, recent, quarter) >= clean
    assert clean >= item(0, "electric", 0, quarter) > 0
    assert (fuel != "electric") or item(grams + more, fuel, recent, quarter) == clean


@given(FLEETS, st.integers(0, 3))
def test_a_quarter_is_its_months(fleet: tuple[int, str, int, Quarter], months: int) -> None:
    assert item(*fleet, months) == months * item(*fleet)


@given(FLEETS)
def test_a_later_order_is_never_cheaper(fleet: tuple[int, str, int, Quarter]) -> None:
    grams, fuel, _, quarter = fleet
    assert item(grams, fuel, 1, quarter) >= item(grams, fuel, 0, quarter)
    before = quarter < Quarter(2023, 3)
    if before:
        assert item(grams, fuel, 1, quarter) == item(grams, fuel, 0, quarter)
