"""Lines of start tags, found in the bytes: exact where a parsed tree is not.

libxml2 keeps the line of an element in 16 bits. Beyond 65,534 it answers with the line of the first
text inside, which is right for a zone and late for a block that starts with a line break.
"""

import re
from collections.abc import Collection

import numpy as np

from transforms.shredded import Rows

TREE_LINES = 65_000
"""Documents with fewer lines have exact lines in their trees."""

HIDDEN = re.compile(rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>", re.DOTALL)
"""What may hold text that looks like a tag and is none."""

_ANY_TAG = re.compile(rb"<[^!?/]")


def tag_lines(content: bytes, first_line: int, names: Collection[str] | None = None) -> Rows:
    """Line of every start tag in document order, of all elements or of those with ``names``.

    ``content``: well-formed, in UTF-8; ``first_line``: line of its first byte.
    """
    if b"<!" in content or b"<?" in content:
        content = HIDDEN.sub(_blanked, content)
    tags = _ANY_TAG if names is None else _tags(names)
    starts = np.fromiter((match.start() for match in tags.finditer(content)), dtype=np.int64)
    breaks = np.flatnonzero(np.frombuffer(content, np.uint8) == ord("\n"))
    return first_line + np.searchsorted(breaks, starts)


def _tags(names: Collection[str]) -> re.Pattern[bytes]:
    return re.compile(rb"<(?:%b)(?=[\s/>])" % b"|".join(name.encode() for name in names))


def _blanked(hidden: re.Match[bytes]) -> bytes:
    """As long as what it stands for, with the same line breaks."""
    return re.sub(rb"[^\n]", b" ", hidden[0])
