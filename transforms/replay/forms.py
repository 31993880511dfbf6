"""Forms of a message, judged by both schemas many at a time.

Most forms are valid in both, and are found to be so by their columns (``together``). The others are
parsed once each, and judged by libxml2 for the schemas that are left to be asked.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from schemas.given import Side
from schemas.kind import MessageKind
from transforms.faults import Unjudgeable
from transforms.lines import TREE_LINES, tag_lines
from transforms.prolog import parser
from transforms.replay.tally import Example, Tally
from transforms.replay.verdict import Bench, Origin, Verdicts, count_tree, verdicts
from transforms.shredded import Rows
from transforms.together import Received, are_accepted

NOT_REBUILT = "not-rebuilt"

_BLANK = b" \t\r\n"


@dataclass(frozen=True, slots=True)
class FormOf:
    """A form as it was received, and the file it is from, as it is to be shown."""

    file: str
    received: Received


def tally_forms(
    forms: Sequence[FormOf],
    bench: Bench,
    kind: MessageKind,
    tally: Tally,
    accepted_by: Side | None = None,
) -> None:
    """Counts forms of ``kind``. Each range holds one form, or what stands in the place of one.

    ``accepted_by``: the schema that once accepted forms that were written again from their rows:
    nothing is concluded from one that it does not accept now.
    """
    received = [one.received for one in forms]
    known = [
        Verdicts(*both)
        for both in zip(
            *(_accepted(received, side) for side in (bench.old, bench.new)), strict=True
        )
    ]
    for one, beyond_doubt in zip(forms, known, strict=True):
        if beyond_doubt.old and beyond_doubt.new:
            tally.still_valid += 1
        else:
            _count(one, beyond_doubt, bench, kind, tally, accepted_by)


def _accepted(received: Sequence[Received], side: Side) -> list[bool]:
    if side.release is None:
        return [False] * len(received)
    return are_accepted(received, side.release)


def _count(
    one: FormOf,
    known: Verdicts,
    bench: Bench,
    kind: MessageKind,
    tally: Tally,
    accepted_by: Side | None,
) -> None:
    where = one.received.where
    try:
        root = tree_of(one.received, kind)
        if accepted_by is not None and not accepted_by.validator.validate(root):
            why = "the rows do not give a form that its own release accepts"
            raise Unreadable(NOT_REBUILT, where.line, why)
        origin = Origin(one.file, where.form_no, where.line - 1, _lines(one.received))
        count_tree(root, verdicts(root, bench, known), bench, origin, tally)
    except Unreadable as reason:
        tally.cannot_read(
            reason.code, Example(one.file, where.form_no, reason.line, "", reason.why)
        )
    except Unjudgeable:
        why = "the schema processor gives up on this content"
        tally.cannot_read("unjudgeable", Example(one.file, where.form_no, where.line, "", why))


def _lines(received: Received) -> Rows | None:
    """Lines of all elements, where a tree cannot number them."""
    if received.data.count(b"\n") < TREE_LINES:
        return None
    return tag_lines(received.data.decode(received.codec).encode(), received.where.line)


class Unreadable(Exception):
    """A form that cannot be judged; ``code``: one of ``findings.REFUSALS``, or ``NOT_REBUILT``."""

    def __init__(self, code: str, line: int, why: str) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        self.why = why


def tree_of(received: Received, kind: MessageKind) -> etree._Element:
    """The form alone below its root; ``Unreadable`` says why there is none."""
    where = received.where
    try:
        content = received.data.decode(received.codec).encode()
    except UnicodeDecodeError as error:
        line = where.line + received.data.count(b"\n", 0, error.start)
        why = f"the bytes do not follow {received.codec}"
        raise Unreadable("encoding", line, why) from None
    closing = b"</" + kind.root.encode() + b">"
    try:
        root = etree.fromstring(received.root_tag + content + closing, parser())
    except etree.XMLSyntaxError as error:
        line = where.line + (error.lineno or 1) - 1
        raise Unreadable("xml-syntax", line, "the XML is not well-formed") from None
    if [one.tag for one in root] != [kind.form] or (root.text or "").strip():
        line = where.line + content.count(b"\n", 0, len(content) - len(content.lstrip(_BLANK)))
        raise Unreadable("stray-content", line, "something other than a form stands there")
    return root
