"""What reads the tables of the DmfA, and what is made of them."""

from collections.abc import Iterator, Mapping
from functools import cache

from schemas.catalogue import Catalogue
from schemas.core import CONTRIBUTION, PLACE, RELATION, RELATION_BY_PERSON, RELATION_KEY
from schemas.dmfa import DMFA
from schemas.impact.touched import Reader
from schemas.layout import Layout
from schemas.ops import MEASURES
from transforms.check import CHECKS
from transforms.contribute import FAMILIES, contribute
from transforms.contribute.lines import SOURCES, Source, declared_lines
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.rates.book import rate_book
from transforms.reads.spy import Column, Notes, spied
from transforms.reads.touchstone import QUARTER, touchstone
from transforms.relate import SUMS, relate
from transforms.shredded import Shredded

Derived = Mapping[str, Mapping[str, frozenset[Column]]]
"""By full name of a table and name of its column, the columns that it is made of."""

_RECORD = "worker_record"
_FEW = 60
_COMPUTED = ("computed_base", "computed_amount", "difference", "rate", "outcome", "anomaly")


@cache
def readers() -> tuple[Reader, ...]:
    """Checks, control totals, families and the stage that makes relations."""
    notes = Notes()
    shredded = spied(touchstone(_newest()), notes)
    checks = (*_checks(shredded, notes), *_totals())
    families = tuple(_families(shredded, notes))
    read = frozenset(
        (table.partition(".")[2], column) for family in families for table, column in family.columns
    )
    return (*checks, *families, *_stages(shredded, notes, read))


def _newest() -> Layout:
    """The tables of the newest release that kwartaal ships: what its programs are written for."""
    *_, newest = Catalogue().releases(DMFA).values()
    return newest.layout


def _checks(shredded: Shredded, notes: Notes) -> Iterator[Reader]:
    for check in CHECKS:
        notes.taken()
        check.find(shredded)
        shown = {(check.table, check.column)} if check.column else set()
        yield Reader("check", check.code, check.message, _full(notes.taken() | shown))


def _totals() -> Iterator[Reader]:
    """Control totals that sum a column, or count the rows of a table."""
    for measure in MEASURES:
        column = measure.column or "seq"
        columns = frozenset((table, column) for table in measure.tables)
        yield Reader("control total", measure.name, "counted in bytes and in tables", columns)


def _families(shredded: Shredded, notes: Notes) -> Iterator[Reader]:
    """Each family with a payroll of its own, so that nothing was read before; what it answers for
    is what the lines declare."""
    lines = declared_lines(shredded)
    for name, claims in FAMILIES:
        payroll = Payroll(shredded, lines, QUARTER, rate_book())
        notes.taken()
        answered = {
            int(source)
            for claim in claims(payroll)
            for source in lines.source[claim.line[claim.line >= 0]]
        }
        declared = {column for at in answered for column in _columns_of(SOURCES[at])}
        columns = _full(notes.taken() | declared)
        yield Reader("contribution family", name, family(name).title, columns)


def _stages(shredded: Shredded, notes: Notes, of_families: frozenset[Column]) -> Iterator[Reader]:
    """What makes the derived tables; of contributions, what is read beside the families."""
    notes.taken()
    relate(shredded)
    yield Reader("stage", "relate", RELATION.comment, _full(notes.taken()))
    declared_lines(shredded)
    own = notes.taken()
    # Few rows: how long a computation takes grows with the codes that its lines carry.
    contribute(spied(touchstone(shredded.layout, _FEW), notes), QUARTER, rate_book())
    own |= notes.taken() - of_families
    yield Reader("stage", "contribute", CONTRIBUTION.comment, _full(own))


def _columns_of(source: Source) -> Iterator[Column]:
    """The columns in which a block declares a line."""
    for column in (source.amount, source.code, source.type, source.base):
        if column is not None:
            yield source.table, column


def _full(columns: frozenset[Column]) -> frozenset[Column]:
    return frozenset((f"{DMFA.name}.{table}", column) for table, column in columns)


@cache
def derived() -> Derived:
    """Relations and contribution lines. What is computed is made of all that families read."""
    relation = {name: _full(columns) for name, columns in relation_columns().items()}
    lines = {name: _full(columns) for name, columns in line_columns().items()}
    read = (r.columns for r in readers() if r.kind == "contribution family")
    computed: frozenset[Column] = frozenset().union(*read)
    return {
        RELATION.full_name: relation,
        RELATION_BY_PERSON.full_name: relation,
        CONTRIBUTION.full_name: lines | dict.fromkeys(_COMPUTED, computed),
    }


def relation_columns() -> Mapping[str, frozenset[Column]]:
    """What each column of ``core.relation`` is made of (``transforms.relate``)."""
    occupation = "occupation"
    own = [column.name for column in (*RELATION_KEY, *PLACE)]
    return {
        **{name: frozenset([(_RECORD, name)]) for name in own},
        **{
            name: frozenset((table, column) for table, column, _ in parts)
            for name, parts in SUMS.items()
        },
        "first_date": frozenset([(occupation, "occupation_starting_date")]),
        "last_date": frozenset([(occupation, "occupation_ending_date")]),
        "joint_committees": frozenset([(occupation, "joint_commission_nbr")]),
    }


def line_columns() -> Mapping[str, frozenset[Column]]:
    """What the declared columns of ``core.contribution`` are made of (``contribute.lines``)."""
    own = [column.name for column in (*RELATION_KEY, *PLACE)]
    filled: dict[str, list[tuple[str, str | None]]] = {
        "code": [(source.table, source.code) for source in SOURCES],
        "type": [(source.table, source.type) for source in SOURCES],
        "declared_base": [(source.table, source.base) for source in SOURCES],
        "declared_amount": [(source.table, source.amount) for source in SOURCES],
        **{name: [(source.table, name) for source in SOURCES] for name in (*own, "seq")},
    }
    filled["employer_class"].append(("contribution_unrelated_to_np", "unrelated_employer_class"))
    return {
        name: frozenset((table, column) for table, column in columns if column is not None)
        for name, columns in filled.items()
    }
