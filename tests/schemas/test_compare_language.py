"""Languages agree with brute force: every short word, judged by something else.

Patterns are judged by libxml2 and, where they mean the same there, by ``re``; content models by a
matcher that puts together all words. ``KWARTAAL_FUZZ_SECONDS`` sets how long random ones are tried.
"""

import os
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from time import monotonic

import pytest

from schemas.compare import search
from schemas.compare.language import (
    EMPTY,
    NOTHING,
    Leaf,
    Term,
    choice,
    interleaved,
    repeat,
    sequence,
)
from schemas.compare.pattern import alphabet, parse
from schemas.compare.search import Search, Undecided, is_within

SECONDS = float(os.environ.get("KWARTAAL_FUZZ_SECONDS", "0.4"))
LETTERS = "abc"
LONGEST = 4
WORDS = ["".join(word) for n in range(LONGEST + 1) for word in product(LETTERS, repeat=n)]


# --- expressions, written twice -------------------------------------------------------------------


@dataclass(frozen=True)
class Expression:
    """``kind``: letters, sequence, choice, all or nothing; repeated ``low`` to ``high`` times."""

    kind: str
    parts: "tuple[Expression, ...]" = ()
    letters: str = ""
    low: int = 1
    high: int | None = 1


def drawn(rng: random.Random, depth: int, *, with_all: bool) -> Expression:
    occurs = rng.choice(((1, 1), (1, 1), (0, 1), (0, None), (1, None), (2, 3), (0, 0), (0, 2)))
    if depth == 0 or rng.random() < 0.3:
        letters = "".join(rng.sample(LETTERS, rng.choice((1, 1, 1, 2))))
        return Expression("letters", (), letters, *occurs)
    kind = rng.choice(("sequence", "choice", "all") if with_all else ("sequence", "choice"))
    inner = (drawn(rng, depth - 1, with_all=with_all) for _ in range(rng.randint(1, 3)))
    return Expression(kind, tuple(inner), "", *occurs)


def term_of(one: Expression) -> Term:
    if one.kind == "letters":
        inner: Term = Leaf(frozenset(one.letters))
    else:
        parts = [term_of(part) for part in one.parts]
        made = {"sequence": sequence, "choice": choice, "all": interleaved}
        inner = made[one.kind](parts)
    return repeat(inner, one.low, one.high)


def pattern_of(one: Expression) -> str:
    """As a regular expression that XSD and Python read alike."""
    if one.kind == "letters":
        text = f"[{one.letters}]" if len(one.letters) > 1 else one.letters
    else:
        sign = "" if one.kind == "sequence" else "|"
        text = f"({sign.join(map(pattern_of, one.parts))})"
    high = "" if one.high is None else one.high
    return text + (f"{{{one.low},{high}}}" if (one.low, one.high) != (1, 1) else "")


@cache
def words_of(one: Expression) -> frozenset[str]:
    """The words up to ``LONGEST``, by putting together those of the parts."""
    inner = once(one)
    found: set[str] = set()
    reached, turn = frozenset(("",)), 0
    seen = []
    while reached not in seen or turn <= one.low:  # a turn that was seen goes round from here
        found |= reached if turn >= one.low else set()
        if turn == one.high:
            break
        seen.append(reached)
        reached, turn = joined(reached, inner), turn + 1
    return frozenset(found)


def is_in(one: Expression, word: str) -> bool | None:
    """None for a word that is too long to tell."""
    return word in words_of(one) if len(word) <= LONGEST else None


def once(one: Expression) -> frozenset[str]:
    if one.kind == "letters":
        return frozenset(one.letters)
    if one.kind == "choice":
        return frozenset(word for part in one.parts for word in words_of(part))
    found: set[str] = set()
    for order in [one.parts] if one.kind == "sequence" else permuted(one.parts):
        reached = frozenset(("",))
        for part in order:
            reached = joined(reached, words_of(part))
        found |= reached
    return frozenset(found)


def joined(before: frozenset[str], behind: frozenset[str]) -> frozenset[str]:
    return frozenset(a + b for a in before for b in behind if len(a) + len(b) <= LONGEST)


