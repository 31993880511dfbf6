"""What travels between the steps of a run: small descriptions, never the data itself."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from pipelines.counted import ContributionCount
from pipelines.home import AtHome
from schemas.kind import Kind
from schemas.kinds import kind_named
from schemas.quarter import Quarter
from transforms.control import Totals
from transforms.ranges import Range
from transforms.survey import Survey

KNOWN_FILE = "known.txt"
PLAN_FILE = "plan.json"
RECEIPTS_FILE = "receipts.txt"
"""Receipts of a run, a line each; there when the plan has batches."""


@dataclass(frozen=True)
class Job(AtHome):
    """What a run is: known to every worker. ``home`` is the address of the run's directory in the
    lake, ``reference`` the folder of reference tables, ``tolerance`` in cents."""

    run_id: str
    kind_name: str
    quarter: Quarter
    home: str
    registry: str | None = None
    reference: str | None = None
    tolerance: int = 0

    @property
    def kind(self) -> Kind:
        return kind_named(self.kind_name)


@dataclass(frozen=True, slots=True)
class SurveyedFile:
    """A file with what the first look found; ``stamp`` tells whether it is still that file."""

    path: str
    survey: Survey
    stamp: str


@dataclass(frozen=True, slots=True)
class SurveyedFiles:
    """Files that were looked at together."""

    files: tuple[SurveyedFile, ...]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A range of a file to be judged; ``part`` is None for a file refused as a whole.

    ``survey`` comes without its ranges: a large file has many of both.
    """

    path: str
    survey: Survey
    stamp: str
    part: Range | None

    @property
    def size(self) -> int:
        """Bytes to be read."""
        return self.part.end - self.part.start if self.part else self.survey.size


@dataclass(frozen=True, slots=True)
class Batch:
    """Stretches that one worker takes at once. ``number`` names its output."""

    number: int
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True)
class Plan:
    """What is to be done: files by what becomes of them, and the number of batches."""

    files: int
    known: int
    bytes: int
    batches: int
    files_ledger: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Receipt:
    """What a batch brought: part files by table, ledgers of forms and findings, counts.

    ``contributions``: of the rows of ``core.contribution`` in its parts.
    """

    number: int
    parts: Mapping[str, tuple[str, ...]]
    forms_ledger: str
    findings_ledger: str
    bytes: int
    accepted: int
    refused: int
    quarantined: int
    relations: int
    totals: Totals
    seconds: Mapping[str, float] = field(default_factory=dict)
    formulas: tuple[str, ...] = ()
    contributions: tuple[ContributionCount, ...] = ()

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Receipt":
        record = json.loads(text)
        record["parts"] = {name: tuple(paths) for name, paths in record["parts"].items()}
        record["totals"] = Totals(**record["totals"])
        record["contributions"] = tuple(ContributionCount(**one) for one in record["contributions"])
        return cls(**record)
