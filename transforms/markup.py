"""Where the tags of forms are, found in their bytes with numpy.

Whatever would make the search doubtful (comments, CDATA, instructions, references, attributes,
prefixes, blanks in tags, a ``>`` in a text, a carriage return in a value) is not understood here:
``Markup.of`` says so, and the tree of the form tells what it is.
"""

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from transforms.shredded import Rows

LT, GT, SLASH, LF, SPACE, BANG, QUESTION, COLON = b"<>/\n !?:"
_CR_IN_VALUE = re.compile(rb"<[^/>]+>[^<]*\r[^<]*</")

Bytes = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Markup:
    """Places of every ``<`` and of the ``>`` that closes it."""

    content: bytes
    opening: Rows
    closing: Rows

    @classmethod
    def of(cls, content: bytes) -> "Markup | None":
        """The tags of forms in UTF-8; ``None`` where bytes alone do not tell them."""
        found = cls.assumed(content)
        if found is None or b"=" in content:
            return None
        data, opening, closing = np.frombuffer(content, np.uint8), found.opening, found.closing
        behind, before = data[opening + 1], data[closing - 1]
        blank = before <= SPACE
        blank |= (before == SLASH) & (data[closing - 2] <= SPACE)
        if blank.any() or ((behind == BANG) | (behind == QUESTION)).any():
            return None
        if b":" in content and _in_tag(places(data, COLON), opening, closing):
            return None
        return found

    @classmethod
    def assumed(cls, content: bytes) -> "Markup | None":
        """As ``of``, for who knows or finds out that there is nothing in a tag but a name."""
        if b"&" in content:
            return None
        data = np.frombuffer(content, np.uint8)
        # The two differ by one bit.
        found = places(data, LT, GT ^ LT)
        if len(found) % 2 or not len(found):
            return None
        opening, closing = found[::2].copy(), found[1::2].copy()
        if (data[opening] != LT).any() or (data[closing] != GT).any():
            return None
        if b"\r" in content and _CR_IN_VALUE.search(content):
            return None
        return cls(content, opening, closing)


_CHUNK = 1 << 17
"""Bytes that are looked at together, so that what is computed of them stays in a cache."""


def places(data: Bytes, byte: int, but: int = 0) -> Rows:
    """Where a byte stands, or one that differs in the bits of ``but`` only."""
    mask = np.uint8(0xFF ^ but)
    found = []
    for start in range(0, len(data), _CHUNK):
        chunk = data[start : start + _CHUNK]
        found.append(np.flatnonzero((chunk & mask if but else chunk) == byte) + start)
    return np.concatenate(found) if found else np.zeros(0, dtype=np.int64)


def visible(data: Bytes) -> int:
    """Bytes that are neither blanks nor control characters."""
    chunks = range(0, len(data), _CHUNK)
    return sum(int(np.count_nonzero(data[at : at + _CHUNK] > SPACE)) for at in chunks)


def _in_tag(places: Rows, opening: Rows, closing: Rows) -> bool:
    """Whether one of the places lies within a tag."""
    before = np.searchsorted(opening, places) - 1
    return bool(((before >= 0) & (closing[before] > places)).any())


_FORBIDDEN = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
"""U+FFFE and U+FFFF, the characters of UTF-8 beyond control characters that XML does not have."""


def is_text(content: bytes) -> bool:
    """Whether the bytes are characters that XML allows, in UTF-8."""
    data = np.frombuffer(content, np.uint8)
    if any(_has_control(data[at : at + _CHUNK]) for at in range(0, len(data), _CHUNK)):
        return False
    if content.isascii():
        return True
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return not any(character in content for character in _FORBIDDEN)


def _has_control(data: Bytes) -> bool:
    """Whether there are control characters; tab, line feed and carriage return (9, 10, 13) are
    none."""
    # Below 0 a byte wraps around, and is large.
    ranges = ((0, 9), (11, 2), (14, 18))
    return any(bool((data - np.uint8(first) < size).any()) for first, size in ranges)
