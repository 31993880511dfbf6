"""The columns that statements read: traced through subqueries, common tables and views."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlglot import exp
from sqlglot.errors import OptimizeError, SqlglotError
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import Scope, build_scope
from sqlglot.schema import MappingSchema

from schemas.impact.touched import Use
from warehouse.lineage.names import MADE, Names
from warehouse.lineage.parsing import DIALECT, NotParsed, Statement, parsed, placeholders
from warehouse.lineage.queries import Query

Derived = Mapping[str, Mapping[str, Iterable[tuple[str, str]]]]
"""Tables that programs make: of each column, the columns (table and name) that it is made of."""

_USES = {
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


class Origin(NamedTuple):
    """A column of a table that no query makes. ``through``: views on the way, nearest first."""

    table: str
    column: str
    through: tuple[str, ...] = ()

    def behind(self, name: str) -> "Origin":
        return Origin(self.table, self.column, (name, *self.through))


@dataclass
class Reads:
    """What a statement reads. ``columns``: uses by origin; ``derived``: names of the columns of the
    answer that come from an origin; ``tables``: the ways to each table, views on the way.
    ``bare``: names of columns without a table, with the tables that they could be of.
    ``unresolved``: names of columns and tables that were not found."""

    outputs: tuple[str, ...] = ()
    columns: dict[Origin, set[Use]] = field(default_factory=lambda: defaultdict(set))
    derived: dict[Origin, set[str]] = field(default_factory=lambda: defaultdict(set))
    tables: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: defaultdict(set))
    bare: set[tuple[str, frozenset[str]]] = field(default_factory=set)
    unresolved: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)

    def take(self, other: "Reads", through: str) -> None:
        """What a view reads that this reads; what it gives is used where it is traced to."""
        for origin, uses in other.columns.items():
            kept = uses - {Use.OUTPUT, Use.WRITTEN}
            self.columns[origin.behind(through)] |= kept or {Use.UNUSED}
        for table, ways in other.tables.items():
            self.tables[table] |= {(through, *way) for way in ways}
        self.unknown |= other.unknown
        self.unresolved |= other.unresolved

    def settle(self) -> None:
        """Leaves ``UNUSED`` to what has no use at all."""
        for uses in self.columns.values():
            if len(uses) > 1:
                uses.discard(Use.UNUSED)


class Lineage:
    """Queries over tables that are known by their columns.

    ``derived``: tables that programs make of others. Views, and what statements make under a
    name, are known to all of ``queries``, in whatever order these stand.
    """

    def __init__(
        self, tables: Mapping[str, Sequence[str]], derived: Derived, queries: Iterable[Query]
    ) -> None:
        self.statements: dict[Query, list[Statement]] = {}
        self.faults: dict[Query, list[str]] = {}
        self._derived = {table.lower(): columns for table, columns in derived.items()}
        self._made: dict[str, list[Statement]] = defaultdict(list)
        for query in queries:
            self._read_text(query)
        self._begin(tables)

    def _begin(self, tables: Mapping[str, Sequence[str]]) -> None:
        self._outputs: dict[str, dict[str, set[Origin]]] = {}
        self._reads: dict[int, Reads] = {}
        self._open: set[str] = set()
        known = {name.lower() for name in tables}
        self.names = Names(tables, (name for name in self._made if name not in known))

    def over(self, tables: Mapping[str, Sequence[str]]) -> "Lineage":
        """The same queries over other tables."""
        other = copy(self)
        other._begin(tables)
        return other

    def reads(self, query: Query) -> Iterator[Reads]:
        """What each statement of a query reads, in order."""
        return (self._of_statement(statement) for statement in self.statements[query])

    def tables_of(self, query: Query) -> set[str]:
        """Full names of all tables and views that a query reads or writes, also through others."""
        found: set[str] = set()
        for statement in self.statements[query]:
            self._collect(statement, found)
        return found

    def _collect(self, statement: Statement, found: set[str]) -> None:
        trees = [tree for tree in (statement.query, statement.makes) if tree is not None]
        named = {self.names.full(t) for tree in trees for t in tree.find_all(exp.Table)}
        for name in named - found:
            found.add(name)
            found |= {table for made in self._derived.get(name, {}).values() for table, _ in made}
            for maker in self._made.get(name, ()):
                self._collect(maker, found)

    def _read_text(self, query: Query) -> None:
        self.faults[query] = [
            f"{{{name}}} is put in at run time" for name in placeholders(query.text)
        ]
        self.statements[query] = []
        try:
            found = parsed(query.text)
        except NotParsed as reason:
            self.faults[query] = [str(reason)]
            return
        for statement in found:
            if isinstance(statement, NotParsed):
                self.faults[query].append(str(statement))
                continue
            self.statements[query].append(statement)
            self._made_by(query, statement)

    def _made_by(self, query: Query, statement: Statement) -> None:
        """Remembers what a statement makes or fills, under its name."""
        if query.makes is not None:
            self._made[query.makes.lower()].append(statement)
        elif statement.makes is not None and (statement.query or statement.columns):
            table = statement.makes
            name = f"{table.db or MADE}.{table.name}".lower()
            self._made[name].append(statement)

    # --- what a name yields --------------------------------------------------------------------

    def _yields(self, name: str) -> dict[str, set[Origin]] | None:
        """Columns of what queries or programs make under a full name, with where they come from;
        None for a table that is filled by neither."""
        if name in self._outputs:
            return self._outputs[name]
        if name in self._derived:
            made = self._derived[name]
            self._outputs[name] = {
                column: {Origin(*one, (name,)) for one in made.get(column, ())}
                or {Origin(name, column)}
                for column in self.names.columns.get(name, tuple(made))
            }
        elif name in self._made and name not in self.names.columns and name not in self._open:
            self._open.add(name)
            self._outputs[name] = self._made_under(name)
            self._open.discard(name)
        return self._outputs.get(name)

    def _made_under(self, name: str) -> dict[str, set[Origin]]:
        found: dict[str, set[Origin]] = {}
        for statement in self._made[name]:
            reads = self._of_statement(statement)
            own = [column.lower() for column in statement.columns]
            for place, output in enumerate(reads.outputs or own):
                column = own[place] if place < len(own) else output
                found.setdefault(column, set()).update(
                    origin for origin, names in reads.derived.items() if output in names
                )
        return found

    # --- one statement -------------------------------------------------------------------------

    def _of_statement(self, statement: Statement) -> Reads:
        if id(statement) not in self._reads:
            self._reads[id(statement)] = self._traced(statement)
        return self._reads[id(statement)]

    def _traced(self, statement: Statement) -> Reads:
        reads = Reads()
        if statement.makes is not None and statement.writes:
            self._add_written(statement, reads)
        if statement.query is None:
            return reads
        query = statement.query.copy()
        try:
            named = self.names.spell_out(query)
            known = {name: columns for name in named if (columns := self._columns(name))}
            for column in query.find_all(exp.Column):
                column.meta["bare"] = not column.table
            scope = _scope(query, known, reads)
        except (SqlglotError, RecursionError) as error:
            reads.faults.append(f"names are not resolved: {str(error).splitlines()[0]}")
            return reads
        if scope is not None:
            _Trace(self, scope, reads).run()
            for name in named:
                self._add_table(name, reads)
        reads.settle()
        return reads

    def _columns(self, name: str) -> tuple[str, ...]:
        own = self.names.columns.get(name)
        return own if own is not None else tuple(self._yields(name) or ())

    def given(self, name: str) -> Collection[str] | None:
        """Columns of what queries make under a full name; None where they are not known."""
        made = self._yields(name) if name not in self.names.columns else None
        return made if made and "*" not in made else None

    def _add_table(self, name: str, reads: Reads) -> None:
        reads.tables[name].add(())
        if self._yields(name) is None and name not in self.names.columns:
            reads.unknown.add(name)
        for statement in self._made.get(name, ()):
            if name not in self.names.columns and id(statement) in self._reads:
                reads.take(self._reads[id(statement)], name)

    def _add_written(self, statement: Statement, reads: Reads) -> None:
        assert statement.makes is not None
        name = self.names.full(statement.makes)
        if name in self.names.columns:
            reads.tables[name].add(())
            for column in statement.columns:
                reads.columns[Origin(name, column.lower())].add(Use.WRITTEN)

    def origins(self, name: str, column: str) -> set[Origin]:
        """Where a column of a named table comes from: itself, unless a query or a program makes
        the table."""
        made = self._yields(name)
        if made is None:
            return {Origin(name, column)}
        is_derived = name in self._derived
        found = made.get(column, set())
        return set(found) if is_derived else {origin.behind(name) for origin in found}


Known = Mapping[str, Sequence[str]]
"""Columns of tables by full name."""


def _scope(query: exp.Query, known: Known, reads: Reads) -> Scope | None:
    """A query with all names spelled out; where unknown tables stand in the way of that, as far
    as the known ones tell, and then ``reads`` says so."""
    try:
        scope = build_scope(_qualified(query, known))
    except OptimizeError as error:
        reads.faults.append(f"not all names are resolved: {str(error).splitlines()[0]}")
        scope = build_scope(_qualified(query, known, columns=False))
    for each in scope.traverse() if scope is not None else ():
        _guess(each, known)
    return scope


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
        names = _names_of(source)
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


class _Trace:
    """Follows the columns of one query, whose names are spelled out, to their origins."""

    def __init__(self, lineage: Lineage, root: Scope, reads: Reads) -> None:
        self.lineage = lineage
        self.root = root
        self.reads = reads
        self.scopes = list(root.traverse())
        self.by_expression = {id(scope.expression): scope for scope in self.scopes}
        self.owner: dict[int, Scope] = {}
        for scope in self.scopes:
            for column in scope.columns:
                if column.table in scope.sources:
                    self.owner.setdefault(id(column), scope)
        self._known: dict[tuple[int, str], set[Origin]] = {}

    def run(self) -> None:
        names = _names_of(self.root)
        self.reads.outputs = tuple(names)
        for name in names:
            for origin in self.of_output(self.root, name):
                self.reads.columns[origin].add(Use.OUTPUT)
                self.reads.derived[origin].add(name)
        for scope in self.scopes:
            for column in scope.columns:
                if self.owner.get(id(column), scope) is scope:
                    self._use(scope, column)

    def _use(self, scope: Scope, column: exp.Column) -> None:
        if not column.table or column.table not in scope.sources:
            if not column.table:
                self.reads.unresolved.add(column.name.lower())
            return
        if self._is_missing(scope.sources[column.table], column.name.lower()):
            self.reads.unresolved.add(column.name.lower())
        use = self._use_of(scope, column)
        for origin in self.of_column(column):
            self.reads.columns[origin].add(use)
        if column.meta.get("bare"):
            tables = frozenset(
                f"{table.db}.{table.name}"
                for _, table in scope.selected_sources.values()
                if isinstance(table, exp.Table)
            )
            if len(tables) > 1:
                self.reads.bare.add((column.name.lower(), tables))

    def _is_missing(self, source: Scope | exp.Table, name: str) -> bool:
        """Whether what another query gives has no such column."""
        if isinstance(source, Scope):
            names = _names_of(self.by_expression.get(id(source.expression), source))
            return bool(names) and name not in names and "*" not in names
        given = self.lineage.given(f"{source.db}.{source.name}")
        return given is not None and name not in given

    def _use_of(self, scope: Scope, node: exp.Expr) -> Use:
        """What a clause does with a column; what an inner query selects is used where that
        stands, or has no use that is known yet."""
        clause = _clause(scope, node)
        if clause != "expressions":
            return _USES.get(clause, Use.FILTER)
        if scope.is_subquery and scope.parent is not None:
            return self._use_of(scope.parent, scope.expression)
        return Use.UNUSED

    def of_column(self, column: exp.Column) -> set[Origin]:
        scope = self.owner.get(id(column))
        source = scope.sources.get(column.table) if scope is not None else None
        name = column.name.lower()
        if isinstance(source, Scope):
            # A recursive query is known to itself by a scope of its own, without its branches.
            return self.of_output(self.by_expression.get(id(source.expression), source), name)
        if isinstance(source, exp.Table) and isinstance(source.this, exp.Identifier):
            full = f"{source.db}.{source.name}" if source.db else source.name
            return self.lineage.origins(full.lower(), name)
        return set()

    def of_output(self, scope: Scope, name: str) -> set[Origin]:
        """Where a column of the answer of a query comes from."""
        key = (id(scope), name)
        if key not in self._known:
            self._known[key] = set()  # a query that reads itself adds nothing
            self._known[key] = self._traced(scope, name)
        return self._known[key]

    def _traced(self, scope: Scope, name: str) -> set[Origin]:
        if isinstance(scope.expression, exp.SetOperation):
            return self._of_union(scope, name)
        if not isinstance(scope.expression, exp.Select):
            return self._of_all(scope.expression)
        found: set[Origin] = set()
        for one in scope.expression.selects:
            if one.alias_or_name.lower() == name:
                found |= self._of_all(one)
        return found

    def _of_all(self, expression: exp.Expr) -> set[Origin]:
        columns = expression.find_all(exp.Column)
        return {origin for column in columns for origin in self.of_column(column)}

    def _of_union(self, scope: Scope, name: str) -> set[Origin]:
        found: set[Origin] = set()
        names = _names_of(scope)
        place = names.index(name) if name in names else -1
        by_name = scope.expression.args.get("by_name")
        for branch in scope.set_operation_scopes:
            own = _names_of(branch)
            if by_name:
                found |= self.of_output(branch, name)
            elif 0 <= place < len(own):
                found |= self.of_output(branch, own[place])
        return found


def _names_of(scope: Scope) -> list[str]:
    """Names of the columns of an answer, in order."""
    expression = scope.expression
    if isinstance(expression, exp.SetOperation) and expression.args.get("by_name"):
        branches = (name for branch in scope.set_operation_scopes for name in _names_of(branch))
        return list(dict.fromkeys(branches))
    if isinstance(expression, exp.SetOperation) and scope.set_operation_scopes:
        return _names_of(scope.set_operation_scopes[0])
    if isinstance(expression, exp.Query):
        return [name.lower() for name in expression.named_selects]
    return []


def _clause(scope: Scope, node: exp.Expr) -> str:
    """The clause of a query in which an expression stands."""
    while node.parent is not None and node.parent is not scope.expression:
        node = node.parent
    return node.arg_key or ""
