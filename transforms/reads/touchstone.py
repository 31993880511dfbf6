"""A declaration that no family passes by: rows with every code that a rule names.

It is no valid document and its amounts mean nothing; it is made only to see which columns are read.
"""

from functools import cache

import numpy as np
import pyarrow as pa

from schemas.layout import BlockTable, Layout
from schemas.quarter import Quarter
from transforms.contribute import FAMILIES
from transforms.contribute.codes import code_lists
from transforms.contribute.company_cars import CODE as COMPANY_CARS
from transforms.contribute.rules import family
from transforms.contribute.standing import STRUCTURAL, WORK_BONUS
from transforms.shredded import Shredded

QUARTER = Quarter(2023, 1)
"""A quarter whose law is known for all families."""
ROWS = 1500
_SEED = 1
_INSS = ("85073003328", "00010100125", "64020100181")
_CODED = {
    "worker_code": "workers_",
    "employer_class": "employer_classes_",
    "joint_commission_nbr": "committees_",
    "remun_code": "remuneration_",
    "service_code": "services_",
}
"""Columns of codes with how the names of their lists begin."""
_OF_LINES = (
    *("contribution_worker_code", "unrelated_worker_code", "deduction_code"),
    *("early_retirement_code", "compensation_code"),
)


def touchstone(layout: Layout, rows: int = ROWS) -> Shredded:
    """Block tables of a release, all with as many rows; row by row, each stands in its parent.
    Columns of one name are the same in all tables, as those that are inherited have to be."""
    chance = np.random.default_rng(_SEED)
    made: dict[tuple[str, pa.DataType], pa.Array] = {}
    tables = {block.table.name: _table(block, rows, chance, made) for block in layout}
    parents = {block.table.name: np.arange(rows) for block in layout if block.parent is not None}
    return Shredded(layout, _with_own_lines(tables), parents)


def _table(
    block: BlockTable,
    rows: int,
    chance: np.random.Generator,
    made: dict[tuple[str, pa.DataType], pa.Array],
) -> pa.Table:
    columns = [(column.name, column.inside) for column in block.table.columns]
    for name, kind in columns:
        if (name, kind) not in made:
            made[name, kind] = _array(name, kind, rows, chance)
    return pa.table([made[column] for column in columns], schema=block.table.inside)


def _array(name: str, kind: pa.DataType, rows: int, chance: np.random.Generator) -> pa.Array:
    if name == "quarter":
        return pa.repeat(pa.scalar(str(QUARTER)), rows)
    if pa.types.is_date(kind):
        return pa.repeat(pa.scalar(QUARTER.first_day), rows)
    if pa.types.is_integer(kind):
        return pa.array(chance.integers(1, 500, rows))
    groups = (_INSS,) if name.endswith("inss") else _groups(name) or (("1", "2"),)
    chosen = (groups[group] for group in chance.integers(0, len(groups), rows))
    return pa.array([codes[chance.integers(0, len(codes))] for codes in chosen], pa.string())


@cache
def _groups(name: str) -> tuple[tuple[str, ...], ...]:
    """Codes that rules know for a column, list by list or family by family: all of these are as
    likely, so that short lists are not lost among long ones."""
    if name in _CODED:
        lists = code_lists().lists
        named = (lists[each] for each in lists if each.startswith(_CODED[name]))
        found = ({code for one in dated for code in one.codes} for dated in named)
        return tuple(tuple(sorted(codes)) for codes in found)
    if name in _OF_LINES:
        return _line_codes()
    return (tuple(map(str, range(10))),) if name == "contribution_type" else ()


def _line_codes() -> tuple[tuple[str, ...], ...]:
    """Codes of the declared lines that families are about."""
    named = ({case.partition("/")[0] for case in family(name).cases} for name, _ in FAMILIES)
    codes = (tuple(sorted(code for code in cases if code.isdigit())) for cases in named)
    return (*filter(None, codes), (COMPANY_CARS,), (STRUCTURAL,), (WORK_BONUS,))


def _with_own_lines(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Every other contribution line carries the worker code of its own record."""
    lines, records = tables["worker_contribution"], tables["worker_record"]
    place = lines.column_names.index("contribution_worker_code")
    own, other = records.column("worker_code").to_pylist(), lines.column(place).to_pylist()
    codes = [pair[row % 2] for row, pair in enumerate(zip(own, other, strict=True))]
    changed = lines.set_column(place, lines.schema.field(place), pa.array(codes, pa.string()))
    return tables | {"worker_contribution": changed}
