"""What answers are made from: rows of the register, beside each other."""

from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import ACCEPTED, WARNED
from transforms.dimona.answers.markup import flat


@dataclass(frozen=True, slots=True)
class Given:
    """``declarations``: rows of ``LOG``, in whatever order they are to be answered; of them,
    ``findings`` (``FOUND_IN``), ``quotas`` (``QUOTA_ANSWER``), and as they are known afterwards
    the ``periods`` (``PERIOD``) and ``registrations`` (``REGISTRATION``) that were accepted ones
    are about; those of others need not be there. ``files``: ``file_id`` and ``name``."""

    declarations: pa.Table
    findings: pa.Table
    quotas: pa.Table
    periods: pa.Table
    registrations: pa.Table
    files: pa.Table

    def said(self, name: str) -> pa.Array:
        """A column of the log."""
        return flat(self.declarations.column(name))

    @property
    def count(self) -> int:
        return int(self.declarations.num_rows)

    def result_is(self, *results: str) -> pa.Array:
        """Which declarations have one of some results."""
        return pc.is_in(self.said("result"), value_set=pa.array(results))

    @property
    def accepted(self) -> pa.Array:
        """Which changed something; one that waits has not yet."""
        return self.result_is(ACCEPTED, WARNED)

    def action_is(self, *actions: str) -> pa.Array:
        return pc.is_in(self.said("action"), value_set=pa.array(actions))

    def beside(self, table: pa.Table, key: str, wanted: pa.Array) -> "Beside":
        """Rows of a table beside the declarations."""
        return Beside(
            table, pc.index_in(wanted, value_set=flat(table.column(key)), skip_nulls=True)
        )

    @property
    def of_periods(self) -> "Beside":
        """The period of each accepted declaration."""
        wanted = pc.if_else(self.accepted, self.said("of_period"), None)
        return self.beside(self.periods, "period_id", wanted)


@dataclass(frozen=True, slots=True)
class Beside:
    """A row of another table for each declaration, null where it has none."""

    table: pa.Table
    row: pa.Array

    def column(self, name: str) -> pa.Array:
        return flat(self.table.column(name)).take(self.row)
