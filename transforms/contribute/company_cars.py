"""Solidarity contribution on company cars, code 862 not tied to a person (``company_cars.yaml``).

The declaration has the plates and one amount. Fuel, emission, order date and months come from the
reference table of vehicles; one missing plate leaves the amount open.
"""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pyarrow.compute as pc

from transforms.contribute.claim import Claim, Doubts, unknown
from transforms.contribute.payroll import Payroll
from transforms.contribute.rules import family
from transforms.exact import Truth
from transforms.formula import Column
from transforms.rates.book import NoRate
from transforms.shredded import Rows

NAME = "company_cars"
CODE = "862"
NO_PLATES = "no vehicle is declared"
NO_FACTS = "a vehicle, its fuel, order date or months are not known (reference table of vehicles)"
SEVERAL = "several amounts of this code: which car belongs to which was not found"
_RECENT = date(2023, 7, 1)


def company_cars(payroll: Payroll) -> Iterator[Claim]:
    """The line of each declaration, with its cars as items."""
    lines = payroll.lines.of("contribution_unrelated_to_np", [CODE])
    nobody = np.full(len(lines), -1)
    if not len(lines):
        return
    try:
        formula = family(NAME).apply("car", payroll.quarter, payroll.book)
    except NoRate as missing:
        yield unknown(NAME, lines, nobody, str(missing))
        return
    entry_of_car, fact_of_car = _cars(payroll, lines)
    doubts = Doubts.none(len(lines))
    doubts.add(_several(payroll, lines), SEVERAL)
    doubts.add(np.bincount(entry_of_car, minlength=len(lines)) == 0, NO_PLATES)
    unfound = np.bincount(entry_of_car[fact_of_car < 0], minlength=len(lines)) > 0
    doubts.add(unfound, NO_FACTS)
    known = fact_of_car >= 0
    inputs = {name: values[fact_of_car[known]] for name, values in _facts(payroll).items()}
    yield Claim(NAME, lines, nobody, doubts, formula, inputs, owner=entry_of_car[known])


def _declaration_of(payroll: Payroll, lines: Rows) -> Rows:
    every = payroll.lines.of("contribution_unrelated_to_np")
    owners = payroll.shredded.owners("contribution_unrelated_to_np", "employer_declaration")
    return owners[np.searchsorted(every, lines)]


def _several(payroll: Payroll, lines: Rows) -> Truth:
    """Lines that are not alone in their declaration."""
    declaration = _declaration_of(payroll, lines)
    return np.bincount(declaration)[declaration] > 1


def _cars(payroll: Payroll, lines: Rows) -> tuple[Rows, Rows]:
    """The line of each declared car and its row in the reference table, -1 when not there."""
    owner = payroll.shredded.owners("company_vehicle", "employer_declaration")
    declarations = payroll.shredded.tables["employer_declaration"].num_rows
    entry = np.full(declarations, -1)
    entry[_declaration_of(payroll, lines)] = np.arange(len(lines))
    plates = payroll.shredded.tables["company_vehicle"].column("license_plate")
    fact = payroll.reference.by_plate.find(plates)
    fact[~_complete(payroll)[fact]] = -1
    with_line = entry[owner] >= 0
    return entry[owner][with_line], fact[with_line]


def _complete(payroll: Payroll) -> Truth:
    """Rows of the reference table with all that the quarter asks for; the last entry is no row."""
    table = payroll.reference.vehicles
    known = pc.and_(pc.is_valid(table.column("fuel")), pc.is_valid(table.column("months")))
    if payroll.quarter.last_day >= _RECENT:
        known = pc.and_(known, pc.is_valid(table.column("ordered")))
    return np.append(np.asarray(known, dtype=np.bool_), False)


def _facts(payroll: Payroll) -> dict[str, Column]:
    """The inputs of the formula, by row of the reference table."""
    table = payroll.reference.vehicles
    fuel, grams = pc.fill_null(table.column("fuel"), ""), table.column("co2")
    recent = pc.fill_null(pc.greater_equal(table.column("ordered"), _RECENT), False)
    columns = {
        "grams": pc.fill_null(grams, 0),
        "unknown": pc.is_null(grams),
        "diesel": pc.equal(fuel, "diesel"),
        "gas": pc.equal(fuel, "gas"),
        "electric": pc.equal(fuel, "electric"),
        "recent": recent,
        "months": pc.fill_null(table.column("months"), 0),
    }
    return {name: np.asarray(values).astype(np.int64) for name, values in columns.items()}
