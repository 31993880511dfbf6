"""Everything the batches of a run brought, made ready for one commit."""

import json
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from io import BytesIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipelines.duplicates import Duplicate, duplicates
from pipelines.earlier import Options
from pipelines.keep import keep_refused
from pipelines.long_forms import settle
from pipelines.output import ACCEPTED, QUARANTINED, REFUSED, read_ledger
from pipelines.run_row import run_row
from pipelines.storage import open_file
from pipelines.summary import Summary, code_counts
from pipelines.survey_step import PATHS
from pipelines.withdrawn import remaining
from pipelines.work import PLAN_FILE, RECEIPTS_FILE, Job, Plan, Receipt
from schemas.core import PARAMETER
from schemas.ops import FINDING, FORM, MEASURES
from schemas.tables import empty, from_rows
from transforms.contribute import rules_fingerprint
from transforms.contribute.written import written
from transforms.rates.book import rate_book
from transforms.rates.listed import listed
from warehouse.commit import Commit
from warehouse.files import place
from warehouse.parts import is_of

PLACE = ("file_id", "form_no")
_COUNTED = tuple(measure.form_column for measure in MEASURES)


@dataclass(frozen=True)
class Collected:
    """A processed run before its commit. ``forms``: rows of ``ops.form`` as they will stand."""

    job: Job
    plan: Plan
    receipts: tuple[Receipt, ...]
    files: pa.Table
    forms: pa.Table
    findings: pa.Table
    withdrawn: tuple[Duplicate, ...]
    formulas: pa.Table
    parameters: pa.Table

    @classmethod
    def of(
        cls,
        job: Job,
        declared: pa.Table,
        known_formulas: AbstractSet[str],
        known_rates: AbstractSet[str],
    ) -> "Collected":
        """Reads what the batches wrote below the run's directory.

        ``declared``: what the lake holds for the quarter; forms that declare it again are
        refused here, with their rows withdrawn from the parts. ``known_formulas``: names of the
        formulas that the lake has; ``known_rates``: fingerprints of the rates that it has.
        """
        home = job.place
        planned = Plan.from_json((home / PLAN_FILE).read_text())
        lines = (home / RECEIPTS_FILE).read_text().splitlines() if planned.batches else ()
        receipts = tuple(Receipt.from_json(line) for line in lines)
        files = pq.read_table(place(planned.files_ledger).source())
        _check_complete(planned, receipts)
        settled = settle(
            job,
            receipts,
            read_ledger(FORM, [receipt.forms_ledger for receipt in receipts]),
            read_ledger(FINDING, [receipt.findings_ledger for receipt in receipts]),
        )
        receipts, forms, findings = settled.receipts, settled.forms, settled.findings
        _check_forms(files, forms)
        twice = tuple(duplicates(forms, _names(files), declared, job.kind))
        _keep_duplicates(job, forms, twice)
        # What checks found in a form that is refused now is no reason of its refusal.
        told = findings.filter(pc.invert(is_of(findings, _withdrawn(twice))))
        rates = rules_fingerprint(rate_book())
        return cls(
            job,
            planned,
            receipts,
            files,
            _with_refused(forms, twice),
            pa.concat_tables([told, _duplicate_findings(job, twice)]),
            twice,
            written({f for r in receipts for f in r.formulas} - known_formulas, rate_book()),
            empty(PARAMETER) if rates in known_rates else listed(rate_book(), rates),
        )

    @property
    def known_files(self) -> list[str]:
        """Identifiers of the files that are left alone."""
        known = pc.equal(self.files.column("disposition"), "known")
        return [str(one) for one in self.files.column("file_id").filter(known).to_pylist()]

    @property
    def changes_nothing(self) -> bool:
        """Whether every file was known already."""
        return self.plan.known == self.plan.files

    def commit(self, author: str, started: datetime) -> Commit:
        rows = {
            "ops.file": self.files,
            "ops.form": self.forms,
            "ops.finding": self.findings,
            "core.formula": self.formulas,
            "core.parameter": self.parameters,
        }
        parts: dict[str, list[str]] = {}
        for receipt in self.receipts:
            for table, paths in receipt.parts.items():
                parts.setdefault(table, []).extend(paths)
        return Commit(
            run_id=self.job.run_id,
            author=author,
            message=f"{self.job.kind_name} {self.job.quarter}: {self.count(ACCEPTED)} forms",
            parts=parts,
            rows=rows | {"ops.run": self._run_row(author, started)},
            withdrawn=_withdrawn(self.withdrawn),
            quarter=str(self.job.quarter),
            expected=self.expected,
        )

    @cached_property
    def expected(self) -> Mapping[str, int]:
        """Control totals as counted in the bytes of the accepted forms."""
        accepted = self.forms.filter(pc.equal(self.forms.column("disposition"), ACCEPTED))
        totals = {
            measure.name: int(pc.sum(accepted.column(measure.form_column)).as_py() or 0)
            for measure in MEASURES
        }
        return {"forms accepted": accepted.num_rows, **totals}

    def _findings_of(self, *, accepted: bool) -> pa.Table:
        """Findings about accepted forms, or about everything else."""
        taken = self.forms.filter(pc.equal(self.forms.column("disposition"), ACCEPTED))
        joined = self.findings.select([*PLACE, "code"])
        how = "left semi" if accepted else "left anti"
        return joined.join(taken.select(list(PLACE)), list(PLACE), join_type=how)

    def count(self, disposition: str) -> int:
        """Forms with a disposition."""
        counted = pc.sum(pc.equal(self.forms.column("disposition"), disposition))
        return int(counted.as_py() or 0)

    def summary(self, metrics: Mapping[str, int]) -> Summary:
        return replace(self._account, metrics=metrics)

    @cached_property
    def _account(self) -> Summary:
        relations, contributions = remaining(self.receipts, _withdrawn(self.withdrawn))
        return Summary(
            run_id=self.job.run_id,
            kind=self.job.kind_name,
            quarter=str(self.job.quarter),
            files=self.plan.files,
            files_known=self.plan.known,
            bytes=self.plan.bytes,
            forms_in=self.forms.num_rows,
            forms_accepted=self.count(ACCEPTED),
            forms_refused=self.count(REFUSED),
            forms_quarantined=self.count(QUARANTINED),
            relations=relations,
            controls=self.expected,
            contributions=contributions,
            refusals=code_counts(self._findings_of(accepted=False)),
            anomalies=code_counts(self._findings_of(accepted=True)),
            stages=_stages(self.receipts),
        )

    def _run_row(self, author: str, started: datetime) -> pa.Table:
        summary, options = self._account, Options.of(self.job)
        return run_row(
            run_id=self.job.run_id,
            kind=self.job.kind_name,
            quarter=str(self.job.quarter),
            started_at=started,
            author=author,
            contract=self.job.catalogue.fingerprint(self.job.kind),
            rates=options.rates,
            tolerance=options.tolerance,
            reference=options.reference,
            files_in=summary.files,
            files_known=summary.files_known,
            bytes_in=summary.bytes,
            forms_in=summary.forms_in,
            forms_accepted=summary.forms_accepted,
            forms_refused=summary.forms_refused,
            forms_quarantined=summary.forms_quarantined,
            relations=summary.relations,
            declared=self.expected["net owed cents"],
            computed=sum(count.computed or 0 for count in summary.contributions),
        )


