"""What a contribution family expects of the declared lines."""

from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import pyarrow as pa

from transforms.money import Cents
from transforms.shredded import Rows


@dataclass(frozen=True, slots=True)
class Expected:
    """Lines that a family expects, one entry a worker record that it covers.

    ``record``: rows of the worker records; ``line``: row of the declared line that answers the
    expectation, -1 where none is declared; ``base``, ``amount``: cents; ``rate``: fraction,
    ``None`` when there is none; ``confidence``: weakest mark each entry rests on; where
    ``reason`` is not null nothing could be computed, for that reason.
    """

    family: str
    type: str
    record: Rows
    line: Rows
    base: Cents
    amount: Cents
    rate: Decimal | None
    confidence: pa.Array
    reason: pa.Array

    @classmethod
    def unknown(
        cls, family: str, contribution_type: str, record: Rows, line: Rows, reason: str
    ) -> "Expected":
        """Expectations that could not be computed, all for one reason."""
        nothing = np.zeros(len(record), dtype=np.int64)
        return cls(
            family,
            contribution_type,
            record,
            line,
            nothing,
            nothing,
            None,
            pa.nulls(len(record), pa.string()),
            pa.array([reason] * len(record), pa.string()),
        )
