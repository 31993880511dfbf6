"""Totals over pieces of a quarter, whatever their order.

Persons are counted once wherever they come back: one bit a person and group.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from transforms.shredded import Rows
from transforms.simulate.sums import ALL, AMOUNTS, GROUPINGS, Sums, Total


class _Numbered:
    """Texts by their number in a known set."""

    def __init__(self, texts: pa.Array) -> None:
        self._sorted = np.unique(_bytes(texts))

    def __len__(self) -> int:
        return len(self._sorted)

    def of(self, texts: pa.Array) -> Rows:
        """``KeyError`` for a text that is not in the set (without saying which)."""
        wanted = _bytes(texts)
        at = np.searchsorted(self._sorted, wanted)
        known = np.append(self._sorted, b"")[at] == wanted
        if not known.all():
            raise KeyError("a person or an employer is not among those of the quarter")
        return np.asarray(at, dtype=np.int64)


def _bytes(texts: pa.Array) -> npt.NDArray[np.bytes_]:
    return np.asarray(texts.to_numpy(zero_copy_only=False), dtype=np.bytes_)


class _Members:
    """Which of so many belong: one bit each."""

    def __init__(self, size: int) -> None:
        self._bits = np.zeros((size + 7) // 8, dtype=np.uint8)

    def add(self, numbers: Rows) -> None:
        bits = np.left_shift(1, numbers & 7).astype(np.uint8)
        np.bitwise_or.at(self._bits, numbers >> 3, bits)

    def __len__(self) -> int:
        return int(np.bitwise_count(self._bits).sum(dtype=np.int64))


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a group. ``changed``: persons with a change, employers where the lines with
    a change have no person; ``changed_employers``: those that have any change."""

    group: str
    lines: int
    persons: int
    employers: int
    changed: int
    changed_employers: int
    declared: int
    base: int
    variant: int

    @property
    def change(self) -> int:
        return self.variant - self.base

    @property
    def units(self) -> int:
        """Those whom the figures are about: persons, or employers where no line has a person."""
        return self.persons or self.employers


@dataclass(slots=True)
class _Group:
    """The lines of a group so far."""

    members: dict[str, _Members]
    sums: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("lines", *AMOUNTS), 0))

    def figures(self, name: str) -> Figures:
        counts = {key: len(members) for key, members in self.members.items()}
        persons, alone = counts.pop("changed_persons"), counts.pop("changed_alone")
        return Figures(group=name, changed=persons or alone, **counts, **self.sums)


@dataclass(frozen=True, slots=True)
class Move:
    """Persons or employers whose total rises, falls or stays: number, the employers they are or
    work for, sum, largest change."""

    who: str
    move: str
    count: int
    employers: int
    change: int
    largest: int


class Tally:
    """Adds up pieces of a quarter whose persons and employers are known beforehand."""

    def __init__(self, persons: pa.Array, employers: pa.Array) -> None:
        self.total = Total()
        self._known = {"persons": _Numbered(persons), "employers": _Numbered(employers)}
        self._groups: dict[str, dict[str, _Group]] = {name: {} for name in GROUPINGS}
        self._changes = {who: np.zeros(len(k), np.int64) for who, k in self._known.items()}
        self._seen = {who: _Members(len(k)) for who, k in self._known.items()}
        self._met = {who: np.zeros(len(k), np.bool_) for who, k in self._known.items()}
        self._works: list[tuple[Rows, Rows]] = []

    def add(self, sums: Sums) -> None:
        """One more piece."""
        self.total += sums.total
        numbers = {
            "persons": np.append(self._known["persons"].of(sums.persons), -1),
            "employers": np.append(self._known["employers"].of(sums.employers), -1),
        }
        for grouping, table in sums.grouped.items():
            self._add(self._groups[grouping], table, numbers)
        self._move(sums.grouped[ALL], numbers)

    def _add(self, groups: dict[str, _Group], table: pa.Table, numbers: dict[str, Rows]) -> None:
        encoded = table.column("group").combine_chunks().dictionary_encode()
        at = np.asarray(encoded.indices)
        order = np.argsort(at, kind="stable")
        ends = np.cumsum(np.bincount(at, minlength=len(encoded.dictionary)))
        columns = _columns(table, numbers)
        names, parts = encoded.dictionary.to_pylist(), np.split(order, ends)[:-1]
        for name, rows in zip(names, parts, strict=True):
            group = groups.setdefault(name, self._group())
            for key, values in group.sums.items():
                group.sums[key] = values + int(columns[key][rows].sum())
            for key, who in _members(columns, rows):
                group.members[key].add(who)

    def _group(self) -> _Group:
        sizes = {who: len(known) for who, known in self._known.items()}
        return _Group(
            {
                "persons": _Members(sizes["persons"]),
                "employers": _Members(sizes["employers"]),
                "changed_persons": _Members(sizes["persons"]),
                "changed_employers": _Members(sizes["employers"]),
                "changed_alone": _Members(sizes["employers"]),
            }
        )

    def _move(self, table: pa.Table, numbers: dict[str, Rows]) -> None:
        columns = _columns(table, numbers)
        change = columns["variant"] - columns["base"]
        for who, number in (("persons", columns["person"]), ("employers", columns["employer"])):
            there = number >= 0
            np.add.at(self._changes[who], number[there], change[there])
            self._met[who][number[there]] = True
        both = (columns["person"] >= 0) & (columns["employer"] >= 0)
        self._works.append((columns["person"][both], columns["employer"][both]))

    def figures(self, grouping: str) -> list[Figures]:
        """The groups of a grouping, by name."""
        groups = self._groups[grouping]
        return [groups[name].figures(name) for name in sorted(groups)]

    def moves(self) -> Iterator[Move]:
        """Whose total rises, falls or stays, over lines computed by both books."""
        for who, changes in self._changes.items():
            met = changes[self._met[who]]
            for move, sign in (("rises", 1), ("falls", -1), ("stays", 0)):
                found = met[np.sign(met) == sign]
                largest = found[np.argmax(np.abs(found))] if len(found) else 0
                behind = len(found) if who == "employers" else self._employers_of(sign)
                yield Move(who, move, len(found), behind, int(found.sum()), int(largest))

    def _employers_of(self, sign: int) -> int:
        """How many employers have a person whose total moves so."""
        found = _Members(len(self._known["employers"]))
        for person, employer in self._works:
            found.add(employer[np.sign(self._changes["persons"][person]) == sign])
        return len(found)


def _columns(table: pa.Table, numbers: dict[str, Rows]) -> dict[str, Rows]:
    """Columns of sums, with persons and employers by their number in the quarter."""
    names = ("person", "employer", "lines", *AMOUNTS)
    columns = {name: np.asarray(table.column(name), dtype=np.int64) for name in names}
    columns["person"] = numbers["persons"][columns["person"]]
    columns["employer"] = numbers["employers"][columns["employer"]]
    return columns


def _members(columns: dict[str, Rows], rows: Rows) -> Iterator[tuple[str, Rows]]:
    """Who belongs to a group, and who has a change in it."""
    person, employer = columns["person"][rows], columns["employer"][rows]
    changed = columns["base"][rows] != columns["variant"][rows]
    yield "persons", person[person >= 0]
    yield "employers", employer[employer >= 0]
    yield "changed_persons", person[changed & (person >= 0)]
    yield "changed_employers", employer[changed & (employer >= 0)]
    yield "changed_alone", employer[changed & (person < 0)]
