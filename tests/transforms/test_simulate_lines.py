"""Two rate books over the same forms: lines side by side, groups, and what is kept of them."""

import json
import random
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from computed import supposing
from declared import (
    INSS,
    NSSO,
    Q1_2023,
    compensation,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    shredded,
    student,
    unrelated,
)

from schemas.layout import BlockTable
from schemas.simulation import LINES
from transforms.contribute import contribute
from transforms.rates.book import RateBook, rate_book
from transforms.relate import relate
from transforms.shredded import Rows, Shredded
from transforms.simulate import lines_of, simulate
from transforms.simulate.beside import NOT_DUE, beside
from transforms.simulate.replay import formulas_of, replayed, spread
from transforms.unshred import unshredded

Row = dict[str, Any]
FIRST, LAST = Q1_2023.first_day, Q1_2023.last_day


def book_with(last: date = LAST, **values: str) -> RateBook:
    return supposing(FIRST, last, **values)


def gross_of(tables: Shredded) -> Rows:
    """Gross pay of the relation of each record; every relation is in one declaration here."""
    relations = relate(tables).to_pylist()
    keys = ("employer", "inss", "employer_class", "worker_code")
    pay = {tuple(r[k] for k in keys): r["gross_remuneration"] for r in relations}
    records = tables.tables["worker_record"].select(keys).to_pylist()
    return np.array([pay[tuple(r[k] for k in keys)] for r in records], dtype=np.int64)


def simulated(variant: RateBook, *forms: str) -> pa.Table:
    tables = shredded(document(*forms))
    lines = simulate(tables, Q1_2023, rate_book(), variant, gross_of(tables))
    assert lines.schema == LINES.inside
    return lines


