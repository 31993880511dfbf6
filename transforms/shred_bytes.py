"""The fast route of shredding: tables of plain forms from the elements found in their bytes.

Works on what was accepted, so structure and names are known to be right. Whatever ``Markup`` does
not understand takes the walk over the tree, which is the oracle of this route in the tests.
"""

from collections.abc import Sequence

import numpy as np

from schemas.layout import Layout
from transforms.elements import Plan
from transforms.markup import LT, SLASH, SPACE, Markup
from transforms.names import UNKNOWN, WORD
from transforms.pack import Pack
from transforms.shredded import Shredded


class ByteShredder:
    """Gathers plain forms of one release: ``add`` each, then ``finish`` once."""

    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._contents: list[bytes] = []
        self._lines: list[int] = []
        self._files: list[str] = []
        self._form_nos: list[int] = []

    def __len__(self) -> int:
        return len(self._contents)

    def add(self, content: bytes, file_id: str, form_no: int, line: int) -> None:
        """One valid form in UTF-8 that is plain; ``line`` is that of its start tag."""
        self._contents.append(content)
        self._lines.append(line)
        self._files.append(file_id)
        self._form_nos.append(form_no)

    def finish(self, found: Pack | None = None) -> Shredded:
        """Tables of all forms added, in the order of adding. ``found``: forms whose elements are
        known; of use when they are the same."""
        pack = found if _are_same(found, self._contents) else None
        pack = pack or Pack.of(self._contents, self._layout)
        if pack is None:
            raise ValueError("a form was given that is not plain")
        return pack.shredded(self._files, self._form_nos, self._lines)


def _are_same(found: Pack | None, contents: Sequence[bytes]) -> bool:
    """Whether the forms of a pack are these very objects."""
    if found is None or len(found.contents) != len(contents):
        return False
    return all(a is b for a, b in zip(found.contents, contents, strict=True))


def count_blocks(content: bytes, layout: Layout) -> int | None:
    """How many blocks there are in some elements of a form, without their tables.

    None when bytes do not tell, or when there is a name that the schema does not have. ``content``
    need not be valid, and what is said of such is of no use.
    """
    markup = Markup.of(content)
    if markup is None:
        return None
    data, opening, closing = np.frombuffer(content, np.uint8), markup.opening, markup.closing
    ends = data[opening + 1] == SLASH
    leaf = ~ends[:-1] & ends[1:]
    text = data[closing[:-1][leaf] + 1]
    is_plain = ((text > SPACE) & (text != LT)).all() and not (data[closing - 1] == SLASH).any()
    if is_plain:
        # An element with text right behind its tag is a zone, one without is a block.
        return int(np.count_nonzero(~ends) - np.count_nonzero(leaf))
    plan = Plan.of(layout)
    starts, stops = opening[~ends] + 1, closing[~ends]
    lengths = stops - starts - (data[stops - 1] == SLASH)
    padded = np.frombuffer(content + bytes(WORD), np.uint8)
    names = plan.known.numbers(padded, starts, lengths)
    if (names == UNKNOWN).any() or plan.unclear[names].any():
        return None
    return int(np.count_nonzero(plan.blocks[names]))
