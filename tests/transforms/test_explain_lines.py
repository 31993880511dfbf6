"""Why an amount is what it is: trees of small declarations, and what is written of them."""

import json
from dataclasses import replace
from fractions import Fraction

import pyarrow as pa
from declared import (
    Q1_2023,
    contribution,
    deduction,
    document,
    form,
    occupation,
    person,
    record,
    remun,
    service,
    student,
    unrelated,
    vehicle,
)
from evidenced import explained, inputs_named, surroundings

from transforms.contribute import FAMILIES
from transforms.contribute.rules import family
from transforms.explain.account import tally_of
from transforms.explain.data import data
from transforms.explain.derive import line_of
from transforms.explain.origins import ORIGINS, UNEXPLAINED
from transforms.explain.page import page
from transforms.explain.text import text
from transforms.explain.tree import Explanation, Line, Person
from transforms.rates.book import Confidence, rate_book
from transforms.reference import VEHICLES, Reference

WORKED = (
    service(6300, 47_880),
    service(200, 1520, code="002", number=2),
    service(100, code="030", number=3),
)
PAID = (remun(650_000), remun(50_000, "006", number=2), remun(31_250, "010", number=3))
REDUCED = (
    deduction(40_000, "OccupationDeduction"),
    deduction(10_000, "OccupationDeduction", code="3315"),
)
WHITE = record(
    occupation(*WORKED, *PAID, *REDUCED),
    contribution(266_700, 700_000),
    contribution(500, code="856"),
    deduction(3000, code="0001"),
)
MANUAL = record(
    occupation(service(6500, 49_400), remun(600_000), deduction(1, "OccupationDeduction")),
    contribution(1, 648_000, code="015", kind=1),
    code="015",
)
STUDENT = record(student(100_000, 8_140, hours=590), code="840")


def lines_of(*records: str) -> dict[str, Line]:
    """Explained lines of one person by code; of a student by worker code."""
    lines = explained(document(form(person(*records))))
    return {line.code or line.worker_code or "": line for line in lines}


def written_out(line: Line) -> str:
    return "\n".join(text(answer(line)))


def answer(*lines: Line) -> Explanation:
    told = Person("85073003328", tally_of(lines), lines)
    return Explanation("2023Q1", "112367321", told.inss, None, None, (), iter([told]))


def test_pay_is_told_line_by_line_with_what_was_left_out() -> None:
    (pay,) = inputs_named([lines_of(WHITE)["495"]], "pay")
    said = [(s.what, str(s.value), s.left_out, s.confidence) for s in pay.sources]
    assert said == [
        ("remuneration code 001", "6500.00", None, Confidence.derived),
        ("remuneration code 006", "500.00", None, Confidence.unverified),
        ("remuneration code 010", "312.50", "code 010 does not count", None),
    ]
    assert pay.value == 7000
    assert pay.note is None


def test_time_is_told_line_by_line_in_days_or_in_hours_of_part_timers() -> None:
    part_time = occupation(*WORKED, remun(300_000), REDUCED[0], hours=1900)
    for worked, unit in ((WHITE, "days"), (record(part_time), "hours")):
        (time,) = inputs_named([lines_of(worked)["3000"]], "worked")
        assert [s.unit for s in time.sources] == [unit] * 3
        assert [s.left_out is None for s in time.sources] == [True, False, False]
        assert sum(s.value for s in time.sources if s.left_out is None) == time.value


def test_every_sum_of_declared_lines_is_the_input_it_is_said_to_be() -> None:
    second = occupation(service(3200, 24_000), remun(200_000), number=2, committee="200")
    several = record(occupation(*WORKED, *PAID, *REDUCED), second, contribution(1, 900_000))
    lines = explained(document(form(person(WHITE), person(several), person(MANUAL, STUDENT))))
    for line in lines:
        for item in line.derivation.items if line.derivation else ():
            for one in item.inputs:
                assert one.note is None or "108" in one.note or "1.08" in one.note
    assert sum(line.replays is True for line in lines) >= 8


def test_the_basis_of_a_manual_worker_says_that_pay_counts_for_more() -> None:
    (basis,) = inputs_named([lines_of(MANUAL)["3000"]], "basis")
    assert basis.note == "6,000.00 × 1.08: pay of manual workers counts for more"


def test_reductions_that_go_before_are_told() -> None:
    (granted,) = inputs_named([lines_of(WHITE)["3315"]], "granted")
    structural = lines_of(WHITE)["3000"]
    assert [(s.what, s.value) for s in granted.sources] == [
        ("deduction 3000, computed", structural.computed_amount)
    ]
    assert granted.note is None


def test_a_step_has_its_expression_its_numbers_its_rounding_and_what_decided() -> None:
    derivation = lines_of(MANUAL)["015"].derivation
    assert derivation is not None
    steps = {step.name: step for step in derivation.items[0].steps}
    base = steps["base"]
    assert base.expression == "pay * (uplift if manual > 0 else 1)"
    assert (base.numbers, base.since) == ("6,000.00 × 1.08", ("manual > 0: 1 > 0 holds",))
    assert base.rounded is not None
    assert base.rounded.before == base.value == 6480
    assert steps["amount"].value == derivation.amount


