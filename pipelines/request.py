"""What an operator asks for; known without Beam."""

from dataclasses import dataclass

from schemas.quarter import Quarter
from warehouse.location import Location


class OptionError(ValueError):
    """An option for Beam that neither Beam nor the runner knows."""


@dataclass(frozen=True)
class Request:
    """What an operator asks for. ``reference``: folder of reference tables; ``tolerance``: cents
    that an amount may differ before its anomaly is told. ``beam_args``: Beam's own options, passed
    on as they are."""

    kind: str
    quarter: Quarter
    inputs: tuple[str, ...]
    lake: str | Location
    registry: str | None
    author: str
    reference: str | None = None
    tolerance: int = 0
    beam_args: tuple[str, ...] = ()


@dataclass(frozen=True)
class RegisterRequest:
    """What an operator asks for. ``reception``: one of
    ``pipelines.register.work.RECEPTIONS``. ``beam_args``: Beam's
    own options, passed on as they are."""

    inputs: tuple[str, ...]
    lake: Location
    registry: str | None
    author: str
    reception: str
    beam_args: tuple[str, ...] = ()
