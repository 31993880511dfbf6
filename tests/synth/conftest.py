from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from schemas.quarter import Quarter
from transforms.synth.employers import make_employer
from transforms.synth.figures import figures
from transforms.synth.plan import Draft, Plan, drafts_of
from transforms.synth.releases import release_of
from transforms.synth.sizes import jobs_of

Q1, Q2, Q4 = Quarter(2023, 1), Quarter(2022, 2), Quarter(2022, 4)
SEED = 11
LARGEST_IN_SAMPLE = 250
_KINDS = ("public", "agency", "fedris")


@pytest.fixture(scope="session")
def sample() -> list[Draft]:
    """Forms of 2023/1: ordinary employers and some of each special kind, none very large."""
    return _sample(Plan(Q1, 320, seed=SEED))


@pytest.fixture(scope="session")
def older_sample() -> list[Draft]:
    """Forms of 2022/2, the oldest release."""
    return _sample(Plan(Q2, 220, seed=SEED))


@pytest.fixture(scope="session")
def winter_sample() -> list[Draft]:
    """Forms of a fourth quarter."""
    return _sample(Plan(Q4, 90, seed=SEED))


@pytest.fixture(scope="session")
def schema_of(shared: Path) -> Callable[[Quarter], etree.XMLSchema]:
    def read(quarter: Quarter) -> etree.XMLSchema:
        folder = shared / "official" / "xsd" / "dmfa" / "series-original"
        return etree.XMLSchema(etree.parse(folder / f"{release_of(quarter).schema}.xsd"))

    return read


def _sample(plan: Plan) -> list[Draft]:
    numbers = [n for n in range(plan.employers) if _jobs(n) <= LARGEST_IN_SAMPLE]
    for kind in _KINDS:
        numbers += _of_kind(kind, plan)
    return list(drafts_of(plan, numbers))


def _of_kind(kind: str, plan: Plan) -> list[int]:
    """Some employers of this kind of sector, with 50 to 250 jobs."""
    found: list[int] = []
    for n in range(plan.employers, 60_000):
        jobs, before = jobs_of(figures(), n)
        if not 50 <= jobs <= LARGEST_IN_SAMPLE:
            continue
        if make_employer(figures(), plan.seed, n, jobs, before).sector.kind == kind:
            found.append(n)
        if len(found) == 6:
            break
    return found


def _jobs(employer: int) -> int:
    return jobs_of(figures(), employer)[0]
