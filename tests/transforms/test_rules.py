"""Family files: what is refused, and whether every shipped formula has all that it names."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fnmatch import fnmatch
from itertools import product
from pathlib import Path

import pytest
from computed import supposing

import transforms.contribute as contribute
from schemas.quarter import Quarter
from transforms.contribute import FAMILIES, rules_fingerprint
from transforms.contribute.rules import Dated, Family, family, read_family
from transforms.formula import Formula, names_in, parsed
from transforms.rates.book import Confidence, NoRate, RateFileError, rate_book, read_yaml

FILE = """\
family: small
title: Small things
law: A share of pay.
inputs:
  pay: {unit: EUR, title: Pay}
cases:
  low:
    - {from: 2020-01-01, until: 2022-12-31, parameters: {part: personal_contribution}, confidence: sourced, reference: a}
    - {from: 2023-01-01, absent: not found, confidence: sourced, reference: b}
formulas:
  - from: 2020-01-01
    steps:
      amount: pay * part
    confidence: derived
    reference: c
rounding:
  amount: {from: 2003-01-01, to: "0.01", mode: half-up, confidence: unverified, reference: d}
"""  # noqa: E501
Q1_2022 = Quarter(2022, 1)
QUARTERS = [Quarter(year, number) for year in range(2022, 2026) for number in range(1, 5)]
NAMES = [name for name, _ in FAMILIES]
WITH_CATEGORY = ("first_hires", "older_workers", "horeca", "lump_sums")
"""Families whose cases are joined with a structural category."""


def small(content: str = FILE) -> Family:
    return read_family(content.encode(), "small.yaml")


# --- what is refused -----------------------------------------------------------------------------


def test_a_file_that_keeps_the_rules() -> None:
    formula = small().apply("low", Q1_2022, rate_book())
    assert formula.id.startswith("small/low/2022Q1/")
    assert formula.amount([100_000]) == Decimal("130.70")
    assert formula.confidence is Confidence.unverified
    assert formula.reference == "a; c"


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("family: small", "family: smaller", "named after its family"),
        ("title: Small things\n", "", "needs cases, family"),
        ("law: A share of pay.", "law: A share of pay.\nremark: x", "needs cases, family"),
        ("title: Small things", "title: a\ntitle: b", "twice"),
        ("{unit: EUR, title: Pay}", "{unit: EUR}", "input pay needs a title"),
        ("{unit: EUR, title: Pay}", "{unit: euro, title: Pay}", "input pay needs a title"),
        ("{unit: EUR, title: Pay}", "{unit: EUR, title: Pay, x: 1}", "input pay needs a title"),
        ("mode: half-up, ", "", "rounding of amount"),
        ("mode: half-up", "mode: half-even", "rounding of amount"),
        ('to: "0.01"', "to: 0.01", "rounding of amount"),
        ('to: "0.01", ', "", "rounding of amount"),
        ("{from: 2003-01-01, to", "{from: 2003-01-01, at: x, to", "unknown keys"),
        ("until: 2022-12-31", "until: 2023-01-01", "overlap or are not in order"),
        ("until: 2022-12-31, ", "", "overlap or are not in order"),
        ("from: 2023-01-01", "from: 2019-01-01", "overlap or are not in order"),
        ("{from: 2020-01-01, ", "{", "small.yaml: low: no 'from'"),
        ("confidence: derived\n", "\n", "formulas: no 'confidence'"),
        ("confidence: derived", "confidence: certain", "no 'certain'"),
        ("    reference: c\n", "", "formulas: no 'reference'"),
        ("reference: c", 'reference: ""', "needs a reference and a day"),
        ("from: 2020-01-01\n", 'from: "2020"\n', "needs a reference and a day"),
        ("absent: not found", "missing: not found", "unknown keys"),
        ("    steps:", "    step:", "unknown keys"),
        ("cases:", "cases: [", "small.yaml"),
    ],
)
def test_files_that_are_refused(old: str, new: str, reason: str) -> None:
    assert old in FILE
    with pytest.raises(RateFileError, match=reason) as error:
        small(FILE.replace(old, new, 1))
    assert str(error.value).startswith("small.yaml")


def test_a_case_that_is_not_known_is_no_rate() -> None:
    book = rate_book()
    for case, quarter, reason in (
        ("low", Quarter(2023, 1), "not found"),
        ("low", Quarter(2019, 4), "is not known for 2019Q4"),
        ("high", Q1_2022, "is not known for 2022Q1"),
        ("low+high", Q1_2022, "is not known for 2022Q1"),
    ):
        with pytest.raises(NoRate, match=reason):
            small().apply(case, quarter, book)
    later = FILE.replace("  - from: 2020-01-01\n", "  - from: 2022-02-01\n")
    with pytest.raises(NoRate, match="no formula of small for 2022-01-01 to 2022-03-31"):
        small(later).apply("low", Q1_2022, book)
    unrounded = FILE.replace("{from: 2003-01-01, to", "{from: 2022-02-01, to")
    with pytest.raises(NoRate, match="no rounding of amount of small"):
        small(unrounded).apply("low", Q1_2022, book)


def test_a_number_of_an_earlier_day() -> None:
    other = "{from: 2024-01-01, as_of: 2023-12-31, parameters: {part: flexi_special_employer}, "
    content = FILE.replace("{from: 2023-01-01, absent: not found, ", other)
    formula = small(content).apply("low", Quarter(2024, 2), rate_book())
    assert formula.given["part"].value.value == Decimal("0.25")


def test_a_formula_of_each_month_adds_up() -> None:
    content = FILE.replace("    steps:", "    each: month\n    steps:").replace("amount:", "month:")
    formula = small(content).apply("low", Q1_2022, rate_book())
    assert [step.name for step in formula.steps] == ["month_1", "month_2", "month_3", "amount"]
    assert formula.amount([100_050]) == 3 * Decimal("130.77")


# --- names that say what a formula holds ---------------------------------------------------------


GAPS = '{part: personal_contribution}, gaps: [{when: "pay > 1", reason: x}], '


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('to: "0.01"', 'to: "0.001"'),
        ("mode: half-up", "mode: down"),
        ("amount: {from", "other: {from"),
        ("pay * part", "part * pay"),
        ("confidence: unverified", "confidence: derived"),
        ("reference: c", "reference: another text"),
        ("parameters: {part: personal_contribution}", "parameters: {part: holiday_quarterly}"),
        ("    steps:\n", "    steps:\n      half: pay / 2\n"),
        ("title: Pay}", "title: All pay}"),
        ("{part: personal_contribution}, ", GAPS),
    ],
)  # fmt: skip
def test_another_rule_has_another_name(old: str, new: str) -> None:
    assert old in FILE
    changed = small(FILE.replace(old, new, 1))
    assert changed.fingerprint != small().fingerprint
    names = {rules.apply("low", Q1_2022, rate_book()).id for rules in (small(), changed)}
    assert len(names) == 2


def test_another_number_has_another_name() -> None:
    first, last = date(2022, 1, 1), date(2022, 12, 31)
    changed = supposing(first, last, personal_contribution="0.1308")
    unused = supposing(first, last, holiday_quarterly="0.06")
    name = small().apply("low", Q1_2022, rate_book()).id
    assert small().apply("low", Q1_2022, changed).id != name
    assert small().apply("low", Q1_2022, unused).id == name
    assert len({rules_fingerprint(book) for book in (rate_book(), changed, unused)}) == 3


# --- what is shipped -----------------------------------------------------------------------------


def cases(name: str) -> list[str]:
    """All cases, joined with a category where that is how they are asked for."""
    rules = family(name)
    if name in WITH_CATEGORY:
        return [f"{one}+{category}" for one, category in product(rules.cases, rules.shared)]
    return sorted({*rules.cases, *rules.shared})


def eras(name: str) -> list[Dated]:
    """Everything dated of a family: formulas, its own cases and shared ones."""
    rules = family(name)
    own = [*rules.cases.values(), *rules.shared.values()]
    return [*rules.formulas, *(era for eras_ in own for era in eras_)]


def formulas(name: str) -> Iterator[Formula]:
    for case, quarter in product(cases(name), QUARTERS):
        try:
            yield family(name).apply(case, quarter, rate_book())
        except NoRate:
            continue


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_a_formula_is_known_before_it_is_used(name: str) -> None:
    seen = 0
    for formula in formulas(name):
        known = {one.name for one in formula.inputs} | set(formula.given)
        for gap in formula.gaps:
            assert names_in(gap.when) <= known, (formula.id, gap.when)
        for step in formula.steps:
            assert names_in(step.expression) <= known, (formula.id, step)
            assert step.name not in known, (formula.id, step)
            known.add(step.name)
        assert ("item" if formula.items else "amount") in known
        values = [1] * len(formula.inputs)
        formula.amount(values)
        seen += 1
    assert seen > 0


@pytest.mark.parametrize("name", NAMES)
def test_every_case_is_known_in_some_quarter_or_says_why_not(name: str) -> None:
    computed = {formula.case for formula in formulas(name)}
    silent = {case for case in cases(name) if case not in computed}
    for case in silent:
        own = [e for n in case.split("+") for e in family(name).cases.get(n, ())]
        unnumbered = {"811/0", "811/2"}  # the rate of the closure fund is not known since 2022
        assert case in unnumbered or any("absent" in era.content for era in own), case


@pytest.mark.parametrize("name", NAMES)
def test_every_rounding_point_is_one_of_a_step(name: str) -> None:
    steps = {
        step
        for era in eras(name)
        for key in ("before", "steps", "first")
        for step in era.content.get(key, {})
    }
    assert set(family(name).roundings) <= steps


UNUSED = {
    "artists_wage_limit": "the amount of 4300 was not found",
    "employer_base_young_apprentices": "the personal rate of apprentices was not found",
    "ffe_*_moderated": "computed from the rate before wage moderation; a check of that",
    "first_hire_quarters_*": "how many quarters a code lasts is not recomputed from one quarter",
    "flanders_long_term_jobseeker_*": "the deduction code was not found",
    "german_community_older_wage_limit": "the amount of 9300 was not found",
    "horeca_casual_days_*": "days of casual workers are counted in the Dimona",
    "horeca_permanent_max_workers": "taken from the fact that the reduction is declared",
    "rcc_special_contribution_coefficient": "270 to 284: the contribution itself was not found",
    "restructuring_personal_reduction_*": "the formula of 0601 was not found",
    "structural_delta_category_1": "is 0",
    "structural_delta_category_3_*": "is 0",
    "student_hours_quota": "counts over all employers of a year: the view core.student_quota",
    "temporary_reduction_2023": "outside the declaration, granted by the NSSO",
    "wage_moderation_rate_category_1_3": "inside the 25.00 % of categories 1 and 3",
}
"""Numbers of the book that no formula uses, and why."""


def used() -> set[str]:
    found = {"manual_base_uplift", "ffe_commercial_headcount"}
    for name in NAMES:
        for era in eras(name):
            for parameter in era.content.get("parameters", {}).values():
                found |= {parameter.format(case=case) for case in family(name).cases or ("",)}
        for entries in family(name).excluded.values():
            found |= {p for entry in entries for p in entry.content.get("parameters", {}).values()}
    return found


# --- what is excluded ----------------------------------------------------------------------------

EXCLUDED = [(name, case) for name in NAMES for case in family(name).excluded]


@pytest.mark.parametrize(("name", "case"), EXCLUDED)
def test_an_exclusion_gives_nothing_and_says_why(name: str, case: str) -> None:
    formula = family(name).apply(f"excluded/{case}", Quarter(2024, 4), rate_book())
    (steps,) = formula.replay([1] * len(formula.inputs))
    assert steps["amount"] == 0
    assert {one.name for one in formula.inputs} == names_in(formula.steps[0].expression) - set(
        formula.given
    )
    assert formula.title.startswith(f"{family(name).title}: none, ")
    assert formula.reference == formula.reference.strip() != ""


@pytest.mark.parametrize(("name", "case"), EXCLUDED)
def test_an_exclusion_is_about_codes_of_its_family(name: str, case: str) -> None:
    own = {code.partition("/")[0] for code in family(name).cases}
    for entry in family(name).excluded[case]:
        assert set(entry.content.get("codes", own)) & own


def test_every_exclusion_belongs_to_a_family() -> None:
    told = read_yaml(
        Path(contribute.__path__[0], "exclusions.yaml").read_bytes(), "exclusions.yaml"
    )
    assert set(told["cases"]) == {case for _, case in EXCLUDED}
    asked = {
        n
        for e in told["cases"].values()
        for n in names_in(e["when"]) - set(e.get("parameters", ()))
    }
    assert set(told["inputs"]) == asked
    codes = {code for e in told["cases"].values() for code in e.get("codes", ())}
    known = {c.partition("/")[0] for name, _ in EXCLUDED for c in family(name).cases}
    assert codes <= known


def test_a_family_excludes_what_is_written_down() -> None:
    with pytest.raises(RateFileError, match="lack_of_luck"):
        small(FILE.replace("inputs:", "excluded: [termination, lack_of_luck]\ninputs:", 1))


# --- numbers -------------------------------------------------------------------------------------


def test_formulas_use_numbers_that_the_book_has() -> None:
    assert used() <= set(rate_book().parameters)


def test_every_number_of_the_book_is_used_or_said_why_not() -> None:
    unused = set(rate_book().parameters) - used()
    told = {name for name in unused if any(fnmatch(name, pattern) for pattern in UNUSED)}
    assert unused == told
    assert [p for p in UNUSED if not any(fnmatch(name, p) for name in unused)] == []


def test_every_shipped_expression_is_arithmetic() -> None:
    for name in NAMES:
        for era in eras(name):
            texts = [gap["when"] for gap in era.content.get("gaps", ())]
            for key in ("before", "steps", "first"):
                texts += era.content.get(key, {}).values()
            for text in texts:
                assert isinstance(text, str)
                parsed(text)
