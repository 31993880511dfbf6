"""Who employer ``i`` is: numbers, sector, size. The same in every quarter of a seed."""

from dataclasses import dataclass
from random import Random

from transforms.identifiers import make_enterprise, make_nsso, make_unit
from transforms.synth.figures import Figures, Sector
from transforms.synth.law import category_of

EMPLOYERS_MAX = 1_890_000
"""Numbers of employers that can be told apart."""
_NSSO_FIRST = 10_000
_COMPANY_FIRST, _COMPANY_COUNT = 2_000_000, 6_000_000
_UNIT_FIRST, _UNIT_COUNT = 20_000_000, 69_000_000
_UNITS_MAX = 32
_SCATTER, _SHIFT = 611_953, 7_919
"""Primes: they spread consecutive employers and seeds over a space without a collision."""


@dataclass(frozen=True, slots=True)
class Employer:
    """``first_job`` counts the jobs of all employers before this one; ``vehicles`` are cars.

    ``structural_category`` is told where the joint committee leaves it open;
    ``third_party_premium``: 1 where a fund pays the year-end premium.
    """

    index: int
    nsso: str
    company: str
    sector: Sector
    employer_class: str
    jobs: int
    first_job: int
    units: tuple[str, ...]
    trusteeship: int
    vehicles: int
    pension_plan: bool
    third_party_premium: int
    structural_category: str | None

    def category(self, committee: str) -> str:
        """The structural category of workers under a joint committee."""
        return self.structural_category or category_of(committee) or "1"


def make_employer(figures: Figures, seed: int, index: int, jobs: int, first_job: int) -> Employer:
    """Employer ``index`` of a seed, with its ``jobs`` as ``sizes.py`` gives them."""
    number = figures.number
    rng = Random(f"{seed}/{index}")
    sector = _sector(figures, jobs, rng.random())
    return Employer(
        index,
        make_nsso(_NSSO_FIRST + _scattered(index, seed) % EMPLOYERS_MAX),
        company_number(seed, index) if rng.random() >= number["unknown_company"] else "0",
        sector,
        sector.classes.pick(rng.random()),
        jobs,
        first_job,
        _units(seed, index, 1 + jobs // figures.whole("jobs_a_unit")),
        int(rng.random() < number["trusteeship"]),
        int(jobs * (1 - sector.manual) * number["vehicle"] + rng.random()),
        jobs >= number["pension_plan_from"] and rng.random() < number["pension_plan"],
        int(rng.random() < number["third_party_premium"]),
        _structural_category(figures, sector, rng.random()),
    )


def company_number(seed: int, index: int) -> str:
    """Enterprise number of employer ``index``."""
    return make_enterprise(_COMPANY_FIRST + _scattered(index, seed) % _COMPANY_COUNT)


def _scattered(index: int, seed: int) -> int:
    return index * _SCATTER + seed * _SHIFT


def _sector(figures: Figures, jobs: int, draw: float) -> Sector:
    size = next((n for n, s in enumerate(figures.sizes) if jobs < s.high), len(figures.sizes) - 1)
    return figures.sectors[int(figures.sectors_by_size[size].pick(draw))]


def _structural_category(figures: Figures, sector: Sector, draw: float) -> str | None:
    if category_of(sector.white_committee) and category_of(sector.manual_committee):
        return None
    return figures.table["open_category"].pick(draw)


def _units(seed: int, index: int, wanted: int) -> tuple[str, ...]:
    count = min(wanted, _UNITS_MAX)
    first = index * _UNITS_MAX + seed * _SHIFT
    return tuple(make_unit(_UNIT_FIRST + (first + n) % _UNIT_COUNT) for n in range(count))
