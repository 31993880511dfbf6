"""What is told to be read is what is read: looked on at while real declarations are computed."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from declared import CATALOGUE, outcome, shredded_outcomes
from dimona_forms import dimona_in, form
from dimona_forms import shredded as dimona_shredded

from schemas.core import CONTRIBUTION, RELATION
from schemas.dimona import IDFLUX
from schemas.dimona.declaration import DECLARATION
from schemas.dimona.register import LOG, PERIOD
from schemas.dmfa import DMFA
from schemas.impact.touched import Reader
from schemas.kinds import message_named
from schemas.quarter import Quarter
from transforms.check import CHECKS
from transforms.contribute import FAMILIES, contribute
from transforms.contribute.lines import declared_lines
from transforms.contribute.payroll import Payroll
from transforms.dimona.flat import messages
from transforms.rates.book import rate_book
from transforms.reads import derived, is_known, readers
from transforms.reads.dimona import form_columns
from transforms.reads.dmfa import line_columns, relation_columns
from transforms.reads.spy import Column, Notes, spied
from transforms.relate import relate
from transforms.shredded import Shredded
from transforms.synth.documents import documents
from transforms.synth.plan import Plan

DIMONA = message_named("dimona")
# Quarters whose families ask for different things: the year-end premium is of the fourth.
QUARTERS = (Quarter(2022, 2), Quarter(2022, 4), Quarter(2023, 1))


@pytest.fixture(scope="module")
def told() -> Mapping[tuple[str, str], Reader]:
    return {(reader.kind, reader.name): reader for reader in readers(DMFA)}


@pytest.fixture(scope="module")
def sample() -> Mapping[Quarter, Shredded]:
    """Declarations of synthetic employers, quarter by quarter."""
    return {quarter: _sample(quarter) for quarter in QUARTERS}


def _sample(quarter: Quarter) -> Shredded:
    texts = (b"".join(content) for _, content in documents(Plan(quarter, 12, seed=5, workers=12)))
    release = CATALOGUE.find(DMFA, quarter)
    assert release is not None
    return shredded_outcomes(*map(outcome, texts), release=release.quarter)


def short(reader: Reader) -> set[Column]:
    """What a reader reads, without the schema of the tables."""
    return {(table.partition(".")[2], column) for table, column in reader.columns}


@pytest.mark.parametrize("quarter", QUARTERS, ids=str)
def test_families_read_nothing_that_is_not_told(
    told: Mapping[tuple[str, str], Reader],
    sample: Mapping[Quarter, Shredded],
    quarter: Quarter,
) -> None:
    notes = Notes()
    shredded = spied(sample[quarter], notes)
    lines = declared_lines(shredded)
    read: set[Column] = set()
    for name, claims in FAMILIES:
        payroll = Payroll(shredded, lines, quarter, rate_book())
        notes.taken()
        list(claims(payroll))
        found = notes.taken()
        assert found <= short(told["contribution family", name]), name
        read |= found
    assert len(read) > 15


def test_all_of_a_computation_is_told(
    told: Mapping[tuple[str, str], Reader], sample: Mapping[Quarter, Shredded]
) -> None:
    every = {
        column
        for (kind, name), reader in told.items()
        if kind == "contribution family" or name == "contribute"
        for column in short(reader)
    }
    for quarter, declared in sample.items():
        notes = Notes()
        contribute(spied(declared, notes), quarter, rate_book())
        assert notes.taken() <= every


def test_checks_read_nothing_that_is_not_told(
    told: Mapping[tuple[str, str], Reader], sample: Mapping[Quarter, Shredded]
) -> None:
    for declared in sample.values():
        notes = Notes()
        shredded = spied(declared, notes)
        for check in CHECKS:
            check.find(shredded)
            assert notes.taken() <= short(told["check", check.code]), check.code


def test_families_are_told_what_they_are_about(told: Mapping[tuple[str, str], Reader]) -> None:
    cars = short(told["contribution family", "company_cars"])
    assert ("company_vehicle", "license_plate") in cars
    assert ("contribution_unrelated_to_np", "unrelated_worker_code") in cars
    assert ("remun", "remun_code") not in cars
    ordinary = short(told["contribution family", "ordinary"])
    assert {("remun", "remun_code"), ("worker_contribution", "contribution_amount")} <= ordinary
    total = told["control total", "remuneration cents"]
    assert total.columns == {("dmfa.remun", "remun_amount")}
    assert len({reader.name for reader in told.values()}) == len(told)


def test_what_a_table_is_made_of_is_what_its_maker_reads(
    sample: Mapping[Quarter, Shredded],
) -> None:
    notes = Notes()
    shredded = spied(sample[QUARTERS[-1]], notes)
    relate(shredded)
    assert notes.taken() == frozenset().union(*relation_columns().values())
    lines = declared_lines(shredded).table
    read = notes.taken()
    assert read == {
        column
        for columns in line_columns().values()
        for column in columns
        if column[1] in sample[QUARTERS[-1]].tables[column[0]].column_names
    }
    assert set(relation_columns()) <= set(RELATION.inside.names)
    assert set(line_columns()) == set(lines.column_names) - {"source_block", "sign"}


def test_a_column_of_a_relation_changes_with_what_it_is_made_of_alone(
    sample: Mapping[Quarter, Shredded],
) -> None:
    declared = sample[QUARTERS[-1]]
    before, tried = relate(declared), 0
    for table, column in sorted(frozenset().union(*relation_columns().values())):
        values = declared.column(table, column)
        if pa.types.is_string(values.type) or not len(values) or column == "line":
            continue
        after = relate(_with(declared, table, column, _more(values)))
        changed = {name for name in before.column_names if before[name] != after[name]}
        made = {name for name, of in relation_columns().items() if (table, column) in of}
        assert changed == made, (table, column)
        tried += 1
    assert tried > 10


def _more(values: pa.Array) -> pa.Array:
    if pa.types.is_date(values.type):
        days = pc.add(values.cast(pa.int32()), pa.scalar(1, pa.int32()))
        return days.cast(pa.date32())
    return pc.add(values.fill_null(0), 700)


def _with(declared: Shredded, table: str, column: str, values: pa.Array) -> Shredded:
    rows = declared.tables[table]
    place = rows.column_names.index(column)
    changed = rows.set_column(place, rows.schema.field(place), values)
    return Shredded(declared.layout, {**declared.tables, table: changed}, declared.parents)


def test_contributions_are_made_of_what_families_read() -> None:
    made = derived(DMFA)[CONTRIBUTION.full_name]
    assert ("dmfa.remun", "remun_amount") in made["computed_amount"]
    assert ("dmfa.remun", "remun_amount") not in made["declared_amount"]
    assert ("dmfa.student_contribution", "student_remun_amount") in made["declared_base"]


def test_forms_of_the_dimona_are_made_of_what_is_read() -> None:
    notes = Notes()
    messages(spied(dimona_shredded(form(dimona_in())), notes))
    assert notes.taken() == frozenset().union(*form_columns().values())
    assert set(DECLARATION.inside.names) - set(form_columns()) == {"action"}


def test_rules_read_the_zones_behind_the_columns_that_they_name() -> None:
    rules = {reader.name: reader for reader in readers(DIMONA) if reader.kind == "rule"}
    assert ("dimona.dimona_in", "starting_hour") in rules["00777-001"].columns
    assert ("dimona.dimona_features", "worker_type") in rules["00777-001"].columns
    # No rule of ours judges it, the schema does: whoever changes the zone changes that.
    assert ("dimona.dimona_in", "starting_hour") in rules["00777-003"].columns


def test_the_register_keeps_what_declarations_say() -> None:
    made = derived(DIMONA)
    start = ("dimona.dimona_in", "starting_date")
    assert start in made[LOG.full_name]["starting_date"]
    assert start in made[LOG.full_name]["after_starting_date"]
    assert start in made[PERIOD.full_name]["starting_date"]


def test_a_message_of_which_nothing_is_known_has_no_readers() -> None:
    assert not is_known(IDFLUX)
    assert readers(IDFLUX) == ()
    assert derived(IDFLUX) == {}


def test_a_question_that_would_not_be_noted_is_refused() -> None:
    table = pa.table({"a": np.arange(3)})
    notes = Notes()
    (spy,) = spied(Shredded((), {"t": table}, {}), notes).tables.values()
    assert spy.take(pa.array([0])).column("a").to_pylist() == [0]
    assert notes.taken() == {("t", "a")}
    with pytest.raises(AttributeError):
        spy.to_pylist()
