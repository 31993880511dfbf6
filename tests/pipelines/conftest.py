"""A small generated quarter, a lake that holds it, and a repository of schemas."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from operators import Operator, single, write_quarter
from repositories import Repo
from schema_commands import OLD


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> Iterator[None]:
    """Lakes of runs in this process use one thread each: the suite has as many processes."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warehouse.lake.connect", single)
        yield


@pytest.fixture
def operator(tmp_path: Path) -> Operator:
    return Operator(tmp_path / "lake")


@pytest.fixture(scope="session")
def quarter_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_quarter(tmp_path_factory.mktemp("sound") / "files")


@pytest.fixture(scope="session")
def clean_lake(tmp_path_factory: pytest.TempPathFactory, quarter_files: Path) -> Operator:
    """A lake with one run of sound files; only for reading."""
    clean = Operator(tmp_path_factory.mktemp("clean") / "lake")
    clean.run(quarter_files)
    return clean


@pytest.fixture
def form_file(tmp_path: Path, quarter_files: Path) -> Callable[..., Path]:
    """Writes a file of the quarter with replacements made in its bytes."""

    def written(name: str, *changes: tuple[bytes, bytes], of: int = 0) -> Path:
        source = sorted(quarter_files.iterdir())[of]
        content = source.read_bytes()
        for old, new in changes:
            assert old in content, old
            content = content.replace(old, new, 1)
        path = tmp_path / "inbox" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
        return path

    return written


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository with the schema of a bookshop, and the working directory in it."""
    begun = Repo.begun(tmp_path / "shop")
    monkeypatch.chdir(begun.root)
    begun.commit(**{"book-1.xsd": OLD})
    return begun
