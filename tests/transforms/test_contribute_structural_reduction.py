"""Structural reduction (3000), against section 4 of the dossier in fractions."""

import random
from fractions import Fraction
from itertools import product

import pytest
from computed import Row, amounts, cents, employer, half_up, of, one_record, rows
from declared import (
    INSS,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    service,
)
from declared import remun as pay
from hypothesis import given, settings
from hypothesis import strategies as st
from law import MARIBEL, beta, jobs
from payslips import job
from reduced import (
    CATEGORIES,
    LIMITS,
    F,
    Known,
    counting,
    granted,
    obstacles,
    reduction,
    s0,
    s2,
    without_wage,
)

from schemas.quarter import Quarter
from transforms.contribute.reductions import PREMIUM
from transforms.contribute.rules import family
from transforms.contribute.standing import REPEATED
from transforms.formula import Formula
from transforms.rates.book import rate_book

Q1, Q4 = Quarter(2023, 1), Quarter(2023, 4)

# --- many occupations ----------------------------------------------------------------------------

PLACES = [
    *product(("495", "015"), ("200", "322", "318", "327.01", *MARIBEL)),
    *product(("492", "012"), ("327", "327.03") * 3),
    ("495", "337"), ("492", "200"), ("027", "200"),
]  # fmt: skip
"""Worker codes and joint committees that go together, and some that leave the category open."""


def random_document(rng: random.Random) -> bytes:
    people = []
    for number in range(1, rng.randint(8, 20)):
        held = []
        for _ in range(rng.choice((1, 1, 1, 2))):
            code, home = rng.choice(PLACES)
            worked = [
                job(rng, at, home, [reduced(rng) for _ in range(repeat)])
                for at in range(1, rng.choice((2, 2, 2, 3, 4)))
                for repeat in [rng.choice((1, 1, 1, 1, 1, 2))]
            ]
            held.append(record(*worked, code=code))
        people.append(person(*held, number=number, inss=rng.choice(INSS)))
    return document(form(*people))


def reduced(rng: random.Random) -> str:
    return deduction(rng.randrange(3), "OccupationDeduction")


@pytest.mark.parametrize("seed", range(16))
def test_random_declarations(seed: int) -> None:
    rng = random.Random(f"structural {seed}")
    quarter = Quarter.parse(sorted(LIMITS)[seed % len(LIMITS)])
    known = Known(rng.choice((None,) * 5 + ("1", "2", "3")), rng.choice((None, 0, 1, 1, 1)))
    data = random_document(rng)
    table = employer(structural_category=known.category, third_party_premium=known.premium)
    found = of(rows(data, quarter, table), "3000")
    declared = [
        (job_, line) for job_ in jobs(data) for line in job_.node.iterfind("OccupationDeduction")
    ]
    assert len(found) == len(declared) > 0
    if quarter.number != 4 or known.premium is not None:
        assert sum(bool(amount) for amount in amounts(found)) > len(found) / 8
    for row, (job_, line) in zip(found, declared, strict=True):
        counts = counting(job_.node.findall("OccupationDeduction")) is line
        reasons = [*obstacles(job_, known), *without_wage(job_, quarter, known)]
        if job_.excluded:
            assert row["computed_amount"] == 0, row
        elif reasons:
            assert row["reason"] in (reasons if counts else [REPEATED]), row
        else:
            expected = granted(job_, quarter, known) if counts else Fraction(0)
            assert row["computed_amount"] == cents(expected), row


# --- one occupation ------------------------------------------------------------------------------

REDUCED = deduction(1, "OccupationDeduction")


def of_one(
    gross: int = 660_000,
    days: int = 6500,
    committee: str = "200",
    quarter: Quarter = Q1,
    premium: int | None = None,
    code: str = "495",
) -> Row:
    worked = occupation(service(days), pay(gross), REDUCED, committee=committee)
    found = rows(one_record(worked, code=code), quarter, employer(third_party_premium=premium))
    (row,) = of(found, "3000")
    return row


