"""A text of SQL as the statements in it, each as one query of all that it reads."""

import logging
import re
from dataclasses import dataclass
from functools import lru_cache

import sqlglot
from sqlglot import exp

DIALECT = "duckdb"
_PLACEHOLDER = re.compile(r"\{([A-Za-z_]\w*)\}")
_READS_NOTHING = (
    *(exp.Use, exp.Set, exp.Pragma, exp.Attach, exp.Detach, exp.Install, exp.Drop, exp.Comment),
    *(exp.Transaction, exp.Commit, exp.Rollback, exp.Semicolon, exp.Values, exp.TruncateTable),
)
_SILENT_COMMANDS = ("LOAD", "CALL", "CHECKPOINT", "VACUUM", "INSTALL", "RESET", "EXPORT", "IMPORT")

# A command that it does not know is told by us, with its place.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


class NotParsed(ValueError):
    """A text that is no SQL of DuckDB, or a statement whose reading is not followed."""


@dataclass(frozen=True, slots=True)
class Statement:
    """``query``: what it reads, None where it reads nothing. ``makes``: the table or view that it
    makes or fills, with ``columns`` where they are named; ``writes``: whether that was there."""

    query: exp.Query | None
    makes: exp.Table | None = None
    columns: tuple[str, ...] = ()
    writes: bool = False


def placeholders(text: str) -> list[str]:
    """Names in braces: text that a program puts in."""
    return sorted(set(_PLACEHOLDER.findall(_without_comments(text))))


@lru_cache(maxsize=1000)
def parsed(text: str) -> tuple["Statement | NotParsed", ...]:
    """The statements of a text in order, with ``NotParsed`` in the place of one that cannot be
    followed. Raises ``NotParsed`` when the text as a whole does not parse."""
    try:
        trees = sqlglot.parse(_PLACEHOLDER.sub(r"placeholder_\1", text), dialect=DIALECT)
    except Exception as error:  # the parser is not ours: what it stumbles over is told
        raise NotParsed(f"does not parse: {told(error)}") from error
    found: list[Statement | NotParsed] = []
    for tree in trees:
        if tree is not None:
            try:
                found.append(_statement(tree))
            except NotParsed as reason:
                found.append(reason)
    return tuple(found)


def _without_comments(text: str) -> str:
    return "\n".join(line.partition("--")[0] for line in text.splitlines())


def told(error: Exception) -> str:
    """The first line of a message, without the colours of a terminal."""
    lines = re.sub(r"\x1b\[[0-9;]*m", "", str(error)).splitlines()
    return lines[0].strip().rstrip(".") if lines else type(error).__name__


def _statement(tree: exp.Expr) -> Statement:
    if isinstance(tree, exp.Query):
        return Statement(tree)
    if isinstance(tree, exp.Create):
        return _create(tree)
    if isinstance(tree, exp.Insert):
        name, columns = _target(tree.this)
        return Statement(_query(tree.expression), name, columns, writes=True)
    if isinstance(tree, exp.Copy):
        return Statement(_query(tree.this))
    if isinstance(tree, exp.Describe | exp.Summarize):
        return Statement(_query(tree.this))
    if isinstance(tree, exp.Delete):
        return Statement(_of_delete(tree))
    if isinstance(tree, exp.Update):
        return _of_update(tree)
    if isinstance(tree, exp.Merge):
        return Statement(_of_merge(tree))
    if isinstance(tree, _READS_NOTHING) or _is_silent(tree):
        return Statement(None)
    raise NotParsed(f"what {_kind(tree)} reads is not followed")


def _kind(tree: exp.Expr) -> str:
    return str(tree.this) if isinstance(tree, exp.Command) else tree.key.upper()


def _is_silent(tree: exp.Expr) -> bool:
    return isinstance(tree, exp.Command) and str(tree.this).upper() in _SILENT_COMMANDS


def _create(tree: exp.Create) -> Statement:
    """A table or a view; a macro is a query whose columns are its callers' too."""
    if isinstance(tree.this, exp.UserDefinedFunction):
        raise NotParsed("what a macro reads is not followed")
    if tree.kind not in ("TABLE", "VIEW"):
        return Statement(None)
    name, columns = _target(tree.this)
    return Statement(_query(tree.expression), name, columns)


def _target(tree: exp.Expr) -> tuple[exp.Table | None, tuple[str, ...]]:
    """The table that is written to, and its columns where they are named."""
    if isinstance(tree, exp.Schema):
        names = tuple(column.name for column in tree.expressions)
        return (tree.this if isinstance(tree.this, exp.Table) else None), names
    return (tree if isinstance(tree, exp.Table) else None), ()


def _query(tree: exp.Expr | None) -> exp.Query | None:
    if isinstance(tree, exp.Subquery):
        return _query(tree.this)
    if isinstance(tree, exp.Table):
        return exp.select("*").from_(tree.copy())
    return tree if isinstance(tree, exp.Query) else None


def _of_delete(tree: exp.Delete) -> exp.Query:
    query = exp.select("1").from_(tree.this.copy())
    for using in tree.args.get("using") or ():
        query = query.join(using.copy(), join_type="cross")
    return _where(query, tree)


def _of_update(tree: exp.Update) -> Statement:
    """Sets columns of its table by what it reads of this and others."""
    sets = [one for one in tree.expressions if isinstance(one, exp.EQ)]
    query = exp.select(*(one.expression.copy() for one in sets)).from_(tree.this.copy())
    source = tree.args.get("from_")
    if source is not None:
        query = query.join(source.this.copy(), join_type="cross")
    columns = tuple(one.this.name for one in sets)
    return Statement(_where(query, tree), tree.this, columns, writes=True)


def _of_merge(tree: exp.Merge) -> exp.Query:
    values = [column.copy() for column in tree.args["whens"].find_all(exp.Column)]
    query = exp.select(*(values or ["1"])).from_(tree.this.copy())
    return query.join(tree.args["using"].copy(), on=tree.args["on"].copy())


def _where(query: exp.Select, tree: exp.Expr) -> exp.Select:
    condition = tree.args.get("where")
    return query if condition is None else query.where(condition.this.copy())
