"""Accepts or refuses the forms of a range, each on its own.

A range of one form, as the survey gives them, gets the swift verdict first (``swift``). The others,
and what is not valid there, are taken together in windows of as many lines as a tree can number. A
window is wrapped in the root tag of its file, parsed once and validated once by libxml2. Only when
it does not parse are its forms parsed one by one, so that a broken form is refused and its
neighbours are not. Validation runs on the tree: it gives every error its exact path.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO

from lxml import etree

from schemas.catalogue import Release
from transforms.cutting import BLANK, Cutter
from transforms.diagnosis import diagnose
from transforms.faults import Fault, Unjudgeable, element_at, faults
from transforms.findings import Finding, refusal
from transforms.limits import FINDINGS_PER_FORM
from transforms.lines import TREE_LINES, tag_lines
from transforms.prolog import parser
from transforms.ranges import Range
from transforms.shredded import Rows
from transforms.swift import sound

_FORM_DEPTH = 2
_BLANKS = re.compile(rb"[%b]*" % BLANK)
_FORM_STEP = re.compile(r"^/[^/]+/[^/\[]+(?:\[(\d+)\])?")


@dataclass(frozen=True, slots=True)
class Judged:
    """One form with its verdict.

    ``content``: its bytes in UTF-8; ``start``/``end``: offsets of the form in the received file;
    ``line``: of its start tag there. No findings: accepted; then bytes tell all of it (``plain``),
    or there is ``tree``, the parsed form, whose ``sourceline`` plus ``line_shift`` is the line in
    the file, unless ``block_lines`` gives the line of every block in document order.
    """

    form_no: int
    line: int
    start: int
    end: int
    content: bytes
    findings: tuple[Finding, ...]
    tree: etree._Element | None
    line_shift: int
    block_lines: Rows | None = None
    plain: bool = False

    @property
    def accepted(self) -> bool:
        return not self.findings

    @property
    def element(self) -> etree._Element | None:
        """The tree of an accepted form; parsed now where its bytes were enough so far."""
        return etree.fromstring(self.content, parser()) if self.plain else self.tree


@dataclass(frozen=True, slots=True)
class _Piece:
    """A piece of the range: number, place in the file, lines, and bytes as received.

    ``content`` starts in line ``first_line``, blanks before the form included, and has ``lines``
    line breaks; ``line`` is that of the form's tag.
    """

    form_no: int
    line: int
    start: int
    end: int
    first_line: int
    lines: int
    content: bytes
    stray: bool


def judge(
    data: bytes, where: Range, root_tag: bytes, codec: str, release: Release
) -> tuple[Judged, ...]:
    """The forms of ``data``, the bytes of a range, in order. See ``Survey`` for the rest."""
    swift = _swift(data, where, root_tag, codec, release)
    if swift is not None:
        return (swift,)
    pieces = _pieces(data, where, release)
    return tuple(
        judged
        for window in _windows(pieces)
        for judged in _judge_window(window, root_tag, codec, release)
    )


def judged_segment(
    parts: tuple[bytes, bytes, bytes], where: Range, codec: str, release: Release
) -> Judged | None:
    """A long form with the repeated blocks of one segment only, as it is when it is valid; None
    when it does not follow its codec.

    ``parts``: head of the form, the blocks, tail. ``start``, ``end`` and ``line`` are those of the
    whole form. See ``long_form``.
    """
    segment = where.segment
    assert segment is not None
    head, inner, tail = parts
    ending = tail if segment.number == 0 else release.kind.closing
    try:
        content = b"".join(_utf8(part, codec) for part in (head, inner, ending))
    except UnicodeDecodeError:
        return None
    start, end = segment.head[0], segment.tail[1]
    shift = segment.line - 1
    return Judged(where.form_no, segment.line, start, end, content, (), None, shift, plain=True)


def plain_content(data: bytes, where: Range, codec: str, release: Release) -> bytes | None:
    """A range in UTF-8 when it is one form that begins plainly."""
    if where.forms != 1 or where.segment is not None:
        return None
    if not data.startswith(b"<" + release.kind.form.encode() + b">", _behind_blanks(data)):
        return None
    try:
        return _utf8(data, codec)
    except UnicodeDecodeError:
        return None


def _behind_blanks(data: bytes) -> int:
    blanks = _BLANKS.match(data)
    return blanks.end() if blanks else 0


def accepted(data: bytes, where: Range, content: bytes) -> Judged:
    """The valid form of a range; ``content`` as from ``plain_content``."""
    tag = _behind_blanks(data)
    line = where.line + data.count(b"\n", 0, tag)
    start, end = where.start + tag, where.start + len(data)
    return Judged(where.form_no, line, start, end, content, (), None, where.line - 1, plain=True)


def _swift(
    data: bytes, where: Range, root_tag: bytes, codec: str, release: Release
) -> Judged | None:
    """The form of a range where nothing is in doubt."""
    content = plain_content(data, where, codec, release)
    if content is None or not sound(content, root_tag, release):
        return None
    return accepted(data, where, content)


def _pieces(data: bytes, where: Range, release: Release) -> Iterator[_Piece]:
    kind = release.kind
    cutter = Cutter(BytesIO(data), kind.form, kind.root, 0, where.line)
    for number, piece in enumerate(cutter):
        content = data[piece.start : piece.end]
        yield _Piece(
            where.form_no + number,
            piece.line + data.count(b"\n", piece.start, piece.tag),
            where.start + piece.tag,
            where.start + piece.end,
            piece.line,
            content.count(b"\n"),
            content,
            piece.stray,
        )


def _windows(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Consecutive pieces that together have lines a tree can number; a long form stands alone."""
    window: list[_Piece] = []
    lines = 0
    for piece in pieces:
        if window and lines + piece.lines > TREE_LINES:
            yield window
            window, lines = [], 0
        window.append(piece)
        lines += piece.lines
    if window:
        yield window


