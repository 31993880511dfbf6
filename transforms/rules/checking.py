"""Whether a set of rules fits together: everything that is named is there, and needed."""

import re
from collections.abc import Iterator, Mapping

from transforms.rules.conditions import columns_of
from transforms.rules.mechanisms import MECHANISMS, faulty, references
from transforms.rules.question import Limit, Listed, Others, PresenceTable
from transforms.rules.rule import Clause, Rule, RuleSet

_CODE = re.compile(r"[0-9]{5}-[0-9]{3}")
_LEVEL = {"zone": "0", "block": "9"}

Fault = tuple[str, str]
"""Where something is wrong, and what."""


def check(rules: RuleSet) -> Iterator[Fault]:
    """Everything that is wrong with a set of rules."""
    for rule in rules.rules.values():
        if not _CODE.fullmatch(rule.code):
            yield rule.code, "is no official code"
        if not rule.table:
            yield rule.code, "names no table"
        names = [clause.name for clause in rule.clauses]
        if len(names) != len(set(names)) or (len(names) > 1 and None in names):
            yield rule.code, "of several clauses each has a name of its own"
        for clause in rule.clauses:
            where = f"{rule.code} {clause.name}" if clause.name else rule.code
            for wrong in _wrong(rules, rule, clause):
                yield where, wrong


def _wrong(rules: RuleSet, rule: Rule, clause: Clause) -> Iterator[str]:
    if clause.source not in rules.sources:
        yield f"source {clause.source!r} is not described"
    unknown = set(clause.needs) - set(rules.datasets)
    if unknown or not clause.needs:
        yield f"needs one or more of {', '.join(rules.datasets)}"
        return
    if not clause.runs:
        return
    if clause.mechanism not in MECHANISMS:
        yield f"mechanism {clause.mechanism!r} is none of {', '.join(MECHANISMS)}"
        return
    fault = faulty(clause.mechanism, clause.parameters)
    if fault:
        yield fault
        return
    yield from _references(rules, rule, clause)


def _references(rules: RuleSet, rule: Rule, clause: Clause) -> Iterator[str]:
    """Names that lead nowhere, and needs that nothing needs."""
    named = references(clause.mechanism, clause.parameters)
    for kind, there in (
        (Listed, rules.lists),
        (PresenceTable, rules.presence),
        (Limit, rules.limits),
        (Others, rules.datasets),
    ):
        unknown = sorted(named.names[kind] - set(there))
        if unknown:
            yield f"{', '.join(unknown)} is not there"
            return
    others = named.names[Others]
    uses = used(rules, rule, clause)
    for name in clause.needs:
        lost = sorted(named.shared - uses[name]) if name in others else []
        if lost:
            yield f"{name} has no {', '.join(lost)}"
        elif not uses[name]:
            yield f"nothing of {name} is used"
    nowhere = _own(rules, rule, clause).difference(
        *(used for name, used in uses.items() if name not in others)
    )
    if nowhere:
        yield f"no data that it needs has {', '.join(sorted(nowhere))}"
    if not others <= set(clause.needs):
        yield f"{', '.join(others)} is used and not needed"


def used(rules: RuleSet, rule: Rule, clause: Clause) -> Mapping[str, frozenset[str]]:
    """The columns that a clause uses of each data set that it needs."""
    if not clause.runs:
        return {}
    named = references(clause.mechanism, clause.parameters)
    own = _own(rules, rule, clause)
    found = {}
    for name in clause.needs:
        columns = {column.name for column in rules.datasets[name].table.columns}
        found[name] = frozenset(columns & (named.shared if name in named.names[Others] else own))
    return found


def _own(rules: RuleSet, rule: Rule, clause: Clause) -> set[str]:
    """The columns that a clause uses of the judged rows."""
    named = references(clause.mechanism, clause.parameters)
    own = set(named.columns) | columns_of(clause.when)
    own |= {clause.column} if clause.column else set()
    own |= {rules.scope} if rule.actions and rules.scope else set()
    for name in named.names[PresenceTable]:
        table = rules.presence[name]
        own |= {table.column}.union(*(columns_of(condition) for condition, _ in table.rows))
    return own
