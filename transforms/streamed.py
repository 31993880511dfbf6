"""A stream as text that can be searched, read once from front to back and forgotten behind."""

from collections.abc import Callable
from typing import Protocol

from transforms.limits import FORM_BYTES

CHUNK = 8 * 1024 * 1024
"""Bytes read at once."""

_EVERYWHERE = 1 << 62


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

    def rfind(self, token: bytes, start: int, stop: int) -> int:
        """Offset of the last ``token`` within the text read from ``start`` to ``stop``, or -1."""
        found = self._data.rfind(token, start - self._base, stop - self._base)
        return found + self._base if found >= 0 else -1

    def find_rare(self, token: bytes, mark: bytes, position: int, stop: int | None) -> int:
        """Like ``find``, for a token with a byte that hardly ever occurs: that is sought first."""
        if self.find(mark, position, stop) < 0:
            return -1
        return self.find(token, position, stop)

    def starts(self, token: bytes, position: int) -> bool:
        while position + len(token) > self._base + len(self._data) and self._more():
            pass
        return self._data.startswith(token, position - self._base)

    def byte(self, position: int) -> int:
        """The byte there, or -1 behind the end."""
        if self.at_end(position):
            return -1
        return self._data[position - self._base]

    def at_end(self, position: int) -> bool:
        while position >= self._base + len(self._data):
            if not self._more():
                return True
        return False

    def skip(self, characters: bytes, position: int) -> int:
        while not self.at_end(position) and self._data[position - self._base] in characters:
            position += 1
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

    def release(self, position: int) -> None:
        if position - self._base > CHUNK:
            self._data = self._data[position - self._base :]
            self._base = position

    def _more(self) -> bool:
        if self._ended:
            return False
        if len(self._data) > FORM_BYTES + CHUNK:
            raise TooMuchText
        chunk = self._stream.read(CHUNK)
        self._ended = not chunk
        self._data += chunk
        return bool(chunk)
