"""Registering releases that the project does not ship.

A registry is a folder ``<message>/<year>-<quarter>/`` holding the XSD files as they were received.
From then on documents that name the release are judged by it, and its zones are columns.
"""

import shutil
from pathlib import Path

from lxml import etree

from schemas.catalogue import Catalogue, Release, folder_name
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from schemas.layout import layout_of
from schemas.model import SchemaError, read_message
from schemas.quarter import Quarter


def register(file: Path, registry: Path, *, replace: bool = False) -> Release:
    """Checks an XSD and keeps a copy of it (and of what it includes) in the registry.

    ``SchemaError`` when its name is not that of a release, when it does not compile with
    libxml2, when the tables of its message cannot be derived from it, or when the release is
    known already.
    """
    kind, quarter = _identify(file)
    candidate = Release(kind, quarter, file.resolve(), shipped=False)
    _ = candidate.validator
    message = read_message(candidate.path, kind.root, checked=False)
    if kind.tables:
        layout_of(kind, message)
    known = Catalogue(registry).releases(kind).get(quarter)
    if known is not None and known.shipped:
        raise SchemaError(f"release {quarter.slash} of {kind.name} is part of kwartaal")
    if known is not None and not replace:
        raise SchemaError(f"release {quarter.slash} of {kind.name} is registered already")
    folder = registry / kind.name / folder_name(quarter)
    _copy(file, folder)
    return Release(kind, quarter, folder / file.name, shipped=False)


def _identify(file: Path) -> tuple[MessageKind, Quarter]:
    for kind in MESSAGES:
        quarter = kind.release_of_file(file.name)
        if quarter:
            return kind, quarter
    expected = " or ".join(kind.schema_file.format("YYYYQ") for kind in MESSAGES)
    raise SchemaError(f"{file.name} does not name a release: {expected} is expected")


def _copy(file: Path, folder: Path) -> None:
    staged = folder.with_name(f".{folder.name}")
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True)
    for source in {file.resolve(), *_included(file)}:
        shutil.copyfile(source, staged / source.name)
    shutil.rmtree(folder, ignore_errors=True)
    staged.rename(folder)


def _included(file: Path) -> set[Path]:
    """Files that the schema includes, at any depth; they lie beside it, as only names are kept."""
    found: set[Path] = set()
    waiting = [file.resolve()]
    while waiting:
        current = waiting.pop()
        for location in etree.parse(str(current)).xpath("//*/@schemaLocation"):
            path = current.parent / str(location)
            if path.parent != current.parent or not path.is_file():
                raise SchemaError(f"{file.name} includes {location}, which is not beside it")
            if path not in found:
                found.add(path)
                waiting.append(path)
    return found
