"""Reads the reference tables of a run: CSV or Parquet files in a folder, named after the table."""

from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from pipelines.storage import InputError
from transforms.reference import ALLOWED, KEYS, SCHEMAS, Keyed, Reference


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
    for column, allowed in ALLOWED.items():
        if column in schema.names:
            values = found.column(column).drop_null().unique()
            if not pc.all(pc.is_in(values, value_set=pa.array(allowed)), min_count=0).as_py():
                raise InputError(f"{path}: {column} is one of {', '.join(map(str, allowed))}")
    return found
