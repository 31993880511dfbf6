"""Which schema judges a document: (message, release) to a compiled schema, once per process.

Releases come from two places: those that kwartaal ships under ``schemas/<home>/releases`` and
those that an operator registered (``schemas.registry``). A compiled libxml2 schema cannot be
pickled, so a catalogue is made of paths and compiles on first use in each process.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from lxml import etree

from schemas.compiled import kept
from schemas.kind import MessageKind
from schemas.layout import Layout, layout_of, merged
from schemas.model import Block, read_message
from schemas.quarter import Quarter
from schemas.tables import Table


@dataclass(frozen=True)
class Release:
    """One release of a message: where its XSD is, and what can be made of it."""

    kind: MessageKind
    quarter: Quarter
    path: Path
    shipped: bool

    @property
    def label(self) -> str:
        return self.quarter.slash

    @cached_property
    def message(self) -> Block:
        return read_message(self.path, self.kind.root)

    @cached_property
    def layout(self) -> Layout:
        return layout_of(self.kind, self.message)

    @property
    def validator(self) -> etree.XMLSchema:
        """The compiled schema, one for each thread: its ``error_log`` belongs to one verdict."""
        return kept(self.path, self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of every XSD file of the release."""
        digest = hashlib.sha256()
        for file in sorted(self.path.parent.glob("*.xsd")):
            digest.update(file.name.encode() + file.read_bytes())
        return digest.hexdigest()[:16]


class Catalogue:
    """The releases of all messages that this installation and this operator know.

    Looks at the registry once: what is registered later is known to the next catalogue.
    """

    def __init__(self, registry: Path | None = None) -> None:
        self.registry = registry
        self._releases: dict[str, dict[Quarter, Release]] = {}
        self._tables: dict[str, Mapping[str, Table]] = {}

    def releases(self, kind: MessageKind) -> Mapping[Quarter, Release]:
        """Releases by quarter, oldest first, without aliases."""
        if kind.name not in self._releases:
            found = {r.quarter: r for r in _registered(kind, self.registry)}
            found.update({r.quarter: r for r in _shipped(kind)})
            self._releases[kind.name] = dict(sorted(found.items()))
        return self._releases[kind.name]

    def find(self, kind: MessageKind, quarter: Quarter) -> Release | None:
        """The release with this label, or the one that it is an alias of."""
        releases = self.releases(kind)
        return releases.get(quarter) or releases.get(kind.aliases.get(quarter, quarter))

    def newest(self, kind: MessageKind, quarter: Quarter) -> Release | None:
        """The newest release at a quarter; derived: one goes until there is another."""
        there = [release for q, release in self.releases(kind).items() if q <= quarter]
        return there[-1] if there else None

    def named(self, kind: MessageKind, location: str) -> Release | None:
        """The release that ``xsi:noNamespaceSchemaLocation`` names, whatever folder it adds."""
        file_name = re.split(r"[\\/]", location.strip())[-1]
        quarter = kind.release_of_file(file_name)
        return self.find(kind, quarter) if quarter else None

    def in_any_case(self, kind: MessageKind) -> Release | None:
        """The release that judges whatever a document names; here it is what documents name."""
        return None

    def tables(self, kind: MessageKind) -> Mapping[str, Table]:
        """Block tables by full name that hold the rows of every release."""
        if kind.name not in self._tables:
            layouts = (release.layout for release in self.releases(kind).values())
            self._tables[kind.name] = merged(layouts)
        return self._tables[kind.name]

    def fingerprint(self, kind: MessageKind) -> str:
        """Hash of every release of a message: changes when anything that may judge changes."""
        digest = hashlib.sha256()
        for release in self.releases(kind).values():
            digest.update(release.fingerprint.encode())
        return digest.hexdigest()[:16]


def _shipped(kind: MessageKind) -> Iterator[Release]:
    for quarter in kind.releases:
        path = Path(str(kind.folder)) / "releases" / folder_name(quarter) / kind.file_name(quarter)
        yield Release(kind, quarter, path, shipped=True)


def _registered(kind: MessageKind, registry: Path | None) -> Iterator[Release]:
    if registry is None:
        return
    for path in sorted((registry / kind.name).glob("*/*.xsd")):
        match = re.fullmatch(r"(\d{4})-([1-4])", path.parent.name)
        if match:
            quarter = Quarter(int(match[1]), int(match[2]))
            if path.name == kind.file_name(quarter):
                yield Release(kind, quarter, path, shipped=False)


def folder_name(quarter: Quarter) -> str:
    return f"{quarter.year}-{quarter.number}"
