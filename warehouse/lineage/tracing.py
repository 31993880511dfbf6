"""The columns of one query, followed to the tables that no query makes."""

from collections.abc import Collection
from typing import Protocol

from sqlglot import exp
from sqlglot.optimizer.scope import Scope

from schemas.impact.touched import Use
from warehouse.lineage.reads import Origin, Reads
from warehouse.lineage.scopes import BARE, USES, clause_of, names_of


class Tables(Protocol):
    """What is known of the tables and views that a query names, by full name."""

    def given(self, name: str) -> Collection[str] | None:
        """Columns of what queries make under a name; None where they are not known."""

    def origins(self, name: str, column: str) -> set[Origin]:
        """Where a column of a table comes from."""


class Trace:
    """Follows the columns of one query, whose names are spelled out, to their origins."""

    def __init__(self, tables: Tables, root: Scope, reads: Reads) -> None:
        self.tables = tables
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
        self._open: set[tuple[int, str]] = set()
        self._done: set[tuple[int, str]] = set()
        self._is_circular = False

    def run(self) -> None:
        names = names_of(self.root)
        self.reads.outputs = tuple(names)
        self._settle(names)
        for name in names:
            for origin in self.of_output(self.root, name):
                self.reads.columns[origin].add(Use.OUTPUT)
                self.reads.derived[origin].add(name)
        for scope in self.scopes:
            for column in scope.columns:
                if self.owner.get(id(column), scope) is scope:
                    self._use(scope, column)

    def _settle(self, names: list[str]) -> None:
        """Follows the columns of the answer; of a query that reads itself until that adds
        nothing."""
        before, after = -1, 0
        while before < after:
            self._done.clear()
            for name in names:
                self.of_output(self.root, name)
            found = sum(map(len, self._known.values()))
            before, after = (after, found) if self._is_circular else (found, found)

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
        if column.meta.get(BARE):
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
            names = names_of(self.by_expression.get(id(source.expression), source))
            return bool(names) and name not in names and "*" not in names
        given = self.tables.given(f"{source.db}.{source.name}")
        return given is not None and name not in given

    def _use_of(self, scope: Scope, node: exp.Expr) -> Use:
        """What a clause does with a column; what an inner query selects is used where that
        stands, or has no use that is known yet."""
        clause = clause_of(scope, node)
        if clause != "expressions":
            return USES.get(clause, Use.FILTER)
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
            return self.tables.origins(full.lower(), name)
        return set()

    def of_output(self, scope: Scope, name: str) -> set[Origin]:
        """Where a column of the answer of a query comes from."""
        key = (id(scope), name)
        known = self._known.setdefault(key, set())
        if key in self._open:
            self._is_circular = True
        elif key not in self._done:
            self._open.add(key)
            known |= self._traced(scope, name)
            self._open.discard(key)
            self._done.add(key)
        return known

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
        names = names_of(scope)
        place = names.index(name) if name in names else -1
        by_name = scope.expression.args.get("by_name")
        for branch in scope.set_operation_scopes:
            own = names_of(branch)
            if by_name:
                found |= self.of_output(branch, name)
            elif 0 <= place < len(own):
                found |= self.of_output(branch, own[place])
        return found