def _judge_window(
    window: list[_Piece], root_tag: bytes, codec: str, release: Release
) -> tuple[Judged, ...]:
    if len(window) > 1 and not any(piece.stray for piece in window):
        try:
            content = _utf8(b"".join(piece.content for piece in window), codec)
            judged = _judged(window, content, root_tag, codec, release)
            if not _hides_others(judged):
                return judged
        except (etree.XMLSyntaxError, UnicodeDecodeError):
            pass
    return tuple(_alone(piece, root_tag, codec, release) for piece in window)


def _hides_others(judged: Sequence[Judged]) -> bool:
    """Whether a finding is about a form as such: libxml2 then looks at none behind it."""
    return any((f.path or "").count("/") == _FORM_DEPTH for form in judged for f in form.findings)


def _utf8(content: bytes, codec: str) -> bytes:
    return content if codec == "utf-8" else content.decode(codec).encode()


def _judged(
    window: Sequence[_Piece], content: bytes, root_tag: bytes, codec: str, release: Release
) -> tuple[Judged, ...]:
    """Verdicts on forms that parse together, ``content`` being theirs in UTF-8."""
    closing = b"</" + release.kind.root.encode() + b">"
    root = etree.fromstring(root_tag + content + closing, parser())
    first = window[0]
    is_long = sum(piece.lines for piece in window) > TREE_LINES
    every_line = tag_lines(content, first.first_line) if is_long else None
    findings = _findings(root, release, first, every_line)
    for_all = tuple(findings.get(0, ()))
    return tuple(
        _verdict(
            piece,
            _utf8(piece.content, codec),
            (*for_all, *findings.get(number, ())),
            element,
            first.first_line - 1,
            _block_lines(content, first, release) if is_long else None,
        )
        for number, (piece, element) in enumerate(zip(window, root, strict=True), 1)
    )


def _block_lines(content: bytes, piece: _Piece, release: Release) -> Rows:
    names = {block.path[-1] for block in release.layout}
    return tag_lines(content, piece.first_line, names)