def permuted(parts: tuple[Expression, ...]) -> Iterator[tuple[Expression, ...]]:
    if not parts:
        yield ()
    for at, part in enumerate(parts):
        for rest in permuted(parts[:at] + parts[at + 1 :]):
            yield part, *rest


def admits(term: Term, word: Sequence[object]) -> bool:
    for symbol in word:
        term = term.after(symbol)
    return term.nullable


# --- tests ----------------------------------------------------------------------------------------


def test_terms_admit_what_a_matcher_does() -> None:
    rng, seen = random.Random("terms"), 0
    until = monotonic() + SECONDS
    while monotonic() < until:
        one = drawn(rng, 3, with_all=True)
        term = term_of(one)
        for word in rng.sample(WORDS, 60):
            assert admits(term, word) == (word in words_of(one)), (one, word)
            seen += admits(term, word)
    assert seen > 10


def test_shortest_word_and_inclusion(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_STATES", 500)  # few need more, and those need long
    rng, found, undecided = random.Random("inclusion"), [0, 0], 0
    until = monotonic() + 2 * SECONDS
    while monotonic() < until:
        one, two = (drawn(rng, 2, with_all=rng.random() < 0.2) for _ in range(2))
        if rng.random() < 0.3:  # near each other, so that one is often within the other
            two = Expression("choice", (one, two))
        inner, outer = term_of(one), term_of(two)
        try:
            word = Search().shortest((inner,), (outer,), LETTERS)
        except Undecided:
            undecided += 1
            continue
        assert is_within((inner,), outer, LETTERS) == (word is None)
        missing = [text for text in WORDS if text in words_of(one) and text not in words_of(two)]
        if word is None:
            assert not missing, (one, two, missing[0])
        else:
            text = "".join(word)
            assert is_in(one, text) is not False, (one, text)
            assert is_in(two, text) is not True, (two, text)
            assert len(text) == len(missing[0]) if missing else len(text) > LONGEST
        found[word is None] += 1
    assert min(found) > 5
    assert undecided < 1 + 0.02 * sum(found)


def test_shortest_word_with_a_symbol_that_costs() -> None:
    """Every word of a language in turn is refused: then the next cheapest is found."""
    rng, prices = random.Random("prices"), {"a": 1, "b": 3, "c": 2}
    until = monotonic() + SECONDS / 2
    seen = 0
    while monotonic() < until:
        one, two = (drawn(rng, 2, with_all=False) for _ in range(2))
        priced = Search(lambda letter: prices[str(letter)])
        word = priced.shortest((term_of(one), term_of(two)), (), LETTERS, lambda c: c == "b")
        wanted = [w for w in WORDS if w in words_of(one) and w in words_of(two) and "b" in w]
        costs = [sum(prices[letter] for letter in text) for text in wanted]
        if word is not None and len(word) <= LONGEST:
            assert "".join(word) in wanted
            assert sum(prices[letter] for letter in word) == min(costs)
            seen += 1
        # A word that is longer may be cheaper than all short ones, never the reverse.
        elif word is not None and costs:
            assert sum(prices[letter] for letter in word) <= min(costs)
        else:
            assert not wanted
    assert seen > 3


def test_words_are_of_the_language() -> None:
    rng = random.Random("words")
    until = monotonic() + SECONDS / 2
    while monotonic() < until:
        one, two = (drawn(rng, 2, with_all=False) for _ in range(2))
        words = list(Search().words((term_of(one),), (term_of(two),), LETTERS, 10))
        assert len(words) <= 10
        for word in words:
            text = "".join(word)
            assert is_in(one, text) is not False, (one, text)
            assert is_in(two, text) is not True, (two, text)
        missing = [text for text in WORDS if text in words_of(one) and text not in words_of(two)]
        assert bool(words) >= bool(missing)


def test_patterns_match_the_words_of_their_parts() -> None:
    rng, seen = random.Random("patterns"), 0
    until = monotonic() + SECONDS
    while monotonic() < until:
        one = drawn(rng, rng.choice((1, 1, 3)), with_all=False)
        pattern = pattern_of(one)
        term = parse(pattern)
        for word in rng.sample(WORDS, 40):
            assert admits(term, word) == (word in words_of(one)), (pattern, word)
            seen += 1
    assert seen > 200


def test_patterns_match_what_python_does() -> None:
    """Without groups in groups, which ``re`` may need ages for."""
    rng, seen = random.Random("python"), 0
    until = monotonic() + SECONDS / 2
    while monotonic() < until:
        pattern = pattern_of(drawn(rng, 1, with_all=False))
        term, compiled = parse(pattern), re.compile(pattern)
        for word in rng.sample(WORDS, 40):
            assert admits(term, word) == (compiled.fullmatch(word) is not None), (pattern, word)
            seen += 1
    assert seen > 200


@pytest.mark.parametrize(
    ("pattern", "python"),
    [
        (r"\d", r"[0-9٣]"),
        (r"\D", r"[^0-9٣]"),
        (r"\s", r"[ \t\n\r]"),
        (r"\S", r"[^ \t\n\r]"),
        (r"[^a-c]", r"[^a-c]"),
        (r"[a-c-[b]]", r"[ac]"),
        (r"[^a-c-[xé]]", r"[^a-cxé]"),
        (r"[a-]", r"[a\-]"),
        (r"[-a]", r"[a\-]"),
        (r"[+\-]", r"[+\-]"),
        (r"[\d.]", r"[0-9٣.]"),
        (r"[^\d]", r"[^0-9٣]"),
        (r".", r"[^\n\r]"),
        (r"\.", r"\."),
        (r"\p{Lu}", r"[AZÉ]"),
        (r"\P{Lu}", r"[^AZÉ]"),
        (r"\p{L}", r"[a-zA-ZéÉ]"),
        (r"\i", r"[a-zA-ZéÉ_:٣]"),
        (r"\c", r"[a-zA-ZéÉ_:0-9٣.\-]"),
        (r"[\i-[:]]", r"[a-zA-ZéÉ_٣]"),
        (r"^", r"\^"),
        (r"$", r"\$"),
        (r"a|", r"a|"),
        (r"()", r""),
    ],
)
def test_classes_of_characters(pattern: str, python: str) -> None:
    """By hand: each against the same set for the characters that are tried."""
    term, compiled = parse(pattern), re.compile(python)
    for letter in ("", *"abcxyzAZéÉ019٣ _:.-+^$\t\n\r"):
        assert admits(term, letter) == (compiled.fullmatch(letter) is not None), letter


def test_letters_stand_for_all_that_patterns_tell_apart() -> None:
    """Inclusion over the representatives is inclusion over every character of a range."""
    classes = (r"\d", r"[a-f]", r"[^c-e]", r"\w", r"[b-z-[d]]", r".", r"\s", r"[0-4]", r"\i", "c")
    for one, two in product(classes, classes):
        inner, outer = parse(f"{one}{{1,2}}"), parse(f"({two}){{1,2}}")
        text = [*map(chr, range(0x20, 0x180)), "\t", "\n", "\r"]
        whole = all(admits(outer, letter) for letter in text if admits(inner, letter))
        assert is_within((inner,), outer, alphabet((inner, outer))) == whole, (one, two)


def test_what_is_too_large_is_not_decided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_STATES", 50)
    long, longer = repeat(Leaf(frozenset("a")), 0, 100), repeat(Leaf(frozenset("a")), 0, 101)
    with pytest.raises(Undecided):
        Search().shortest((long,), (longer,), LETTERS)


def test_counts_within_counts_are_decided_soon() -> None:
    """What may be empty inside of what is counted: one state, not one for every count."""
    part = sequence((repeat(Leaf(frozenset("a")), 0, 1), repeat(Leaf(frozenset("b")), 0, None)))
    fewer, more = repeat(part, 99, 104), repeat(part, 99, 105)
    states = Search()
    assert states.shortest((fewer,), (more,), LETTERS) is None
    assert states.shortest((more,), (fewer,), LETTERS) == ("a",) * 105
    assert len(states.derived) < 2_000


def test_constants() -> None:
    assert sequence(()) is EMPTY
    assert choice(()) is NOTHING
    assert repeat(NOTHING, 0, 3) is EMPTY
    assert repeat(NOTHING, 1, 3) is NOTHING
