"""The row of ``ops.run`` that a commit brings."""

from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import pyarrow as pa

from schemas.ops import RUN
from schemas.tables import from_rows


def run_row(**facts: Any) -> pa.Table:
    """Columns of ``ops.run``, but for the moment and the software, which are these."""
    own = {"committed_at": datetime.now(UTC), "software": version("kwartaal")}
    return from_rows(RUN, [facts | own])
