"""Tables that wait in a run's directory until the run is committed: Arrow files, not compressed."""

import pyarrow as pa

from warehouse.files import Place, place


def keep(target: Place, table: pa.Table) -> str:
    """Writes a table, whole or not at all; the address of the file."""
    with target.replacing() as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    return target.address


def kept(address: str) -> pa.Table:
    """The table of such a file."""
    with place(address).source() as source:
        return pa.ipc.open_file(source).read_all()
