"""Small pairs of schemas, and what a comparison tells of them in a few letters."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from schemas.compare.comparison import compare
from schemas.compare.difference import OF_LISTS, Comparison, Difference, Effect, Kind

OPTIONAL = 'minOccurs="0"'
MANY = 'maxOccurs="unbounded"'
_LETTERS = {Effect.KEEPS: "K", Effect.BREAKS: "B", Effect.REVIEW: "?"}


def schema(body: str, attributes: str = "") -> str:
    """A schema of some declarations."""
    return f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" {attributes}>{body}</xs:schema>'


def e(name: str, more: str = "", of: str = "xs:string") -> str:
    """An element of a named type."""
    return f'<xs:element name="{name}" type="{of}" {more}/>'


def holding(name: str, content: str, more: str = "") -> str:
    """An element with an anonymous complex type."""
    return (
        f'<xs:element name="{name}" {more}><xs:complexType>{content}</xs:complexType></xs:element>'
    )


def seq(*parts: str, more: str = "") -> str:
    return f"<xs:sequence {more}>{''.join(parts)}</xs:sequence>"


def choice(*parts: str, more: str = "") -> str:
    return f"<xs:choice {more}>{''.join(parts)}</xs:choice>"


def all_of(*parts: str, more: str = "") -> str:
    return f"<xs:all {more}>{''.join(parts)}</xs:all>"


def attribute(more: str = "", of: str = "xs:string") -> str:
    return f'<xs:attribute name="u" type="{of}" {more}/>'


_ALL = list(Kind)
OF_VALUES = frozenset(_ALL[_ALL.index(Kind.BASE_CHANGED) : _ALL.index(Kind.WHITESPACE_CHANGED) + 1])
OF_DECLARATIONS = frozenset(
    (
        Kind.NAMESPACE_CHANGED,
        Kind.ROOT_ADDED,
        Kind.ROOT_REMOVED,
        Kind.DECLARATION_ADDED,
        Kind.DECLARATION_REMOVED,
        Kind.CONTENT_KIND_CHANGED,
        Kind.MIXED_CHANGED,
        Kind.ABSTRACT_CHANGED,
        Kind.SUBSTITUTES_CHANGED,
        Kind.SUBSTITUTION_CHANGED,
        Kind.KEY_ADDED,
        Kind.KEY_REMOVED,
        Kind.KEY_CHANGED,
    )
)
OF_CONTENTS = frozenset(_ALL) - OF_LISTS - OF_VALUES - OF_DECLARATIONS
"""Three tables have a row for each kind between them."""


def missing(kinds: Iterable[Kind], expected: Iterable[str]) -> set[Kind]:
    """The kinds that no row of a table expects."""
    return set(kinds) - {Kind(one.split()[0]) for row in expected for one in row.split("; ") if one}


def compared(
    folder: Path,
    old: str,
    new: str,
    *,
    attributes: tuple[str, str] = ("", ""),
    others: Mapping[str, tuple[str, str]] | None = None,
    roots: tuple[str, ...] = (),
) -> Comparison:
    """The comparison of two bodies of schemas. ``others``: files that they refer to, by name."""
    sides = ("old", old), ("new", new)
    for at, (side, body) in enumerate(sides):
        (folder / side).mkdir()
        for name, texts in (others or {}).items():
            (folder / side / name).write_text(texts[at])
        (folder / side / "s.xsd").write_text(schema(body, attributes[at]))
    return compare(folder / "old/s.xsd", folder / "new/s.xsd", roots=roots)


def told(comparison: Comparison) -> list[str]:
    """Each difference as ``kind reader writer``: Keeps, Breaks or ``?`` (review), with ``*`` where
    a document shows it."""
    return [_told(difference) for difference in comparison.differences]


def _told(one: Difference) -> str:
    reader = _LETTERS[one.reader] + ("*" if one.reader_witness else "")
    writer = _LETTERS[one.writer] + ("*" if one.writer_witness else "")
    return f"{one.kind.value} {reader} {writer}"
