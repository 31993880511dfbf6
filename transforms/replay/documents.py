"""Documents of any schema, each judged as a whole by both."""

import os
from typing import BinaryIO

from lxml import etree

from schemas.given import Side
from transforms.faults import Fault, Unjudgeable
from transforms.limits import FORM_BYTES
from transforms.prolog import parser, validating
from transforms.replay.tally import Example, Tally
from transforms.replay.verdict import Bench, Origin, Verdicts, count_faults, count_tree, verdicts

TREE_BYTES = 32 * 1024 * 1024
"""A larger document is judged while it is parsed, twice, before a tree is made of it."""

_WARNING = int(etree.ErrorLevels.WARNING)


def tally_document(stream: BinaryIO, file: str, bench: Bench, tally: Tally) -> None:
    """Counts one document; ``file`` as it is to be shown. Raises ``OSError``."""
    tally.files += 1
    size = stream.seek(0, os.SEEK_END)
    tally.bytes += size
    try:
        if size <= TREE_BYTES or not _counted_without_tree(stream, size, file, bench, tally):
            stream.seek(0)
            root = _parsed(stream)
            count_tree(root, verdicts(root, bench), bench, Origin(file), tally)
    except Refused as reason:
        example = Example(file, 0, reason.line, "", reason.why)
        tally.cannot_read(reason.code, example)
    except Unjudgeable:
        why = "the schema processor gives up on this content"
        tally.cannot_read("unjudgeable", Example(file, 0, 1, "", why))


class Refused(Exception):
    """A document that cannot be judged; ``code`` is one of ``findings.REFUSALS``."""

    def __init__(self, code: str, why: str, line: int = 1) -> None:
        super().__init__(code)
        self.code = code
        self.why = why
        self.line = line


def _parsed(stream: BinaryIO) -> etree._Element:
    try:
        tree = etree.parse(stream, parser())
    except etree.XMLSyntaxError as error:
        raise _syntax(error) from None
    if tree.docinfo.doctype:
        raise Refused("doctype", "a document type declaration is not accepted")
    return tree.getroot()


def _syntax(error: etree.XMLSyntaxError) -> Refused:
    if error.code == etree.ErrorTypes.ERR_DOCUMENT_EMPTY:
        return Refused("empty-file", "the file holds no XML", error.lineno or 1)
    return Refused("xml-syntax", "the XML is not well-formed", error.lineno or 1)


def _counted_without_tree(
    stream: BinaryIO, size: int, file: str, bench: Bench, tally: Tally
) -> bool:
    """Whether a large document needs no tree: both schemas say the same of it, or none can be made
    of it; then errors have lines, but no paths that a difference could be found by."""
    said = [_streamed(stream, side) for side in (bench.old, bench.new)]
    found = Verdicts(not said[0], not said[1])
    if found.old != found.new and size <= FORM_BYTES:
        return False
    found.count(tally)
    if found.old != found.new:
        tally.partly_read += 1
        nothing = etree.Element("nothing")
        count_faults(said[0] or said[1], nothing, found, bench, Origin(file), tally)
    return True


class _Events:
    """Receives no content; remembers that there was a document type."""

    def __init__(self) -> None:
        self.has_doctype = False

    def doctype(self, _name: str, _public: str | None, _system: str | None) -> None:
        self.has_doctype = True

    def close(self) -> None:
        return None


def _streamed(stream: BinaryIO, side: Side) -> list[Fault]:
    """The errors that the schema finds while the document is parsed."""
    stream.seek(0)
    events = _Events()
    parsing = validating(side.validator, events)
    broken: etree.XMLSyntaxError | None = None
    try:
        etree.parse(stream, parsing)  # an invalid document is no error here
    except etree.XMLSyntaxError as error:
        broken = error
    if events.has_doctype:
        raise Refused("doctype", "a document type declaration is not accepted")
    if broken is not None:
        raise _syntax(broken) from None
    log = list(parsing.error_log)
    if any(one.domain_name != "SCHEMASV" and one.level > _WARNING for one in log):
        raise Refused("xml-syntax", "the XML is not well-formed")
    return [Fault(one.type_name, one.message, "", one.line) for one in log]