def worker(pay: int = 600_000, *more: str, inss: str = INSS[0], committee: str = "200") -> str:
    """A white-collar worker with her ordinary line and a structural reduction."""
    worked = occupation(
        service(6500), remun(pay), deduction(100, "OccupationDeduction"), committee=committee
    )
    return person(record(worked, contribution(pay * 381 // 1000, pay), *more), inss=inss)


# --- lines side by side --------------------------------------------------------------------------


def test_a_book_that_changes_nothing_changes_no_line() -> None:
    lines = simulated(book_with(student_employer="0.5"), form(worker(), unrelated(5), net=1))
    assert lines.column("computed").to_pylist().count("both") == 2
    for row in lines.to_pylist():
        for name in ("amount", "inputs", "reason", "confidence"):
            assert row[f"base_{name}"] == row[f"variant_{name}"], name
    assert set(lines.column("change").to_pylist()) == {0, None}


def test_a_higher_rate_adds_and_a_higher_reduction_lowers() -> None:
    higher = book_with(personal_contribution="0.14", structural_alpha_category_1="0.20")
    ordinary, reduction = simulated(higher, form(worker())).to_pylist()
    assert (ordinary["family"], ordinary["sign"]) == ("ordinary", 1)
    assert ordinary["base_amount"] == 228_600
    assert ordinary["change"] == ordinary["variant_amount"] - ordinary["base_amount"] == 5_580
    assert (reduction["family"], reduction["sign"]) == ("structural_reduction", -1)
    assert reduction["variant_amount"] > reduction["base_amount"] > 0
    assert reduction["change"] == reduction["base_amount"] - reduction["variant_amount"] < 0


def test_a_value_for_half_the_quarter_is_computed_in_one_run_only() -> None:
    until_february = book_with(last=date(2023, 2, 28), personal_contribution="0.14")
    ordinary = simulated(until_february, form(worker())).to_pylist()[0]
    assert (ordinary["computed"], ordinary["change"]) == ("base only", None)
    assert ordinary["base_amount"] == 228_600
    assert (ordinary["variant_amount"], ordinary["base_reason"]) == (None, None)
    assert "personal_contribution" in ordinary["variant_reason"]


def undeclared(*pays: int) -> str:
    """The same person with several records of the same kind, none with its line."""
    records = [record(occupation(remun(pay))) for pay in pays]
    return form(person(*records))


def test_lines_that_are_due_but_not_declared_are_paired_in_their_order() -> None:
    lines = simulated(book_with(personal_contribution="0.14"), undeclared(1000, 2000, 3000))
    assert lines.column("base_amount").to_pylist() == [381, 762, 1143]
    assert lines.column("variant_amount").to_pylist() == [390, 781, 1171]
    assert lines.column("seq").null_count == 3


def test_a_line_that_only_one_book_finds_due_is_said_to_be_so() -> None:
    until_february = book_with(last=date(2023, 2, 28), personal_contribution="0.14")
    tables = shredded(document(undeclared(1000), form(worker(2000), nsso="112367420")))
    one, other = (contribute(tables, Q1_2023, book) for book in (rate_book(), until_february))
    (gone,) = (r for r in beside(one, other).to_pylist() if r["seq"] is None)
    assert (gone["computed"], gone["base_amount"]) == ("base only", 381)
    assert (gone["variant_amount"], gone["variant_reason"]) == (None, NOT_DUE)
    (come,) = (r for r in beside(other, one).to_pylist() if r["seq"] is None)
    assert (come["computed"], come["variant_amount"]) == ("variant only", 381)
    assert (come["inss"], come["code"], come["family"]) == (INSS[0], "495", "ordinary")


def test_runs_over_other_forms_are_refused() -> None:
    runs = [
        contribute(shredded(document(one)), Q1_2023, rate_book())
        for one in (form(worker()), form(person(record(occupation()))))
    ]
    with pytest.raises(ValueError, match="same forms"):
        beside(*runs)


def test_the_lines_of_one_person_at_one_employer() -> None:
    two = worker(), worker(700_000, inss=INSS[1])
    lines = simulated(
        book_with(structural_alpha_category_1="0.20"), form(*two), form(worker(), nsso="112367420")
    )
    assert lines.num_rows == 6
    assert lines_of(lines, NSSO).num_rows == 4
    mine = lines_of(lines, NSSO, INSS[1]).to_pylist()
    assert [row["declared_amount"] for row in mine] == [266_700, 100]


# --- groups --------------------------------------------------------------------------------------


def test_every_line_of_a_record_is_of_the_sector_of_its_first_occupation() -> None:
    two = occupation(remun(1), committee="140.03"), occupation(remun(2), number=2, committee="200")
    records = record(*two, deduction(5)), record(student(1000, 81, hours=10), code="840")
    lines = simulated(rate_book(), form(person(*records), unrelated(5), compensation(3)))
    found = {(r["source_block"], r["sector"]) for r in lines.to_pylist()}
    assert found == {
        ("worker_contribution", "140"),  # due, not declared
        ("worker_deduction", "140"),
        ("student_contribution", "none"),
        ("contribution_unrelated_to_np", "none"),
        ("employer_compensation", "none"),
    }


@pytest.mark.parametrize(
    ("persons", "size"), [(1, "1-4"), (4, "1-4"), (5, "5-9"), (9, "5-9"), (10, "10-19")]
)
def test_the_size_is_that_of_the_declaration(persons: int, size: str) -> None:
    many = [worker(inss=f"{n:011}") for n in range(persons)]
    lines = simulated(rate_book(), form(*many, unrelated(5)), form(worker(), nsso="112367420"))
    by_employer = {r["employer"]: r["employer_size"] for r in lines.to_pylist()}
    assert by_employer == {NSSO: size, "112367420": "1-4"}


def test_the_band_is_that_of_the_relation_and_its_bound_belongs_above() -> None:
    two = record(occupation(remun(100_000)), contribution(1, 1)), record(occupation(remun(49_999)))
    low = simulated(rate_book(), form(person(*two), unrelated(5)))
    by_person = {(r["inss"], r["wage_band"]) for r in low.to_pylist()}
    assert by_person == {(INSS[0], "0-1499"), (None, "none")}
    assert {r["wage_band"] for r in simulated(rate_book(), undeclared(150_000)).to_pylist()} == {
        "1500-2999"
    }


# --- derivations ---------------------------------------------------------------------------------


def test_both_amounts_replay_from_what_lines_keep() -> None:
    variant = book_with(personal_contribution="0.14", structural_alpha_category_1="0.20")
    lines = simulated(variant, form(worker(), worker(333_333, inss=INSS[1])))
    formulas = formulas_of(lines, rate_book(), variant)
    assert formulas.num_rows == 4
    found = replayed(lines, formulas, spread(lines.num_rows, 100))
    assert (found.amounts, found.wrong) == (8, 0)
    at = lines.schema.get_field_index("variant_amount")
    forged = lines.set_column(at, "variant_amount", pa.array([1, *([2] * 3)]))
    assert replayed(forged, formulas, spread(4, 4)).wrong == 4
    assert replayed(forged, formulas, spread(4, 1)).amounts == 2


def test_a_rule_that_both_books_share_is_written_once() -> None:
    variant = book_with(structural_alpha_category_1="0.20")
    formulas = formulas_of(simulated(variant, form(worker())), rate_book(), variant)
    names = [name.split("/")[0] for name in formulas.column("formula").to_pylist()]
    assert sorted(names) == ["ordinary", "structural_reduction", "structural_reduction"]
    alphas = {
        Decimal(value)
        for row in formulas.to_pylist()
        for value in _values(row["definition"], "structural_alpha_category_1")
    }
    assert alphas == {Decimal("0.14"), Decimal("0.2")}


def _values(definition: str, parameter: str) -> list[str]:
    given: Mapping[str, Any] = json.loads(definition)["parameters"]
    return [one["value"] for one in given.values() if one["parameter"] == parameter]


def test_rows_to_replay_are_spread_from_first_to_last() -> None:
    assert spread(5, 100).tolist() == [0, 1, 2, 3, 4]
    assert spread(101, 3).tolist() == [0, 50, 100]
    assert spread(0, 3).tolist() == []


# --- what was kept -------------------------------------------------------------------------------


def random_forms(rng: random.Random) -> list[str]:
    """Declarations of some employers, with blocks that others do not have."""
    return [random_form(rng, f"1123673{n:02}") for n in range(rng.randint(1, 4))]


def random_form(rng: random.Random, nsso: str) -> str:
    people = [
        person(*(random_record(rng) for _ in range(rng.randint(1, 3))), inss=rng.choice(INSS))
        for _ in range(rng.randint(0, 3))
    ]
    more = [unrelated(5), compensation(3)][: rng.randint(0 if people else 1, 2)]
    return form(*people, *more, nsso=nsso)


def random_record(rng: random.Random) -> str:
    worked = [
        occupation(
            *(service(100) for _ in range(rng.randint(0, 2))),
            *(remun(rng.randrange(10**6)) for _ in range(rng.randint(0, 3))),
            *(deduction(7, "OccupationDeduction") for _ in range(rng.randint(0, 1))),
            number=n,
        )
        for n in range(1, rng.randint(2, 4))
    ]
    return record(*worked, *(contribution(5, 10) for _ in range(rng.randint(0, 2))))


def kept(tables: Shredded) -> Shredded:
    """As read back from rows that lie somewhere."""
    places = tables.tables["form"].select(["file_id", "form_no"]).to_pylist()

    def read(block: BlockTable) -> tuple[pa.Table, Rows]:
        table = tables.tables[block.table.name]
        own = table.select(["file_id", "form_no"]).to_pylist()
        return table, np.array([places.index(place) for place in own], dtype=np.int64)

    return unshredded(tables.layout, read)


@pytest.mark.parametrize("seed", range(10))
def test_what_was_kept_is_what_was_shredded(seed: int) -> None:
    rng = random.Random(f"unshred {seed}")
    tables = shredded(document(*random_forms(rng)), document(*random_forms(rng)))
    again = kept(tables)
    for name in tables.tables:
        assert again.tables[name] == tables.tables[name]
        assert again.parents[name].tolist() == tables.parents[name].tolist(), name
    assert contribute(again, Q1_2023, rate_book()) == contribute(tables, Q1_2023, rate_book())


def test_only_what_is_looked_at_is_read() -> None:
    tables = shredded(document(form(worker())))
    read: list[str] = []

    def reading(block: BlockTable) -> tuple[pa.Table, Rows]:
        read.append(block.table.name)
        table = tables.tables[block.table.name]
        return table, np.zeros(table.num_rows, dtype=np.int64)

    again = unshredded(tables.layout, reading)
    assert again.owners("remun", "worker_record").tolist() == [0]
    assert sorted(read) == ["occupation", "remun", "worker_record"]
    assert (again.has("remun", "remun_amount"), again.has("no_such_table")) == (True, False)


def test_a_row_that_stands_nowhere_is_refused() -> None:
    tables = shredded(document(form(worker())))

    def without_records(block: BlockTable) -> tuple[pa.Table, Rows]:
        name = block.table.name
        table = tables.tables[name].slice(0, 0 if name == "worker_record" else None)
        return table, np.zeros(table.num_rows, dtype=np.int64)

    with pytest.raises(ValueError, match=r"dmfa\.occupation stands in a block"):
        unshredded(tables.layout, without_records).owners("occupation", "worker_record")
