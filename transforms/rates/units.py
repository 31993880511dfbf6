"""The units of parameters, and which numbers each allows."""

import re
from decimal import Decimal

UNITS = (
    "fraction",
    "fraction/year",
    "factor",
    "index",
    "EUR",
    "EUR/hour",
    "EUR/month",
    "EUR/quarter",
    "EUR/year",
    "EUR per g/km",
    "g/km",
    "days/year",
    "hours/year",
    "quarters",
    "workers",
    "years",
)

_PLAIN = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)


def number(text: str, unit: str) -> Decimal:
    """The number in plain decimal notation; ``ValueError`` says why the unit refuses it."""
    if not _PLAIN.fullmatch(text):
        raise ValueError(f"{text!r} is not a number in plain notation")
    value = Decimal(text)
    demand = _demand(value, unit)
    if demand:
        raise ValueError(f"{text} is not {demand}, as {unit} asks")
    return value


def _demand(value: Decimal, unit: str) -> str | None:
    """What the unit asks of a number and this one is not."""
    decimals = len(format(value, "f").partition(".")[2])
    if unit.startswith("fraction"):
        return None if 0 <= value <= 1 and decimals <= 8 else "within 0 and 1, 8 decimals at most"
    if unit in ("factor", "index"):
        return None if value > 0 else "above 0"
    if unit.startswith("EUR"):
        return None if value >= 0 and decimals <= 2 else "an amount of whole cents"
    return None if value >= 0 and decimals == 0 else "a whole number"
