"""Large counts, put closer together in their order: ten million states are too many to walk.

Only where that decides nothing: the child that occurs so often stands in one place of each content
model, which does not repeat. Then its number in a document has to keep to one lower and one upper
bound of each side, and of bounds only the order counts. Elsewhere numbers add up
(``(a, a?){1,200}`` against ``a{1,400}``) and stay what they are.
"""

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Sequence

from schemas.compare.language import (
    Choice,
    Interleaved,
    Leaf,
    Pair,
    Repeat,
    Term,
    choice,
    interleaved,
    repeat,
    sequence,
)

LARGE = 100
"""Counts from here on are put closer together."""


class Scale:
    """How the counts of several content models are put closer together, and back."""

    def __init__(self, terms: Sequence[Term], repeating: Collection[str] = ()) -> None:
        """``repeating``: names of the children that stand in what repeats, as it is written."""
        found = [place for term in terms for place in _places(term, False)]
        large = {leaf.symbols for leaf, counts, _ in found if max(counts) > LARGE}
        counts = {count for _, counts, _ in found for count in counts}
        is_safe = not any(name in one for one in large for name in repeating)
        is_safe = (
            is_safe
            and not any(_has_large_group(term) for term in terms)
            and all(
                _is_apart(symbols, list(_places(term, False)))
                for term in terms
                for symbols in large
            )
        )
        self.thresholds = sorted(count for count in counts if count > LARGE) if is_safe else []

    def __call__(self, term: Term) -> Term:
        return _scaled(term, self._of) if self.thresholds else term

    def _of(self, count: int) -> int:
        if count <= LARGE:
            return count
        at = bisect_left(self.thresholds, count)
        is_known = self.thresholds[at : at + 1] == [count]
        return LARGE + 2 * (at + 1) - (0 if is_known else 1)

    def back(self, count: int) -> int:
        """The real count that a count of a scaled word stands for."""
        if count <= LARGE or not self.thresholds:
            return count
        index, beyond = divmod(count - LARGE, 2)
        return self.thresholds[index - 1] + beyond if index else LARGE + beyond


_Place = tuple[Leaf, tuple[int, ...], bool]
"""A leaf, how often it occurs at least and at most, and whether it stands in what repeats."""


def _places(term: Term, is_inside: bool) -> Iterator[_Place]:
    if isinstance(term, Leaf):
        yield term, (1,), is_inside
    elif isinstance(term, Repeat):
        if isinstance(term.body, Leaf):
            counts = (term.low,) if term.high is None else (term.low, term.high)
            yield term.body, counts, is_inside
        else:
            yield from _places(term.body, is_inside or term.high != 1)
    else:
        for part in _parts(term):
            yield from _places(part, is_inside)


def _parts(term: Term) -> Iterator[Term]:
    while isinstance(term, Pair):
        yield term.first
        term = term.rest
    if isinstance(term, Choice):
        yield from term.options
    elif isinstance(term, Interleaved):
        yield from term.parts
    elif isinstance(term, Leaf | Repeat):
        yield term


def _has_large_group(term: Term) -> bool:
    if isinstance(term, Repeat):
        is_large = not isinstance(term.body, Leaf) and max(term.low, term.high or 0) > LARGE
        return is_large or _has_large_group(term.body)
    return not isinstance(term, Leaf) and any(map(_has_large_group, _parts(term)))


def _is_apart(symbols: object, places: list[_Place]) -> bool:
    """Whether what occurs so often stands in one place only, and that does not repeat."""
    names = getattr(symbols, "names", None)
    if names is None:
        return False
    found = [place for place in places if any(name in place[0].symbols for name in names)]
    return all(leaf.symbols == symbols and not inside for leaf, _, inside in found) and (
        len(found) <= 1
    )


def _scaled(term: Term, of: Callable[[int], int]) -> Term:
    if isinstance(term, Repeat):
        high = None if term.high is None else of(term.high)
        return repeat(_scaled(term.body, of), of(term.low), high)
    if isinstance(term, Pair):
        return sequence([_scaled(part, of) for part in _parts(term)])
    if isinstance(term, Choice):
        return choice(_scaled(part, of) for part in term.options)
    if isinstance(term, Interleaved):
        return interleaved(_scaled(part, of) for part in term.parts)
    return term
