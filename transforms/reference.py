"""What a declaration cannot tell, from reference tables that an administration may have.

Households (for the special contribution 856), employers (head count, structural category, who pays
the year-end premium) and vehicles (for the contribution on company cars). All are optional; what
is not given stays unknown, and what rests on it is not computed.
"""

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from io import BytesIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

Rows = npt.NDArray[np.int64]
HOUSEHOLDS = ("alone", "two_incomes", "one_income")
UNKNOWN = -1

WORKERS = pa.schema([("inss", pa.string()), ("household", pa.string())])
"""``household``: alone, two_incomes or one_income, as for the withholding of 856."""
EMPLOYERS = pa.schema(
    [
        ("employer", pa.string()),
        ("headcount", pa.int64()),
        ("structural_category", pa.string()),
        ("third_party_premium", pa.int64()),
    ]
)
"""``headcount``: average of the reference period; ``structural_category``: 1, 2 or 3;
``third_party_premium``: 1 where a third party (a fund) pays the year-end premium, else 0."""
VEHICLES = pa.schema(
    [
        ("plate", pa.string()),
        ("fuel", pa.string()),
        ("co2", pa.int64()),
        ("ordered", pa.date32()),
        ("months", pa.int64()),
    ]
)
"""``fuel``: petrol, diesel, gas (LPG, natural gas), electric; ``co2``: g/km, null when unknown;
``months``: months of the quarter at a worker's disposal."""

SCHEMAS = {"workers": WORKERS, "employers": EMPLOYERS, "vehicles": VEHICLES}
ALLOWED: dict[str, tuple[str | int, ...]] = {
    "household": HOUSEHOLDS,
    "structural_category": ("1", "2", "3"),
    "third_party_premium": (0, 1),
    "fuel": ("petrol", "diesel", "gas", "electric"),
    "months": (0, 1, 2, 3),
}
"""Values of columns that have few."""
NUMBERS = ("inss", "employer")
"""Keys that are digits only."""
RANGES = {"co2": (0, 2_000), "headcount": (0, 1_000_000)}
"""Smallest and largest value of numbers."""
KEYS = {"workers": "inss", "employers": "employer", "vehicles": "plate"}


class Keyed:
    """A table looked up by its key: text of digits, or any text."""

    def __init__(self, table: pa.Table, key: str) -> None:
        """``ValueError`` when a key is missing or occurs twice (without saying which)."""
        self.table = table
        self._is_number = key in NUMBERS
        self._keys = self._comparable(table.column(key))
        self._order = np.argsort(self._keys, kind="stable")
        self._sorted = self._keys[self._order]
        if table.column(key).null_count or np.any(self._sorted[1:] == self._sorted[:-1]):
            raise ValueError(f"a {key} is missing or stands twice")

    def find(self, values: pa.ChunkedArray) -> Rows:
        """The row of each value, -1 where it is not in the table."""
        if not len(self._sorted) or not len(values):
            return np.full(len(values), -1)
        wanted = self._comparable(values)
        at = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        return np.where(self._sorted[at] == wanted, self._order[at], -1)

    def _comparable(self, values: pa.ChunkedArray) -> npt.NDArray[np.bytes_]:
        """Texts as bytes that numpy sorts and compares; numbers without leading zeros."""
        texts = values.combine_chunks().fill_null("")
        if self._is_number:
            texts = pc.utf8_ltrim(texts, characters="0")
        as_bytes = pc.cast(texts, pa.binary()).to_numpy(zero_copy_only=False)
        return np.asarray(as_bytes, dtype=np.bytes_)


@dataclass(frozen=True)
class Reference:
    """The reference tables of a run; an empty one knows nothing."""

    workers: pa.Table = field(default_factory=WORKERS.empty_table)
    employers: pa.Table = field(default_factory=EMPLOYERS.empty_table)
    vehicles: pa.Table = field(default_factory=VEHICLES.empty_table)

    @cached_property
    def fingerprint(self) -> str:
        """Changes with what the tables say, not with the order of their rows."""
        digest = hashlib.sha256()
        for name, key in KEYS.items():
            lines = BytesIO()
            csv.write_csv(getattr(self, name).sort_by(key), lines)
            digest.update(name.encode() + lines.getbuffer())
        return digest.hexdigest()[:16]

    @cached_property
    def by_inss(self) -> Keyed:
        return Keyed(self.workers, "inss")

    @cached_property
    def by_employer(self) -> Keyed:
        return Keyed(self.employers, "employer")

    @cached_property
    def by_plate(self) -> Keyed:
        return Keyed(self.vehicles, "plate")

    @cached_property
    def household(self) -> Rows:
        """By row of ``workers``: index into ``HOUSEHOLDS``, ``UNKNOWN`` without one."""
        column = self.workers.column("household")
        return _numbered(pc.index_in(column, value_set=pa.array(HOUSEHOLDS)))

    @cached_property
    def headcount(self) -> Rows:
        """By row of ``employers``."""
        return _numbered(self.employers.column("headcount"))

    @cached_property
    def structural_category(self) -> Rows:
        """By row of ``employers``: 1, 2 or 3."""
        return _numbered(pc.cast(self.employers.column("structural_category"), pa.int64()))

    @cached_property
    def third_party_premium(self) -> Rows:
        """By row of ``employers``: 1 or 0."""
        return _numbered(self.employers.column("third_party_premium"))


def _numbered(column: pa.ChunkedArray) -> Rows:
    return np.asarray(pc.fill_null(column, UNKNOWN), dtype=np.int64)


NOTHING = Reference()
