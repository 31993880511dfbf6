"""How a notice is written down: Markdown or HTML."""

import re
from collections.abc import Sequence
from html import escape
from typing import Protocol

_BAR = r"\|"
_SPECIAL = re.compile(r"([\\`*\[\]<>|&#]|(?<![^\W_])_|_(?![^\W_]))")
"""What Markdown may read as its own; an underscore within a word it does not."""


class Markup(Protocol):
    """``text``, ``code`` and ``strong`` make parts of a line, the other methods whole lines.

    ``code`` and ``text`` take anything; the other methods take what these have made, and phrases.
    """

    def text(self, value: str) -> str: ...

    def code(self, value: str) -> str: ...

    def strong(self, line: str) -> str: ...

    def heading(self, level: int, line: str) -> str: ...

    def paragraph(self, line: str) -> str: ...

    def items(self, lines: Sequence[str]) -> str: ...

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str: ...

    def document(self, title: str, language: str, parts: Sequence[str]) -> str: ...


class Markdown:
    """As GitHub and GitLab read it."""

    def text(self, value: str) -> str:
        return _SPECIAL.sub(r"\\\1", _one_line(value))

    def code(self, value: str) -> str:
        value = _one_line(value)
        if not value.strip():
            return f"`{value or ' '}`"
        fence = "`" * (1 + max(map(len, re.findall("`+", value)), default=0))
        space = " " if value.startswith("`") or value.endswith("`") else ""
        return f"{fence}{space}{value}{space}{fence}"

    def strong(self, line: str) -> str:
        return f"**{line}**"

    def heading(self, level: int, line: str) -> str:
        return f"{'#' * level} {line}\n"

    def paragraph(self, line: str) -> str:
        return f"{line}\n"

    def items(self, lines: Sequence[str]) -> str:
        return "".join(f"- {line}\n" for line in lines)

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        return "".join(map(self._row, (header, ["---"] * len(header), *rows)))

    def document(self, title: str, language: str, parts: Sequence[str]) -> str:
        return "\n".join((self.heading(1, title), *parts))

    def _row(self, cells: Sequence[str]) -> str:
        # A bar ends a cell, even within code, unless there is a backslash before it.
        return f"| {' | '.join(cell.replace('|', _BAR) for cell in cells)} |\n"


class Html:
    """A page without style, to be pasted or styled elsewhere."""

    def text(self, value: str) -> str:
        return escape(_one_line(value), quote=False)

    def code(self, value: str) -> str:
        return f"<code>{self.text(value)}</code>"

    def strong(self, line: str) -> str:
        return f"<strong>{line}</strong>"

    def heading(self, level: int, line: str) -> str:
        return f"<h{level}>{line}</h{level}>\n"

    def paragraph(self, line: str) -> str:
        return f"<p>{line}</p>\n"

    def items(self, lines: Sequence[str]) -> str:
        body = "".join(f"<li>{line}</li>\n" for line in lines)
        return f"<ul>\n{body}</ul>\n"

    def table(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
        body = "".join(self._row("td", row) for row in rows)
        return f"<table>\n{self._row('th', header)}{body}</table>\n"

    def document(self, title: str, language: str, parts: Sequence[str]) -> str:
        head = f'<meta charset="utf-8">\n{_VIEWPORT}\n<title>{title}</title>\n{_STYLE}'
        body = "".join((self.heading(1, title), *parts))
        return f'<!DOCTYPE html>\n<html lang="{language}">\n{head}{body}</html>\n'

    def _row(self, tag: str, cells: Sequence[str]) -> str:
        return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>\n"


_VIEWPORT = '<meta name="viewport" content="width=device-width, initial-scale=1">'
_STYLE = """<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { border-bottom: 1px solid #8888; margin-top: 2.5rem; }
table { border-collapse: collapse; }
th, td { border: 1px solid #8888; padding: .3rem .6rem; text-align: left; vertical-align: top; }
</style>
"""


def _one_line(value: str) -> str:
    """Without line ends and other controls, which would end a cell or an item."""
    return re.sub(r"[\s\x00-\x1f\x7f]", " ", value)
