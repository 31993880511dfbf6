"""A run that takes IDFLUX messages: numbers of workers and employers that were replaced.

What the register has under an outdated number goes to the valid one; the outdated one stays known
as its alias, and the log as it was written. Such messages are few, so one process does it.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.register.parts import write_rows
from pipelines.register.reading import known_as
from pipelines.request import RegisterRequest
from pipelines.storage import check_inputs, open_file, shown
from pipelines.survey_step import file_fault, unread
from pipelines.watch.loop import unwatched
from schemas import ops
from schemas.catalogue import Catalogue
from schemas.dimona import IDFLUX
from schemas.dimona.register import ALIAS, PERIOD, QUOTA_USE, TABLES
from schemas.tables import from_rows
from transforms.dimona.idflux import added, aliases, rekeyed, resolved
from transforms.dimona.register import EMPTY, State
from transforms.findings import Finding
from transforms.judge import judge
from transforms.shred import Shredder
from transforms.survey import Survey, survey
from warehouse.lake import Lake
from warehouse.register import Register
from warehouse.register_commit import RegisterCommit, Replaced


@dataclass(frozen=True)
class Renumbered:
    """The account of a run: files and forms, ``refused`` by the schema; numbers that were replaced,
    periods that go to another number. ``snapshot``: None when nothing was committed."""

    run_id: str
    files: int
    files_known: int
    forms: int
    refused: int
    replaced: int
    periods: int
    snapshot: int | None
    seconds: float


@dataclass(frozen=True)
class _Read:
    aliases: pa.Table
    files: pa.Table
    findings: pa.Table
    forms: int
    refused: int


def renumber(request: RegisterRequest) -> Renumbered:
    """Takes IDFLUX messages into the register of a lake. Raises as ``register.run.run``."""
    started, clock = datetime.now(UTC), time.perf_counter()
    paths = [path for path, _ in check_inputs(request.inputs, request.lake.place)]
    run_id = f"{started:%Y%m%dT%H%M%S}-{os.urandom(3).hex()}"
    catalogue = Catalogue(Path(request.registry) if request.registry else None)
    with Lake.open(request.lake, create=True) as lake, unwatched(request.lake):
        lake.sweep()
        lake.ensure_tables([*ops.TABLES, *TABLES])
        register = Register(lake)
        contract = catalogue.fingerprint(IDFLUX)
        known = {known_as(*one) for one in lake.known_names(IDFLUX.name, contract)}
        surveyed = [_surveyed(path, catalogue, run_id) for path in paths]
        fresh = [(p, s) for p, s in surveyed if known_as(s.file_id, shown(p)) not in known]
        nothing = Renumbered(run_id, len(paths), len(paths) - len(fresh), 0, 0, 0, 0, None, 0.0)
        if not fresh:
            return nothing
        read = _read(fresh, catalogue, run_id, register.version()[0])
        row: dict[str, object] = {
            "run_id": run_id,
            "kind": IDFLUX.name,
            "started_at": started,
            "committed_at": datetime.now(UTC),
            "author": request.author,
            "software": version("kwartaal"),
            "contract": contract,
            "files_in": len(paths),
            "files_known": nothing.files_known,
            "bytes_in": sum(found.size for _, found in fresh),
            "forms_in": read.forms,
            "forms_accepted": read.forms - read.refused,
            "forms_refused": read.refused,
            "forms_quarantined": 0,
        }
        periods, snapshot = _committed(lake, register, read, row)
    return replace(
        nothing,
        forms=read.forms,
        refused=read.refused,
        replaced=read.aliases.num_rows,
        periods=periods,
        snapshot=snapshot,
        seconds=time.perf_counter() - clock,
    )


def _surveyed(path: str, catalogue: Catalogue, run_id: str) -> tuple[str, Survey]:
    try:
        with closing(open_file(path)) as stream:
            return path, survey(stream, IDFLUX, catalogue)
    except OSError as error:
        return path, unread(path, error, run_id)


def _read(
    files: Sequence[tuple[str, Survey]], catalogue: Catalogue, run_id: str, last: int
) -> _Read:
    """Numbers that are replaced, with receipts behind the last one; each form has one."""
    found = ALIAS.inside.empty_table()
    findings: list[dict[str, object]] = []
    rows: list[dict[str, object]] = []
    forms = refused = 0
    for path, about in files:
        fault = file_fault(about)
        rows.append(_file_row(path, about, run_id))
        if fault is not None:
            findings.append(_finding(run_id, about, None, fault))
            continue
        release = catalogue.find(IDFLUX, about.release) if about.release else None
        assert release is not None
        assert about.codec is not None
        shredder, receipts = Shredder(release.layout), dict[int, int]()
        with open_file(path) as source:
            for part in about.ranges:
                source.seek(part.start)
                data = source.read(part.end - part.start)
                for form in judge(data, part, about.root_tag, about.codec, release):
                    forms += 1
                    if form.accepted:
                        last += 1
                        receipts[form.form_no] = last
                        shredder.take(form, about.file_id)
                    else:
                        refused += 1
                        told = (_finding(run_id, about, form.form_no, f) for f in form.findings)
                        findings.extend(told)
        if receipts:
            found = pa.concat_tables([found, aliases(shredder.finish(), receipts)])
    return _Read(found, from_rows(ops.FILE, rows), from_rows(ops.FINDING, findings), forms, refused)


def _file_row(path: str, about: Survey, run_id: str) -> dict[str, object]:
    disposition = "refused" if about.refused else "quarantined" if about.set_aside else "processed"
    return {
        "run_id": run_id,
        "file_id": about.file_id,
        "name": shown(path),
        "size": about.size,
        "encoding": about.codec,
        "release": str(about.release) if about.release else None,
        "disposition": disposition,
        "forms": about.forms,
    }


def _finding(
    run_id: str, about: Survey, form_no: int | None, finding: Finding
) -> dict[str, object]:
    return {"run_id": run_id, "file_id": about.file_id, "form_no": form_no} | asdict(finding)


def _committed(
    lake: Lake, register: Register, read: _Read, row: dict[str, object]
) -> tuple[int, int]:
    """Commits what is replaced; how many periods go to another number, and the snapshot."""
    known = register.aliases()
    every = added(known, read.aliases)
    state = _concerned(register, every, known)
    after = rekeyed(state, read.aliases)
    run_id = str(row["run_id"])
    parts: dict[str, list[str]] = {}
    gone: dict[str, Replaced] = {}
    with lake.start_run(run_id) as home:
        for table, key, old, new in (
            (PERIOD, "period_id", state.periods, after.periods),
            (QUOTA_USE, "receipt", state.uses, after.uses),
        ):
            if old.num_rows:
                gone[table.full_name] = Replaced(key, old.column(key).unique())
                path = home.parts / f"{table.full_name}.parquet"
                parts[table.full_name] = [write_rows(path, table, new)]
        new_aliases = every.slice(known.num_rows)
        rows = {
            ALIAS.full_name: new_aliases,
            ops.FILE.full_name: read.files,
            ops.FINDING.full_name: read.findings,
            ops.RUN.full_name: from_rows(ops.RUN, [row]),
        }
        message = f"idflux: {new_aliases.num_rows} numbers were replaced"
        author = str(row["author"])
        commit = RegisterCommit(
            run_id, author, message, parts, rows, gone, register.version(), received=0
        )
        return state.periods.num_rows, lake.commit(commit)


def _concerned(register: Register, every: pa.Table, known: pa.Table) -> State:
    """Periods and uses of quotas under a number that is outdated by now."""
    leads = resolved(every)
    outdated = [leads[kind].outdated for kind in ("inss", "employer")]
    periods = _union(
        (register.having(PERIOD, column, values) for column, values in _pairs(PERIOD, outdated)),
        PERIOD.inside,
        "period_id",
    )
    found = [register.having(QUOTA_USE, column, v) for column, v in _pairs(QUOTA_USE, outdated)]
    receipts = pa.concat_tables([QUOTA_USE.inside.empty_table(), *found]).column("receipt")
    uses = register.having(QUOTA_USE, "receipt", receipts.combine_chunks())
    return State(periods, EMPTY.registrations, uses, known, EMPTY.log)


def _pairs(table: object, outdated: Sequence[pa.Array]) -> Iterator[tuple[str, pa.Array]]:
    workers, employers = outdated
    if table is PERIOD:
        yield from (("inss", workers), ("employer", employers))
    else:
        yield from (("owner", workers), ("owner", employers), ("counted", workers))


def _union(tables: Iterator[pa.Table], schema: pa.Schema, key: str) -> pa.Table:
    """Rows of all tables, each once."""
    together = pa.concat_tables([schema.empty_table(), *tables]).combine_chunks()
    ids = together.column(key).combine_chunks()
    first = pc.index_in(ids, value_set=ids.unique())
    seen: set[int] = set()
    rows = []
    for row, number in enumerate(first.to_pylist()):
        if number not in seen:
            seen.add(number)
            rows.append(row)
    return together.take(pa.array(rows, pa.int64()))
