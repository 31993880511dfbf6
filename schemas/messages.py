"""Which message a schema file is a release of: its file name says it, or its root element."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from schemas.compare.references import files_of, parsed
from schemas.kind import MessageKind
from schemas.kinds import MESSAGES
from schemas.model import XSD


def message_of(path: Path, roots: Sequence[str] = ()) -> MessageKind | None:
    """The message that an XSD describes, None when it is none that kwartaal knows.

    ``roots``: the root elements that documents begin with, where they are known: they decide when
    the file declares the roots of several messages.
    """
    named = [message for message in MESSAGES if message.release_of_file(path.name)]
    declared = set(_declared(path))
    found = [message for message in (*named, *MESSAGES) if message.root in declared]
    chosen = [message for message in found if message.root in roots]
    return next(iter(chosen or found), None)


def _declared(path: Path) -> Iterator[str]:
    """Names of the global elements of a schema and of what it is made of, in no namespace: messages
    have none."""
    for content in files_of(path).values():
        schema = parsed(content)
        if schema is not None and schema.get("targetNamespace") is None:
            yield from (str(one.get("name")) for one in schema.iterchildren(f"{XSD}element"))
