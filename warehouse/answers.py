"""What a lake has to answer declarations with: the files of a run, and what became of their forms.

A run has no list of its receipts: they are those of its files. A content that comes again under
another name is delivered a second time, in the same run or in a later one: its forms begin anew, in
order of receipt, with each delivery, and deliveries are in the order of the rows of ``ops.file``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.confrontation import CONFRONTATION
from schemas.dimona.register import (
    FOUND_IN,
    LOG,
    PERIOD,
    QUOTA_ANSWER,
    REGISTRATION,
    REPEATED,
)
from schemas.ops import FINDING
from schemas.tables import Table
from warehouse.catalog import quoted
from warehouse.register import Register

_PERSON = (
    *("worker_name", "worker_first_name", "worker_initial", "worker_birthdate"),
    *("worker_birthplace", "worker_birthplace_country", "worker_sex", "worker_street"),
    *("worker_house_nbr", "worker_post_box", "worker_zip_code", "worker_city"),
    *("worker_country", "nationality"),
)
ANSWERED = tuple(name for name in LOG.inside.names if name not in (*_PERSON, "delivery"))
"""Columns of the log that answers are made from: of a person they have the INSS number alone."""

_FILES = """
WITH mine AS (
  SELECT DISTINCT file_id FROM ops.file WHERE run_id = $run AND disposition = 'processed'
), named AS (
  SELECT run_id, file_id, name, disposition, forms, file.rowid AS row_no,
    row_number() OVER (
      PARTITION BY file_id, disposition ORDER BY run.committed_at, run_id, file.rowid
    ) AS delivery
  FROM ops.file AS file JOIN ops.run AS run USING (run_id)
  WHERE run.kind = (SELECT kind FROM ops.run WHERE run_id = $run)
    AND (run_id = $run OR file_id IN (SELECT file_id FROM mine))
), forms AS (
  SELECT file_id, form_no, receipt FROM dimona.declaration
  UNION ALL SELECT file_id, form_no, receipt FROM dimona.repeated_delivery
), begun AS (
  SELECT file_id, receipt,
    form_no <= lag(form_no) OVER (PARTITION BY file_id ORDER BY receipt) AS anew
  FROM forms WHERE file_id IN (SELECT file_id FROM mine)
), taken AS (
  SELECT file_id, receipt,
    1 + count(*) FILTER (anew) OVER (PARTITION BY file_id ORDER BY receipt) AS delivery
  FROM begun
), ranges AS (
  SELECT file_id, delivery, min(receipt) AS first, max(receipt) AS last FROM taken GROUP BY ALL
)
SELECT named.file_id, name, disposition, forms, first, last
FROM named LEFT JOIN ranges
  ON disposition = 'processed' AND ranges.file_id = named.file_id
  AND ranges.delivery = named.delivery
WHERE run_id = $run AND disposition <> 'known'
ORDER BY first NULLS LAST, name
"""


_CONFRONTED_NAMES = """
WITH named AS (
  SELECT DISTINCT run_id, file_id, name FROM ops.file WHERE disposition <> 'known'
)
SELECT file_id, min(name) AS name, count(*) AS findings
FROM core.confrontation JOIN named USING (run_id, file_id)
WHERE quarter = $quarter GROUP BY file_id ORDER BY name, file_id
"""

_CONFRONTED = """
WITH concerned AS (
  SELECT DISTINCT file_id, form_no, run_id, quarter FROM core.confrontation
  WHERE quarter = $quarter AND file_id IN (SELECT key FROM wanted)
)
SELECT concerned.file_id, concerned.form_no, concerned.quarter, form.reference,
  head.form_creation_date, head.form_creation_hour,
  declaration.noss_registration_nbr AS noss, declaration.company_id AS company
FROM concerned
LEFT JOIN ops.form form ON form.run_id = concerned.run_id
  AND form.file_id = concerned.file_id AND form.form_no = concerned.form_no
LEFT JOIN dmfa.form head
  ON head.file_id = concerned.file_id AND head.form_no = concerned.form_no
LEFT JOIN dmfa.employer_declaration declaration ON declaration.quarter = $quarter
  AND declaration.file_id = concerned.file_id AND declaration.form_no = concerned.form_no
