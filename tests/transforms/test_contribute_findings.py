"""Recomputed amounts that differ are findings with official codes."""

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
    shredded,
    unrelated,
)

from schemas.ops import FINDING
from transforms.contribute import contribute
from transforms.contribute.findings import anomalies
from transforms.rates.book import rate_book

WORKED = occupation(service(6500, 49_400), remun(600_000))


def found(*content: str) -> list[dict[str, object]]:
    table = contribute(shredded(document(form(*content))), Q1_2023, rate_book())
    told = anomalies(table)
    assert told.schema == FINDING.inside
    assert told.num_rows == table.num_rows - table.column("anomaly").null_count
    rows: list[dict[str, object]] = told.to_pylist()
    return rows


def test_an_amount_that_differs_is_told_with_what_is_declared_and_what_is_due() -> None:
    (row,) = found(person(record(WORKED, contribution(1, 600_000))))
    assert row["code"] == "00085-044"
    assert (row["zone"], row["suffix"], row["severity"]) == ("00085", "044", "P")
    assert (row["value"], row["certainty"], row["form_no"]) == ("1", "derived", 1)
    assert str(row["message"]).startswith("by the rules the amount is ")
    assert row["run_id"] is None


def test_a_deduction_that_differs_does_not_count_for_the_percentage() -> None:
    (row,) = found(
        person(record(WORKED, contribution(228_600, 600_000), deduction(1, code="0001")))
    )
    assert (row["code"], row["severity"], row["value"]) == ("00089-044", "NP", "1")


def test_a_line_that_is_due_but_not_declared_has_no_value() -> None:
    (row,) = found(person(record(WORKED)))
    assert row["value"] is None
    assert str(row["message"]).startswith("due by the rules but not declared: ")


def test_what_is_equal_or_not_computed_is_no_finding() -> None:
    assert found(unrelated(886, 10_000), unrelated(50, 600, code="802")) == []
