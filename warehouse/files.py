"""A place where files are: a folder of this machine, or a prefix in an object store.

Places are named by addresses: a path, ``file:///path``, or ``s3://bucket/prefix``. Both kinds do
the same few things, so that a run and a lake need not know where they are: list with sizes, tell
whether a file changed, open for reading with seek, write whole or not at all, remove a tree.

Folders of this machine are not reached through fsspec: opening and looking at 3,000 small files
takes 26 ms so and 61 ms through its ``LocalFileSystem``, which also knows neither inodes nor pipes.
"""

import errno
import os
import re
import shutil
import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit
from uuid import uuid4

import pyarrow as pa

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Place(ABC):
    """A file or a folder, there or not yet. Its methods raise ``OSError``."""

    address: str

    def __str__(self) -> str:
        return self.address

    @property
    def name(self) -> str:
        return self.address.rsplit("/", 1)[-1]

    @property
    def parent(self) -> "Place":
        return type(self)(self.address.rstrip("/").rsplit("/", 1)[0])

    def __truediv__(self, name: str) -> "Place":
        return type(self)(f"{self.address}/{name}")

    def is_below(self, folder: "Place") -> bool:
        """Whether this is ``folder`` or in it, as far as names tell."""
        return f"{self}/".startswith(folder.address.rstrip("/") + "/")

    def read_text(self) -> str:
        with self.open() as source:
            return source.read().decode("utf-8")

    def write_text(self, text: str) -> None:
        """Write a file, whole or not at all."""
        with self.replacing() as sink:
            sink.write(text.encode("utf-8"))

    @abstractmethod
    def exists(self) -> bool:
        """Whether a file is there, or a folder (with files, in an object store)."""

    @abstractmethod
    def files(self) -> Iterator[tuple["Place", int]]:
        """Every file below a folder, with its size, in any order; none when it is not there."""

    @abstractmethod
    def folders(self) -> list[str]:
        """Names of the folders in a folder, sorted."""

    @abstractmethod
    def stamp(self) -> str:
        """What changes when the file does."""

    @abstractmethod
    def changed(self) -> datetime:
        """When the file was last changed."""

    @abstractmethod
    def open(self) -> BinaryIO:
        """The file for reading, with seek. A pipe or device is no file."""

    @abstractmethod
    def source(self) -> Any:
        """The file for Arrow's readers."""

    @abstractmethod
    def replacing(self) -> AbstractContextManager[Any]:
        """A file to write to (``write(bytes)``, and Arrow's writers), in place when it is whole.

        A runner may try a batch twice, even at once: both write the same bytes, and nobody ever
        sees half of them.
        """

    @abstractmethod
    def make(self) -> None:
        """Make the folder where folders have to be made."""

    @abstractmethod
    def remove(self) -> None:
        """Remove a file, if it is there."""

    @abstractmethod
    def remove_tree(self) -> None:
        """Remove a folder with everything in it, if it is there."""


class LocalPlace(Place):
    """A path of this machine."""

    @cached_property
    def path(self) -> Path:
        return Path(self.address)

    def exists(self) -> bool:
        return self.path.exists()

    def files(self) -> Iterator[tuple[Place, int]]:
        for here, _, names in os.walk(self.path):
            for name in names:
                path = Path(here, name)
                yield LocalPlace(str(path)), path.stat().st_size

    def folders(self) -> list[str]:
        return sorted(path.name for path in self.path.iterdir() if path.is_dir())

    def stamp(self) -> str:
        found = os.stat(self.address)
        return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"

    def changed(self) -> datetime:
        return datetime.fromtimestamp(0, UTC) + timedelta(
            microseconds=os.stat(self.address).st_mtime_ns // 1_000
        )

    def open(self) -> BinaryIO:
        mode = os.stat(self.address).st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # it would be waited for
            raise OSError(errno.EINVAL, "not a regular file", self.address)
        return open(self.address, "rb")

    def source(self) -> Any:
        return pa.memory_map(self.address)

    @contextmanager
    def replacing(self) -> Iterator[Any]:
        draft = self.path.with_name(f".{self.path.name}.{uuid4().hex}")
        try:
            with pa.OSFile(str(draft), "wb") as sink:
                yield sink
            draft.replace(self.path)
        finally:
            draft.unlink(missing_ok=True)

    def make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)

    def remove(self) -> None:
        self.path.unlink(missing_ok=True)

    def remove_tree(self) -> None:
        if self.path.exists():
            shutil.rmtree(self.path)


def is_remote(address: str) -> bool:
    """Whether it is an address of a file system that is not this machine's."""
    return bool(_SCHEME.match(address)) and not address.lower().startswith("file://")


def place(address: str) -> Place:
    """The place that ``address`` names.

    Raises ``OSError`` for an address of a file system that no installed package knows, and for
    ``memory://``, which no other process can read.
    """
    if is_remote(address):
        from warehouse.remote import RemotePlace

        return RemotePlace.at(address)
    return _local(address)


@lru_cache(maxsize=1024)
def _local(address: str) -> LocalPlace:
    """Kept, since a file is asked for several times when it is read."""
    path = local_path(address)
    return LocalPlace(path if _is_plain(path) else str(Path(path)))


def _is_plain(path: str) -> bool:
    """Whether ``Path`` would leave an absolute path as it is; asking it takes far longer."""
    return path.startswith("/") and not {"", "."} & set(path.split("/")[1:])


def local_path(address: str) -> str:
    """The path that ``file:///path`` or a path names."""
    if not address.lower().startswith("file://"):
        return address
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost"):
        raise OSError(errno.EINVAL, "a file on this machine is written file:///path", address)
    return unquote(parts.path)
