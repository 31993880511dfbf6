"""Files that are not on this machine: object stores and what else fsspec reaches."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from tempfile import NamedTemporaryFile
from typing import Any, BinaryIO, cast

import pyarrow as pa

from warehouse.files import Place


class RemotePlace(Place):
    """A prefix or an object. What is listed is never older than the question."""

    @classmethod
    def at(cls, address: str) -> "RemotePlace":
        scheme, _, path = address.partition("://")
        found = cls(f"{scheme.lower()}://{path.rstrip('/')}")
        if scheme.lower() == "memory":
            raise OSError(errno.EINVAL, "memory is not shared between processes", address)
        found._system  # noqa: B018 - says now what is missing
        return found

    def exists(self) -> bool:
        with self._told():
            return bool(self._system.exists(self._key))

    def files(self) -> Iterator[tuple[Place, int]]:
        with self._told():
            found = self._system.find(self._key, detail=True)
        for key, about in found.items():
            if not key.endswith("/"):  # what consoles keep for an empty folder
                yield RemotePlace(self._system.unstrip_protocol(key)), int(about["size"] or 0)

    def folders(self) -> list[str]:
        with self._told():
            try:
                found = self._system.ls(self._key, detail=True)
            except FileNotFoundError:
                return []
        keys = [about["name"] for about in found if about["type"] == "directory"]
        return sorted(key.rstrip("/").rsplit("/", 1)[-1] for key in keys)

    def stamp(self) -> str:
        with self._told():
            about = self._system.info(self._key)
        moment = about.get("ETag") or about.get("LastModified") or about.get("mtime")
        return f"{about['size']}-{moment or self._system.ukey(self._key)}"

    def changed(self) -> datetime:
        with self._told():
            found: datetime = self._system.modified(self._key)
        return found

    def open(self) -> BinaryIO:
        with self._told():
            return cast(BinaryIO, self._system.open(self._key, "rb"))

    def source(self) -> Any:
        return pa.PythonFile(self.open(), mode="r")

    @contextmanager
    def replacing(self) -> Iterator[Any]:
        """Written to a temporary file and uploaded whole: an object is there or is not."""
        with NamedTemporaryFile(prefix="kwartaal-") as draft:
            with pa.OSFile(draft.name, "wb") as sink:
                yield sink
            with self._told():
                self._system.put_file(draft.name, self._key)

    def make(self) -> None:
        """A prefix is there with its first object."""

    def remove(self) -> None:
        with self._told():
            if self._system.exists(self._key):
                self._system.rm_file(self._key)

    def remove_tree(self) -> None:
        with self._told():
            if self._system.exists(self._key):
                self._system.rm(self._key, recursive=True)

    @property
    def _key(self) -> str:
        return str(self._system._strip_protocol(self.address))

    @cached_property
    def _system(self) -> Any:
        scheme = self.address.partition("://")[0]
        try:
            import fsspec

            # Instances are kept by fsspec: one a process.
            return fsspec.filesystem(scheme, use_listings_cache=False)
        except (ImportError, ValueError) as error:
            wanted = "kwartaal[s3]" if scheme == "s3" else "an fsspec package for it"
            text = f"{scheme}:// cannot be reached: install {wanted}"
            raise OSError(errno.EPROTONOSUPPORT, text, self.address) from error

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Every error as ``OSError`` with a text and the address: clients raise their own."""
        try:
            yield
        except OSError as error:
            text = error.strerror or str(error) or type(error).__name__
            raise type(error)(error.errno or errno.EIO, text, self.address) from error
        except Exception as error:
            raise OSError(errno.EIO, str(error), self.address) from error
