"""Whether the code and the type of a declared line are in force in a quarter (``line_codes.yaml``).

For lines that no family answers for: a code that does not exist is another thing than a rule that
is not modelled.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

import numpy as np

from schemas.quarter import Quarter
from transforms.contribute.claim import Doubts
from transforms.contribute.lines import Lines
from transforms.rates.book import read_yaml
from transforms.shredded import Rows

FILE = "line_codes.yaml"
KNOWN_SINCE = Quarter(2022, 1)
"""Nothing is said of earlier quarters: codes that ended before are not listed."""
_ANNEXES = {"contributions": 2, "deductions": 4}
_BLOCKS = {
    "worker_contribution": "contributions",
    "contribution_unrelated_to_np": "contributions",
    "worker_deduction": "deductions",
    "occupation_deduction": "deductions",
}


@cache
def content() -> bytes:
    """The file as it stands."""
    return files("transforms.contribute").joinpath(FILE).read_bytes()


@cache
def line_codes() -> Mapping[str, Sequence[Mapping[str, Any]]]:
    """The lists that kwartaal ships: entries with ``codes``, ``from``, ``until`` and more."""
    return read_yaml(content(), FILE)


@cache
def entries(name: str, quarter: Quarter) -> tuple[Mapping[str, Any], ...]:
    """The entries of a list that are in force in a quarter, or in a part of it."""
    return tuple(
        entry
        for entry in line_codes()[name]
        if entry["from"] <= quarter.last_day
        and entry.get("until", quarter.first_day) >= quarter.first_day
    )


@cache
def codes(name: str, quarter: Quarter) -> frozenset[str]:
    return frozenset(code for entry in entries(name, quarter) for code in entry["codes"])


@lru_cache(maxsize=10_000)
def types(code: str, employer_class: str, quarter: Quarter) -> frozenset[str]:
    """The contribution types that a code may have in a class; empty when nothing is said."""
    every = entries("types", quarter)
    own = [entry for entry in every if code in entry["codes"]]
    own = own or [entry for entry in every if _family(code) in entry["codes"]]
    return frozenset(entry["type"] for entry in own if _reaches(entry, employer_class))


def _family(code: str) -> str:
    return f"{code[:1]}xx"


def _reaches(entry: Mapping[str, Any], employer_class: str) -> bool:
    """``others`` is taken for every class: a class may be named for one head count only."""
    classes = entry.get("classes", "others")
    return classes == "others" or employer_class in classes


def not_in_force(lines: Lines, rows: Rows, quarter: Quarter) -> Doubts:
    """Why some declared lines cannot be due at all: their code or type is not in force."""
    doubts = Doubts.none(len(rows))
    if quarter < KNOWN_SINCE or not len(rows):
        return doubts
    for block, name in _BLOCKS.items():
        known = codes(name, quarter)
        of_block = np.isin(rows, lines.of(block))
        for code, where in lines.code[rows].distinct().items():
            if not code or _padded(code, name) in known:
                continue
            said = f"code {_padded(code, name)} is not in force in {quarter}"
            doubts.add(where & of_block, f"{said} (annex {_ANNEXES[name]})")
    _types_not_in_force(lines, rows, quarter, doubts)
    return doubts


def _types_not_in_force(lines: Lines, rows: Rows, quarter: Quarter, doubts: Doubts) -> None:
    in_block = np.isin(rows, lines.of("worker_contribution"))
    classes = lines.employer_class[rows]
    for code, of_code in lines.code[rows].distinct().items():
        for kind, of_kind in lines.type[rows].distinct().items():
            where = of_code & of_kind & in_block
            if not where.any():
                continue
            for group, of_class in classes.distinct().items():
                allowed = types(code.zfill(3), group.zfill(3), quarter)
                if allowed and kind not in allowed:
                    said = f"type {kind} of {code.zfill(3)} is not in force in {quarter} (annex 3)"
                    doubts.add(where & of_class, said)


def _padded(code: str, name: str) -> str:
    """Codes lose their zeros when they are compared; the annexes keep them."""
    return code.zfill(4 if name == "deductions" else 3)
