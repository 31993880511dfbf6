"""The rate book against the list of numbers that was drawn up from the sources."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fnmatch import fnmatch
from pathlib import Path

import pytest

from transforms.rates.book import Confidence, Value, rate_book

Row = dict[str, str]
Span = tuple[date, date]

LEFT_OUT = {
    "advance_*": "advances are paid outside the declaration",
    "late_payment_*": "sanctions are charged outside the declaration",
    "ex_officio_*": "sanctions are charged outside the declaration",
    "employer_branch_*": "a line has one rate: branches are not declared",
    "personal_contribution_branch_*": "a line has one rate: branches are not declared",
    "holiday_contribution_annual_debit_note": "billed by the NSSO, not declared",
    "flexi_holiday_pay": "a part of pay, not of contributions",
    "flexi_min_hour_*": "a minimum wage",
    "payment_deferral_2023": "a deferral changes no amount",
    "second_pillar_extra*": "867 rests on pension reserves since 2019, which are not declared",
}

RENAMED = {
    "activation_contribution_lt55": "activation_contribution_type_0",
    "activation_contribution_55_57": "activation_contribution_type_1",
    "activation_contribution_58_59": "activation_contribution_type_2",
    "employer_base_plus_wage_moderation": "employer_base_and_wage_moderation_category_1_3",
    "ffe_base_commercial_lt20": "ffe_commercial_small",
    "ffe_base_commercial_lt20_incl_wage_moderation": "ffe_commercial_small_moderated",
    "ffe_base_commercial_ge20": "ffe_commercial_large",
    "ffe_base_commercial_ge20_incl_wage_moderation": "ffe_commercial_large_moderated",
    "ffe_base_non_commercial": "ffe_non_commercial",
    "ffe_special_incl_wage_moderation": "ffe_special_moderated",
    "first_hire_1st_forfait": "first_hire_forfait_3315",
    "holiday_contribution_quarterly": "holiday_quarterly",
    "personal_contribution_total": "personal_contribution",
    "risk_groups_measures": "risk_groups",
    "temporary_unemployment_contribution": "temporary_unemployment",
    "third_party_year_end_premium_uplift_W_Q1_temp_agencies": (
        "third_party_premium_uplift_Q1_agencies"
    ),
    "third_party_year_end_premium_uplift_W_Q4": "third_party_premium_uplift_Q4",
    "unemployment_10_or_more_workers": "unemployment_10_or_more",
    "unemployment_10_or_more_workers_incl_wage_moderation": "unemployment_10_or_more_moderated",
    "wage_moderation_addition_holiday_regime": "wage_moderation_addition",
    "wallonia_older_forfait_55-57": "wallonia_older_forfait_55_57",
    "wallonia_older_forfait_58-64": "wallonia_older_forfait_58_64",
    "wallonia_older_forfait_65-pension": "wallonia_older_forfait_65_and_more",
}

CATEGORIES = {
    "category 1": ("_category_1",),
    "category 2": ("_category_2",),
    "category 3 with wage moderation": ("_category_3_moderated",),
    "category 3 without wage moderation": ("_category_3_unmoderated",),
    "categories 1 and 3": ("_category_1", "_category_3"),
    "all": ("_category_1", "_category_2", "_category_3_moderated", "_category_3_unmoderated"),
}

WORKERS = {
    "private sector, all categories": ("_category_1_3", "_category_2"),
    "structural categories 1 and 3": ("_category_1_3",),
    "structural category 2; workers without structural reduction": ("_category_2",),
    "all unless exempt": ("_category_2",),
}

MARKS = {  # marks of the list that say more than one word
    "sourced value; year inferred": {Confidence.derived},
    "sourced for 2024/2; 2024/1 inferred": {Confidence.derived, Confidence.sourced},
    "sourced, end date not found": {Confidence.derived},  # its dated text prints another number
    "implied": {Confidence.derived},
}

UNITS = {"target_group_mu_glob_*": "fraction"}  # as for the structural reduction
FIRST_OF_DMFA, NEVER = date(2003, 1, 1), date.max
FOUND_SINCE = (
    "asbestos_fund",
    "brussels_older_wage_limit*",
    "css856_*individual*",
    "css856_quarter_max_spouse_without_income",
    "double_holiday_pay_personal",
    "employer_base_category_1_3",
    "ffe_commercial_headcount",
    "ffe_non_commercial",
    "first_hire_longest",
    "flanders_older_kept_age",
    "flanders_older_min_age_*",
    "horeca_casual_days_*",
    "profit_participation",
    "result_bonus_ceiling",
    "risk_groups",
    "student_hours_quota",
    "tutors_forfait",
    "unemployment_headcount",
    "wallonia_older_*",
    "work_bonus_*",
    "working_time_forfait*",
)
"""Parameters with numbers from texts that were found after the list was drawn up, or that stand in
the text of the dossier and not in the list."""


@pytest.fixture(scope="module")
def rows(shared: Path) -> list[Row]:
    with (shared / "domain" / "rates.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_left_out_is_in_the_list_and_not_in_the_book(rows: list[Row]) -> None:
    listed = {row["parameter"] for row in rows}
    for pattern, reason in LEFT_OUT.items():
        assert reason
        assert any(fnmatch(name, pattern) for name in listed), pattern
        assert not any(fnmatch(name, pattern) for name in rate_book().parameters), pattern


def test_every_number_of_the_list_is_in_the_book(rows: list[Row]) -> None:
    wrong = [
        f"{name} {row['valid_from']} {row['value']}: {complaint}"
        for row in kept(rows)
        for name in names(row)
        for complaint in complaints(row, name)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_book_knows_the_days_of_the_list_and_no_others(rows: list[Row]) -> None:
    listed = defaultdict(list)
    for row in kept(rows):
        for name in names(row):
            if not found_since(name):
                listed[name].append(span(row))
    known = {
        name: [(value.first, value.end) for value in parameter.values]
        for name, parameter in rate_book().parameters.items()
        if not found_since(name)
    }
    assert {name: joined(spans) for name, spans in known.items()} == {
        name: joined(spans) for name, spans in listed.items()
    }


def found_since(name: str) -> bool:
    return any(fnmatch(name, pattern) for pattern in FOUND_SINCE)


def kept(rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        if not any(fnmatch(row["parameter"], pattern) for pattern in LEFT_OUT):
            yield row


def names(row: Row) -> tuple[str, ...]:
    """The parameters of the book that a row of the list is about."""
    name = row["parameter"]
    if re.fullmatch(r"structural_(F|S\d|[a-z]+)", name):
        return tuple(name + suffix for suffix in CATEGORIES[row["employer_class"]])
    if name in ("first_hire_forfait", "first_hire_quarters"):
        return (f"{name}_{row['worker_code']}",)
    if name == "wage_moderation_rate":
        return tuple(name + suffix for suffix in WORKERS[row["worker_code"]])
    if name == "employer_base_rate":
        young = row["worker_code"].startswith("apprentices")
        suffixes = ("_young_apprentices",) if young else WORKERS[row["worker_code"]]
        return tuple("employer_base" + suffix for suffix in suffixes)
    return (RENAMED.get(name, name),)


def span(row: Row) -> Span:
    """First and last day as the book takes them; open rows end where knowledge does."""
    name = row["parameter"]
    first = day(row["valid_from"]) or FIRST_OF_DMFA
    last = day(row["valid_to"]) or NEVER
    if name == "structural_gamma" and not row["valid_from"]:
        first = date(2022, 1, 1)
    if name.startswith("work_bonus") and first == date(2020, 3, 1):
        last = date(2021, 1, 31)
    return first, last


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


CORRECTED = ("flanders_older_min_age_*", "work_bonus_max_*")
"""Parameters whose days in the list were found to be wrong."""


def complaints(row: Row, name: str) -> Iterator[str]:
    parameter = rate_book().parameters[name]
    unit = next((u for pattern, u in UNITS.items() if fnmatch(name, pattern)), row["unit"])
    if parameter.unit != unit:
        yield f"unit {parameter.unit}"
    held = [value for _, _, value in parameter.spans(*span(row))]
    found = [value for value in held if value is not None]
    corrected = any(fnmatch(name, pattern) for pattern in CORRECTED)
    if len(found) < len(held) and not corrected:
        yield "not known on all days"
    if {str(value.value) for value in found} != {str(Decimal(row["value"]))}:
        yield f"values {[str(value.value) for value in found]}"
    if found_since(name):
        return
    if {value.confidence for value in found} != marks(row):
        yield f"marks {[value.confidence.name for value in found]}"
    if not all(refers(value, row["source"]) for value in found):
        yield f"references {[value.reference for value in found]}"


def marks(row: Row) -> set[Confidence]:
    """A number without a date was read somewhere, but not that it holds when it is used."""
    text = row["source"][1:].partition("]")[0]
    for beginning, expected in MARKS.items():
        if text.startswith(beginning):
            return expected
    match = re.match(r"\w+", text)
    assert match
    mark = Confidence[match[0]]
    return {mark if row["valid_from"] else min(mark, Confidence.derived)}


def refers(value: Value, source: str) -> bool:
    """Whether a reference has the address and the words of a source."""
    title, _, address = source.partition("] ")[2].partition(" | ")
    if not address:
        return re.search("memory|Pattern", value.reference) is not None
    missing = words(title) - words(value.reference) - {"PC", "Q"}
    undated = "no date" in value.reference or "no first day" in value.reference
    return not missing and address in value.reference and undated == (value.first == FIRST_OF_DMFA)


def words(text: str) -> set[str]:
    return set(re.findall(r"[^\W\d_]+", text))


def joined(spans: Iterable[Span]) -> list[Span]:
    """Spans in order of time, those without a day between them as one."""
    whole: list[Span] = []
    for first, last in sorted(spans):
        if whole and first - timedelta(days=1) == whole[-1][1]:
            whole[-1] = (whole[-1][0], last)
        else:
            whole.append((first, last))
    return whole
