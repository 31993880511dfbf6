"""Who and what a form is about: read from an accepted form, glimpsed in a refused one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lxml import etree

from schemas.kind import Kind, MessageKind
from schemas.quarter import Quarter
from transforms.assemble import employer_key


@dataclass(frozen=True, slots=True)
class Identity:
    """Declared quarter and employer, trusteeship flag, reference of the declarant."""

    quarter: str | None
    employer: str | None
    trusteeship: str | None
    reference: str | None


def identify(form: etree._Element, kind: Kind) -> Identity:
    """From the tree of a valid form."""

    def zone(path: str) -> str | None:
        text = form.findtext(path)
        return text.strip() if text else None

    return _identity(kind, zone)


def identify_bytes(content: bytes, kind: Kind) -> Identity:
    """From the bytes of a valid form (UTF-8) without comments and the like: only what stands
    before its first repeated block is searched. The zones of a block stand before the blocks in
    it."""
    end = content.find(b"<" + kind.repeated[-1].encode() + b">")
    head = content if end < 0 else content[:end]
    return _identity(kind, lambda path: _in_plain(head, *path.encode().split(b"/")))


def _in_plain(head: bytes, block: bytes, zone: bytes) -> str | None:
    """The text of a zone in the first block of a name."""
    start = head.find(b"<" + block + b">")
    tag = b"<" + zone + b">"
    at = head.find(tag, start, head.find(b"</" + block + b">", start)) if start >= 0 else -1
    if at < 0:
        return None
    text = head[at + len(tag) : head.index(b"<", at + 1)].decode()
    return text.strip() if text else None


def glimpse(content: bytes, kind: Kind) -> Identity:
    """From the bytes of a form that is not valid: what a reader would take it for, to help
    finding its sender. Nothing is decided on it."""

    return _identity(kind, lambda path: _text(content, path))


def glimpse_employer(content: bytes, kind: MessageKind) -> str | None:
    """The employer that a form seems to be of; as ``glimpse``. None where forms of this kind have
    no place for it."""
    if not isinstance(kind, Kind):
        return None
    nsso, company = _text(content, kind.identity.employer), _text(content, kind.identity.company)
    return _employer(nsso, company)


def _identity(kind: Kind, zone: Callable[[str], str | None]) -> Identity:
    paths = kind.identity
    quarter, nsso, company = zone(paths.quarter), zone(paths.employer), zone(paths.company)
    return Identity(
        _quarter(quarter),
        _employer(nsso, company),
        _flag(zone(paths.trusteeship)),
        zone(paths.reference),
    )


def _quarter(text: str | None) -> str | None:
    try:
        return str(Quarter.parse(text)) if text else None
    except ValueError:
        return None


def _flag(text: str | None) -> str | None:
    """The schema takes 0 and 00 for the same."""
    return str(int(text)) if text and text.isascii() and text.isdigit() else text


def _employer(nsso: str | None, company: str | None) -> str | None:
    try:
        return employer_key(nsso, company) if nsso or company else None
    except ValueError:
        return None


def _text(content: bytes, path: str) -> str | None:
    """The text of the first element that has the last name of the path."""
    match = _element(path.rpartition("/")[2]).search(content)
    return match[1].decode("utf-8", "replace").strip() if match else None


@cache
def _element(name: str) -> re.Pattern[bytes]:
    return re.compile(rb"<%b>([^<]{1,200})</" % name.encode())
