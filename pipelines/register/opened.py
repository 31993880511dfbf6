"""What a process keeps of a run while it works for it: opening a lake takes a third of a second."""

from functools import lru_cache

import pyarrow as pa

from pipelines.register.work import ALIASES_FILE, RegisterJob
from warehouse.arrow_files import kept
from warehouse.lake import Lake

_lakes: list[Lake] = []


@lru_cache(maxsize=1)
def opened(job: RegisterJob) -> Lake:
    """The lake of a run, for reading."""
    lake = Lake.open(job.lake, read_only=True)
    _lakes.append(lake)
    return lake


@lru_cache(maxsize=1)
def aliases(job: RegisterJob) -> pa.Table:
    """Numbers that were replaced when the run began."""
    return kept(str(job.place / ALIASES_FILE))


def forget() -> None:
    """Gives it up: a process may outlive the run."""
    while _lakes:
        _lakes.pop().close()
    opened.cache_clear()
    aliases.cache_clear()
