"""Texts of SQL to look at: our own views and statements, and files that somebody keeps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from schemas.core import RELATION
from schemas.dimona.confrontation import CONFRONTATION
from warehouse.confront import steps
from warehouse.statements import statement
from warehouse.views import VIEWS

VIEW, STATEMENT, FILE = "view", "statement", "query"
_CONFRONT = "confront_"
_FILLED = {
    "replace_gone": {"table": CONFRONTATION.full_name, "columns": "quarter"},
    "replace_new": {"table": CONFRONTATION.full_name, "columns": "quarter"},
    "replaced_relation": {"table": RELATION.full_name},
    "sorted_by_person": {"parts": "'parts'", "earlier": ""},
}
"""What templates are filled with wherever they are used, or what reads the same tables."""


@dataclass(frozen=True, slots=True)
class Query:
    """A text with one or more statements. ``makes``: full name of the view that its SELECT is."""

    kind: str
    name: str
    text: str
    makes: str | None = None


def ours() -> Iterator[Query]:
    """The views of a lake and the statements of the warehouse, filled in where they are templates.

    ``explained_rows`` stays as it is: it reads whatever block is asked for.
    """
    for view in VIEWS:
        yield Query(VIEW, view.full_name, view.text, makes=view.full_name)
    for name in statement_names():
        if not name.startswith(_CONFRONT):
            text = statement(name)
            yield Query(STATEMENT, name, text.format(**_FILLED[name]) if name in _FILLED else text)
    for name, text in (*steps({}), ("told", statement(f"{_CONFRONT}told"))):
        yield Query(STATEMENT, f"{_CONFRONT}{name}", text)


def statement_names() -> list[str]:
    """Names of all statements of the warehouse."""
    found = files("warehouse.statements").iterdir()
    return sorted(file.name[:-4] for file in found if file.name.endswith(".sql"))


def of_files(paths: Iterable[Path]) -> Iterator[Query]:
    """Queries of ``.sql`` files, and of folders with all that they hold; our own are left out.

    ``OSError`` when a path cannot be read; bytes that are no UTF-8 are replaced.
    """
    own = {view.text for view in VIEWS} | {statement(name) for name in statement_names()}
    for path in paths:
        for file in sorted(path.rglob("*.sql")) if path.is_dir() else [path]:
            text = file.read_text(encoding="utf-8", errors="replace")
            if text not in own:
                yield Query(FILE, str(file), text)
