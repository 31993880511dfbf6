"""The declaration kinds, in one visible list."""

from schemas.dmfa import DMFA
from schemas.kind import Kind

KINDS: tuple[Kind, ...] = (DMFA,)


def kind_named(name: str) -> Kind:
    """The kind with this name; ``LookupError`` lists those that exist."""
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise LookupError(f"no declaration kind {name!r}: there is {', '.join(k.name for k in KINDS)}")