ORDER BY concerned.file_id, concerned.form_no
"""


@dataclass(frozen=True, slots=True)
class AnsweredFile:
    """A file that a run received. ``forms``: all that it has; ``first`` and ``last``: receipts of
    those that were taken in, None where none was."""

    file_id: str
    name: str
    disposition: str
    forms: int
    first: int | None
    last: int | None


class Answers(Register):
    """The register as it is answered from."""

    def runs_of(self, kind: str) -> list[str]:
        """Committed runs of a kind of declaration, oldest first."""
        found = self._lake.runs()
        ids: list[str] = found.filter(pc.equal(found.column("kind"), kind))["run_id"].to_pylist()
        return ids

    def files(self, run_id: str) -> list[AnsweredFile]:
        """The files of a run in order of their receipts, but for those that were known before."""
        rows = self._lake.ask(_FILES, {"run": run_id}).to_pylist()
        return [AnsweredFile(**row) for row in rows]

    def faults(self, run_id: str) -> Mapping[str, list[tuple[str, str | None]]]:
        """Codes and suffixes of what is wrong with whole files, by file."""
        told: dict[str, list[tuple[str, str | None]]] = {}
        for row in self._findings(run_id, "form_no IS NULL").to_pylist():
            told.setdefault(row["file_id"], []).append((row["code"], row["suffix"]))
        return told

    def unread(self, run_id: str, file_ids: list[str]) -> pa.Table:
        """Findings of the forms of some files that were refused by the schema, in order; once,
        however often a file came."""
        with self._lake.given("wanted", pa.table({"key": pa.array(file_ids, pa.string())})):
            among = "form_no IS NOT NULL AND file_id IN (SELECT key FROM wanted)"
            return self._findings(run_id, among)

    def _findings(self, run_id: str, where: str) -> pa.Table:
        sql = f"SELECT DISTINCT * FROM ops.finding WHERE run_id = $run AND {where}"
        found = self._lake.ask(f"{sql} ORDER BY file_id, form_no, line, code", {"run": run_id})
        return found.select(FINDING.inside.names).combine_chunks()

    def received(self, first: int, last: int) -> Mapping[str, pa.Table]:
        """What was received from one receipt to another, in order of receipt, and what answers
        need of it: rows by full name of their table. The log has the columns ``ANSWERED``; of what
        was received before it has the first deliveries, whichever receipt they have."""
        between = f"receipt BETWEEN {first} AND {last}"
        repeated = self._rows(REPEATED, between).sort_by("receipt")
        log = self._rows(LOG, between, ANSWERED)
        earlier = pc.unique(repeated.column("first_receipt"))
        earlier = earlier.filter(
            pc.invert(pc.is_in(earlier, value_set=log.column("receipt").combine_chunks()))
        )
        found = {REPEATED.full_name: repeated}
        for table, names in ((LOG, ANSWERED), (FOUND_IN, ()), (QUOTA_ANSWER, ())):
            rows = log if table is LOG else self._rows(table, between)
            if len(earlier):
                old = self._with_numbers(table, "receipt", earlier, names)
                rows = pa.concat_tables([rows, old])
            found[table.full_name] = rows.sort_by("receipt").combine_chunks()
        log = found[LOG.full_name]
        for table, name in ((PERIOD, "of_period"), (REGISTRATION, "of_registration")):
            key = name.replace("of_", "") + "_id"
            ids = log.filter(pc.is_in(log.column("result"), value_set=_CHANGING)).column(name)
            found[table.full_name] = self._found(table, key, ids.combine_chunks())
        return found

    def confronted_files(self, quarter: str) -> pa.Table:
        """``file_id``, ``name`` and number of ``findings`` of the files with declarations of a
        quarter in which a confrontation found something, in order; none without a confrontation."""
        if not self._lake.has(CONFRONTATION):
            return _CONFRONTED_FILES.empty_table()
        found = self._lake.ask(_CONFRONTED_NAMES, {"quarter": quarter})
        return found.cast(_CONFRONTED_FILES)

    def without_declaration(self, quarter: str) -> int:
        """Findings of a confrontation about employers who declared nothing."""
        if not self._lake.has(CONFRONTATION):
            return 0
        where = f"quarter = {quoted(quarter)} AND file_id IS NULL"
        return self._one(CONFRONTATION, f"count(*) FILTER ({where})") or 0

    def confronted(self, quarter: str, file_ids: pa.Array) -> tuple[pa.Table, pa.Table, pa.Table]:
        """Of some of these files, the forms concerned, the rows of ``core.confrontation``, and the
        periods that these name."""
        with self._lake.given("wanted", pa.table({"key": file_ids})):
            forms = self._lake.ask(_CONFRONTED, {"quarter": quarter}).combine_chunks()
            among = f"quarter = {quoted(quarter)} AND file_id IN (SELECT key FROM wanted)"
            order = "ORDER BY file_id, form_no, code, inss, line"
            findings = self._rows(CONFRONTATION, f"{among} {order}")
        named = pc.list_flatten(findings.column("period_ids")).combine_chunks()
        return forms, findings, self._found(PERIOD, "period_id", named)

    def _with_numbers(
        self, table: Table, key: str, values: pa.Array, names: tuple[str, ...]
    ) -> pa.Table:
        with self._lake.given("wanted", pa.table({"key": values})):
            return self._rows(table, f"{key} IN (SELECT key FROM wanted)", names)


_CONFRONTED_FILES = pa.schema(
    [("file_id", pa.string()), ("name", pa.string()), ("findings", pa.int64())]
)

_CHANGING = pa.array(["A", "W"])
"""Results of declarations that changed something."""
