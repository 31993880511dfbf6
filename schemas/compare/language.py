"""Regular languages: is all that one admits admitted by another, and if not, what is the shortest
word that is not?

Content models and patterns are both regular expressions, over names of elements and over
characters; one small engine decides both. A language is a term, its state after a symbol is the
term's derivative (Brzozowski 1964), and questions over several languages walk their states side by
side, shortest word first, only as far as the answer needs. Libraries were tried first: they build
whole automata, which for ``.{0,255}`` against ``.{0,200}`` takes a quarter of a minute; here it is
a few milliseconds.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import Protocol


class Symbols(Protocol):
    """A set of symbols, hashable: the names or the characters that may stand at one place."""

    def __contains__(self, symbol: object) -> bool: ...

    def __hash__(self) -> int: ...


class Term:
    """A regular expression. ``nullable``: whether it admits the empty word. ``shape``: the same for
    terms that differ only in how often something repeats."""

    __slots__ = ("hashed", "key", "nullable", "shape")

    def __init__(self, key: Hashable, nullable: bool, shape: Hashable = None) -> None:
        self.key = key
        self.hashed = hash((type(self).__name__, key))
        self.shape = self.hashed if shape is None else hash(shape)
        self.nullable = nullable

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Term) or type(self) is not type(other):
            return False
        return self.hashed == other.hashed and self.key == other.key

    def after(self, symbol: object) -> "Term":
        """What may follow a symbol: the derivative."""
        raise NotImplementedError

    def leaves(self) -> "Iterator[Leaf]":
        """Its leaves from left to right."""
        raise NotImplementedError

    def firsts(self) -> "Iterator[Leaf]":
        """The leaves that a word may begin with."""
        return self.leaves()


class _Constant(Term):
    def after(self, symbol: object) -> Term:
        return NOTHING

    def leaves(self) -> "Iterator[Leaf]":
        return iter(())


NOTHING = _Constant("nothing", False)
"""Admits no word at all."""
EMPTY = _Constant("empty", True)
"""Admits the empty word only."""


class Leaf(Term):
    """One symbol out of a set."""

    __slots__ = ("symbols",)

    def __init__(self, symbols: Symbols) -> None:
        super().__init__(symbols, False)
        self.symbols = symbols

    def after(self, symbol: object) -> Term:
        return EMPTY if symbol in self.symbols else NOTHING

    def leaves(self) -> "Iterator[Leaf]":
        yield self


class Pair(Term):
    """``first``, then ``rest``."""

    __slots__ = ("first", "rest")

    def __init__(self, first: Term, rest: Term) -> None:
        shape = first.shape, rest.shape
        super().__init__((first, rest), first.nullable and rest.nullable, shape)
        self.first = first
        self.rest = rest

    def __hash__(self) -> int:
        return self.hashed

    def __eq__(self, other: object) -> bool:
        one: object = self
        while isinstance(one, Pair) and isinstance(other, Pair):  # not by recursion either
            if one is other:
                return True
            if one.hashed != other.hashed or one.first != other.first:
                return False
            one, other = one.rest, other.rest
        return not isinstance(one, Pair) and not isinstance(other, Pair) and one == other

    def after(self, symbol: object) -> Term:
        found: list[Term] = []
        at: Term = self
        while isinstance(at, Pair):  # not by recursion: a sequence may be long
            derived = at.first.after(symbol)
            if derived is not NOTHING:
                found.append(_followed(derived, at.rest))
            if not at.first.nullable:
                return choice(found)
            at = at.rest
        return choice((*found, at.after(symbol)))

    def leaves(self) -> Iterator[Leaf]:
        at: Term = self
        while isinstance(at, Pair):
            yield from at.first.leaves()
            at = at.rest
        yield from at.leaves()

    def firsts(self) -> Iterator[Leaf]:
        at: Term = self
        while isinstance(at, Pair):
            yield from at.first.firsts()
            if not at.first.nullable:
                return
            at = at.rest
        yield from at.firsts()


class Choice(Term):
    __slots__ = ("options",)

    def __init__(self, options: frozenset[Term]) -> None:
        super().__init__(options, any(option.nullable for option in options))
        self.options = options

    def after(self, symbol: object) -> Term:
        return choice(option.after(symbol) for option in self.options)

    def leaves(self) -> Iterator[Leaf]:
        for option in self.options:
            yield from option.leaves()

    def firsts(self) -> Iterator[Leaf]:
        for option in self.options:
            yield from option.firsts()


class Repeat(Term):
    __slots__ = ("body", "high", "low")

    def __init__(self, body: Term, low: int, high: int | None) -> None:
        super().__init__((body, low, high), low == 0 or body.nullable, ("repeat", body.hashed))
        self.body = body
        self.low = low
        self.high = high

    def after(self, symbol: object) -> Term:
        derived = self.body.after(symbol)
        if derived is NOTHING:
            return NOTHING
        left = None if self.high is None else self.high - 1
        return _followed(derived, repeat(self.body, max(0, self.low - 1), left))

    def leaves(self) -> Iterator[Leaf]:
        yield from self.body.leaves()

    def firsts(self) -> Iterator[Leaf]:
        yield from self.body.firsts()


class Interleaved(Term):
    """Every part once, in any order (``xs:all``)."""

    __slots__ = ("parts",)

    def __init__(self, parts: tuple[Term, ...]) -> None:
        super().__init__(parts, all(part.nullable for part in parts))
        self.parts = parts

    def after(self, symbol: object) -> Term:
        return choice(
            _followed(derived, interleaved(self.parts[:at] + self.parts[at + 1 :]))
            for at, part in enumerate(self.parts)
            if (derived := part.after(symbol)) is not NOTHING
        )

    def leaves(self) -> Iterator[Leaf]:
        for part in self.parts:
            yield from part.leaves()

    def firsts(self) -> Iterator[Leaf]:
        for part in self.parts:
            yield from part.firsts()


def sequence(terms: Sequence[Term]) -> Term:
    """One term after the other."""
    whole: Term = EMPTY
    for term in reversed(terms):
        whole = _joined(term, whole)
    return whole


def _joined(term: Term, rest: Term) -> Term:
    if term is NOTHING or rest is NOTHING:
        return NOTHING
    if term is EMPTY or rest is EMPTY:
        return rest if term is EMPTY else term
    firsts = []
    while isinstance(term, Pair):  # pairs hang to the right, so that equal sequences are equal
        firsts.append(term.first)
        term = term.rest
    whole = Pair(term, rest)
    for first in reversed(firsts):
        whole = Pair(first, whole)
    return whole


def _followed(derived: Term, rest: Term) -> Term:
    """A derivative and what comes after it. The options of a choice are each followed by it, so
    that states are flat sets of sequences: there are few of those (Antimirov 1996)."""
    if isinstance(derived, Choice) and rest is not EMPTY:
        return choice(_joined(option, rest) for option in derived.options)
    return _joined(derived, rest)


def choice(terms: Iterable[Term]) -> Term:
    """One of several terms; of none, nothing."""
    options: set[Term] = set()
    for term in terms:
        if isinstance(term, Choice):
            options |= term.options
        elif term is not NOTHING:
            options.add(term)
    if len(options) > 1 and any(o is not EMPTY and o.nullable for o in options):
        options.discard(EMPTY)
    if len(options) > 1:
        options = _without_smaller(options)
    if len(options) == 1:
        return options.pop()
    return Choice(frozenset(options)) if options else NOTHING


def _without_smaller(options: set[Term]) -> set[Term]:
    """Options without those that are another one with less freedom to repeat: what repeats and may
    be empty would be at every count at once."""
    alike: dict[int, list[Term]] = {}
    for option in options:
        alike.setdefault(option.shape, []).append(option)
    if len(alike) == len(options):
        return options
    found: set[Term] = set()
    for group in alike.values():
        found.update(one for one in group if not any(_is_smaller(one, two) for two in group))
    return found


def _is_smaller(one: Term, other: Term) -> bool:
    """Whether both differ in how often something repeats only, and ``one`` is never the freer."""
    if one == other:
        return False
    while isinstance(one, Pair) and isinstance(other, Pair):
        if not _is_less_free(one.first, other.first):
            return False
        one, other = one.rest, other.rest
    return _is_less_free(one, other)


def _is_less_free(one: Term, other: Term) -> bool:
    if not (isinstance(one, Repeat) and isinstance(other, Repeat)) or one.body != other.body:
        return one == other
    return one.low >= other.low and (
        other.high is None or (one.high is not None and one.high <= other.high)
    )


def repeat(term: Term, low: int, high: int | None) -> Term:
    """A term ``low`` to ``high`` times; ``high`` None is without bound."""
    if high == 0 or term is EMPTY:
        return EMPTY
    if term is NOTHING:
        return EMPTY if low == 0 else NOTHING
    if (low, high) == (1, 1):
        return term
    if isinstance(term, Repeat) and _is_without_gaps(term, low, high):
        most = None if high is None or term.high is None else term.high * high
        return repeat(term.body, term.low * low, most)
    return Repeat(term, 0 if term.nullable else low, high)


def _is_without_gaps(term: Repeat, low: int, high: int | None) -> bool:
    """Whether ``low`` to ``high`` times a repetition is one repetition, with every count between:
    k times and k + 1 times meet for the least k."""
    if low == high or term.low <= 1:
        return True
    return low > 0 and (term.high is None or term.low <= low * (term.high - term.low) + 1)


def interleaved(terms: Iterable[Term]) -> Term:
    """Every term once, in any order."""
    found = (term for term in terms if term is not EMPTY)
    parts = tuple(sorted(found, key=lambda term: term.hashed))  # in one order, each as often
    if NOTHING in parts:
        return NOTHING
    if len(parts) == 1:
        return parts[0]
    return Interleaved(parts) if parts else EMPTY
