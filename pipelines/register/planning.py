"""Gives every message its receipt, and a group of workers to be folded with.

Receipts go by the moment of reception of a file, then by its path, then by the form; the first one
follows the last of the register. A message belongs to the worker of the period that it names, and
to its own where it names none, or one that is nowhere.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.columns import distinct
from pipelines.register.judging import KNOWN, PROCESSED
from pipelines.register.opened import aliases, opened
from pipelines.register.work import (
    PLAN_FILE,
    Plan,
    ReadFile,
    ReadFiles,
    RegisterJob,
    Route,
)
from transforms.dimona.idflux import Resolved, resolve, resolved
from transforms.dimona.numbers import numbers
from transforms.rules.columns import Whole
from warehouse.arrow_files import keep, kept
from warehouse.register import Register

GROUP_MESSAGES = 60_000
"""Messages that are folded at once, at most: they and what the register has of their workers have
to fit into the memory of a worker."""
SHARED_MESSAGES = 2_000
GROUPS = 16
"""From the first number on a run is divided into as many groups, for several workers to share."""

PLACES = pa.schema([("receipt", pa.int64()), ("group", pa.int64()), ("worker", pa.string())])
"""Beside the rows of a part: receipt, group, and the worker of whom state is needed."""

_COLUMNS = ("file", "action", "inss", "period_id", "registration_id", "daily_status")


def plan(read: Sequence[ReadFiles], job: RegisterJob) -> tuple[Plan, list[ReadFile], list[Route]]:
    """What is to be done, the files with what becomes of them, and the parts with their receipts.

    ``read`` in any order: what is planned depends on the files alone.
    """
    parts = sorted(read, key=lambda one: one.part)
    first = job.version[0] + 1
    files, starts = _receipts(parts, first)
    leads = resolved(aliases(job))
    messages = [_messages(part, starts[number], leads) for number, part in enumerate(parts)]
    workers = _workers(messages, job) if messages else []
    bounds = _bounds(workers)
    routes = []
    for number, (part, one, of_part) in enumerate(zip(parts, messages, workers, strict=True)):
        if not len(one.receipts):
            continue
        groups = np.searchsorted(bounds, _as_numbers(of_part), side="right")
        table = pa.table([one.receipts, groups, of_part], schema=PLACES)
        places = keep(job.folder("places") / f"{number:06}.arrow", table)
        routes.append(Route(number, part.part, places))
    count = sum(len(one.receipts) for one in messages)
    planned = Plan(
        len(files),
        sum(file.disposition == KNOWN for file in files),
        sum(file.size for file in files if file.disposition != KNOWN),
        count,
        len(bounds) + 1 if count else 0,
        sum(part.seconds for part in parts),
    )
    (job.place / PLAN_FILE).write_text(planned.to_json())
    return planned, files, routes


def _receipts(
    parts: Sequence[ReadFiles], first: int
) -> tuple[list[ReadFile], list[dict[int, int]]]:
    """The files in order of reception; and by part, the first receipt of each of its files that has
    messages."""
    listed = [(file, number) for number, part in enumerate(parts) for file in part.files]
    listed.sort(key=lambda pair: (pair[0].received, pair[0].path))
    starts: list[dict[int, int]] = [{} for _ in parts]
    files: list[ReadFile] = []
    for file, number in listed:
        if file.disposition == PROCESSED:
            starts[number][file.number] = first
            first += file.valid
        files.append(file)
    return files, starts


@dataclass(frozen=True, slots=True)
class _Messages:
    """Of the rows of a part: receipts; numbers as they are said; own worker by the valid number."""

    receipts: Whole
    starts: pa.Array
    creates: pa.Array
    worker: pa.Array
    period: pa.Array
    registration: pa.Array

    def among(self, rows: pa.Array, column: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Numbers that some of the messages give, and a column of these messages."""
        return numbers(self.receipts[np.asarray(rows)]), column.filter(rows)


def _messages(part: ReadFiles, starts: dict[int, int], leads: Resolved) -> _Messages:
    table = kept(part.part).select(list(_COLUMNS)).combine_chunks()
    column = {name: table.column(name).combine_chunks() for name in _COLUMNS}
    file = np.asarray(column["file"], dtype=np.int64)
    base = np.array([starts.get(number, 0) for number in range(len(part.files))], dtype=np.int64)
    receipts = base[file] + np.arange(len(file)) - np.searchsorted(file, file)
    daily = pc.equal(column["action"], "DAILY")
    return _Messages(
        receipts,
        pc.fill_null(pc.equal(column["action"], "IN"), False),
        pc.fill_null(pc.and_(daily, pc.equal(column["daily_status"], "0")), False),
        resolve(column["inss"], leads["inss"]),
        column["period_id"],
        column["registration_id"],
    )


def _workers(messages: Sequence[_Messages], job: RegisterJob) -> list[pa.Array]:
    """The worker of whom each message needs the state, null for nobody.

    Numbers are looked up once for all parts: what they are looked up in is as long as all of them.
    """
    started = [one.among(one.starts, one.worker) for one in messages]
    created = [one.among(one.creates, one.period) for one in messages]
    registrations = pa.concat_arrays([one.registration for one in messages])
    creates = pa.concat_arrays([one.creates for one in messages])
    register = Register(opened(job))
    parents = register.parents(distinct(registrations.filter(pc.invert(creates))))
    known = (parents.column(name).combine_chunks() for name in ("registration_id", "period_id"))
    days, of_days = map(pa.concat_arrays, zip(*created, tuple(known), strict=True))
    # The period that each message names, or that its daily registration is of.
    row = pc.index_in(registrations, value_set=days, skip_nulls=True)
    named = [pc.if_else(one.starts, None, one.period) for one in messages]
    periods = pc.coalesce(of_days.take(row), pa.concat_arrays(named))
    owners = register.owners(distinct(periods))
    inss = resolve(owners.column("inss").combine_chunks(), resolved(aliases(job))["inss"])
    stored = (owners.column("period_id").combine_chunks(), inss)
    new, of_new = map(pa.concat_arrays, zip(*started, stored, strict=True))
    row = pc.index_in(periods, value_set=new, skip_nulls=True)
    own = pa.concat_arrays([one.worker for one in messages])
    found = pc.if_else(pc.is_valid(row), of_new.take(row), own)
    ends = np.cumsum([len(one.receipts) for one in messages]).tolist()
    return [
        found.slice(end - len(one.receipts), len(one.receipts))
        for one, end in zip(messages, ends, strict=True)
    ]


def _as_numbers(workers: pa.Array) -> Whole:
    """INSS numbers as whole numbers, in the same order; -1 for nobody."""
    found: Whole = np.asarray(pc.fill_null(workers.cast(pa.int64()), -1), dtype=np.int64)
    return found


def _bounds(workers: Sequence[pa.Array]) -> Whole:
    """The first worker of each group but the first one: groups have about as many messages, and a
    worker is in one of them."""
    everybody = np.sort(np.concatenate([*map(_as_numbers, workers), np.zeros(0, dtype=np.int64)]))
    wanted = _groups(len(everybody))
    cuts = everybody[np.arange(1, wanted) * len(everybody) // wanted]
    return np.unique(cuts[cuts > everybody[0]]) if len(everybody) else cuts


def _groups(count: int) -> int:
    return max(ceil(count / GROUP_MESSAGES), min(ceil(count / SHARED_MESSAGES), GROUPS), 1)
