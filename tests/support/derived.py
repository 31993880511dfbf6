"""A release of ours with edits, as somebody may draft the next one."""

import shutil
from pathlib import Path

from schemas.catalogue import Catalogue
from schemas.dmfa import DMFA
from schemas.kind import MessageKind
from schemas.quarter import Quarter


def derived(folder: Path, *edits: tuple[str, str, str], kind: MessageKind = DMFA) -> Path:
    """The XSD of 2023/1, copied to ``folder`` with edits: a file of it, a text that stands in it
    once, and what takes its place."""
    release = Catalogue().find(kind, Quarter(2023, 1))
    assert release is not None
    shutil.copytree(release.path.parent, folder)
    for file, old, new in edits:
        path = folder / file
        text = path.read_text()
        assert text.count(old) == 1, f"{old} stands {text.count(old)} times in {file}"
        path.write_text(text.replace(old, new))
    return folder / release.path.name


def restricted(number: str, base: str, facet: str) -> tuple[str, str, str]:
    """The edit that gives a zone one facet more."""
    zone = f"<xs:documentation>{number}</xs:documentation></xs:annotation>\n    <xs:simpleType>"
    before, after = f'{zone}<xs:restriction base="{base}"', "</xs:restriction>"
    return "zones.xsd", f"{before}/>", f"{before}><xs:{facet}/>{after}"
