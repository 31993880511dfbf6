"""Writes elements of known tags: every tag and its indentation is prepared once a layout."""

from dataclasses import dataclass
from itertools import compress

Field = int | str | None
"""A value as it goes on the wire; ``None`` leaves the element out."""
Values = tuple[Field, ...]

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Layout:
    """White space between elements: ``step`` a level, ``newline`` behind a tag."""

    step: str
    newline: str


INDENTED = Layout("  ", "\n")
COMPACT = Layout("", "")


class Block:
    """One complex element: its leaves in the order of the schema, then whatever it holds."""

    __slots__ = ("_partial", "_parts", "_whole", "end", "names", "start")

    def __init__(self, tag: str, depth: int, leaves: str, layout: Layout) -> None:
        margin, newline = layout.step * depth, layout.newline
        inner = layout.step * (depth + 1)
        self.names = leaves.split()
        self.start = f"{margin}<{tag}>{newline}"
        self.end = f"{margin}</{tag}>{newline}"
        self._parts = [f"{inner}<{leaf}>%s</{leaf}>{newline}" for leaf in self.names]
        self._whole = self.start + "".join(self._parts)
        self._partial: dict[tuple[bool, ...], str] = {}

    def written(self, values: Values, inside: str = "") -> str:
        """The element; ``values``: one for each leaf, in order, not escaped (none needs it)."""
        if None not in values:
            return f"{self._whole % values}{inside}{self.end}"
        return f"{self.head(values)}{inside}{self.end}"

    def head(self, values: Values) -> str:
        """The element up to and including its leaves; ``end`` closes it."""
        there = tuple([value is not None for value in values])
        whole = self._partial.get(there)
        if whole is None:
            whole = self.start + "".join(compress(self._parts, there))
            self._partial[there] = whole
        return whole % tuple(compress(values, there))


def prolog(label: str, root: str, layout: Layout) -> str:
    """What stands before the first form; ``label`` is the release as in ``DmfAOriginal_20231``."""
    return (
        f'{DECLARATION}\n<{root} xmlns:xsi="{_INSTANCE}"'
        f' xsi:noNamespaceSchemaLocation="{label}.xsd">{layout.newline}'
    )


def epilog(root: str) -> str:
    """What stands behind the last form."""
    return f"</{root}>\n"
