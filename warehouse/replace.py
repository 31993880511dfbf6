"""The rows of a quarter in a table that is derived from others: replaced by those found now."""

import pyarrow as pa

from schemas.tables import Table
from warehouse.draft import Draft, transaction
from warehouse.errors import LayoutError
from warehouse.statements import statement


def replace(draft: Draft, table: Table, quarter: str, rows: pa.Table, author: str) -> bool:
    """Make ``rows`` those of ``quarter`` in one transaction; whether anything differed.

    Only rows that differ are taken out and put in, so that the change feed tells these alone.
    """
    if rows.schema.names != table.rest.names:
        raise LayoutError(f"{table.full_name} has other columns than the rows given for it")
    names = {"table": table.full_name, "columns": ", ".join(f'"{c}"' for c in rows.schema.names)}
    draft.connection.register("replacing", rows.cast(table.rest))
    try:
        with transaction(draft.connection):
            changed = sum(
                _count(draft, statement(step).format(**names), quarter)
                for step in ("replace_gone", "replace_new")
            )
            if changed:
                draft.connection.execute(
                    "CALL draft.set_commit_message(?, ?)",
                    [author, f"{table.full_name} of {quarter}"],
                )
        return bool(changed)
    finally:
        draft.connection.unregister("replacing")


def _count(draft: Draft, sql: str, quarter: str) -> int:
    row = draft.connection.execute(sql, {"quarter": quarter}).fetchone()
    return int(row[0]) if row else 0
