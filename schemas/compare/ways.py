"""Which elements stand on both sides, and on which ways documents lead to them."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from schemas.compare.component import Element, Schema
from schemas.compare.particle import local

PLACES = 50
"""How many places of one difference are told, at most."""

Pair = tuple[Element, Element]
"""An element of the old schema and the one of the new schema that stands at the same place."""
Chain = tuple[Pair, ...]
"""The way to a pair from a root."""


def below(pair: Pair) -> Iterator[Pair]:
    """The children of both sides: those of one name, and those that were renamed, which is to say
    of one number under names that the other side does not have."""
    old, new = (element.children for element in pair)
    come = {child.number: child for name, child in new.items() if name not in old}
    for name, child in old.items():
        if name in new:
            yield child, new[name]
        elif child.number is not None and child.number in come:
            yield child, come[child.number]


def reached(roots: Sequence[Pair]) -> list[Pair]:
    """Every pair that documents reach, in document order."""
    order: dict[Pair, None] = {}
    pending = list(reversed(roots))
    while pending:
        pair = pending.pop()
        if pair not in order:
            order[pair] = None
            pending.extend(reversed(list(below(pair))))
    return list(order)


def chains(
    roots: Sequence[Pair], pairs: Sequence[Pair], is_asked: Callable[[Pair], bool]
) -> Mapping[Pair, Sequence[Chain]]:
    """The ways from the roots to the pairs that are asked for, shortest first, one more than
    ``PLACES`` at most. What leads to none of them is left out, so that a large schema that changed
    little is walked little."""
    leading = _leading(pairs, is_asked)
    found: dict[Pair, list[Chain]] = {}
    level: list[Chain] = [(root,) for root in roots if root in leading]
    while level:
        following: list[Chain] = []
        for chain in level:
            ways = found.setdefault(chain[-1], [])
            if len(ways) <= PLACES:
                ways.append(chain)
                lower = (pair for pair in below(chain[-1]) if pair in leading)
                following.extend((*chain, pair) for pair in lower if pair not in chain)
        level = following
    return found


def _leading(pairs: Sequence[Pair], is_asked: Callable[[Pair], bool]) -> set[Pair]:
    """Pairs that are asked for, and those that contain one."""
    above: dict[Pair, list[Pair]] = {}
    for pair in pairs:
        for lower in below(pair):
            above.setdefault(lower, []).append(pair)
    leading = set(filter(is_asked, pairs))
    pending = list(leading)
    while pending:
        for pair in above.get(pending.pop(), ()):
            if pair not in leading:
                leading.add(pair)
                pending.append(pair)
    return leading


def path_of(chain: Sequence[Pair]) -> str:
    return "".join(f"/{local(new.name)}" for _, new in chain)


# --- one side alone -------------------------------------------------------------------------------


def within(schema: Schema, roots: Sequence[str]) -> Iterator[tuple[Element, ...]]:
    """The shortest way to every element that documents contain, each once."""
    tops = (schema.globals[name] for name in roots if name in schema.globals)
    level: list[tuple[Element, ...]] = [(top,) for top in tops]
    seen = {path[-1] for path in level}
    while level:
        following: list[tuple[Element, ...]] = []
        for path in level:
            yield path
            for child in path[-1].children.values():
                if child not in seen:
                    seen.add(child)
                    following.append((*path, child))
        level = following


def reachable(schema: Schema, roots: Sequence[str]) -> set[Element]:
    """Every element that documents contain."""
    return {path[-1] for path in within(schema, roots)}
