"""Input files: found, listed in a stable order, opened."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO


class InputError(ValueError):
    """What was given as input is not there."""


def check_inputs(inputs: Sequence[str]) -> None:
    """``InputError`` names an input that does not exist, before anything is started."""
    for given in inputs:
        if not Path(given).exists():
            raise InputError(f"{given}: no such file or directory")


def list_files(inputs: Sequence[str]) -> Iterator[tuple[str, int]]:
    """(path, size) of every file below the inputs, sorted; hidden files are left out.

    Every file counts, whatever its name: a compressed or foreign file among the declarations is
    refused with a reason, not overlooked.
    """
    found: set[Path] = set()
    for given in inputs:
        path = Path(given)
        if path.is_dir():
            found.update(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path))
        else:
            found.add(path)
    for path in sorted(found):
        yield str(path), path.stat().st_size


def open_file(path: str) -> BinaryIO:
    return Path(path).open("rb")


def _hidden(path: Path, below: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(below).parts)
