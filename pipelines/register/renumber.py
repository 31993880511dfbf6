"""A run that takes IDFLUX messages: numbers of workers and employers that were replaced.

What the register has under an outdated number goes to the valid one; the outdated one stays known
as its alias, and the log as it was written. Such messages are few, so one process does it.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.judging import KNOWN, Reading, Waiting, file_rows, known_as
from pipelines.register.parts import write_rows
from pipelines.register.work import ReadFile, RegisterJob
from pipelines.request import RegisterRequest
from pipelines.run_row import run_row
from pipelines.storage import check_inputs
from pipelines.watch.alone import unwatched
from schemas import ops
from schemas.dimona import IDFLUX
from schemas.dimona.register import ALIAS, PERIOD, QUOTA_USE, TABLES
from transforms.dimona.idflux import added, aliases, rekeyed, resolved
from transforms.dimona.register import EMPTY, State
from transforms.shredded import Shredded
from warehouse.lake import Lake
from warehouse.register import Register
from warehouse.register_commit import RegisterCommit, Replaced
from warehouse.runs import RunDirectory, new_run_id


@dataclass(frozen=True)
class Renumbered:
    """The account of a run: files and forms, ``refused``: forms against the schema, and files that
    could not be read; numbers that were replaced, periods that go to another number. ``snapshot``:
    None when nothing was committed."""

    run_id: str
    files: int
    files_known: int
    forms: int = 0
    refused: int = 0
    replaced: int = 0
    periods: int = 0
    snapshot: int | None = None
    seconds: float = 0.0


def renumber(request: RegisterRequest) -> Renumbered:
    """Takes IDFLUX messages into the register of a lake. Raises as ``register.run.run``."""
    started, clock = datetime.now(UTC), time.perf_counter()
    paths = [path for path, _ in check_inputs(request.inputs, request.lake.place)]
    with Lake.open(request.lake, create=True) as lake, unwatched(request.lake):
        lake.sweep()
        lake.ensure_tables([*ops.TABLES, *TABLES])
        with lake.start_run(new_run_id(started)) as home:
            done = _renumbered(lake, home, request, paths, started)
        if done.snapshot is None:
            lake.sweep()
    return replace(done, seconds=time.perf_counter() - clock)


def _renumbered(
    lake: Lake,
    home: RunDirectory,
    request: RegisterRequest,
    paths: Sequence[str],
    started: datetime,
) -> Renumbered:
    register = Register(lake)
    version = register.version()
    job = RegisterJob(home.run_id, home.place.address, request.lake, version, request.registry)
    contract = job.catalogue.fingerprint(IDFLUX)
    known = frozenset(known_as(*one) for one in lake.known_names(IDFLUX.name, contract))
    numbering = _Numbering(version[0])
    reading = Reading(job, IDFLUX, known, numbering.of)
    found = [table for window in reading.windows(paths) for table in window]
    files = reading.files()
    fresh = [file for file in files if file.disposition != KNOWN]
    nothing = Renumbered(job.run_id, len(files), len(files) - len(fresh))
    if not fresh:
        return nothing
    findings = reading.findings()
    new = pa.concat_tables([ALIAS.inside.empty_table(), *found])
    done = replace(
        nothing,
        forms=sum(file.forms for file in fresh),
        refused=findings.group_by(["file_id", "form_no"]).aggregate([]).num_rows,
        replaced=new.num_rows,
    )
    rows = {
        ops.FILE.full_name: file_rows(files, job.run_id),
        ops.FINDING.full_name: findings,
        ops.RUN.full_name: _run_row(done, fresh, request.author, contract, started),
    }
    return _committed(lake, home, register, new, rows, done, request.author)


@dataclass
class _Numbering:
    """Makes aliases of the forms of a release; each form has a receipt, behind the ``last``."""

    last: int

    def of(self, shredded: Shredded, _taken: Sequence[Waiting]) -> pa.Table:
        forms = shredded.tables["form"].select(["file_id", "form_no"]).to_pylist()
        receipts = {
            (form["file_id"], form["form_no"]): self.last + number
            for number, form in enumerate(forms, 1)
        }
        self.last += len(forms)
        return aliases(shredded, receipts)


def _run_row(
    done: Renumbered, fresh: Sequence[ReadFile], author: str, contract: str, started: datetime
) -> pa.Table:
    valid = sum(file.valid for file in fresh)
    return run_row(
        run_id=done.run_id,
        kind=IDFLUX.name,
        started_at=started,
        author=author,
        contract=contract,
        files_in=done.files,
        files_known=done.files_known,
        bytes_in=sum(file.size for file in fresh),
        forms_in=done.forms,
        forms_accepted=valid,
        forms_refused=done.forms - valid,
        forms_quarantined=0,
    )


def _committed(
    lake: Lake,
    home: RunDirectory,
    register: Register,
    new: pa.Table,
    rows: dict[str, pa.Table],
    done: Renumbered,
    author: str,
) -> Renumbered:
    """Commits what is replaced, with the number of periods that go to another number."""
    known = register.aliases()
    every = added(known, new)
    state = _concerned(register, every, known)
    after = rekeyed(state, new)
    parts: dict[str, list[str]] = {}
    gone: dict[str, Replaced] = {}
    for table, key, old, kept in (
        (PERIOD, "period_id", state.periods, after.periods),
        (QUOTA_USE, "receipt", state.uses, after.uses),
    ):
        if old.num_rows:
            gone[table.full_name] = Replaced(key, old.column(key).unique())
            path = home.parts / f"{table.full_name}.parquet"
            parts[table.full_name] = [write_rows(path, table, kept)]
    snapshot = lake.commit(
        RegisterCommit(
            run_id=done.run_id,
            author=author,
            message=f"idflux: {done.replaced} numbers were replaced",
            parts=parts,
            rows=rows | {ALIAS.full_name: every.slice(known.num_rows)},
            replaced=gone,
            version=register.version(),
            received=0,
        )
    )
    return replace(done, periods=state.periods.num_rows, snapshot=snapshot)


def _concerned(register: Register, every: pa.Table, known: pa.Table) -> State:
    """Periods and uses of quotas under a number that is outdated by now."""
    leads = resolved(every)
    workers, employers = (leads[kind].outdated for kind in ("inss", "employer"))
    of_workers = register.having(PERIOD, "inss", workers)
    of_employers = register.having(PERIOD, "employer", employers)
    ids = of_workers.column("period_id").combine_chunks()
    both = pc.is_in(of_employers.column("period_id"), value_set=ids)
    periods = pa.concat_tables([of_workers, of_employers.filter(pc.invert(both))])
    found = (
        register.having(QUOTA_USE, column, numbers).column("receipt")
        for column, numbers in (("owner", workers), ("owner", employers), ("counted", workers))
    )
    receipts = pa.concat_arrays([column.combine_chunks() for column in found])
    uses = register.having(QUOTA_USE, "receipt", receipts)
    return State(periods.combine_chunks(), EMPTY.registrations, uses, known, EMPTY.log)