def test_the_published_worker_of_2200_euro_a_month() -> None:
    """Guide des aides publiques, 2024/3: 755 euro."""
    assert of_one(quarter=Quarter(2024, 3))["computed_amount"] == 75_523


@pytest.mark.parametrize(("premium", "w"), [(0, 660_000), (1, 825_000)])
def test_the_fourth_quarter_looks_at_who_pays_the_premium(premium: int, w: int) -> None:
    row = of_one(quarter=Q4, premium=premium)
    expected = reduction("category_1", Q4, Fraction(w, 100), Fraction(w, 100))
    assert row["computed_amount"] == cents(expected)
    assert of_one(quarter=Q4)["reason"] == PREMIUM
    assert of_one(premium=premium)["computed_amount"] == of_one()["computed_amount"]


def test_an_agency_raises_w_in_the_first_quarter_only() -> None:
    ordinary, agency = of_one(), of_one(committee="322")
    raised = half_up(Fraction(6600) * Fraction("1.15"))
    assert agency["computed_amount"] == cents(reduction("category_1", Q1, raised, raised))
    assert agency["computed_amount"] < ordinary["computed_amount"]
    second = Quarter(2023, 2)
    assert of_one(committee="322", quarter=second)["computed_amount"] == ordinary["computed_amount"]


@pytest.mark.parametrize("quarter", [Quarter(2021, 4), Quarter(2022, 1)])
def test_quarters_before_the_formula_of_very_low_wages(quarter: Quarter) -> None:
    """alpha before 2022/2 was not found."""
    assert of_one(quarter=quarter, premium=0)["outcome"] == "not computed"


def test_a_dismissal_does_not_count_towards_mu_of_the_others() -> None:
    """A job of half the quarter beside one that ended in a dismissal: mu(glob) is 0.5."""
    half = occupation(service(3250), pay(330_000), REDUCED)
    dismissed = occupation(service(3250), pay(330_000, "003"), REDUCED, number=2)
    found = of(rows(one_record(half, dismissed)), "3000")
    r = reduction("category_1", Q1, Fraction(6600), Fraction(3300))
    assert amounts(found) == [cents(half_up(r * Fraction("0.5") * Fraction("1.18"))), 0]
    assert found[1]["formula"].startswith("structural_reduction/excluded/termination/")


def test_mu_counts_over_all_records_of_the_person() -> None:
    """Half the quarter as a manual worker, half as a white collar: 1 / mu(glob) is 1."""
    half = occupation(service(3250), pay(330_000), REDUCED)
    data = document(form(person(record(half, code="015"), record(half, code="495"))))
    r = reduction("category_1", Q1, Fraction(6600), Fraction(3300))
    assert amounts(of(rows(data), "3000")) == [cents(half_up(r / 2))] * 2


# --- laws, on the formula ------------------------------------------------------------------------


def formula(category: str = "category_1", quarter: Quarter = Q1) -> Formula:
    return family("structural_reduction").apply(category, quarter, rate_book())


def amount(
    law: Formula, gross: int, worked: int = 6500, week: int = 500, mu_glob: int = 100,
    basis: int = 10**9, counted: int | None = None,
) -> int:  # fmt: skip
    counted = worked if counted is None else counted
    found = law.amount([gross, basis, worked, counted, week, mu_glob, 0, 0]) * 100
    assert found.denominator == 1
    return int(found)


@pytest.mark.parametrize("category", CATEGORIES)
def test_nothing_jumps_at_the_wage_limits(category: str) -> None:
    law = formula(category)
    for limit in (s0(category, Q1), s2(category, Q1), Fraction("15524.27")):
        around = [amount(law, int(limit * 100) + cent) for cent in (-1, 0, 1)]
        assert max(around) - min(around) <= 1, limit
    at_s0 = amount(law, int(s0(category, Q1) * 100))
    assert at_s0 == cents(F.get(category, Fraction(0)))


