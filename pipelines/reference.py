"""Reads the reference tables of a run: CSV or Parquet files in a folder, named after the table."""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipelines.storage import InputError
from transforms.reference import ALLOWED, KEYS, NUMBERS, RANGES, SCHEMAS, Keyed, Reference


@lru_cache(maxsize=2)
def read_reference(folder: str | None) -> Reference:
    """The tables ``workers``, ``employers`` and ``vehicles`` of a folder, as far as they are there.

    ``InputError`` names the file and what is wrong with it, never a key in it.
    """
    if folder is None:
        return Reference()
    tables = {name: _table(Path(folder), name, schema) for name, schema in SCHEMAS.items()}
    if all(table is None for table in tables.values()):
        names = ", ".join(f"{name}.csv" for name in SCHEMAS)
        raise InputError(f"{folder}: none of {names} (or .parquet) is there")
    return Reference(**{name: table for name, table in tables.items() if table is not None})


def _table(folder: Path, name: str, schema: pa.Schema) -> pa.Table | None:
    for path in (folder / f"{name}.csv", folder / f"{name}.parquet"):
        if path.is_file():
            return _checked(path, _read(path, schema), name, schema)
    return None


def _read(path: Path, schema: pa.Schema) -> pa.Table:
    try:
        if path.suffix == ".parquet":
            return pq.read_table(path)
        types = csv.ConvertOptions(column_types=schema, strings_can_be_null=True)
        return csv.read_csv(path, convert_options=types)
    except (pa.ArrowInvalid, pa.ArrowKeyError, KeyError, UnicodeDecodeError):
        # The message of the reader would quote the line, and lines name persons.
        raise InputError(f"{path}: not readable as a table of {', '.join(schema.names)}") from None


def _checked(path: Path, table: pa.Table, name: str, schema: pa.Schema) -> pa.Table:
    for column in schema.names:
        if table.column_names.count(column) != 1:
            often = "no" if column not in table.column_names else "more than one"
            raise InputError(f"{path}: {often} column {column}")
    try:
        found = table.select(schema.names).cast(schema)
        Keyed(found, KEYS[name])
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        said = str(error) if type(error) is ValueError else "a column has values of another type"
        raise InputError(f"{path}: {said}") from None
    for complaint in _complaints(found):
        raise InputError(f"{path}: {complaint}")
    return found


def _complaints(table: pa.Table) -> Iterator[str]:
    """What is wrong with the values of a table, without quoting any."""
    for column in table.column_names:
        values = table.column(column).drop_null().unique()
        if column in ALLOWED and not _all(pc.is_in(values, value_set=pa.array(ALLOWED[column]))):
            yield f"{column} is one of {', '.join(map(str, ALLOWED[column]))}"
        if column in NUMBERS and not _all(pc.match_substring_regex(values, "^[0-9]+$")):
            yield f"{column} is written with digits only"
        if column in RANGES:
            low, high = RANGES[column]
            if not _all(pc.and_(pc.less_equal(low, values), pc.less_equal(values, high))):
                yield f"{column} is a number from {low} to {high}"


def _all(truth: pa.Array) -> bool:
    return bool(pc.all(truth, min_count=0).as_py())
