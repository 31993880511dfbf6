"""Reference tables: looking up by key, reading files, and telling no key of a person."""

from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from declared import INSS
from hypothesis import given
from hypothesis import strategies as st

from pipelines.reference import read_reference
from pipelines.storage import InputError
from transforms.reference import (
    ALLOWED,
    EMPLOYERS,
    KEYS,
    NOTHING,
    SCHEMAS,
    WORKERS,
    Keyed,
    Reference,
)

DIGITS = st.text("0123456789", max_size=4)
FILES = {
    "workers": f"inss,household\n{INSS[0]},alone\n{INSS[1]},\n",
    "employers": "employer,headcount,structural_category,third_party_premium\n112367321,12,1,0\n",
    "vehicles": "plate,fuel,co2,ordered,months\n1ABC234,diesel,151,2022-03-01,3\n",
}


def keyed(keys: list[str | None]) -> Keyed:
    return Keyed(pa.table({"inss": pa.array(keys, pa.string())}), "inss")


def trimmed(text: str | None) -> str:
    return (text or "").lstrip("0")


# --- digests ----------------------------------------------------------------------------------


def reference(*workers: tuple[str, str | None], **tables: pa.Table) -> Reference:
    inss, households = zip(*workers, strict=True) if workers else ((), ())
    return Reference(pa.table([inss, households], schema=WORKERS), **tables)


def test_a_digest_is_of_what_the_tables_say() -> None:
    one, other = (INSS[0], "alone"), (INSS[1], None)
    same = reference(one, other)
    assert same.fingerprint == reference(other, one).fingerprint
    chunks = pa.concat_tables([reference(one).workers, reference(other).workers])
    assert same.fingerprint == Reference(chunks).fingerprint
    others = [
        NOTHING,
        reference(one),
        reference((INSS[0], "one_income"), other),
        reference((INSS[1], "alone"), (INSS[0], None)),
        reference(one, other, employers=pa.table([["1"], [3], ["1"], [0]], schema=EMPLOYERS)),
    ]
    assert len({one_.fingerprint for one_ in [same, *others]}) == len(others) + 1


# --- looking up ----------------------------------------------------------------------------------


@given(st.lists(DIGITS, unique_by=trimmed), st.lists(st.one_of(st.none(), DIGITS)))
def test_every_value_finds_the_row_of_its_key(keys: list[str], wanted: list[str | None]) -> None:
    rows = {trimmed(key): row for row, key in enumerate(keys)}
    found = keyed([*keys]).find(pa.chunked_array([pa.array(wanted, pa.string())]))
    assert found.tolist() == [rows.get(trimmed(value), -1) for value in wanted]


def test_values_in_several_chunks() -> None:
    values = pa.chunked_array([["007", "8"], [], ["9", None]], pa.string())
    assert keyed(["9", "7"]).find(values).tolist() == [1, -1, 0, -1]


def test_an_empty_table_finds_nothing() -> None:
    assert NOTHING.by_inss.find(pa.chunked_array([["1", "2"]])).tolist() == [-1, -1]
    assert len(keyed(["1"]).find(pa.chunked_array([[]], pa.string()))) == 0


@pytest.mark.parametrize("keys", [["1", "01"], ["1", "2", "1"], ["1", None], ["", None], ["", "0"]])
def test_a_key_stands_once(keys: list[str | None]) -> None:
    with pytest.raises(ValueError, match=r"^a inss is missing or stands twice$"):
        keyed(keys)


def test_plates_with_letters_beyond_ascii() -> None:
    """The schema takes any ten characters as a licence plate (zone 00781)."""
    plates = Keyed(pa.table({"plate": ["1ABC234", "É12"]}), "plate")
    assert plates.find(pa.chunked_array([["É12", "漢"]])).tolist() == [1, -1]


def test_zeros_before_a_plate_belong_to_it() -> None:
    plates = Keyed(pa.table({"plate": ["0ABC", "ABC"]}), "plate")
    assert plates.find(pa.chunked_array([["ABC", "0ABC", "00ABC"]])).tolist() == [1, 0, -1]


def test_every_table_has_a_schema_a_key_and_allowed_values() -> None:
    assert set(SCHEMAS) == set(KEYS)
    for name, schema in SCHEMAS.items():
        assert KEYS[name] in schema.names
    assert {c for schema in SCHEMAS.values() for c in schema.names} >= set(ALLOWED)


# --- reading -------------------------------------------------------------------------------------


def folder(path: Path, **files: str) -> str:
    for name, content in files.items():
        (path / f"{name}.csv").write_text(content, encoding="utf-8")
    return str(path)


def refusal(path: str) -> str:
    with pytest.raises(InputError) as error:
        read_reference.__wrapped__(path)
    return str(error.value)


def test_files_that_are_read(tmp_path: Path) -> None:
    found = read_reference.__wrapped__(folder(tmp_path, **FILES))
    assert found.workers.to_pylist() == [
        {"inss": INSS[0], "household": "alone"},
        {"inss": INSS[1], "household": None},
    ]
    assert found.employers.to_pylist()[0] == {
        "employer": "112367321",
        "headcount": 12,
        "structural_category": "1",
        "third_party_premium": 0,
    }
    assert found.vehicles.to_pylist()[0]["ordered"] == date(2022, 3, 1)
    assert found.by_inss.find(pa.chunked_array([[INSS[1]]])).tolist() == [1]


