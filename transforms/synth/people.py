"""Who holds which job: the same person for as long as the job is theirs.

A job passes from one person to the next. How long each stays (``tenure`` quarters) and where in
that stay a quarter falls follow from the number of the job alone, so the past and the future of
a job are known without walking through them. The holder is drawn from a generator of their own.

Persons are numbers mapped one to one on birth date and serial: two jobs share an INSS only where
that is meant (``shared_job``) or where a country needs more young people than were born.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from transforms.identifiers import BIS_KNOWN_SEX, BIS_UNKNOWN_SEX, make_inss
from transforms.synth.days import quarter_span
from transforms.synth.employers import Employer
from transforms.synth.figures import Figures
from transforms.synth.mixing import mixed

_SERIALS = 997
_HOLDERS = 3
"""After so many holders the first one comes back to a job."""
_SCATTER = 15_485_863
_JOBS_A_GROUP = 100
_EMPLOYER_STEP, _JOB_STEP = 61, 37
"""Spread the places of shared jobs; none has a factor in common with ``_JOBS_A_GROUP``."""
_NEIGHBOURS, _SHARED_PERSONS, _GROUPS = 64, 14, 30_000
"""Employers that share people, how many people they share, and how many such groups there are."""

ADULT, YOUNG, RETIRED = "birth_years_adult", "birth_years_young", "birth_years_retired"
EXTRA = "birth_years_extra"
"""Of people who are in no DmfA."""


@dataclass(slots=True)
class Holder:
    """The person in a job in a quarter; ``first`` and ``last`` day: ordinals.

    ``last`` is ``None`` while the job goes on after the quarter. ``rng`` gives the same draws for
    the same holder in every quarter.
    """

    job: int
    turn: int
    shared: bool
    bis: int
    first: int
    last: int | None
    rng: Random


@dataclass(frozen=True, slots=True)
class _Births:
    """A range of birth dates from the day ordinal ``first``, with room for ``persons``."""

    first: int
    persons: int


def holder(figures: Figures, seed: int, employer: Employer, job: int, index: int) -> Holder:
    """Who holds the ``job``-th job of the employer in the quarter ``index``."""
    place = mixed(seed, employer.index, job)
    tenure = int(figures.table[employer.sector.tenure].pick((place & 0xFFFFFF) / 0x1000000))
    turn, quarter = divmod(index + (place >> 24) % tenure, tenure)
    rng = Random(mixed(place, turn, job))
    number = figures.number
    starts, ends = quarter_span(index - quarter), quarter_span(index - quarter + tenure - 1)
    first = starts.first
    if rng.random() >= number["starts_on_first_day"]:
        first += int(rng.random() * number["start_spread"])
    last = ends.last
    if rng.random() >= number["ends_on_last_day"]:
        last -= int(rng.random() * number["end_spread"])
    often = number["shared_job"] * _JOBS_A_GROUP / _SHARED_PERSONS
    shared = rng.random() < often and _place(employer, job) < _SHARED_PERSONS
    return Holder(
        job,
        turn % _HOLDERS,
        shared,
        _month_offset(figures, rng.random()),
        first,
        last if quarter == tenure - 1 else None,
        rng,
    )


def inss(figures: Figures, seed: int, employer: Employer, person: Holder, years: str) -> str:
    """The INSS of a holder born in one of the ranges ``ADULT``, ``YOUNG``, ``RETIRED``."""
    births = _births(*figures.values[years])
    places = (births.persons - _SHARED_PERSONS * _GROUPS) // _HOLDERS
    number = (employer.first_job + person.job) % places + person.turn * places
    return _scattered(births, seed, number, person.bis)


def shared_inss(figures: Figures, seed: int, employer: Employer, job: int) -> str:
    """The INSS of one of the people who work at several neighbouring employers: always the same
    one for a job, and another one for each job of an employer.

    Large employers have jobs in several neighbourhoods.
    """
    births = _births(*figures.values[ADULT])
    group = (employer.index // _NEIGHBOURS + job // _JOBS_A_GROUP) % _GROUPS
    number = births.persons - 1 - group * _SHARED_PERSONS - _place(employer, job)
    return _scattered(births, seed, number, 0)


def _place(employer: Employer, job: int) -> int:
    """The place of a job in its neighbourhood; those of the first ones may be shared."""
    return (employer.index * _EMPLOYER_STEP + job * _JOB_STEP) % _JOBS_A_GROUP


def extra_inss(figures: Figures, seed: int, number: int) -> str:
    """The INSS of the ``number``-th of those who are in no DmfA; after some they come back."""
    births = _births(*figures.values[EXTRA])
    return _scattered(births, seed, number % births.persons, 0)


def age(number: str, today: date) -> int:
    """Age of the person with this INSS on a day."""
    body = int(number[:9])
    century = 1900 if 97 - body % 97 == int(number[9:]) else 2000
    born = body // 100_000 % 100 % BIS_UNKNOWN_SEX * 100 + body // 1000 % 100
    to_come = born > today.month * 100 + today.day
    return today.year - century - body // 10_000_000 - to_come


def _scattered(births: _Births, seed: int, number: int, month_offset: int) -> str:
    place = (number * _SCATTER + seed) % births.persons
    day, serial = divmod(place, _SERIALS)
    return make_inss(date.fromordinal(births.first + day), serial + 1, month_offset)


@lru_cache(maxsize=8)
def _births(first_year: float, last_year: float) -> _Births:
    first = date(int(first_year), 1, 1).toordinal()
    days = date(int(last_year), 12, 31).toordinal() - first + 1
    return _Births(first, days * _SERIALS)


def _month_offset(figures: Figures, draw: float) -> int:
    share = figures.number["bis_number"]
    if draw >= share:
        return 0
    known_sex = draw < share * figures.number["bis_known_sex"]
    return BIS_KNOWN_SEX if known_sex else BIS_UNKNOWN_SEX
