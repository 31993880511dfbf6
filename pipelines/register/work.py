"""What travels between the steps of a run that changes the register."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from pipelines.home import AtHome
from pipelines.register.unjudged import Unjudged
from warehouse.location import Location

KNOWN_FILE = "known.json"
ALIASES_FILE = "aliases.arrow"
PLAN_FILE = "register-plan.json"
FOLDED_FILE = "folded.txt"
"""What became of each group, a line each; there when the plan has groups."""

FILE, FORM = RECEPTIONS = ("file", "form")
"""What tells the moment of reception: when the file was last changed, or when its form was made."""


@dataclass(frozen=True)
class RegisterJob(AtHome):
    """What a run is: known to every worker. ``home``: address of the run's directory in the lake;
    ``version``: of the register that it starts from; ``reception``: one of ``RECEPTIONS``."""

    run_id: str
    home: str
    lake: Location
    version: tuple[int, int]
    registry: str | None = None
    reception: str = FILE


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file that was read. ``received``: when its first message was received (UTC, ISO 8601);
    ``forms``: all that it has; ``valid``: those that became messages; ``number``: by which its rows
    name it in their part."""

    number: int
    path: str
    file_id: str
    size: int
    codec: str | None
    release: str | None
    received: str
    disposition: str
    forms: int
    valid: int


@dataclass(frozen=True, slots=True)
class ReadFiles:
    """Files that were read together: ``part`` has their messages, ``ledger`` their findings."""

    part: str
    ledger: str
    files: tuple[ReadFile, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Route:
    """A part with the receipts and groups of its rows (``places``)."""

    number: int
    part: str
    places: str


@dataclass(frozen=True, slots=True)
class Routed:
    """Where the rows of a group in a part are: a batch of a file."""

    group: int
    path: str
    batch: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done. ``files``: all that were found; ``groups``: of workers."""

    files: int
    known: int
    bytes: int
    messages: int
    groups: int
    read_seconds: float

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Plan":
        return cls(**json.loads(text))


@dataclass(frozen=True, slots=True)
class FoldedGroup:
    """What a group brought: part files by table, files with the numbers of the rows that it
    replaces by table, and of new periods (``made``); the range of workers all of whose periods are
    replaced, if there is one; counts by action and result, codes that were found, clauses that were
    not run. A share of the employers brings such a thing too: results that changed go from one
    count to another."""

    number: int
    parts: Mapping[str, tuple[str, ...]]
    replaced: Mapping[str, str] = field(default_factory=dict)
    made: str | None = None
    first: str | None = None
    last: str | None = None
    results: Mapping[str, int] = field(default_factory=dict)
    late: int = 0
    repeated: int = 0
    created: int = 0
    changed: int = 0
    codes: Mapping[str, int] = field(default_factory=dict)
    not_run: tuple[Unjudged, ...] = ()
    seconds: Mapping[str, float] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "FoldedGroup":
        record = json.loads(text)
        record["parts"] = {name: tuple(paths) for name, paths in record["parts"].items()}
        record["not_run"] = tuple(Unjudged(**one) for one in record["not_run"])
        return cls(**record)


@dataclass(frozen=True, slots=True)
class Brought:
    """What goes from a group to a share of the employers: the group itself, once, and the files
    with what waits."""

    group: FoldedGroup | None
    held: tuple[str, ...] = ()
