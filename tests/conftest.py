import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import settings
from servers import ObjectStore, Postgres, object_store, postgres, postgres_programs

# Speed is measured elsewhere; on a busy machine a deadline says nothing about the code.
settings.register_profile("kwartaal", deadline=None)
settings.load_profile("kwartaal")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder `shared` beside the checkout, with the official publications.

    Tests that need it are skipped without it, except under CI, where it has to be present.
    """
    folder = Path(__file__).resolve().parents[2] / "shared"
    if not folder.is_dir():
        reason = "the official publications are not in the folder `shared` beside the checkout"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL server of this session; tests that need it are skipped where there is none."""
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (Debian: postgresql): no initdb, no postgres")
    with postgres(programs) as server:
        yield server


@pytest.fixture(scope="session")
def store() -> Iterator[ObjectStore]:
    """An object store of this session; every process that a test starts finds it."""
    with object_store() as served, pytest.MonkeyPatch.context() as patched:
        for name, value in served.environment.items():
            patched.setenv(name, value)
        yield served


@pytest.fixture(scope="session", autouse=True)
def _extensions_are_trusted() -> Iterator[None]:
    """DuckDB checks the signatures of extensions whenever a connection loads them, which takes it a
    seventh of a second; here the same files are loaded hundreds of times."""
    real = duckdb.connect

    def connect(*args: Any, **options: Any) -> duckdb.DuckDBPyConnection:
        return real(*args, **{"config": {"allow_unsigned_extensions": "true"}, **options})

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(duckdb, "connect", connect)
        yield


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest test begins first: at the end one worker would be left alone with it."""
    items.sort(key=lambda item: item.path.name != "test_readme.py")
