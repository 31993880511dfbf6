"""Which message a schema file is a release of: its file name says it, or its root element."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from lxml import etree

from schemas.kind import MessageKind
from schemas.kinds import MESSAGES

_XSD = "{http://www.w3.org/2001/XMLSchema}"


def message_of(
    path: Path, roots: Sequence[str] = (), messages: Sequence[MessageKind] = MESSAGES
) -> MessageKind | None:
    """The message that an XSD describes, None when it is none of ``messages``.

    ``roots``: the root elements that documents begin with, where they are known: they decide when
    the file declares the roots of several messages.
    """
    named = [message for message in messages if message.release_of_file(path.name)]
    declared = set(_declared(path))
    found = [message for message in (*named, *messages) if message.root in declared]
    chosen = [message for message in found if message.root in roots]
    return next(iter(chosen or found), None)


def _declared(path: Path) -> Iterator[str]:
    """Names of the global elements of a schema and of what it includes or redefines."""
    waiting, seen = [path.resolve()], {path.resolve()}
    while waiting:
        current = waiting.pop()
        schema = etree.parse(str(current), _parser()).getroot()
        for child in schema:
            if child.tag == f"{_XSD}element":
                yield str(child.get("name"))
            elif child.tag in (f"{_XSD}include", f"{_XSD}redefine"):
                other = (current.parent / str(child.get("schemaLocation"))).resolve()
                if other not in seen and other.is_file():
                    seen.add(other)
                    waiting.append(other)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
