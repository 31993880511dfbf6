"""Folds the messages of a group of workers onto what the register has of them, and writes it."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.opened import aliases, opened
from pipelines.register.parts import write_rows
from pipelines.register.routing import FILED
from pipelines.register.work import FoldedGroup, RegisterJob, Routed
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    MESSAGE,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
    REPEATED,
)
from schemas.tables import Table
from transforms.dimona.fold import fold
from transforms.dimona.idflux import former, resolved
from transforms.dimona.register import Folded, State, replaced
from warehouse.arrow_files import keep
from warehouse.files import place
from warehouse.register import Between, Register, Workers

DENSE = 4
"""A range of workers is read and written as a whole when it has at most so many periods for each
message; else only the workers of the messages are read, and what changed of them is added."""

SPARSE = 5_000
"""Periods from which on that is looked at: fewer are read as a whole in any case."""


def fold_group(number: int, routed: Iterable[Routed], job: RegisterJob) -> FoldedGroup:
    """The work of one group."""
    group = _Group(number, job)
    with group.timed("read"):
        messages = _messages(routed)
        state = group.state(messages)
    with group.timed("fold"):
        folded = fold(state, messages.select(MESSAGE.inside.names))
    with group.timed("write"):
        group.write(state, folded)
    return group.receipt(folded)


def _messages(routed: Iterable[Routed]) -> pa.Table:
    tables = [FILED.empty_table()]
    for one in sorted(routed, key=lambda r: r.path):
        with place(one.path).source() as source:
            batch = pa.ipc.open_file(source).get_batch(one.batch)
            tables.append(pa.Table.from_batches([batch]))
    return pa.concat_tables(tables).combine_chunks()


@dataclass
class _Group:
    number: int
    job: RegisterJob
    parts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    replaced: dict[str, str] = field(default_factory=dict)
    made: str = ""
    whole: Between | None = None
    created: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start

    def state(self, messages: pa.Table) -> State:
        """What the register has of the workers of messages, or of all workers between them."""
        register = Register(opened(self.job))
        worker = messages.column("worker").combine_chunks()
        inss = worker.unique().drop_null()
        earlier = former(inss, resolved(aliases(self.job))["inss"])
        workers = Workers(inss, worker.null_count > 0, earlier)
        between = workers.between
        whole = between is not None and not workers.are_few
        if whole and between is not None:
            count = register.count(between)
            whole = count <= max(DENSE * messages.num_rows, SPARSE)
        kept = register.state(workers, whole)
        casual = messages.filter(pc.equal(messages.column("worker_type"), "EXT"))
        employers = _distinct(casual.column("employer"), kept[PERIOD.full_name].column("employer"))
        uses = register.uses_of(employers)
        self.whole = between if whole else None
        return State(
            kept[PERIOD.full_name],
            kept[REGISTRATION.full_name],
            pa.concat_tables([kept[QUOTA_USE.full_name], uses]).combine_chunks(),
            aliases(self.job),
            kept[LOG.full_name],
        )

    def write(self, state: State, folded: Folded) -> None:
        """Parts of what is new, and what it replaces."""
        if folded.behind.num_rows:
            raise RuntimeError("messages came behind later ones of their worker")
        changed = folded.periods
        if self.whole is not None:
            identified = state.periods.filter(pc.is_valid(state.periods.column("inss")))
            changed = replaced(identified, changed, "period_id")
        for table, rows in (
            (LOG, folded.log),
            (PERIOD, changed),
            (REGISTRATION, folded.registrations),
            (QUOTA_USE, folded.uses),
            (QUOTA_ANSWER, folded.quotas),
            (FOUND_IN, folded.findings),
            (REPEATED, folded.repeated),
        ):
            self._part(table, rows)
        self._note(state, folded)

    def _part(self, table: Table, rows: pa.Table) -> None:
        if not rows.num_rows:
            return
        name = f"{self.number:06}.parquet"
        path = write_rows(self.job.folder(f"parts/{table.full_name}") / name, table, rows)
        self.parts[table.full_name] = (path,)

    def _note(self, state: State, folded: Folded) -> None:
        """Numbers of what is replaced, and of what is new."""
        old = pc.is_in(
            folded.periods.column("period_id"),
            value_set=state.periods.column("period_id").combine_chunks(),
        )
        gone = folded.periods.filter(old)
        if self.whole is not None:  # those of somebody go with the range
            gone = gone.filter(pc.is_null(gone.column("inss")))
        days = state.registrations.column("registration_id").combine_chunks()
        named = folded.registrations.column("registration_id")
        for table, ids in (
            (PERIOD, gone.column("period_id")),
            (REGISTRATION, named.filter(pc.is_in(named, value_set=days))),
        ):
            if len(ids):
                self.replaced[table.full_name] = self._kept(table.name, pa.table({"key": ids}))
        self.made = self._kept("made", folded.periods.filter(pc.invert(old)).select(_NUMBER))
        self.created = len(folded.periods) - int(pc.sum(old).as_py() or 0)

    def _kept(self, name: str, table: pa.Table) -> str:
        return keep(self.job.folder("ledger") / f"{name}-{self.number:06}.arrow", table)

    def receipt(self, folded: Folded) -> FoldedGroup:
        log = folded.log
        results = Counter(
            f"{action or 'none'} {result}"
            for action, result in zip(
                log.column("action").to_pylist(), log.column("result").to_pylist(), strict=True
            )
        )
        not_run: Counter[str] = Counter()
        for one in folded.not_run:
            not_run[one.code] += one.rows or 0
        whole = self.whole
        return FoldedGroup(
            self.number,
            self.parts,
            self.replaced,
            self.made,
            whole.first if whole else None,
            whole.last if whole else None,
            dict(results),
            int(pc.sum(log.column("late")).as_py() or 0),
            folded.repeated.num_rows,
            self.created,
            len(folded.periods) - self.created,
            dict(Counter(folded.findings.column("code").to_pylist())),
            dict(not_run),
            self.seconds,
        )


_NUMBER = ["period_id", "inss"]


def _distinct(*columns: pa.ChunkedArray) -> pa.Array:
    arrays = [pa.array([], pa.string()), *(column.combine_chunks() for column in columns)]
    return pa.concat_arrays(arrays).unique().drop_null()
