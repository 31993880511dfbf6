"""HTML from nested calls: what is not markup already is escaped."""

from collections.abc import Iterable
from html import escape


class Html(str):
    """Text that is markup."""

    __slots__ = ()


def tag(name: str, *content: object, **attributes: str | bool) -> Html:
    """An element. ``cls`` is its class; an attribute that is False is left out."""
    said = "".join(_attribute(key, value) for key, value in attributes.items())
    return Html(f"<{name}{said}>{joined(content)}</{name}>")


def joined(content: Iterable[object]) -> Html:
    """Pieces side by side; ``None`` is nothing."""
    return Html("".join(_piece(one) for one in content if one is not None))


def table(head: Iterable[str], rows: Iterable[Iterable[object]], numbers: Iterable[int]) -> Html:
    """A table; the columns ``numbers`` hold amounts, to the right."""
    right = set(numbers)

    def row(kind: str, cells: Iterable[object]) -> Html:
        named = (
            tag(kind, cell, cls="number" if at in right else False) for at, cell in enumerate(cells)
        )
        return tag("tr", *named)

    body = tag("tbody", *(row("td", cells) for cells in rows))
    return tag("table", tag("thead", row("th", head)), body)


def _piece(one: object) -> str:
    return one if isinstance(one, Html) else escape(str(one))


def _attribute(key: str, value: str | bool) -> str:
    if value is False:
        return ""
    name = "class" if key == "cls" else key
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'
