"""The official schemas, and our own that stand for them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from documents import XSD
from lxml import etree

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from schemas.quarter import Quarter

_CATALOGUE = Catalogue()


@dataclass(frozen=True)
class Contract:
    """A label by which documents name the release of a message."""

    message: MessageKind
    label: Quarter

    def __str__(self) -> str:
        return f"{self.message.name} {self.label.slash}"

    @property
    def own(self) -> Path:
        """Our schema file for it."""
        release = _CATALOGUE.find(self.message, self.label)
        assert release is not None
        return release.path

    def official(self, shared: Path) -> Path:
        """The published schema file."""
        folder = "dmfa/series-original" if self.message is DMFA else "dimona"
        return shared / "official" / "xsd" / folder / self.message.file_name(self.label)


RELEASES = [Contract(m, label) for m in MESSAGES for label in m.releases]
ALIASES = [Contract(m, label) for m in MESSAGES for label in m.aliases]


def declared(file: Path) -> Iterator[etree._Element]:
    """The global elements of a schema file."""
    yield from etree.parse(file).iterfind(f"{{{XSD}}}element")


def numbers(*files: Path) -> Mapping[str, str]:
    """Official number by element name, from the annotations of schema files."""
    return {
        str(element.get("name")): str(element.findtext(f".//{{{XSD}}}documentation"))
        for file in files
        for element in declared(file)
    }
