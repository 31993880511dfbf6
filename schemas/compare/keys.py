"""What changed in keys and references, and documents that would show it.

Whether documents break depends on what they say, which no content model tells: a key that is new is
left to a person, unless a document is found that has the same key twice, or refers to nothing.
"""

from collections import deque
from collections.abc import Iterator, Sequence

from schemas.compare.change import Change, Recipe, Wanted
from schemas.compare.component import Complex, Element, Key
from schemas.compare.difference import Effect, Kind
from schemas.compare.document import containing
from schemas.compare.particle import language_of, local
from schemas.compare.search import Search, Undecided

_REASON = "whether documents repeat a key, or lack one, their content decides"


def key_changes(old: Element, new: Element) -> Iterator[Change]:
    """The changes of the identity constraints of an element, by their names; a name alone says
    nothing of documents."""
    same = {str(key) for key in old.keys} & {str(key) for key in new.keys}
    before, after = (
        {key.name: key for key in element.keys if str(key) not in same} for element in (old, new)
    )
    for name in sorted(before.keys() | after.keys()):
        one, other = before.get(name), after.get(name)
        if one == other:
            continue
        kind = Kind.KEY_CHANGED
        if one is None or other is None:
            kind = Kind.KEY_ADDED if one is None else Kind.KEY_REMOVED
        yield Change(
            kind,
            Effect.KEEPS if other is None else Effect.REVIEW,
            Effect.KEEPS if one is None else Effect.REVIEW,
            None if one is None else str(one),
            None if other is None else str(other),
            reason=_REASON,
            reader_recipe=None if other is None else _against(old, other),
            writer_recipe=None if one is None else _against(new, one),
        )


def _against(element: Element, key: Key) -> Recipe | None:
    """Content that a key does not admit: the same twice, or what refers to nothing."""
    for selector in key.selector.split("|"):
        way = _way(element, selector)
        if way:
            inside = _fields(way[-1], key.fields)
            times = 1 if key.kind == "keyref" else 2
            wanted = _planted(element, way, inside, times)
            if wanted is not None:
                return Recipe(wanted=wanted)
    return None


def _way(element: Element, selector: str) -> list[Element]:
    """The elements below that a selector leads over; empty for one that is not understood."""
    steps = selector.strip()
    if steps.startswith(".//"):
        return _downwards(element, steps[3:].strip())
    found: list[Element] = []
    at = element
    for step in steps.split("/"):
        if step.strip() == ".":
            continue
        child = _named(at, step)
        if child is None:
            return []
        found.append(child)
        at = child
    return found


def _downwards(element: Element, name: str) -> list[Element]:
    """The shortest way down to an element of that name."""
    pending: deque[list[Element]] = deque([[element]])
    seen = {element}
    while pending:
        way = pending.popleft()
        child = _named(way[-1], name)
        if child is not None:
            return [*way[1:], child]
        for lower in way[-1].children.values():
            if lower not in seen:
                seen.add(lower)
                pending.append([*way, lower])
    return []


def _named(element: Element, step: str) -> Element | None:
    """The child that a step names, whatever its prefix."""
    name = step.strip().removeprefix("child::").rpartition(":")[2]
    return next((child for n, child in element.children.items() if local(n) == name), None)


def _fields(element: Element, fields: Sequence[str]) -> Wanted:
    """The fields of a key inside of the element that is selected."""
    children: dict[str, Wanted] = {}
    attributes: set[str] = set()
    own = element.type.attributes if isinstance(element.type, Complex) else {}
    for field in fields:
        name = field.strip().removeprefix("attribute::").removeprefix("@").rpartition(":")[2]
        if "@" in field or "attribute::" in field:
            attributes.update(one for one in own if local(one) == name)
        elif (child := _named(element, field)) is not None:
            children[child.name] = Wanted()
    return Wanted(1, children, frozenset(attributes))


def _planted(element: Element, way: Sequence[Element], inside: Wanted, times: int) -> Wanted | None:
    """What is wanted in an element so that the end of a way is there so often; the lowest step that
    can be repeated is."""
    above = [element, *way[:-1]]
    wanted = inside
    left = times
    for parent, child in zip(reversed(above), reversed(way), strict=True):
        count = left if left > 1 and _admits(parent, child.name, left) else 1
        left = 1 if count > 1 else left
        wanted = Wanted(
            1, {child.name: Wanted(count, wanted.children, wanted.attributes)}, frozenset()
        )
    return wanted if left == 1 else None


def _admits(element: Element, name: str, times: int) -> bool:
    names = tuple(element.children)
    asked = language_of(element.content), containing(name, times, names)
    try:
        return Search().shortest(asked, (), names) is not None
    except Undecided:
        return False
