"""A stream as text that can be searched, read once from front to back and forgotten behind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from transforms.limits import FORM_BYTES

CHUNK = 8 * 1024 * 1024
"""Bytes read at once."""

_EVERYWHERE = 1 << 62

_MET, _BYTES_BETWEEN = 64, 128
"""A byte that was met so often, and oftener than every so many bytes, is not rare."""


class Readable(Protocol):
    """What a document is read from, front to back."""

    def read(self, size: int, /) -> bytes: ...


class Next:
    """The next place of something, sought anew only when the place found lies behind.

    Without this a form full of comments would be read again for every comment.
    """

    def __init__(self, find: Callable[[int, int | None], int]) -> None:
        self._find = find
        self._from, self._until, self._place = 0, 0, -1

    def behind(self, position: int, stop: int | None) -> int:
        """The first place at or behind ``position`` and before ``stop``, or -1."""
        limit = _EVERYWHERE if stop is None else stop
        if self._place < position and not self._is_known_empty(position, limit):
            self._place = self._find(position, stop)
            self._from, self._until = position, limit if self._place < 0 else self._place
        return self._place if position <= self._place < limit else -1

    def _is_known_empty(self, position: int, limit: int) -> bool:
        return self._place < 0 and self._from <= position and limit <= self._until


@dataclass(frozen=True, slots=True)
class Rare:
    """A token with a byte that hardly ever occurs, ``token[at]``: it is found by that, since a
    single byte is found ten times as fast. One of ``after`` has to follow it, if there are any."""

    token: bytes
    at: int
    after: bytes = b""

    def find(self, data: bytes, start: int, stop: int | None) -> int:
        """The first place in ``data`` from ``start`` to ``stop``, or -1. What follows a token at
        the end of the data is not known."""
        token, at = self.token, self.at
        mark = token[at : at + 1]
        limit = None if stop is None else max(stop - len(token) + at + 1, 0)
        place, met = start + at, 0
        while (place := data.find(mark, place, limit)) >= 0:
            if data.startswith(token, place - at) and self._ends(data, place - at):
                return place - at
            place += 1
            met += 1
            if met > _MET and (place - start) < met * _BYTES_BETWEEN:
                return self._find_whole(data, place - at, stop)
        return -1

    def _find_whole(self, data: bytes, place: int, stop: int | None) -> int:
        """The same where the byte is not rare at all."""
        while (place := data.find(self.token, place, stop)) >= 0 and not self._ends(data, place):
            place += 1
        return place

    def _ends(self, data: bytes, place: int) -> bool:
        end = place + len(self.token)
        return not self.after or end >= len(data) or data[end] in self.after


@lru_cache(maxsize=64)
def tag(start: str, name: str) -> Rare:
    """A start or end tag by its first letter, a capital. The name must end there: ``<Form`` is not
    ``<FormCreationDate``."""
    return Rare((start + name).encode(), len(start), b" \t\r\n/>")


class TooMuchText(Exception):
    """More text is wanted at once than any form may have."""


class Text:
    """A stream as searchable text with absolute offsets; released parts are forgotten."""

    def __init__(self, stream: Readable, offset: int) -> None:
        self._stream = stream
        self._base = offset
        self._data = b""
        self._ended = False

    def find(self, token: bytes, position: int, stop: int | None = None) -> int:
        """Offset of the first ``token`` that starts at or behind ``position``, or -1."""
        while True:
            limit = None if stop is None else stop - self._base
            found = self._data.find(token, position - self._base, limit)
            if found >= 0:
                return found + self._base
            known = self._base + len(self._data)
            if (stop is not None and stop <= known) or not self._more():
                return -1
            position = max(position, known - len(token) + 1)

    def find_rare(self, rare: Rare, position: int, stop: int | None = None) -> int:
        """Like ``find``."""
        size = len(rare.token)
        while True:
            limit = None if stop is None else stop - self._base
            found = rare.find(self._data, position - self._base, limit)
            if found >= 0 and (found + size < len(self._data) or not self._more()):
                return found + self._base
            if found >= 0:  # what follows it is known now
                position = found + self._base
                continue
            known = self._base + len(self._data)
            if (stop is not None and stop <= known) or not self._more():
                return -1
            position = max(position, known - size + 1)

    def rfind(self, token: bytes, start: int, stop: int) -> int:
        """Offset of the last ``token`` within the text read from ``start`` to ``stop``, or -1."""
        found = self._data.rfind(token, start - self._base, stop - self._base)
        return found + self._base if found >= 0 else -1

    def starts(self, token: bytes, position: int) -> bool:
        return self.peek(position, len(token)) == token

    def peek(self, position: int, size: int) -> bytes:
        """The ``size`` bytes there, fewer at the end."""
        while position + size > self._base + len(self._data) and self._more():
            pass
        return self._data[position - self._base : position - self._base + size]

    def is_tag(self, tag: Rare, position: int) -> bool:
        found = self.peek(position, len(tag.token) + 1)
        return found.startswith(tag.token) and found[len(tag.token) :] in tag.after

    def at_end(self, position: int) -> bool:
        while position >= self._base + len(self._data):
            if not self._more(position):
                return True
        return False

    def skip(self, characters: re.Pattern[bytes], position: int) -> int:
        """Behind the ``characters`` (a pattern that matches any number of them)."""
        while not self.at_end(position):
            match = characters.match(self._data, position - self._base)
            assert match is not None
            position = match.end() + self._base
            if match.end() < len(self._data):
                break
        return position

    def newlines(self, start: int, stop: int) -> int:
        return self._data.count(b"\n", start - self._base, stop - self._base)

    def between(self, start: int, stop: int) -> bytes:
        return self._data[start - self._base : stop - self._base]

    def length(self) -> int:
        """Offset of the end of the data; reads all of it."""
        while self._more():
            pass
        return self._base + len(self._data)

    def may_release(self, position: int) -> bool:
        """Whether so much is before ``position`` that forgetting it is worth a copy of the rest."""
        return position - self._base > CHUNK

    def release(self, position: int) -> None:
        """Forgets what is before ``position``."""
        self._data = self._data[position - self._base :]
        self._base = position

    def _more(self, until: int = 0) -> bool:
        """Reads a chunk, or as many as reach behind ``until``: they are put together once. False
        when there was nothing left."""
        parts, end = [self._data] if self._data else [], self._base + len(self._data)
        before = end
        while not self._ended and (end == before or end <= until):
            if end - self._base > FORM_BYTES + CHUNK:
                raise TooMuchText
            chunk = self._stream.read(CHUNK)
            self._ended = not chunk
            parts.append(chunk)
            end += len(chunk)
        if end > before:
            self._data = b"".join(parts) if len(parts) > 1 else parts[0]
        return end > before
