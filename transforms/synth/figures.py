"""Reads ``figures.yaml``: the shares, weights and amounts that shape a synthetic quarter."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from transforms.rates.book import read_yaml


class FigureError(ValueError):
    """An entry of the figures breaks the rules of the file."""


class Weighted:
    """Things to draw from, each with a weight."""

    __slots__ = ("_edges", "things")

    def __init__(self, weights: Mapping[str, float]) -> None:
        self.things = tuple(str(thing) for thing in weights)
        total = sum(weights.values())
        self._edges = [edge / total for edge in accumulate(weights.values())][:-1]

    def pick(self, draw: float) -> str:
        """The thing at ``draw``, uniform in 0..1."""
        return self.things[bisect_right(self._edges, draw)]


@dataclass(frozen=True, slots=True)
class SizeClass:
    """Employers with ``low`` up to but not including ``high`` jobs."""

    name: str
    share: float
    low: int
    high: int
    exponent: float


@dataclass(frozen=True, slots=True)
class EmployerLine:
    """A line beside the ordinary one, at employers with ``from_jobs`` jobs or more.

    ``whose``: of which employers, one of ``all``, ``commercial``, ``other`` and ``no_fund``.
    """

    code: str
    whose: str
    type_small: str
    type_large: str
    large_from: int
    ppm: int
    from_jobs: int


@dataclass(frozen=True, slots=True)
class Sector:
    """What employers of one trade have in common; ``kind`` says who writes their records.

    ``white_class``: the employer class of white-collar staff, where it is another one.
    """

    name: str
    weight: tuple[float, ...]
    classes: Weighted
    white_class: str
    commercial: bool
    manual_committee: str
    white_committee: str
    manual: float
    part_time: float
    wage: float
    student: float
    flexi: float
    apprentice: float
    tenure: str
    fund_manual: str
    fund_white: str
    kind: str


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """All figures, compared by identity so that they can key a cache.

    ``sectors_by_size`` draws indexes of ``sectors``, for every size class.
    """

    number: Mapping[str, float]
    table: Mapping[str, Weighted]
    ranges: Mapping[str, tuple[float, float]]
    values: Mapping[str, tuple[float, ...]]
    sizes: tuple[SizeClass, ...]
    sectors: tuple[Sector, ...]
    employer_lines: tuple[EmployerLine, ...]
    sectors_by_size: tuple[Weighted, ...] = field(init=False)

    def __post_init__(self) -> None:
        by_size = tuple(
            Weighted({str(n): s.weight[size] for n, s in enumerate(self.sectors)})
            for size in range(len(self.sizes))
        )
        object.__setattr__(self, "sectors_by_size", by_size)

    def whole(self, name: str) -> int:
        """A number that counts something: cents, millionths, hours."""
        return int(self.number[name])


@cache
def figures() -> Figures:
    """The figures that kwartaal ships."""
    return read_figures(files("transforms.synth").joinpath("figures.yaml").read_bytes())


def read_figures(content: bytes) -> Figures:
    """``FigureError`` names an entry without source or with unexpected keys."""
    record = read_yaml(content, "figures.yaml")
    numbers = {name: _entry(name, e, "value") for name, e in record["numbers"].items()}
    tables = {name: Weighted(_entry(name, e, "weights")) for name, e in record["tables"].items()}
    lists = {name: tuple(values) for name, values in _values(record["lists"])}
    ranges = {n: (float(low), float(high)) for n, (low, high) in _values(record["ranges"])}
    return Figures(
        {name: float(value) for name, value in numbers.items()},
        tables,
        ranges,
        lists,
        tuple(SizeClass(**row) for row in _rows(record["sizes"], SizeClass)),
        tuple(_sector(row) for row in _rows(record["sectors"], Sector)),
        tuple(EmployerLine(**row) for row in _rows(record["employer_lines"], EmployerLine)),
    )


def _values(entries: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return ((name, _entry(name, entry, "values")) for name, entry in entries.items())


def _entry(name: str, entry: Mapping[str, Any], key: str) -> Any:
    if set(entry) != {key, "source"} or not entry["source"]:
        raise FigureError(f"{name}: needs {key} and source")
    return entry[key]


def _rows(entries: Iterable[Mapping[str, Any]], shape: type) -> Iterable[dict[str, Any]]:
    """The entries without their source, checked against the fields of ``shape``."""
    expected = {f.name for f in fields(shape)} | {"source"}
    for entry in entries:
        if set(entry) != expected or not entry["source"]:
            raise FigureError(f"{entry}: needs {', '.join(sorted(expected))}")
        yield {key: value for key, value in entry.items() if key != "source"}


def _sector(row: dict[str, Any]) -> Sector:
    return Sector(**row | {"weight": tuple(row["weight"]), "classes": Weighted(row["classes"])})
