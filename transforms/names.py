"""Names of elements, looked up in bytes by the thousand."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.markup import Bytes
from transforms.shredded import Rows

WORD = 8
UNKNOWN = -1
_SEEDS = 1000
_AT_ONCE = 1 << 14
"""Names looked up together, so that what is computed of them stays in a cache."""
_SLOT_BITS = 14
_MIX = np.uint64(0x9E3779B97F4A7C15)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(WORD + 1)], dtype=np.uint64)
"""Keeps the first bytes of a word."""

Words = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Names:
    """Distinct names, cut into words of eight bytes.

    ``slots`` is a table without collisions: the top bits of a key made of length, first, last and
    (where these do not tell all names apart) further words give the number of the only name that it
    can be; whether it is, all its bytes decide.
    """

    lengths: Rows
    last: Words
    words: tuple[Words, ...]
    hashed: int
    factor: np.uint64
    slots: Rows

    @classmethod
    def of(cls, names: Sequence[str]) -> "Names":
        encoded = [name.encode() for name in names]
        lengths = np.array([len(name) for name in encoded])
        starts = np.cumsum(lengths) - lengths
        view = _view(np.frombuffer(b"".join(encoded) + bytes(WORD), np.uint8))
        first, last = _ends(view, starts, lengths)
        further = range(1, -(-int(lengths.max()) // WORD))
        words = (first, *(_word(view, starts, lengths, number) for number in further))
        for hashed in range(1, len(words) + 1):
            for seed in range(_SEEDS):
                factor = _MIX + np.uint64(2 * seed)
                places = _slots(lengths, last, words[:hashed], factor)
                if len(np.unique(places)) == len(names):
                    slots = np.zeros(1 << _SLOT_BITS, dtype=np.int64)
                    slots[places] = np.arange(len(names))
                    return cls(lengths, last, words, hashed, factor, slots)
        raise ValueError("names are not distinct")

    def numbers(self, data: Bytes, starts: Rows, lengths: Rows) -> Rows:
        """The number of each name, given where it starts and how long it is, or ``UNKNOWN``.

        ``data`` has at least ``WORD`` more bytes behind the last name.
        """
        view = _view(data)
        found = np.empty(len(starts), dtype=np.int64)
        for at in range(0, len(starts), _AT_ONCE):
            some = slice(at, at + _AT_ONCE)
            found[some] = self._numbers(view, starts[some], lengths[some])
        return found

    def _numbers(self, view: Words, starts: Rows, lengths: Rows) -> Rows:
        first, last = _ends(view, starts, lengths)
        words = [first, *(_word(view, starts, lengths, n) for n in range(1, self.hashed))]
        found = self.slots.take(_slots(lengths, last, words, self.factor))
        wrong = self.lengths.take(found) != lengths
        wrong |= self.last.take(found) != last
        for known, word in zip(self.words, words, strict=False):
            wrong |= known.take(found) != word
        # What lies between the first words and the last one: few names are so long.
        for number in range(self.hashed, len(self.words)):
            longer = np.flatnonzero(lengths > (number + 1) * WORD)
            word = view[starts.take(longer) + number * WORD]
            wrong[longer] |= self.words[number].take(found.take(longer)) != word
        if wrong.any():
            found[wrong] = UNKNOWN
        return found


def _view(data: Bytes) -> Words:
    """The word that begins at each byte."""
    return np.ndarray((len(data) - WORD + 1,), "<u8", buffer=data, strides=(1,))


def _ends(view: Words, starts: Rows, lengths: Rows) -> tuple[Words, Words]:
    """The first and the last eight bytes; all of a shorter name, twice."""
    size = np.minimum(lengths, WORD)
    mask = _MASKS.take(size)
    return view[starts] & mask, view[starts + lengths - size] & mask


def _word(view: Words, starts: Rows, lengths: Rows, number: int) -> Words:
    """The word of each name with a number; zero behind its end."""
    left = np.clip(lengths - number * WORD, 0, WORD)
    inside = np.where(left > 0, starts + number * WORD, starts)
    return np.asarray(view[inside] & _MASKS[left])


def _slots(lengths: Rows, last: Words, words: Sequence[Words], factor: np.uint64) -> Rows:
    keys = last * factor
    for word in words:
        keys ^= word
        keys *= factor
    keys += lengths.view(np.uint64)
    keys *= factor
    keys >>= np.uint64(64 - _SLOT_BITS)
    return keys.view(np.int64)
