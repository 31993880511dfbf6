"""What reads the block tables of the Dimona, and what is made of them.

Forms become one table (``transforms.dimona.flat``) whose columns rules name; periods and daily
registrations keep what the columns of the same names said.
"""

from collections.abc import Iterator, Mapping
from functools import cache

from schemas.dimona import DIMONA
from schemas.dimona.declaration import DECLARATION
from schemas.dimona.register import LOG, MUTABLE, PERIOD, REGISTRATION
from schemas.impact.touched import Reader
from transforms.dimona.anomalies import dimona_rules
from transforms.dimona.flat import FLAGS, HEAD, IDENTITY, PLACES, REFERENCES
from transforms.reads.dmfa import Derived
from transforms.reads.spy import Column
from transforms.rules.rule import SCHEMA, Clause, Rule

_FLAT = DECLARATION.name
_EMPLOYER = ("noss", "provisional_noss", "company")
_BESIDE = {"period": ("after_",)}
"""Data beside a declaration whose columns hold, behind a prefix, what declarations said."""


@cache
def readers() -> tuple[Reader, ...]:
    """The stage that makes the one table of forms, and every rule that reads it."""
    made = form_columns()
    every = frozenset(column for columns in made.values() for column in columns)
    stage = Reader("stage", "messages", DECLARATION.comment, _full(every))
    return (stage, *(_rule(rule, made) for rule in dimona_rules().rules.values()))


def _rule(rule: Rule, made: Mapping[str, frozenset[Column]]) -> Reader:
    named = {name for clause in rule.clauses for name in _named(rule, clause)}
    columns = frozenset(column for name in named for column in made.get(name, ()))
    return Reader("rule", rule.code, rule.texts["en"], _full(columns))


def _named(rule: Rule, clause: Clause) -> Iterator[str]:
    """Columns of the table of forms that a clause reads; of one that the schema judges, those of
    the zone that the code is about."""
    if clause.mechanism == SCHEMA:
        zone = rule.code.partition("-")[0]
        yield from (column.name for column in DECLARATION.columns if column.zone == zone)
    yield from clause.uses.get(_FLAT, ())
    for name, prefixes in _BESIDE.items():
        for column in clause.uses.get(name, ()):
            for prefix in prefixes:
                if column.startswith(prefix):
                    yield column.removeprefix(prefix)


def _full(columns: frozenset[Column]) -> frozenset[Column]:
    return frozenset((f"{DIMONA.name}.{table}", column) for table, column in columns)


def form_columns() -> Mapping[str, frozenset[Column]]:
    """What each column of a form is made of; flags and actions say only that a block stands
    there."""
    reference = frozenset((("reference", "reference_type"), ("reference", "reference_nbr")))
    made = {
        **{name: frozenset(places) for name, places in PLACES.items()},
        **{name: frozenset([("natural_person", name)]) for name in IDENTITY},
        **{name: frozenset([("form", name)]) for name in HEAD},
        **dict.fromkeys(REFERENCES.values(), reference),
        "reference_repeated": frozenset([("reference", "reference_type")]),
        **dict.fromkeys(FLAGS, frozenset()),
    }
    return made | {"employer": frozenset().union(*(made[name] for name in _EMPLOYER))}


@cache
def derived() -> Derived:
    """The log of declarations, periods and daily registrations."""
    made = {name: _full(columns) for name, columns in form_columns().items()}
    log = made | {f"{when}_{name}": made[name] for when in ("before", "after") for name in MUTABLE}
    log |= {"filed_employer": made["employer"], "filed_inss": made["inss"]}
    period = {c.name: made[c.name] for c in PERIOD.columns if c.name in made}
    registration = {c.name: made[c.name] for c in REGISTRATION.columns if c.name in made}
    return {
        LOG.full_name: log,
        PERIOD.full_name: period,
        REGISTRATION.full_name: registration,
    }