def test_tables_that_are_not_there_are_empty(tmp_path: Path) -> None:
    found = read_reference.__wrapped__(folder(tmp_path, vehicles=FILES["vehicles"]))
    assert (found.workers.num_rows, found.employers.num_rows, found.vehicles.num_rows) == (0, 0, 1)
    assert read_reference.__wrapped__(None).vehicles.num_rows == 0


def test_a_parquet_file_with_numbers_for_text(tmp_path: Path) -> None:
    """An INSS kept as a number has lost its zeros; the lookup does not mind."""
    table = pa.table({"household": ["alone"], "inss": [int(INSS[1])], "more": [1]})
    pq.write_table(table, tmp_path / "workers.parquet")
    found = read_reference.__wrapped__(str(tmp_path))
    assert found.workers.schema == WORKERS
    assert found.by_inss.find(pa.chunked_array([[INSS[1]]])).tolist() == [0]


def test_a_folder_without_tables(tmp_path: Path) -> None:
    assert "none of workers.csv" in refusal(str(tmp_path))
    (tmp_path / "workers.txt").write_text(FILES["workers"], encoding="utf-8")
    assert "none of workers.csv" in refusal(str(tmp_path))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("workers", f"inss,household\n{INSS[0]},alone\n{INSS[0]},alone\n", "stands twice"),
        ("workers", f"inss,household\n{INSS[0]},alone\n,alone\n", "a inss is missing"),
        ("workers", f"inss,household\n{INSS[0]},married\n", "household is one of alone"),
        ("workers", "inss,household\n90.06.04-640.08,alone\n", "inss is written with digits only"),
        ("workers", f"inss\n{INSS[0]}\n", "no column household"),
        ("workers", f"inss,household\n{INSS[0]},alone,{INSS[1]}\n", "not readable as a table"),
        ("workers", "", "workers.csv"),
        ("employers", FILES["employers"].replace(",12,", ",a dozen,"), "not readable"),
        ("employers", FILES["employers"].replace(",12,", ",-1,"), "headcount is a number from 0"),
        ("employers", FILES["employers"].replace("12,1,0", "12,4,0"), "structural_category is"),
        ("employers", FILES["employers"].replace("12,1,0", "12,1,2"), "third_party_premium is"),
        ("vehicles", FILES["vehicles"].replace("diesel", "coal"), "fuel is one of petrol"),
        (
            "vehicles",
            FILES["vehicles"].replace(",151,", ",2001,"),
            "co2 is a number from 0 to 2000",
        ),
        ("vehicles", FILES["vehicles"].replace(",3\n", ",4\n"), "months is one of 0, 1, 2, 3"),
        ("vehicles", FILES["vehicles"].replace("2022-03-01", "1 March"), "not readable"),
    ],
)
def test_files_that_are_refused_without_a_word_about_anybody(
    tmp_path: Path, name: str, content: str, reason: str
) -> None:
    said = refusal(folder(tmp_path, **{name: content}))
    assert reason in said
    assert f"{name}.csv" in said
    for key in (*INSS, "112367321", "1ABC234"):
        assert key not in said
        assert key.lstrip("0") not in said


@pytest.mark.parametrize("content", [b"inss,household\n\xff\xfe,alone\n", b"\x00\x01\x02"])
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "workers.csv").write_bytes(content)
    assert "workers.csv" in refusal(str(tmp_path))


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"inss": [INSS[0]], "household": [7.5]}, "household is one of"),
        ({"inss": [INSS[0], INSS[0]], "household": ["alone", "alone"]}, "stands twice"),
    ],
)
def test_parquet_files_that_are_refused(
    tmp_path: Path, columns: dict[str, list[Any]], reason: str
) -> None:
    pq.write_table(pa.table(columns), tmp_path / "workers.parquet")
    said = refusal(str(tmp_path))
    assert reason in said
    assert INSS[0] not in said


@pytest.mark.parametrize("twice", [True, False])
def test_columns_that_cannot_be_taken(tmp_path: Path, twice: bool) -> None:
    """A column that stands twice, or a list where a text is asked for."""
    if twice:
        folder(tmp_path, workers=f"inss,inss,household\n{INSS[0]},{INSS[1]},alone\n")
    else:
        table = pa.table({"inss": [[INSS[0]]], "household": ["alone"]})
        pq.write_table(table, tmp_path / "workers.parquet")
    assert "workers" in refusal(str(tmp_path))


def test_a_torn_parquet_file(tmp_path: Path) -> None:
    pq.write_table(pa.table({"inss": [INSS[0]]}), tmp_path / "workers.parquet")
    whole = (tmp_path / "workers.parquet").read_bytes()
    (tmp_path / "workers.parquet").write_bytes(whole[: len(whole) // 2])
    assert "not readable" in refusal(str(tmp_path))


def test_the_order_of_a_table_does_not_matter() -> None:
    keys = [f"{n:05}" for n in np.random.default_rng(1).permutation(300)]
    found = keyed([*keys]).find(pa.chunked_array([sorted(keys)]))
    assert [keys[row] for row in found] == sorted(keys)
