"""The rate book as a table."""

from dataclasses import replace
from decimal import Decimal

import pytest

from schemas.core import PARAMETER
from transforms.rates.book import RateBook, rate_book
from transforms.rates.listed import listed


def test_every_dated_value_is_a_row_with_its_exact_digits() -> None:
    book = rate_book()
    table = listed(book, "abc")
    assert table.schema == PARAMETER.inside
    values = [v.value for p in book.parameters.values() for v in p.values]
    assert [Decimal(cell).scaleb(-8) for cell in table.column("value").to_pylist()] == values
    assert set(table.column("rates").to_pylist()) == {"abc"}


def test_a_value_with_more_digits_than_are_kept_is_refused() -> None:
    one = rate_book().parameters["student_hours_quota"]
    fine = replace(one, values=(replace(one.values[0], value=Decimal("0.123456789")),))
    with pytest.raises(ValueError, match="student_hours_quota"):
        listed(RateBook({one.name: fine}, "f"), "abc")