def _verdict(
    piece: _Piece,
    content: bytes,
    findings: tuple[Finding, ...],
    element: etree._Element | None = None,
    line_shift: int = 0,
    block_lines: Rows | None = None,
) -> Judged:
    return Judged(
        piece.form_no,
        piece.line,
        piece.start,
        piece.end,
        content,
        findings,
        None if findings else element,
        line_shift,
        block_lines,
    )


def _alone(piece: _Piece, root_tag: bytes, codec: str, release: Release) -> Judged:
    """The verdict on one form that is parsed without its neighbours."""
    if piece.stray:
        message = f"something other than a {release.kind.form} stands between the forms"
        finding = refusal("stray-content", message, piece.line)
        return _verdict(piece, piece.content, (finding,))
    try:
        piece.content.decode(codec)
    except UnicodeDecodeError as error:
        line = piece.first_line + piece.content.count(b"\n", 0, error.start)
        finding = refusal("encoding", f"the bytes do not follow {codec}", line)
        return _verdict(piece, piece.content, (finding,))
    content = _utf8(piece.content, codec)
    try:
        return _judged([piece], content, root_tag, codec, release)[0]
    except etree.XMLSyntaxError as error:
        return _verdict(piece, content, (_syntax_error(error, piece),))


def _syntax_error(error: etree.XMLSyntaxError, piece: _Piece) -> Finding:
    line = piece.first_line + (error.lineno or 1) - 1
    message = str(error.msg or "not well-formed").split(", line ")[0]
    message = re.sub(r",? (?:try|use) XML_PARSE_HUGE.*", "", message)
    message = re.sub(r"line (\d+)", lambda m: f"line {int(m[1]) + piece.first_line - 1}", message)
    return refusal("xml-syntax", f"the XML is not well-formed: {message}", line)


def _findings(
    root: etree._Element, release: Release, first: _Piece, every_line: Rows | None
) -> dict[int, list[Finding]]:
    """Findings by position of the form below the root, from 1; 0: about the root itself.

    ``every_line``: line of every element below the root, where the tree cannot tell.
    """
    found: dict[int, list[Finding]] = defaultdict(list)
    most = (FINDINGS_PER_FORM + 1) * len(root)
    try:
        listed = _by_form(faults(root, release.validator, most))
    except Unjudgeable:
        found[0].append(refusal("unjudgeable", "the schema processor gives up on this content"))
        return found
    for position, of_form in listed.items():
        shown = of_form[:FINDINGS_PER_FORM]
        lines = _exact_lines(root, shown, every_line) if every_line is not None else {}
        for finding in diagnose(root, shown, release.message):
            line = (finding.line or 1) + first.first_line - 1
            line = lines.get(finding.path or "", line)
            path = _renumbered(finding.path, position, first.form_no)
            found[position].append(replace(finding, line=line, path=path))
        if len(of_form) > FINDINGS_PER_FORM:
            more = f"there are more than the {FINDINGS_PER_FORM} errors listed"
            found[position].append(refusal("too-many-findings", more))
    return found


def _by_form(found: Iterable[Fault]) -> dict[int, list[Fault]]:
    """Faults by position of the form below the root; 0: about the root itself."""
    by_form: dict[int, list[Fault]] = defaultdict(list)
    for fault in found:
        step = _FORM_STEP.match(fault.path)
        by_form[int(step[1] or 1) if step else 0].append(fault)
    return by_form


def _exact_lines(root: etree._Element, found: Sequence[Fault], every_line: Rows) -> dict[str, int]:
    """Line in the received file by path, for the elements of faults; one walk over the tree."""
    paths = {element_at(root, fault.path): fault.path for fault in found}
    return {
        paths[element]: int(every_line[number])
        for number, element in enumerate(root.iterdescendants(etree.Element))
        if element in paths
    }


def _renumbered(path: str | None, position: int, first_form: int) -> str | None:
    """The path with the number that the form has in its file."""
    if path is None or position == 0:
        return path
    step = _FORM_STEP.match(path)
    assert step is not None
    head = step[0].split("[")[0]
    return f"{head}[{first_form + position - 1}]{path[step.end() :]}"
