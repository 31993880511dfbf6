"""Pieces of a document body, against a tokenizer that has the whole text in one regex."""

import io
import re
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass
from time import process_time
from unittest.mock import patch

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms import streamed
from transforms.cutting import Cutter, FormTooLarge, Piece

COMMENT, CDATA, INSTRUCTION = rb"<!--.*?(?:-->|\Z)", rb"<!\[CDATA\[.*?\]\]>", rb"<\?.*?(?:\?>|\Z)"
NAME_ENDS = rb"(?=[ \t\r\n/>]|\Z)"
BLANK = re.compile(
    rb"(?:[ \t\r\n]+|%b|%b|<!\[CDATA\[[ \t\r\n]*\]\]>|&#(?:9|10|13|32|x9|x[aA]|x[dD]|x20);)*"
    % (COMMENT, INSTRUCTION),
    re.DOTALL,
)
TOKEN = re.compile(
    rb"%b|%b|%b|(?P<open><Form)%b|(?P<close></Form)%b|(?P<end></Root)%b"
    % (COMMENT, CDATA, INSTRUCTION, NAME_ENDS, NAME_ENDS, NAME_ENDS),
    re.DOTALL,
)


@dataclass(frozen=True)
class Cut:
    """A document body as pieces; `tail`: what stands before the end tag of the root, if it has
    one."""

    pieces: list[Piece]
    closed: bool
    tail: bytes


def reference(text: bytes, first_line: int = 1) -> Cut:
    pieces: list[Piece] = []
    start = 0
    while True:
        blank = BLANK.match(text, start)
        assert blank is not None
        tag = blank.end()
        if tag == len(text):
            return Cut(pieces, False, b"")
        token = TOKEN.match(text, tag)
        kind = token.lastgroup if token else None
        if kind == "end":
            return Cut(pieces, True, text[start:tag])
        end = form_end(text, tag) if kind == "open" else stray_end(text, tag)
        line = first_line + text.count(b"\n", 0, start)
        pieces.append(Piece(start, tag, end, line, stray=kind != "open"))
        start = end


def form_end(text: bytes, tag: int) -> int:
    """Behind its end tag, or where another form or the end of the root cuts it off."""
    behind_tag = behind(text, tag)
    if text[tag:behind_tag].endswith(b"/>"):
        return behind_tag
    for token in tokens(text, tag + 1):
        return behind(text, token.start()) if token.lastgroup == "close" else token.start()
    return len(text)


def stray_end(text: bytes, tag: int) -> int:
    stops = (t.start() for t in tokens(text, tag) if t.lastgroup != "close")
    return next(stops, len(text))


def tokens(text: bytes, start: int) -> Iterator[re.Match[bytes]]:
    """Tags of forms and of the root; markup that hides tags is stepped over."""
    return (token for token in TOKEN.finditer(text, start) if token.lastgroup is not None)


def behind(text: bytes, start: int) -> int:
    found = text.find(b">", start)
    return len(text) if found < 0 else found + 1


class Dripping:
    """A stream that gives a few bytes at a time, whatever is asked for."""

    def __init__(self, text: bytes, drip: int) -> None:
        self._stream = io.BytesIO(text)
        self._drip = drip

    def read(self, size: int, /) -> bytes:
        return self._stream.read(min(size, self._drip))


def cut(text: bytes, chunk: int, drip: int = 1 << 20, first_line: int = 1) -> Cut:
    with patch.object(streamed, "CHUNK", chunk):
        cutter = Cutter(Dripping(text, drip), "Form", "Root", 0, first_line)
        return Cut(list(cutter), cutter.closed, cutter.tail)


FRAGMENTS = (
    b"<Form>",
    b"</Form>",
    b"<Form/>",
    b'<Form\n a="1" >',
    b"</Form \n>",
    b"<FormCreationDate>",
    b"</FormX>",
    b"<Forma/>",
    b"<Form",
    b"<!-- <Form> -->",
    b"<!-- \n</Form></Root> -->",
    b"<!---->",
    b"<!--",
    b"<![CDATA[<Form>]]>",
    b"<![CDATA[ </Form> ]]>",
    b"<![CDATA[ \n ]]>",
    b"<?target <Form> ?>",
    b"<?target </Form>\n?>",
    b"<?t?>",
    b" ",
    b"\n",
    b"\r\n\t",
    b"x",
    b"<a>1</a>",
    b"&#32;",
    b"&#x0A;".replace(b"0", b""),
    b"&#65;",
    b"-->",
    b"]]>",
    b"?>",
    b"<!",
    b"<",
    b"/>",
)
ENDS = (b"", b"</Root>", b"</Root \n>", b"</Root>\n<!-- epilog --> ")


