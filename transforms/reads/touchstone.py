"""A declaration that no family passes by: rows with every code that a rule names.

It is no valid document and its amounts mean nothing; it is made only to see which columns are read.
"""

from collections.abc import Iterator
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
    """Block tables of a release, all with as many rows; row by row, each stands in its parent."""
    chance = np.random.default_rng(_SEED)
    tables = {block.table.name: _table(block, rows, chance) for block in layout}
    parents = {block.table.name: np.arange(rows) for block in layout if block.parent is not None}
    return Shredded(layout, _with_own_lines(tables), parents)


def _table(block: BlockTable, rows: int, chance: np.random.Generator) -> pa.Table:
    columns = {column.name: column.inside for column in block.table.columns}
    arrays = [_array(name, kind, rows, chance) for name, kind in columns.items()]
    return pa.table(arrays, schema=block.table.inside)


def _array(name: str, kind: pa.DataType, rows: int, chance: np.random.Generator) -> pa.Array:
    if name == "quarter":
        return pa.repeat(pa.scalar(str(QUARTER)), rows)
    if pa.types.is_date(kind):
        return pa.repeat(pa.scalar(QUARTER.first_day), rows)
    if pa.types.is_integer(kind):
        return pa.array(chance.integers(1, 500, rows))
    values = _INSS if name.endswith("inss") else tuple(_codes(name)) or ("1", "2")
    return pa.array(chance.choice(np.array(values), rows).tolist(), pa.string())


def _codes(name: str) -> Iterator[str]:
    """Every code that rules know for a column of codes."""
    if name in _CODED:
        lists = code_lists().lists
        named = (lists[each] for each in lists if each.startswith(_CODED[name]))
        yield from sorted({code for dated in named for one in dated for code in one.codes})
    elif name in _OF_LINES:
        yield from _line_codes()
    elif name == "contribution_type":
        yield from (str(number) for number in range(10))


@cache
def _line_codes() -> tuple[str, ...]:
    """Codes of the declared lines that families are about."""
    cases = (case.partition("/")[0] for name, _ in FAMILIES for case in family(name).cases)
    codes = (*cases, COMPANY_CARS, STRUCTURAL, WORK_BONUS)
    return tuple(sorted({code for code in codes if code.isdigit()}))


def _with_own_lines(tables: dict[str, pa.Table]) -> dict[str, pa.Table]:
    """Every other contribution line carries the worker code of its own record."""
    lines, records = tables["worker_contribution"], tables["worker_record"]
    place = lines.column_names.index("contribution_worker_code")
    own, other = records.column("worker_code").to_pylist(), lines.column(place).to_pylist()
    codes = [pair[row % 2] for row, pair in enumerate(zip(own, other, strict=True))]
    changed = lines.set_column(place, lines.schema.field(place), pa.array(codes, pa.string()))
    return tables | {"worker_contribution": changed}
