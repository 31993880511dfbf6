"""Units of zones: what a number on the wire counts, and how it is kept.

The wire carries whole numbers only. Inside (Arrow tables between stages) they stay whole
numbers, so that arithmetic is exact; at rest (Parquet, DuckDB) they are exact decimals in the
unit a person thinks in. Identifiers and codes are text everywhere: their zeros carry meaning.
Which zone has which unit is in the ``zones.yaml`` files; a zone without a known unit is kept as
the text of the wire, and says so in its column comment.
"""

from dataclasses import dataclass

import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Unit:
    """``wire``: what one on the wire means; ``shown``: what one at rest means."""

    wire: str
    shown: str
    inside: pa.DataType
    rest: pa.DataType


def _text(wire: str, shown: str | None = None) -> Unit:
    return Unit(wire, shown or wire, pa.string(), pa.string())


def _scaled(wire: str, shown: str, scale: int) -> Unit:
    return Unit(wire, shown, pa.int64(), pa.decimal128(18, scale))


def _whole(wire: str) -> Unit:
    return Unit(wire, wire, pa.int64(), pa.int64())


UNKNOWN = _text("unknown unit", "unknown unit, text as on the wire")

UNITS: dict[str, Unit] = {
    unit.wire: unit
    for unit in (
        _text("identifier"),
        _text("code"),
        _text("text"),
        _text("quarter"),
        _text("year-month"),
        _text("time"),
        _text("percent text"),
        _scaled("cents", "euro", 2),
        _scaled("thousandths of a euro", "euro", 3),
        _scaled("hundredths of an hour", "hours", 2),
        _scaled("hundredths of a day", "days", 2),
        _scaled("hundredths of a percent", "percent", 2),
        _scaled("hundredths of a month", "months", 2),
        _scaled("hundredths (hours or services)", "hours or services", 2),
        _whole("sequence"),
        _whole("count"),
        _whole("months"),
        _whole("whole days"),
        _whole("whole hours"),
        _whole("minutes"),
        Unit("date", "date", pa.date32(), pa.date32()),
    )
}