class IncompleteRun(RuntimeError):
    """Something that was planned is missing from what the batches brought."""


def _check_complete(planned: Plan, receipts: Sequence[Receipt]) -> None:
    """Every batch has one receipt: a runner that loses or repeats one is found out."""
    numbers = [receipt.number for receipt in receipts]
    if numbers != list(range(1, planned.batches + 1)):
        raise IncompleteRun(f"{planned.batches} batches were planned, {len(numbers)} came back")


def _check_forms(files: pa.Table, forms: pa.Table) -> None:
    """In = accepted + refused + quarantined: every form that the survey met has one row."""
    fresh = files.filter(pc.not_equal(files.column("disposition"), "known"))
    surveyed = int(pc.sum(fresh.column("forms")).as_py() or 0)
    if surveyed != forms.num_rows:
        raise IncompleteRun(f"{surveyed} forms were surveyed, {forms.num_rows} are accounted for")


def _names(files: pa.Table) -> dict[str, str]:
    """File id to the first name it has in this run."""
    fresh = files.filter(pc.not_equal(files.column("disposition"), "known"))
    pairs = zip(fresh.column("file_id").to_pylist(), fresh.column("name").to_pylist(), strict=True)
    return {str(file_id): str(name) for file_id, name in pairs}


def _with_refused(forms: pa.Table, twice: Sequence[Duplicate]) -> pa.Table:
    """The forms with duplicates as refused; their counts go, as for every refused form."""
    if not twice:
        return forms
    refused = np.zeros(forms.num_rows, dtype=np.bool_)
    refused[[duplicate.row for duplicate in twice]] = True
    rows = pa.array(refused)
    for name in _COUNTED:
        at = forms.column_names.index(name)
        cleared = pc.if_else(rows, pa.scalar(None, pa.int64()), forms.column(name))
        forms = forms.set_column(at, name, cleared)
    at = forms.column_names.index("disposition")
    return forms.set_column(
        at, "disposition", pc.if_else(rows, REFUSED, forms.column("disposition"))
    )


def _duplicate_findings(job: Job, twice: Sequence[Duplicate]) -> pa.Table:
    rows = [
        {"run_id": job.run_id, "file_id": d.file_id, "form_no": d.form_no} | asdict(d.finding)
        for d in twice
    ]
    return from_rows(FINDING, rows)


def _keep_duplicates(job: Job, forms: pa.Table, twice: Sequence[Duplicate]) -> None:
    if not twice:
        return
    paths = json.loads((job.folder("ledger") / PATHS).read_text())
    for duplicate in twice:
        start = forms.column("byte_start")[duplicate.row].as_py()
        end = forms.column("byte_end")[duplicate.row].as_py()
        with open_file(paths[duplicate.file_id]) as source:
            source.seek(start)
            received = BytesIO(source.read(end - start))
        name = f"{duplicate.file_id[:16]}-{duplicate.form_no:06}"
        keep_refused(job.folder("quarantine"), name, [duplicate.finding], received)


def _withdrawn(twice: Sequence[Duplicate]) -> pa.Table:
    return pa.table(
        {
            "file_id": pa.array([d.file_id for d in twice], pa.string()),
            "form_no": pa.array([d.form_no for d in twice], pa.int64()),
        }
    )


def _stages(receipts: Sequence[Receipt]) -> dict[str, float]:
    """CPU-like seconds by stage, summed over batches."""
    stages: dict[str, float] = {}
    for receipt in receipts:
        for stage, seconds in receipt.seconds.items():
            stages[stage] = stages.get(stage, 0.0) + seconds
    return stages