@settings(max_examples=40)
@given(st.lists(st.integers(0, 1_500_000), min_size=2, max_size=10), st.sampled_from(CATEGORIES))
def test_below_the_high_wages_more_pay_is_never_a_higher_reduction(
    gross: list[int], category: str
) -> None:
    law = formula(category)
    found = [amount(law, one) for one in sorted(gross)]
    assert found == sorted(found, reverse=True)


@settings(max_examples=40)
@given(st.lists(st.integers(1_552_427, 10**7), min_size=2, max_size=10))
def test_only_category_2_has_a_supplement_for_high_wages(gross: list[int]) -> None:
    found = [amount(formula("category_2"), one) for one in sorted(gross)]
    assert found == sorted(found)
    for category in ("category_1", "category_3_moderated"):
        assert {amount(formula(category), one) for one in gross} == {0}
    assert {amount(formula("category_3_unmoderated"), one) for one in gross} == {49_500}


@pytest.mark.parametrize(
    ("mu_glob", "factor"),
    [
        (0, "0"), (27, "0"), (28, "1.18"), (54, "1.18"), (55, "1.18"), (56, "1.1828"),
        (79, "1.2472"), (80, "1.25"), (100, "1"), (125, "0.8"),
    ],
)  # fmt: skip
def test_beta_jumps_at_its_floor_and_nowhere_else(mu_glob: int, factor: str) -> None:
    """From 0 to 1.18 at 0.275; 1.18 at 0.55 and 1.25 at 0.80 from both sides."""
    (steps,) = formula().replay([660_000, 10**9, 6500, 6500, 500, mu_glob, 0, 0])
    assert (
        steps["beta"]
        == Fraction(factor)
        == beta(Fraction(mu_glob, 100), Fraction("1.18"), Fraction("0.28"))
    )


OCCUPATIONS = st.tuples(
    st.integers(1, 3_000_000), st.integers(1, 8000), st.integers(100, 700), st.integers(0, 150)
)


@given(OCCUPATIONS, st.sampled_from((0, 100_000, 10**9)), st.sampled_from(CATEGORIES))
def test_never_more_than_r_nor_than_what_is_due(
    one: tuple[int, int, int, int], basis: int, category: str
) -> None:
    gross, worked, week, mu_glob = one
    (steps,) = formula(category).replay([gross, basis, worked, worked, week, mu_glob, 0, 0])
    assert 0 <= steps["amount"] <= min(steps["R"], steps["due"])
    if mu_glob < 28:
        assert steps["amount"] == 0


@given(OCCUPATIONS, st.integers(2, 5), st.sampled_from(CATEGORIES))
def test_twice_the_time_in_twice_the_week_is_the_same(
    one: tuple[int, int, int, int], times: int, category: str
) -> None:
    gross, worked, week, mu_glob = one
    law = formula(category)
    same = amount(law, gross, worked, week, mu_glob)
    assert amount(law, gross, worked * times, week * times, mu_glob) == same


@settings(max_examples=40)
@given(st.integers(0, 800_000), st.sampled_from(CATEGORIES))
def test_two_halves_of_a_quarter_get_what_the_whole_gets(gross: int, category: str) -> None:
    """Except the supplement for high wages, which looks at W and not at S."""
    law = formula(category)
    whole, half = amount(law, 2 * gross), amount(law, gross, 3250)
    assert abs(2 * half - whole) <= 1 or 2 * gross > 1_552_427


def test_a_line_of_the_record_is_answered_beside_it() -> None:
    """The reduction looks at the pay, not at the ordinary line that is declared."""
    worked = occupation(service(6500), pay(660_000), REDUCED)
    with_line = rows(one_record(worked, contribution(251_460, 660_000)))
    wage = Fraction(6600)
    assert amounts(of(with_line, "3000")) == [cents(reduction("category_1", Q1, wage, wage))]
