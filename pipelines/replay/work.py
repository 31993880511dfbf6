"""What travels between the steps of a replay: small descriptions, never the data itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from pipelines.home import AtHome
from pipelines.work import Stretch
from schemas.catalogue import Catalogue
from schemas.compare.difference import Difference
from schemas.given import AnyRelease, Side
from schemas.kind import MessageKind
from schemas.kinds import message_named
from transforms.replay.tally import Tally
from transforms.replay.verdict import Bench
from warehouse.blocks import Piece
from warehouse.location import Location

TALLY_FILE = "tally.json"
"""The tally of all forms; there when there was work."""


@dataclass(frozen=True)
class ReplayJob(AtHome):
    """What a replay is: known to every worker. ``home``: its temporary folder; ``message``: name of
    the message that both schemas describe, None for any other documents."""

    run_id: str
    home: str
    old: str
    new: str
    message: str | None
    differences: tuple[Difference, ...]
    lake: Location | None = None
    registry: str | None = None

    @cached_property
    def kind(self) -> MessageKind:
        """The message, of which no form is cut: a schema may bound what repeats in it."""
        return _uncut(message_named(str(self.message)))

    @property
    def catalogue(self) -> Catalogue:
        """Files of any release are read."""
        return AnyRelease(self.kind, Path(self.old))

    @property
    def known_releases(self) -> Catalogue:
        """Those that a lake may have judged its forms by."""
        return super().catalogue

    @property
    def bench(self) -> Bench:
        """One in each process."""
        kind = None if self.message is None else self.kind
        return _bench(self.old, self.new, kind, self.differences)


@lru_cache(maxsize=2)
def _bench(
    old: str, new: str, kind: MessageKind | None, differences: tuple[Difference, ...]
) -> Bench:
    return Bench(Side(Path(old), kind), Side(Path(new), kind), differences)


@lru_cache(maxsize=16)
def _uncut(kind: MessageKind) -> MessageKind:
    from dataclasses import replace

    return replace(kind, repeated=())


@dataclass(frozen=True, slots=True)
class Portion:
    """What one worker takes at once: files (``paths``), stretches of a large one, or a piece of a
    quarter of a lake, which then had ``forms`` forms. ``number`` names its receipt."""

    number: int
    paths: tuple[str, ...] = ()
    stretches: tuple[Stretch, ...] = ()
    quarter: str = ""
    release: str = ""
    first: int = 0
    last: int = -1
    forms: int = 0

    @property
    def piece(self) -> Piece:
        return Piece(self.release, self.first, self.last, 0)


def to_json(tally: Tally) -> str:
    return json.dumps(tally.as_dict())


def from_json(text: str) -> Tally:
    told: Mapping[str, Any] = json.loads(text)
    return Tally.from_dict(told)
