"""Messages that are folded together: what they name, and which of them may meet."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from schemas.dimona.register import MUTABLE
from transforms.dimona.clusters import Members, clusters
from transforms.dimona.filing import Filed
from transforms.dimona.judged import Turned, used
from transforms.dimona.store import Store, numbers_of
from transforms.rules.columns import Columns, Mask, Whole

ACTIONS = ("IN", "OUT", "UPDATE", "CANCEL", "DAILY")
TIMES = MUTABLE[:4]

_WHO_AND_WHEN = (
    *("employer", "inss", "worker_type", "joint_committee", "user_joint_committee"),
    *("period_id", "registration_id", *MUTABLE),
)
"""What a period and a registration beside a message are made from."""


@dataclass(frozen=True, slots=True)
class Batch:
    """By number of the message: ``slots`` and ``day_slots`` of its period and its registration (-1
    for none), ``action`` (of ``ACTIONS``, -1 for none) and ``status`` of a registration, whether it
    is ``nameless`` (without INSS), whether it is ``refused`` already, its cluster, and what it
    says. ``messages``: the columns that rules look at. ``members``: slots by cluster, and
    ``day_parents``: registrations by slot of their period. Both stores and ``done`` change."""

    periods: Store
    days: Store
    done: Turned
    refused: Mask
    slots: Whole
    day_slots: Whole
    action: Whole
    status: Whole
    nameless: Mask
    of_message: Whole
    said: dict[str, Whole]
    messages: pa.Table
    members: Members
    day_parents: Members

    @classmethod
    def of(cls, filed: Filed, periods: Store, days: Store, refused: Mask) -> "Batch":
        columns = Columns(filed.valid)
        slots = periods.find(filed.period)
        of_slot, of_message = clusters(periods, slots, columns)
        codes, actions = columns.codes("action")
        which = np.array([ACTIONS.index(action) for action in actions] + [-1])
        return cls(
            periods,
            days,
            Turned.of(len(filed.messages)),
            refused,
            slots,
            days.find(filed.registration),
            which[codes],
            columns.numbers("daily_status"),
            ~columns.present("inss"),
            of_message,
            {name: numbers_of(filed.valid.column(name)) for name in MUTABLE},
            _looked_at(filed),
            Members(of_slot),
            Members(periods.find(days.fixed.column("period_id").combine_chunks())),
        )

    def is_(self, rows: Whole, *actions: str) -> Mask:
        """Which of some messages have one of some actions."""
        return np.isin(self.action[rows], [ACTIONS.index(action) for action in actions])


def _looked_at(filed: Filed) -> pa.Table:
    """The columns that rules of turns look at; a daily registration names its period."""
    messages = filed.valid
    daily = pc.fill_null(pc.equal(messages.column("action"), "DAILY"), False)
    named = pc.if_else(daily, filed.period, messages.column("period_id"))
    at = messages.column_names.index("period_id")
    messages = messages.set_column(at, "period_id", named)
    keep = {*used("turns"), "action", *_WHO_AND_WHEN}
    return messages.select([name for name in messages.column_names if name in keep])
