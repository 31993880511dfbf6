"""One run becomes visible, in every table at once, or not at all."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from tempfile import gettempdir

import duckdb
import pyarrow as pa

from schemas.core import RELATION, RELATION_BY_PERSON, RELATION_KEY
from schemas.ops import CONTROL, RUN
from schemas.tables import Table, from_rows
from warehouse.catalog import quoted
from warehouse.controls import controls, differences
from warehouse.errors import ControlError, LakeError
from warehouse.files import Place, is_remote, place
from warehouse.parquet import ROWS_IN_GROUP, write_part, write_rest
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


@dataclass(frozen=True)
class Draft:
    """Where a commit is prepared: the catalog's draft in use, and the run's directory."""

    connection: duckdb.DuckDBPyConnection
    home: Place
    layouts: Mapping[str, Table]


@contextmanager
def transaction(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """All or nothing."""
    connection.execute("BEGIN")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        with suppress(duckdb.Error):
            connection.execute("ROLLBACK")
        raise


def apply(draft: Draft, commit: Commit) -> list[str]:
    """Do ``commit`` in one transaction; the files that it registered.

    Raises ``ControlError`` when control totals differ, ``LakeError`` for a run that was committed
    before or for parts outside its directory.
    """
    _check(draft, commit)
    with transaction(draft.connection):
        parts = {name: _accepted(draft, commit, name) for name in commit.parts}
        for name, table in commit.rows.items():
            parts.setdefault(name, []).extend(_written(draft, name, table))
        relations = parts.pop(RELATION.full_name, [])
        for name, files in parts.items():
            _register(draft, name, files)
        _refuse_conflicts(draft, commit)
        merged = _merge_relations(draft, commit, relations)
        by_person = _sorted_by_person(draft, merged)
        _register(draft, RELATION.full_name, merged)
        _register(draft, RELATION_BY_PERSON.full_name, by_person)
        totals = _controls(draft, commit)
        _register(draft, CONTROL.full_name, totals)
        _sign(draft, commit)
    return [file for files in parts.values() for file in files] + merged + by_person + totals


def discard(home: Place) -> None:
    """Take back what a failed commit wrote into the directory of its run."""
    for folder in ("rows", "kept"):
        with suppress(OSError):
            (home / folder).remove_tree()


def remove_replaced(commit: Commit, registered: list[str]) -> None:
    """Remove parts that were written again without withdrawn rows."""
    given = {file for files in commit.parts.values() for file in files}
    for file in given - set(registered):
        with suppress(OSError):  # the run is committed, whatever stays
            place(file).remove()


def _check(draft: Draft, commit: Commit) -> None:
    for name in commit.rows.keys() - draft.layouts.keys():
        raise LakeError(f"the lake was opened without the table {name}")
    for files in commit.parts.values():
        _check_parts(files, draft.home)
    query = "SELECT 1 FROM ops.run WHERE run_id = ?"
    if draft.connection.execute(query, [commit.run_id]).fetchone():
        raise LakeError(f"run {commit.run_id} was committed before")
    runs = commit.rows.get(RUN.full_name)
    if runs is None or runs.column("run_id").to_pylist() != [commit.run_id]:
        raise LakeError(f"without its row in ops.run, run {commit.run_id} would be swept")


def _check_parts(files: Sequence[str], home: Place) -> None:
    if len(set(files)) < len(files):
        raise LakeError(f"a part is given twice: {max(files, key=list(files).count)}")
    for file in files:
        if not place(file).is_below(home):
            raise LakeError(f"{file} is not in the directory of run {home.name}")


def _accepted(draft: Draft, commit: Commit, name: str) -> list[str]:
    """Parts of a table without the withdrawn forms."""
    folder = draft.home / "kept" / "accepted" / name
    return without(commit.parts[name], commit.withdrawn, folder)


def _written(draft: Draft, name: str, table: pa.Table) -> list[str]:
    """The small table as a part, so that all that a run brought is in its directory."""
    if table.num_rows == 0:
        return []
    folder = draft.home / "rows"
    folder.make()
    target = folder / f"{name}.parquet"
    with target.replacing() as sink:
        write_part(sink, table, draft.layouts[name])
    return [str(target)]


def _register(draft: Draft, name: str, files: Sequence[str]) -> None:
    if files:
        schema, table = name.split(".")
        draft.connection.execute(
            "CALL ducklake_add_data_files('draft', ?, ?, schema => ?, allow_missing => true)",
            [table, list(files), schema],
        )


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
    with _spilling(draft):
        draft.connection.execute(f"{sql} TO {quoted(str(target))} ({_PARQUET})")
    return [str(target)]


@contextmanager
def _spilling(draft: Draft) -> Iterator[None]:
    """A sort goes to the disk of the run where it takes more than ``_SORT_MEMORY``."""
    folder = gettempdir() if is_remote(str(draft.home)) else f"{draft.home}/temporary"
    with suppress(duckdb.Error):  # in use already, for another run
        draft.connection.execute(f"SET temp_directory = {quoted(folder)}")
    draft.connection.execute(f"SET memory_limit = {quoted(_SORT_MEMORY)}")
    try:
        yield
    finally:
        draft.connection.execute("RESET memory_limit")


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
    return _written(draft, CONTROL.full_name, from_rows(CONTROL, rows))


def _check_derived(draft: Draft, commit: Commit) -> None:
    """What is derived from records counts as many of them as there are."""
    if not {"dmfa.worker_record", RELATION.full_name} <= draft.layouts.keys():
        return
    asked = {"run_id": commit.run_id, "quarter": commit.quarter}
    row = draft.connection.execute(statement("derived_records"), asked).fetchone()
    assert row is not None
    if row[0] != row[1]:
        raise ControlError([("worker records in relations", row[0], row[1])])


def _sign(draft: Draft, commit: Commit) -> None:
    extra = json.dumps(
        {"run_id": commit.run_id, "quarter": commit.quarter, "controls": dict(commit.expected)}
    )
    draft.connection.execute(
        "CALL draft.set_commit_message(?, ?, extra_info => ?)",
        [commit.author, commit.message, extra],
    )
