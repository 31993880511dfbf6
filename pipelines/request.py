"""What an operator asks for; known without Beam."""

from dataclasses import dataclass

from schemas.quarter import Quarter


@dataclass(frozen=True)
class Request:
    """What an operator asks for. ``beam_args``: Beam's own options, passed on as they are."""

    kind: str
    quarter: Quarter
    inputs: tuple[str, ...]
    lake: str
    registry: str | None
    author: str
    beam_args: tuple[str, ...] = ()
