"""Which institutions receive the blocks and zones in which something changes."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from schemas.impact.touched import ColumnChange, TouchedRecipient
from schemas.institutions import Institutions, Profile, institutions
from schemas.layout import Layout

Around = Mapping[str, tuple[str, ...]]
"""By table, the numbers of the blocks around its block, the nearest first."""


def around(*layouts: Layout) -> Around:
    """The blocks around the block of each table of some releases."""
    found: dict[str, tuple[str, ...]] = {}
    for layout in layouts:
        for block in layout:
            above, parent = [], block.parent
            while parent is not None:
                above.append(layout[parent].table.block or "")
                parent = layout[parent].parent
            found[block.table.full_name] = tuple(above)
    return found


def recipients(
    message: str,
    changes: Sequence[ColumnChange],
    blocks: Around,
    known: Institutions | None = None,
) -> tuple[TouchedRecipient, ...]:
    """The profiles that receive what changes, with what it is.

    A block that no group names goes with the nearest block around it that one names, and is told
    as inherited: whether it goes along is not known.
    """
    asked = known or institutions()
    placed = list(_placed(message, changes, blocks, asked))
    found = (_touched(message, profile, placed) for profile in asked.profiles)
    return tuple(touched for touched in found if touched is not None)


def alone(
    recipients: Iterable[TouchedRecipient], changes: Iterable[ColumnChange]
) -> tuple[str, ...]:
    """Blocks in which something changes and that no profile is known to receive, but for those
    that see everything."""
    asked = institutions()
    every = {p.name for p in asked.profiles if any(group.is_everything for group in p.blocks)}
    received = {
        change.block
        for recipient in recipients
        if recipient.profile not in every
        for change in recipient.changes
        if change.block not in recipient.inherited
    }
    return tuple(dict.fromkeys(c.block for c in changes if c.block and c.block not in received))


def _placed(
    message: str, changes: Iterable[ColumnChange], blocks: Around, asked: Institutions
) -> Iterator[tuple[ColumnChange, str]]:
    """Each change with the block whose recipients are asked for: its own, or the nearest around it
    that a group names; its own again where there is none."""
    for change in changes:
        if change.block is not None:
            ways = (change.block, *blocks.get(change.table, ()))
            named = (block for block in ways if asked.names(message, block))
            yield change, next(named, change.block)


def _touched(
    message: str, profile: Profile, placed: Iterable[tuple[ColumnChange, str]]
) -> TouchedRecipient | None:
    received: list[ColumnChange] = []
    inherited: set[str] = set()
    certain = True
    for change, block in placed:
        is_own = block == change.block
        through = profile.groups_of(message, block, change.zone if is_own else None)
        if not through:
            continue
        received.append(change)
        certain = certain and all(group.certainty == "official" for group in through)
        if change.block and not is_own and not any(group.is_everything for group in through):
            inherited.add(change.block)
    if not received:
        return None
    return TouchedRecipient(
        profile.name,
        profile.institution,
        profile.purpose,
        profile.certainty if certain and not inherited else "derived",
        profile.source,
        tuple(received),
        tuple(sorted(inherited)),
    )
