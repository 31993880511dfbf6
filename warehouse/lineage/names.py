"""Which table a name in a query means."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

MADE = "temp"
"""The schema of what statements make under a bare name."""


class Names:
    """Tables by full name, and what bare names stand for. DuckDB does not tell cases apart."""

    def __init__(self, tables: Mapping[str, Sequence[str]], made: Iterable[str] = ()) -> None:
        self.columns = {
            name.lower(): tuple(column.lower() for column in columns)
            for name, columns in tables.items()
        }
        self.made = {name.lower() for name in made}
        self._bare = defaultdict(set)
        for name in (*self.columns, *self.made):
            self._bare[name.rpartition(".")[2]].add(name)

    def full(self, table: exp.Table) -> str:
        """The full name of a table; a bare name that is not known, or is that of several, stays."""
        name = table.name.lower()
        if table.db:
            return f"{table.db.lower()}.{name}"
        if f"{MADE}.{name}" in self.made:
            return f"{MADE}.{name}"
        there = self._bare.get(name, set())
        return next(iter(there)) if len(there) == 1 else name

    def spell_out(self, query: exp.Query) -> set[str]:
        """Puts full names, without a catalog, in the place of all names of tables in a query; an
        alias keeps what they were called by. Gives the full names."""
        found = set()
        for scope in traverse_scope(query):
            for called, (_, table) in scope.selected_sources.items():
                if isinstance(table, exp.Table) and isinstance(table.this, exp.Identifier):
                    full = self.full(table)
                    found.add(full)
                    self._spell(table, full, called)
        return found

    def _spell(self, table: exp.Table, full: str, called: str) -> None:
        schema, _, name = full.rpartition(".")
        table.set("catalog", None)
        table.set("db", exp.to_identifier(schema) if schema else None)
        table.set("this", exp.to_identifier(name))
        if not table.alias:
            table.set("alias", exp.TableAlias(this=exp.to_identifier(called)))
