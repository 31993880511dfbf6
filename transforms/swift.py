"""The swift verdict: whether one form is valid, from libxml2's events, without a tree.

What its columns leave in doubt (``together``) is judged by libxml2, and a tree takes half of the
time of parsing. So a form is first validated while it is parsed and nothing is kept, by the same
compiled schema. Only where that is not a clean yes is a tree built, which tells every error with
its path and line.

Left to the tree from the start is all that bytes do not tell beyond doubt (``Markup``): the tables
of a form that passes here are found in its bytes.
"""

from lxml import etree

from schemas.catalogue import Release
from transforms.markup import Markup
from transforms.prolog import validating

_END = b"<!---->"
"""A mark behind the root: it is met only when nothing stopped the parser before."""


def sound(content: bytes, root_tag: bytes, release: Release) -> bool:
    """Whether a form in UTF-8 is valid beyond doubt behind ``root_tag``, and bytes tell all of
    it."""
    return Markup.of(content) is not None and is_valid(content, root_tag, release)


def is_valid(content: bytes, root_tag: bytes, release: Release) -> bool:
    """Whether a form in UTF-8 that has no comments is valid behind ``root_tag``."""
    closing = b"</" + release.kind.root.encode() + b">"
    return _is_valid(root_tag + content + closing + _END, release.validator)


class _UpToTheEnd:
    """Receives the mark at the end, and no other event."""

    def __init__(self) -> None:
        self.reached = False

    def comment(self, _text: str) -> None:
        self.reached = True

    def close(self) -> bool:
        return self.reached


def _is_valid(document: bytes, validator: etree.XMLSchema) -> bool:
    events = _UpToTheEnd()
    parsing = validating(validator, events)
    try:
        etree.fromstring(document, parsing)
    except etree.XMLSyntaxError:
        return False
    return events.reached and not len(parsing.error_log)
