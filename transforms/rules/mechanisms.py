"""The ways in which something can be wrong, and what their parameters refer to."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, get_type_hints

from transforms.rules import dates, groups, quota, values
from transforms.rules.columns import Mask
from transforms.rules.question import (
    Answer,
    Column,
    Itself,
    Limit,
    Listed,
    Others,
    PresenceTable,
    Shared,
)

Judging = Callable[..., Mask | Answer]

MECHANISMS: Mapping[str, Judging] = {
    "where": values.where,
    "presence": values.presence,
    "incomplete": values.incomplete,
    "not_listed": values.not_listed,
    "not_in_force": values.not_in_force,
    "malformed": values.malformed,
    "wrong_digits": values.wrong_digits,
    "out_of_bounds": values.out_of_bounds,
    "equal": values.equal,
    "differs": values.differs,
    "unchanged": values.unchanged,
    "not_a_day": dates.not_a_day,
    "out_of_order": dates.out_of_order,
    "days_apart": dates.days_apart,
    "years_apart": dates.years_apart,
    "too_long": dates.too_long,
    "other_quarter": dates.other_quarter,
    "outside": dates.outside,
    "repeated": groups.repeated,
    "known_already": groups.known_already,
    "overlap": groups.overlap,
    "too_many_days_running": groups.too_many_days_running,
    "over_limit": quota.over_limit,
}
"""By the name that rule files use."""


@dataclass(frozen=True, slots=True)
class References:
    """What parameters of a clause name: columns of the rows and of the other table, and names of
    lists, tables of presence, limits and other tables."""

    columns: frozenset[str]
    shared: frozenset[str]
    names: Mapping[Any, frozenset[str]]


def faulty(mechanism: str, parameters: Mapping[str, object]) -> str | None:
    """What is wrong with the parameters of a clause, None when nothing is."""
    signature = inspect.signature(MECHANISMS[mechanism])
    taken = [p for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]
    unknown = set(parameters) - {p.name for p in taken}
    if unknown:
        return f"{mechanism} has no parameter {', '.join(sorted(unknown))}"
    missing = [p.name for p in taken if p.default is p.empty and p.name not in parameters]
    return f"{mechanism} needs {', '.join(missing)}" if missing else None


def references(mechanism: str, parameters: Mapping[str, Any]) -> References:
    """What the parameters of a clause refer to, by the types that the mechanism gives them."""
    found: dict[Any, set[str]] = {kind: set() for kind in _KINDS}
    for name, kinds in _typed(mechanism).items():
        for kind in kinds:
            found[kind] |= _flat(parameters.get(name))
    prefix = parameters.get("prefix", "")
    columns = found[Column] | found[Itself] | {prefix + name for name in found[Shared]}
    shared = found[Shared] | found[Itself]
    names = {kind: frozenset(found[kind]) for kind in (Listed, PresenceTable, Limit, Others)}
    return References(frozenset(columns), frozenset(shared), names)


_KINDS: tuple[Any, ...] = (Column, Shared, Itself, Listed, PresenceTable, Limit, Others)


@cache
def _typed(mechanism: str) -> Mapping[str, tuple[Any, ...]]:
    """What each parameter of a mechanism names."""
    hints = get_type_hints(MECHANISMS[mechanism])
    return {
        name: tuple(kind for kind in _KINDS if kind.__name__ in _names(hint))
        for name, hint in hints.items()
    }


def _names(hint: Any) -> set[str]:
    """Names of the types that an annotation is made of."""
    inner = {name for part in getattr(hint, "__args__", ()) for name in _names(part)}
    return inner | {getattr(hint, "__name__", "")}


def _flat(said: Any) -> set[str]:
    if said is None:
        return set()
    if isinstance(said, Mapping):
        return {str(part) for pair in said.items() for part in pair}
    return set(map(str, said)) if isinstance(said, list | tuple) else {str(said)}
