"""What DmfA and Dimona say of the same quarter: the table, and the codes of what differs.

The codes and all that a confrontation goes by are data, ``confrontation.yaml``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from schemas.core import PLACE
from schemas.quarter import Quarter
from schemas.rules import CLASSES, LANGUAGES
from schemas.tables import Table, day, text, texts, whole

CONFRONTATION = Table(
    "core",
    "confrontation",
    "What differs between the DmfA of a quarter and the Dimona: one row for each finding",
    (
        text("quarter", "Quarter, 2023Q1"),
        text("employer", "Employer as the DmfA names it; as the Dimona does where that alone does"),
        text("inss", "Worker, named likewise; null where the employer as a whole is meant"),
        text("employer_class", "Employer class of an occupation (zone 00036)"),
        text("worker_code", "Worker code of an occupation (zone 00037)"),
        text("code", "Official code, or kwartaal:<name> where there is none"),
        text("class", f"Class of the anomaly: {', '.join(CLASSES)}"),
        text("certainty", "What the finding rests on: official, derived, unverified"),
        text("element", "Block of the DmfA that is meant"),
        text("measure", "What is compared: workers, hours, days or dates; null: presence alone"),
        whole("dmfa_number", "Workers, hours or days by the DmfA; zone 00840 where workers"),
        whole("dimona_number", "Workers, hours or days by the Dimona; zone 00841 where workers"),
        whole("quota", "Hours of the year that may be worked, where that is the measure"),
        day("dmfa_first", "First day by the DmfA, no earlier than the quarter's"),
        day("dmfa_last", "Last day by the DmfA, no later than the quarter's"),
        day("dimona_first", "First day by the Dimona, no earlier than the quarter's"),
        day("dimona_last", "Last day by the Dimona, no later than the quarter's"),
        texts("period_ids", "Periods concerned, of this employer and worker in the quarter"),
        *PLACE,
        text("run_id", "Run that took the declaration in; null where there is none"),
    ),
)


@dataclass(frozen=True, slots=True)
class Code:
    """One code. ``check``: what the lake finds. ``needs``: tables or numbers without which nothing
    can be said. ``worker_type``: type of the periods concerned, None for all."""

    code: str
    check: str
    element: str
    anomaly_class: str
    certainty: str
    condition: str
    texts: Mapping[str, str]
    first: Quarter | None
    last: Quarter | None
    needs: tuple[str, ...]
    after_deadline: bool
    worker_type: str | None

    def holds_in(self, quarter: Quarter) -> bool:
        early = self.first is not None and quarter < self.first
        late = self.last is not None and self.last < quarter
        return not (early or late)


@dataclass(frozen=True, slots=True)
class Casual:
    """Worker codes of casual work; ``classes``: employer classes where they are, None for all."""

    worker_codes: tuple[str, ...]
    classes: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Basis:
    """All that a confrontation goes by. ``never``: types of workers that are left out;
    ``not_expected``: types that need no DmfA; ``severance``: codes of pay for days after the
    employment; ``not_granted``: errors that undo a flexi-job."""

    codes: tuple[Code, ...]
    never: tuple[str, ...]
    not_expected: tuple[str, ...]
    classes_without_work: tuple[str, ...]
    severance: tuple[str, ...]
    flexi_codes: tuple[str, ...]
    not_granted: tuple[str, ...]
    casual: tuple[Casual, ...]


@cache
def basis() -> Basis:
    """What kwartaal ships. Raises ``KeyError`` or ``ValueError`` where the data do not fit."""
    said = yaml.safe_load(files(__package__).joinpath("confrontation.yaml").read_bytes())
    types, flexi = said["types_without_dmfa"], said["flexi_jobs"]
    return Basis(
        tuple(_code(code, facts) for code, facts in said["codes"].items()),
        tuple(types["never"]["types"]),
        tuple(types["not_expected"]["types"]),
        tuple(said["employer_classes_without_work"]["classes"]),
        tuple(said["severance"]["remuneration_codes"]),
        tuple(flexi["worker_codes"]),
        tuple(flexi["not_granted"]),
        tuple(_casual(facts) for facts in said["casual_work"]),
    )


def _code(code: str, said: Mapping[str, Any]) -> Code:
    if said["class"] not in CLASSES or set(said["texts"]) != set(LANGUAGES):
        raise ValueError(f"{code}: its class or the languages of its texts are not known")
    return Code(
        code,
        said["check"],
        said["element"],
        said["class"],
        said["certainty"],
        said["condition"],
        said["texts"],
        Quarter.parse(said["from"]) if "from" in said else None,
        Quarter.parse(said["until"]) if "until" in said else None,
        tuple(said.get("needs", ())),
        said.get("after_deadline", False),
        said.get("worker_type"),
    )


def _casual(said: Mapping[str, Any]) -> Casual:
    classes = said["classes"]
    return Casual(tuple(said["worker_codes"]), None if classes is None else tuple(classes))
