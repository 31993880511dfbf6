"""Everything that the groups of a run brought, made ready for one commit."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.collect import IncompleteRun
from pipelines.output import read_ledger
from pipelines.register.judging import KNOWN, file_rows
from pipelines.register.parts import KEYS, write_rows
from pipelines.register.summary import RegisterSummary
from pipelines.register.unjudged import together
from pipelines.register.work import (
    FOLDED_FILE,
    PLAN_FILE,
    FoldedGroup,
    Plan,
    ReadFile,
    ReadFiles,
    RegisterJob,
)
from pipelines.run_row import run_row
from schemas.dimona import DIMONA
from schemas.dimona.register import PERIOD, PERIOD_NUMBER
from schemas.ops import FINDING
from warehouse.arrow_files import keep, kept
from warehouse.register import Between
from warehouse.register_commit import RegisterCommit, Replaced

_FILES_FILE = "files.arrow"
_FINDINGS_FILE = "findings.json"


def keep_files(read: Sequence[ReadFiles], files: Sequence[ReadFile], job: RegisterJob) -> None:
    """Keeps what was read, and what became of each file."""
    keep(job.folder("ledger") / _FILES_FILE, file_rows(files, job.run_id))
    told = json.dumps(sorted(one.ledger for one in read))
    (job.folder("ledger") / _FINDINGS_FILE).write_text(told)


def keep_folded(groups: Iterable[FoldedGroup], job: RegisterJob) -> int:
    """Keeps what the groups brought that the runner holds for done, in order of number."""
    ordered = sorted(groups, key=lambda group: group.number)
    (job.place / FOLDED_FILE).write_text("".join(one.to_json() + "\n" for one in ordered))
    return len(ordered)


@dataclass(frozen=True)
class Collected:
    """A run before its commit."""

    job: RegisterJob
    plan: Plan
    groups: tuple[FoldedGroup, ...]
    files: pa.Table
    findings: pa.Table

    @classmethod
    def of(cls, job: RegisterJob) -> "Collected":
        """Reads what the steps left in the run's directory. Raises ``IncompleteRun``."""
        plan = Plan.from_json((job.place / PLAN_FILE).read_text())
        lines = (job.place / FOLDED_FILE).read_text().splitlines() if plan.groups else ()
        groups = tuple(FoldedGroup.from_json(line) for line in lines)
        folded = sum(sum(group.results.values()) + group.repeated for group in groups)
        if folded != plan.messages:
            raise IncompleteRun(f"{plan.messages} declarations were read, {folded} were folded")
        folder = job.folder("ledger")
        files = kept(str(folder / _FILES_FILE))
        ledgers = json.loads((folder / _FINDINGS_FILE).read_text())
        return cls(job, plan, groups, files, read_ledger(FINDING, ledgers))

    @property
    def changes_nothing(self) -> bool:
        """Whether every file was known already."""
        return self.plan.known == self.plan.files

    def commit(self, author: str, started: datetime) -> RegisterCommit:
        parts: dict[str, list[str]] = {}
        for group in self.groups:
            for table, paths in group.parts.items():
                parts.setdefault(table, []).extend(paths)
        if numbers := self._numbers():
            parts[PERIOD_NUMBER.full_name] = [numbers]
        rows = {"ops.file": self.files, "ops.finding": self.findings}
        return RegisterCommit(
            run_id=self.job.run_id,
            author=author,
            message=f"dimona: {self.plan.messages} declarations",
            parts=parts,
            rows=rows | {"ops.run": self._run_row(author, started)},
            replaced=self._replaced(),
            version=self.job.version,
            received=self.plan.messages,
        )

    def _numbers(self) -> str | None:
        """The numbers of all new periods as one part, in order."""
        tables = [kept(group.made) for group in self.groups if group.made]
        made = pa.concat_tables([PERIOD_NUMBER.inside.empty_table(), *tables])
        if not made.num_rows:
            return None
        folder = self.job.folder(f"parts/{PERIOD_NUMBER.full_name}")
        return write_rows(folder / "all.parquet", PERIOD_NUMBER, made)

    def _replaced(self) -> Mapping[str, Replaced]:
        found = {}
        for table, key in KEYS.items():
            ids = [
                kept(g.replaced[table]).column("key") for g in self.groups if table in g.replaced
            ]
            ranges = [
                Between(group.first, group.last)
                for group in self.groups
                if table == PERIOD.full_name and group.first is not None and group.last is not None
            ]
            if ids or ranges:
                chunks = [chunk for column in ids for chunk in column.chunks]
                found[table] = Replaced(key, pa.chunked_array(chunks, pa.string()), ranges)
        return found

    def summary(self) -> RegisterSummary:
        results: Counter[str] = Counter()
        codes: Counter[str] = Counter()
        seconds = {"read and validate": self.plan.read_seconds}
        for group in self.groups:
            results.update(group.results)
            codes.update(group.codes)
            for stage, spent in group.seconds.items():
                seconds[stage] = seconds.get(stage, 0.0) + spent
        return RegisterSummary(
            run_id=self.job.run_id,
            files=self.plan.files,
            files_known=self.plan.known,
            bytes=self.plan.bytes,
            forms_in=self._forms(),
            declarations=self.plan.messages,
            repeated=sum(group.repeated for group in self.groups),
            late=sum(group.late for group in self.groups),
            results=dict(sorted(results.items())),
            created=sum(group.created for group in self.groups),
            changed=sum(group.changed for group in self.groups),
            anomalies=dict(codes.most_common()),
            refusals=dict(Counter(self.findings.column("code").to_pylist()).most_common()),
            not_run=together(one for group in self.groups for one in group.not_run),
            stages=seconds,
        )

    def _forms(self) -> int:
        fresh = self.files.filter(pc.not_equal(self.files.column("disposition"), KNOWN))
        return int(pc.sum(fresh.column("forms")).as_py() or 0)

    def _run_row(self, author: str, started: datetime) -> pa.Table:
        summary = self.summary()
        refused = summary.refused
        return run_row(
            run_id=self.job.run_id,
            kind=DIMONA.name,
            started_at=started,
            author=author,
            contract=self.job.catalogue.fingerprint(DIMONA),
            files_in=summary.files,
            files_known=summary.files_known,
            bytes_in=summary.bytes,
            forms_in=summary.forms_in,
            forms_accepted=summary.declarations - summary.repeated - refused,
            forms_refused=summary.forms_in - summary.declarations + refused,
            forms_quarantined=0,
        )
