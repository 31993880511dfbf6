"""Parts of a run without the rows that must not become visible."""

from collections.abc import Sequence
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import Table
from warehouse.files import Place, place
from warehouse.parquet import inside, write_rest


def without(parts: Sequence[str], keys: pa.Table, folder: Place) -> list[str]:
    """``parts`` without the rows whose key is in ``keys`` (all its columns make the key).

    A part with such rows is written again below ``folder``, or left out when nothing remains;
    the given files stay as they are. Nulls in keys equal each other.
    """
    if keys.num_rows == 0:
        return list(parts)
    kept = []
    for number, part in enumerate(parts):
        table = pq.ParquetFile(place(part).source()).read(keys.column_names)
        stays = pc.invert(is_of(table, keys))
        if pc.all(stays).as_py():
            kept.append(part)
        elif pc.any(stays).as_py():
            kept.append(_again(part, stays, folder / f"{number}.parquet"))
    return kept


def rows_of_form(
    parts: Sequence[str], layout: Table, file_id: str, form_no: int, employer: str | None
) -> pa.Table:
    """The rows of a form in the parts of a table, with inside types, in document order.

    ``employer``: the form's, None when that is not known or not a column of the table. Parts are in
    order of employer, so that few row groups have to be read with it.
    """
    one = [("file_id", "=", file_id), ("form_no", "=", form_no)]
    if employer is not None:
        one.append(("employer", "=", employer))
    found = [pq.read_table(place(part).source(), filters=one) for part in parts]
    table = pa.concat_tables(found) if found else layout.rest.empty_table()
    columns = [inside(table, column) for column in layout.columns]
    return pa.table(columns, schema=layout.inside).sort_by("seq")


def is_of(table: pa.Table, keys: pa.Table) -> pa.Array:
    """Whether the key of each row is in ``keys``: all its columns make the key."""
    each = [pc.is_in(table.column(n), value_set=keys.column(n)) for n in keys.column_names]
    found = np.array(reduce(pc.and_, each), dtype=np.bool_)
    if len(each) > 1:  # few rows are left, and only they need a text each
        rows = np.flatnonzero(found)
        tokens = _tokens(table.select(keys.column_names).take(pa.array(rows)), keys.column_names)
        found[rows] = pc.is_in(tokens, value_set=_tokens(keys, keys.column_names))
    return pa.array(found)


def _again(part: str, stays: pa.Array, target: Place) -> str:
    target.parent.make()
    with target.replacing() as sink:
        write_rest(sink, pq.ParquetFile(place(part).source()).read().filter(stays))
    return str(target)


def _tokens(table: pa.Table, names: list[str]) -> pa.ChunkedArray:
    """One text a row for several columns; the separators are characters that XML forbids."""
    columns = [table.column(name).cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(
        *columns, "\x1f", null_handling="replace", null_replacement="\x1e"
    )
