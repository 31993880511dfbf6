"""Types that a document may name with xsi:type in place of the one that an element declares.

They came, went or changed: told for a person to look at, since no document is written for them.
"""

from collections.abc import Callable, Iterator

from schemas.compare.change import Change
from schemas.compare.component import Complex, Element
from schemas.compare.difference import Effect, Kind
from schemas.compare.particle import local

TypeChanges = Callable[[Complex, Complex], Iterator[Change]]
_REASON = "a document may name these types with xsi:type"


def derived_changes(old: Element, new: Element, changes: TypeChanges) -> Iterator[Change]:
    """What became of the types that derive from the type of an element. ``changes``: those between
    two types."""
    before, after = _derived(old), _derived(new)
    if not before and not after:
        return
    assert isinstance(old.type, Complex)
    assert isinstance(new.type, Complex)
    own = {_what(change) for change in changes(old.type, new.type)}
    gone, come = before.keys() - after.keys(), after.keys() - before.keys()
    reader, writer = set(gone), set(come)
    for name in before.keys() & after.keys():
        found = [c for c in changes(before[name], after[name]) if _what(c) not in own]
        reader |= {name for change in found if change.reader is not Effect.KEEPS}
        writer |= {name for change in found if change.writer is not Effect.KEEPS}
    if reader or writer:
        yield Change(
            Kind.SUBSTITUTES_CHANGED,
            Effect.REVIEW if reader else Effect.KEEPS,
            Effect.REVIEW if writer else Effect.KEEPS,
            _told(reader | writer, before),
            _told(reader | writer, after),
            reason=_REASON,
        )


def _what(change: Change) -> tuple[object, ...]:
    return change.kind, change.about, change.old, change.new


def _told(names: set[str], there: dict[str, Complex]) -> str | None:
    return ", ".join(sorted(local(name) for name in names & there.keys())) or None


def _derived(element: Element) -> dict[str, Complex]:
    """The concrete complex types that derive from the named type of an element, by name."""
    if not isinstance(element.type, Complex) or element.type.name is None:
        return {}
    if element.type.name.startswith("{http://www.w3.org/2001/XMLSchema}"):
        return {}
    schema = element.schema
    types = ((name, schema.type_of(xsd)) for name, xsd in schema.derived.get(element.type.name, ()))
    return {n: t for n, t in types if isinstance(t, Complex) and not t.is_abstract}
