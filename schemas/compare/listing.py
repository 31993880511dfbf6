"""Code lists and tables of checks as they are published: rows of text, each with its line.

Every value stays the text that it is: ``010`` is not ten.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

MOST_BYTES = 64 << 20
_DELIMITERS = ",;\t|"
_YAML = (".yaml", ".yml")
_MOST_DEPTH = 20


class ListError(ValueError):
    """A list that cannot be read or compared; says which, where and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """``line``: where the row starts, from 1."""

    line: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class Listing:
    path: Path
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


def read_listing(path: Path, encoding: str = "utf-8") -> Listing:
    """A CSV file with a header (comma, semicolon, tab or bar; byte order mark and any line ends),
    or a YAML file: a list of mappings, a mapping of mappings, or one of these under a single name.

    Raises ``ListError``.
    """
    text = _text(path, encoding)
    read = _yaml if path.suffix.lower() in _YAML else _csv
    columns, rows = read(path, text)
    if not rows:
        raise ListError(f"{path.name} has no entries")
    return Listing(path, tuple(columns), tuple(rows))


def _text(path: Path, encoding: str) -> str:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ListError(f"{path.name} has more than {MOST_BYTES:,} bytes")
        data = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
        text = data.decode(encoding)
    except OSError as error:
        raise ListError(f"{path.name} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ListError(
            f"{path.name}, line {line}: byte {data[error.start]:#04x} is not {encoding}:"
            " name the encoding that the file has, often cp1252 or iso-8859-1"
        ) from error
    except LookupError as error:
        raise ListError(f"{encoding} is no known encoding") from error
    if not text.strip():
        raise ListError(f"{path.name} is empty")
    if "\x00" in text:
        raise ListError(f"{path.name} is no text: it contains zero bytes")
    return text


# --- CSV ------------------------------------------------------------------------------------------


def _csv(path: Path, text: str) -> tuple[Sequence[str], list[Row]]:
    delimiter = max(_DELIMITERS, key=text.splitlines()[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns: list[str] = []
    rows = []
    line = 1
    try:
        for fields in reader:
            if not columns:
                columns = _columns(path, fields)
            elif fields:
                rows.append(_row(path, line, columns, fields))
            line = reader.line_num + 1
    except csv.Error as error:
        raise ListError(f"{path.name}, line {line}: not well-formed CSV: {error}") from error
    return columns, rows


def _columns(path: Path, fields: Sequence[str]) -> list[str]:
    columns = [field.strip() for field in fields]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice or "" in columns:
        what = f"column {twice[0]!r} twice" if twice else "a column without a name"
        raise ListError(f"{path.name}, line 1: the header has {what}")
    return columns


def _row(path: Path, line: int, columns: Sequence[str], fields: Sequence[str]) -> Row:
    if len(fields) != len(columns):
        raise ListError(
            f"{path.name}, line {line}: {len(fields)} values for {len(columns)} columns"
        )
    return Row(line, dict(zip(columns, (field.strip() for field in fields), strict=True)))


# --- YAML -----------------------------------------------------------------------------------------

_KEY = "key"
"""Column for the names of a mapping of mappings."""


def _yaml(path: Path, text: str) -> tuple[Sequence[str], list[Row]]:
    try:
        _refuse_hostile(path, text)
        node = yaml.compose(text, yaml.SafeLoader)
        rows = list(_yaml_rows(path, node, is_outermost=True))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise ListError(f"{path.name}{where}: not well-formed YAML: {problem}") from error
    columns = list(dict.fromkeys(column for row in rows for column in row.values))
    whole = [Row(row.line, {c: row.values.get(c, "") for c in columns}) for row in rows]
    return columns, whole


def _refuse_hostile(path: Path, text: str) -> None:
    """Aliases, which may grow without bound, and nesting that no list needs."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            raise ListError(f"{path.name} uses aliases (*name): write the values out")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_DEPTH:
            raise ListError(f"{path.name} is nested more than {_MOST_DEPTH} deep")


def _yaml_rows(path: Path, node: yaml.Node | None, is_outermost: bool) -> Iterator[Row]:
    if isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            yield Row(entry.start_mark.line + 1, _mapping(path, entry))
        return
    if not isinstance(node, yaml.MappingNode):
        raise ListError(f"{path.name}: a list of entries is expected")
    pairs = _pairs(path, node)
    if is_outermost and len(pairs) == 1 and isinstance(pairs[0][1], yaml.SequenceNode):
        yield from _yaml_rows(path, pairs[0][1], is_outermost=False)
        return
    for name, entry in pairs:
        yield Row(name.start_mark.line + 1, {_KEY: _scalar(name), **_mapping(path, entry)})


def _mapping(path: Path, node: yaml.Node) -> dict[str, str]:
    if not isinstance(node, yaml.MappingNode):
        line = node.start_mark.line + 1
        raise ListError(f"{path.name}, line {line}: an entry with named values is expected")
    return {_scalar(name): _scalar(value) for name, value in _pairs(path, node)}


def _pairs(path: Path, node: yaml.MappingNode) -> list[tuple[yaml.Node, yaml.Node]]:
    seen: set[str] = set()
    for name, _ in node.value:
        if _scalar(name) in seen:
            line = name.start_mark.line + 1
            raise ListError(f"{path.name}, line {line}: {_scalar(name)!r} stands there twice")
        seen.add(_scalar(name))
    return list(node.value)


def _scalar(node: yaml.Node) -> str:
    """A value as it is written; a nested one as one line of YAML."""
    if isinstance(node, yaml.ScalarNode):
        is_null = node.tag.endswith(":null")
        return "" if is_null else str(node.value).strip()
    return " ".join(str(yaml.serialize(node, Dumper=yaml.SafeDumper)).split())
