"""Arithmetic on single amounts, and the rate of the ordinary line."""

from dataclasses import dataclass
from functools import cache

from schemas.quarter import Quarter
from transforms.contribute.schemes import ordinary_rules
from transforms.money import Ratio
from transforms.rates.book import NoRate, rate_book

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class OrdinaryLine:
    """How the ordinary line of a worker code is made; ``known``: by the rules, to the cent."""

    contribution_type: str
    uplift: Ratio | None
    rate: Ratio
    known: bool

    def base(self, gross: int) -> int:
        """Calculation basis of the pay; both in cents."""
        return gross if self.uplift is None else times(gross, self.uplift)

    def amount(self, base: int) -> int:
        """Contribution on the basis; both in cents."""
        return times(base, self.rate)


@cache
def ordinary_line(
    worker_code: str,
    employer_class: str,
    quarter: Quarter,
    committee: str,
    at_108: bool,
    ppm: int,
) -> OrdinaryLine:
    """From the rules of ``transforms.contribute``; ``ppm`` of the basis where they know no rate.

    ``at_108``: the code is one whose basis is raised. ``known`` is false too where the joint
    committee leaves open which rate holds.
    """
    rules = ordinary_rules()
    try:
        applied = rules.apply(worker_code, employer_class, quarter, rate_book())
    except NoRate:
        raised = rate_book().at("manual_base_uplift", quarter).value if at_108 else None
        uplift = None if raised is None else Ratio.of(raised)
        return OrdinaryLine("1" if at_108 else "0", uplift, Ratio(ppm, MILLION), False)
    open_question = any(
        committee[:3] in listed.codes and listed.holds(quarter)
        for listed in rules.category_not_decidable
    )
    return OrdinaryLine(
        applied.scheme.contribution_type,
        None if applied.uplift is None else Ratio.of(applied.uplift),
        Ratio.of(applied.rate),
        not open_question,
    )


def times(amount: int, factor: Ratio) -> int:
    """``amount * factor`` in whole cents, half a cent up; ``amount`` is not negative."""
    denominator = factor.denominator
    return (2 * amount * factor.numerator + denominator) // (2 * denominator)


def part(amount: int, ppm: int) -> int:
    """So many millionths of an amount."""
    return (amount * ppm + MILLION // 2) // MILLION
