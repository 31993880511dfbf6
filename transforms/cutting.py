"""Cuts a document into forms by their markup, without parsing it.

Only ``<Form``, ``</Form``, comments, CDATA sections, processing instructions and the end of the
root are looked at; markup-like text inside comments and CDATA is stepped over. Nothing is
trusted: every piece is parsed and validated afterwards. What stands between forms and is
neither white space, comment nor processing instruction becomes a piece of its own (``stray``),
so that it is refused without its neighbours.

Reads a stream once, in chunks, and keeps no more than a chunk and the form it stands on.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from transforms.limits import FORM_BYTES, PROLOG_BYTES

CHUNK, _FIRST_CHUNK = 8 * 1024 * 1024, 128 * 1024
"""Bytes read at once at the most, and at first: most files are small."""

BLANK = b" \t\r\n"
_AFTER_NAME = b" \t\r\n/>"
_COMMENT, _CDATA, _INSTRUCTION = (b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")
_EVERYWHERE = 1 << 62
_WHOLE_TAG = re.compile(rb"""<[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>""")
_BLANK_REFERENCE = re.compile(rb"&#(?:0*(?:9|10|13|32)|x0*(?:9|[aA]|[dD]|20));")


class FormTooLarge(Exception):
    """A form (or what should be one) goes beyond ``FORM_BYTES``; ``args``: line it starts in."""


class Readable(Protocol):
    """What a document is read from, front to back."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes ``start`` to ``end`` of the document, blanks and comments before the form included.

    ``tag`` is where the form itself starts; ``line`` is that of the byte at ``start``.
    """

    start: int
    tag: int
    end: int
    line: int
    stray: bool = False


class Cutter:
    """Iterates over the pieces of a document body.

    ``stream`` stands just behind the root tag, at offset ``offset`` and in line ``line``. After
    the iteration ``closed`` tells whether the end tag of the root was met; ``closing`` is that tag
    and ``tail`` what stood between the last form and it.
    """

    def __init__(
        self, stream: Readable, form: str, root: str, offset: int = 0, line: int = 1
    ) -> None:
        self._text = _Text(stream, offset)
        self._open = b"<" + form.encode()
        self._close = b"</" + form.encode()
        self._root_close = b"</" + root.encode()
        self.line = line
        self.end = offset
        self.closed = False
        self.tail = b""
        self.closing = b""

    def __iter__(self) -> Iterator[Piece]:
        try:
            yield from self._pieces()
        except _TooMuchText as error:
            raise FormTooLarge(self.line) from error

    def _pieces(self) -> Iterator[Piece]:
        while True:
            tag = self._skip_blank(self.end)
            if self._text.at_end(tag):
                self._advance(tag)
                return
            if self._is_tag(self._root_close, tag):
                self.tail = self._text.between(self.end, tag)
                behind = self._behind(b">", tag)
                self.closing = self._text.between(tag, behind)
                self._advance(behind)
                self.closed = self.closing.endswith(b">")
                return
            stray = not self._is_tag(self._open, tag)
            stop = self._stray_end(tag) if stray else self._form_end(tag)
            yield Piece(self.end, tag, stop, self.line, stray)
            self._advance(stop)

    def opening(self, piece: Piece, most: int) -> bytes:
        """The first bytes of the piece that the iteration stands at."""
        return self._text.between(piece.tag, min(piece.end, piece.tag + most))

    def epilog(self) -> bytes:
        """What follows the end tag of the root (after the iteration)."""
        try:
            return self._text.between(self.end, self._text.length())
        except _TooMuchText as error:
            raise FormTooLarge(self.line) from error

    def _advance(self, position: int) -> None:
        self.line += self._text.newlines(self.end, position)
        self.end = position
        self._text.release(position)

    def _skip_blank(self, position: int) -> int:
        """Behind everything that leaves no content: space, also as CDATA or as a reference,
        comments, processing instructions."""
        while True:
            position = self._text.skip(BLANK, position)
            behind = self._behind_blank_markup(position)
            if behind == position:
                return position
            position = behind

    def _behind_blank_markup(self, position: int) -> int:
        for opening, ending in (_COMMENT, _INSTRUCTION):
            if self._text.starts(opening, position):
                return self._behind(ending, position + len(opening))
        if self._text.starts(_CDATA[0], position):
            end = self._behind(_CDATA[1], position + len(_CDATA[0]))
            content = self._text.between(position + len(_CDATA[0]), end - len(_CDATA[1]))
            return position if content.strip(BLANK) else end
        if self._text.starts(b"&#", position):
            reference = _BLANK_REFERENCE.match(self._text.between(position, position + 16))
            return position + (reference.end() if reference else 0)
        return position

    def _form_end(self, start: int) -> int:
        tag_end = self._tag_end(start)
        if self._text.starts(b"/>", tag_end - 2):
            return tag_end
        close = _Next(lambda at, _: self._find_tag(self._close, at))
        position = start + len(self._open)
        marks = self._marks()
        nested = _Next(lambda at, stop: self._find_tag(self._open, at, stop))
        while True:
            end = close.behind(position, None)
            reach = end if end >= 0 else self._document_end(position)
            markup = self._first_markup(marks, position, reach)
            inner = nested.behind(position, reach)
            if markup >= 0 and (inner < 0 or markup < inner):
                position = self._behind_markup(markup)
            elif inner >= 0:
                return inner
            else:
                return self._behind(b">", end) if end >= 0 else reach

    def _tag_end(self, start: int) -> int:
        """Behind the ``>`` of a tag, which may have others in its attributes."""
        behind = self._behind(b">", start)
        while not _WHOLE_TAG.fullmatch(self._text.between(start, behind)):
            further = self._behind(b">", behind)
            if further == behind or further - start > PROLOG_BYTES:
                return self._behind(b">", start)
            behind = further
        return behind

    def _stray_end(self, start: int) -> int:
        """Up to the next form or the end of the root, comments and the like stepped over."""
        position = start
        form = _Next(lambda at, _: self._find_tag(self._open, at))
        root_end = _Next(lambda at, stop: self._find_tag(self._root_close, at, stop))
        marks = self._marks()
        while True:
            following = form.behind(position, None)
            end = root_end.behind(position, None if following < 0 else following)
            reach = next((at for at in (end, following) if at >= 0), None)
            reach = self._text.length() if reach is None else reach
            markup = self._first_markup(marks, position, reach)
            if markup < 0:
                return reach
            position = self._behind_markup(markup)

    def _marks(self) -> tuple["_Next", "_Next"]:
        """Searches for what comments and CDATA, and instructions, start with."""
        return (
            _Next(lambda at, stop: self._text.find_rare(b"<!", b"!", at, stop)),
            _Next(lambda at, stop: self._text.find_rare(b"<?", b"?", at, stop)),
        )

    @staticmethod
    def _first_markup(marks: tuple["_Next", "_Next"], position: int, reach: int) -> int:
        found = [mark.behind(position, reach) for mark in marks]
        return min((at for at in found if at >= 0), default=-1)

    def _behind_markup(self, position: int) -> int:
        for opening, ending in (_COMMENT, _CDATA, _INSTRUCTION):
            if self._text.starts(opening, position):
                return self._behind(ending, position + len(opening))
        return position + 2

    def _document_end(self, position: int) -> int:
        """Where the end tag of the root starts, or the end of the data."""
        found = self._find_tag(self._root_close, position)
        return found if found >= 0 else self._text.length()

    def _behind(self, token: bytes, position: int) -> int:
        found = self._text.find(token, position)
        return found + len(token) if found >= 0 else self._text.length()

    def _is_tag(self, tag: bytes, position: int) -> bool:
        return self._text.starts(tag, position) and self._text.byte(position + len(tag)) in (
            *_AFTER_NAME,
            -1,
        )

    def _find_tag(self, tag: bytes, position: int, stop: int | None = None) -> int:
        """Like ``find``, but the name must end there: ``<Form`` is not ``<FormCreationDate``."""
        while True:
            position = self._text.find(tag, position, stop)
            if position < 0 or self._is_tag(tag, position):
                return position
            position += len(tag)


class _Next:
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


class _TooMuchText(Exception):
    """More text is wanted at once than any form may have."""


class _Text:
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
            raise _TooMuchText
        chunk = self._stream.read(min(CHUNK, max(_FIRST_CHUNK, len(self._data))))
        self._ended = not chunk
        self._data += chunk
        return bool(chunk)
