"""What changes in the tables of a message, and which difference of the schemas it comes from."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from schemas.compare.comparison import compare
from schemas.compare.difference import Comparison, Kind
from schemas.dmfa import DMFA
from schemas.impact.causes import Causes
from schemas.impact.tables import changes
from schemas.impact.touched import Change, ColumnChange
from schemas.kind import Key, MessageKind
from schemas.layout import layout_of
from schemas.messages import message_of
from schemas.model import read_message

MESSAGE = MessageKind(
    name="m",
    title="A message for tests",
    home="m",
    facts=("dmfa",),
    root="Message",
    form="Form",
    schema_file="Message_{}.xsd",
    releases=(),
    keys=(Key("inss", "Person", ("INSS",)),),
)

TEXT, DAY = '<xs:restriction base="xs:string">', '<xs:restriction base="xs:date">'
WHOLE = '<xs:restriction base="xs:integer"><xs:totalDigits value="11"/>'
CODES = f'{TEXT}<xs:enumeration value="1"/>'


def element(name: str, number: str | None, inside: str, occurs: str) -> str:
    low, high = occurs.split("..")
    told = f"<xs:annotation><xs:documentation>{number}</xs:documentation></xs:annotation>"
    return (
        f'<xs:element name="{name}" minOccurs="{low}" maxOccurs="{high}">'
        f"{told if number else ''}{inside}</xs:element>"
    )


def zone(name: str, number: str | None, facets: str = TEXT, occurs: str = "1..1") -> str:
    return element(
        name, number, f"<xs:simpleType>{facets}</xs:restriction></xs:simpleType>", occurs
    )


def block(name: str, number: str, *content: str, occurs: str = "0..unbounded") -> str:
    inside = f"<xs:complexType><xs:sequence>{''.join(content)}</xs:sequence></xs:complexType>"
    return element(name, number, inside, occurs)


def schema(*content: str) -> str:
    form = block("Form", "90059", *content, occurs="1..unbounded")
    return (
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Message">'
        f"<xs:complexType><xs:sequence>{form}</xs:sequence></xs:complexType></xs:element>"
        "</xs:schema>"
    )


INSS = zone("INSS", "00024")
PAY = zone("RemunAmount", "00070", WHOLE)
START = zone("OccupationStartingDate", "00044", DAY)
CODE = zone("RemunCode", "00067", CODES)

Told = Callable[[Sequence[str], Sequence[str]], tuple[list[ColumnChange], Comparison]]


@pytest.fixture
def told(tmp_path: Path) -> Told:
    def changed(old: Sequence[str], new: Sequence[str]) -> tuple[list[ColumnChange], Comparison]:
        files = tmp_path / "old.xsd", tmp_path / "new.xsd"
        for file, content in zip(files, (old, new), strict=True):
            file.write_text(schema(*content))
        found = compare(*files, with_proofs=False)
        before, after = (layout_of(MESSAGE, read_message(file, MESSAGE.root)) for file in files)
        causes = Causes(found.differences)
        every = list(changes(MESSAGE.root, before, after, causes))
        known = {difference.id for difference in found.differences}
        assert all(set(one.causes) <= known for one in every)
        untold = {difference.id for difference in causes.untold()}
        assert untold == known - {cause for one in every for cause in one.causes}
        return every, found

    return changed


def short(found: Sequence[ColumnChange]) -> list[tuple[str, str, str | None, str | None]]:
    return [(one.change.value, one.name, one.old, one.new) for one in found]


def test_nothing_changes_in_what_is_the_same(told: Told) -> None:
    found, _ = told([block("Person", "90017", INSS, PAY)], [block("Person", "90017", INSS, PAY)])
    assert found == []


def test_a_zone_comes_and_another_goes(told: Told) -> None:
    found, compared = told(
        [block("Person", "90017", INSS, CODE)], [block("Person", "90017", INSS, PAY)]
    )
    assert short(found) == [
        ("column-added", "m.person.remun_amount", None, None),
        ("column-dropped", "m.person.remun_code", None, None),
    ]
    paths = {difference.id: difference.path for difference in compared.differences}
    assert [[paths[cause] for cause in one.causes] for one in found] == [
        ["/Message/Form/Person/RemunAmount"],
        ["/Message/Form/Person/RemunCode"],
    ]
    assert [one.zone for one in found] == ["00070", "00067"]


def test_a_block_comes_with_all_that_is_in_it(told: Told) -> None:
    remun = block("Remun", "90019", CODE, block("Detail", "90108", PAY))
    found, compared = told(
        [block("Person", "90017", INSS)], [block("Person", "90017", INSS, remun)]
    )
    assert short(found) == [
        ("table-added", "m.remun", None, None),
        ("column-added", "m.remun.remun_code", None, None),
        ("table-added", "m.detail", None, None),
        ("column-added", "m.detail.remun_amount", None, None),
    ]
    (brings,) = (d for d in compared.differences if d.kind is Kind.CHILD_ADDED)
    assert all(brings.id in one.causes for one in found)
    gone, _ = told([block("Person", "90017", INSS, remun)], [block("Person", "90017", INSS)])
    assert {one.change for one in gone} == {Change.TABLE_DROPPED, Change.COLUMN_DROPPED}


def test_a_zone_that_no_column_of_its_type_holds_any_more(told: Told) -> None:
    text = zone("OccupationStartingDate", "00044", TEXT)
    found, _ = told([block("Person", "90017", INSS, START)], [block("Person", "90017", INSS, text)])
    column = "m.person.occupation_starting_date"
    assert short(found)[:2] == [
        ("column-renamed", column, "occupation_starting_date", "occupation_starting_date_text"),
        ("column-retyped", column, "date32[day]", "string"),
    ]
    assert found[2].change is Change.VALUES_CHANGED
    assert all(one.causes for one in found)


def test_a_zone_with_another_name_and_the_same_number(told: Told) -> None:
    found, _ = told(
        [block("Person", "90017", INSS, PAY)],
        [block("Person", "90017", INSS, zone("PayAmount", "00070", WHOLE))],
    )
    assert short(found) == [
        ("column-renamed", "m.person.remun_amount", "remun_amount", "pay_amount")
    ]
    assert found[0].causes


def test_a_zone_with_another_number_means_something_else(told: Told) -> None:
    # 00060 is no amount: its unit goes too, and with that the type.
    found, _ = told(
        [block("Person", "90017", INSS, PAY)],
        [block("Person", "90017", INSS, zone("RemunAmount", "00060", WHOLE))],
    )
    assert ("column-redefined", "m.person.remun_amount", "zone 00070", "zone 00060") in short(found)
    assert found[0].causes


def test_a_zone_that_moves_to_another_block(told: Told) -> None:
    found, _ = told(
        [block("Person", "90017", INSS, PAY), block("Remun", "90019", CODE)],
        [block("Person", "90017", INSS), block("Remun", "90019", CODE, PAY)],
    )
    assert short(found) == [
        ("column-moved", "m.person.remun_amount", "m.person.remun_amount", "m.remun.remun_amount")
    ]


def test_a_block_that_stands_at_a_second_place_renames_the_first_table(told: Told) -> None:
    address = block("Address", "90022", zone("City", "00522"))
    found, _ = told(
        [block("Person", "90017", INSS, address)],
        [block("Person", "90017", INSS, address), block("Remun", "90019", CODE, address)],
    )
    assert ("table-renamed", "m.address", "m.address", "m.person_address") in short(found)
    assert ("table-added", "m.remun_address", None, None) in short(found)


def test_a_block_that_moves_has_other_parents_and_keys(told: Told) -> None:
    remun = block("Remun", "90019", CODE)
    found, _ = told(
        [block("Person", "90017", INSS, remun)], [block("Person", "90017", INSS), remun]
    )
    assert short(found)[:2] == [
        ("table-moved", "m.remun", "Form/Person", "Form"),
        ("keys-changed", "m.remun", "inss", ""),
    ]


def test_values_and_presence(told: Told) -> None:
    more = zone("RemunCode", "00067", f'{CODES}<xs:enumeration value="2"/>', "0..1")
    found, _ = told(
        [block("Person", "90017", INSS, CODE, occurs="1..1")],
        [block("Person", "90017", INSS, more, occurs="0..5")],
    )
    assert short(found) == [
        ("rows-changed", "m.person", "1..1", "0..5"),
        ("values-changed", "m.person.remun_code", None, "2"),
        ("presence-changed", "m.person.remun_code", "1..1", "0..1"),
    ]
    assert found[1].how == ("enumeration-added",)


def test_values_of_a_key_change_in_every_table_that_inherits_it(told: Told) -> None:
    remun = block("Remun", "90019", CODE)
    short_inss = zone("INSS", "00024", f'{TEXT}<xs:maxLength value="11"/>')
    found, _ = told(
        [block("Person", "90017", INSS, remun)], [block("Person", "90017", short_inss, remun)]
    )
    assert [(one.change, one.name) for one in found] == [
        (Change.VALUES_CHANGED, "m.person.inss"),
        (Change.VALUES_CHANGED, "m.remun.inss"),
    ]


def test_what_is_written_otherwise_is_no_change(told: Told) -> None:
    quiet = zone("RemunCode", "00067", f'{TEXT}<xs:enumeration value="1"/><!-- one -->')
    found, _ = told([block("Person", "90017", INSS, CODE)], [block("Person", "90017", INSS, quiet)])
    assert found == []


def test_a_message_is_known_by_its_file_name_or_its_root(tmp_path: Path, shared: Path) -> None:
    official = shared / "official/xsd/dmfa/series-original/DmfAOriginal_20231.xsd"
    assert message_of(official) is DMFA
    other = tmp_path / "anything.xsd"
    other.write_bytes(official.read_bytes())
    assert message_of(other) is DMFA
    includes = tmp_path / "outer.xsd"
    includes.write_text(
        '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">'
        '<xs:include schemaLocation="anything.xsd"/></xs:schema>'
    )
    assert message_of(includes) is DMFA
    (tmp_path / "theirs.xsd").write_text(schema(block("Person", "1", INSS)))
    assert message_of(tmp_path / "theirs.xsd") is None
