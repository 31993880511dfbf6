"""Tables of forms, against a walk over plain trees that makes one dictionary a block."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from declared import (
    INSS,
    Q1_2023,
    Q2_2022,
    RELEASES,
    document,
    file_ids,
    form,
    occupation,
    outcome,
    person,
    record,
    release_of,
    remun,
    service,
    shredded,
    usual_form,
)
from documents import Element, Group, read_element
from lxml import etree
from spelled import valid_documents

from schemas.quarter import Quarter
from transforms.shred import Shredder, shred
from transforms.shredded import Shredded

Row = dict[Any, Any]
"""Values by column; by ("", column) where the name of the block comes before it."""
Path_ = tuple[str, ...]
DMFA = Path(__file__).resolve().parents[2] / "schemas" / "dmfa"
KEYS = {
    "quarter": ("EmployerDeclaration", "Quarter"),
    "employer": ("EmployerDeclaration", "NOSSRegistrationNbr"),
    "inss": ("NaturalPerson", "INSS"),
    "employer_class": ("WorkerRecord", "EmployerClass"),
    "worker_code": ("WorkerRecord", "WorkerCode"),
}
TEXT_UNITS = {"identifier", "code", "quarter", "year-month", "time", "percent text"}


# --- the oracle ----------------------------------------------------------------------------------


@cache
def units() -> dict[str, str]:
    records = yaml.safe_load((DMFA / "zones.yaml").read_text(encoding="utf-8"))
    return {str(record["name"]): str(record["unit"]) for record in records.values()}


@cache
def model(release: Quarter) -> Element:
    return read_element(release_of(release).path, "DmfAOriginal")


def children(group: Group) -> Iterator[Element]:
    for part in group.parts:
        if isinstance(part.term, Group):
            yield from children(part.term)
        elif part.high != 0:
            yield part.term


def snake(name: str) -> str:
    """An underscore between small and capital, and before the last of several capitals."""
    spaced = re.sub("([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub("([a-z0-9])([A-Z])", r"\1_\2", spaced).lower()


def value(name: str, text: str | None) -> str | int | date | None:
    """A zone as its unit is kept between stages; empty is nothing."""
    unit = units()[name]
    kept = (text or "") if unit == "text" else (text or "").strip(" \t\r\n")
    if not kept:
        return None
    if unit == "text" or unit in TEXT_UNITS:
        return kept
    return date.fromisoformat(kept) if unit == "date" else int(kept)


@dataclass
class Walk:
    """Rows by path of the block; `place` is what all rows of the form share."""

    place: Row
    first_line: int
    rows: dict[Path_, list[Row]] = field(default_factory=dict)
    seq: int = 0

    def block(
        self, node: etree._Element, declared: Element, path: Path_, parent: int | None, keys: Row
    ) -> None:
        self.seq += 1
        here, seq = (*path, str(node.tag)), self.seq
        assert declared.content is not None
        known = {child.name: child for child in children(declared.content)}
        texts = {str(c.tag): c.text for c in node if known[str(c.tag)].values is not None}
        keys = keys | own_keys(str(node.tag), texts)
        row = keys | self.place | {"seq": seq, "parent_seq": parent}
        row["line"] = (node.sourceline or 0) + self.first_line - 1
        zones = [child.name for child in known.values() if child.values is not None]
        for name in zones:
            column = snake(name)
            if column in keys and KEYS[column] != (node.tag, name):
                row["", column] = value(name, texts.get(name))
            elif column not in keys:
                row[column] = value(name, texts.get(name))
        self.rows.setdefault(here, []).append(row)
        for child in node:
            if str(child.tag) not in zones:
                self.block(child, known[str(child.tag)], here, seq, keys)


def own_keys(tag: str, texts: dict[str, str | None]) -> Row:
    found: Row = {}
    for column, (block, zone_name) in KEYS.items():
        if block == tag:
            found[column] = (texts[zone_name] or "").strip()
    if "quarter" in found:
        found["quarter"] = f"{found['quarter'][:4]}Q{found['quarter'][4]}"
        nsso, company = int(found["employer"]), int(texts["CompanyID"] or 0)
        found["employer"] = f"{nsso:09d}" if nsso else f"{company:010d}"
    return found


def expected(data: bytes, file_id: str, release: Quarter) -> dict[Path_, list[Row]]:
    """Rows of a whole document, by path of the block below the root."""
    plain = etree.XMLParser(remove_comments=True, remove_pis=True)
    rows: dict[Path_, list[Row]] = {}
    content = model(release).content
    assert content is not None
    (declared,) = children(content)
    for form_no, node in enumerate(etree.fromstring(data, plain), 1):
        walk = Walk({"file_id": file_id, "form_no": form_no}, 1)
        walk.block(node, declared, (), None, {})
        for path, found in walk.rows.items():
            rows.setdefault(path, []).extend(found)
    return rows


def check(tables: Shredded, documents: list[bytes], release: Quarter) -> int:
    """Compares every table with the oracle; the number of rows."""
    wanted: dict[Path_, list[Row]] = {}
    for file_id, data in zip(file_ids(), documents, strict=False):
        for path, rows in expected(data, file_id, release).items():
            wanted.setdefault(path, []).extend(rows)
    paths = {block.path for block in tables.layout}
    assert set(wanted) <= paths
    for block in tables.layout:
        found = tables.tables[block.table.name]
        assert found.schema == block.table.inside
        rows = wanted.get(block.path, [])
        named = [named_for(row, block.table.name) for row in rows]
        assert found.to_pylist() == [{n: row[n] for n in found.column_names} for row in named]
        assert all(set(row) == set(found.column_names) for row in named)
        check_parents(tables, block.table.name, block.parent)
    return sum(map(len, wanted.values()))


def named_for(row: Row, table: str) -> Row:
    """A zone with the name of a key that is inherited carries the name of its block."""
    return {f"{table}_{n[1]}" if isinstance(n, tuple) else n: v for n, v in row.items()}


def check_parents(tables: Shredded, name: str, parent: int | None) -> None:
    """`parents` leads to the row that `parent_seq` names."""
    if parent is None:
        return
    above = tables.tables[tables.layout[parent].table.name].select(["file_id", "form_no", "seq"])
    place = above.take(tables.parents[name]).to_pylist()
    here = tables.tables[name].select(["file_id", "form_no", "parent_seq"]).to_pylist()
    assert [tuple(row.values()) for row in place] == [tuple(row.values()) for row in here]


# --- random documents ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_tables_are_those_of_the_walk(release: Quarter, seed: int) -> None:
    documents = list(valid_documents(release, f"shred {release} {seed}", 70))
    found = shredded(*documents, release=release)
    assert check(found, documents, release) > 1000


@pytest.mark.parametrize("release", RELEASES, ids=str)
def test_every_column_is_filled_by_some_document(release: Quarter) -> None:
    documents = list(valid_documents(release, "columns", 60))
    tables = shredded(*documents, release=release).tables
    empty = {
        f"{name}.{column}"
        for name, table in tables.items()
        for column in table.column_names
        if table.column(column).null_count == table.num_rows
    }
    assert empty == {"form.parent_seq"}


def test_no_form_gives_empty_tables() -> None:
    found = Shredder(release_of().layout).finish()
    assert check(found, [], Q1_2023) == 0
    assert set(found.tables) == {block.table.name for block in release_of().layout}


def test_forms_and_files_are_kept_apart() -> None:
    twice = document(usual_form(inss=INSS[0]), usual_form(inss=INSS[1]))
    once = document(usual_form(inss=INSS[2]))
    found = shredded(twice, once)
    people = found.tables["natural_person"].to_pylist()
    assert [(row["file_id"], row["form_no"], row["inss"]) for row in people] == [
        ("a", 1, INSS[0]),
        ("a", 2, INSS[1]),
        ("b", 1, INSS[2]),
    ]
    assert [row["seq"] for row in people] == [3, 3, 3]
    assert check(found, [twice, once], Q1_2023) == 3 * 8


def test_shred_is_the_shredder_in_one_call() -> None:
    judged = outcome(document(usual_form(), usual_form())).judged
    forms = [(j.element, "a", j.form_no, j.line_shift) for j in judged if j.element is not None]
    expected_tables = shredded(document(usual_form(), usual_form())).tables
    found = shred(forms, release_of().layout).tables
    assert {n: t.to_pylist() for n, t in found.items()} == {
        n: t.to_pylist() for n, t in expected_tables.items()
    }


def one_occupation(*content: str) -> bytes:
    return document(form(person(record(occupation(*content)))))


def test_zeros_of_codes_and_identifiers_stay() -> None:
    (row,) = shredded(one_occupation(remun(5, code="001"))).tables["remun"].to_pylist()
    assert (row["remun_code"], row["employer_class"], row["inss"]) == ("001", "000", INSS[0])
    assert (row["remun_amount"], row["remun_sequence_nbr"]) == (5, 1)


@pytest.mark.parametrize(
    ("written", "kept"),
    [("5", 5), ("+5", 5), ("005", 5), (" 5\n", 5), ("-0", 0), ("<![CDATA[5]]>", 5), ("&#53;", 5)],
)
def test_spellings_of_an_amount(written: str, kept: int) -> None:
    data = one_occupation(remun(7)).replace(b">7<", f">{written}<".encode())
    other = one_occupation(remun(9))
    found = shredded(other, data, other).tables["remun"].column("remun_amount").to_pylist()
    assert found == [9, kept, 9]


def test_white_space_belongs_to_texts_only() -> None:
    data = document(usual_form(reference=" a  b ")).replace(b">85073003328<", b"> 85073003328\n<")
    tables = shredded(data).tables
    assert tables["reference"].column("reference_nbr").to_pylist() == [" a  b "]
    assert tables["remun"].column("inss").to_pylist() == ["85073003328"]


def test_an_employer_without_nsso_number_is_its_enterprise_number() -> None:
    data = document(
        form(person(record(occupation())), nsso="0", company="341367348"),
        form(person(record(occupation())), nsso="1000030", company="0"),
    )
    people = shredded(data).tables["natural_person"]
    assert people.column("employer").to_pylist() == ["0341367348", "001000030"]
    assert people.column("quarter").to_pylist() == ["2023Q1", "2023Q1"]


def test_owners_lead_to_the_worker_record() -> None:
    data = document(
        form(
            person(
                record(occupation(service(1)), occupation(service(2), service(3), number=2)),
                record(occupation(service(4)), code="015"),
            )
        )
    )
    found = shredded(data)
    assert found.owners("service", "worker_record").tolist() == [0, 0, 0, 1]
    assert found.owners("service", "occupation").tolist() == [0, 1, 1, 2]
    assert found.owners("service", "service").tolist() == [0, 1, 2, 3]
    assert found.numbers("service", "service_nbr_hours").tolist() == [0, 0, 0, 0]


def test_a_release_has_the_tables_of_its_schema() -> None:
    older = shredded(document(usual_form(), release=Q2_2022), release=Q2_2022)
    newer = shredded(document(usual_form()))
    assert newer.has("employer_compensation", "compensation_amount")
    assert not older.has("employer_compensation")
    assert not newer.has("service", "remun_amount")
