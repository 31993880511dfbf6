"""What the generator knows and no declaration tells: households, employers, vehicles.

The same for a person, an employer or a plate in every quarter of a seed. A company car is replaced
after some years; the next one has a plate of its own.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

import pyarrow as pa

from transforms.reference import EMPLOYERS, VEHICLES, WORKERS, Reference
from transforms.synth.days import quarter_span
from transforms.synth.employers import Employer
from transforms.synth.figures import Figures
from transforms.synth.mixing import fraction, mixed

_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_SERIES, _TURNS = len(_PLATE_LETTERS) ** 3 * 1000, 3
"""Plates of one leading digit, and how many cars follow each other before a plate comes back."""
_MONTHS = 3
_ELECTRIC = "electric"

EmployerFacts = tuple[str, int, str | None, int]
VehicleFacts = tuple[str, str, int | None, date, int]
"""Rows of the reference tables ``employers`` and ``vehicles``."""


@dataclass(frozen=True, slots=True)
class Facts:
    """About the employer, the workers (INSS) and the vehicles of one declaration."""

    employer: EmployerFacts
    workers: Sequence[str]
    vehicles: Sequence[VehicleFacts]


def employer_facts(employer: Employer) -> EmployerFacts:
    key = f"{int(employer.nsso):09}"
    return key, employer.jobs, employer.structural_category, employer.third_party_premium


def vehicle_facts(figures: Figures, seed: int, number: int, index: int) -> VehicleFacts:
    """The ``number``-th vehicle of all employers in the quarter ``index``."""
    place, quarters = mixed(seed, number), figures.whole("vehicle_quarters")
    turn, age = divmod(index + place % quarters, quarters)
    rng = Random(mixed(place, turn))
    fuel = figures.table["fuel"].pick(rng.random())
    low, high = figures.ranges["co2"]
    emission = None if rng.random() < figures.number["co2_unknown"] else int(rng.uniform(low, high))
    low, high = figures.ranges["vehicle_lead"]
    ordered = quarter_span(index - age).first - int(rng.uniform(low, high))
    months = _MONTHS if age else 1 + int(rng.random() * _MONTHS)
    return (
        _plate(number, turn % _TURNS),
        fuel,
        0 if fuel == _ELECTRIC else emission,
        date.fromordinal(ordered),
        months,
    )


def reference(figures: Figures, seed: int, known: Iterable[Facts]) -> Reference:
    """The reference tables about some declarations."""
    facts = list(known)
    return Reference(
        _workers(figures, seed, {inss for f in facts for inss in f.workers}),
        _table([f.employer for f in facts], EMPLOYERS),
        _table([v for f in facts for v in f.vehicles], VEHICLES),
    )


def merged(parts: Iterable[Reference]) -> Reference:
    """The reference tables of several sets of declarations; people may work in more than one."""
    known = list(parts)
    workers = pa.concat_tables([part.workers for part in known])
    return Reference(
        workers.group_by(workers.column_names).aggregate([]).sort_by("inss").cast(WORKERS),
        pa.concat_tables([part.employers for part in known]),
        pa.concat_tables([part.vehicles for part in known]),
    )


def _workers(figures: Figures, seed: int, every: set[str]) -> pa.Table:
    pick = figures.table["household"].pick
    known = sorted(every)
    households = [pick(fraction(mixed(seed, int(inss)))) for inss in known]
    return pa.table([known, households], schema=WORKERS)


def _table(rows: Sequence[tuple[object, ...]], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(c, f.type) for c, f in zip(columns, schema, strict=True)], schema)


@lru_cache(maxsize=1 << 12)
def _plate(number: int, turn: int) -> str:
    """Belgian pattern of one digit, three letters, three digits: another for every number."""
    series, rest = divmod(number, _SERIES)
    letters, digits = divmod(rest, 1000)
    text = ""
    for _ in range(3):
        letters, letter = divmod(letters, len(_PLATE_LETTERS))
        text += _PLATE_LETTERS[letter]
    return f"{1 + series % 3 * _TURNS + turn}-{text}-{digits:03}"
