"""Columns of tables that come in pieces."""

import pyarrow as pa


def flat(table: pa.Table, name: str) -> pa.Array:
    """A column in one piece."""
    found: pa.Array = table.column(name).combine_chunks()
    return found


def distinct(*columns: pa.Array) -> pa.Array:
    """What is in some columns of text, each once and no nulls."""
    return pa.concat_arrays([pa.array([], pa.string()), *columns]).unique().drop_null()
