"""Statements over tables that are known by their columns, through views and what they make."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import copy

from sqlglot import exp

from schemas.impact.touched import Use
from warehouse.lineage.names import MADE, Names
from warehouse.lineage.parsing import NotParsed, Statement, parsed, placeholders, told
from warehouse.lineage.queries import Query
from warehouse.lineage.reads import Origin, Reads
from warehouse.lineage.scopes import spelled_out
from warehouse.lineage.tracing import Trace

Derived = Mapping[str, Mapping[str, Iterable[tuple[str, str]]]]
"""Tables that programs make: of each column, the columns (table and name) that it is made of."""


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
            scope = spelled_out(query, known, reads)
        except Exception as error:  # the resolver is not ours: what it stumbles over is told
            reads.faults.append(f"names are not resolved: {told(error)}")
            return reads
        if scope is not None:
            Trace(self, scope, reads).run()
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
