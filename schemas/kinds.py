"""The messages and the declaration kinds, in visible lists."""

from schemas.dimona import (
    ACRF,
    DIMONA,
    IDFLUX,
    NOTIFICATION,
    PERSONNEL_FILE_ANSWER,
    PERSONNEL_FILE_REQUEST,
)
from schemas.dmfa import DMFA
from schemas.kind import Kind, MessageKind

KINDS: tuple[Kind, ...] = (DMFA,)
"""Declarations that runs take in."""

MESSAGES: tuple[MessageKind, ...] = (
    *KINDS,
    DIMONA,
    ACRF,
    NOTIFICATION,
    IDFLUX,
    PERSONNEL_FILE_REQUEST,
    PERSONNEL_FILE_ANSWER,
)
"""Everything that there are releases of."""


def kind_named(name: str) -> Kind:
    """The kind with this name; ``LookupError`` lists those that exist."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    there = ", ".join(kind.name for kind in KINDS)
    if any(message.name == name for message in MESSAGES):
        raise LookupError(f"no run takes {name} in, only its schemas are known: runs take {there}")
    raise LookupError(f"no declaration kind {name!r}: there is {there}")


def message_named(name: str) -> MessageKind:
    """The message with this name; ``LookupError`` lists those that exist."""
    for message in MESSAGES:
        if message.name == name:
            return message
    raise LookupError(f"no message {name!r}: there is {', '.join(m.name for m in MESSAGES)}")
