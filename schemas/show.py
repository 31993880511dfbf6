"""A release as text: blocks, zones, how often they occur, in what unit."""

from collections.abc import Iterator

from schemas.catalogue import Release
from schemas.kind import MessageKind, block_titles, zone_facts
from schemas.model import Block, Group, Zone

_STEP = "  "


def render(release: Release) -> Iterator[str]:
    """Lines in document order; a choice says so, and its branches are set in."""
    yield f"{release.kind.title}, release {release.label}"
    yield from _block(release.message, release.kind, 0)


def _block(block: Block, kind: MessageKind, depth: int) -> Iterator[str]:
    title = block_titles(kind).get(block.number or "", "")
    yield (
        f"{_STEP * depth}[{block.number or 'no number'}] {block.name} "
        f"{_occurrence(block.min_occurs, block.max_occurs)}{'  ' + title if title else ''}"
    )
    yield from _group(block.content, kind, depth + 1)


def _group(group: Group, kind: MessageKind, depth: int) -> Iterator[str]:
    is_choice = group.kind == "choice"
    if group.kind == "any":
        yield f"{_STEP * depth}any element {_occurrence(group.min_occurs, group.max_occurs)}"
        return
    if is_choice:
        yield f"{_STEP * depth}one of {_occurrence(group.min_occurs, group.max_occurs)}"
        depth += 1
    elif (group.min_occurs, group.max_occurs) != (1, 1):
        yield f"{_STEP * depth}together {_occurrence(group.min_occurs, group.max_occurs)}"
        depth += 1
    for particle in group.content:
        if isinstance(particle, Zone):
            yield f"{_STEP * depth}{_zone(particle, kind)}"
        elif isinstance(particle, Block):
            yield from _block(particle, kind, depth)
        else:
            if is_choice and particle.kind == "sequence":
                yield f"{_STEP * depth}branch"
                yield from _group(particle, kind, depth + 1)
            else:
                yield from _group(particle, kind, depth)


def _zone(zone: Zone, kind: MessageKind) -> str:
    fact = zone_facts(kind).get(zone.number or "")
    unit = fact.unit if fact else "unit unknown"
    doubt = "" if fact is None or fact.certain else " (inferred)"
    title = f"  {fact.title}" if fact else ""
    number = zone.number or "no number"
    occurs = _occurrence(zone.min_occurs, zone.max_occurs)
    return f"{number} {zone.name} {occurs} {unit}{doubt}{title}"


def _occurrence(low: int, high: int | None) -> str:
    return str(low) if low == high else f"{low}..{'*' if high is None else high}"
