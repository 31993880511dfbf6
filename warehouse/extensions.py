"""A DuckDB connection that can read and write a lake, on a closed network too."""

from importlib.util import find_spec
from pathlib import Path

import duckdb

from warehouse.errors import LakeError

EXTENSIONS = ("sqlite_scanner", "ducklake")


def connect() -> duckdb.DuckDBPyConnection:
    """In-memory connection with the extensions of a lake, in UTC.

    The extensions come from the Python packages ``duckdb-extension-...`` of DuckDB's version; a
    network is only tried without these. Raises ``LakeError`` when neither has them.
    """
    connection = duckdb.connect()
    for name in EXTENSIONS:
        load(connection, name)
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def packaged(name: str) -> Path | None:
    """The extension's file in its Python package, None where that is not installed."""
    spec = find_spec(f"duckdb_extension_{name}")
    for folder in (spec and spec.submodule_search_locations) or ():
        file = f"extensions/v{duckdb.__version__}/{name}.duckdb_extension"
        if (path := Path(folder, file)).is_file():
            return path
    return None


def load(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """One more extension; nothing happens when the connection has it."""
    path = packaged(name)
    try:
        if path is not None:
            connection.load_extension(str(path))
        else:
            connection.install_extension(name)
            connection.load_extension(name)
    except duckdb.Error as error:
        package = f"duckdb-extension-{name.replace('_', '-')}=={duckdb.__version__}"
        raise LakeError(
            f"DuckDB's extension {name} cannot be loaded; install the Python package {package}"
        ) from error
