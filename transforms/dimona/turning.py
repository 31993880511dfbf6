"""Messages onto periods, cluster by cluster in order of receipt, by the rules on what is stored.

All clusters take a turn together, so that rules judge columns (``by_columns``); once few clusters
are left, each with many messages as may be, these go one by one (``one_by_one``). What a message
finds and what it leaves behind is kept by message.
"""

import numpy as np

from transforms.dimona.batch import Batch
from transforms.dimona.by_columns import by_columns
from transforms.dimona.clusters import in_turns
from transforms.dimona.filing import Filed
from transforms.dimona.judged import Turned
from transforms.dimona.one_by_one import one_by_one
from transforms.dimona.store import Store
from transforms.rules.columns import Mask, Whole

FEW = 64
"""Messages of a turn, below which it may cost less to take them one by one."""

_TURN, _MESSAGE, _PERIOD = 8_000, 120, 15
"""Microseconds: a turn by columns, however small; a message by itself; a period that it may meet,
once. Measured on one core of a laptop; only what is faster follows from them."""


def turned(filed: Filed, periods: Store, days: Store, refused: Mask) -> Turned:
    """Judges and applies messages. ``refused``: those that are whatever is stored. Both stores
    (``days``: daily registrations) are changed."""
    batch = Batch.of(filed, periods, days, refused)
    turns = in_turns(batch.of_message)
    for number, rows in enumerate(turns):
        if len(rows) < FEW and _cheaper(batch, turns[number:]):
            one_by_one(batch, np.sort(np.concatenate(turns[number:])))
            break
        by_columns(batch, rows)
    return batch.done


def _cheaper(batch: Batch, turns: list[Whole]) -> bool:
    """Whether what is left costs less one by one than in turns."""
    clusters = np.unique(batch.of_message[turns[0]])
    messages = sum(map(len, turns)) * _MESSAGE
    return messages + len(batch.members.of(clusters)) * _PERIOD < len(turns) * _TURN
