"""Extensions come from Python packages; without these the message says which one is missing."""

import duckdb
import pytest

from warehouse import extensions
from warehouse.errors import LakeError


@pytest.mark.parametrize("name", extensions.EXTENSIONS)
def test_extensions_are_packaged_for_this_duckdb(name: str) -> None:
    path = extensions.packaged(name)
    assert path is not None
    assert path.parent.name == f"v{duckdb.__version__}"


def test_connections_are_in_utc(reader: duckdb.DuckDBPyConnection) -> None:
    assert reader.execute("SELECT current_setting('TimeZone')").fetchall() == [("UTC",)]


class Offline:
    """A connection on a closed network."""

    def install_extension(self, name: str) -> None:
        raise duckdb.IOException(f"cannot download {name}")


def test_a_missing_extension_names_its_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensions, "EXTENSIONS", ("no_such_extension",))
    monkeypatch.setattr(duckdb, "connect", Offline)
    with pytest.raises(LakeError, match=r"duckdb-extension-no-such-extension==1"):
        extensions.connect()
