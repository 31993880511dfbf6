"""Dated lists of codes: which remuneration, service, worker and committee codes count for what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from schemas.quarter import Quarter
from transforms.exact import Truth
from transforms.rates.book import Confidence, RateFileError, read_yaml


@dataclass(frozen=True, slots=True)
class CodeList:
    """Codes that hold from a day on (to another), with the mark of how sure that is."""

    codes: frozenset[str]
    first: date
    last: date | None
    confidence: Confidence
    reference: str

    def holds(self, quarter: Quarter) -> bool:
        return self.first <= quarter.first_day and (
            self.last is None or quarter.last_day <= self.last
        )


@dataclass(frozen=True, slots=True)
class CodeLists:
    """All lists by name. A name has several lists where marks or dates differ."""

    lists: Mapping[str, tuple[CodeList, ...]]
    content: bytes

    def of(self, name: str, quarter: Quarter) -> dict[str, Confidence]:
        """The codes of a list in a quarter, each with its mark."""
        return {
            code: listed.confidence
            for listed in self.lists[name]
            if listed.holds(quarter)
            for code in listed.codes
        }


@cache
def code_lists() -> CodeLists:
    """The lists that kwartaal ships, from ``codes.yaml``."""
    return read_code_lists(files("transforms.contribute").joinpath("codes.yaml").read_bytes())


def read_code_lists(content: bytes) -> CodeLists:
    """``RateFileError`` says what is wrong with which list."""
    record = read_yaml(content, "codes.yaml")
    return CodeLists({name: _dated(name, entries) for name, entries in record.items()}, content)


def _dated(name: str, entries: Sequence[Mapping[str, Any]]) -> tuple[CodeList, ...]:
    lists = [_code_list(name, entry) for entry in entries]
    for one, other in combinations(lists, 2):
        both = one.codes & other.codes
        if both and not (_before(one, other) or _before(other, one)):
            raise RateFileError(f"{name}: {sorted(both)} stand in two lists at one time")
    return tuple(lists)


def _code_list(name: str, entry: Mapping[str, Any]) -> CodeList:
    if set(entry) - {"until"} != {"codes", "from", "confidence", "reference"}:
        raise RateFileError(f"{name}: a list has codes, from, until, confidence, reference")
    codes, first, mark = entry["codes"], entry["from"], entry["confidence"]
    listed = isinstance(codes, list) and all(isinstance(code, str) for code in codes)
    if not listed or not entry["reference"]:
        raise RateFileError(f"{name}: codes are written as strings, and every list has a reference")
    if not isinstance(first, date) or mark not in Confidence.__members__:
        raise RateFileError(f"{name}: 'from' is a day, and confidence one of the marks")
    return CodeList(
        frozenset(codes), first, entry.get("until"), Confidence[mark], entry["reference"]
    )


def _before(one: CodeList, other: CodeList) -> bool:
    return one.last is not None and one.last < other.first


class Coded:
    """A column of codes as numbers into its few distinct values; leading zeros do not count.

    Lists of official codes lack the zeros that messages may carry.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        encoded = column.combine_chunks().dictionary_encode()
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        indices = encoded.indices.fill_null(len(encoded.dictionary))
        self._row = np.asarray(indices)
        self._values = [(v.lstrip("0") or "0") for v in encoded.dictionary.to_pylist()]
        self._texts = np.array([*self._values, ""], dtype=np.str_)

    def among(self, codes: frozenset[str] | Mapping[str, Any] | set[str]) -> Truth:
        """Rows that carry one of the codes; never one without a code."""
        wanted = {code.lstrip("0") or "0" for code in codes}
        found = np.array([value in wanted for value in self._values] + [False], dtype=np.bool_)
        return np.asarray(found[self._row], dtype=np.bool_)

    def __getitem__(self, rows: Any) -> "Coded":
        part = Coded.__new__(Coded)
        part._row, part._values, part._texts = self._row[rows], self._values, self._texts
        return part

    def __len__(self) -> int:
        return len(self._row)

    def texts_of(self, rows: Any) -> npt.NDArray[np.str_]:
        """The codes of some rows without leading zeros, empty where there is none."""
        return np.asarray(self._texts[self._row[rows]])

    def distinct(self) -> dict[str, Truth]:
        """The rows of each code that occurs, however many zeros lead it."""
        present = np.bincount(self._row, minlength=len(self._values) + 1)
        values = {value for at, value in enumerate(self._values) if present[at]}
        return {value: self.among({value}) for value in sorted(values)}
