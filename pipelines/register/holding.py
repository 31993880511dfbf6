"""Rows that wait for the days of employers to be counted, which span groups of workers.

A group keeps what its declarations use of employers' days, and the rows of the log and of periods
that a warning may be added to, in a file a table with a batch for each share of the employers.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.work import PLAN_FILE, Plan, RegisterJob
from schemas.dimona.register import LOG, PERIOD, QUOTA_USE
from schemas.tables import Table
from transforms.dimona.employers import uses_of_employers
from transforms.dimona.register import Folded
from transforms.rules.columns import Whole
from warehouse.files import place

GROUPS_A_SHARE = 4
"""Few declarations use employers' days: a share of the employers is for so many groups."""

HELD = (QUOTA_USE, LOG, PERIOD)
"""What is held, in the order of the files."""

_KEYS = {LOG.full_name: "receipt", PERIOD.full_name: "period_id"}


def shares(job: RegisterJob) -> int:
    """Into how many shares the employers of a run are divided; 0 when it has one group, which sees
    all that is used."""
    groups = planned(job).groups
    return ceil(groups / GROUPS_A_SHARE) if groups > 1 else 0


def planned(job: RegisterJob) -> Plan:
    """The plan of a run."""
    return Plan.from_json((job.place / PLAN_FILE).read_text())


@dataclass(frozen=True)
class Held:
    """Rows of ``HELD``, and the share of each row."""

    tables: tuple[pa.Table, ...]
    share: tuple[Whole, ...]

    @classmethod
    def of(cls, folded: Folded, count: int) -> "Held":
        """What waits of what was folded, in so many shares; nothing where there are none."""
        if not count:
            return cls((), ())
        uses = uses_of_employers(folded.uses)
        gained = uses.filter(pc.greater(uses.column("amount"), 0)).combine_chunks()
        tables, found = [uses], [_share(uses.column("owner"), count)]
        of = _share(gained.column("owner"), count)
        for table, rows in ((LOG, folded.log), (PERIOD, folded.periods)):
            key = _KEYS[table.full_name]
            at = pc.index_in(rows.column(key), value_set=gained.column(key).combine_chunks())
            tables.append(rows.filter(pc.is_valid(at)).combine_chunks())
            found.append(of[np.asarray(at.drop_null(), dtype=np.int64)])
        return cls(tuple(tables), tuple(found))

    @property
    def present(self) -> tuple[int, ...]:
        """The shares of which there is something."""
        return tuple(np.unique(self.share[0]).tolist()) if self.share else ()

    def without(self, table: Table, rows: pa.Table) -> pa.Table:
        """Rows of a table but those that are held."""
        if not self.tables:
            return rows
        key = _KEYS[table.full_name]
        waits = self.tables[HELD.index(table)].column(key).combine_chunks()
        return rows.filter(pc.invert(pc.is_in(rows.column(key), value_set=waits)))

    def keep(self, number: int, count: int, job: RegisterJob) -> tuple[str, ...]:
        """Writes the rows of a group; the files."""
        return tuple(
            self._kept(f"{table.name}-{number:06}", rows, share, count, job)
            for table, rows, share in zip(HELD, self.tables, self.share, strict=False)
        )

    @staticmethod
    def _kept(name: str, rows: pa.Table, share: Whole, count: int, job: RegisterJob) -> str:
        target = job.folder("held") / f"{name}.arrow"
        with target.replacing() as sink, pa.ipc.new_file(sink, rows.schema) as writer:
            for number in range(count):
                chosen = rows.take(pa.array(np.flatnonzero(share == number)))
                arrays = [column.combine_chunks() for column in chosen.columns]
                writer.write_batch(pa.RecordBatch.from_arrays(arrays, schema=rows.schema))
        return target.address


def _share(employers: pa.ChunkedArray, count: int) -> Whole:
    """By the number before its check digits, so that shares are alike."""
    found: Whole = np.asarray(employers.cast(pa.int64()), dtype=np.int64) // 100 % count
    return found


def held(share: int, files: tuple[tuple[str, ...], ...]) -> tuple[pa.Table, ...]:
    """The rows of a share that groups kept, by table of ``HELD``."""
    return tuple(
        pa.concat_tables([table.inside.empty_table(), *(_batch(path, share) for path in paths)])
        for table, paths in zip(HELD, zip(*files, strict=True), strict=True)
    )


def _batch(path: str, number: int) -> pa.Table:
    with place(path).source() as source:
        return pa.Table.from_batches([pa.ipc.open_file(source).get_batch(number)])
