"""Numbers of periods follow from receipts and are valid."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from schemas.dimona.register import LOG, PERIOD, TABLES
from transforms.dimona.numbers import LAST_RECEIPT, numbers
from transforms.rules.digits import SCHEMES


def test_a_number_is_the_receipt_and_its_check_digits() -> None:
    receipts = np.array([1, 96, 97, 1234567891, LAST_RECEIPT])
    found = numbers(receipts)
    assert found.to_pylist()[:4] == [
        "000000000101",
        "000000009696",
        "000000009797",
        "123456789103",
    ]
    assert not SCHEMES["dimona"](found).any()


def test_every_receipt_has_a_number_of_its_own() -> None:
    found = numbers(np.arange(1, 5001))
    assert pc.count_distinct(found).as_py() == 5000
    assert not SCHEMES["dimona"](found).any()


@pytest.mark.parametrize("receipt", [0, -1, LAST_RECEIPT + 1])
def test_a_receipt_without_ten_digits_has_none(receipt: int) -> None:
    with pytest.raises(ValueError, match="a receipt is a number"):
        numbers(np.array([receipt]))


def test_columns_of_the_register_have_one_name_each() -> None:
    for table in TABLES:
        names = table.inside.names
        assert len(names) == len(set(names)), table.full_name
    assert PERIOD.inside.field("planned_hours").type == pa.int64()
    assert {"before_ending_date", "after_ending_date"} <= set(LOG.inside.names)
