"""Which files a schema is made of: its includes, imports and redefinitions, by path.

Paths are POSIX paths relative to one root (of a repository, or of this machine), and never leave
it.
"""

import posixpath
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lxml import etree

Read = Callable[[str], bytes | None]
"""The content of the file at a path; None when there is none."""

_NAMESPACE = "{http://www.w3.org/2001/XMLSchema}"
_REFERENCES = tuple(_NAMESPACE + name for name in ("include", "import", "redefine", "override"))


def closure(path: str, read: Read) -> dict[str, bytes]:
    """The schema at ``path`` and all files that it is made of, at any depth, with their content.

    What is not there is left out: whoever loads the schema says so.
    """
    found: dict[str, bytes] = {}
    waiting = [path]
    while waiting:
        current = waiting.pop()
        content = None if current in found else read(current)
        if content is not None:
            found[current] = content
            waiting += references(current, content)
    return found


def files_of(path: Path) -> dict[Path, bytes]:
    """A schema on this machine and all files that it is made of, with their content; none when it
    is not there."""

    def read(name: str) -> bytes | None:
        file = Path("/", name)
        return file.read_bytes() if file.is_file() else None

    found = closure(path.resolve().as_posix().lstrip("/"), read)
    return {Path("/", name): content for name, content in found.items()}


def references(path: str, content: bytes) -> tuple[str, ...]:
    """Paths of the files that a schema names; none for what is not well-formed."""
    found = (_resolved(path, location) for location in _locations(content))
    return tuple(dict.fromkeys(one for one in found if one))


def entries(made_of: Mapping[str, Collection[str]]) -> set[str]:
    """The schemas that documents are judged by: those that no other schema is made of.

    ``made_of``: the files of each schema, at any depth. Of files that are all made of each other,
    the first by name.
    """
    parts = {
        part
        for path, files in made_of.items()
        for part in files
        if part != path and (path not in made_of.get(part, ()) or path < part)
    }
    return set(made_of) - parts


@lru_cache(maxsize=4096)
def _locations(content: bytes) -> tuple[str, ...]:
    root = parsed(content)
    return () if root is None else tuple(_attributes(root))


def parsed(content: bytes) -> etree._Element | None:
    """The root of a file, with no entity resolved; None for what is not well-formed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError:
        return None


def _attributes(root: etree._Element) -> Iterator[str]:
    for child in root.iterchildren(*_REFERENCES):
        location = child.get("schemaLocation")
        if location:
            yield location.strip()


def _resolved(path: str, location: str) -> str | None:
    """None for an address and for what lies outside the root."""
    parts = urlsplit(location)
    if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
        return None
    joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
    return None if joined == ".." or joined.startswith("../") else joined
