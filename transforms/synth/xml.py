"""Writes elements of known tags: every tag and its indentation is prepared once a layout."""

from dataclasses import dataclass

Field = int | str | None
"""A value as it goes on the wire; ``None`` leaves the element out."""

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

    __slots__ = ("end", "leaves", "start", "whole")

    def __init__(self, tag: str, depth: int, leaves: str, layout: Layout) -> None:
        margin, newline = layout.step * depth, layout.newline
        inner = layout.step * (depth + 1)
        self.start = f"{margin}<{tag}>{newline}"
        self.end = f"{margin}</{tag}>{newline}"
        self.leaves = tuple((f"{inner}<{leaf}>", f"</{leaf}>{newline}") for leaf in leaves.split())
        self.whole = self.start + "".join(f"{a}%s{b}" for a, b in self.leaves)

    def __call__(self, values: tuple[Field, ...], inside: str = "") -> str:
        """The element; ``values``: one for each leaf, in order, not escaped (none needs it)."""
        if None not in values:
            return f"{self.whole % values}{inside}{self.end}"
        return f"{self.head(values)}{inside}{self.end}"

    def head(self, values: tuple[Field, ...]) -> str:
        """The element up to and including its leaves; ``end`` closes it."""
        written = [
            f"{before}{value}{after}"
            for (before, after), value in zip(self.leaves, values, strict=True)
            if value is not None
        ]
        return f"{self.start}{''.join(written)}"


def prolog(label: str, root: str, layout: Layout) -> str:
    """What stands before the first form; ``label`` is the release as in ``DmfAOriginal_20231``."""
    return (
        f'{DECLARATION}\n<{root} xmlns:xsi="{_INSTANCE}"'
        f' xsi:noNamespaceSchemaLocation="{label}.xsd">{layout.newline}'
    )


def epilog(root: str) -> str:
    """What stands behind the last form."""
    return f"</{root}>\n"
