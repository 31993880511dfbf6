"""Small declarations whose amounts are explained: as trees, and in a lake made without a run."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
from declared import CATALOGUE, DMFA, Q1_2023, shredded

from schemas import core, ops
from schemas.core import CONTRIBUTION, RELATION
from schemas.ops import FILE, FINDING, FORM, RUN
from schemas.quarter import Quarter
from schemas.tables import empty, from_rows
from transforms.contribute import contribute, rules_fingerprint
from transforms.contribute.written import read, written
from transforms.explain.around import Around
from transforms.explain.derive import line_of
from transforms.explain.tree import Input, Line
from transforms.formula import Formula
from transforms.rates.book import rate_book
from transforms.rates.listed import listed
from transforms.reference import NOTHING, Reference
from transforms.relate import relate
from transforms.shredded import Shredded
from warehouse.commit import Commit
from warehouse.lake import Lake
from warehouse.parquet import at_rest, write_part

BLOCKS = ("worker_record", "occupation", "remun", "service", "company_vehicle")
Change = Callable[[pa.Table], pa.Table]


def explained(data: bytes, quarter: Quarter = Q1_2023, known: Reference = NOTHING) -> list[Line]:
    """Every line of a document, explained; its file is called ``a.xml``."""
    around, formulas = surroundings(data, quarter, known)
    return [line_of(row, formulas, {"a": "a.xml"}, around) for row in around.lines]


def surroundings(
    data: bytes, quarter: Quarter = Q1_2023, known: Reference = NOTHING
) -> tuple[Around, Mapping[str, Formula]]:
    """The lines of a document with what stands around them, and their formulas."""
    blocks = shredded(data)
    table = contribute(blocks, quarter, rate_book(), known)
    rows = at_rest(table, CONTRIBUTION).to_pylist()
    around = Around(quarter, rows, *(at_rest_of(blocks, name) for name in BLOCKS))
    return around, formulas_of(table)


def formulas_of(contributions: pa.Table) -> Mapping[str, Formula]:
    """The formulas of computed lines as a lake would give them back."""
    names = contributions.column("formula").drop_null().unique().to_pylist()
    return {row["formula"]: read(row) for row in written(names, rate_book()).to_pylist()}


def at_rest_of(blocks: Shredded, name: str) -> list[dict[str, Any]]:
    layout = next(block.table for block in blocks.layout if block.table.name == name)
    rows: list[dict[str, Any]] = at_rest(blocks.tables[name], layout).to_pylist()
    return rows


def lake_of(place: Path, connection: duckdb.DuckDBPyConnection) -> Lake:
    """A new lake with all tables."""
    made = Lake.open(place, create=True, connection=connection)
    made.ensure_tables([*ops.TABLES, *core.TABLES, *CATALOGUE.tables(DMFA).values()])
    return made


def commit(
    lake: Lake,
    run_id: str,
    *documents: bytes,
    quarter: Quarter = Q1_2023,
    change: Change | None = None,
    known: Reference = NOTHING,
) -> int:
    """Commits documents as a run would; ``change`` falsifies their contributions."""
    blocks = shredded(*documents, release=quarter)
    table = contribute(blocks, quarter, rate_book(), known)
    names = table.column("formula").drop_null().unique().to_pylist()
    formulas = set(names) - lake.known_formulas()
    changed = change(table) if change else table
    tables = {block.table: blocks.tables[block.table.name] for block in blocks.layout}
    tables |= {RELATION: relate(blocks), CONTRIBUTION: changed}
    with lake.start_run(run_id) as home:
        parts = {}
        for layout, content in tables.items():
            if content.num_rows:
                path = home.parts / f"{layout.full_name}.parquet"
                write_part(str(path), content, layout)
                parts[layout.full_name] = [str(path)]
        rows = _ledgers(run_id, blocks, quarter)
        rows["core.formula"] = written(formulas, rate_book())
        rates = rules_fingerprint(rate_book())
        if rates not in lake.known_rates():
            rows["core.parameter"] = listed(rate_book(), rates)
        return lake.commit(
            Commit(
                run_id=run_id,
                author="tester",
                message="a test",
                parts=parts,
                rows=rows,
                withdrawn=FORM.inside.empty_table().select(["file_id", "form_no"]),
                quarter=str(quarter),
                expected=_expected(blocks),
            )
        )


def _ledgers(run_id: str, blocks: Shredded, quarter: Quarter) -> dict[str, pa.Table]:
    forms = blocks.tables["employer_declaration"].to_pylist()
    run: dict[str, object] = {
        "run_id": run_id,
        "kind": "dmfa",
        "quarter": str(quarter),
        "contract": "c",
    }
    run |= {"rates": rules_fingerprint(rate_book())}
    run |= {"committed_at": datetime(2023, 5, int(run_id[1:]), tzinfo=UTC)}
    files = [
        {"run_id": run_id, "file_id": name, "name": f"in/{name}.xml", "disposition": "processed"}
        for name in dict.fromkeys(form["file_id"] for form in forms)
    ]
    told = [
        {name: form[name] for name in ("file_id", "form_no", "line", "employer", "trusteeship")}
        | {"run_id": run_id, "quarter": str(quarter), "disposition": "accepted"}
        | {"net_owed": form["net_owed_amount"]}
        for form in forms
    ]
    return {
        "ops.run": from_rows(RUN, [run]),
        "ops.file": from_rows(FILE, files),
        "ops.form": from_rows(FORM, told),
        "ops.finding": empty(FINDING),
    }


def _expected(blocks: Shredded) -> dict[str, int]:
    def cents(table: str, column: str) -> int:
        return int(pc.sum(blocks.tables[table].column(column)).as_py() or 0)

    contributions = ("worker_contribution", "compl_indemnity_contribution")
    return {
        "forms accepted": blocks.tables["employer_declaration"].num_rows,
        "persons": blocks.tables["natural_person"].num_rows,
        "worker records": blocks.tables["worker_record"].num_rows,
        "net owed cents": cents("employer_declaration", "net_owed_amount"),
        "remuneration cents": cents("remun", "remun_amount"),
        "contribution cents": sum(cents(name, "contribution_amount") for name in contributions),
    }


def inputs_named(lines: Sequence[Line], name: str) -> list[Input]:
    """The inputs of a name, of all lines that have it."""
    return [
        one
        for line in lines
        if line.derivation
        for item in line.derivation.items
        for one in item.inputs
        if one.name == name
    ]