@settings(max_examples=700, deadline=None)
@given(
    st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(b"".join),
    st.sampled_from(ENDS),
    st.integers(1, 40),
    st.integers(1, 40),
)
@example(b"<Form></Form>&#32;<Form></Form>", b"</Root>", 16, 16)
@example(b"<![CDATA[ <Form></Form> ]]>", b"</Root>", 64, 64)
def test_pieces_are_those_of_the_reference(body: bytes, end: bytes, chunk: int, drip: int) -> None:
    text = body + end
    assert cut(text, chunk, drip, 7) == reference(text, 7)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14).map(b"".join), st.integers(1, 40))
def test_pieces_cover_the_body_without_gap(body: bytes, chunk: int) -> None:
    found = cut(body, chunk)
    ends = [0, *(piece.end for piece in found.pieces)]
    assert [piece.start for piece in found.pieces] == ends[:-1]
    assert all(piece.start <= piece.tag < piece.end for piece in found.pieces)
    assert BLANK.fullmatch(body, ends[-1])


def test_a_form_with_comments_around_and_inside() -> None:
    text = b"\n<!-- one\n --><Form>\n<!-- </Form> --><![CDATA[</Form>]]></Form>\n</Root>\n"
    found = cut(text, 1 << 20)
    assert found == Cut([Piece(0, 14, text.index(b"\n</Root"), 1)], True, b"\n")


def test_what_stands_between_forms_is_a_stray_piece() -> None:
    text = b"<Form/> <Fax/>text <Form/></Root>"
    pieces = cut(text, 1 << 20).pieces
    assert [(text[p.tag : p.end], p.stray) for p in pieces] == [
        (b"<Form/>", False),
        (b"<Fax/>text ", True),
        (b"<Form/>", False),
    ]


def test_a_form_that_does_not_end_takes_no_neighbour_along() -> None:
    text = b"<Form><a> <Form></Form> <Form></Form></Root>"
    assert [text[p.tag : p.end] for p in cut(text, 1 << 20).pieces] == [
        b"<Form><a> ",
        b"<Form></Form>",
        b"<Form></Form>",
    ]


def test_offsets_and_lines_continue_those_of_the_prolog() -> None:
    cutter = Cutter(io.BytesIO(b"\n<Form/>\n\n<Form/></Root>"), "Form", "Root", 100, 3)
    assert list(cutter) == [Piece(100, 101, 108, 3), Piece(108, 110, 117, 4)]
    assert (cutter.line, cutter.end) == (6, 124)


def test_the_epilog_is_what_follows_the_root() -> None:
    cutter = Cutter(Dripping(b"<Form/></Root> <!-- x -->\n", 5), "Form", "Root")
    assert len(list(cutter)) == 1
    assert cutter.epilog() == b" <!-- x -->\n"


@pytest.mark.parametrize("content", [b"x" * 5000, b"<!--" + b"x" * 5000, b"\n" * 5000])
def test_a_form_beyond_the_limit_says_its_line(
    content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(streamed, "CHUNK", 100)
    monkeypatch.setattr(streamed, "FORM_BYTES", 1000)
    cutter = Cutter(io.BytesIO(b"<Form/>\n<Form>" + content + b"</Form></Root>"), "Form", "Root")
    with pytest.raises(FormTooLarge) as error:
        list(cutter)
    assert error.value.args == (1,)


class Endless:
    """A body of many forms that is made while it is read."""

    def __init__(self, forms: int) -> None:
        self._left = forms
        self._end = b"</Root>"
        self.form = b"<Form>" + b"<a>1234567</a>\n" * 600 + b"</Form>"

    def read(self, size: int, /) -> bytes:
        take = min(self._left, max(1, size // len(self.form)))
        self._left -= take
        if take:
            return self.form * take
        end, self._end = self._end, b""
        return end


def test_memory_does_not_grow_with_the_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamed, "CHUNK", 256 * 1024)
    stream = Endless(5000)
    total = 5000 * len(stream.form)
    tracemalloc.start()
    try:
        pieces = sum(1 for _ in Cutter(stream, "Form", "Root"))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert pieces == 5000
    assert total > 40_000_000
    assert peak < 8 * 256 * 1024


@pytest.mark.parametrize("filler", [b"<!---->", b"<?t?>", b"<![CDATA[x]]>"])
def test_time_grows_with_the_length_of_a_form_and_no_faster(filler: bytes) -> None:
    """A form of nothing but markup is hostile, and must not be searched over and over."""
    short, long = (seconds(b"<Form>" + filler * times + b"</Form>") for times in (1000, 8000))
    assert long < 3 * 8 * short


def seconds(body: bytes) -> float:
    """Processor time that cutting takes, the best of three."""
    taken = []
    for _ in range(3):
        started = process_time()
        list(Cutter(io.BytesIO(body + b"</Root>"), "Form", "Root"))
        taken.append(process_time() - started)
    return min(taken)
