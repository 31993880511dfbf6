"""Questions over languages side by side: the shortest word that some admit and others do not.

The states of all languages are walked together, cheapest word first, only as far as the answer
needs.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from schemas.compare.language import NOTHING, Choice, Term

MOST_STATES = 20_000
"""How many combinations of states a question may walk through before it is given up."""


MOST_WORK = 200_000
"""How many terms it may derive: a state of a choice derives each of its options."""


class Undecided(Exception):
    """The question takes more than ``MOST_STATES`` or ``MOST_WORK``; nothing was guessed."""


Symbol = TypeVar("Symbol")
_Word = tuple[Any, Any] | None
"""A word that grows: what came before, and the last symbol."""
_FEW = 20


def _spelled(word: _Word) -> tuple[Any, ...]:
    found = []
    while word is not None:
        word, symbol = word
        found.append(symbol)
    return tuple(reversed(found))


@dataclass
class Search:
    """Questions over languages side by side. ``weigh`` says what a symbol costs in a word."""

    weigh: Callable[[object], int] = lambda _: 1
    derived: dict[tuple[Term, object], Term] = field(default_factory=dict)
    opening: dict[tuple[Term, int], list[Any]] = field(default_factory=dict)
    work: int = 0

    def shortest(
        self,
        admitting: Sequence[Term],
        refusing: Sequence[Term],
        alphabet: Sequence[Symbol],
        also: Callable[[Symbol], bool] | None = None,
    ) -> tuple[Symbol, ...] | None:
        """The cheapest word that all of ``admitting`` admit and none of ``refusing``; None if there
        is none. ``also``: some symbol of the word has to satisfy it. Raises ``Undecided``."""
        start = ((*admitting, *refusing), also is None)
        self.work = 0
        number, needed = count(), len(admitting)
        waiting: list[tuple[int, int, tuple[tuple[Term, ...], bool], _Word]] = []
        heapq.heappush(waiting, (0, next(number), start, None))
        done: set[tuple[tuple[Term, ...], bool]] = set()
        while waiting:
            cost, _, state, word = heapq.heappop(waiting)
            if state in done:
                continue
            done.add(state)
            if len(done) > MOST_STATES or self.work > MOST_WORK:
                raise Undecided
            terms, is_met = state
            if is_met and self._is_goal(terms, needed):
                return _spelled(word)
            for symbol in self._open(terms[:needed], alphabet):
                next_terms = self._all_after(terms, symbol, needed)
                if next_terms is None:
                    continue
                next_met = is_met or (also is not None and also(symbol))
                following = (next_terms, next_met)
                if following not in done:
                    price = cost + self.weigh(symbol)
                    heapq.heappush(waiting, (price, next(number), following, (word, symbol)))
        return None

    def _all_after(
        self, terms: tuple[Term, ...], symbol: object, needed: int
    ) -> tuple[Term, ...] | None:
        """What may follow a symbol in each language; None where one of the first ``needed`` does
        not admit it."""
        found: list[Term] = []
        for place, term in enumerate(terms):
            derived = self.after(term, symbol)
            if derived is NOTHING and place < needed:
                return None
            found.append(derived)
        return tuple(found)

    def _open(self, terms: Sequence[Term], alphabet: Sequence[Symbol]) -> Sequence[Symbol]:
        """The symbols that some word of the first term begins with: of hundreds only a few do."""
        if len(alphabet) < _FEW or not terms:
            return alphabet
        key = terms[0], len(alphabet)
        found = self.opening.get(key)
        if found is None:
            sets = {leaf.symbols for leaf in terms[0].firsts()}
            names = frozenset().union(*(getattr(one, "names", ()) for one in sets))
            others = [one for one in sets if not hasattr(one, "names")]
            found = [s for s in alphabet if s in names or any(s in one for one in others)]
            self.opening[key] = found
        return found

    def _is_goal(self, terms: tuple[Term, ...], needed: int) -> bool:
        admitted = all(term.nullable for term in terms[:needed])
        return admitted and not any(term.nullable for term in terms[needed:])

    def after(self, term: Term, symbol: object) -> Term:
        key = term, symbol
        found = self.derived.get(key)
        if found is None:
            self.work += len(term.options) if isinstance(term, Choice) else 1
            found = self.derived[key] = term.after(symbol)
        return found

    def words(
        self,
        admitting: Sequence[Term],
        refusing: Sequence[Term],
        alphabet: Sequence[Symbol],
        most: int,
    ) -> Iterator[tuple[Symbol, ...]]:
        """Up to ``most`` words that all of ``admitting`` admit and none of ``refusing``, cheapest
        first; each by another way through the states, so few are alike. Ends when the states do."""
        number, needed = count(), len(admitting)
        waiting: list[tuple[int, int, tuple[Term, ...], _Word]] = []
        heapq.heappush(waiting, (0, next(number), (*admitting, *refusing), None))
        visits: dict[tuple[Term, ...], int] = {}
        found = 0
        while waiting and found < most and next(number) <= MOST_STATES:
            cost, _, terms, word = heapq.heappop(waiting)
            visits[terms] = visits.get(terms, 0) + 1
            if visits[terms] > most:
                continue
            if self._is_goal(terms, needed):
                found += 1
                yield _spelled(word)
            for symbol in alphabet:
                following = tuple(self.after(term, symbol) for term in terms)
                if NOTHING not in following[:needed]:
                    price = cost + self.weigh(symbol)
                    heapq.heappush(waiting, (price, next(number), following, (word, symbol)))


def is_within(inner: Sequence[Term], outer: Term, alphabet: Sequence[object]) -> bool:
    """Whether ``outer`` admits every word that all of ``inner`` admit. Raises ``Undecided``."""
    return Search().shortest(inner, (outer,), alphabet) is None
