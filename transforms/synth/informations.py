"""Seldom zones of block 90313, OccupationInformations."""

from transforms.synth.desk import Desk
from transforms.synth.terms import Terms

_CONSTRUCTION = "124"
_HOURS_A_MONTH = 165
_ZONES = (
    "horeca_extra",
    "posted",
    "hour_remun",
    "illness_pay",
    "pension_exempt",
    "career",
    "service_exemption",
    "mobility",
    "training",
    "regional",
)
"""The leaves of the block, in its order, by the name under which they are drawn."""


def informations(desk: Desk, terms: Terms, exempt: bool) -> str:
    """One or no block; ``exempt``: the worker is exempt from work (zone 00826 is 2)."""
    values: dict[str, int | str] = {}
    if exempt:
        values["service_exemption"] = "2"
    elif terms.kind == "casual":
        values["horeca_extra"] = "E"
    elif terms.committee == _CONSTRUCTION and terms.manual:
        values["hour_remun"] = terms.wage * 10 // _HOURS_A_MONTH
    elif desk.hit("informations"):
        name = desk.pick("informations")
        values[name] = _value(desk, terms, name)
    if not values:
        return ""
    return desk.blocks.informations(tuple(values.get(zone) for zone in _ZONES))


def _value(desk: Desk, terms: Terms, name: str) -> int | str:
    match name:
        case "hour_remun":
            return terms.wage * 10 // _HOURS_A_MONTH
        case "illness_pay":
            return desk.within("illness_pay")
        case "mobility":
            return desk.within("mobility")
        case "training":
            return desk.within("training")
        case "regional":
            return "B"
        case "posted":
            return str(desk.between(1, 3))
        case _:
            return 1
