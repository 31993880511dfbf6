"""A folder of this machine and a prefix in an object store do the same things."""

from contextlib import suppress
from pathlib import Path
from typing import Any

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from servers import ObjectStore

from warehouse.files import Place, place


@pytest.fixture(params=["folder", "bucket"])
def somewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return place(str(tmp_path / "here"))
    store: ObjectStore = request.getfixturevalue("store")
    assert store.environment
    fsspec.filesystem("s3").makedirs("files", exist_ok=True)
    return place(f"s3://files/{tmp_path.name}")


def test_what_was_written_is_found(somewhere: Place) -> None:
    assert not somewhere.exists()
    assert list(somewhere.files()) == []
    for name in ("b", "a"):
        (somewhere / name).make()
        (somewhere / name / "é é.txt").write_text("déjà")
    assert somewhere.folders() == ["a", "b"]
    found = sorted(somewhere.files(), key=str)
    assert found == [(somewhere / name / "é é.txt", 6) for name in ("a", "b")]
    (file, _), _ = found
    assert file.exists()
    assert (file.name, file.parent) == ("é é.txt", somewhere / "a")
    assert file.read_text() == "déjà"
    with file.open() as source:
        source.seek(1)
        assert source.read(2) == "é".encode()


def test_a_file_is_there_whole_or_not_at_all(somewhere: Place) -> None:
    somewhere.make()
    with suppress(KeyboardInterrupt), (somewhere / "part").replacing() as sink:
        sink.write(b"half")
        raise KeyboardInterrupt
    assert list(somewhere.files()) == []
    table = pa.table({"n": [1, 2]})
    with (somewhere / "part").replacing() as sink:
        pq.write_table(table, sink)
    assert pq.read_table((somewhere / "part").source()) == table


def test_a_stamp_changes_with_the_content(somewhere: Place) -> None:
    somewhere.make()
    file = somewhere / "file"
    file.write_text("x")
    before = file.stamp()
    assert file.stamp() == before
    file.write_text("y")
    assert file.stamp() != before


def test_what_is_removed_is_gone(somewhere: Place) -> None:
    somewhere.make()
    for name in ("one", "two"):
        (somewhere / name).write_text(name)
    for _ in range(2):
        (somewhere / "one").remove()
        assert [file.name for file, _ in somewhere.files()] == ["two"]
    for _ in range(2):
        somewhere.remove_tree()
        assert not somewhere.exists()


def test_what_is_missing_is_told_with_its_address(somewhere: Place) -> None:
    with pytest.raises(FileNotFoundError) as told:
        (somewhere / "none").stamp()
    assert told.value.filename == str(somewhere / "none")
    assert told.value.strerror


@pytest.mark.parametrize(
    ("inner", "outer", "below"),
    [
        ("/a/b", "/a", True),
        ("/a", "/a", True),
        ("/ab", "/a", False),
        ("/a", "/", True),
        ("s3://b/a/c", "s3://b/a", True),
        ("s3://b/ac", "s3://b/a/", False),
        ("/b/a", "s3://b", False),
    ],
)
def test_below(inner: str, outer: str, below: bool, store: Any) -> None:
    assert place(inner).is_below(place(outer)) == below
