"""Content models in words for a person."""

from schemas.compare.aligned import name_of
from schemas.compare.difference import Life
from schemas.compare.particle import (
    Edit,
    Edits,
    Group,
    Particle,
    symbols_of,
)


def occurrence(leaf: Particle) -> str:
    return f"{leaf.low}..{'*' if leaf.high is None else leaf.high}"


def life_of(old: Particle, new: Particle) -> Life | None:
    if old.high == 0 and new.high != 0:
        return Life.ACTIVATED
    return Life.RETIRED if new.high == 0 and old.high != 0 else None


def rendered(particle: Particle | None, edits: Edits) -> list[str]:
    """A content model in the notation of DTDs, one text for each part of its outermost group."""
    if particle is None:
        return []
    is_once = (particle.low, particle.high) == (1, 1)
    if isinstance(particle.term, Group) and is_once and particle.term.kind == "sequence":
        parts = (_rendered(part, edits) for part in particle.term.parts)
        return [part for part in parts if part]
    return [_rendered(particle, edits)]


def _rendered(particle: Particle, edits: Edits) -> str:
    low, high = particle.low, particle.high
    if not isinstance(particle.term, Group):
        edit = edits.get(particle, Edit(low, high, symbols_of(particle)))
        if edit is None or edit.high == 0:
            return ""
        text, low, high = name_of(particle), edit.low, edit.high
    else:
        parts = [text for part in particle.term.parts if (text := _rendered(part, edits))]
        sign = {"choice": " | ", "sequence": ", ", "all": " & "}[particle.term.kind]
        text = sign.join(parts)
        if len(parts) > 1:
            text = f"({text})"
    return text + _multiplied(low, high) if text else ""


def _multiplied(low: int, high: int | None) -> str:
    signs = {(1, 1): "", (0, 1): "?", (0, None): "*", (1, None): "+"}
    return signs.get((low, high), f"{{{low},{'' if high is None else high}}}")


def trimmed(old: list[str], new: list[str]) -> tuple[str, str]:
    """Both without what is the same at the beginning and at the end."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    cut = (", ".join(side[start : len(side) - end]) for side in (old, new))
    before, after = (text or "nothing" for text in cut)
    return before, after