def test_the_weakest_numbers_are_named() -> None:
    line = lines_of(WHITE)["495"]
    assert line.confidence is Confidence.unverified
    assert {"rounding of amount", "that remuneration code 006 counts"} <= set(line.weakest)
    rule = family("ordinary").apply("category_1", Q1_2023, rate_book()).rule
    assert ("the rule itself" in line.weakest) is (rule is Confidence.unverified)


def test_what_is_not_computed_has_a_reason_and_no_number() -> None:
    line = lines_of(WHITE)["856"]
    assert line.derivation is None
    assert line.computed_amount is None
    told = written_out(line)
    assert f"NOT COMPUTED: {line.reason}" in told
    assert "\ncomputed" not in told
    assert "Computed" not in "".join(page(answer(line))).split("<article")[1]


def test_cars_are_items_with_their_plates() -> None:
    cars = form(vehicle("1ABC123"), vehicle("1XYZ789", number=2), unrelated(9_000, code="862"))
    known = pa.table(
        {
            "plate": ["1ABC123", "1XYZ789"],
            "fuel": ["diesel", "petrol"],
            "co2": [120, None],
            "ordered": pa.nulls(2, pa.date32()),
            "months": [3, 2],
        },
        schema=VEHICLES,
    )
    (line,) = explained(document(cars), known=Reference(vehicles=known))
    assert line.derivation is not None
    items = line.derivation.items
    assert [item.title for item in items] == ["vehicle 1ABC123", "vehicle 1XYZ789"]
    assert sum(item.steps[-1].value for item in items) == line.derivation.amount
    assert "All together:" in written_out(line)


def test_a_line_that_is_due_but_not_declared_is_explained_from_its_record() -> None:
    line = lines_of(record(occupation(*WORKED, remun(100_000))))["495"]
    assert (line.outcome, line.reason) == ("different", "not declared")
    (pay,) = inputs_named([line], "pay")
    assert [s.value for s in pay.sources] == [1000]
    assert "is due, nothing is declared" in written_out(line)


def test_every_sum_over_declared_lines_has_an_origin() -> None:
    """A new input of money or time says where it comes from, or that it stands in the line."""
    elsewhere = {"declared_base", "granted", "week", "possible"}
    for name, _ in FAMILIES:
        for one in family(name).inputs:
            if one.scale > 1 and one.name not in elsewhere and name != "students":
                assert one.name in ORIGINS.get(name, {}), f"{name}: {one.name}"


def test_the_same_numbers_stand_in_text_page_and_data() -> None:
    line = lines_of(WHITE)["3000"]
    told = json.loads("".join(data(answer(line))))
    (held,) = told["people"][0]["lines"]
    assert held["computed_amount"] == str(line.computed_amount)
    steps = {step["name"]: step for step in held["derivation"]["items"][0]["steps"]}
    assert steps["to_full_time"]["rounded"]["before"] == "65/63"
    assert Fraction(steps["amount"]["value"]) == line.computed_amount
    assert "Result: 544.73 EUR by the rules, 400.00 EUR declared" in written_out(line)
    assert "544.73 EUR by the rules, 400.00 EUR declared" in "".join(page(answer(line)))


def test_the_page_needs_nothing_else_and_escapes_what_it_shows() -> None:
    line = lines_of(WHITE)["495"]
    file = "<script>alert('x')</script>&.xml"
    written = "".join(page(answer(replace(line, place=replace(line.place, file=file)))))
    assert file not in written
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;&amp;.xml" in written
    for outside in (" src=", " href=", "url(", "@import", "<link", "<iframe"):
        assert outside not in written


def test_lists_of_codes_that_changed_since_are_noticed() -> None:
    """A lake keeps what was computed; the lists of today may choose other lines."""
    around, formulas = surroundings(document(form(person(WHITE))))
    fewer = replace(around, remunerations=around.remunerations[1:])
    lines = [line_of(row, formulas, {}, fewer) for row in fewer.lines if row["code"] == "495"]
    (pay,) = inputs_named(lines, "pay")
    assert pay.note == UNEXPLAINED.format(sum="500.00")
    assert pay.value == 7000


# --- zero where excluded -------------------------------------------------------------------------

FULL_TIME = service(6500), remun(600_000)
DISMISSED = record(
    occupation(service(6500), remun(600_000, "003"), deduction(40_000, "OccupationDeduction")),
    contribution(1, 600_000),
)
OVER = record(
    occupation(*FULL_TIME, deduction(1, "OccupationDeduction", "3324", "2018-03-31")),
    contribution(1, 600_000),
)


def test_an_excluded_reduction_says_why_it_is_nothing() -> None:
    line = lines_of(DISMISSED)["3000"]
    (rule,) = family("structural_reduction").excluded["termination"]
    said = written_out(line)
    assert line.outcome == "different"
    assert line.computed_amount == 0
    assert rule.content["title"] in line.title
    assert line.derivation is not None
    assert line.derivation.reference == rule.reference
    assert "since excluding > 0: 1 > 0 holds" in said
    assert "remuneration code 003" in said
    assert "NSSO instructions 2020-1" in said
    html = "".join(page(answer(line)))
    assert rule.content["title"] in html
    assert "NSSO instructions 2020-1" in html


def test_a_right_that_is_over_is_counted_out() -> None:
    said = written_out(lines_of(OVER)["3324"])
    assert "since quarters > longest: 21 > 20 holds" in said
    assert "first_hire_longest" in said
