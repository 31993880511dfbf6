"""Reductions of employer contributions of an occupation, from sections 4 and 5 of the dossier."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from computed import half_up
from law import (
    MANUAL,
    PAID,
    REFERENCE_PAY,
    WHITE,
    Job,
    Node,
    beta,
    employer_contributions,
    number,
)

from schemas.quarter import Quarter
from transforms.contribute.payroll import NOT_COVERED, OPEN_CATEGORY
from transforms.contribute.reductions import (
    NO_PAID_TIME,
    NO_REGIME,
    PREMIUM,
)

F = {"category_2": Fraction("79.00"), "category_3_unmoderated": Fraction("495.00")}
ALPHA = {
    "category_1": Fraction("0.1400"),
    "category_2": Fraction("0.2557"),
    "category_3_moderated": Fraction("0.1400"),
    "category_3_unmoderated": Fraction("0.1785"),
}
GAMMA, DELTA = Fraction("0.4000"), Fraction("0.0600")
LIMITS = {
    "20222": "9779.77 8215.66 14342.02 10597.01 10061.21 5889.70 6048.89",
    "20223": "9975.37 8379.97 14628.86 10808.95 10262.43 6007.49 6169.87",
    "20231": "10585.95 8892.89 15524.27 11470.54 10890.57 6375.19 6547.52",
    "20234": "10585.95 8892.89 15524.27 11470.54 10890.57 6375.19 6547.52",
    "20241": "10797.67 9070.75 15834.76 11699.95 11108.38 6502.69 6678.47",
    "20242": "10797.67 9070.75 15834.76 11699.95 11108.38 6807.18 6995.54",
    "20251": "11013.62 9252.17 16151.46 11933.95 11330.55 6943.32 7135.45",
    "20252": "11233.89 9437.21 16474.49 12172.63 11557.16 7082.19 7278.16",
}
"""Section 4.4: S0 of category 1, S0 and S1 of 2, S0 of 3 with and without moderation, S2 of 1 and
3, S2 of 2."""
CATEGORIES = tuple(ALPHA)


def s0(category: str, quarter: Quarter) -> Fraction:
    at = {"category_1": 0, "category_2": 1, "category_3_moderated": 3}.get(category, 4)
    return Fraction(LIMITS[quarter.wire].split()[at])


def s2(category: str, quarter: Quarter) -> Fraction:
    return Fraction(LIMITS[quarter.wire].split()[6 if category == "category_2" else 5])


def reduction(category: str, quarter: Quarter, s: Fraction, w: Fraction) -> Fraction:
    """R for a full-time worker in a whole quarter."""
    found = F.get(category, Fraction(0))
    found += ALPHA[category] * max(s0(category, quarter) - s, Fraction(0))
    found += GAMMA * max(s2(category, quarter) - s, Fraction(0))
    if category == "category_2":
        found += DELTA * max(w - Fraction(LIMITS[quarter.wire].split()[2]), Fraction(0))
    return half_up(found)


@dataclass(frozen=True)
class Known:
    """What the tables of employers say."""

    category: str | None = None
    premium: int | None = None


def uplift(job_: Job, quarter: Quarter, known: Known) -> Fraction:
    if quarter.number == 4 and known.premium == 1:
        return Fraction("1.25")
    if quarter.number == 1 and job_.committee == "322":
        return Fraction("1.15")
    return Fraction(1)


def granted(job_: Job, quarter: Quarter, known: Known) -> Fraction:
    """Ps."""
    category = job_.record.category(known.category)
    assert category is not None
    raised = uplift(job_, quarter, known)
    w = half_up(Fraction(job_.pay(REFERENCE_PAY), 100) * raised)
    r = reduction(category, quarter, job_.full_quarter_wage(raised), w)
    of_quarter = job_.mu * beta(job_.record.mu_glob, Fraction("1.18"), Fraction("0.28"))
    return min(half_up(r * of_quarter), r, employer_contributions(job_, category))


def obstacles(job_: Job, known: Known) -> Iterator[str]:
    """Why no reduction of an occupation can be computed."""
    if job_.record.code not in MANUAL + WHITE:
        yield NOT_COVERED
    elif job_.record.category(known.category) is None:
        yield OPEN_CATEGORY
    if job_.week == 0:
        yield NO_REGIME


def counting(lines: Sequence[Node]) -> Node:
    """Of several lines of which one counts: the first that asks for something, or the first."""
    asking = [line for line in lines if number(line, "DeductionAmount") > 0]
    return (asking or lines)[0]


def without_wage(job_: Job, quarter: Quarter, known: Known) -> Iterator[str]:
    """Why S cannot be computed."""
    if job_.time(PAID) == 0:
        yield NO_PAID_TIME
    if quarter.number == 4 and known.premium is None:
        yield PREMIUM
