"""Types at rest hold the digits of the types inside, and the same table gives the same bytes."""

import io
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.tables import Column, Table, day, euro, moment, text, texts, whole
from warehouse.errors import LayoutError
from warehouse.parquet import PartWriter, at_rest, write_part

RATE = Column("rate", pa.int64(), pa.decimal128(12, 8), "Fraction")
SMALL = Table(
    "test",
    "small",
    "A table of every type",
    (
        text("name", "Name"),
        whole("count", "Count"),
        euro("amount", "Amount"),
        RATE,
        day("on", "Day"),
        moment("at", "Moment"),
        texts("words", "Words"),
    ),
)
AMOUNT = Table("test", "amount", "Only amounts", (euro("amount", "Amount"),))

cents = st.none() | st.integers(-(10**18) + 1, 10**18 - 1)


def bytes_of(table: pa.Table, layout: Table) -> bytes:
    sink = io.BytesIO()
    write_part(sink, table, layout)
    return sink.getvalue()


@given(st.lists(st.lists(cents)), st.integers(0, 5), st.integers(0, 5))
def test_cents_are_the_same_digits_at_rest(
    chunks: list[list[int | None]], skipped: int, dropped: int
) -> None:
    arrays = [pa.array([*chunk, 7], pa.int64()).slice(skipped) for chunk in chunks]
    inside = pa.table({"amount": pa.chunked_array(arrays, pa.int64())})
    inside = inside.slice(0, max(0, inside.num_rows - dropped))
    values = inside.column("amount").to_pylist()
    expected = [None if v is None else Decimal(v).scaleb(-2) for v in values]

    assert at_rest(inside, AMOUNT).column("amount").to_pylist() == expected
    stored = pq.read_table(io.BytesIO(bytes_of(inside, AMOUNT)))
    assert stored.schema.equals(AMOUNT.rest)
    assert stored.column("amount").to_pylist() == expected


def test_other_scales_and_types_are_kept() -> None:
    inside = pa.Table.from_pylist(
        [{"name": "a", "count": 3, "rate": -123456789, "words": ["x", "y"]}, {"name": None}],
        schema=SMALL.inside,
    )
    stored = pq.read_table(io.BytesIO(bytes_of(inside, SMALL)))
    assert stored.schema.equals(SMALL.rest)
    assert stored.column("rate").to_pylist() == [Decimal("-1.23456789"), None]
    assert stored.column("words").to_pylist() == [["x", "y"], None]


def test_missing_columns_are_null_and_order_does_not_matter() -> None:
    rest = at_rest(pa.table({"count": [1], "name": ["a"]}), SMALL)
    assert rest.schema.equals(SMALL.rest)
    assert rest.to_pylist()[0] == {
        "name": "a", "count": 1, "amount": None, "rate": None, "on": None, "at": None, "words": None
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (pa.table({"surprise": [1]}), "no column surprise"),
        (pa.table({"amount": [1.5]}), "is double, expected int64"),
        (pa.table({"amount": [10**18]}), "more digits"),
        (pa.table({"rate": [10**12]}), "more digits"),
    ],
)
def test_a_table_that_does_not_follow_its_layout_is_refused(table: pa.Table, told: str) -> None:
    with pytest.raises(LayoutError, match=told):
        at_rest(table, SMALL)


@given(st.lists(cents, min_size=2), st.data())
def test_same_table_same_bytes_whatever_its_chunks(
    values: list[int | None], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(1, len(values) - 1))
    whole_table = pa.table({"amount": pa.array(values, pa.int64())})
    chunked = pa.concat_tables([whole_table.slice(0, cut), whole_table.slice(cut)])
    assert bytes_of(whole_table, AMOUNT) == bytes_of(chunked, AMOUNT)


@given(st.lists(st.integers(0, 25), max_size=6))
def test_rows_that_come_in_parts_make_the_file_of_all_of_them(sizes: list[int]) -> None:
    layout = Table("test", "rows", "Rows", (text("file_id", "File"), *SMALL.columns))
    rows = [
        {"file_id": None if n % 9 == 0 else str(n // 7), "count": n, "words": [str(n)]}
        for n in range(sum(sizes))
    ]
    whole_table = pa.Table.from_pylist(rows, schema=layout.inside)
    sink, start = io.BytesIO(), 0
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("warehouse.parquet.ROWS_IN_GROUP", 10)
        with PartWriter(sink, layout) as writer:
            for size in sizes:
                writer.append(whole_table.slice(start, size))
                start += size
        if rows:
            assert sink.getvalue() == bytes_of(whole_table, layout)
    found = pq.ParquetFile(io.BytesIO(sink.getvalue()))
    groups = [found.metadata.row_group(n).num_rows for n in range(found.num_row_groups)]
    assert sum(groups) == len(rows)
    assert all(size == 10 for size in groups[:-1])
