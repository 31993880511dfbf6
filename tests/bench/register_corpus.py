"""A register of periods and a month of messages for it, of a size that is asked for.

Workers have two and a half periods on average over all time, at employers of whom few have very
many, as temporary work agencies do. A month has starts, ends of open periods, changes of the end of
closed ones and cancellations; a quarter of the starts are of a day (casual workers), a tenth are of
students. Moments, workers and employers are drawn by a seed.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from schemas import ops
from schemas.dimona.register import CLOSED, OPEN, PERIOD, PERIOD_NUMBER, TABLES
from schemas.tables import from_rows
from transforms.dimona.numbers import numbers
from warehouse.lake import Lake
from warehouse.parquet import write_part
from warehouse.register import ROWS_IN_GROUP
from warehouse.register_commit import RegisterCommit

Rows = npt.NDArray[np.int64]
MONTH = date(2023, 1, 1)
DAYS = 31
EMPLOYERS_A_PERIOD = 0.024
PERIODS_A_WORKER = 2.5
SHARES = {"IN": 0.46, "OUT": 0.38, "UPDATE": 0.12, "CANCEL": 0.04}
TYPES = ("OTH", "EXT", "STU")
TYPE_SHARES = (0.65, 0.25, 0.10)
FORMS_A_FILE = 2_000
PART_PERIODS = 500_000
_FIRST_DAY = np.datetime64("2015-01-01")
_KNOWN_UNTIL = np.datetime64("2022-12-31")


@dataclass(frozen=True)
class Population:
    """INSS and NSSO numbers, by number of the worker and the employer."""

    inss: pa.Array
    employers: pa.Array

    @classmethod
    def of(cls, periods: int) -> "Population":
        workers = max(int(periods / PERIODS_A_WORKER), 1)
        employers = max(int(periods * EMPLOYERS_A_PERIOD), 1)
        return cls(_inss(np.arange(workers)), _nsso(np.arange(employers)))


def _inss(serial: Rows) -> pa.Array:
    """Valid numbers of people who were born from 1955 to 1999."""
    year, month, day = 55 + serial % 45, 1 + serial // 45 % 12, 1 + serial // 540 % 28
    body = year * 10_000_000 + month * 100_000 + day * 1000 + 1 + serial // 15_120
    return _digits(body * 100 + 97 - body % 97, 11)


def _nsso(serial: Rows) -> pa.Array:
    number = 10_000 + serial
    return _digits(number * 100 + 96 - number * 100 % 97, 9)


def _digits(values: Rows, width: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(values).cast(pa.string()), width, "0")


@dataclass(frozen=True)
class Stored:
    """Periods of the register: receipt, worker, employer, first and last day (NaT: none)."""

    receipt: Rows
    worker: Rows
    employer: Rows
    first: npt.NDArray[np.datetime64]
    last: npt.NDArray[np.datetime64]

    @classmethod
    def drawn(cls, periods: int, people: Population, seed: int) -> "Stored":
        rng = np.random.default_rng(seed)
        worker = rng.integers(0, len(people.inss), periods)
        employer = (len(people.employers) * rng.random(periods) ** 3).astype(np.int64)
        days = int((_KNOWN_UNTIL - _FIRST_DAY).astype(np.int64))
        first = _FIRST_DAY + rng.integers(0, days, periods)
        last = first + rng.integers(1, 400, periods)
        # A worker has one open period at most, the last that was drawn.
        newest = np.zeros(len(people.inss), dtype=np.int64)
        newest[worker] = np.arange(periods)
        stays = (newest[worker] == np.arange(periods)) & (rng.random(periods) < 0.7)
        last = np.where(stays, np.datetime64("NaT"), np.minimum(last, _KNOWN_UNTIL))
        return cls(np.arange(1, periods + 1), worker, employer, first, last)

    @property
    def numbers(self) -> pa.Array:
        """Of the periods."""
        return numbers(self.receipt)

    @property
    def is_open(self) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = np.isnat(self.last)
        return found


def register(folder: Path, stored: Stored, people: Population) -> None:
    """Makes a lake with these periods, in order of worker."""
    run_id = "20230101T000000-bench"
    order = np.lexsort((stored.receipt, np.asarray(pc.rank(people.inss))[stored.worker]))
    with Lake.open(folder, create=True) as lake:
        lake.ensure_tables([*ops.TABLES, *TABLES])
        with lake.start_run(run_id) as home:
            parts = []
            for start in range(0, len(order), PART_PERIODS):
                table = _periods(stored, people, order[start : start + PART_PERIODS])
                path = Path(home.parts.address) / f"period-{start}.parquet"
                write_part(path, table, PERIOD, ROWS_IN_GROUP)
                parts.append(str(path))
            numbered = Path(home.parts.address) / "numbers.parquet"
            inss = people.inss.take(pa.array(stored.worker))
            owners = pa.table([numbers(stored.receipt), inss], schema=PERIOD_NUMBER.inside)
            write_part(numbered, owners, PERIOD_NUMBER, ROWS_IN_GROUP)
            row: dict[str, object] = {"run_id": run_id, "kind": "dimona", "author": "bench"}
            lake.commit(
                RegisterCommit(
                    run_id,
                    "bench",
                    "a register",
                    {PERIOD.full_name: parts, PERIOD_NUMBER.full_name: [str(numbered)]},
                    {ops.RUN.full_name: from_rows(ops.RUN, [row])},
                    {},
                    (0, 0),
                    0,
                )
            )


def _periods(stored: Stored, people: Population, rows: Rows) -> pa.Table:
    count = len(rows)
    receipts = stored.receipt[rows]
    moments = pa.array(stored.first[rows].astype("datetime64[us]"), pa.timestamp("us", "UTC"))
    last = pa.array(stored.last[rows])
    employers = people.employers.take(pa.array(stored.employer[rows]))
    columns = {
        "period_id": numbers(receipts),
        "employer": employers,
        "noss": employers,
        "inss": people.inss.take(pa.array(stored.worker[rows])),
        "worker_type": pa.repeat(pa.scalar("OTH"), count),
        "joint_committee": pa.repeat(pa.scalar("XXX"), count),
        "starting_date": pa.array(stored.first[rows]),
        "ending_date": last,
        "state": pc.if_else(pc.is_null(last), OPEN, CLOSED),
        "first_receipt": pa.array(receipts),
        "last_receipt": pa.array(receipts),
        "last_update": moments,
    }
    flags = ("is_cancelled", "is_locked", "has_blocking_anomaly", "is_late")
    columns |= {name: pa.array(np.zeros(count, dtype=np.bool_)) for name in flags}
    arrays = [columns.get(f.name, pa.nulls(count, f.type)) for f in PERIOD.inside]
    return pa.table(
        [array.cast(f.type) for array, f in zip(arrays, PERIOD.inside, strict=True)],
        schema=PERIOD.inside,
    )


def write_messages(folder: Path, count: int, stored: Stored, people: Population, seed: int) -> int:
    """Writes a month of messages, in files by the moment of their reception; bytes."""
    folder.mkdir(parents=True)
    size = 0
    batch: list[str] = []
    for number, text in enumerate(_messages(count, stored, people, seed), 1):
        batch.append(text)
        if len(batch) == FORMS_A_FILE or number == count:
            file = (number - 1) // FORMS_A_FILE
            path = folder / f"FI.DIMN.123456.20230101.{file:05}.T.1.1"
            size += path.write_bytes(f"<Dimona>\n{''.join(batch)}</Dimona>\n".encode())
            moment = _moment(number - 1, count).timestamp()
            os.utime(path, (moment, moment))
            batch = []
    return size


def _moment(number: int, count: int) -> datetime:
    """When a message is received: they are spread evenly over the month."""
    start = datetime(MONTH.year, MONTH.month, MONTH.day, tzinfo=UTC)
    return start + timedelta(days=DAYS) * (number / count)


def _messages(count: int, stored: Stored, people: Population, seed: int) -> Iterator[str]:
    rng = np.random.default_rng(seed + 1)
    actions = rng.choice(len(SHARES), count, p=list(SHARES.values()))
    names = list(SHARES)
    opened, closed = np.flatnonzero(stored.is_open), np.flatnonzero(~stored.is_open)
    rng.shuffle(opened)
    rng.shuffle(closed)
    next_open, next_closed = iter(opened.tolist()), iter(closed.tolist())
    ids = numbers(stored.receipt)
    workers = rng.integers(0, len(people.inss), count).tolist()
    employers = (len(people.employers) * rng.random(count) ** 3).astype(np.int64).tolist()
    kinds = rng.choice(len(TYPES), count, p=TYPE_SHARES).tolist()
    for number, action in enumerate(actions.tolist()):
        moment = _moment(number, count)
        period = next(next_closed if names[action] == "UPDATE" else next_open, None)
        if names[action] == "IN" or period is None:
            inss = people.inss[workers[number]].as_py()
            employer = people.employers[employers[number]].as_py()
            yield form(moment, number, start(moment, TYPES[kinds[number]], employer, inss))
        else:
            name = f"<DimonaPeriodId>{ids[period].as_py()}</DimonaPeriodId>"
            end = f"<EndingDate>{moment.date() + timedelta(1)}</EndingDate>"
            body = {"OUT": name + end, "UPDATE": name + end, "CANCEL": name}[names[action]]
            block = f"Dimona{names[action].title()}"
            yield form(moment, number, f"<{block}>{body}</{block}>")


def form(moment: datetime, number: int, body: str) -> str:
    """A message, on a line of its own."""
    return (
        "<Form><Identification>DIMONA</Identification>"
        f"<FormCreationDate>{moment:%Y-%m-%d}</FormCreationDate>"
        f"<FormCreationHour>{moment:%H:%M:%S}.000</FormCreationHour>"
        "<AttestationStatus>0</AttestationStatus><TypeForm>SU</TypeForm>"
        "<Reference><ReferenceType>1</ReferenceType><ReferenceOrigin>1</ReferenceOrigin>"
        f"<ReferenceNbr>{number}</ReferenceNbr></Reference>{body}</Form>\n"
    )


def start(moment: datetime, kind: str, employer: str, inss: str) -> str:
    """A start the day after."""
    first = moment.date() + timedelta(1)
    committee, more = "XXX", ""
    if kind == "EXT":
        committee = "302"
        hours = "<StartingHour>0900</StartingHour>", "<EndingHour>1700</EndingHour>"
        more = f"{hours[0]}<EndingDate>{first}</EndingDate>{hours[1]}"
    elif kind == "STU":
        end = min(first + timedelta(20), date(first.year, 3, 31))
        more = f"<EndingDate>{end}</EndingDate><PlannedHoursNbr>60</PlannedHoursNbr>"
    return (
        f"<DimonaIn><StartingDate>{first}</StartingDate>{more}"
        f"<EmployerId><NOSSRegistrationNbr>{int(employer)}</NOSSRegistrationNbr></EmployerId>"
        f"<NaturalPerson><INSS>{inss}</INSS></NaturalPerson>"
        f"<DimonaFeatures><JointCommissionNbr>{committee}</JointCommissionNbr>"
        f"<WorkerType>{kind}</WorkerType></DimonaFeatures></DimonaIn>"
    )
