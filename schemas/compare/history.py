"""What is in use again, and what is in use at last: older schemas tell."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from schemas.compare.component import Schema
from schemas.compare.difference import Comparison, Difference, Life
from schemas.compare.particle import local
from schemas.compare.ways import reachable


def with_history(comparison: Comparison, earlier: Iterable[Path]) -> Comparison:
    """A comparison whose activated children are reactivated where one of ``earlier`` had them in
    use: older schemas, newest first, of which no more are read than it takes. ``SchemaError`` for a
    defective one."""
    left = [one for one in comparison.differences if one.life is Life.ACTIVATED]
    back: set[str] = set()
    for path in earlier if left else ():
        children = _children(Schema(path, is_checked=True))
        back.update(one.id for one in left if _key(one) in children)
        left = [one for one in left if one.id not in back]
        if not left:
            break
    told = (
        replace(one, life=Life.REACTIVATED) if one.id in back else one
        for one in comparison.differences
    )
    return replace(comparison, differences=tuple(told))


def _key(difference: Difference) -> tuple[str | None, str]:
    return difference.parent, difference.about.partition(" ")[0]


def _children(schema: Schema) -> set[tuple[str | None, str]]:
    """(parent, child) of every child that documents can have, by local names."""
    return {
        (local(element.name), local(name))
        for element in reachable(schema, schema.tops)
        for name in element.children
    }
