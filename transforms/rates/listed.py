"""The rate book as rows of ``core.parameter``: what every number of a computation was."""

import pyarrow as pa

from schemas.core import PARAMETER
from schemas.tables import from_rows
from transforms.rates.book import RateBook
from transforms.rates.values import Parameter, Value

_SCALE = 8
"""Decimals that the column ``value`` keeps."""


def listed(book: RateBook, rates: str) -> pa.Table:
    """Rows of ``core.parameter`` (inside types), one a dated value; ``rates``: as in ``ops.run``.

    ``ValueError`` for a value with more decimals than the table keeps.
    """
    rows = [
        _row(parameter, value) | {"rates": rates}
        for parameter in book.parameters.values()
        for value in parameter.values
    ]
    return from_rows(PARAMETER, rows)


def _row(parameter: Parameter, value: Value) -> dict[str, object]:
    return {
        "parameter": parameter.name,
        "topic": parameter.topic,
        "title": parameter.title,
        "valid_from": value.first,
        "valid_until": value.last,
        "value": _scaled(parameter, value),
        "unit": parameter.unit,
        "confidence": value.confidence.name,
        "reference": value.reference,
    }


def _scaled(parameter: Parameter, value: Value) -> int:
    scaled = value.value.scaleb(_SCALE)
    if scaled != int(scaled):
        raise ValueError(f"{parameter.name}: {value.value} has more than {_SCALE} decimals")
    return int(scaled)
