"""Whether a run has anything to do: told by whoever starts it, before there are workers.

Correcting nothing is common: a folder that grows is run again and again. What has to be looked at
then is every byte, and nothing else: hashing is as fast as the disk, and Beam is not needed.
"""

import hashlib
import os
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor

from pipelines.storage import check_unchanged, open_file, stamp

_FIRST, _MOST = 64, 4096
"""Files that are hashed before the answer is looked at: few at first, then twice as many each time.
"""

_READERS = 2
"""Threads for each core: some wait for the disk while others hash."""

_BLOCK = 1 << 20


def known_ids(paths: Sequence[str], known: AbstractSet[str]) -> list[str] | None:
    """The file ids of all files, if every one is among ``known``: those of earlier runs.

    Goes from the last name to the first and stops at a file that is not known: names mostly grow,
    and what is new stands behind. Raises ``ChangedError``: a file changed while it was read.
    """
    if not known:
        return None
    found: list[str] = []
    readers = _READERS * (os.cpu_count() or 1)
    with ThreadPoolExecutor(readers) as pool:  # hashing gives the interpreter free
        end, size = len(paths), _FIRST
        while end > 0:
            some = paths[max(0, end - size) : end]
            ids = list(pool.map(_file_id, reversed(some)))
            if not set(ids) <= known:
                return None
            found += ids
            end, size = end - size, min(2 * size, _MOST)
    return found


def _file_id(path: str) -> str:
    """The id of a file, "" when it cannot be read."""
    try:
        stamped = stamp(path)
        digest = hashlib.sha256()
        with open_file(path) as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
        check_unchanged(path, stamped)
    except OSError:
        return ""  # the survey says why
    return digest.hexdigest()
