"""The register as it is now: what the lake has, and what the journal has of later."""

from collections.abc import Mapping
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.columns import distinct, flat
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    LOG_KEYS,
    PERIOD,
    QUOTA_ANSWER,
    QUOTA_USE,
    REGISTRATION,
)
from schemas.tables import empty
from transforms.dimona.fold import fold
from transforms.dimona.idflux import former, resolve, resolved
from transforms.dimona.register import EMPTY, Folded, State, after, replaced
from warehouse.lake import Lake
from warehouse.register import Register, Workers

_KEPT = (LOG, FOUND_IN, QUOTA_ANSWER)


class Live:
    """Folds messages onto the register of an open lake and what was folded since.

    ``since``, what was folded later than the lake has it, is in memory: a merge keeps it small.
    """

    def __init__(self, lake: Lake) -> None:
        self._register = Register(lake)
        self._aliases = self._register.aliases()
        self._leads = resolved(self._aliases)
        self.version = self._register.version()
        self.last_receipt = self.version[0]
        self.since = replace(EMPTY, log=EMPTY.log.select(list(LOG_KEYS)))
        self.known = self.since
        self._kept = {table.full_name: empty(table) for table in _KEPT}

    def take(self, tables: Mapping[str, pa.Table], last_receipt: int) -> None:
        """What a batch of the journal brought."""
        self.since = State(
            replaced(self.since.periods, tables[PERIOD.full_name], "period_id"),
            replaced(self.since.registrations, tables[REGISTRATION.full_name], "registration_id"),
            pa.concat_tables([self.since.uses, tables[QUOTA_USE.full_name]]),
            self.since.aliases,
            pa.concat_tables([self.since.log, tables[LOG.full_name].select(list(LOG_KEYS))]),
        )
        self.last_receipt = max(self.last_receipt, last_receipt)
        self.keep(tables)

    def keep(self, tables: Mapping[str, pa.Table]) -> None:
        """Remembers a batch, so that second deliveries are answered as the first ones."""
        for name, rows in self._kept.items():
            self._kept[name] = pa.concat_tables([rows, tables[name]])

    def fold(self, messages: pa.Table) -> Folded:
        """What messages (``MESSAGE``, with receipts behind ``last_receipt``) do. ``known`` is then
        what is known of their workers."""
        state = self.state(messages)
        folded = fold(state, messages)
        self.known = after(state, folded)
        self.since = after(self.since, folded)
        last = pc.max(messages.column("receipt")).as_py()
        self.last_receipt = max(self.last_receipt, last or 0)
        return folded

    def received(self, receipts: pa.Array) -> Mapping[str, pa.Table]:
        """Rows of the log, of findings and of answers of quotas of some earlier receipts."""
        found = {}
        for table in _KEPT:
            there = _among(self._kept[table.full_name], "receipt", receipts)
            rest = receipts
            if table is LOG:
                rest = receipts.filter(
                    pc.invert(pc.is_in(receipts, value_set=flat(there, "receipt")))
                )
            old = self._register.having(table, "receipt", rest)
            found[table.full_name] = pa.concat_tables([there, old]).combine_chunks()
        return found

    def state(self, messages: pa.Table) -> State:
        """What is known of all workers whom messages may be about."""
        workers = self._workers(messages)
        kept = self._register.state(workers)
        changed = _among(self.since.periods, "inss", workers.inss, workers.nobody)
        periods = replaced(kept[PERIOD.full_name], changed, "period_id")
        days = self.since.registrations
        days = days.filter(pc.is_in(days.column("period_id"), value_set=flat(periods, "period_id")))
        employers = distinct(flat(messages, "employer"), flat(periods, "employer"))
        owners = distinct(workers.inss, employers)
        uses = _among(self.since.uses, "owner", owners)
        log = _among(self.since.log, "filed_inss", workers.inss, workers.nobody)
        return State(
            periods,
            replaced(kept[REGISTRATION.full_name], days, "registration_id"),
            pa.concat_tables(
                [kept[QUOTA_USE.full_name], self._register.uses_of(employers), uses]
            ).combine_chunks(),
            self._aliases,
            pa.concat_tables([kept[LOG.full_name], log]).combine_chunks(),
        )

    def _workers(self, messages: pa.Table) -> Workers:
        """The workers that messages name, and those of the periods that they name."""
        own = resolve(flat(messages, "inss"), self._leads["inss"])
        days = flat(messages, "registration_id").unique().drop_null()
        later = _among(self.since.registrations, "registration_id", days)
        parents = self._register.parents(days)
        ids = distinct(
            flat(messages, "period_id"), flat(later, "period_id"), flat(parents, "period_id")
        )
        known = _among(self.since.periods, "period_id", ids)
        owners = self._register.owners(ids)
        of_periods = resolve(flat(owners, "inss"), self._leads["inss"])
        inss = distinct(own, flat(known, "inss"), of_periods)
        nobody = own.null_count + known.column("inss").null_count + of_periods.null_count > 0
        return Workers(inss, nobody, former(inss, self._leads["inss"]))


def _among(rows: pa.Table, name: str, values: pa.Array, nobody: bool = False) -> pa.Table:
    """Rows with one of some values in a column, or ``nobody``: with none."""
    column = flat(rows, name)
    found = pc.is_in(column, value_set=values, skip_nulls=True)
    return rows.filter(pc.or_(found, pc.is_null(column)) if nobody else found)
