"""One at a time: who watches a lake, and who changes its register in a run."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.watch.journal import Journal
from warehouse.errors import LakeError
from warehouse.location import Location

FOLDER = "watch"
"""Of the lake: where the journal is."""


def locked(folder: Path) -> int:
    """The lock of a watched lake, a file that is to be closed. Raises ``LakeError``."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise LakeError(f"{folder.parent} is being watched already") from None
    return handle


@contextmanager
def unwatched(lake: Location) -> Iterator[None]:
    """While a run changes the register, nobody takes messages in beside it. Raises ``LakeError``
    when somebody does, or when there are messages that are not in the lake yet."""
    folder = Path(lake.place.address) / FOLDER
    if not folder.exists():
        yield
        return
    handle = locked(folder)
    try:
        if Journal(folder / "journal").batches():
            raise LakeError(
                f"{lake} has messages that are not in the register yet: start 'kwartaal watch"
                " dimona' and stop it again, which takes them in"
            )
        yield
    finally:
        os.close(handle)
