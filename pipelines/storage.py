"""Input files: found, listed in a stable order, opened. An input is a path or an address
(``s3://bucket/prefix``, ``file:///path``)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

from warehouse.files import Place, is_remote, local_path, place


class InputError(ValueError):
    """What was given as input is not there."""


class ChangedError(RuntimeError):
    """An input file is no longer what it was when the run looked at it first."""


def check_inputs(inputs: Sequence[str], lake: Place | None = None) -> list[tuple[str, int]]:
    """(path, size) of every file below the inputs. ``InputError`` names what cannot be read as
    input, before anything is started.

    A lake below an input would be read as declarations, run after run.
    """
    for given in inputs:
        found = _found(given)
        if lake is not None and lake.is_below(found):
            raise InputError(f"the lake {lake} lies within the input {given}")
    files = list(list_files(inputs))
    if not files:
        raise InputError(f"no file in {', '.join(inputs)}")
    return files


def _found(address: str) -> Place:
    """The place of an input, without links."""
    try:
        local = None if is_remote(address) else str(Path(local_path(address)).resolve())
        found = place(local or address)
        if not found.exists():
            raise InputError(f"{address}: no such file or directory")
    except OSError as error:
        raise InputError(f"{address}: {error.strerror}") from error
    return found


def stamp(path: str) -> str:
    """What changes when a file does: size, moment of the last change, identity on disk; or the
    tag that an object store gave to the content."""
    return place(path).stamp()


def check_unchanged(path: str, stamped: str) -> None:
    if stamp(path) != stamped:
        raise ChangedError(f"{path} changed while the run was reading it")


def list_files(inputs: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(path, size) of every file below the inputs, sorted; hidden files are left out.

    Every file counts, whatever its name: a compressed or foreign file among the declarations is
    refused with a reason, and a link to nowhere or a pipe is set aside, not overlooked.
    ``InputError`` names a folder that cannot be listed.
    """
    local = (str(Path(local_path(given))) for given in inputs if not is_remote(given))
    here = {path for given in local for path in _local(given)}
    for path in sorted(here, key=_by_folder):
        yield path, _size(path)
    there = {found for given in inputs if is_remote(given) for found in _remote(place(given))}
    yield from sorted(there)


def _by_folder(path: str) -> str:
    """Sorts paths name by name: no other character is below the one that no name has."""
    return path.replace("/", "\0")


def _size(path: str) -> int:
    try:
        return os.stat(path).st_size
    except OSError:
        return 0  # a link to nowhere; the survey says what is wrong


def _local(given: str) -> Iterator[str]:
    return _below(given) if Path(given).is_dir() else iter((given,))


def _below(folder: str) -> Iterator[str]:
    for here, folders, names in os.walk(folder, onerror=_cannot_list, followlinks=True):
        folders[:] = [name for name in folders if not _hidden((name,))]
        prefix = here if here.endswith("/") else f"{here}/"
        yield from (prefix + name for name in names if not _hidden((name,)))


def _remote(folder: Place) -> Iterator[tuple[str, int]]:
    try:
        for file, size in folder.files():
            if not _hidden(file.address.removeprefix(folder.address).split("/")):
                yield file.address, size
    except OSError as error:
        _cannot_list(error)


def _cannot_list(error: OSError) -> NoReturn:
    raise InputError(f"{error.filename}: {error.strerror}")


def open_file(path: str) -> BinaryIO:
    """A file for reading; a pipe or device is no file and would be waited for."""
    return place(path).open()


def announce(path: str) -> None:
    """Tells the system that a file of this machine will be read soon, so that it begins to."""
    if not is_remote(path) and hasattr(os, "posix_fadvise"):
        with suppress(OSError):  # whoever reads it is told
            handle = os.open(local_path(path), os.O_RDONLY | os.O_NONBLOCK)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_WILLNEED)
            finally:
                os.close(handle)


def shown(path: str) -> str:
    """A path as text, whatever bytes the file system allows in names."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _hidden(names: Sequence[str]) -> bool:
    return any(name.startswith(".") for name in names)
