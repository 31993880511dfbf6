"""First look at a file: what it is, where its forms are, and which employers they seem to be of."""

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from lxml import etree

from schemas.catalogue import Catalogue, Release
from schemas.kind import Kind, MessageKind
from schemas.layout import Layout
from schemas.quarter import Quarter
from transforms import streamed
from transforms.cutting import Cutter, FormTooLarge, Piece, only_form, plain_forms
from transforms.findings import Finding, refusal
from transforms.identify import glimpse_employer
from transforms.limits import FORM_BYTES, PROLOG_BYTES
from transforms.lines import HIDDEN
from transforms.long_form import LongForm
from transforms.prolog import Prolog, parser, read_prolog
from transforms.ranges import Range
from transforms.streamed import Readable

_HEAD_BYTES = 4096
"""Bytes of a form in which its employer is looked for: it stands before the first person."""


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file is.

    ``file_id``: SHA-256 of its bytes; ``refused``: why the whole file is refused; ``set_aside``:
    why nothing can be said about it here. ``forms`` counts the forms met, judged or not.
    ``root_tag`` and ``codec`` are needed to judge a range on its own.
    """

    file_id: str
    size: int
    codec: str | None
    root_tag: bytes
    release: Quarter | None
    ranges: tuple[Range, ...]
    forms: int
    refused: Finding | None = None
    set_aside: Finding | None = None

    def without_ranges(self) -> "Survey":
        """The same with no range: a large file has many, and each is worked on by itself."""
        return Survey(
            self.file_id,
            self.size,
            self.codec,
            self.root_tag,
            self.release,
            (),
            self.forms,
            self.refused,
            self.set_aside,
        )


def survey(stream: Readable, kind: MessageKind, catalogue: Catalogue) -> Survey:
    """Reads a file once from its start; memory does not grow with its size."""
    hashed = _Hashed(stream)
    opening = hashed.read(streamed.CHUNK)
    head = opening[:PROLOG_BYTES]
    prolog = read_prolog(head, kind)
    if isinstance(prolog, Finding):
        hashed.drain()
        return Survey(hashed.digest(), hashed.size, None, b"", None, (), 0, refused=prolog)
    ranges = _plain(opening, prolog, kind) if len(opening) < streamed.CHUNK else ()
    refused: Finding | None = None
    if not ranges:
        hashed.give_back(opening[prolog.end :])
        ranges, refused = _cut(hashed, prolog, head, kind, catalogue)
        hashed.drain()
    forms = sum(r.forms for r in ranges)
    release, doubt = _release(prolog, head, kind, catalogue)
    return Survey(
        hashed.digest(),
        hashed.size,
        prolog.codec,
        prolog.root_tag,
        release.quarter if release else None,
        () if refused or doubt else ranges,
        forms,
        refused,
        None if refused else doubt,
    )


def _plain(data: bytes, prolog: Prolog, kind: MessageKind) -> tuple[Range, ...]:
    """The ranges of a short document with nothing unusual around its forms; none for another."""
    about = (data, prolog.end, prolog.line, kind.form, kind.root)
    piece = only_form(*about)
    pieces: Sequence[Piece] = [piece] if piece else plain_forms(*about) or ()
    if any(piece.end - piece.start > FORM_BYTES for piece in pieces):
        return ()
    return tuple(_range(data, piece, number, kind) for number, piece in enumerate(pieces, 1))


def _range(data: bytes, piece: Piece, number: int, kind: MessageKind) -> Range:
    employer = ""
    if isinstance(kind, Kind):
        opening = data[piece.tag : min(piece.end, piece.tag + _HEAD_BYTES)]
        employer = glimpse_employer(opening, kind) or ""
    return Range(piece.start, piece.end, piece.line, number, 1, employer)


def _cut(
    stream: Readable, prolog: Prolog, head: bytes, kind: MessageKind, catalogue: Catalogue
) -> tuple[tuple[Range, ...], Finding | None]:
    """Ranges, and why the document as a whole is refused. ``stream`` stands behind the root tag."""
    if prolog.empty:
        return (), refusal("no-form", "the document holds no form", prolog.line)

    def layout() -> Layout | None:
        """Of the release that will judge the file; asked for when a long form is met."""
        release, _ = _release(prolog, head, kind, catalogue)
        return release.layout if release else None

    repeated = kind.repeated[-1] if kind.repeated else None
    cutter = Cutter(stream, kind.form, kind.root, prolog.end, prolog.line, repeated)
    ranges: list[Range] = []
    try:
        ranges = list(_ranges(cutter, kind, layout))
        return tuple(ranges), _frame_fault(cutter, ranges, prolog.codec)
    except FormTooLarge as error:
        line = int(error.args[0])
        return tuple(ranges), refusal("form-too-large", "a form is larger than the limit", line)


def _ranges(
    cutter: Cutter, kind: MessageKind, layout: Callable[[], Layout | None]
) -> Iterator[Range]:
    """A range for every form or segment of one, and for every stray piece between forms."""
    number = 0
    pieces = iter(cutter)
    for piece in pieces:
        number += 1
        employer = glimpse_employer(cutter.opening(piece, _HEAD_BYTES), kind) or ""
        whole = Range(piece.start, piece.end, piece.line, number, 1, employer)
        if not piece.more:
            yield whole
            continue
        form = LongForm(whole, layout())
        form.add(piece, cutter)
        while piece.more:
            piece = next(pieces)
            form.add(piece, cutter)
        yield from _checked(form)


def _checked(form: LongForm) -> Iterator[Range]:
    """The ranges of a long form; one that has to be held as a whole has a limit."""
    for part in form.ranges():
        if part.segment is None and part.end - part.start > FORM_BYTES:
            raise FormTooLarge(part.line)
        yield part


def _frame_fault(cutter: Cutter, ranges: list[Range], codec: str) -> Finding | None:
    """What is wrong around the forms: a missing end, nothing inside, something behind it."""
    if not cutter.closed:
        message = "the end tag of the document is missing: the file is cut off"
        return refusal("truncated", message, cutter.line)
    if not ranges:
        return refusal("no-form", "the document holds no form", cutter.line)
    try:
        name = cutter.closing[2:].rstrip(b"> \t\r\n")
        frame = b"<" + name + b">" + cutter.tail + cutter.closing + cutter.epilog()
        if _is_well_formed(frame.decode(codec).encode()):
            return None
    except UnicodeDecodeError:
        return refusal("encoding", f"the bytes do not follow {codec}", cutter.line)
    except FormTooLarge:
        pass
    message = "something behind the last form is not well-formed"
    return refusal("xml-syntax", message, cutter.line)


@lru_cache(maxsize=64)
def _is_well_formed(frame: bytes) -> bool:
    """Thousands of files have the same few frames."""
    try:
        etree.fromstring(frame, parser())
    except etree.XMLSyntaxError:
        return False
    return True


def _release(
    prolog: Prolog, opening: bytes, kind: MessageKind, catalogue: Catalogue
) -> tuple[Release | None, Finding | None]:
    """The release that judges the file: the one it names, else the one of its quarter."""
    anyhow = catalogue.in_any_case(kind)
    if anyhow is not None:
        return anyhow, None
    if prolog.location is not None:
        release = catalogue.named(kind, prolog.location)
        what = prolog.location
    else:
        found = _told(kind, opening)
        if found is None:
            what = "quarter" if isinstance(kind, Kind) else "date"
            message = f"the file names no schema and its {what} cannot be read"
            return None, refusal("no-release", message, prolog.line)
        quarter, is_exact = found
        release = (catalogue.find if is_exact else catalogue.newest)(kind, quarter)
        what = f"no schema, and its quarter is {quarter}"
    if release is None:
        message = (
            f"the file names {what}: this release is not known here"
            " (an operator can add it with: kwartaal schema add FILE)"
        )
        return None, refusal("unknown-release", message, prolog.line, prolog.location)
    return release, None


def _told(kind: MessageKind, opening: bytes) -> tuple[Quarter, bool] | None:
    """The quarter in the release zone, and whether it names the release itself."""
    zone = kind.release_zone.encode()
    value = rb"<%b>\s*(?:(\d{4}[1-4])|(\d{4}-\d{2}-\d{2}))\s*<" % zone
    match = re.search(value, HIDDEN.sub(b"", opening)) if zone else None
    if match is None:
        return None
    if match[1]:
        return Quarter.parse(match[1].decode()), True
    try:
        return Quarter.of(date.fromisoformat(match[2].decode())), False
    except ValueError:
        return None


class _Hashed:
    """A stream that remembers the hash and the size of what was read."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self._hash = hashlib.sha256()
        self._pushed = b""
        self._ended = False
        self.size = 0

    def read(self, size: int, /) -> bytes:
        if self._pushed:
            pushed, self._pushed = self._pushed, b""
            return pushed
        data = self._filled(size)
        if data:
            self._hash.update(data)
            self.size += len(data)
        return data

    def _filled(self, size: int) -> bytes:
        """As many bytes as asked for while there are any: a stream may return fewer at once."""
        data = b""
        while len(data) < size and not self._ended:
            more = self._stream.read(size - len(data))
            self._ended = not more
            data += more
        return data

    def give_back(self, data: bytes) -> None:
        """These bytes are returned by the next read."""
        self._pushed = data

    def drain(self) -> None:
        """Reads to the end, for the hash and the size."""
        self._pushed = b""
        while self.read(1 << 20):
            pass

    def digest(self) -> str:
        return self._hash.hexdigest()
