"""Random valid documents that name their release, with unusual but equal spellings of content."""

import random
import re
from collections.abc import Iterator

from declared import release_of, root_tag
from documents import DocumentGenerator

from schemas.quarter import Quarter

_BETWEEN = (b"<!-- <INSS>1</INSS>\n -->", b"<?target <Form> ?>", b"\n\n", b" ", b"\r\n")
_LEAF = re.compile(rb"(<\w+>)([^<>&]+)(</\w+>)")
_AFTER_ELEMENT = re.compile(rb"</(?!DmfAOriginal)\w+>(?=<[A-Z/])")


def valid_documents(release: Quarter, seed: str, number: int) -> Iterator[bytes]:
    """Documents that are valid against the schema of the release and name it."""
    rng = random.Random(seed)
    generator = DocumentGenerator(release_of(release).path, "DmfAOriginal")
    for _ in range(number):
        named = naming(generator.document(rng), release)
        yield sprinkled(named, rng) if rng.random() < 0.6 else named


def naming(document: bytes, release: Quarter) -> bytes:
    """The document with a root that names the release."""
    return document.replace(b"<DmfAOriginal>", root_tag(release).encode(), 1)


def sprinkled(data: bytes, rng: random.Random) -> bytes:
    """The same content spelled otherwise: comments, CDATA, instructions, references, space."""

    def between(found: re.Match[bytes]) -> bytes:
        return found[0] + (rng.choice(_BETWEEN) if rng.random() < 0.05 else b"")

    def inside(found: re.Match[bytes]) -> bytes:
        if rng.random() > 0.15:
            return found[0]
        return found[1] + _spelled(found[2].decode(), rng).encode() + found[3]

    return _AFTER_ELEMENT.sub(between, _LEAF.sub(inside, data))


def _spelled(text: str, rng: random.Random) -> str:
    at = rng.randint(0, len(text))
    ways = (
        f"{text[:at]}<!-- 9 -->{text[at:]}",
        f"{text[:at]}<?a 9?>{text[at:]}",
        f"<![CDATA[{text}]]>",
        "".join(f"&#{ord(character)};" for character in text),
    )
    return rng.choice(ways)
