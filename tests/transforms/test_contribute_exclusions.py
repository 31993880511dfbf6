"""Zero where excluded: lines that the rules rule out are 0; what is declared for them differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from computed import Row, employer, of, one_record, rows
from declared import contribution, deduction, occupation, remun, service

from schemas.quarter import Quarter
from transforms.contribute import FAMILIES
from transforms.contribute.rules import family
from transforms.contribute.standing import REPEATED, SECOND_TARGET_GROUP
from transforms.contribute.written import formula_named
from transforms.rates.book import rate_book

Q1 = Quarter(2023, 1)
FULL = (service(6500), remun(900_000))
NAMES = [(name, case) for name, _ in FAMILIES for case in family(name).excluded]


def reduced(amount: int, code: str, start: str | None = None) -> str:
    return deduction(amount, "OccupationDeduction", code, start)


@dataclass(frozen=True)
class Case:
    """A record of which the last line of ``code`` is excluded: an occupation with these lines."""

    code: str
    lines: tuple[tuple[str, str | None], ...]
    quarter: Quarter = Q1
    job: Mapping[str, Any] | None = None
    pay: str = "001"

    def rows(self, amount: int, **known: Any) -> list[Row]:
        told = [reduced(amount if n == len(self.lines) - 1 else 1, *line)
                for n, line in enumerate(self.lines)]  # fmt: skip
        more = {"committee": "302", **(self.job or {})}
        worked = occupation(service(6500, 49400), remun(900_000, self.pay), *told, **more)
        return of(rows(one_record(worked), self.quarter, employer(**known)), self.code)


def one(code: str, start: str | None = None, quarter: Quarter = Q1, **job: Any) -> Case:
    return Case(code, ((code, start),), quarter, job)


DISMISSED = {code: Case(code, ((code, "2021-05-01"),), pay="003")
             for code in ("3000", "3324", "6320", "3900", "3500")}  # fmt: skip
CASES = {
    ("structural_reduction", "termination"): DISMISSED["3000"],
    ("first_hires", "termination"): DISMISSED["3324"],
    ("older_workers", "termination"): DISMISSED["6320"],
    ("horeca", "termination"): DISMISSED["3900"],
    ("lump_sums", "termination"): DISMISSED["3500"],
    ("structural_reduction", "repeated"): Case("3000", (("3000", None), ("3000", None))),
    ("first_hires", "repeated"): Case("3315", (("3315", None), ("3315", None))),
    ("older_workers", "repeated"): Case("8320", (("8320", None), ("8320", None))),
    ("horeca", "repeated"): Case("3900", (("3900", None), ("3900", None))),
    ("lump_sums", "repeated"): Case("3800", (("3800", None), ("3800", None))),
    ("first_hires", "second_target_group"): Case("3315", (("3900", None), ("3315", None))),
    ("older_workers", "second_target_group"): Case("6320", (("3315", None), ("6320", None))),
    ("horeca", "second_target_group"): Case("3900", (("8320", None), ("3900", None))),
    ("lump_sums", "second_target_group"): Case("3800", (("3315", None), ("3800", None))),
    ("first_hires", "not_yet"): one("3324", "2023-04-01"),
    ("first_hires", "used_up"): one("3334", "2018-03-31"),
    ("first_hires", "no_fourth_to_sixth"): one("3352", "2024-01-01", Quarter(2024, 2)),
    ("older_workers", "other_category"): one("6320", committee="330"),
    ("older_workers", "no_newly_hired"): one("6321", "2024-07-01", Quarter(2024, 3)),
    ("older_workers", "not_yet"): one("6321", "2023-04-01"),
    ("horeca", "other_committee"): one("3900", committee="200"),
    ("horeca", "part_time"): one("3900", hours=1900),
}


@pytest.mark.parametrize("name", CASES, ids="/".join)
def test_a_declared_amount_differs_from_nothing(name: tuple[str, str]) -> None:
    row = CASES[name].rows(100)[-1]
    assert (row["family"], case_of(row)) == name
    assert (row["computed_amount"], row["difference"]) == (0, 100)
    assert (row["outcome"], row["anomaly"]) == ("different", "00089-044")


@pytest.mark.parametrize("name", CASES, ids="/".join)
def test_nothing_declared_is_equal(name: tuple[str, str]) -> None:
    row = CASES[name].rows(0)[-1]
    assert (row["outcome"], case_of(row), row["anomaly"]) == ("equal", name[1], None)


def case_of(row: Row) -> str:
    return str(row["formula"]).split("/")[2]


@pytest.mark.parametrize("code", ["855", "857"])
@pytest.mark.parametrize(
    ("headcount", "outcome"), [(9, "different"), (10, "equal"), (0, "different")]
)
def test_employers_below_ten_workers_owe_no_855(code: str, headcount: int, outcome: str) -> None:
    """1.69 and 1.60 % of 9,000 euro from ten workers on."""
    line = contribution({"855": 15_210, "857": 14_400}[code], 900_000, code)
    data = one_record(occupation(*FULL), line)
    (row,) = of(rows(data, reference=employer(headcount=headcount)), code)
    assert row["outcome"] == outcome
    if outcome == "different":
        assert (row["computed_amount"], row["anomaly"]) == (0, "00085-044")
        assert (case_of(row), row["inputs"]) == ("few_workers", [headcount])


@pytest.mark.parametrize(("headcount", "amount"), [(49, 50_000), (50, 0)])
def test_the_horeca_of_at_most_49_workers(headcount: int, amount: int) -> None:
    (row,) = one("3900").rows(1, headcount=headcount)
    assert row["computed_amount"] == amount
    assert row["inputs"] == [headcount] or amount


def test_without_a_head_count_the_declared_855_is_believed() -> None:
    data = one_record(occupation(*FULL), contribution(15_210, 900_000, "855"))
    assert of(rows(data), "855")[0]["outcome"] == "equal"


def test_two_work_bonuses() -> None:
    twice = [deduction(5, "WorkerDeduction", "0001")] * 2
    found = of(rows(one_record(occupation(service(6500), remun(600_000)), *twice)), "0001")
    assert found[0]["computed_amount"] > 0
    assert (found[1]["computed_amount"], case_of(found[1])) == (0, "repeated")


def test_every_exclusion_of_every_family_has_its_case() -> None:
    elsewhere = {
        ("employer_lines", "few_workers"),
        ("horeca", "many_workers"),
        ("work_bonus", "repeated"),
    }
    assert set(CASES) | elsewhere == set(NAMES)


@pytest.mark.parametrize(("name", "case"), NAMES)
def test_the_stored_formula_tells_why(name: str, case: str) -> None:
    formula = family(name).apply(f"excluded/{case}", Quarter(2024, 3), rate_book())
    again = formula_named(formula.id, rate_book())
    (era,) = family(name).excluded[case]
    assert again.title.endswith(f": none, {era.content['title']}")
    assert (again.reference, again.rule) == (era.reference, era.confidence)


# --- which of several counts ---------------------------------------------------------------------


def taken(*lines: tuple[int, str, str | None], quarter: Quarter = Q1) -> list[int | str]:
    """Amounts or reasons of target-group reductions of a full-time worker of the horeca."""
    worked = occupation(*FULL, *(reduced(*line) for line in lines), committee="302")
    found = [r for r in rows(one_record(worked), quarter) if r["sign"] < 0]
    return [r["reason"] or r["computed_amount"] for r in found]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([(1, "3900", None), (1, "3800", None)], [50_000, 0]),
        ([(1, "3800", None), (1, "3900", None)], [80_000, 0]),
        # what asks for nothing was not chosen
        ([(0, "3900", None), (1, "3800", None)], [0, 80_000]),
        ([(0, "3900", None), (0, "3800", None)], [50_000, 0]),
        # what is excluded was no choice
        ([(1, "3324", "2018-03-31"), (1, "3900", None)], [0, 50_000]),
        ([(1, "3324", "2018-03-31"), (1, "3324", "2021-05-01")], [0, 155_000]),
        # while the first is open, so is the second
        ([(1, "3326", None), (1, "3900", None)], ["the start of the right", SECOND_TARGET_GROUP]),
        ([(1, "3324", None), (1, "3324", "2021-05-01")], ["the start of the right", REPEATED]),
        ([(1, "6300", None), (1, "3900", None)], ["no contribution family", SECOND_TARGET_GROUP]),
    ],
)  # fmt: skip
def test_one_target_group_counts(
    lines: list[tuple[int, str, str | None]], expected: list[int | str]
) -> None:
    found = taken(*lines)
    for one_, wanted in zip(found, expected, strict=True):
        assert one_ == wanted or str(one_).startswith(str(wanted)), found


def test_what_follows_an_excluded_reduction_is_computed() -> None:
    """It takes nothing from what is left, so that is known."""
    assert taken((1, "3000", None), (1, "3324", "2018-03-31"), (1, "3900", None))[1:] == [0, 50_000]
