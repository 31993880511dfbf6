"""A query with the table before every column: which names mean what, as far as it is known."""

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp
from sqlglot.errors import OptimizeError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from schemas.impact.touched import Use
from warehouse.lineage.parsing import DIALECT, told
from warehouse.lineage.reads import Reads

BARE = "bare"
"""Mark of a column that stood without a table."""

USES = {
    "where": Use.FILTER,
    "having": Use.FILTER,
    "qualify": Use.FILTER,
    "joins": Use.JOIN,
    "laterals": Use.JOIN,
    "from_": Use.JOIN,
    "group": Use.GROUP,
    "distinct": Use.GROUP,
    "order": Use.ORDER,
    "windows": Use.ORDER,
}
"""What each clause does with a column; others choose rows."""


Known = Mapping[str, Sequence[str]]
"""Columns of tables by full name."""


def spelled_out(query: exp.Query, known: Known, reads: Reads) -> Scope | None:
    """A query with all names spelled out; where unknown tables stand in the way of that, as far
    as the known ones tell, and then ``reads`` says so."""
    for column in query.find_all(exp.Column):
        column.meta[BARE] = not column.table
    try:
        scope = build_scope(_qualified(query, known))
    except OptimizeError as error:
        reads.faults.append(f"not all names are resolved: {told(error)}")
        scope = build_scope(_qualified(query, known, columns=False))
    for each in scope.traverse() if scope is not None else ():
        _guess(each, known)
    if scope is not None:
        reads.faults += _gaps(scope.expression)
    return scope


def _gaps(query: exp.Expr) -> Iterator[str]:
    """What stands for columns that are not named, and is not followed."""
    if query.find(exp.Columns):
        yield "COLUMNS() is not followed"
    if query.find(exp.TableColumn):
        yield "a table as a value, with all its columns, is not followed"
    if any(select.is_star for select in query.find_all(exp.Select)):
        yield "* stands for columns of a source that is not known"


def _guess(scope: Scope, known: Known) -> None:
    """Gives bare columns the one table of their query that has a column of this name; else the one
    table whose columns are not known."""
    sources = {called: _columns_in(s, known) for called, (_, s) in scope.selected_sources.items()}
    unknown = [called for called, columns in sources.items() if columns is None]
    for column in scope.columns:
        name = column.name.lower()
        there = [called for called, columns in sources.items() if columns and name in columns]
        found = there or unknown
        if not column.table and len(found) == 1:
            column.set("table", exp.to_identifier(found[0]))


def _columns_in(source: Scope | exp.Table, known: Known) -> Sequence[str] | None:
    if isinstance(source, Scope):
        names = names_of(source)
        return None if "*" in names else names
    return known.get(f"{source.db}.{source.name}")


def _qualified(query: exp.Query, known: Known, columns: bool = True) -> exp.Query:
    """With the table before every column and stars spelled out, as far as tables are known."""
    schema: dict[str, dict[str, dict[str, str]]] = {}
    for name, listed in known.items():
        room, _, table = name.rpartition(".")
        schema.setdefault(room, {})[table] = dict.fromkeys(listed, "VARCHAR")
    return qualify(
        query,
        dialect=DIALECT,
        schema=MappingSchema(dict(schema), dialect=DIALECT, normalize=False),
        qualify_columns=columns,
        validate_qualify_columns=False,
        quote_identifiers=False,
        identify=False,
        allow_partial_qualification=True,
    )


def names_of(scope: Scope) -> list[str]:
    """Names of the columns of an answer, in order."""
    expression = scope.expression
    if isinstance(expression, exp.SetOperation) and expression.args.get("by_name"):
        branches = (name for branch in scope.set_operation_scopes for name in names_of(branch))
        return list(dict.fromkeys(branches))
    if isinstance(expression, exp.SetOperation) and scope.set_operation_scopes:
        return names_of(scope.set_operation_scopes[0])
    if isinstance(expression, exp.Query):
        return [name.lower() for name in expression.named_selects]
    return []


def clause_of(scope: Scope, node: exp.Expr) -> str:
    """The clause of a query in which an expression stands."""
    while node.parent is not None and node.parent is not scope.expression:
        node = node.parent
    return node.arg_key or ""
