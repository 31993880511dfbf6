"""Limits that an employer looks at before declaring something, from the rate book.

They decide what is declared, not what it amounts to: where the law of a quarter is not known, the
last limit that is known serves.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache

from schemas.quarter import Quarter
from transforms.contribute.codes import code_lists
from transforms.contribute.rules import family
from transforms.money import Ratio
from transforms.rates.book import NoRate, rate_book

ASBESTOS = "256"
_CENTS = 100
_STRUCTURAL = {"1": "category_1", "2": "category_2", "3": "category_3_moderated"}
_BONUS_LIMITS = ("work_bonus_S_high", "work_bonus_A_S_high")
_STRETCHES = (
    ("3315",),
    ("3324", "3325", "3326"),
    ("3333", "3334"),
    ("3342", "3343"),
    ("3352", "3353"),
    ("3360", "3361"),
)
"""By rank of the worker: codes of first hires, in the order in which they follow each other."""
FIRST_HIRES = len(_STRETCHES)


@dataclass(frozen=True, slots=True)
class Law:
    """Amounts in cents; a limit is ``None`` where there is none, 0 where nothing is known.

    ``low_wages``: by structural category, the reference wage of a quarter below which there is a
    structural reduction. ``work_bonus``: the monthly wage from which there is no bonus.
    ``horeca_jobs`` and ``horeca_workers``: at most so many at an employer, so many of them with the
    reduction. ``uplift``: of the basis of manual workers. ``asbestos_line``: the contribution to
    the asbestos fund is due, and declared in a line of its own.
    """

    low_wages: dict[str, int | None]
    work_bonus: int
    flemish_older_age: int
    horeca_jobs: int
    horeca_workers: int
    uplift: Ratio
    asbestos_line: bool

    def structural(self, category: str, wage: int) -> bool:
        """Whether a worker with this reference wage of a quarter gets a structural reduction."""
        limit = self.low_wages[category]
        return limit is None or wage < limit


@cache
def law(quarter: Quarter) -> Law:
    day = quarter.first_day
    return Law(
        {category: _low_wage(name, day) for category, name in _STRUCTURAL.items()},
        _bonus_limit(day),
        int(_latest("flanders_older_min_age_low", day) or 0),
        int(_latest("horeca_permanent_max_headcount", day) or 0),
        int(_latest("horeca_permanent_max_workers", day) or 0),
        Ratio.of(rate_book().at("manual_base_uplift", quarter).value),
        _has_asbestos_line(quarter),
    )


@cache
def category_of(committee: str) -> str | None:
    """Structural category by joint committee; ``None`` where that leaves it open."""
    lists = code_lists().lists
    for name in ("open", "2", "3"):
        if any(committee[:3] in listed.codes for listed in lists[f"committees_category_{name}"]):
            return None if name == "open" else name
    return "1"


def first_hire(rank: int, start: date, quarters: int) -> str | None:
    """The code in the ``quarters``-th quarter of the right of the worker of this rank (from 0).

    ``None`` where the right is over, or where no such right began on ``start``.
    """
    stretches = _STRETCHES[rank]
    if len(stretches) == 1:
        return stretches[0]
    for code in stretches:
        try:
            length = rate_book().during(f"first_hire_quarters_{code}", start, start).value
        except NoRate:
            return None
        if quarters <= length:
            return code
        quarters -= int(length)
    return None


def _bonus_limit(day: date) -> int:
    """The limit of the newest formula, which has others than the one before."""
    every = (value for name in _BONUS_LIMITS for value in rate_book().parameters[name].values)
    known = sorted((value.first, value.value) for value in every if value.first <= day)
    return _cents(known[-1][1]) if known else 0


def _has_asbestos_line(quarter: Quarter) -> bool:
    in_force = family("employer_lines").exists(f"{ASBESTOS}/0", quarter)
    return in_force and bool(_latest("asbestos_fund", quarter.first_day))


def _low_wage(name: str, day: date) -> int | None:
    """S0, or nothing where every wage has the fixed part F."""
    if _latest(f"structural_F_{name}", day):
        return None
    limit = _latest(f"structural_S0_{name}", day)
    return 0 if limit is None else _cents(limit)


def _latest(name: str, day: date) -> Decimal | None:
    known = [v.value for v in rate_book().parameters[name].values if v.first <= day]
    return known[-1] if known else None


def _cents(euro: Decimal) -> int:
    return int(euro * _CENTS)
