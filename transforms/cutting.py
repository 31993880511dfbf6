"""Cuts a document into forms by their markup, without parsing it.

Only ``<Form``, ``</Form``, comments, CDATA sections, processing instructions and the end of the
root are looked at; markup-like text inside comments and CDATA is stepped over. Nothing is
trusted: every piece is parsed and validated afterwards. What stands between forms and is
neither white space, comment nor processing instruction becomes a piece of its own (``stray``),
so that it is refused without its neighbours.

Reads a stream once, in chunks, and keeps no more than a chunk and the form it stands on.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from transforms.limits import PROLOG_BYTES, SEGMENT_BYTES
from transforms.streamed import Next, Rare, Readable, Text, TooMuchText, tag

BLANK = b" \t\r\n"
_BLANKS = re.compile(rb"[ \t\r\n]*")
_LONGEST_TAG = 256
"""More than any tag that is searched for: a search starts again so far before its last end."""
_COMMENT, _CDATA, _INSTRUCTION = (b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")
_HIDING, _INSTRUCTING = Rare(b"<!", 1), Rare(b"<?", 1)
_WHOLE_TAG = re.compile(rb"""<[^<>"']*(?:(?:"[^"<]*"|'[^'<]*')[^<>"']*)*>""")
_BLANK_REFERENCE = re.compile(rb"&#(?:0*(?:9|10|13|32)|x0*(?:9|[aA]|[dD]|20));")


class FormTooLarge(Exception):
    """A form (or what should be one) goes beyond ``FORM_BYTES``; ``args``: line it starts in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes ``start`` to ``end`` of the document, blanks and comments before the form included.

    ``tag`` is where the form itself starts; ``line`` is that of the byte at ``start``. A form
    longer than ``SEGMENT_BYTES`` comes in several pieces where the cutter knows a repeated block:
    then ``inner`` is where the repeated blocks of the piece start and end, ``more`` says that
    another piece of the form follows, and ``odd`` that its pieces make sense only together.
    """

    start: int
    tag: int
    end: int
    line: int
    stray: bool = False
    inner: tuple[int, int] | None = None
    more: bool = False
    odd: bool = False


def only_form(data: bytes, start: int, line: int, form: str, root: str) -> Piece | None:
    """The piece of a document that holds one form and nothing that could hide another, as a
    ``Cutter`` finds it: most files are such. None for any other; ``data``: all of the document,
    ``start``: behind the root tag.
    """
    opening, closing = tag("<", form), tag("</", form)
    blanks = _BLANKS.match(data, start)
    begin = blanks.end() if blanks else start
    last = closing.find(data, begin, None)
    end = last + len(closing.token) + 1
    is_plain = (
        last >= 0
        and opening.find(data, begin, begin + len(opening.token)) == begin
        and end - 1 <= begin + SEGMENT_BYTES
        and data.startswith(b">", end - 1)
        and _frame_end(root).fullmatch(data, end) is not None
        and opening.find(data, begin + 1, last) < 0
        and _HIDING.find(data, start, None) < 0
        and _INSTRUCTING.find(data, start, None) < 0
    )
    return Piece(start, begin, end, line) if is_plain else None


def plain_forms(data: bytes, start: int, line: int, form: str, root: str) -> list[Piece] | None:
    """The same of a document with any number of forms side by side, with nothing but blanks around
    them: a file of thousands of small forms is cut in a tenth of the time."""
    opening, closing = f"<{form}>".encode(), f"</{form}>".encode()
    last = data.rfind(closing, start)
    if (
        last < 0
        or _frame_end(root).fullmatch(data, last + len(closing)) is None
        or _HIDING.find(data, start, None) >= 0
        or _INSTRUCTING.find(data, start, None) >= 0
    ):
        return None
    parts = data[start:last].split(closing)
    # A tag that is written in another way, or stands within a form, changes one of the counts.
    tags = _form_tags(form).findall(data, start)
    if len(tags) != 2 * len(parts) or tags.count(opening) != len(parts):
        return None
    pieces = []
    for part in parts:
        blank = len(part) - len(part.lstrip(BLANK))
        end = start + len(part) + len(closing)
        if not part.startswith(opening, blank) or end - start > SEGMENT_BYTES:
            return None
        pieces.append(Piece(start, start + blank, end, line))
        line += part.count(b"\n")
        start = end
    return pieces


@lru_cache(maxsize=16)
def _form_tags(form: str) -> re.Pattern[bytes]:
    """Start and end tags of a form, in whatever way they are written."""
    return re.compile(rb"</?%b[ \t\r\n/>]" % re.escape(form).encode())


@lru_cache(maxsize=16)
def _frame_end(root: str) -> re.Pattern[bytes]:
    return re.compile(rb"[ \t\r\n]*</%b>[ \t\r\n]*" % re.escape(root).encode())


class Cutter:
    """Iterates over the pieces of a document body.

    ``stream`` stands just behind the root tag, at offset ``offset`` and in line ``line``. After
    the iteration ``closed`` tells whether the end tag of the root was met; ``closing`` is that tag
    and ``tail`` what stood between the last form and it. ``repeated``: the block between two of
    which a long form is cut.
    """

    def __init__(
        self,
        stream: Readable,
        form: str,
        root: str,
        offset: int = 0,
        line: int = 1,
        repeated: str | None = None,
    ) -> None:
        self._text = Text(stream, offset)
        self._open, self._close = tag("<", form), tag("</", form)
        self._root_close = tag("</", root)
        self._repeated = tag("<", repeated) if repeated else None
        self._repeated_close = b"</" + (repeated or "").encode() + b">"
        self._line = line
        self._counted = offset
        self.end = offset
        self.closed = False
        self.tail = b""
        self.closing = b""

    def __iter__(self) -> Iterator[Piece]:
        try:
            yield from self._pieces()
        except TooMuchText as error:
            raise FormTooLarge(self.line) from error

    def _pieces(self) -> Iterator[Piece]:
        while True:
            tag = self._skip_blank(self.end)
            if self._text.at_end(tag):
                self._advance(tag)
                return
            if self._text.is_tag(self._root_close, tag):
                self.tail = self._text.between(self.end, tag)
                behind = self._behind(b">", tag)
                self.closing = self._text.between(tag, behind)
                self._advance(behind)
                self.closed = self.closing.endswith(b">")
                return
            stray = not self._text.is_tag(self._open, tag)
            if not stray and self._is_long(tag):
                for piece in self._segments(tag):
                    yield piece
                    self._advance(piece.end)
                continue
            stop = self._stray_end(tag) if stray else self._form_end(tag)
            yield Piece(self.end, tag, stop, self.line, stray)
            self._advance(stop)

    def _is_long(self, tag: int) -> bool:
        """Whether the form at ``tag`` may be cut, and does not end soon."""
        if self._repeated is None or self._text.at_end(tag + SEGMENT_BYTES):
            return False
        return self._text.find_rare(self._close, tag, tag + SEGMENT_BYTES) < 0

    def _segments(self, tag: int) -> Iterator[Piece]:
        """A long form in pieces that begin at a repeated block, cut while it is read.

        Cut only where bytes tell for sure: once a comment or the like is met, or something else
        stands between two repeated blocks, the rest is one piece and all of them are ``odd``.
        """
        assert self._repeated is not None
        clean = self._tag_end(tag)
        reach = tag + SEGMENT_BYTES
        first = self._text.find_rare(self._repeated, clean, reach)
        while first >= 0 and not self._text.at_end(reach) and self._is_plain(clean, reach):
            cut = self._rfind_tag(self._repeated, max(clean, first + 1), reach)
            clean = max(clean, reach - _LONGEST_TAG)
            reach += SEGMENT_BYTES
            if cut < 0:
                continue
            if not self._follows_repeated(cut):
                first = -1
                break
            yield Piece(self.end, tag, cut, self.line, inner=(first, cut), more=True)
            tag = first = clean = cut
            reach = cut + SEGMENT_BYTES
        yield self._last_segment(tag, first, self._end_behind(clean))

    def _is_plain(self, start: int, stop: int) -> bool:
        """Whether neither the end of the form nor a comment or the like begins there."""
        forms = (self._text.find_rare(tag, start, stop) for tag in (self._close, self._open))
        return max(forms) < 0 and self._is_free_of_markup(start, stop)

    def _follows_repeated(self, position: int) -> bool:
        """Whether nothing but blanks stands between ``position`` and a repeated block before."""
        before = self._text.between(max(self.end, position - PROLOG_BYTES), position)
        return before.rstrip(BLANK).endswith(self._repeated_close)

    def _last_segment(self, tag: int, first: int, stop: int) -> Piece:
        last = self._text.rfind(self._repeated_close, first, stop) if first >= 0 else -1
        odd = last < 0 or not self._is_free_of_markup(first, stop)
        inner = None if odd else (first, last + len(self._repeated_close))
        return Piece(self.end, tag, stop, self.line, inner=inner, odd=odd)

    def _is_free_of_markup(self, start: int, stop: int) -> bool:
        rare = (self._text.find_rare(mark, start, stop) for mark in (_HIDING, _INSTRUCTING))
        return max(rare) < 0

    def text(self, start: int, stop: int) -> bytes:
        """Bytes of the piece that the iteration stands at."""
        return self._text.between(start, stop)

    def opening(self, piece: Piece, most: int) -> bytes:
        """The first bytes of the piece that the iteration stands at."""
        return self._text.between(piece.tag, min(piece.end, piece.tag + most))

    def epilog(self) -> bytes:
        """What follows the end tag of the root (after the iteration)."""
        try:
            return self._text.between(self.end, self._text.length())
        except TooMuchText as error:
            raise FormTooLarge(self.line) from error

    def _advance(self, position: int) -> None:
        self.end = position
        if self._text.may_release(position):
            self._count_lines()
            self._text.release(position)

    @property
    def line(self) -> int:
        """Of the byte at ``end``."""
        self._count_lines()
        return self._line

    def _count_lines(self) -> None:
        """Only when they are asked for, or their bytes are to be forgotten: most documents are one
        form, and it starts in a line that is known."""
        self._line += self._text.newlines(self._counted, self.end)
        self._counted = self.end

    def _skip_blank(self, position: int) -> int:
        """Behind everything that leaves no content: space, also as CDATA or as a reference,
        comments, processing instructions."""
        while True:
            position = self._text.skip(_BLANKS, position)
            behind = self._behind_blank_markup(position)
            if behind == position:
                return position
            position = behind

    def _behind_blank_markup(self, position: int) -> int:
        if self._text.peek(position, 2) not in (b"<!", b"<?", b"&#"):
            return position
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
        return self._end_behind(start + len(self._open.token))

    def _end_behind(self, position: int) -> int:
        """Behind the end tag of the form that ``position`` lies in, outside comments and such."""
        close = Next(lambda at, _: self._text.find_rare(self._close, at))
        marks = self._marks()
        nested = Next(lambda at, stop: self._text.find_rare(self._open, at, stop))
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
        form = Next(lambda at, _: self._text.find_rare(self._open, at))
        root_end = Next(lambda at, stop: self._text.find_rare(self._root_close, at, stop))
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

    def _marks(self) -> tuple["Next", "Next"]:
        """Searches for what comments and CDATA, and instructions, start with."""
        return (
            Next(lambda at, stop: self._text.find_rare(_HIDING, at, stop)),
            Next(lambda at, stop: self._text.find_rare(_INSTRUCTING, at, stop)),
        )

    @staticmethod
    def _first_markup(marks: tuple["Next", "Next"], position: int, reach: int) -> int:
        found = [mark.behind(position, reach) for mark in marks]
        return min((at for at in found if at >= 0), default=-1)

    def _behind_markup(self, position: int) -> int:
        for opening, ending in (_COMMENT, _CDATA, _INSTRUCTION):
            if self._text.starts(opening, position):
                return self._behind(ending, position + len(opening))
        return position + 2

    def _document_end(self, position: int) -> int:
        """Where the end tag of the root starts, or the end of the data."""
        found = self._text.find_rare(self._root_close, position)
        return found if found >= 0 else self._text.length()

    def _behind(self, token: bytes, position: int) -> int:
        found = self._text.find(token, position)
        return found + len(token) if found >= 0 else self._text.length()

    def _rfind_tag(self, tag: Rare, start: int, stop: int) -> int:
        """The last place of the tag, or -1."""
        while (stop := self._text.rfind(tag.token, start, stop)) >= 0:
            if self._text.is_tag(tag, stop):
                break
        return stop
