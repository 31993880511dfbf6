"""Is every value of one simple type a value of another? Values that show it is not.

An answer is given only where it is proved: by the facets and the languages of both types, or by a
text that one admits and the other does not. Everything else is for a person to look at.
"""

from dataclasses import dataclass
from functools import cache

from schemas.compare.candidates import candidates
from schemas.compare.difference import Effect
from schemas.compare.inclusion import implies
from schemas.compare.search import Undecided
from schemas.compare.simple import Simple


@dataclass(frozen=True)
class Decision:
    """Whether documents break, the text that shows it, or why it is not decided."""

    effect: Effect
    text: str | None = None
    reason: str | None = None


_KEEPS = Decision(Effect.KEEPS)


@cache
def decide(inner: Simple, outer: Simple) -> Decision:
    """Whether ``outer`` admits every text that ``inner`` admits."""
    try:
        if implies(inner, outer):
            return _KEEPS
    except Undecided:
        pass
    for text in candidates(inner, outer):
        if shows(inner, outer, text):
            return Decision(Effect.BREAKS, text)
    reason = "neither proved that every value stays valid, nor found one that does not"
    if outer.base in _BY_DOCUMENT and inner.base != outer.base:
        reason = f"whether a text can be an {outer.base}, the rest of the document decides"
    return Decision(Effect.REVIEW, reason=reason)


_BY_DOCUMENT = frozenset(("ID", "IDREF", "ENTITY"))


def shows(inner: Simple, outer: Simple, text: str) -> bool:
    """Whether a text is one that ``inner`` admits and ``outer`` does not."""
    return inner.accepts(text) and not outer.accepts(text) and outer.can_judge(text)
