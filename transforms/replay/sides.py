"""The two schemas of a replay: compiled for whoever judges, and whose message they describe."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from schemas.catalogue import Catalogue, Release
from schemas.kind import MessageKind
from schemas.model import XSD, SchemaError, read_message
from schemas.quarter import Quarter

_JOINS = (f"{XSD}include", f"{XSD}import", f"{XSD}redefine")


class _Compiled(threading.local):
    """Compiled schemas of one thread: an ``error_log`` belongs to one verdict."""

    def __init__(self) -> None:
        self.schemas: dict[Path, etree.XMLSchema] = {}


_of_this_thread = _Compiled()


@dataclass(frozen=True)
class Side:
    """A schema that judges. ``kind``: the message it describes, None for any other document."""

    path: Path
    kind: MessageKind | None = None

    @property
    def validator(self) -> etree.XMLSchema:
        """Raises ``SchemaError`` where it does not compile."""
        compiled = _of_this_thread.schemas
        if self.path not in compiled:
            try:
                compiled[self.path] = etree.XMLSchema(etree.parse(str(self.path)))
            except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
                raise SchemaError(f"{self.path.name} does not compile: {error}") from error
        return compiled[self.path]

    @cached_property
    def is_flat(self) -> bool:
        """Whether all its elements are declared globally: then an element means the same wherever
        it stands, and can be judged by itself."""
        return not any(
            parent.tag != f"{XSD}schema"
            for tree in _trees(self.path)
            for element in tree.iter(f"{XSD}element")
            if element.get("name") and (parent := element.getparent()) is not None
        )

    @cached_property
    def release(self) -> "GivenRelease | None":
        """What judges forms of the message by columns; None where its tables cannot be derived,
        so that every form is judged by libxml2."""
        if self.kind is None or not self.kind.tables:
            return None
        release = GivenRelease(self.kind, self.kind.releases[-1], self.path, shipped=False)
        try:
            _ = release.layout
        except SchemaError:
            return None
        # What is asked of the root, keys among it, is not looked for in the columns of a form.
        return release if release.message.exact else None


class GivenRelease(Release):
    """A schema as a release of a message, whatever quarter documents name: its ``quarter`` says
    nothing, and others may lie beside it."""

    @cached_property
    def fingerprint(self) -> str:
        """Tells schemas of one folder apart."""
        return hashlib.sha256(b"\0".join(_content(self.path))).hexdigest()[:16]


class AnyRelease(Catalogue):
    """A catalogue for files of whatever release: what they name does not matter."""

    def __init__(self, kind: MessageKind, path: Path) -> None:
        super().__init__()
        self._only = GivenRelease(kind, kind.releases[-1], path, shipped=False)

    def find(self, kind: MessageKind, quarter: Quarter) -> Release | None:
        return self._only

    def in_any_case(self, kind: MessageKind) -> Release | None:
        return self._only


def message_of(old: Path, new: Path, messages: tuple[MessageKind, ...]) -> MessageKind | None:
    """The message that both schemas describe: its root with its forms; None for others."""
    names = [_global_elements(path) for path in (old, new)]
    for kind in messages:
        if all(kind.root in some for some in names) and all(
            _has_forms(path, kind) for path in (old, new)
        ):
            return kind
    return None


def _has_forms(path: Path, kind: MessageKind) -> bool:
    try:
        message = read_message(path, kind.root)
    except SchemaError:
        return False
    return any(block.name == kind.form for block in message.blocks)


def _global_elements(path: Path) -> set[str]:
    """Names of global elements in no namespace: messages have none."""
    return {
        str(element.get("name"))
        for tree in _trees(path)
        if tree.getroot().get("targetNamespace") is None
        for element in tree.getroot().iterchildren(f"{XSD}element")
    }


def _content(path: Path) -> Iterator[bytes]:
    yield str(path).encode()
    yield from (etree.tostring(tree) for tree in _trees(path))


def _trees(path: Path) -> "Iterator[etree._ElementTree]":
    """A schema and what it includes or imports from beside it, each file once.

    Raises ``SchemaError`` for one that cannot be read.
    """
    waiting, met = [path], set()
    while waiting:
        here = waiting.pop().resolve()
        if here in met:
            continue
        met.add(here)
        try:
            tree = etree.parse(str(here))
        except (etree.XMLSyntaxError, OSError) as error:
            raise SchemaError(f"{here.name} cannot be read: {error}") from error
        yield tree
        joined = (one.get("schemaLocation") for one in tree.getroot().iterchildren(*_JOINS))
        waiting += [here.parent / one for one in joined if one and "://" not in one]
