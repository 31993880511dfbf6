"""Tables of two releases of a message, laid side by side: what is added, gone or another."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from schemas.compare.difference import Difference, Kind, Verdict
from schemas.impact.causes import PRESENCE, VALUES, Causes
from schemas.impact.touched import Change, ColumnChange
from schemas.layout import BlockTable, Layout
from schemas.tables import Column

_Pair = tuple[BlockTable | None, BlockTable | None]


def changes(root: str, old: Layout, new: Layout, causes: Causes) -> tuple[ColumnChange, ...]:
    """Every change, table by table in the order of the new release, dropped tables last.

    ``root``: the root element, with which the paths of ``causes`` begin.
    """
    compared = (_compared(pair, _Paths(root, causes)) for pair in _paired(old, new))
    return _with_moves(list(chain.from_iterable(compared)))


@dataclass(frozen=True, slots=True)
class _Paths:
    """Where blocks and zones stand, and which differences are there."""

    root: str
    causes: Causes

    def of(self, *parts: str) -> str:
        return "/".join(("", self.root, *parts))


@dataclass(frozen=True, slots=True)
class _Held:
    """A column with the zone that it holds. ``paths``: of the zones, more than one where a key is
    made of several; ``unit``: what its numbers count."""

    column: Column
    zone: str
    unit: str | None
    paths: tuple[str, ...]
    is_key: bool = False


def _paired(old: Layout, new: Layout) -> Iterator[_Pair]:
    """Tables of one block: by path, else by name, else by a block number that both have once."""
    left = {block.path: block for block in old}
    found = {block.path: left.pop(block.path) for block in new if block.path in left}
    for key in (_name, _number):
        there = _once(left.values(), key)
        lone = _once((block for block in new if block.path not in found), key)
        for shared in there.keys() & lone.keys():
            found[lone[shared].path] = left.pop(there[shared].path)
    yield from ((found.get(block.path), block) for block in new)
    yield from ((block, None) for block in left.values())


def _name(block: BlockTable) -> str | None:
    return block.table.name


def _number(block: BlockTable) -> str | None:
    return block.table.block


def _once(
    blocks: Iterable[BlockTable], key: Callable[[BlockTable], str | None]
) -> dict[str, BlockTable]:
    """Blocks by a key that no other of them has."""
    listed = [(key(block), block) for block in blocks]
    times = Counter(name for name, _ in listed)
    return {name: block for name, block in listed if name is not None and times[name] == 1}


def _compared(pair: _Pair, paths: _Paths) -> Iterator[ColumnChange]:
    old, new = pair
    if old is not None and new is not None:
        yield from _of_table(old, new, paths)
        yield from _of_columns(old, new, paths)
    elif new is not None:
        yield from _whole(new, paths, Change.TABLE_ADDED, Change.COLUMN_ADDED)
    elif old is not None:
        yield from _whole(old, paths, Change.TABLE_DROPPED, Change.COLUMN_DROPPED)


def _whole(
    block: BlockTable, paths: _Paths, table: Change, column: Change
) -> Iterator[ColumnChange]:
    """A table that one release alone has, and the columns of its own zones."""
    path = paths.of(*block.path)
    causes = paths.causes.tell(paths.causes.above(path))
    yield ColumnChange(
        table, block.table.full_name, block=block.table.block, path=path, causes=causes
    )
    for held in _held(block, paths):
        if not held.is_key:
            yield _one_sided(column, block, held, paths)


def _of_table(old: BlockTable, new: BlockTable, paths: _Paths) -> Iterator[ColumnChange]:
    """What happens to a table as a whole."""
    path = paths.of(*new.path)
    told = ColumnChange(Change.TABLE_RENAMED, old.table.full_name, block=new.table.block, path=path)
    brought = paths.causes.tell(paths.causes.at(path)) if old.path != new.path else ()
    if old.table.full_name != new.table.full_name:
        yield replace(told, old=told.table, new=new.table.full_name, causes=brought)
    if old.path[:-1] != new.path[:-1]:
        above, below = "/".join(old.path[:-1]), "/".join(new.path[:-1])
        yield replace(told, change=Change.TABLE_MOVED, old=above, new=below, causes=brought)
    if (keys := _keys(old)) != _keys(new):
        yield replace(told, change=Change.KEYS_CHANGED, old=keys, new=_keys(new), causes=brought)
    for difference in paths.causes.at(path):
        if difference.kind in PRESENCE and difference.verdict is not Verdict.NONE:
            yield _valued(told, Change.ROWS_CHANGED, [difference], paths.causes)


def _keys(block: BlockTable) -> str:
    return ", ".join(key.column for key in block.keys)


def _of_columns(old: BlockTable, new: BlockTable, paths: _Paths) -> Iterator[ColumnChange]:
    """What happens to the columns of a table that both releases have."""
    before = {held.zone: held for held in _held(old, paths)}
    after = {held.zone: held for held in _held(new, paths)}
    gone = [held for zone, held in before.items() if zone not in after]
    come = [held for zone, held in after.items() if zone not in before]
    for one, other in _renamed(gone, come, paths.causes):
        gone.remove(one)
        come.remove(other)
        yield from _both_sided(old, new, one, other, paths)
    for held in after.values():
        if held.zone in before:
            yield from _both_sided(old, new, before[held.zone], held, paths)
    yield from (_one_sided(Change.COLUMN_ADDED, new, held, paths) for held in come)
    yield from (_one_sided(Change.COLUMN_DROPPED, old, held, paths) for held in gone)


def _held(block: BlockTable, paths: _Paths) -> Iterator[_Held]:
    columns = {column.name: column for column in block.table.columns}
    for key in block.keys:
        above = block.path[: block.path.index(key.block) + 1]
        places = tuple(paths.of(*above, zone) for zone in key.zones)
        yield _Held(columns[key.column], f"key {key.column}", None, places, is_key=True)
    for zone in block.zones:
        place = paths.of(*block.path, zone.zone)
        yield _Held(columns[zone.column], zone.zone, zone.unit.wire, (place,))


def _renamed(
    gone: Sequence[_Held], come: Sequence[_Held], causes: Causes
) -> list[tuple[_Held, _Held]]:
    """Zones that go and come under one column name or one number, or that a difference renames."""
    found = []
    for one in gone:
        for other in come:
            is_same = one.column.name == other.column.name or (
                one.column.zone is not None and one.column.zone == other.column.zone
            )
            if is_same or _says_renamed(causes, one, other):
                found.append((one, other))
                break
    taken = [other for _, other in found]
    return [pair for pair in found if taken.count(pair[1]) == 1]


def _says_renamed(causes: Causes, one: _Held, other: _Held) -> bool:
    return any(
        difference.kind is Kind.CHILD_RENAMED
        and (difference.old, difference.new) == (one.zone, other.zone)
        for difference in causes.at(one.paths[0]) + causes.at(other.paths[0])
    )


def _one_sided(change: Change, block: BlockTable, held: _Held, paths: _Paths) -> ColumnChange:
    causes = [d for path in held.paths for d in paths.causes.above(path)]
    return _change(change, block, held, paths, causes)


def _both_sided(
    old: BlockTable, new: BlockTable, one: _Held, other: _Held, paths: _Paths
) -> Iterator[ColumnChange]:
    """A column and what becomes of it."""
    here = [d for p in dict.fromkeys((*one.paths, *other.paths)) for d in paths.causes.at(p)]
    told = _change(Change.COLUMN_RENAMED, new, one, paths, ())
    told = replace(told, table=old.table.full_name)
    for change, before, after in _contrasts(one, other):
        causes = paths.causes.tell(here)
        yield replace(told, change=change, old=before, new=after, causes=causes)
    values = [d for d in here if d.kind in VALUES and _matters(d)]
    if values:
        yield _valued(told, Change.VALUES_CHANGED, values, paths.causes)
    presence = [d for d in here if d.kind in PRESENCE and d.verdict is not Verdict.NONE]
    if presence:
        yield _valued(told, Change.PRESENCE_CHANGED, presence, paths.causes)


def _contrasts(one: _Held, other: _Held) -> Iterator[tuple[Change, str | None, str | None]]:
    a, b = one.column, other.column
    if a.name != b.name:
        yield Change.COLUMN_RENAMED, a.name, b.name
    if a.rest != b.rest:
        yield Change.COLUMN_RETYPED, str(a.rest), str(b.rest)
    if a.name == b.name and one.zone != other.zone:
        yield Change.COLUMN_REDEFINED, one.zone, other.zone
    elif a.zone != b.zone:
        yield Change.COLUMN_REDEFINED, _zone(a), _zone(b)
    elif one.unit != other.unit and a.name == b.name:
        yield Change.COLUMN_REDEFINED, one.unit, other.unit


def _zone(column: Column) -> str:
    return f"zone {column.zone}" if column.zone else "no zone number"


def _matters(difference: Difference) -> bool:
    """Whether values change: the same facets may be written otherwise."""
    is_given = difference.kind in (Kind.DEFAULT_CHANGED, Kind.FIXED_CHANGED)
    return is_given or difference.verdict is not Verdict.NONE


def _valued(
    told: ColumnChange, change: Change, differences: Sequence[Difference], causes: Causes
) -> ColumnChange:
    told = replace(told, change=change, causes=causes.tell(differences))
    told = replace(told, how=tuple(dict.fromkeys(d.kind.value for d in differences)))
    if len(differences) == 1:
        (one,) = differences
        return replace(told, old=one.old, new=one.new)
    old = "; ".join(f"{d.kind} {d.old}" for d in differences if d.old is not None)
    new = "; ".join(f"{d.kind} {d.new}" for d in differences if d.new is not None)
    return replace(told, old=old or None, new=new or None)


def _change(
    change: Change,
    block: BlockTable,
    held: _Held,
    paths: _Paths,
    causes: Iterable[Difference],
) -> ColumnChange:
    return ColumnChange(
        change,
        block.table.full_name,
        held.column.name,
        block=block.table.block,
        zone=held.column.zone,
        path=held.paths[0],
        causes=paths.causes.tell(causes),
    )


def _with_moves(found: list[ColumnChange]) -> tuple[ColumnChange, ...]:
    """A zone that goes in one table and comes in another, and nowhere else, has moved."""
    gone = _alone(found, Change.COLUMN_DROPPED)
    come = _alone(found, Change.COLUMN_ADDED)
    moved = {zone: (gone[zone], come[zone]) for zone in gone.keys() & come.keys()}
    arrived = [added for _, added in moved.values()]
    left = {id(dropped): added for dropped, added in moved.values()}
    kept = (change for change in found if not any(change is added for added in arrived))
    return tuple(
        replace(
            change,
            change=Change.COLUMN_MOVED,
            old=change.name,
            new=left[id(change)].name,
            causes=tuple(dict.fromkeys((*change.causes, *left[id(change)].causes))),
        )
        if id(change) in left
        else change
        for change in kept
    )


def _alone(found: Iterable[ColumnChange], kind: Change) -> dict[tuple[str, str], ColumnChange]:
    """Changes of a kind by zone number and element, where there is one such change."""
    by_zone: dict[tuple[str, str], list[ColumnChange]] = {}
    for change in found:
        if change.change is kind and change.zone and change.path:
            by_zone.setdefault((change.zone, change.path.rpartition("/")[2]), []).append(change)
    return {zone: changes[0] for zone, changes in by_zone.items() if len(changes) == 1}
