"""Input files: found, listed in a stable order, opened."""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO


class InputError(ValueError):
    """What was given as input is not there."""


class ChangedError(RuntimeError):
    """An input file is no longer what it was when the run looked at it first."""


def check_inputs(inputs: Sequence[str], lake: str) -> None:
    """``InputError`` names what cannot be read as input, before anything is started.

    A lake below an input would be read as declarations, run after run.
    """
    for given in inputs:
        if not Path(given).exists():
            raise InputError(f"{given}: no such file or directory")
        if Path(lake).resolve().is_relative_to(Path(given).resolve()):
            raise InputError(f"the lake {lake} lies within the input {given}")
    if next(list_files(inputs), None) is None:
        raise InputError(f"no file in {', '.join(inputs)}")


def stamp(path: str) -> str:
    """What changes when a file does: size, moment of the last change, identity on disk."""
    found = Path(path).stat()
    return f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}"


def check_unchanged(path: str, stamped: str) -> None:
    if stamp(path) != stamped:
        raise ChangedError(f"{path} changed while the run was reading it")


def list_files(inputs: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(path, size) of every file below the inputs, sorted; hidden files are left out.

    Every file counts, whatever its name: a compressed or foreign file among the declarations is
    refused with a reason, and a link to nowhere or a pipe is set aside, not overlooked.
    ``InputError`` names a folder that cannot be listed.
    """
    found: set[Path] = set()
    for given in inputs:
        path = Path(given)
        found.update(_below(path) if path.is_dir() else (path,))
    for path in sorted(found):
        yield str(path), path.stat().st_size if path.exists() else 0


def _below(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder, onerror=_cannot_list, followlinks=True):
        for name in names:
            path = Path(here, name)
            if not _hidden(path, folder):
                yield path


def _cannot_list(error: OSError) -> None:
    raise InputError(f"{error.filename}: {error.strerror}")


def open_file(path: str) -> BinaryIO:
    """A file for reading; a pipe or device is no file and would be waited for."""
    if not stat.S_ISREG(Path(path).stat().st_mode) and not Path(path).is_dir():
        raise OSError(errno.EINVAL, "not a regular file", path)
    return Path(path).open("rb")


def shown(path: str) -> str:
    """A path as text, whatever bytes the file system allows in names."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _hidden(path: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(below).parts)
