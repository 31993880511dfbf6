"""Schemas that are given to judge by: releases that no catalogue knows, or of no message at all."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from schemas.catalogue import Catalogue, Release
from schemas.compare.references import files_of, parsed
from schemas.compiled import kept
from schemas.kind import MessageKind
from schemas.messages import message_of
from schemas.model import XSD, SchemaError, read_message
from schemas.quarter import Quarter


@dataclass(frozen=True)
class Side:
    """A schema that judges. ``kind``: the message it describes, None for any other document."""

    path: Path
    kind: MessageKind | None = None

    @property
    def validator(self) -> etree.XMLSchema:
        """Raises ``SchemaError`` where it does not compile."""
        return kept(self.path)

    @cached_property
    def is_flat(self) -> bool:
        """Whether all its elements are declared globally: then an element means the same wherever
        it stands, and can be judged by itself."""
        return not any(
            parent.tag != f"{XSD}schema"
            for content in files_of(self.path).values()
            if (schema := parsed(content)) is not None
            for element in schema.iter(f"{XSD}element")
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
        digest = hashlib.sha256(str(self.path).encode())
        for content in files_of(self.path).values():
            digest.update(b"\0" + content)
        return digest.hexdigest()[:16]


class AnyRelease(Catalogue):
    """A catalogue for files of whatever release: what they name does not matter."""

    def __init__(self, kind: MessageKind, path: Path) -> None:
        super().__init__()
        self._only = GivenRelease(kind, kind.releases[-1], path, shipped=False)

    def find(self, kind: MessageKind, quarter: Quarter) -> Release | None:
        return self._only

    def in_any_case(self, kind: MessageKind) -> Release | None:
        return self._only


def message_of_both(old: Path, new: Path) -> MessageKind | None:
    """The message that both schemas describe, with its forms; None for others."""
    kind = message_of(old)
    if kind is None or message_of(new) is not kind:
        return None
    return kind if all(_has_forms(path, kind) for path in (old, new)) else None


def _has_forms(path: Path, kind: MessageKind) -> bool:
    try:
        message = read_message(path, kind.root)
    except SchemaError:
        return False
    return any(block.name == kind.form for block in message.blocks)
