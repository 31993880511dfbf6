"""Folds the messages of a group of workers onto what the register has of them, and writes it."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.columns import distinct, flat
from pipelines.register.holding import Held, shares
from pipelines.register.opened import aliases, opened
from pipelines.register.parts import write_rows
from pipelines.register.routing import FILED
from pipelines.register.unjudged import unjudged
from pipelines.register.work import Brought, FoldedGroup, RegisterJob, Routed
from schemas.dimona.register import (
    LOG,
    MESSAGE,
    PERIOD,
    QUOTA_USE,
    REGISTRATION,
    TABLES,
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


def fold_group(
    number: int, routed: Iterable[Routed], job: RegisterJob
) -> Iterator[tuple[int, Brought]]:
    """The work of one group: itself and what waits, by share of the employers."""
    group = _Group(number, job, shares(job))
    with group.timed("read"):
        messages = _messages(routed)
        state = group.state(messages)
    with group.timed("fold"):
        folded = fold(state, messages.select(MESSAGE.inside.names), employers=not group.shares)
    with group.timed("write"):
        held = Held.of(folded, group.shares)
        group.write(state, folded, held)
        files = held.keep(number, group.shares, job)
    yield number % max(group.shares, 1), Brought(group.receipt(folded))
    for share in held.present:
        yield share, Brought(None, files)


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
    shares: int
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
        self.whole = between if whole else None
        return State(
            kept[PERIOD.full_name],
            kept[REGISTRATION.full_name],
            self._uses(register, kept, messages),
            aliases(self.job),
            kept[LOG.full_name],
        )

    def _uses(
        self, register: Register, kept: Mapping[str, pa.Table], messages: pa.Table
    ) -> pa.Table:
        """What the workers used, and what their employers did if that is counted here."""
        own = kept[QUOTA_USE.full_name]
        if self.shares:
            return own
        casual = messages.filter(pc.equal(messages.column("worker_type"), "EXT"))
        employers = distinct(flat(casual, "employer"), flat(kept[PERIOD.full_name], "employer"))
        return pa.concat_tables([own, register.uses_of(employers)]).combine_chunks()

    def write(self, state: State, folded: Folded, held: Held) -> None:
        """Parts of what is new, and what it replaces; without what is held."""
        if folded.behind.num_rows:
            raise RuntimeError("messages came behind later ones of their worker")
        changed = folded.periods
        if self.whole is not None:
            identified = state.periods.filter(pc.is_valid(state.periods.column("inss")))
            changed = replaced(identified, changed, "period_id")
        tables = folded.tables | {
            LOG.full_name: held.without(LOG, folded.log),
            PERIOD.full_name: held.without(PERIOD, changed),
        }
        for table in TABLES:
            if table.full_name in tables:
                name = f"{self.number:06}"
                self.parts |= write(table, tables[table.full_name], name, self.job)
        self._note(state, folded)

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
        whole = self.whole
        return FoldedGroup(
            self.number,
            self.parts,
            self.replaced,
            self.made,
            whole.first if whole else None,
            whole.last if whole else None,
            dict(results(folded.log)),
            int(pc.sum(folded.log.column("late")).as_py() or 0),
            folded.repeated.num_rows,
            self.created,
            len(folded.periods) - self.created,
            dict(Counter(folded.findings.column("code").to_pylist())),
            unjudged(folded.not_run),
            self.seconds,
        )


_NUMBER = ["period_id", "inss"]


def write(table: Table, rows: pa.Table, name: str, job: RegisterJob) -> dict[str, tuple[str, ...]]:
    """Writes a part of a table, in its order; the part by name of the table, if it has rows."""
    if not rows.num_rows:
        return {}
    path = job.folder(f"parts/{table.full_name}") / f"{name}.parquet"
    return {table.full_name: (write_rows(path, table, rows),)}


def results(log: pa.Table) -> Counter[str]:
    """How many declarations have which action and result."""
    counts = log.group_by(["action", "result"]).aggregate([([], "count_all")]).to_pylist()
    return Counter({f"{c['action'] or 'none'} {c['result']}": c["count_all"] for c in counts})
