"""One run becomes visible, in every table at once, or not at all."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from tempfile import gettempdir

import pyarrow as pa

from schemas.core import RELATION, RELATION_BY_PERSON, RELATION_KEY
from schemas.ops import CONTROL
from schemas.tables import from_rows
from warehouse.catalog import quoted
from warehouse.controls import controls, differences
from warehouse.draft import Change, Draft, check, register, sign, spilling, transaction, written
from warehouse.errors import ControlError, LakeError
from warehouse.files import Place, is_remote, place
from warehouse.parquet import ROWS_IN_GROUP, write_rest
from warehouse.parts import without
from warehouse.statements import statement

_PARQUET = f"FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROWS_IN_GROUP}"

_SORT_MEMORY = "400MB"
"""Of the relations of a country, in order of person: 4.8 million rows take 2.2 GB as a whole, and
with this 0.6 GB for a tenth more CPU time."""


@dataclass(frozen=True)
class Commit:
    """What a run wants to make visible.

    ``parts``: full table name to Parquet files below the run's directory. ``rows``: full table
    name to a small table with inside types. ``withdrawn``: (file_id, form_no) of forms in parts
    that must not become visible. ``quarter``: the run's. ``expected``: control totals by measure.
    """

    run_id: str
    author: str
    message: str
    parts: Mapping[str, Sequence[str]]
    rows: Mapping[str, pa.Table]
    withdrawn: pa.Table
    quarter: str
    expected: Mapping[str, int]

    def apply(self, draft: Draft) -> list[str]:
        return apply(draft, self)


def apply(draft: Draft, commit: Commit) -> list[str]:
    """Do ``commit`` in one transaction; the files that it registered.

    Raises ``ControlError`` when control totals differ, ``LakeError`` for a run that was committed
    before or for parts outside its directory.
    """
    check(draft, commit)
    with transaction(draft.connection):
        parts = {name: _accepted(draft, commit, name) for name in commit.parts}
        for name, table in commit.rows.items():
            parts.setdefault(name, []).extend(written(draft, name, table))
        relations = parts.pop(RELATION.full_name, [])
        for name, files in parts.items():
            register(draft, name, files)
        _refuse_conflicts(draft, commit)
        merged = _merge_relations(draft, commit, relations)
        by_person = _sorted_by_person(draft, merged)
        register(draft, RELATION.full_name, merged)
        register(draft, RELATION_BY_PERSON.full_name, by_person)
        totals = _controls(draft, commit)
        register(draft, CONTROL.full_name, totals)
        extra = {"quarter": commit.quarter, "controls": dict(commit.expected)}
        sign(draft, commit.author, commit.message, {"run_id": commit.run_id} | extra)
    return [file for files in parts.values() for file in files] + merged + by_person + totals


def discard(home: Place) -> None:
    """Take back what a failed commit wrote into the directory of its run."""
    for folder in ("rows", "kept"):
        with suppress(OSError):
            (home / folder).remove_tree()


def remove_replaced(commit: Change, registered: list[str]) -> None:
    """Remove parts that were written again without withdrawn rows."""
    given = {file for files in commit.parts.values() for file in files}
    for file in given - set(registered):
        with suppress(OSError):  # the run is committed, whatever stays
            place(file).remove()


def _accepted(draft: Draft, commit: Commit, name: str) -> list[str]:
    """Parts of a table without the withdrawn forms."""
    folder = draft.home / "kept" / "accepted" / name
    return without(commit.parts[name], commit.withdrawn, folder)


def _refuse_conflicts(draft: Draft, commit: Commit) -> None:
    """Refuse what another run committed since this one looked: a declaration is accepted once."""
    asked = {"run_id": commit.run_id, "quarter": commit.quarter}
    row = draft.connection.execute(statement("conflicts"), asked).fetchone()
    if row is not None and row[0]:
        raise LakeError(
            f"another run has committed {row[0]} of these declarations meanwhile: run it again"
        )


def _merge_relations(draft: Draft, commit: Commit, parts: list[str]) -> list[str]:
    """Parts of core.relation with one row a relation, also for repeated declarations.

    Rows that a merged row stands for are left out of the parts and deleted from the lake.
    """
    if not parts:
        return []
    asked = {"quarter": commit.quarter, "parts": parts}
    merged = draft.connection.execute(statement("merged_relation"), asked).to_arrow_table()
    if merged.num_rows == 0:
        return parts
    draft.connection.register("merged", merged)
    for table in {RELATION.full_name, RELATION_BY_PERSON.full_name} & draft.layouts.keys():
        replaced = statement("replaced_relation").format(table=table)
        draft.connection.execute(replaced, {"quarter": commit.quarter})
    draft.connection.unregister("merged")
    folder = draft.home / "kept" / "merged"
    keys = merged.select([column.name for column in RELATION_KEY])
    kept = without(parts, keys, folder / RELATION.full_name)
    folder.make()
    target = folder / "relation.parquet"
    with target.replacing() as sink:
        write_rest(sink, merged.cast(RELATION.rest))
    return [*kept, str(target)]


def _sorted_by_person(draft: Draft, parts: list[str]) -> list[str]:
    """The rows of parts of core.relation as one part in order of person.

    In a lake that was made without this table, with the rows that are there already.
    """
    if not parts or RELATION_BY_PERSON.full_name not in draft.layouts:
        return []
    lacking = "SELECT 1 FROM core.relation WHERE NOT EXISTS (FROM core.relation_by_person) LIMIT 1"
    earlier = "UNION ALL BY NAME FROM core.relation" if _found(draft, lacking) else ""
    target = draft.home / "rows" / f"{RELATION_BY_PERSON.full_name}.parquet"
    target.parent.make()
    listed = ", ".join(map(quoted, parts))
    sql = statement("sorted_by_person").format(parts=listed, earlier=earlier)
    remote = is_remote(str(draft.home))
    folder = gettempdir() if remote else f"{draft.home}/temporary"
    with spilling(draft.connection, folder, _SORT_MEMORY):
        draft.connection.execute(f"{sql} TO {quoted(str(target))} ({_PARQUET})")
    return [str(target)]


def _found(draft: Draft, sql: str) -> bool:
    return draft.connection.execute(sql).fetchone() is not None


def _controls(draft: Draft, commit: Commit) -> list[str]:
    """Compare the control totals, and keep both sides."""
    tables = set(draft.layouts)
    found = controls(draft.connection, tables, commit.run_id, commit.quarter)
    if differing := differences(commit.expected, found):
        raise ControlError(differing)
    _check_derived(draft, commit)
    rows = [
        {"run_id": commit.run_id, "measure": name, "in_xml": commit.expected[name], "in_lake": n}
        for name, n in found.items()
    ]
    return written(draft, CONTROL.full_name, from_rows(CONTROL, rows))


def _check_derived(draft: Draft, commit: Commit) -> None:
    """What is derived from records counts as many of them as there are."""
    if not {"dmfa.worker_record", RELATION.full_name} <= draft.layouts.keys():
        return
    asked = {"run_id": commit.run_id, "quarter": commit.quarter}
    row = draft.connection.execute(statement("derived_records"), asked).fetchone()
    assert row is not None
    if row[0] != row[1]:
        raise ControlError([("worker records in relations", row[0], row[1])])
