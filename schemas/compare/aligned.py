"""Two content models side by side: which child of one is which of the other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from schemas.compare.change import Change
from schemas.compare.component import Element
from schemas.compare.particle import (
    Group,
    Names,
    Particle,
    Wildcard,
    local,
    symbols_of,
)

_Pairs = list[tuple[Particle, Particle]]


def leaves_of(content: Particle | None) -> tuple[Particle, ...]:
    return () if content is None else content.leaves


def is_any(leaf: Particle) -> bool:
    return isinstance(leaf.term, Wildcard)


def _key(leaf: Particle) -> str:
    return leaf.term.name if isinstance(leaf.term, Element) else "any"


def name_of(leaf: Particle) -> str:
    if isinstance(leaf.term, Element):
        others = sorted(local(name) for name in leaf.term.substitutes)
        own = local(leaf.term.name)
        return own if others == [own] else f"{own} ({', '.join(others)})"
    return f"any ({leaf.term})"


def told(change: Change, before: str, after: str, old: Particle, new: Particle) -> Change:
    return replace(change, old=before, new=after, old_node=old.node, new_node=new.node)


def aligned(
    old: Sequence[Particle], new: Sequence[Particle]
) -> tuple[_Pairs, list[Particle], list[Particle]]:
    """Children in both, in the order of both; those of the old side only, of the new side only."""
    matcher = SequenceMatcher(None, list(map(_key, old)), list(map(_key, new)), autojunk=False)
    pairs: _Pairs = []
    gone: list[Particle] = []
    come: list[Particle] = []
    for what, from_old, to_old, from_new, to_new in matcher.get_opcodes():
        if what == "equal":
            pairs += zip(old[from_old:to_old], new[from_new:to_new], strict=True)
        else:
            gone += old[from_old:to_old]
            come += new[from_new:to_new]
    return pairs, gone, come


def matched_by_name(gone: Sequence[Particle], come: Sequence[Particle]) -> _Pairs:
    """Children of one name that went at one place and came at another."""
    return _matched(gone, come, _key)


def matched_by_number(gone: Sequence[Particle], come: Sequence[Particle]) -> _Pairs:
    """Children of one number that went under one name and came under another."""
    return _matched(gone, come, _number)


def _number(leaf: Particle) -> str | None:
    return leaf.term.number if isinstance(leaf.term, Element) else None


def _matched(
    gone: Sequence[Particle], come: Sequence[Particle], key: Callable[[Particle], str | None]
) -> _Pairs:
    left = list(come)
    found: _Pairs = []
    for old in gone:
        wanted = key(old)
        new = next((one for one in left if wanted is not None and key(one) == wanted), None)
        if new is not None:
            left.remove(new)
            found.append((old, new))
    return found


def reserved_in(leaves: Sequence[Particle]) -> list[tuple[str, int, int | None]]:
    return [(_key(leaf), leaf.low, leaf.high) for leaf in leaves if leaf.high == 0]


def repeating_in(particle: Particle, is_inside: bool) -> Iterator[str]:
    """Names of the elements that stand in a group that repeats."""
    if isinstance(particle.term, Group):
        inside = is_inside or particle.high not in (0, 1)
        for part in particle.term.parts:
            yield from repeating_in(part, inside)
    elif isinstance(particle.term, Element) and is_inside:
        yield from particle.term.substitutes


def admitted_globals(leaf: Particle) -> frozenset[str]:
    """Global elements that a wildcard admits as its schema declares them."""
    wildcard = leaf.term
    if not isinstance(wildcard, Wildcard) or wildcard.processing == "skip" or leaf.high == 0:
        return frozenset()
    return wildcard.known


def is_all(content: Particle | None) -> bool:
    """Whether a content model is an xs:all of elements that nothing substitutes."""
    if content is None or not isinstance(content.term, Group) or content.term.kind != "all":
        return False
    return all(
        isinstance(s := symbols_of(leaf), Names) and len(s.names) == 1 for leaf in content.leaves
    )
