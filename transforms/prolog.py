"""The start of a document: encoding, declaration, root tag. Hostile things end here."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from lxml import etree

from schemas.kind import MessageKind
from transforms.findings import Finding, refusal
from transforms.limits import PROLOG_BYTES

_LATIN = ("iso-8859-1", "iso8859-1", "latin1", "latin-1")
ENCODINGS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "ascii",
    "ascii": "ascii",
    **dict.fromkeys(_LATIN, "iso-8859-1"),
}
"""Declared name to codec. Which encodings the batch channel admits was not found in a text; a
message outside these is refused, not guessed at."""

_BOM = b"\xef\xbb\xbf"
_NOTHING = re.compile(rb"[ \t\r\n\x00\xef\xbb\xbf]*")
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf")
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"\x00\x00\x00<", b"<\x00", b"\x00<")
_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*(?:"1\.0"|'1\.0')"""
    rb"""(?:\s+encoding\s*=\s*(?:"(?P<a>[A-Za-z0-9._:-]+)"|'(?P<b>[A-Za-z0-9._:-]+)'))?"""
    rb"""(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>"""
)
_MISC = re.compile(rb"(?:\s+|<!--.*?-->|<\?(?!xml\s).*?\?>)*", re.DOTALL)
_ROOT = re.compile(rb"""<(?P<name>[^\s/>!?"'=]+)(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""")
_XSI = "{http://www.w3.org/2001/XMLSchema-instance}"


@dataclass(frozen=True, slots=True)
class Prolog:
    """What the start of a document says.

    ``root_tag``: the start tag of the root as UTF-8 bytes, on one line; ``end``: offset behind
    it; ``line``: line it ends in; ``codec``: of the document; ``location``: the schema it names,
    if any; ``empty``: the root tag closes itself.
    """

    root_tag: bytes
    end: int
    line: int
    codec: str
    location: str | None
    empty: bool


def read_prolog(head: bytes, kind: MessageKind) -> Prolog | Finding:
    """The start of a document from its first ``PROLOG_BYTES``, or why it is refused."""
    if _NOTHING.fullmatch(head):
        return refusal("empty-file", "the file holds no data", 1)
    codec = _codec(head)
    if isinstance(codec, Finding):
        return codec
    start = _behind_declaration(head)
    before = _MISC.match(head, start)
    tag_start = before.end() if before else start
    root = _ROOT.match(head, tag_start)
    if root is None:
        return _no_root(head, tag_start)
    return _checked(head[: root.end()], start, tag_start, codec, kind.root)


def _codec(head: bytes) -> str | Finding:
    if head.startswith(_COMPRESSED):
        return refusal("compressed", "the file is compressed: send the XML itself", 1)
    if head.startswith(_WIDE):
        return refusal("encoding", "UTF-16 and UTF-32 are not accepted: send UTF-8", 1)
    match = _DECLARATION.match(head.removeprefix(_BOM))
    declared = ((match["a"] or match["b"] or b"utf-8") if match else b"utf-8").decode("ascii")
    codec = ENCODINGS.get(declared.lower())
    if codec is None:
        message = f"encoding {declared} is not accepted: send UTF-8 or ISO-8859-1"
        return refusal("encoding", message, 1, declared)
    if head.startswith(_BOM) and codec != "utf-8":
        message = f"the file starts with the mark of UTF-8 but declares {declared}"
        return refusal("encoding", message, 1, declared)
    return codec


def _behind_declaration(head: bytes) -> int:
    start = len(_BOM) if head.startswith(_BOM) else 0
    match = _DECLARATION.match(head, start)
    return match.end() if match else start


def _no_root(head: bytes, position: int) -> Finding:
    line = head.count(b"\n", 0, position) + 1
    if head.startswith(b"<!DOCTYPE", position):
        return refusal("doctype", "a document type declaration is not accepted", line)
    if position >= len(head) - 1 and len(head) >= PROLOG_BYTES:
        return refusal("xml-syntax", f"no root element in the first {PROLOG_BYTES} bytes", line)
    return refusal("xml-syntax", "no XML root element is found", line)


@lru_cache(maxsize=64)
def _checked(
    head: bytes, start: int, tag_start: int, codec: str, expected: str
) -> Prolog | Finding:
    """Parses the root tag, with which ``head`` ends, on its own, with all that precedes it.

    Thousands of files start with the same few root tags.
    """
    tag_line = head.count(b"\n", 0, tag_start) + 1
    try:
        text = head[start:].decode(codec).encode()
        tag = head[tag_start:].decode(codec).encode()
        root = _ROOT.fullmatch(tag)
        assert root is not None
        empty = tag.endswith(b"/>")
        closing = b"" if empty else b"</" + root["name"] + b">"
        element = etree.fromstring(text + closing, parser())
    except UnicodeDecodeError:
        return refusal("encoding", f"the bytes do not follow {codec}", tag_line)
    except etree.XMLSyntaxError as error:
        return refusal("xml-syntax", _plain(error), tag_line)
    found = _wrong_root(element, expected, tag_line)
    if found is not None:
        return found
    location = element.get(_XSI + "noNamespaceSchemaLocation")
    # On one line: forms are parsed behind this tag, and their lines are counted from it.
    one_line = b" ".join(tag.splitlines())
    return Prolog(one_line, len(head), head.count(b"\n") + 1, codec, location, empty)


def _wrong_root(element: etree._Element, expected: str, line: int) -> Finding | None:
    name = etree.QName(element)
    if name.namespace is not None:
        message = f"{name.localname} is in namespace {name.namespace}: the message has none"
        return refusal("namespace", message, line, name.namespace)
    if name.localname != expected:
        message = f"the root element is {name.localname}; {expected} is expected"
        return refusal("root-element", message, line, name.localname)
    return None


def parser(recover: bool = False) -> etree.XMLParser:
    """Parses data only: nothing is loaded, expanded or looked up. Not shared between threads."""
    return etree.XMLParser(
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
        recover=recover,
    )


def validating(schema: etree.XMLSchema, target: Any) -> Any:
    """A parser as ``parser``, which validates while it parses and makes no tree: ``target`` gets
    the events that it has a method for."""
    return etree.XMLParser(
        load_dtd=False,
        no_network=True,
        resolve_entities=False,
        remove_pis=True,
        huge_tree=False,
        schema=schema,
        target=target,
    )


def _plain(error: etree.XMLSyntaxError) -> str:
    return str(error.msg or error).split(", line ")[0]
