"""Schemas compiled by libxml2, which has the verdict on documents."""

import threading
from pathlib import Path

from lxml import etree

from schemas.model import SchemaError


class _Compiled(threading.local):
    """Compiled schemas of one thread, by path and what tells contents at one path apart."""

    def __init__(self) -> None:
        self.schemas: dict[tuple[Path, str], etree.XMLSchema] = {}


_of_this_thread = _Compiled()


def compiled(path: Path) -> etree.XMLSchema:
    """A schema, includes followed. Raises ``SchemaError`` for one that libxml2 does not take."""
    try:
        return etree.XMLSchema(etree.parse(str(path)))
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError, OSError) as error:
        raise SchemaError(f"{path.name} does not compile: {error}") from error


def kept(path: Path, content: str = "") -> etree.XMLSchema:
    """The same, compiled once in each thread: its ``error_log`` belongs to one verdict, and it
    cannot be pickled. ``content`` tells contents apart that the path has one after the other."""
    known = _of_this_thread.schemas
    if (path, content) not in known:
        known[path, content] = compiled(path)
    return known[path, content]
