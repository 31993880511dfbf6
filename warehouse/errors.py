"""What can go wrong with a lake, in words for whoever typed the command."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb


class LakeError(Exception):
    """The lake cannot be opened, read or written; the message says what to do about it."""


class QueryError(Exception):
    """A question that DuckDB cannot answer, with DuckDB's own message."""


class LayoutError(ValueError):
    """A table does not have the columns or types of its layout: a bug of the caller."""


class ControlError(LakeError):
    """Control totals differ, so nothing was committed.

    ``differences``: (measure, expected, found); None where a side has no such measure.
    """

    def __init__(self, differences: list[tuple[str, int | None, int | None]]) -> None:
        self.differences = differences
        lines = "; ".join(f"{m}: expected {e}, found {f}" for m, e, f in differences)
        super().__init__(f"control totals differ, nothing was committed: {lines}")


_CAUSES = (
    ("no space left", "no space left on the device of {directory}"),
    ("disk is full", "no space left on the device of {directory}"),
    ("database is locked", "the catalog of {directory} is locked by another program"),
    ("readonly database", "{directory} is read-only"),
    ("read-only file system", "{directory} is read-only"),
    ("permission denied", "{directory} may not be written by this user"),
    ("is not a database", "{directory} is not a lake: its catalog.sqlite is not a catalog"),
    ("no such table", "{directory} is not a lake: its catalog.sqlite is not a catalog"),
    ("explicitly disabled", "{directory} is not a lake: its catalog.sqlite is not a catalog"),
)
"""Words in messages of DuckDB, SQLite and the system, and what they mean here."""


def plain(error: Exception, directory: object) -> LakeError:
    """``error`` in plain words; DuckDB's own words where no plainer ones are known."""
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return LakeError(f"no space left on the device of {directory}")
    words = str(error)
    for cause, meaning in _CAUSES:
        if cause in words.lower():
            return LakeError(meaning.format(directory=directory))
    return LakeError(f"{directory}: {words}")


@contextmanager
def told_plainly(directory: object) -> Iterator[None]:
    """Raise errors of DuckDB and of the system as ``LakeError``."""
    try:
        yield
    except (duckdb.Error, OSError) as error:
        raise plain(error, directory) from error
