"""A comparison together with what else was found out about its differences."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.compare.checked import Outcome
from schemas.compare.difference import Comparison
from schemas.compare.policy import Level
from schemas.formats import DIFF_FORMATS
from schemas.formats.as_json import comparison_json
from schemas.formats.text import text

SECTIONED = ("text", "json", "markdown")
"""The formats that have a place for sections."""


@dataclass(frozen=True)
class Section:
    """The answer to one question about the differences. ``name`` is its key in JSON; ``breaks``:
    whether the change loses something that is not a document."""

    name: str
    lines: tuple[str, ...]
    told: Mapping[str, Any]
    breaks: bool


def with_sections(
    comparison: Comparison,
    form: str,
    sections: Sequence[Section],
    paint: Callable[[str, Level], str],
) -> str:
    """A comparison in a format, with its sections where the format is in ``SECTIONED``."""
    if form == "json":
        return comparison_json(comparison, {one.name: one.told for one in sections})
    if form == "text":
        parts = [text(Outcome.of(comparison), paint)]
        return "\n\n".join((*parts, *("\n".join(one.lines) for one in sections)))
    whole = DIFF_FORMATS[form](comparison)
    return "\n\n".join((whole, *map(_folded, sections)))


def _folded(section: Section) -> str:
    """Markdown that shows the lines as they are; a fence longer than any that is in them."""
    said = "\n".join(section.lines)
    fence = "```"
    while fence in said:
        fence += "`"
    title = section.name.capitalize()
    return f"<details><summary>{title}</summary>\n\n{fence}text\n{said}\n{fence}\n\n</details>"
